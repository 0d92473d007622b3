/**
 * network/codec/encoder: room, limits, ropes, and what becomes of dictionaries.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pid, TroupeError } from '#contract'
import { Decoder } from '#network/codec/decoder'
import { Encoder } from '#network/codec/encoder'
import { bytesOf } from '#test/unit/network/codec/pair'
import { told } from '#test/unit/network/codec/told'

const MB = 1_048_576

/** What a fresh decoder makes of everything in the buffer. */
function readAll(encoder: Encoder, count: number, decoder = new Decoder()): unknown[] {
  decoder.reset(encoder.buffer, 0, encoder.position)
  const values = Array.from({ length: count }, () => decoder.value())
  decoder.finish()
  return values
}

describe('the buffer of an encoder', () => {
  it('is replaced by a larger one with the same offsets when a value does not fit', () => {
    const encoder = new Encoder({ buffer: Buffer.alloc(1_024) })
    const values = Array.from({ length: 500 }, (_, i) => ({ by: i, text: 'é'.repeat(i) }))
    for (const value of values) encoder.value(value)
    assert.ok(encoder.buffer.length > 1_024)
    assert.deepEqual(readAll(encoder, 500), values)
  })

  it('keeps the bytes from base on', () => {
    const encoder = new Encoder({ buffer: Buffer.alloc(2_048) })
    encoder.value('a'.repeat(900))
    encoder.base = encoder.position
    encoder.value('kept')
    encoder.value('b'.repeat(3_000))
    const decoder = new Decoder()
    decoder.reset(encoder.buffer, encoder.base, encoder.position)
    assert.deepEqual([decoder.value(), decoder.value()], ['kept', 'b'.repeat(3_000)])
  })

  it('may be swapped between messages, with the dictionaries going on', () => {
    const encoder = new Encoder()
    for (let i = 0; i < 3; i += 1) encoder.value({ by: i })
    const first = Uint8Array.from(encoder.buffer.subarray(0, encoder.position))
    encoder.use(Buffer.alloc(1_024), 100)
    encoder.value({ by: 7 })
    const decoder = new Decoder()
    decoder.reset(Buffer.from(first))
    for (let i = 0; i < 3; i += 1) assert.deepEqual(decoder.value(), { by: i })
    decoder.reset(encoder.buffer, 100, encoder.position)
    assert.deepEqual(decoder.value(), { by: 7 })
    assert.equal(encoder.position, 102)
  })

  it('has room for a header of names and numbers whatever was written before', () => {
    const encoder = new Encoder({ buffer: Buffer.alloc(600) })
    const names = Array.from({ length: 400 }, (_, i) => `name ${i}`)
    for (const name of [...names, ...names]) {
      encoder.mark(10)
      encoder.byte(7)
      encoder.uint(2 ** 53 - 1)
      encoder.name(name)
      encoder.pid({ node: 'a@host', id: 300, creation: 2 ** 41 })
    }
    const decoder = new Decoder()
    decoder.reset(encoder.buffer, 0, encoder.position)
    for (const name of [...names, ...names]) {
      assert.equal(decoder.byte(), 7)
      assert.equal(decoder.uint(), 2 ** 53 - 1)
      assert.equal(decoder.name(), name)
      assert.ok(Pid.equals(decoder.pid(), Pid.of('a@host', 300, 2 ** 41)))
    }
    decoder.finish()
  })
})

