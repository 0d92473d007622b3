/**
 * The values behind test/corpus/wire-values.txt, in the order of its lines: one session.
 */
import { Alias, eventName, NodeName, Pid, processName, Ref } from '#contract'
import { Money } from '#test/unit/network/codec/any-value'

const bare = Object.assign(Object.create(null), { '': 1, k: [] })

export const RECORDED: readonly unknown[] = [
  ...[undefined, null, true, false],
  ...[0, 1, 127, 128, -1, -128, -129, 32_767, -32_768, 32_768, 2 ** 31 - 1, -(2 ** 31), 2 ** 31],
  ...[-0, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53 - 1, 5e-324],
  ...['', 'ascii', 'é ÿ', '漢字', '😀', 'lone \ud800', '\udc00'.repeat(2)],
  ...['x'.repeat(31), 'x'.repeat(32), 'x'.repeat(86), 'é'.repeat(40), '漢'.repeat(90)],
  ...[0n, 1n, -1n, 255n, -256n, 2n ** 64n],
  ...[new Date(0), new Date(1_700_000_000_123), new Date(Number.NaN)],
  ...[[], [1, [2, [3]]], Array.from({ length: 16 }, (_, i) => i)],
  ...[{}, {}, {}, { by: 5 }, { by: 6 }, { by: 7 }, { b: 1, a: { b: 2, a: 3 } }],
  { b: 1, a: { b: 2, a: 3 } },
  { b: 1, a: { b: 2, a: 3 } },
  // Integers come first among the keys of an object.
  { z: 1, 7: 2, toString: 3, 'a b': 4, é: 5 },
  bare,
  new Map<unknown, unknown>([
    [1, 'one'],
    ['list', [1, 2]],
  ]),
  new Set([1, 'one', null]),
  ...[new Uint8Array([1, 2]), Buffer.from('abc'), new Uint8Array([9]).buffer],
  ...[new DataView(new ArrayBuffer(3)), new Int8Array([-1]), new Uint8ClampedArray([255])],
  ...[new Int16Array([-2]), new Uint16Array([258]), new Int32Array([-3]), new Uint32Array([7])],
  ...[new Float32Array([0.5]), new Float64Array([-0]), new BigInt64Array([-1n])],
  new BigUint64Array([1n]),
  new Error('plain'),
  new TypeError('with a cause', { cause: new Error('first') }),
  Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
  new AggregateError([new Error('one'), 2], 'many'),
  Object.assign(new Error('of a class'), { name: 'OrderError' }),
  Pid.of('a@host', 300, 1_700_000_000_123),
  Pid.of('a@host', 2 ** 53 - 1, 0),
  Ref.of('b@host', 1, 2),
  Alias.of('a@host', 128, 127),
  processName('stock'),
  processName('stock', undefined, 'b@host'),
  eventName('moved', 'a@host'),
  NodeName.of('b@host'),
  new Money(995, 'tip'),
  [new Money(1, null), new Money(2, { by: 8 })],
]
