/**
 * network/peer/assemblies: large messages on their way in, put together from their pieces.
 *
 * Memory is reserved for the whole message, yet the system gives it only as pieces come.
 *
 * Limits: one message of `messageBytesMax`; `ASSEMBLIES_MAX` at a time, of `messageBytesMax` and
 * `ASSEMBLY_BYTES_MAX` together. What breaks a limit ends the session.
 */
import { badFrame } from '#network/frame/line-frame'

const ASSEMBLIES_MAX = 256
const ASSEMBLY_BYTES_MAX = 1_073_741_824

/** A large message that has not come whole. */
export interface Assembly {
  readonly kind: number
  readonly lane: string
  readonly bytes: Buffer
  filled: number
}

export class Assemblies {
  readonly #open = new Map<number, Assembly>()
  readonly #messageBytesMax: number
  #bytes = 0

  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax
  }

  get size(): number {
    return this.#open.size
  }

  /** Throws FRAME_INVALID. */
  begin(id: number, kind: number, total: number, lane: string): void {
    if (this.#open.has(id)) throw badFrame(`two large messages have the number ${id}`)
    if (this.#open.size >= ASSEMBLIES_MAX) {
      throw badFrame(`over ${ASSEMBLIES_MAX} large messages at a time`)
    }
    if (total > this.#messageBytesMax) {
      throw badFrame(`a message of ${total} bytes, above the limit of ${this.#messageBytesMax}`)
    }
    this.#bytes += total
    if (this.#bytes > Math.max(ASSEMBLY_BYTES_MAX, this.#messageBytesMax)) {
      throw badFrame(`large messages of ${this.#bytes} bytes at a time`)
    }
    this.#open.set(id, { kind, lane, bytes: Buffer.allocUnsafeSlow(total), filled: 0 })
  }

  /** Adds a piece; gives the message when that was the last. Throws FRAME_INVALID. */
  add(id: number, bytes: Buffer, from: number, to: number): Assembly | undefined {
    const assembly = this.#open.get(id)
    if (assembly === undefined) throw badFrame(`a piece of the unknown message ${id}`)
    if (assembly.filled + to - from > assembly.bytes.length) {
      throw badFrame('more pieces than the message was said to have')
    }
    bytes.copy(assembly.bytes, assembly.filled, from, to)
    assembly.filled += to - from
    if (assembly.filled < assembly.bytes.length) return undefined
    this.#open.delete(id)
    this.#bytes -= assembly.bytes.length
    return assembly
  }
}
