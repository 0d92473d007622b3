/**
 * network/codec/binary: the kinds of binary data, their numbers on the wire, and their bytes.
 *
 * Elements of more than a byte travel with the lowest byte first, as nearly all machines hold
 * them; on the others they are turned around.
 */
import { endianness } from 'node:os'

type View = ArrayBufferView<ArrayBufferLike>

interface BinaryKind {
  readonly prototype: object
  /** Bytes of an element. */
  readonly width: number
  /** Makes one of bytes that nobody else holds. */
  readonly make: (buffer: ArrayBuffer, at: number, bytes: number) => ArrayBuffer | View
}

const typed = (
  made: new (buffer: ArrayBuffer, at: number, length: number) => View,
  width: number,
): BinaryKind => ({
  prototype: made.prototype,
  width,
  make: (buffer, at, bytes) => new made(buffer, at, bytes / width),
})

/** Which class a kind stands for; its place here is its number on the wire. */
const KINDS: readonly BinaryKind[] = Object.freeze([
  typed(Uint8Array, 1),
  {
    prototype: Buffer.prototype,
    width: 1,
    make: (buffer, at, bytes) => Buffer.from(buffer, at, bytes),
  },
  {
    prototype: ArrayBuffer.prototype,
    width: 1,
    make: (buffer, at, bytes) =>
      at === 0 && bytes === buffer.byteLength ? buffer : buffer.slice(at, at + bytes),
  },
  {
    prototype: DataView.prototype,
    width: 1,
    make: (buffer, at, bytes) => new DataView(buffer, at, bytes),
  },
  typed(Int8Array, 1),
  typed(Uint8ClampedArray, 1),
  typed(Int16Array, 2),
  typed(Uint16Array, 2),
  typed(Int32Array, 4),
  typed(Uint32Array, 4),
  typed(Float32Array, 4),
  typed(Float64Array, 8),
  typed(BigInt64Array, 8),
  typed(BigUint64Array, 8),
])

const ARRAY_BUFFER = 2
const byPrototype = new Map<object, number>(
  KINDS.map(({ prototype }, kind) => [prototype, kind] as const),
)
const isBigEndian = endianness() === 'BE'

/** The number of the kind of some binary data; undefined for anything else. */
export function binaryKindOf(value: object, prototype: object): number | undefined {
  const kind = byPrototype.get(prototype)
  if (kind === undefined) return undefined
  // An object may have the prototype and not be one.
  const isOne = kind === ARRAY_BUFFER ? value instanceof ArrayBuffer : ArrayBuffer.isView(value)
  return isOne ? kind : undefined
}

/** Bytes of an element of this kind; undefined for an unknown kind. */
export const binaryWidthOf = (kind: number): number | undefined => KINDS[kind]?.width

/** The bytes of some binary data, without a copy where the machine allows. */
export function bytesOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (!ArrayBuffer.isView(value)) return new Uint8Array(value)
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  // Another thread may write there meanwhile.
  if (value.buffer instanceof SharedArrayBuffer) return new Uint8Array(bytes)
  const width = KINDS[binaryKindOf(value, Object.getPrototypeOf(value)) ?? 0]?.width ?? 1
  return isBigEndian && width > 1 ? turned(bytes, width) : bytes
}

/** Binary data of a kind over these bytes: a view where `isShared` and the place allows it. */
export function binaryOf(
  kind: number,
  bytes: Uint8Array,
  isShared: boolean,
): ArrayBuffer | View | undefined {
  const found = KINDS[kind]
  if (found === undefined) return undefined
  const { width, make } = found
  const isTurned = isBigEndian && width > 1
  const mayShare = isShared && !isTurned && bytes.byteOffset % width === 0
  // A copy of its own, so that nothing else can be reached through its buffer.
  const own = mayShare
    ? (bytes as Uint8Array<ArrayBuffer>)
    : isTurned
      ? turned(bytes, width)
      : new Uint8Array(bytes)
  return make(own.buffer, own.byteOffset, own.length)
}

function turned(bytes: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes)
  for (let at = 0; at < copy.length; at += width) copy.subarray(at, at + width).reverse()
  return copy
}
