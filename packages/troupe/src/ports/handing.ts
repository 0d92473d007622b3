/**
 * ports/handing: hands on what comes of a connection, one turn after the other.
 *
 * While the reader has no room, or is being restarted, nothing is read. A reader that has not
 * heard of the connection is greeted first. Knows nothing of sockets.
 * Limit: what came with one read, which the connection keeps.
 */
import { type ProcessContext, TroupeError } from '#contract'

/** What connections of one kind do in a turn; a table, so that each of them costs no closures. */
export interface HandingVerbs<C> {
  /** False before it is connected, and after its end. */
  isOpen(connection: C): boolean
  /** True while something waits to be handed on. */
  hasMore(connection: C): boolean
  /** Reads nothing from now on. */
  pause(connection: C): void
  /** Tells the reader of the connection; false when nobody came in time. */
  greet(connection: C): Promise<boolean>
  /** Hands on what waits; ends the connection when that cannot be done. */
  handOn(connection: C): Promise<void>
  /** All was handed on: reads again, or has come to its end. */
  rest(connection: C): void
  end(connection: C, end: 'reader-gone' | 'connection-lost'): void
}

export class Handing<C> {
  readonly #context: ProcessContext
  readonly #connection: C
  readonly #verbs: HandingVerbs<C>
  #isBusy = false
  #isGreetingDue = true
  #turn: Promise<void> = Promise.resolve()

  constructor(context: ProcessContext, connection: C, verbs: HandingVerbs<C>) {
    this.#context = context
    this.#connection = connection
    this.#verbs = verbs
  }

  /** True while something is being handed on. */
  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Settles when what is being handed on now is. */
  get turn(): Promise<void> {
    return this.#turn
  }

  /** Tells the reader of the connection, now or when it has time for it. */
  greet(): void {
    this.#isGreetingDue = true
    if (!this.#isBusy) this.work()
  }

  /** Hands on what has come. */
  work(): void {
    if (!this.#verbs.isOpen(this.#connection)) return
    this.#isBusy = true
    this.#verbs.pause(this.#connection)
    this.#turn = this.#handOn().then(
      () => this.#rest(),
      (thrown: unknown) => this.#failed(thrown),
    )
  }

  /** Nothing more will come: notices it as soon as all was handed on. */
  settle(): void {
    if (!this.#isBusy) this.#rest()
  }

  async #handOn(): Promise<void> {
    if (this.#isGreetingDue) {
      this.#isGreetingDue = false
      if (!(await this.#verbs.greet(this.#connection)))
        return this.#verbs.end(this.#connection, 'reader-gone')
    }
    await this.#verbs.handOn(this.#connection)
  }

  #rest(): void {
    this.#isBusy = false
    if (!this.#verbs.isOpen(this.#connection)) return
    if (this.#isGreetingDue || this.#verbs.hasMore(this.#connection)) this.work()
    else this.#verbs.rest(this.#connection)
  }

  #failed(thrown: unknown): void {
    this.#isBusy = false
    // Revoked: the port or this process was killed a moment ago. Else it is a fault of ours.
    if (!TroupeError.is(thrown, 'PROCESS_REVOKED')) {
      this.#context.log.error('a connection failed', { problem: String(thrown) })
    }
    this.#verbs.end(this.#connection, 'connection-lost')
  }
}
