/**
 * testing/simulation/stream: one direction of a simulated line: bytes in order, or none.
 *
 * Cuts what is written at random borders and lets each packet take its time. Packets that the way
 * does not carry are kept and sent again later, as TCP does, and the sender gives up in the end.
 * Limit: `windowBytes` on the way or unread at the far end; what is beyond waits at the sender.
 */
import type { Cancel } from '#base/clock'
import { Ring } from '#base/ring'
import type { Link } from './link.js'
import { RESEND_MS } from './link.js'
import type { World } from './world.js'

/** What travels: the opening, bytes, the end in order, the end at once. */
export interface Packet {
  readonly kind: 'open' | 'data' | 'end' | 'reset'
  readonly bytes: Uint8Array
  /** When it arrives, by the clock of the world; later if the way is blocked then. */
  dueMs: number
}

/** The end of the line that writes into the stream. */
export interface StreamSource {
  /** True while the program behind it runs: a frozen one sends nothing. */
  readonly isAwake: boolean
  /** Everything that was written is on its way. */
  drained(): void
  /** Nobody has acknowledged anything for too long. */
  gaveUp(): void
  /** Told when a packet came back: the line is not known there any more. */
  refused(): void
  /** Something on the way has broken the line for both ends. */
  reset(): void
}

/** The end that is told what arrives; false: there is no such line any more. */
export interface StreamSink {
  arrive(packet: Packet): boolean
}

const NO_BYTES = new Uint8Array(0)
/** Packets of a stream are not longer, in bytes. */
export const PACKET_BYTES_MAX = 16_384
/** One packet in so many is cut short at a random border. */
const CUT_ONE_IN = 6
/** Packets due within so little of each other are due together: 64-bit arithmetic is not exact. */
const SAME_MS = 0.000_001

export class Stream {
  readonly #world: World
  readonly #link: Link
  readonly #subject: string
  readonly #source: StreamSource
  readonly #sink: StreamSink
  /** What waits at the sender, and how much of the first piece has left. */
  readonly #queue = new Ring<Uint8Array>()
  #first: Uint8Array = NO_BYTES
  #queueBytes = 0
  #endIsQueued = false
  readonly #flight = new Ring<Packet>()
  #head: Packet | undefined = undefined
  #windowBytes = 0
  #lastDueMs = 0
  #arrivedBytes = 0
  #arrival: Cancel | undefined = undefined
  #giveUp: Cancel | undefined = undefined
  /** The far end has received what it could not acknowledge. */
  #isAckMissing = false
  /** The sender knows this line no more; nothing is sent again. */
  #isAbandoned = false
  /** A note that there is room is on its way back. */
  #roomIsTold = false

  constructor(world: World, link: Link, subject: string, source: StreamSource, sink: StreamSink) {
    this.#world = world
    this.#link = link
    this.#subject = subject
    this.#source = source
    this.#sink = sink
    world.streams.add(this)
  }

  get waitingBytes(): number {
    return this.#queueBytes
  }

  /** Bytes that have reached the far host since the start. */
  get arrivedBytes(): number {
    return this.#arrivedBytes
  }

  get isDrained(): boolean {
    return this.#queueBytes === 0
  }

  /** The first packet: the far end learns that there is a line. */
  open(): void {
    this.#send('open', NO_BYTES)
  }

  put(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#isAbandoned) return
    this.#queue.push(bytes)
    this.#queueBytes += bytes.length
    this.#pump()
  }

  /** The end, behind everything that was written. */
  end(): void {
    this.#endIsQueued = true
    this.#pump()
  }

