/**
 * refusing: a request that cannot be is refused, and the process goes on.
 *
 * A throw would end it: whoever asks wrongly must not cost others their metrics.
 */
import { describeThrown, NoReply, type ProcessContext, TroupeError } from 'troupe'

/** Answers the current request with what `run` gives, or with the error it throws. */
export function answerOrRefuse(
  context: Pick<ProcessContext, 'replyLater'>,
  request: string,
  run: () => unknown,
): NoReply {
  const replier = context.replyLater<unknown>()
  try {
    replier.reply(run())
  } catch (thrown) {
    replier.reject(refusalOf(request, thrown))
  }
  return NoReply
}

/** What was thrown, as the error that a caller gets. */
export function refusalOf(request: string, thrown: unknown): TroupeError {
  if (TroupeError.is(thrown)) return thrown
  const problem = describeThrown(thrown)
  return new TroupeError('HANDLER_FAILED', { to: 'the process', request, problem }, thrown)
}

/** What a log may say of anything that was given as a name. */
export const toldName = (name: unknown): string =>
  typeof name === 'string' ? name.slice(0, 255) : typeof name
