/**
 * actor/answering: a request that takes time, answered while its process serves others.
 */
import { NoReply, type ProcessContext, TroupeError } from '#contract'

/**
 * Answers the current request with what `work` resolves to, or rejects its caller with the coded
 * error it rejects with; anything else is a failure of the process and goes to `fail`.
 */
export function answerLater(
  context: ProcessContext,
  work: () => Promise<unknown>,
  fail: (thrown: unknown) => void,
): NoReply {
  const replier = context.replyLater()
  work().then(
    (answer) => replier.reply(answer),
    (thrown: unknown) => {
      if (TroupeError.is(thrown)) replier.reject(thrown)
      else fail(thrown)
    },
  )
  return NoReply
}
