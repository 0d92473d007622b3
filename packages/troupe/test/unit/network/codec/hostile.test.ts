/**
 * network/codec/decoder: bombs and traps are refused at once, with the byte they were found at.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from '#contract'
import { Decoder } from '#network/codec/decoder'
import { Encoder } from '#network/codec/encoder'
import type { CodecLimits } from '#network/codec/limits'
import { CODEC_LIMITS, codecLimits } from '#network/codec/limits'
import { bytesOf } from '#test/unit/network/codec/pair'

const MB = 1_048_576

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const byte = (value: number): string => value.toString(16).padStart(2, '0')
const latin1 = (text: string): string =>
  `d8${byte(text.length)}${Buffer.from(text, 'latin1').toString('hex')}`

/** A shape with so many keys and as many zeros. */
const shapeNew = (keys: readonly string[]): string =>
  `df${byte(keys.length)}${keys.map(latin1).join('')}${'00'.repeat(keys.length)}`

interface Refusal {
  readonly what: string
  readonly bytes: Buffer
  readonly problem: RegExp
  readonly offset?: number
  readonly limits?: Partial<CodecLimits>
}

const manyShapes = Array.from({ length: CODEC_LIMITS.shapesMax + 1 }, (_, i) => shapeNew([`${i}`]))
const shapesOf = (count: number): string =>
  `dd${count.toString(16).padStart(8, '0')}${manyShapes.slice(0, count).join('')}`
const manyNames = Array.from(
  { length: CODEC_LIMITS.namesMax + 1 },
  (_, i) => `ed01${latin1(`${i}`)}`,
)
const namesOf = (count: number): string =>
  `dd${count.toString(16).padStart(8, '0')}${manyNames.slice(0, count).join('')}`
const longKeys = Array.from({ length: 5_000 }, (_, i) => shapeNew([`${i}`.padEnd(250)]))
const keys65 = Array.from({ length: 65 }, (_, i) => `k${i}`)

