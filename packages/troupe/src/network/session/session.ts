/**
 * network/session/session: two nodes in talk: a stream of messages both ways, over one line at a
 * time, and what keeps it honest: acknowledgements, credit, signs of life.
 *
 * A line may break and another take its place; nothing is lost or doubled by that. Knows nothing
 * of what messages mean, how lines are made, or when to give up.
 *
 * @source design 4.9, 5
 */
import type { Clock } from '#base/clock'
import type { Line, LineTaker } from '#contract'
import {
  badFrame,
  FRAME,
  FRAME_HEAD_BYTES,
  FrameReader,
  type FrameTaker,
  writeFrameHead,
} from '#network/frame/line-frame'
import { Incoming, type InParts, type TakeMessage } from './incoming.js'
import { Outgoing, type Writer } from './outgoing.js'

/** The peer hears what has come at the latest after this time. */
const ACK_DELAY_MS = 20
const ACK_BYTES = 12
const STAMP_BYTES = 4

/** Reasons of a good-bye: it goes; it takes nothing more, and goes when all of it has left. */
export const BYE = Object.freeze({ stop: 1, deaf: 2 })

/** What a session asks of whoever keeps it. */
export interface SessionVerbs {
  /** A whole message, valid only during the call; what it throws ends the session. */
  readonly take: TakeMessage
  /** A message of its kind as it comes; what it throws ends the session. */
  readonly inParts: InParts
  /** Something has come: the peer lives. */
  readonly heard: () => void
  /** The line has ended; the session goes on without one. */
  readonly lineLost: (problem: string | undefined) => void
  /** What came cannot be; the line was destroyed and the session is of no use any more. */
  readonly failed: (error: unknown) => void
  /** The peer goes in order, or says with `BYE.deaf` that it is about to. */
  readonly bye: (reason: number) => void
  /** True while this node cannot keep up with what comes. */
  readonly behind: () => boolean
  /** How late the loop of this node is, in milliseconds. */
  readonly loopDelayMs: () => number
}

/** The limits of one session. */
export interface SessionLimits {
  /** What we grant the peer beyond what has come, and it granted us at the start. */
  readonly windowBytes: number
  readonly peerWindowBytes: number
  /** The largest message that is taken in one piece. */
  readonly pieceBytesMax: number
}

export class Session implements LineTaker {
  readonly outgoing: Outgoing
  readonly incoming: Incoming
  /** Lines it has had. */
  lines = 0
  /** Clock readings of the last sign of life each way. */
  heardMs: number
  saidMs: number
  /** Round trip of the last ping, in milliseconds; -1 before the first. */
  roundTripMs = -1
  /** How late the loop of the peer said it was. */
  peerLoopDelayMs = 0

  readonly #clock: Clock
  readonly #verbs: SessionVerbs
  readonly #windowBytes: number
  readonly #frames: FrameTaker
  #line: Line | undefined = undefined
  #reader: FrameReader
  #ackArmed = false
  #resting = false
  /** What comes is thrown away, and not acknowledged: who sent it counts it as lost. */
  #deaf = false
  #pingedMs = 0
  /** The line has taken no answer to a ping since it was full. */
  #choked = false

  constructor(clock: Clock, writer: Writer, limits: SessionLimits, verbs: SessionVerbs) {
    this.#clock = clock
    this.#verbs = verbs
    this.#windowBytes = limits.windowBytes
    this.outgoing = new Outgoing(writer, clock.soon, limits.peerWindowBytes)
    this.incoming = new Incoming(
      verbs.take,
      verbs.inParts,
      limits.pieceBytesMax,
      limits.windowBytes,
    )
    this.#frames = {
      data: (bytes, from, to) => {
        if (!this.#deaf) this.incoming.data(bytes, from, to)
      },
      control: (kind, body) => this.#take(kind, body),
    }
    this.#reader = new FrameReader(this.#frames)
    this.heardMs = clock.nowMs()
    this.saidMs = this.heardMs
  }

  get line(): Line | undefined {
    return this.#line
  }

  /**
   * Goes on over a new line, of whose peer we know how much it has received. The caller names
   * `taker` as the taker of the line afterwards. False when that count cannot be.
   */
  attach(line: Line, peerReceivedBytes: number, peerGrantedBytes: number): boolean {
    this.drop()
    this.#line = line
    this.#choked = false
    this.lines += 1
    this.#reader = new FrameReader(this.#frames)
    this.heardMs = this.#clock.nowMs()
    this.saidMs = this.heardMs
    this.incoming.told = this.incoming.received
    this.incoming.granted = this.incoming.received + this.#windowBytes
    return this.outgoing.attach(line, peerReceivedBytes, peerGrantedBytes)
  }

  /** Who listens to a line: nobody, once another one has taken its place. */
  taker(line: Line): LineTaker {
    const isCurrent = (): boolean => this.#line === line
    return {
      data: (bytes) => {
        if (isCurrent()) this.data(bytes)
      },
      drained: () => {
        if (isCurrent()) this.drained()
      },
      closed: (problem) => {
        if (isCurrent()) this.closed(problem)
      },
    }
  }

