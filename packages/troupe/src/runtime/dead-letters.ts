/**
 * runtime/dead-letters: what was not handled, counted by cause and published.
 *
 * Every drop is counted exactly once, at the place it happens. The record is made only while
 * somebody listens.
 *
 * Limit: of a mailbox that ends with its process, `PUBLISHED_SINGLY_MAX` messages are published
 * one by one and the rest as one record with their count.
 *
 * @source ergo-features weaknesses 6
 */
import { type Address, type DeadLetter, DROP_CAUSES, type DropCause } from '#contract'
import { describeEntry, type EntryName, Envelope, type Origin, senderOf } from './message.js'

export const PUBLISHED_SINGLY_MAX = 100

/** Gives a record to whoever subscribed to dead letters. */
export interface DeadLetterListener {
  isHeard(): boolean
  publish(letter: DeadLetter): void
}

const POSITION = new Map<DropCause, number>(DROP_CAUSES.map((cause, at) => [cause, at]))

export class DeadLetters {
  readonly #counts = new Float64Array(DROP_CAUSES.length)
  readonly #listener: DeadLetterListener
  #telling = false
  /** Told of every drop, whoever else listens; quick, and never throws. */
  tap: ((letter: DeadLetter) => void) | undefined = undefined

  constructor(listener: DeadLetterListener) {
    this.#listener = listener
  }

  /** Counts `count` drops of one cause and tells whoever listens. */
  drop(cause: DropCause, from: Origin, to: Address, name: EntryName, count = 1): void {
    if (from instanceof Envelope) from.trace?.fail(cause)
    const at = POSITION.get(cause) as number
    this.#counts[at] = (this.#counts[at] as number) + count
    // A drop while a letter is being told is counted, not told: it could go on for ever.
    const isHeard = !this.#telling && this.#listener.isHeard()
    const { tap } = this
    if (!isHeard && tap === undefined) return
    const message = describeEntry(name)
    const letter = { kind: 'dead-letter' as const, cause, from: senderOf(from), to, message, count }
    tap?.(letter)
    if (!isHeard) return
    this.#telling = true
    try {
      this.#listener.publish(letter)
    } finally {
      this.#telling = false
    }
  }

  /** All drops so far. */
  get total(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0)
  }

  counts(): Readonly<Record<DropCause, number>> {
    const entries = DROP_CAUSES.map((cause, at) => [cause, this.#counts[at] ?? 0] as const)
    return Object.freeze(Object.fromEntries(entries) as Record<DropCause, number>)
  }
}
