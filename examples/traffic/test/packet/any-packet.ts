/**
 * Any packet: what a vehicle may send and what somebody may make of it, built piece by piece.
 */
import fc from 'fast-check'

const bytesOf = (...parts: readonly (readonly number[] | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => Uint8Array.from(part)))

/** A number big end first. */
function unsigned(value: number, width: number): Buffer {
  const bytes = Buffer.alloc(width)
  bytes.writeUIntBE(value, 0, width)
  return bytes
}

/** A head with its length in one of the widths, told rightly or off by some. */
const headed = (first: number, body: Uint8Array, width: 1 | 2 | 4, off: number): Buffer =>
  bytesOf([first], unsigned(Math.max(0, body.length + off) % 256 ** width, width), body)

/** Lengths are told rightly most of the time. */
const off = fc.oneof({ weight: 30, arbitrary: fc.constant(0) }, fc.integer({ min: -2, max: 2 }))
const width = fc.constantFrom(0, 1 as const, 2 as const, 4 as const)
const widthIndex = { 1: 0, 2: 1, 4: 2 } as const

/** Also the mark of UTF-8, which some decoders take away, and lengths around the limit of an id. */
const word = fc.oneof(
  fc.constantFrom('ID', 'Lon', 'Lat', 'Emergency', '', 'id', '__proto__', '\ufeffID', 'bus-1'),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc
    .tuple(
      // The second begins like the mark.
      fc.constantFrom('', '\ufeff', '\ufec0'),
      fc.constantFrom('x', 'x', 'é', '€', '😀', '！'),
      fc.oneof(fc.nat(70), fc.integer({ min: 59, max: 66 })),
    )
    .map(([mark, unit, times]) => mark + unit.repeat(times)),
)

/** Text, now and then of bytes that are no UTF-8: torn, overlong, a surrogate, above the end. */
const text = fc
  .record({
    body: fc.oneof(
      { weight: 12, arbitrary: word.map((one) => Buffer.from(one)) },
      fc
        .tuple(
          word,
          fc.constantFrom(
            [0xff],
            [0xc3],
            [0xc0, 0xaf],
            [0xed, 0xa0, 0x80],
            [0xf4, 0x90, 0x80, 0x80],
          ),
        )
        .map(([one, bad]) => bytesOf(Buffer.from(one), bad)),
    ),
    width,
    off,
  })
  .map(({ body, width, off }) => {
    if (width !== 0) return headed(0xd9 + widthIndex[width], body, width, off)
    return bytesOf([0xa0 + (Math.max(0, body.length + off) & 31)], body)
  })

function double(value: number): Buffer {
  const bytes = Buffer.alloc(9, 0xcb)
  bytes.writeDoubleBE(value, 1)
  return bytes
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(5, 0xca)
  bytes.writeFloatBE(value, 1)
  return bytes
}

const edge = fc.constantFrom(0, -0, 90, -90, 90.000001, 180, -180, 180.000001, Number.NaN, Infinity)
const number = fc.oneof(
  fc.double({ min: -181, max: 181, noNaN: true }).map(double),
  edge.map(double),
  edge.map(float),
  fc.double().map(double),
  fc.nat(255).map((small) => bytesOf([small])),
  fc.tuple(fc.constantFrom(0xcc, 0xcd, 0xce, 0xcf), fc.nat(91)).map(([head, value]) => {
    const bytes = Buffer.alloc(1 + 2 ** (head - 0xcc))
    bytes[0] = head
    bytes[bytes.length - 1] = value
    return bytes
  }),
  fc
    .tuple(fc.constantFrom(0xd0, 0xd1, 0xd2, 0xd3), fc.integer({ min: -128, max: 91 }))
    .map(([head, value]) => {
      const bytes = Buffer.alloc(1 + 2 ** (head - 0xd0), value < 0 ? 0xff : 0)
      bytes[0] = head
      bytes[bytes.length - 1] = value & 255
      return bytes
    }),
)

const binary = fc
  .record({ body: fc.uint8Array({ maxLength: 6 }), width: fc.constantFrom(1, 2, 4), off })
  .map(({ body, width, off }) => {
    const known = width as 1 | 2 | 4
    return headed(0xc4 + widthIndex[known], body, known, off)
  })

/** Extensions of a fixed length and of a told one; a decoder that skips them goes on behind. */
const extension = fc
  .tuple(fc.constantFrom(0xc7, 0xc8, 0xc9, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8), fc.nat(255), fc.nat(3))
  .map(([head, type, missing]) => {
    if (head < 0xd0) return headed(head, Buffer.of(type, 0), [1, 2, 4][head - 0xc7] as 1, -1)
    return bytesOf([head, type], Buffer.alloc(Math.max(0, 2 ** (head - 0xd4) - missing)))
  })

