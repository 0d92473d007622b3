/**
 * The plain version of the packet decoder: builds every value, step by step. Slow and short.
 */
import type { PacketVerdict, RejectCause } from '#traffic/packet/verdict'

/** What a MessagePack value is; `other` for one that no position may hold, as a fresh object. */
type Plain =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly (readonly [Plain, Plain])[]
  | Other
interface Other {
  readonly kind: 'binary' | 'array'
}

/** Ends the reading from any depth. */
class Refusal {
  readonly cause: RejectCause
  constructor(cause: RejectCause) {
    this.cause = cause
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return UTF_8.decode(bytes)
  } catch {
    return undefined
  }
}

const DEPTH_MAX = 4

class Reader {
  readonly #view: DataView
  readonly #bytes: Uint8Array
  at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  #take(length: number): number {
    if (this.at + length > this.#bytes.length) throw new Refusal('truncated')
    this.at += length
    return this.at - length
  }

  #unsigned(width: 1 | 2 | 4): number {
    const at = this.#take(width)
    if (width === 1) return this.#view.getUint8(at)
    return width === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at)
  }

  #text(length: number): string {
    const at = this.#take(length)
    const text = utf8Of(this.#bytes.subarray(at, at + length))
    if (text === undefined) throw new Refusal('malformed')
    if (length > 64 && text.startsWith('\ufeff')) throw new Refusal('malformed')
    return text
  }

  #binary(length: number): Other {
    this.#take(length)
    return { kind: 'binary' }
  }

  #array(count: number, depth: number): Other {
    if (depth === DEPTH_MAX) throw new Refusal('nested')
    for (let i = 0; i < count; i += 1) this.value(depth + 1)
    return { kind: 'array' }
  }

  #map(count: number, depth: number): Plain {
    if (depth === DEPTH_MAX) throw new Refusal('nested')
    const entries: [Plain, Plain][] = []
    for (let i = 0; i < count; i += 1) entries.push([this.value(depth + 1), this.value(depth + 1)])
    return entries
  }

  value(depth: number): Plain {
    const head = this.#unsigned(1)
    if (head >= 0xc0 && head <= 0xdf) return this.#named(head, depth)
    if (head < 0x80) return head
    if (head > 0xdf) return head - 256
    if (head < 0x90) return this.#map(head - 0x80, depth)
    return head < 0xa0 ? this.#array(head - 0x90, depth) : this.#text(head - 0xa0)
  }

  /** The formats with a head of their own, in the order of the specification. */
  #named(head: number, depth: number): Plain {
    switch (head) {
      case 0xc0:
        return null
      case 0xc1:
        throw new Refusal('malformed')
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
        return this.#binary(this.#unsigned(1))
      case 0xc5:
        return this.#binary(this.#unsigned(2))
      case 0xc6:
        return this.#binary(this.#unsigned(4))
      case 0xd9:
        return this.#text(this.#unsigned(1))
      case 0xda:
        return this.#text(this.#unsigned(2))
      case 0xdb:
        return this.#text(this.#unsigned(4))
      case 0xdc:
        return this.#array(this.#unsigned(2), depth)
      case 0xdd:
        return this.#array(this.#unsigned(4), depth)
      case 0xde:
        return this.#map(this.#unsigned(2), depth)
      case 0xdf:
        return this.#map(this.#unsigned(4), depth)
      default:
        return this.#number(head)
    }
  }

  #number(head: number): Plain {
    switch (head) {
      case 0xca:
        return this.#view.getFloat32(this.#take(4))
      case 0xcb:
        return this.#view.getFloat64(this.#take(8))
      case 0xcc:
        return this.#view.getUint8(this.#take(1))
      case 0xcd:
        return this.#view.getUint16(this.#take(2))
      case 0xce:
        return this.#view.getUint32(this.#take(4))
      case 0xcf:
        return this.#view.getBigUint64(this.#take(8))
      case 0xd0:
        return this.#view.getInt8(this.#take(1))
      case 0xd1:
        return this.#view.getInt16(this.#take(2))
      case 0xd2:
        return this.#view.getInt32(this.#take(4))
      case 0xd3:
        return this.#view.getBigInt64(this.#take(8))
      default:
        throw new Refusal('extension')
    }
  }
}

/** What the bytes say, in the order in which the causes stand in packet/verdict. */
export function plainDecode(bytes: Uint8Array): PacketVerdict {
  try {
    return { kind: 'position', position: plainPosition(bytes) }
  } catch (thrown) {
    if (thrown instanceof Refusal) return { kind: 'rejected', cause: thrown.cause }
    throw thrown
  }
}

function plainPosition(bytes: Uint8Array) {
  refuseIf(bytes.length === 0, 'empty')
  refuseIf(bytes.length > 1_024, 'oversize')
  const reader = new Reader(bytes)
  const value = reader.value(0)
  refuseIf(reader.at < bytes.length, 'trailing')
  if (!Array.isArray(value)) throw new Refusal('not-a-map')
  const map = new Map(value as readonly (readonly [Plain, Plain])[])
  refuseIf(map.size < value.length, 'duplicate-key')
  const keys = ['ID', 'Lon', 'Lat', 'Emergency']
  refuseIf(
    [...map.keys()].some((key) => !keys.includes(key as string)),
    'extra-key',
  )
  refuseIf(!keys.every((key) => map.has(key)), 'missing-key')
  const [id, longitude, latitude, emergency] = keys.map((key) => map.get(key))
  const isNumber = (given: unknown) => typeof given === 'number' || typeof given === 'bigint'
  refuseIf(typeof id !== 'string' || typeof emergency !== 'boolean', 'wrong-type')
  refuseIf(!isNumber(longitude) || !isNumber(latitude), 'wrong-type')
  const position = {
    id: id as string,
    longitude: Number(longitude),
    latitude: Number(latitude),
    emergency: emergency as boolean,
  }
  const idBytes = new TextEncoder().encode(position.id).length
  refuseIf(idBytes < 1 || idBytes > 64, 'id-length')
  refuseIf(![position.longitude, position.latitude].every(Number.isFinite), 'not-finite')
  const isOnGlobe = Math.abs(position.longitude) <= 180 && Math.abs(position.latitude) <= 90
  refuseIf(!isOnGlobe, 'out-of-range')
  return position
}

function refuseIf(isWrong: boolean, cause: RejectCause): void {
  if (isWrong) throw new Refusal(cause)
}