describe('a value above its limit', () => {
  const large: Readonly<Record<string, unknown>> = {
    'a binary': new Uint8Array(100 * MB),
    'a text': 'x'.repeat(50 * MB),
    'a text of many bytes': '漢'.repeat(MB),
    'an array': new Array(20 * MB),
    'an array of texts': new Array(MB).fill('x'.repeat(30)),
    'binaries of which each would fit': new Array(MB).fill(new Uint8Array(60_000)),
    'a map': new Map(Array.from({ length: 40_000 }, (_, i) => [i, i])),
    'arrays that double themselves': doubled(60),
  }

  for (const [what, value] of Object.entries(large)) {
    it(`is noticed before much was copied: ${what}`, () => {
      const encoder = new Encoder()
      encoder.mark(65_536)
      assert.equal(encoder.value({ value }), false)
      assert.ok(encoder.buffer.length <= MB, `${encoder.buffer.length} bytes`)
      encoder.rollback()
      encoder.mark(65_536)
      assert.equal(encoder.value('next'), true)
      assert.deepEqual(readAll(encoder, 1), ['next'])
    })
  }

  it('is one byte more than the limit, and not one less', () => {
    const encoder = new Encoder()
    for (const [length, isIn] of [
      [995, true],
      [996, false],
    ] as const) {
      encoder.mark(1_000)
      assert.equal(encoder.value('a'.repeat(length)), isIn)
      encoder.rollback()
    }
  })

  function doubled(times: number): unknown {
    let value: unknown = []
    for (let i = 0; i < times; i += 1) value = [value, value]
    return value
  }
})

describe('a rope', () => {
  it('refers to large binaries and copies small ones', () => {
    const encoder = new Encoder()
    const [large, small] = [new Uint8Array(MB).fill(1), new Uint8Array(100).fill(2)]
    const rope = encoder.apart(10 * MB, (apart) => apart.value({ large, small }))
    assert.ok(rope)
    const shared = rope.parts.filter((part) => part.buffer === large.buffer)
    assert.equal(shared.length, 1)
    assert.equal(
      rope.bytes,
      rope.parts.reduce((sum, part) => sum + part.length, 0),
    )
    const decoder = new Decoder()
    decoder.reset(Buffer.concat(rope.parts))
    assert.deepEqual(decoder.value(), { large, small })
  })

  it('is undefined when it grew beyond its limit, and leaves nothing', () => {
    const encoder = new Encoder()
    const values = [new Uint8Array(2 * MB), new Array(3 * MB).fill(1), '漢'.repeat(MB)]
    for (const value of values) {
      assert.equal(
        encoder.apart(MB, (apart) => apart.value(value)),
        undefined,
      )
    }
    assert.equal(encoder.position, 0)
    encoder.value([1])
    assert.deepEqual(readAll(encoder, 1), [[1]])
  })

  it('of many small values is woven without copying what is done', () => {
    const encoder = new Encoder()
    const values = Array.from({ length: 50_000 }, (_, i) => ({ by: i, text: `number ${i}` }))
    const rope = encoder.apart(10 * MB, (apart) => apart.value(values))
    assert.ok(rope && rope.parts.length > 10)
    const decoder = new Decoder()
    decoder.reset(Buffer.concat(rope.parts))
    assert.deepEqual(decoder.value(), values)
  })

  it('that fails leaves the encoder as it was', () => {
    const encoder = new Encoder()
    encoder.value('before')
    const { buffer, position } = encoder
    const failing = () =>
      encoder.apart(2 * MB, (apart) => apart.value([new Uint8Array(MB), Symbol('no')]))
    assert.throws(failing, { code: 'PAYLOAD_UNSUPPORTED' })
    assert.equal(encoder.buffer, buffer)
    assert.equal(encoder.position, position)
    encoder.value('after')
    assert.deepEqual(readAll(encoder, 2), ['before', 'after'])
  })

  it('holds what another thread may change as it was', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(MB))
    const rope = new Encoder().apart(2 * MB, (apart) => apart.value(shared))
    assert.ok(rope?.parts.every((part) => !(part.buffer instanceof SharedArrayBuffer)))
  })
})