const REFUSALS: readonly Refusal[] = [
  { what: 'nothing at all', bytes: hex(''), problem: /end where a value/, offset: 0 },
  { what: 'an unknown tag', bytes: hex('a2 01 ef'), problem: /the tag 239 is unknown/, offset: 3 },
  { what: 'a million arrays within each other', bytes: Buffer.alloc(MB, 0xa1), problem: /deeply/ },
  { what: 'maps within each other', bytes: hex('e200000001'.repeat(500)), problem: /deeply/ },
  { what: 'errors within each other', bytes: hex('e7028080'.repeat(500)), problem: /deeply/ },
  { what: 'pids as the names of pids', bytes: hex('e800'.repeat(MB)), problem: /a text was/ },
  { what: 'codecs within each other', bytes: hex('ee0080'.repeat(500)), problem: /deeply/ },
  {
    what: 'shapes within each other',
    bytes: hex(`df0181${'61'}${'b0'.repeat(500)}`),
    problem: /deeply/,
  },
  { what: 'an array of 4,294,967,295', bytes: hex('dd ffffffff 00'), problem: /array is longer/ },
  { what: 'a map of 4,294,967,295', bytes: hex('e2 ffffffff 0000'), problem: /a map is longer/ },
  { what: 'a set of 4,294,967,295', bytes: hex('e3 ffffffff 00'), problem: /a set is longer/ },
  { what: 'an object of 4,294,967,295', bytes: hex('e0 ffffffff 8000'), problem: /more keys/ },
  { what: 'a text of 4,294,967,295', bytes: hex('d9 ffffffff 00'), problem: /a text is/ },
  { what: 'a UTF-8 text of 4 GB', bytes: hex('db ffffffff 00'), problem: /a text is/ },
  { what: 'a UTF-16 text of 4 GB', bytes: hex('dc fffffffe 00'), problem: /a text is/ },
  { what: 'a text one byte too long', bytes: hex('8261'), problem: /a text is longer/, offset: 1 },
  {
    what: 'a binary of 2^53 - 1',
    bytes: hex('e600 ffffffffffffff0f 00'),
    problem: /binary is longer/,
  },
  {
    what: 'a bigint of 2^52 bytes',
    bytes: hex('e5 ffffffffffffff0f'),
    problem: /bigint is too long/,
  },
  {
    what: 'a bigint above its limit',
    bytes: hex(`e58240${'ff'.repeat(4_097)}`),
    problem: /bigint/,
  },
  { what: 'half a number', bytes: hex('d7 0000'), problem: /end too early/, offset: 1 },
  {
    what: 'a number of nine bytes',
    bytes: hex('e8 00 80 808080808080808001'),
    problem: /eight bytes/,
  },
  {
    what: 'a number above 2^53',
    bytes: hex('e800 80 ffffffffffffff10 00'),
    problem: /above 2\^53/,
  },
  { what: 'UTF-8 of a surrogate', bytes: hex('da 03 eda080'), problem: /not UTF-8/ },
  { what: 'UTF-8 that is too long', bytes: hex('da 02 c080'), problem: /not UTF-8/ },
  { what: 'UTF-8 cut off', bytes: hex('da 02 e282'), problem: /not UTF-8/ },
  { what: 'UTF-16 of an odd length', bytes: hex('dc 00000003 610062'), problem: /within one/ },
  { what: 'a name that was never defined', bytes: hex('ed 02'), problem: /name was never/ },
  { what: 'a name that is a number', bytes: hex('ed 00 05'), problem: /a text was expected/ },
  {
    what: 'a name too long to be kept',
    bytes: hex(`ed01d900000100${'61'.repeat(256)}`),
    problem: /too long/,
  },
  { what: 'a name with half a node', bytes: hex('eb 00 80 02'), problem: /neither a node/ },
  { what: 'a shape that was never defined', bytes: hex('b0'), problem: /shape was never/ },
  { what: 'a far shape never defined', bytes: hex('de ffff'), problem: /shape was never/ },
  { what: 'a shape with a key twice', bytes: hex('df02 8161 8161 0000'), problem: /a key twice/ },
  {
    what: 'an object with a key twice',
    bytes: hex('e000000002 816100 816100'),
    problem: /a key twice/,
  },
  { what: 'a key that is a number', bytes: hex('df01 05 00'), problem: /a text was expected/ },
  { what: 'a shape of 65 keys', bytes: hex(shapeNew(keys65)), problem: /too many keys/ },
  { what: 'a shape of 2^53 - 1 keys', bytes: hex('df ffffffffffffff0f'), problem: /too many keys/ },
  { what: 'too many shapes', bytes: hex(shapesOf(4_097)), problem: /too many shapes/ },
  { what: 'too many names', bytes: hex(namesOf(4_097)), problem: /too many names/ },
  {
    what: 'shapes of too long keys',
    bytes: hex(`dd00001388${longKeys.join('')}`),
    problem: /keys of all shapes/,
    limits: { shapesMax: 6_000 },
  },
  {
    what: 'the key __proto__ in a shape',
    bytes: hex(`${shapeNew(['a', '__proto__'])}`),
    problem: /__proto__/,
  },
  {
    what: 'the key __proto__ in an object',
    bytes: hex(`e000000001 ${latin1('__proto__')} e000000001 ${latin1('isAdmin')} d3`),
    problem: /__proto__/,
  },
  {
    what: 'the key __proto__ in a bare object',
    bytes: hex(`e100000001${latin1('__proto__')}00`),
    problem: /__proto__/,
  },
  { what: 'a kind of binary that is not', bytes: hex('e6 0e 00'), problem: /kind of binary 14/ },
  {
    what: 'doubles of nine bytes',
    bytes: hex(`e6 0b 09 ${'00'.repeat(9)}`),
    problem: /within an element/,
  },
  { what: 'an error of unknown parts', bytes: hex('e7 20 8080'), problem: /unknown parts/ },
  {
    what: 'an error whose code is an array',
    bytes: hex('e7 04 8080 a0'),
    problem: /code of an error/,
  },
  {
    what: 'an error whose detail is a number',
    bytes: hex('e7 08 8080 05'),
    problem: /detail of an/,
  },
  { what: 'an error whose detail is deep', bytes: hex('e7 08 8080 a1a0'), problem: /detail of an/ },
  { what: 'an error whose errors are a text', bytes: hex('e7 10 8080 80'), problem: /no list of/ },
  {
    what: 'half a million maps and one',
    bytes: hex(`dd0007a121${'e200000000'.repeat(500_001)}`),
    problem: /too many objects/,
  },
]

/** What the process holds, without what is garbage as far as one can tell. */
const heldBytes = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

