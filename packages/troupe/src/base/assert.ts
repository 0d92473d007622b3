/**
 * base/assert: a broken invariant stops the program part that broke it, with a sentence.
 *
 * Knows nothing of processes. An assertion is for what cannot happen unless Troupe itself is
 * wrong; what a user may cause is a coded error instead.
 */

/** Raised when Troupe finds its own state contradictory; please report it with its message. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure'
}

/**
 * Continues when `fact` holds, throws `AssertionFailure` otherwise.
 *
 * @example assert(length >= 0, 'a mailbox has no negative length')
 */
export function assert(fact: boolean, told: string): asserts fact {
  if (!fact) throw new AssertionFailure(`Troupe broke its own rule: ${told}`)
}
