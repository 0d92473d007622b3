/**
 * Values made of bytes by hand, right in form and wrong in detail: what mutation does not find.
 */
import fc from 'fast-check'

type Bytes = readonly number[]

const text = (given: string): Bytes => [0x80 + given.length, ...Buffer.from(given, 'latin1')]
const u32 = (value: number): Bytes =>
  [value >>> 24, value >>> 16, value >>> 8, value].map((n) => n & 255)

const anyLeaf: fc.Arbitrary<Bytes> = fc.oneof(
  { arbitrary: fc.constantFrom<Bytes>([0x05], [0xd0], [0xd1], text('a'), [0xa0]), weight: 6 },
  // Texts: of odd units, too long, not UTF-8.
  fc.constantFrom<Bytes>([0xdc, ...u32(3), 1, 2, 3], [0xdc, ...u32(2), 0, 0xd8], [0xda, 1, 0xc3]),
  // Binaries: of half an element, of no kind, and right ones.
  fc.constantFrom<Bytes>([0xe6, 6, 3, 1, 2, 3], [0xe6, 14, 0], [0xe6, 11, 0], [0xe6, 1, 1, 9]),
  // Bigints: negative zero, too long, right.
  fc.constantFrom<Bytes>([0xe5, 1], [0xe5, 26, ...new Array<number>(13).fill(1)], [0xe5, 3, 1]),
  // Names: never defined, defined, inline, of a pid.
  fc.constantFrom<Bytes>([0xed, 9], [0xed, 2], [0xed, 1, ...text('n')], [0xed, 0, 0xe8, 0]),
  fc.constantFrom<Bytes>(
    [0xeb, 0, ...text('n'), 2],
    [0xec, 0, ...text('n'), 1, 2],
    [0xb0],
    [0xde, 0, 1],
  ),
  fc.constantFrom<Bytes>(
    [0xe4, ...new Array<number>(8).fill(0x7f)],
    [0xef],
    [0xdd, ...u32(1 << 30)],
  ),
)

const anyKey: fc.Arbitrary<Bytes> = fc.oneof(
  { arbitrary: fc.constantFrom(...['a', 'b', 'cents', 'note', ''].map(text)), weight: 12 },
  fc.constantFrom<Bytes>(text('__proto__'), text('constructor'), [0x05], [0xa0]),
)

const anyCodec = fc.constantFrom<Bytes>(
  [0, ...text('money')],
  [0, ...text('other')],
  [1, ...text('m')],
)
const anyFlags = fc.integer({ min: 0, max: 33 })

/** Bytes of one value, whatever is wrong in it. */
export const anyTree: fc.Arbitrary<Bytes> = fc.letrec<{ value: Bytes }>((tie) => {
  const values = fc.array(tie('value'), { maxLength: 3 })
  const fields = fc.array(fc.tuple(anyKey, tie('value')), { maxLength: 3 })
  return {
    value: fc.oneof(
      { maxDepth: 7, depthSize: 'small' },
      { arbitrary: anyLeaf, weight: 4 },
      values.map((all) => [0xa0 + all.length, ...all.flat()]),
      values.map((all) => [0xe3, ...u32(all.length), ...all.flat()]),
      fields.map((all) => [0xe0, ...u32(all.length), ...all.flat(2)]),
      fields.map((all) => [0xe1, ...u32(all.length), ...all.flat(2)]),
      fields.map((all) => [0xe2, ...u32(all.length), ...all.flat(2)]),
      fields.map((all) => [
        ...[0xdf, all.length],
        ...all.flatMap(([key]) => key),
        ...all.flatMap(([, value]) => value),
      ]),
      fc.tuple(anyCodec, tie('value')).map(([name, data]) => [0xee, ...name, ...data]),
      fc
        .tuple(anyFlags, fc.array(tie('value'), { minLength: 5, maxLength: 5 }))
        .map(([flags, parts]) => errorBytes(flags, parts)),
    ),
  }
}).value

/** An error with the parts its flags tell; parts that cannot be are among them. */
function errorBytes(flags: number, parts: readonly Bytes[]): Bytes {
  const told = parts.filter((_, at) => (flags & (1 << at)) !== 0)
  return [0xe7, flags, ...text('E'), ...text('m'), ...told.flat()]
}
