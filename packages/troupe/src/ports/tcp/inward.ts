/**
 * ports/tcp/inward: hands what one connection gets to whoever reads it now.
 *
 * A message is handed on when it lies in the mailbox of the reader; until then the next one
 * waits. A reader that was restarted is told of the connection first. Knows nothing of sockets.
 *
 * @source ergo-features 13 (TCP server)
 */
import type { Address, Pid, ProcessContext, SendFailure } from '#contract'
import type { Listening } from '#ports/listen'
import type { Seat } from '#ports/seat'
import type { TcpConnection, TcpEnd, TcpReader, TcpSecurity } from './message.js'

/** Failures of a send after which another reader may be found under the same address. */
const ABSENT: readonly SendFailure[] = ['PROCESS_UNKNOWN', 'NAME_UNKNOWN', 'ALIAS_UNKNOWN']

/** Failures in a row, of readers that are found and gone again at once. */
const TRIES_MAX = 100

/** What readers are told of the two sides. */
export interface TcpSides {
  readonly remote: Listening
  readonly local: Listening
  readonly security: TcpSecurity | undefined
}

export class Inward {
  readonly #context: ProcessContext
  readonly #seat: Seat<typeof TcpReader>
  /** Who was told of this connection last. */
  #greeted: Address<typeof TcpReader> | undefined
  /** Bytes of the chunk that waits for room. */
  #waitingBytes = 0
  #chunks = 0

  constructor(context: ProcessContext, seat: Seat<typeof TcpReader>) {
    this.#context = context
    this.#seat = seat
  }

  /** Chunks handed on. */
  get chunks(): number {
    return this.#chunks
  }

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /** Whoever reads now, and knows of this connection; undefined when nobody came in time. */
  async greet(sides: TcpSides): Promise<Address<typeof TcpReader> | undefined> {
    for (let failures = 0; ; failures += 1) {
      const seated = this.#seat.now() ?? (await this.#seat.whenTaken())
      if (seated === undefined || seated === this.#greeted) return seated
      const again = this.#greeted !== undefined
      const connection = this.#connection()
      const told = { connection, ...sides, again }
      const failure = await this.#context.sendWhenRoom(seated, 'connected', told)
      if (failure === undefined) {
        this.#greeted = seated
        return seated
      }
      if (!(await this.#mayReturn(failure, failures))) return undefined
    }
  }

  /** Hands one chunk on; false when there is nobody to hand it to. */
  async handOn(bytes: Uint8Array, sides: TcpSides): Promise<boolean> {
    const connection = this.#connection()
    this.#waitingBytes = bytes.length
    for (let failures = 0; ; failures += 1) {
      const seated = await this.greet(sides)
      if (seated === undefined) return false
      const failure = await this.#context.sendWhenRoom(seated, 'data', { connection, bytes })
      // What the schema of the reader refuses is its decision, and a dead letter.
      if (failure === undefined || failure === 'MESSAGE_INVALID') break
      if (!(await this.#mayReturn(failure, failures))) return false
    }
    this.#waitingBytes = 0
    this.#chunks += 1
    return true
  }

  /** The last word, to whoever knew of the connection. */
  async tellEnd(end: TcpEnd, undeliveredBytes: number): Promise<void> {
    if (this.#greeted === undefined) return
    const told = { connection: this.#connection(), end, undeliveredBytes }
    await this.#context.sendWhenRoom(this.#greeted, 'disconnected', told)
  }

  #connection(): Pid<typeof TcpConnection> {
    return this.#context.self as Pid<typeof TcpConnection>
  }

  /** True when it is worth another try; one that fails again and again gets a pause. */
  async #mayReturn(failure: SendFailure, failures: number): Promise<boolean> {
    if (!ABSENT.includes(failure) || failures >= TRIES_MAX) return false
    if (failures > 0) await this.#context.sleep(failures)
    return true
  }
}