  /** Leaves the line as it is and listens to it no longer. */
  detach(): void {
    this.#reader.stopped = true
    this.#line = undefined
    this.outgoing.detach()
  }

  /** Ends the line at once; what is kept waits for the next one. */
  drop(): void {
    const line = this.#line
    this.detach()
    line?.destroy()
  }

  /** Takes nothing more, and says so; what is written still leaves. */
  deafen(): void {
    // What was taken until now is no loss of its sender.
    this.#giveWord()
    this.#deaf = true
    this.#control(FRAME.bye, Buffer.of(BYE.deaf))
  }

  /** Says good-bye and ends the line when all has left. */
  close(): void {
    const line = this.#line
    if (line === undefined) return
    this.outgoing.flush()
    this.#giveWord()
    this.#control(FRAME.bye, Buffer.of(BYE.stop))
    this.detach()
    line.close()
  }

  ping(): void {
    this.#pingedMs = this.#clock.nowMs()
    const body = Buffer.allocUnsafe(STAMP_BYTES)
    body.writeUInt32BE(Math.floor(this.#pingedMs) >>> 0)
    this.#control(FRAME.ping, body)
  }

  data(bytes: Uint8Array): void {
    this.heardMs = this.#clock.nowMs()
    this.#verbs.heard()
    try {
      this.#reader.feed(asBuffer(bytes))
    } catch (thrown) {
      this.drop()
      this.#verbs.failed(thrown)
      return
    }
    if (this.incoming.received > this.incoming.told) this.#oweWord()
    if (this.#verbs.behind()) this.#rest()
  }

  #take(kind: number, body: Buffer): void {
    switch (kind) {
      case FRAME.ack: {
        const isSound =
          body.length === ACK_BYTES &&
          this.outgoing.acknowledge(body.readUIntBE(0, 6), body.readUIntBE(6, 6))
        if (!isSound) throw badFrame('an acknowledgement of what was never sent')
        return
      }
      case FRAME.ping: {
        if (body.length !== STAMP_BYTES) throw badFrame('a ping of a wrong length')
        // Who asks and does not read hears of what waits already; answers would pile up.
        if (this.#choked) return
        const pong = Buffer.allocUnsafe(2 * STAMP_BYTES)
        body.copy(pong)
        pong.writeUInt32BE(Math.min(0xffff_ffff, Math.ceil(this.#verbs.loopDelayMs())), STAMP_BYTES)
        this.#choked = !this.#control(FRAME.pong, pong)
        return
      }
      case FRAME.pong:
        if (body.length !== 2 * STAMP_BYTES) throw badFrame('a pong of a wrong length')
        this.peerLoopDelayMs = body.readUInt32BE(STAMP_BYTES)
        if (body.readUInt32BE(0) === Math.floor(this.#pingedMs) >>> 0) {
          this.roundTripMs = this.#clock.nowMs() - this.#pingedMs
        }
        return
      default:
        this.#verbs.bye(body[0] ?? BYE.stop)
    }
  }

  drained(): void {
    this.#choked = false
    this.outgoing.drained()
  }

  closed(problem: string | undefined): void {
    if (this.#line === undefined) return
    this.detach()
    this.#verbs.lineLost(problem)
  }

  /** Tells the peer how far we are, unless it knows. */
  #giveWord(): void {
    if (this.incoming.received > this.incoming.told) this.#acknowledge()
  }

  /** Tells the peer how far we are, at once when much has come, else within a short time. */
  #oweWord(): void {
    if (this.incoming.owesWord) this.#acknowledge()
    else if (!this.#ackArmed) {
      this.#ackArmed = true
      this.#clock.after(ACK_DELAY_MS, () => {
        this.#ackArmed = false
        this.#giveWord()
      })
    }
  }

  #acknowledge(): void {
    if (this.#line === undefined) return
    const { incoming } = this
    incoming.granted = incoming.received + this.#windowBytes
    incoming.told = incoming.received
    const body = Buffer.allocUnsafe(ACK_BYTES)
    body.writeUIntBE(incoming.received, 0, 6)
    body.writeUIntBE(incoming.granted, 6, 6)
    this.#control(FRAME.ack, body)
  }

  /** While this node is behind it reads one chunk in each round of the loop, and no more. */
  #rest(): void {
    const line = this.#line
    if (line === undefined || this.#resting) return
    this.#resting = true
    line.pause()
    this.#clock.later(() => {
      this.#resting = false
      line.resume()
    })
  }

  /** False when the line is full. */
  #control(kind: number, body: Buffer): boolean {
    const line = this.#line
    if (line === undefined) return true
    const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + body.length)
    writeFrameHead(frame, 0, kind, body.length)
    body.copy(frame, FRAME_HEAD_BYTES)
    this.saidMs = this.#clock.nowMs()
    return line.write(frame)
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
