/**
 * ports/release: what a process holds of the outside world goes with it, however it ends.
 *
 * A killed process has no terminate, yet its socket, program or connections must not outlive it.
 */
import type { ProcessContext } from '#contract'

/** What a process holds. */
export interface Held {
  /** Closes at once; called again, it does nothing. */
  release(): unknown
}

/**
 * Answers what gives things into the keeping of this process. Asked for before anything is opened:
 * a process that is killed meanwhile may not ask any more.
 */
export function keeping(context: ProcessContext): <T extends Held>(held: T) => T {
  const ended = context.ended(context.self)
  return (held) => {
    void ended.then(() => held.release())
    return held
  }
}
