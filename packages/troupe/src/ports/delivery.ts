/**
 * ports/delivery: hands what a port gets to whoever reads it now, one message after the other.
 *
 * A message is handed on when it lies in the mailbox of the reader; until then the next one
 * waits, so that whoever calls may stop reading from outside. A reader that was restarted is
 * greeted first. Knows nothing of sockets.
 * Limit: one message waits at a time; the time for it is that of the seat.
 */
import type {
  Address,
  AnyProtocol,
  MessageNameOf,
  PayloadOf,
  Pid,
  ProcessContext,
  SendFailure,
} from '#contract'
import type { Seat } from './seat.js'

/** The first that a reader is told; `again` when another one knew it already. */
export type Greeting<P extends AnyProtocol> = {
  readonly [K in MessageNameOf<P>]: {
    readonly message: K
    payload(again: boolean): PayloadOf<P, K>
  }
}[MessageNameOf<P>]

/** Failures of a send after which another reader may be found under the same address. */
const ABSENT: readonly SendFailure[] = ['PROCESS_UNKNOWN', 'NAME_UNKNOWN', 'ALIAS_UNKNOWN']
/** Failures in a row, of readers that are found and gone again at once. */
const TRIES_MAX = 100

/** Hands messages of the protocol `P` on. */
export class Delivery<P extends AnyProtocol> {
  readonly #context: ProcessContext
  readonly #seat: Seat<P>
  readonly #greeting: Greeting<P>
  /** Who was greeted last. */
  #greeted: Address<P> | undefined
  #isGreeting = false
  /** Settles when the message before has its place: two that wait must not greet twice. */
  #turn: Promise<unknown> = Promise.resolve()
  /** What waits for its turn, or has it. */
  #works = 0

  constructor(context: ProcessContext, seat: Seat<P>, greeting: Greeting<P>) {
    this.#context = context
    this.#seat = seat
    this.#greeting = greeting
  }

  /** True while a greeting waits for room: it may be heard after all that is told meanwhile. */
  get isGreeting(): boolean {
    return this.#isGreeting
  }

  /** Whoever reads now, and was greeted; undefined when nobody came in time. */
  greet(): Promise<Address<P> | undefined> {
    return this.#inTurn(() => this.#greet())
  }

  /** Hands one message on; false when there is nobody to hand it to. */
  handOn<const K extends MessageNameOf<P>>(message: K, payload: PayloadOf<P, K>): Promise<boolean> {
    return this.#inTurn(() => this.#handOn(message, payload))
  }

  /** The last word, to whoever was greeted; nobody is waited for. */
  async last<const K extends MessageNameOf<P>>(
    message: K,
    payload: PayloadOf<P, K>,
  ): Promise<void> {
    if (this.#greeted !== undefined) await this.#send(this.#greeted, message, payload)
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    // Mostly nobody is before it, and a turn that is not waited for costs nothing.
    const isFirst = this.#works === 0
    this.#works += 1
    const done = isFirst ? work() : this.#turn.then(work)
    this.#turn = done.then(this.#leave, this.#leave)
    return done
  }

  readonly #leave = (): void => {
    this.#works -= 1
  }

  /** Who reads now, when they were greeted: then there is nothing to wait for. */
  #known(): Address<P> | undefined {
    const seated = this.#seat.now()
    return seated === this.#greeted ? seated : undefined
  }

  async #greet(): Promise<Address<P> | undefined> {
    for (let failures = 0; ; failures += 1) {
      const seated = this.#seat.now() ?? (await this.#seat.whenTaken())
      if (seated === undefined || seated === this.#greeted) return seated
      const { message } = this.#greeting
      const payload = this.#greeting.payload(this.#greeted !== undefined)
      this.#isGreeting = true
      const failure = await this.#send(seated, message, payload)
      this.#isGreeting = false
      if (failure === undefined) {
        this.#greeted = seated
        return seated
      }
      if (!(await this.#mayReturn(failure, failures))) return undefined
    }
  }

  async #handOn(message: string, payload: unknown): Promise<boolean> {
    for (let failures = 0; ; failures += 1) {
      const seated = this.#known() ?? (await this.#greet())
      if (seated === undefined) return false
      const failure = await this.#send(seated, message, payload)
      // What the schema of the reader refuses is its decision, and a dead letter.
      if (failure === undefined || failure === 'MESSAGE_INVALID') return true
      if (!(await this.#mayReturn(failure, failures))) return false
    }
  }

  #send(to: Address<P>, message: string, payload: unknown): Promise<SendFailure | undefined> {
    return this.#context.sendWhenRoom(to as Pid, message, payload)
  }

  /** True when it is worth another try; one that fails again and again gets a pause. */
  async #mayReturn(failure: SendFailure, failures: number): Promise<boolean> {
    if (!ABSENT.includes(failure) || failures >= TRIES_MAX) return false
    if (failures > 0) await this.#context.sleep(failures)
    return true
  }
}