describe('foul bytes', () => {
  for (const { what, bytes, problem, offset, limits = {} } of REFUSALS) {
    it(`are refused: ${what}`, () => {
      const decoder = new Decoder({ limits })
      decoder.reset(bytes)
      const before = heldBytes()
      let refused: unknown
      try {
        decoder.value()
      } catch (error) {
        refused = error
      }
      const grown = heldBytes() - before
      assert.ok(TroupeError.is(refused, 'CODEC_INVALID'), String(refused))
      assert.match(String(refused.detail.problem), problem)
      if (offset !== undefined) assert.equal(refused.detail.offset, offset)
      assert.ok(grown < 200 * (bytes.length + MB), `${grown} bytes for ${bytes.length}`)
    })
  }

  it('that declare long arrays within each other are given no memory', () => {
    // 60 arrays, each of which claims nearly all the bytes that are there.
    const bytes = Buffer.alloc(MB)
    for (let at = 0; at < 60; at += 1) bytes.set(hex('dd 000fff00'), at * 5)
    const decoder = new Decoder()
    decoder.reset(bytes)
    const before = heldBytes()
    assert.throws(() => decoder.value(), { code: 'CODEC_INVALID' })
    assert.ok(heldBytes() - before < 50 * MB)
  })

  it('behind the last value are refused', () => {
    const decoder = new Decoder()
    decoder.reset(hex('05 05'))
    decoder.value()
    assert.throws(() => decoder.finish(), { code: 'CODEC_INVALID' })
  })

  it('outside the slice are never read', () => {
    const texts = ['abc', 'x'.repeat(40), 'x'.repeat(300), '漢', '漢'.repeat(90), '\ud800']
    const others = [1.5, 70_000, 2n ** 70n, new Uint8Array(9), new Date(5), [1, [2]], { a: 'b' }]
    const mixed = { text: 'é'.repeat(50), list: [1, 2.5, [3n]] }
    for (const value of [...texts, ...others, mixed]) {
      const whole = Buffer.from(bytesOf(new Encoder(), value))
      for (let end = 0; end < whole.length; end += 1) {
        const decoder = new Decoder()
        decoder.reset(whole, 0, end)
        assert.throws(() => decoder.value(), { code: 'CODEC_INVALID' }, `cut at ${end}`)
      }
    }
  })

  it('never reach a prototype, whatever their keys', () => {
    const names = ['constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineSetter__']
    const value = Object.fromEntries(names.map((name) => [name, { polluted: true }]))
    const encoder = new Encoder()
    const decoder = new Decoder()
    for (let i = 0; i < 40; i += 1) {
      decoder.reset(Buffer.from(bytesOf(encoder, value)))
      assert.deepEqual(Object.keys(decoder.value() as object), names)
    }
    assert.equal(Reflect.get({}, 'polluted'), undefined)
    assert.equal(Reflect.get(Object, 'polluted'), undefined)
  })

  it('are no code, whatever their keys', () => {
    const evil = ['"]; globalThis.broken = 1 //', '`', '(1)', '\u2028', '\\', '"', "'", '*/', '0x1']
    const value = Object.fromEntries(evil.map((key, at) => [key, at]))
    const encoder = new Encoder()
    const decoder = new Decoder()
    for (let i = 0; i < 40; i += 1) {
      decoder.reset(Buffer.from(bytesOf(encoder, value)))
      assert.deepEqual(decoder.value(), value)
    }
    assert.equal(Reflect.get(globalThis, 'broken'), undefined)
  })
})

describe('limits at their edge', () => {
  const read = (bytes: Buffer): unknown => {
    const decoder = new Decoder()
    decoder.reset(bytes)
    return decoder.value()
  }

  it('let 4,096 names, 4,096 shapes of one key and a shape of 64 keys pass', () => {
    assert.equal((read(hex(namesOf(4_096))) as unknown[]).length, 4_096)
    assert.equal((read(hex(shapesOf(4_096))) as unknown[]).length, 4_096)
    assert.equal(Object.keys(read(hex(shapeNew(keys65.slice(1)))) as object).length, 64)
  })

  it('let half a million maps and 4,096 bytes of bigint pass', () => {
    const maps = read(hex(`dd0007a11f${'e200000000'.repeat(499_999)}`))
    assert.equal((maps as unknown[]).length, 499_999)
    assert.equal(read(hex(`e58040${'ff'.repeat(4_096)}`)), 2n ** 32_768n - 1n)
  })

  it('are whole numbers above 0, below what is safe', () => {
    const bad: readonly Partial<CodecLimits>[] = [
      { depthMax: 0 },
      { depthMax: 513 },
      { namesMax: 1.5 },
      { shapesMax: 65_537 },
      { containersMax: Number.POSITIVE_INFINITY },
    ]
    for (const limits of bad) assert.throws(() => codecLimits(limits), { code: 'OPTION_INVALID' })
  })

  it('leave the stack room enough for the deepest value', () => {
    const limits = { depthMax: 512 }
    const encoder = new Encoder({ limits })
    const decoder = new Decoder({ limits })
    const grown = (wrap: (inner: unknown) => unknown): unknown => {
      let value: unknown = 1
      for (let depth = 0; depth < 512; depth += 1) value = wrap(value)
      return value
    }
    const wraps: readonly ((inner: unknown) => unknown)[] = [
      (inner) => [inner],
      (inner) => ({ inner }),
      (inner) => new Map([[inner, inner === 1 ? 1 : 2]]),
      (inner) => new Set([inner]),
      (inner) => new Error('x', { cause: inner }),
    ]
    for (const wrap of wraps) {
      decoder.reset(Buffer.from(bytesOf(encoder, grown(wrap))))
      decoder.value()
    }
  })
})
