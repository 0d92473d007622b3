/**
 * Any value that can be sent, in all the ways a program may hold it.
 */
import fc from 'fast-check'
import { Alias, eventName, NodeName, Pid, processName, Ref, TroupeError } from '#contract'
import { CustomCodecs } from '#network/codec/custom-codecs'

/** A class of a program, with a codec. */
export class Money {
  readonly cents: number
  readonly note: unknown
  constructor(cents: number, note: unknown) {
    this.cents = cents
    this.note = note
  }
}

export const moneyCodecs = (): CustomCodecs => {
  const codecs = new CustomCodecs()
  codecs.register<Money, { readonly cents: number; readonly note: unknown }>({
    name: 'money',
    class: Money,
    encode: ({ cents, note }) => ({ cents, note }),
    decode: ({ cents, note }) => new Money(cents, note),
  })
  return codecs
}

/** Text of any units, whole or broken, short and long. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.string({ maxLength: 40 }), weight: 4 },
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 90 }).map(charsOf),
  fc.array(fc.integer({ min: 0xd700, max: 0xe100 }), { maxLength: 20 }).map(charsOf),
  fc.constantFrom(30, 31, 32, 84, 85, 86, 255, 256, 4_096, 4_097).map((n) => 'a'.repeat(n)),
  fc.constantFrom(15, 31, 32, 85, 86, 300, 4_097).map((n) => 'é'.repeat(n)),
  fc.constantFrom(10, 28, 85, 86, 2_000, 4_097).map((n) => '漢'.repeat(n)),
  fc.constantFrom(40, 100, 5_000).map((n) => `${'a'.repeat(n)}\ud800`),
  fc.constantFrom('\ufeff', '\ufffd', '\ufffd'.repeat(40), '\ufeffé漢', '😀'.repeat(30)),
)

function charsOf(units: readonly number[]): string {
  return String.fromCharCode(...units)
}

const anyNumber: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -200, max: 200 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(
    ...[127, 128, -128, -129, 255, 256, 32_767, 32_768, -32_768, -32_769].flatMap((n) => [n, -n]),
    ...[2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32, 2 ** 53, 0, -0],
    ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 1.7e308],
  ),
)

const anyBigint: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: -1_000n, max: 1_000n }),
  fc.bigInt(),
  fc.constantFrom(0n, 2n ** 64n, -(2n ** 64n), 2n ** 4_096n - 1n, 1n - 2n ** 4_096n),
)

const anyBytes = fc.uint8Array({ maxLength: 40 })

const anyBinary: fc.Arbitrary<unknown> = fc.oneof(
  anyBytes,
  anyBytes.map((bytes) => Buffer.from(bytes)),
  anyBytes.map((bytes) => bytes.slice().buffer),
  anyBytes.map((bytes) => new DataView(bytes.slice().buffer, bytes.length >> 1)),
  fc.int8Array({ maxLength: 9 }),
  fc.uint8ClampedArray({ maxLength: 9 }),
  fc.int16Array({ maxLength: 9 }),
  fc.uint16Array({ maxLength: 9 }),
  fc.int32Array({ maxLength: 9 }),
  fc.uint32Array({ maxLength: 9 }),
  fc.float32Array({ maxLength: 9 }),
  fc.float64Array({ maxLength: 9 }),
  fc.bigInt64Array({ maxLength: 9 }),
  fc.bigUint64Array({ maxLength: 9 }),
  // A view of a part of something larger.
  fc.constant(new Float64Array([1, 2, 3, 4]).subarray(1, 3)),
)

const anyNode = fc.constantFrom('a@host', 'b@host', 'tür@köln', 'x'.repeat(300))
const anyId = fc.oneof(fc.nat(300), fc.maxSafeInteger().map(Math.abs))

const anyAddress: fc.Arbitrary<object> = fc.oneof(
  fc.tuple(anyNode, anyId, anyId).map(([node, id, creation]) => Pid.of(node, id, creation)),
  fc.tuple(anyNode, anyId, anyId).map(([node, id, creation]) => Ref.of(node, id, creation)),
  fc.tuple(anyNode, anyId, anyId).map(([node, id, creation]) => Alias.of(node, id, creation)),
  fc.tuple(anyText, fc.option(anyNode, { nil: undefined })).map(([name, node]) => {
    return processName(name, undefined, node)
  }),
  fc.tuple(anyText, fc.option(anyNode, { nil: undefined })).map(([name, node]) => {
    return eventName(name, node)
  }),
  anyNode.map((node) => NodeName.of(node)),
)

const KEYS = ['by', 'id', 'kind', 'node', 'name', 'toString', 'constructor', 'hasOwnProperty']
const MORE_KEYS = ['0', '17', 'a b', '', '漢字', '"', '\u2028', 'ключ', 'é', 'length', 'valueOf']

/** Every key but the one that no object may have. */
const anyKey = fc
  .oneof(fc.constantFrom(...KEYS), fc.constantFrom(...MORE_KEYS), anyText)
  .filter((key) => key !== '__proto__')

const anyLeaf: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: anyNumber, weight: 4 },
  { arbitrary: anyText, weight: 4 },
  fc.constantFrom(undefined, null, true, false),
  anyBigint,
  anyBinary,
  anyAddress,
  fc.date({ noInvalidDate: false }),
  fc.constantFrom('normal', 'lightly used', 'urgent'),
)

const fields = (key: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>) =>
  fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 6 })

/** Any value up to some depth. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown; error: Error }>(
  (tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      { arbitrary: anyLeaf, weight: 6 },
      fc.array(tie('value'), { maxLength: 20 }),
      fields(fc.constantFrom('a', 'b', 'c', 'd'), tie('value')).map(Object.fromEntries),
      fields(anyKey, tie('value')).map(Object.fromEntries),
      fields(anyKey, tie('value')).map((all) =>
        Object.assign(Object.create(null), Object.fromEntries(all)),
      ),
      fc.record({ by: anyNumber }),
      fc.record({ kind: fc.constantFrom('pid', 'name', 'node', 'x'), node: tie('value') }),
      fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 5 }).map((all) => new Map(all)),
      fc.array(tie('value'), { maxLength: 5 }).map((all) => new Set(all)),
      fc.tuple(anyNumber, tie('value')).map(([cents, note]) => new Money(cents, note)),
      tie('error'),
    ),
    error: fc.oneof(
      anyText.map((text) => new Error(text)),
      fc.tuple(anyText, tie('value')).map(([text, cause]) => new TypeError(text, { cause })),
      fc.tuple(anyText, anyText).map(([name, code]) => Object.assign(named(name), { code })),
      anyText.map((node) => new TroupeError('NO_ROUTE', { node })),
      fc
        .tuple(fc.array(tie('value'), { maxLength: 3 }), anyText)
        .map(([errors, text]) => new AggregateError(errors, text)),
    ),
  }),
).value

function named(name: string): Error {
  class Named extends RangeError {
    override readonly name = name
  }
  return Object.assign(new Named('of a class'))
}
