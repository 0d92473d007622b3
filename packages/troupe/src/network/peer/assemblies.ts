/**
 * network/peer/assemblies: large messages on their way in, put together from their pieces.
 *
 * Memory is reserved for the whole message with its first piece, yet the system gives it only as
 * pieces come; a message that was only announced costs a place.
 *
 * Limits: one message of `messageBytesMax`; `ANNOUNCED_MAX` announced and `ASSEMBLIES_MAX` begun at
 * a time, these of `messageBytesMax` or `ASSEMBLY_BYTES_MAX` together. What breaks a limit ends the
 * session; a sender keeps well below (see transfers).
 */
import { badFrame } from '#network/frame/line-frame'

const ANNOUNCED_MAX = 65_536
const ASSEMBLIES_MAX = 256
const ASSEMBLY_BYTES_MAX = 1_073_741_824

/** A large message that has not come whole. */
export interface Assembly {
  readonly kind: number
  readonly lane: string
  readonly total: number
  /** Empty until the first piece has come. */
  bytes: Buffer
  filled: number
}

const NONE = Buffer.alloc(0)

export class Assemblies {
  readonly #open = new Map<number, Assembly>()
  readonly #messageBytesMax: number
  #bytes = 0
  #begun = 0

  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax
  }

  get size(): number {
    return this.#open.size
  }

  /** Throws FRAME_INVALID. */
  begin(id: number, kind: number, total: number, lane: string): void {
    if (this.#open.has(id)) throw badFrame(`two large messages have the number ${id}`)
    if (this.#open.size >= ANNOUNCED_MAX) {
      throw badFrame(`over ${ANNOUNCED_MAX} large messages announced`)
    }
    if (total < 1 || total > this.#messageBytesMax) {
      throw badFrame(`a message of ${total} bytes, above the limit of ${this.#messageBytesMax}`)
    }
    this.#open.set(id, { kind, lane, total, bytes: NONE, filled: 0 })
  }

  /** Adds a piece; gives the message when that was the last. Throws FRAME_INVALID. */
  add(id: number, bytes: Buffer, from: number, to: number): Assembly | undefined {
    const assembly = this.#open.get(id)
    if (assembly === undefined) throw badFrame(`a piece of the unknown message ${id}`)
    if (assembly.filled + to - from > assembly.total) {
      throw badFrame('more pieces than the message was said to have')
    }
    if (assembly.bytes === NONE) this.#reserve(assembly)
    bytes.copy(assembly.bytes, assembly.filled, from, to)
    assembly.filled += to - from
    if (assembly.filled < assembly.total) return undefined
    this.#open.delete(id)
    this.#begun -= 1
    this.#bytes -= assembly.total
    return assembly
  }

  #reserve(assembly: Assembly): void {
    this.#begun += 1
    this.#bytes += assembly.total
    const bytesMax = Math.max(ASSEMBLY_BYTES_MAX, this.#messageBytesMax)
    if (this.#begun > ASSEMBLIES_MAX || this.#bytes > bytesMax) {
      throw badFrame(`${this.#begun} large messages of ${this.#bytes} bytes at a time`)
    }
    assembly.bytes = Buffer.allocUnsafeSlow(assembly.total)
  }
}
