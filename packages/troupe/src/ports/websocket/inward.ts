/**
 * ports/websocket/inward: what one connection has got and its reader has not yet.
 *
 * The library tells all messages of one read at once, so they wait here, in order, while the
 * socket is not read. Knows nothing of sockets. Limit: `readQueueBytesMax`.
 *
 * @source ergo-features 13 (WebSocket)
 */
import { Ring } from '#base/ring'
import type { Pid, ProcessContext } from '#contract'
import { Delivery } from '#ports/delivery'
import type { Seat } from '#ports/seat'
import type { CompleteWebSocket } from './connection-options.js'
import type { Frame } from './frame.js'
import type {
  WebSocketConnected,
  WebSocketConnection,
  WebSocketDisconnected,
  WebSocketMessage,
  WebSocketReader,
} from './message.js'

/** What readers are told of the two sides. */
export type WebSocketSides = Omit<WebSocketConnected, 'connection' | 'again'>

/** Each message costs about this much beside its body, in bytes. */
const ENTRY_BYTES = 64
/** Slots a connection keeps that once had many messages at once. */
const KEPT_SLOTS_MAX = 1_024

export class Inward {
  readonly #limits: CompleteWebSocket
  readonly #delivery: Delivery<typeof WebSocketReader>
  readonly #connection: Pid<typeof WebSocketConnection>
  readonly counters = {
    receivedMessages: 0,
    receivedBytes: 0,
    undeliveredMessages: 0,
    pingsReceived: 0,
    pongsReceived: 0,
  }
  #sides: WebSocketSides | undefined
  readonly #waiting = new Ring<Frame>(KEPT_SLOTS_MAX)
  /** Of what waits and of what is being handed on. */
  #waitingBytes = 0

  constructor(
    context: ProcessContext,
    seat: Seat<typeof WebSocketReader>,
    limits: CompleteWebSocket,
  ) {
    this.#limits = limits
    this.#connection = context.self as Pid<typeof WebSocketConnection>
    this.#delivery = new Delivery(context, seat, {
      message: 'connected',
      payload: (again) => ({
        connection: this.#connection,
        ...(this.#sides as WebSocketSides),
        again,
      }),
    })
  }

  open(sides: WebSocketSides): void {
    this.#sides = sides
  }

  /** Keeps a frame for the reader; false when that is more than may wait. */
  add(frame: Frame): boolean {
    const { kind, body } = frame
    this.#count(frame)
    if (!isMessage(kind) && !this.#limits.controlFrames) return true
    // One message alone always may: how large it may be is another limit.
    const isAlone = this.#waitingBytes === 0
    this.#waiting.push(frame)
    this.#waitingBytes += body.length + ENTRY_BYTES
    return isAlone || this.#waitingBytes <= this.#limits.readQueueBytesMax
  }

  /** Counts a frame that nobody will get: the connection is at its end. */
  miss(frame: Frame): void {
    this.#count(frame)
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  /** Tells whoever reads of this connection, unless they know; false when nobody came in time. */
  async greet(): Promise<boolean> {
    return (await this.#delivery.greet()) !== undefined
  }

  /** Hands on what waits while it may; false when there is nobody to hand it to. */
  async handOn(mayGoOn: () => boolean): Promise<boolean> {
    while (mayGoOn()) {
      const frame = this.#waiting.take()
      if (frame === undefined) break
      if (!(await this.#delivery.handOn('message', this.#told(frame)))) return false
      this.#waitingBytes -= frame.body.length + ENTRY_BYTES
      if (!isMessage(frame.kind)) continue
      this.counters.undeliveredMessages -= 1
      this.counters.receivedMessages += 1
    }
    return true
  }

  /** The last word, to whoever knew of the connection. */
  tellEnd(told: Omit<WebSocketDisconnected, 'connection' | 'undeliveredMessages'>): Promise<void> {
    const { undeliveredMessages } = this.counters
    const connection = this.#connection
    return this.#delivery.last('disconnected', { connection, ...told, undeliveredMessages })
  }

  #count({ kind, body }: Frame): void {
    const { counters } = this
    if (isMessage(kind)) {
      counters.receivedBytes += body.length
      counters.undeliveredMessages += 1
    } else if (kind === 'ping') counters.pingsReceived += 1
    else counters.pongsReceived += 1
  }

  #told({ kind, body }: Frame): WebSocketMessage {
    const connection = this.#connection
    if (kind === 'text') return { connection, kind, body: (body as Buffer).toString() }
    return { connection, kind, body }
  }
}

const isMessage = (kind: Frame['kind']): boolean => kind === 'text' || kind === 'binary'