describe('the dictionary of shapes', () => {
  it('takes a list of keys when it is met for the second time', () => {
    const encoder = new Encoder()
    const lengths = [1, 2, 3].map((by) => bytesOf(encoder, { by }).length)
    assert.deepEqual(lengths, [9, 6, 2])
    assert.equal(encoder.shapeCount, 1)
  })

  it('is not used up by objects whose keys never come again', () => {
    const encoder = new Encoder()
    for (let i = 0; i < 50_000; i += 1) encoder.value({ [`user ${i}`]: i, [`and ${i}`]: i })
    assert.ok(encoder.shapeCount < 5)
    for (let i = 0; i < 2; i += 1) encoder.value({ late: i })
    assert.equal(bytesOf(encoder, { late: 3 }).length, 2)
  })

  it('has limits, beyond which objects carry their keys', () => {
    const limits = { shapesMax: 3, shapeKeysMax: 4, shapeTextMax: 100, namesMax: 2 }
    const encoder = new Encoder({ limits })
    const keys = (count: number, text: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`${text}${i}`, i]))
    const values = [1, 2, 3, 4, 5, 6].map((count) => keys(count, 'k'))
    const more = [...values, keys(2, 'long'.repeat(20)), keys(1, 'a'), keys(1, 'b')]
    const all = [...more, ...more, ...more]
    for (const value of all) encoder.value(value)
    assert.equal(encoder.shapeCount, 3)
    assert.deepEqual(readAll(encoder, all.length, new Decoder({ limits })), all)
  })

  it('has as many entries as may be told in two bytes', () => {
    const limits = { shapesMax: 1_000 }
    const encoder = new Encoder({ limits })
    const values = Array.from({ length: 1_100 }, (_, i) => ({ [`key ${i}`]: i }))
    const twice = values.flatMap((value) => [value, value])
    for (const value of [...twice, ...values]) encoder.value(value)
    assert.equal(encoder.shapeCount, 1_000)
    assert.deepEqual(readAll(encoder, 3_300, new Decoder({ limits })), [...twice, ...values])
  })

  it('is not confused by an object that holds one of its own shape', () => {
    const encoder = new Encoder()
    const value = { a: { a: { a: { a: 1 } } } }
    for (let i = 0; i < 3; i += 1) encoder.value(value)
    assert.deepEqual(readAll(encoder, 3), [value, value, value])
  })

  it('does not take what objects inherit for their keys', () => {
    const encoder = new Encoder()
    const value = { own: 1 }
    Object.defineProperty(Object.prototype, 'inherited', {
      value: 2,
      enumerable: true,
      configurable: true,
    })
    try {
      for (let i = 0; i < 3; i += 1) encoder.value(value)
    } finally {
      Reflect.deleteProperty(Object.prototype, 'inherited')
    }
    assert.equal(told(readAll(encoder, 3)), told([value, value, value]))
  })

  it('never holds an address, which has a form of its own', () => {
    const encoder = new Encoder()
    for (let i = 0; i < 5; i += 1) encoder.value({ kind: 'pid', node: 'a@b', id: i, creation: 1 })
    assert.equal(encoder.shapeCount, 0)
    assert.ok(readAll(encoder, 5).every((pid) => Object.isFrozen(pid) && Pid.is(pid)))
  })
})

describe('the dictionary of names', () => {
  it('has limits, beyond which names are written whole', () => {
    const limits = { namesMax: 3, nameLengthMax: 10 }
    const encoder = new Encoder({ limits })
    const names = ['a', 'longer than ten', 'b', 'c', 'd', 'a', 'd']
    for (const name of names) encoder.name(name)
    assert.equal(encoder.nameCount, 3)
    const decoder = new Decoder({ limits })
    decoder.reset(encoder.buffer, 0, encoder.position)
    assert.deepEqual(
      names.map(() => decoder.name()),
      names,
    )
    decoder.finish()
  })
})

describe('an encoder that is writing', () => {
  it('refuses a value that a getter of the first one sends', () => {
    const encoder = new Encoder()
    let inner: unknown
    const value = {
      get a() {
        assert.equal(encoder.busy, true)
        try {
          encoder.value('inner')
        } catch (error) {
          inner = error
        }
        return 1
      },
    }
    assert.equal(encoder.value(value), true)
    assert.ok(TroupeError.is(inner, 'PAYLOAD_UNSUPPORTED'))
    assert.equal(encoder.busy, false)
    assert.deepEqual(readAll(encoder, 1), [{ a: 1 }])
  })
})
