/**
 * network/peer/transfers: large messages on their way out, cut into pieces between other messages.
 *
 * A piece leaves only while little is in flight, so that a small message waits behind a few pieces
 * and never behind a whole large one. Several large ones take turns.
 */
import type { Outgoing } from '#network/session/outgoing'
import { KIND } from './kinds.js'

/** Bytes of one piece. */
export const PIECE_BYTES = 65_536
/** With more than this unacknowledged no further piece leaves. */
const FLIGHT_BYTES_MAX = 524_288

/** What the heads of pieces are written with. */
export interface PieceWriter {
  uint(value: number): void
  string(text: string): void
  byte(value: number): void
}

interface Transfer {
  readonly id: number
  readonly parts: readonly Uint8Array[]
  /** The part that is next, and the place in it. */
  part: number
  at: number
}

export class Transfers {
  /** Large messages begun. */
  begun = 0
  readonly #outgoing: Outgoing
  readonly #writer: PieceWriter
  #waiting: Transfer[] = []
  #pumping = false

  constructor(outgoing: Outgoing, writer: PieceWriter) {
    this.#outgoing = outgoing
    this.#writer = writer
    outgoing.onRoom = () => this.pump()
  }

  /** Large messages that have not left whole. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Announces a large message and begins to send it. */
  add(kind: number, parts: readonly Uint8Array[], lane: string): void {
    const total = parts.reduce((sum, part) => sum + part.length, 0)
    this.begun += 1
    const start = this.#outgoing.begin()
    this.#writer.uint(this.begun)
    this.#writer.byte(kind)
    this.#writer.uint(total)
    this.#writer.string(lane)
    this.#outgoing.commit(start, KIND.large)
    this.#waiting.push({ id: this.begun, parts, part: 0, at: 0 })
    this.pump()
  }

  /** Sends pieces in turns as long as there is room. */
  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    while (this.#waiting.length > 0 && this.#outgoing.keptBytes < FLIGHT_BYTES_MAX) {
      const transfer = this.#waiting.shift() as Transfer
      if (this.#sendPiece(transfer)) this.#waiting.push(transfer)
    }
    this.#pumping = false
  }

  /** True when more of it is left. */
  #sendPiece(transfer: Transfer): boolean {
    const part = transfer.parts[transfer.part] as Uint8Array
    const piece = part.subarray(transfer.at, transfer.at + PIECE_BYTES)
    if (piece.length > 0) {
      const start = this.#outgoing.begin()
      this.#writer.uint(transfer.id)
      this.#outgoing.commit(start, KIND.piece, piece.length)
      this.#outgoing.append(piece)
    }
    transfer.at += piece.length
    if (transfer.at < part.length) return true
    transfer.part += 1
    transfer.at = 0
    return transfer.part < transfer.parts.length
  }
}
