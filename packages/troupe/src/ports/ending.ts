/**
 * ports/ending: how a connection comes to its end, whoever wants it.
 *
 * The first word counts, and is the exit reason of the process too. Then the reader is told and
 * what waits is sent, as far as there is time, and all is released, once.
 * Limit: `closeTimeoutMs`.
 */
import { custom, type ExitReason, type ProcessContext } from '#contract'

/** The ends that are no failure. */
export type CalmEnd = 'peer-closed' | 'closed' | 'port-ended'

const CALM: Readonly<Partial<Record<string, ExitReason>>> = Object.freeze({
  'peer-closed': 'normal',
  closed: 'normal',
  'port-ended': 'shutdown',
} satisfies Record<CalmEnd, ExitReason>)

/** The exit reason that goes with a word; where it is a failure, with this detail. */
export const reasonFor = (end: string, detail: unknown): ExitReason =>
  CALM[end] ?? custom(end, detail)

/** Ends the process, unless it was killed a moment ago. */
export function stopWith(context: ProcessContext, reason: ExitReason): void {
  try {
    context.stop(reason)
  } catch {
    // Revoked: it has ended already.
  }
}

/** What connections of one kind do at their end; a table, as in `HandingVerbs`. */
export interface EndingVerbs<C, End> {
  /** What is told of a failure beside its word. */
  detail(connection: C): unknown
  /** Longest time for `finish`, in milliseconds. */
  closeTimeoutMs(connection: C): number
  /** Waits for nothing any more; may be called again. */
  halt(connection: C): void
  /** Tells the reader, and settles when all that waits has gone out, or never will. */
  finish(connection: C, end: End): Promise<unknown>
  /** Closes at once. */
  release(connection: C, end: End): void
}

export class Ending<C, End extends string> {
  readonly #context: ProcessContext
  readonly #connection: C
  readonly #verbs: EndingVerbs<C, End | CalmEnd>
  #word: End | CalmEnd | undefined
  #isReleased = false

  constructor(context: ProcessContext, connection: C, verbs: EndingVerbs<C, End | CalmEnd>) {
    this.#context = context
    this.#connection = connection
    this.#verbs = verbs
  }

  /** Why it has ended; undefined while it goes on. */
  get word(): End | CalmEnd | undefined {
    return this.#word
  }

  /** Ends it with this word, unless it has one; with the exit reason that goes with it. */
  end(word: End | CalmEnd, reason?: ExitReason): void {
    if (this.#word !== undefined) return
    this.#word = word
    this.#verbs.halt(this.#connection)
    stopWith(this.#context, reason ?? reasonFor(word, this.#verbs.detail(this.#connection)))
  }

  /** The process ends, for whatever reason. */
  async terminate(): Promise<void> {
    const connection = this.#connection
    this.#word ??= isOrphan(this.#context) ? 'port-ended' : 'closed'
    this.#verbs.halt(connection)
    const finished = this.#verbs.finish(connection, this.#word)
    const late = this.#context.sleep(this.#verbs.closeTimeoutMs(connection))
    await Promise.race([finished, late])
    this.release()
  }

  /** Closes at once; what a killed process needs. */
  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#word ??= 'closed'
    this.#verbs.release(this.#connection, this.#word)
  }
}

/** True when its parent has ended: the port that accepted it. */
function isOrphan(context: ProcessContext): boolean {
  const { parent } = context
  return parent !== undefined && context.mailboxLength(parent) === undefined
}