const plain = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 4, arbitrary: number },
  fc.constantFrom(0xc0, 0xc1, 0xc2, 0xc3).map((head) => bytesOf([head])),
  binary,
  extension,
)

/** Maps and arrays within each other, down to where they are refused and a little deeper. */
const nested = fc
  .tuple(fc.array(fc.constantFrom(0x91, 0x81, 0x90, 0x80), { maxLength: 7 }), plain)
  .map(([heads, value]) => {
    const parts = heads.map((head) => (head === 0x81 ? [head, 1] : [head]))
    return bytesOf(...parts, value)
  })

/** Maps and arrays of many small numbers, around the lengths at which their heads change. */
const wide = fc
  .record({
    isMap: fc.boolean(),
    width: fc.constantFrom(0, 2, 4),
    count: fc.oneof(fc.integer({ min: 13, max: 17 }), fc.integer({ min: 254, max: 300 })),
    off,
  })
  .map(({ isMap, width, count, off }) => {
    const told = width === 0 ? Math.min(count, 15) : count
    const numbers = Array.from({ length: told }, (_, i) => {
      const number = i < 128 ? [i] : i < 256 ? [0xcc, i] : [0xcd, i >> 8, i & 255]
      return isMap ? [...number, 1] : number
    })
    const short = [(isMap ? 0x80 : 0x90) + told]
    const first = (isMap ? 0xde : 0xdc) + (width === 4 ? 1 : 0)
    const head = width === 0 ? short : [first, ...unsigned(told + off, width)]
    return bytesOf(head, numbers.flat())
  })

const value = fc.oneof({ weight: 12, arbitrary: plain }, { weight: 2, arbitrary: nested }, wide)
const anyId = fc.oneof({ weight: 8, arbitrary: text }, value)
const anyNumber = fc.oneof({ weight: 8, arbitrary: number }, value)
const flag = fc.constantFrom(0xc2, 0xc3).map((head) => bytesOf([head]))
const anyFlag = fc.oneof({ weight: 8, arbitrary: flag }, value)

const key = (name: string) => bytesOf([0xa0 + name.length], Buffer.from(name))
const entry = (name: string, values: fc.Arbitrary<Buffer>) =>
  values.map((one) => bytesOf(key(name), one))

/** The entries of a position, mostly all four. */
const entries = fc
  .record({
    four: fc.tuple(
      entry('ID', anyId),
      entry('Lon', anyNumber),
      entry('Lat', anyNumber),
      entry('Emergency', anyFlag),
    ),
    order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
    without: fc.oneof({ weight: 8, arbitrary: fc.constant(-1) }, fc.nat(3)),
    extra: fc.oneof(
      { weight: 5, arbitrary: fc.constant([]) },
      fc.array(
        fc.tuple(value, value).map((both) => bytesOf(...both)),
        { maxLength: 2 },
      ),
      fc.array(
        fc.tuple(word.map(key32), value).map((both) => bytesOf(...both)),
        { maxLength: 2 },
      ),
    ),
  })
  .map(({ four, order, without, extra }) => {
    const chosen = order.filter((at) => at !== without).map((at) => four[at] ?? Buffer.alloc(0))
    return [...chosen, ...extra]
  })

function key32(name: string): Buffer {
  const body = Buffer.from(name)
  return headed(0xd9, body.subarray(0, 255), 1, 0)
}

/** A datagram that is nearly a position. */
const position: fc.Arbitrary<Buffer> = fc
  .record({
    entries,
    width: fc.constantFrom(0, 0, 0, 2, 4),
    off,
    trailing: fc.oneof(
      { weight: 12, arbitrary: fc.constant(Buffer.alloc(0)) },
      fc.uint8Array({ minLength: 1, maxLength: 3 }),
    ),
    isCut: fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 12 })),
  })
  .map(({ entries, width, off, trailing, isCut }) => {
    const count = Math.max(0, entries.length + off)
    const head =
      width === 0 ? [0x80 + count] : [width === 2 ? 0xde : 0xdf, ...unsigned(count, width)]
    const bytes = bytesOf(head, ...entries, trailing)
    return bytes.subarray(0, bytes.length - Math.min(isCut, bytes.length))
  })

/** A whole datagram that somebody has thought about. */
export const anyPacket: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 20, arbitrary: position },
  { weight: 1, arbitrary: wide },
)