  /** The sender knows the line no more. `reset`: the far end is told, unless that is lost. */
  abandon(reset: boolean): void {
    if (this.#isAbandoned) return
    this.#dropQueue()
    this.#isAbandoned = true
    // What waits for the way to open would have to be sent again, and nobody does that any more.
    if (this.#arrival === undefined) this.#dropFlight()
    if (reset && this.#world.carries(this.#link) && !this.#link.loses()) {
      this.#send('reset', NO_BYTES)
    }
    this.#watch()
    this.#retire()
  }

  /** The reader has taken so many bytes: there is room for others, once the sender hears of it. */
  consumed(bytes: number): void {
    this.#windowBytes -= bytes
    if (this.#queueBytes === 0 || this.#roomIsTold) return
    this.#roomIsTold = true
    this.#answer(() => {
      this.#roomIsTold = false
      this.#pump()
    })
  }

  /** Something has changed: the way, or a program has gone on. */
  wake(): void {
    const head = this.#head
    if (head !== undefined && this.#arrival === undefined) {
      const { clock, random } = this.#world
      // It was sent in vain several times meanwhile; the next time goes through.
      head.dueMs = Math.max(head.dueMs, clock.nowMs() + random.unit() * RESEND_MS)
      this.#arm()
    }
    if (this.#world.carries(this.#link) && this.#world.carriesBack(this.#link)) {
      this.#isAckMissing = false
    }
    this.#pump()
  }

  #dropQueue(): void {
    while (this.#queue.take() !== undefined);
    this.#first = NO_BYTES
    this.#queueBytes = 0
    this.#endIsQueued = false
  }

  #pump(): void {
    if (this.#source.isAwake && !this.#isAbandoned) this.#sendQueued()
    this.#watch()
  }

  #sendQueued(): void {
    const wasDrained = this.isDrained
    while (this.#queueBytes > 0 && this.#windowBytes < this.#world.windowBytes) {
      if (this.#first.length === 0) this.#first = this.#queue.take() ?? NO_BYTES
      // Copied as a system does: what has left does not change with the buffer of the writer.
      const bytes = new Uint8Array(this.#first.subarray(0, this.#cut(this.#first.length)))
      this.#first = this.#first.subarray(bytes.length)
      this.#queueBytes -= bytes.length
      this.#windowBytes += bytes.length
      this.#send('data', bytes)
      if (this.#link.resets()) {
        // Not within the call that writes.
        this.#world.clock.soon(() => this.#source.reset())
        return
      }
    }
    if (this.#queueBytes > 0) return
    if (this.#endIsQueued) {
      this.#endIsQueued = false
      this.#send('end', NO_BYTES)
    }
    if (!wasDrained) this.#source.drained()
  }

  #cut(length: number): number {
    const { random } = this.#world
    const whole = Math.min(length, PACKET_BYTES_MAX)
    return whole > 1 && random.below(CUT_ONE_IN) === 0 ? 1 + random.below(whole - 1) : whole
  }

  #send(kind: Packet['kind'], bytes: Uint8Array): void {
    const nowMs = this.#world.clock.nowMs()
    const delayMs = this.#link.streamDelayMs(nowMs, bytes.length)
    const dueMs = Math.max(this.#lastDueMs, nowMs + delayMs)
    this.#lastDueMs = dueMs
    if (delayMs >= RESEND_MS) this.#world.note('resent', this.#subject, bytes.length)
    const packet: Packet = { kind, bytes, dueMs }
    if (this.#head !== undefined) this.#flight.push(packet)
    else {
      this.#head = packet
      this.#arm()
    }
  }

  #arm(): void {
    const { clock } = this.#world
    const head = this.#head
    if (head === undefined || this.#arrival !== undefined) return
    this.#arrival = clock.after(Math.max(0, head.dueMs - clock.nowMs()), () => this.#arrive())
  }

  /** Everything that is due comes at once; what the way does not carry waits for `wake`. */
  #arrive(): void {
    this.#arrival = undefined
    const nowMs = this.#world.clock.nowMs() + SAME_MS
    for (let head = this.#head; head !== undefined && head.dueMs <= nowMs; head = this.#head) {
      if (!this.#world.carries(this.#link)) {
        // Who is gone sends nothing again: it is lost for good.
        if (this.#isAbandoned) this.#dropFlight()
        this.#watch()
        this.#retire()
        return
      }
      this.#head = this.#flight.take()
      this.#handOver(head)
    }
    this.#arm()
    this.#watch()
    this.#retire()
  }

  #handOver(packet: Packet): void {
    const canAnswer = this.#world.carriesBack(this.#link)
    if (!canAnswer) this.#isAckMissing = true
    this.#world.note(packet.kind, this.#subject, packet.bytes.length)
    this.#arrivedBytes += packet.bytes.length
    const isTaken = this.#sink.arrive(packet)
    // Behind an end comes nothing: the stream is done, however long its sender stays.
    if (packet.kind === 'end') this.#isAbandoned = true
    if (isTaken || packet.kind === 'reset') return
    this.#windowBytes -= packet.bytes.length
    if (canAnswer) this.#answer(() => this.#source.refused())
  }

  /** Does something at the sender, as late as an answer of the far end comes. */
  #answer(run: () => void): void {
    const { clock } = this.#world
    const back = this.#world.link(this.#link.to, this.#link.from)
    clock.after(back.streamDelayMs(clock.nowMs(), 0), run)
  }

  #dropFlight(): void {
    this.#head = undefined
    while (this.#flight.take() !== undefined);
  }

  /** As long as something is unacknowledged and no answer can come, the sender loses patience. */
  #watch(): void {
    const isOpen = this.#queueBytes > 0 || this.#head !== undefined || this.#isAckMissing
    const isHeard = this.#world.carries(this.#link) && this.#world.carriesBack(this.#link)
    if (!isOpen || isHeard || this.#isAbandoned) {
      this.#giveUp?.()
      this.#giveUp = undefined
      return
    }
    this.#giveUp ??= this.#world.clock.after(this.#world.breakAfterMs, () => {
      this.#giveUp = undefined
      this.#source.gaveUp()
    })
  }

  #retire(): void {
    if (this.#isAbandoned && this.#head === undefined) this.#world.streams.delete(this)
  }
}
