/**
 * apps/system/coded: whatever was thrown, as the error that whoever asked is given.
 */
import { describeThrown, SYSTEM_PROCESS, TroupeError } from '#contract'

export function coded(request: string, thrown: unknown): TroupeError {
  if (TroupeError.is(thrown)) return thrown
  const detail = { to: SYSTEM_PROCESS, request, problem: describeThrown(thrown) }
  return new TroupeError('HANDLER_FAILED', detail, thrown)
}
