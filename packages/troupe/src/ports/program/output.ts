/**
 * ports/program/output: one output of a program, read no faster than it is handed on.
 *
 * Text is decoded line by line, so that no character is torn by the end of a read. The last line
 * may lack its end.
 * Limit: that of the chunking, and what Node.js reads ahead (64 KiB).
 */
import type { Readable } from 'node:stream'
import { ChunkDecoder, type ChunkFault } from '#ports/tcp/chunk-decoder'
import type { CompleteChunking } from '#ports/tcp/chunking'

/** How reading has ended: at the end, with a fault, or because nobody takes it. */
export type OutputEnd = 'done' | 'refused' | ChunkFault

/** Hands on one piece; false when there is nobody to hand it to. */
export type TakePiece = (bytes: Uint8Array) => Promise<boolean>

export class ProgramOutput {
  readonly #stream: Readable
  readonly #chunking: CompleteChunking
  readonly #decoder: ChunkDecoder
  /** Bytes of the piece that is being handed on. */
  #waitingBytes = 0
  /** Pieces handed on, and all bytes that came. */
  pieces = 0
  bytes = 0

  constructor(stream: Readable, chunking: CompleteChunking) {
    this.#stream = stream
    this.#chunking = chunking
    this.#decoder = new ChunkDecoder(chunking)
  }

  /** Came, but was not handed on. */
  get undeliveredBytes(): number {
    return this.#decoder.pendingBytes + this.#waitingBytes
  }

  /** Reads until there is no more. Never rejects for what the program does. */
  async pump(take: TakePiece): Promise<OutputEnd> {
    try {
      for await (const read of this.#stream) {
        this.bytes += (read as Buffer).length
        this.#decoder.feed(read as Buffer)
        if (!(await this.#drain(take))) return 'refused'
        if (this.#decoder.fault !== undefined) return this.#decoder.fault
      }
    } catch (thrown) {
      // A pipe that breaks is the end of the output; whatever else is wrong is not ours to hide.
      if (!this.#stream.destroyed) throw thrown
    }
    return this.#rest(take)
  }

  async #drain(take: TakePiece): Promise<boolean> {
    for (;;) {
      const piece = this.#decoder.next()
      if (piece === undefined) return true
      if (!(await this.#handOn(piece, take))) return false
    }
  }

  async #handOn(piece: Uint8Array, take: TakePiece): Promise<boolean> {
    this.#waitingBytes = piece.length
    if (!(await take(piece))) return false
    this.#waitingBytes = 0
    this.pieces += 1
    return true
  }

  /** The last line may lack its end; where ends are handed on, it is given one. */
  async #rest(take: TakePiece): Promise<OutputEnd> {
    if (this.#chunking.kind !== 'delimiter') return 'done'
    const { delimiter, keepDelimiter, chunkBytesMax } = this.#chunking
    const rest = this.#decoder.takeRest(chunkBytesMax)
    if (rest === undefined) return this.#decoder.fault ?? 'done'
    const piece = keepDelimiter ? Buffer.concat([rest, delimiter]) : rest
    return (await this.#handOn(piece, take)) ? 'done' : 'refused'
  }
}
