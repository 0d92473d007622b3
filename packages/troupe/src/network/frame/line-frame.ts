/**
 * network/frame/line-frame: how bytes are cut on a line once both nodes know each other.
 *
 * A frame is one byte of kind, three bytes of length (big endian) and that many bytes. DATA frames
 * carry the session's stream of bytes and are handed on as they come, whole or not; the others are
 * small and handed on whole. Knows nothing of what the bytes mean.
 */
import { TroupeError } from '#contract'

/** Bytes before the body of a frame. */
export const FRAME_HEAD_BYTES = 4
/** Longest body three bytes can tell. */
export const FRAME_BYTES_MAX = 0xff_ff_ff
/** Longest body of a frame that is not DATA. */
export const CONTROL_BYTES_MAX = 64

/** The kinds of frames. */
export const FRAME = Object.freeze({
  /** Bytes of the session's stream. */
  data: 1,
  /** u48 received, u48 granted. */
  ack: 2,
  /** u32 stamp. */
  ping: 3,
  /** u32 stamp, as it came. */
  pong: 4,
  /** u8 reason: the node goes in order. */
  bye: 5,
} as const)

/** Who is told what a line brought. */
export interface FrameTaker {
  /** A piece of the session's stream, valid only during the call. */
  data(bytes: Buffer, from: number, to: number): void
  /** A whole frame of another kind, valid only during the call. */
  control(kind: number, body: Buffer): void
}

/** Writes the head of a frame. */
export function writeFrameHead(into: Uint8Array, at: number, kind: number, length: number): void {
  into[at] = kind
  into[at + 1] = length >>> 16
  into[at + 2] = length >>> 8
  into[at + 3] = length
}

/** Cuts what a line brings into frames. */
export class FrameReader {
  readonly #taker: FrameTaker
  /** Head and control body that have not come whole. */
  readonly #held = Buffer.alloc(FRAME_HEAD_BYTES + CONTROL_BYTES_MAX)
  #heldBytes = 0
  /** Bytes of the running DATA frame still to come. */
  #dataLeft = 0
  /** True while frames are told: the taker may have ended the line. */
  stopped = false

  constructor(taker: FrameTaker) {
    this.#taker = taker
  }

  /** Takes a piece of the line. Throws FRAME_INVALID; the line is of no use after that. */
  feed(bytes: Buffer): void {
    const end = bytes.length
    let at = 0
    while (at < end && !this.stopped) {
      if (this.#dataLeft > 0) {
        const to = Math.min(end, at + this.#dataLeft)
        this.#dataLeft -= to - at
        this.#taker.data(bytes, at, to)
        at = to
      } else at = this.#head(bytes, at, end)
    }
  }

  /** Reads a head, and the body of a control frame; gives where to go on. */
  #head(bytes: Buffer, from: number, end: number): number {
    let at = from
    const held = this.#held
    while (this.#heldBytes < FRAME_HEAD_BYTES) {
      if (at === end) return at
      held[this.#heldBytes++] = bytes[at++] as number
    }
    const kind = held[0] as number
    const length = held.readUIntBE(1, 3)
    if (kind === FRAME.data) {
      this.#heldBytes = 0
      this.#dataLeft = length
      return at
    }
    requireControl(kind, length)
    const whole = FRAME_HEAD_BYTES + length
    const to = Math.min(end, at + whole - this.#heldBytes)
    bytes.copy(held, this.#heldBytes, at, to)
    this.#heldBytes += to - at
    if (this.#heldBytes === whole) {
      this.#heldBytes = 0
      this.#taker.control(kind, held.subarray(FRAME_HEAD_BYTES, whole))
    }
    return to
  }
}

/** The error of a line that brought what cannot be. */
export const badFrame = (problem: string): TroupeError =>
  new TroupeError('FRAME_INVALID', { problem })

function requireControl(kind: number, length: number): void {
  if (kind < FRAME.ack || kind > FRAME.bye) {
    throw badFrame(`there is no frame of kind ${kind}`)
  }
  if (length > CONTROL_BYTES_MAX) {
    throw badFrame(`a frame of kind ${kind} has ${length} bytes, above ${CONTROL_BYTES_MAX}`)
  }
}
