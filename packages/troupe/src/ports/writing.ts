/**
 * ports/writing: what somebody wants sent to the outside, and is told of it.
 *
 * What cannot be sent is the fault of whoever wants it and ends nothing: a message is a dead
 * letter then, a request is rejected.
 */
import { formatTarget, NoReply, type ProcessContext, type Replier, TroupeError } from '#contract'

/** The message cannot be sent, because of this. Throws it again when it is a fault of ours. */
export function refuseMessage(context: ProcessContext, thrown: unknown): NoReply {
  if (!TroupeError.is(thrown)) throw thrown
  return context.refuse('message-refused', thrown)
}

/** The request `write`: `work` has it answered with the bytes once the kernel has taken them. */
export function answerWrite(
  context: ProcessContext,
  work: (replier: Replier<number>) => void,
): NoReply {
  const replier = context.replyLater<number>()
  try {
    work(replier)
  } catch (thrown) {
    if (!TroupeError.is(thrown)) throw thrown
    replier.reject(thrown)
  }
  return NoReply
}

/** Why a write was refused that could have been sent at another time. */
export function writeRefused(
  context: ProcessContext,
  length: number,
  problem: string,
): TroupeError {
  return new TroupeError('WRITE_REFUSED', {
    connection: formatTarget(context.self),
    length,
    problem,
  })
}
