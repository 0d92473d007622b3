/**
 * network/peer/transfers: large messages on their way out, cut into pieces between other messages.
 *
 * A piece leaves only while few pieces are in flight, so that a small message waits behind a few of
 * them and never behind a whole large one; small messages, however many, keep no piece back. Each
 * is announced at once, which keeps its place in its lane at the receiver; of one lane one is sent
 * at a time, and lanes take turns.
 *
 * Limits: `TURNS_MAX` lanes take turns at a time; the bytes that wait count into the send buffer.
 */
import type { Outgoing } from '#network/session/outgoing'
import { KIND } from './kinds.js'

/** Bytes of one piece. */
export const PIECE_BYTES = 65_536
/** With more than this of pieces unacknowledged no further one leaves. */
const FLIGHT_BYTES_MAX = 524_288
/** Lanes of which pieces are on their way; others wait. */
const TURNS_MAX = 64
/** Announced and not sent whole; above it there is no room for another. */
const WAITING_MAX = 32_768

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
  /** Pieces that have left. */
  pieces = 0
  /** Large messages that have not left whole, and their bytes. */
  waiting = 0
  waitingBytes = 0
  readonly #outgoing: Outgoing
  readonly #writer: PieceWriter
  /** What waits on each lane, the oldest first. */
  readonly #lanes = new Map<string, Transfer[]>()
  /** Lanes that take turns, and those that wait for one. */
  readonly #turns: string[] = []
  readonly #later: string[] = []
  #pumping = false
  /** Pieces that have not been acknowledged, the oldest first, and their bytes together. */
  readonly #flying: { readonly end: number; readonly bytes: number }[] = []
  #flyingBytes = 0

  constructor(outgoing: Outgoing, writer: PieceWriter) {
    this.#outgoing = outgoing
    this.#writer = writer
    outgoing.onRoom = () => this.pump()
  }

  /** True when no further large message can be taken. */
  get full(): boolean {
    return this.waiting >= WAITING_MAX
  }

  /** Announces a large message and begins to send it. An empty lane keeps no order. */
  add(kind: number, parts: readonly Uint8Array[], lane: string): void {
    const total = parts.reduce((sum, part) => sum + part.length, 0)
    this.begun += 1
    this.waiting += 1
    this.waitingBytes += total
    const start = this.#outgoing.begin()
    this.#writer.uint(this.begun)
    this.#writer.byte(kind)
    this.#writer.uint(total)
    this.#writer.string(lane)
    this.#outgoing.commit(start, KIND.large)
    this.#enqueue(lane === '' ? `#${this.begun}` : lane, {
      ...{ id: this.begun, parts, part: 0, at: 0 },
    })
    this.pump()
  }

  /** Sends pieces in turns as long as there is room. */
  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    this.#land()
    while (this.#turns.length > 0 && this.#flyingBytes < FLIGHT_BYTES_MAX) {
      const lane = this.#turns.shift() as string
      const queue = this.#lanes.get(lane) as Transfer[]
      if (!this.#sendPiece(queue[0] as Transfer)) {
        queue.shift()
        this.waiting -= 1
      }
      if (queue.length > 0) this.#turns.push(lane)
      else this.#leave(lane)
    }
    this.#pumping = false
  }

  /** A piece has left: it ends where the stream does. */
  #fly(bytes: number): void {
    const { acknowledgedBytes, keptBytes } = this.#outgoing
    this.#flying.push({ end: acknowledgedBytes + keptBytes, bytes })
    this.#flyingBytes += bytes
  }

  /** Counts pieces off that the other node has. */
  #land(): void {
    const flying = this.#flying
    const { acknowledgedBytes } = this.#outgoing
    while (flying[0] !== undefined && flying[0].end <= acknowledgedBytes) {
      this.#flyingBytes -= flying[0].bytes
      flying.shift()
    }
  }

  #enqueue(lane: string, transfer: Transfer): void {
    const queue = this.#lanes.get(lane)
    if (queue !== undefined) {
      queue.push(transfer)
      return
    }
    this.#lanes.set(lane, [transfer])
    if (this.#turns.length < TURNS_MAX) this.#turns.push(lane)
    else this.#later.push(lane)
  }

  /** A lane has nothing more to send: another gets its turn. */
  #leave(lane: string): void {
    this.#lanes.delete(lane)
    const next = this.#later.shift()
    if (next !== undefined) this.#turns.push(next)
  }

  /** True when more of it is left. */
  #sendPiece(transfer: Transfer): boolean {
    const part = transfer.parts[transfer.part] as Uint8Array
    const piece = part.subarray(transfer.at, transfer.at + PIECE_BYTES)
    if (piece.length > 0) {
      this.waitingBytes -= piece.length
      this.pieces += 1
      const start = this.#outgoing.begin()
      this.#writer.uint(transfer.id)
      this.#outgoing.commit(start, KIND.piece, piece.length)
      this.#outgoing.append(piece)
      this.#fly(piece.length)
    }
    transfer.at += piece.length
    if (transfer.at < part.length) return true
    transfer.part += 1
    transfer.at = 0
    return transfer.part < transfer.parts.length
  }
}
