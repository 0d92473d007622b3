/**
 * network/peer/endings: why something ended, and errors, as they travel to another node.
 *
 * Where something crashed stays at home. What the codec cannot carry, such as a function in a
 * detail or a cause that is too large, stays behind too: whoever waits for the word must get it.
 */
import { type ExitReason, TroupeError } from '#contract'

/** Characters that are left of a text that could not travel whole. */
const TEXT_LENGTH_MAX = 1_000

/** A reason as it travels. */
export const sentReason = (reason: ExitReason): ExitReason =>
  typeof reason === 'object' && reason.kind === 'crash' ? { ...reason, stack: undefined } : reason

/** What of a reason can always travel: its words. */
export function bareReason(reason: ExitReason): ExitReason {
  if (typeof reason === 'string') return reason
  if (reason.kind === 'custom') return { kind: 'custom', name: cut(reason.name), detail: undefined }
  const code = reason.code === undefined ? undefined : cut(reason.code)
  return { kind: 'crash', message: cut(reason.message), code, stack: undefined }
}

/** What of an error can always travel: its code and sentence, without its cause. */
export function bareError(error: TroupeError): TroupeError {
  const parts = Object.entries(error.detail).map(([name, value]) => [
    name,
    typeof value === 'number' ? value : cut(value),
  ])
  return new TroupeError(error.code, Object.fromEntries(parts))
}

const cut = (text: unknown): string => String(text).slice(0, TEXT_LENGTH_MAX)
