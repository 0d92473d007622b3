/**
 * network/codec: what cannot be sent is refused with the path to it, and leaves nothing behind.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runInNewContext } from 'node:vm'
import { TroupeError } from '#contract'
import { CustomCodecs } from '#network/codec/custom-codecs'
import { Decoder } from '#network/codec/decoder'
import { Encoder } from '#network/codec/encoder'
import { Money, moneyCodecs } from '#test/unit/network/codec/any-value'
import { bytesOf } from '#test/unit/network/codec/pair'

class Account {
  readonly id = 7
}

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])

const cycle: unknown[] = [1]
cycle.push({ back: cycle })

const adding = new Map<unknown, unknown>()
adding.set('a', {
  get b() {
    adding.set({}, 1)
    return 1
  },
})

const vanishing = {
  get a() {
    Reflect.deleteProperty(vanishing, 'b')
    return 1
  },
  b: 2,
}

const hostile = new Proxy({}, { ownKeys: () => assert.fail('not to be looked at') })
const revoked = Proxy.revocable({}, {})
revoked.revoke()

const detached = new Uint8Array(8)
structuredClone(detached, { transfer: [detached.buffer] })

/** What is sent, and how the refusal begins. */
const REFUSED: readonly (readonly [string, unknown, string])[] = [
  ['a function', { a: [1, 2, { f() {} }] }, 'payload.a[2].f is a function'],
  ['a symbol', [Symbol('s')], 'payload[0] is a symbol'],
  ['a cycle', cycle, 'payload[1].back is a cycle'],
  ['an object of a class', { to: new Account() }, 'payload.to is an Account'],
  ['an array of a class', new (class Rows extends Array {})(), 'payload is a Rows'],
  ['a promise', [Promise.resolve()], 'payload[0] is a Promise'],
  ['a weak map', [new WeakMap()], 'payload[0] is a WeakMap'],
  ['a regular expression', { 'the pattern': /x/ }, 'payload["the pattern"] is a RegExp'],
  ['shared memory', [new SharedArrayBuffer(8)], 'payload[0] is a SharedArrayBuffer'],
  ['a value of a map', new Map([['k', () => 1]]), 'payload.get("k") is a function'],
  ['a key of a map', new Map([[() => 1, 1]]), 'payload.keys[0] is a function'],
  ['an element of a set', new Set([1, Symbol.iterator]), 'payload[1] is a symbol'],
  ['a cause', new Error('x', { cause: Symbol('s') }), 'payload.cause is a symbol'],
  ['what a codec made of it', new Money(1, () => 1), 'payload.note is a function'],
  ['the key __proto__', JSON.parse('{"a":{"__proto__":1}}'), 'payload.a.__proto__ is a key'],
  ['a bigint of 5,000 bytes', [1n << 40_000n], 'payload[0] is a bigint of 5001 bytes'],
  ['129 arrays within each other', nested(129), 'payload[0][0]'],
  ['a proxy that throws', { a: hostile }, 'payload.a could not be read: AssertionError'],
  ['a revoked proxy', [revoked.proxy], 'payload[0] could not be read: TypeError'],
  ['a detached binary', [detached], 'the payload could not be read: TypeError'],
  ['a map that grows while it is read', adding, 'the payload is too large, or changed'],
  ['an object that shrinks while it is read', vanishing, 'the payload is too large, or changed'],
]

describe('what cannot be sent', () => {
  for (const [what, value, problem] of REFUSED) {
    it(`is refused with the path to it: ${what}`, () => {
      const codecs = moneyCodecs()
      const encoder = new Encoder({ codecs })
      // So that its shape is known, where it has one.
      for (let i = 0; i < 3; i += 1) bytesOf(encoder, { a: 1, b: 2 })
      const before = [encoder.position, encoder.shapeCount, encoder.nameCount]
      encoder.mark()
      const isRefused = (error: unknown): boolean => {
        assert.ok(TroupeError.is(error, 'PAYLOAD_UNSUPPORTED'))
        assert.equal(String(error.detail.problem).slice(0, problem.length), problem)
        assert.equal(error.detail.to, 'stock@b')
        return true
      }
      assert.throws(() => encoder.value(value, 'stock@b'), isRefused)
      encoder.rollback()
      assert.deepEqual([encoder.position, encoder.shapeCount, encoder.nameCount], before)
    })
  }

  it('is more objects than may be in one value', () => {
    const encoder = new Encoder({ limits: { containersMax: 100 } })
    assert.equal(encoder.value(new Array(99).fill([])), true)
    const tooMany = [new Array(100).fill([]), new Array(25).fill(new Map())]
    for (const value of tooMany) {
      assert.throws(() => encoder.value(value), { code: 'PAYLOAD_UNSUPPORTED' })
    }
  })

  it('is 129 levels deep, and 128 are read', () => {
    const decoder = new Decoder()
    decoder.reset(Buffer.from(bytesOf(new Encoder(), nested(128))))
    assert.deepEqual(decoder.value(), nested(128))
  })
})

describe('a codec of the program', () => {
  it('is refused twice under one name or for one class', () => {
    const codecs = moneyCodecs()
    const same = { encode: () => 1, decode: () => new Money(1, 1) }
    const again = () => codecs.register({ name: 'money', matches: () => true, ...same })
    const forClass = () => codecs.register({ name: 'cash', class: Money, ...same })
    assert.throws(again, { code: 'NAME_TAKEN' })
    assert.throws(forClass, { code: 'NAME_TAKEN' })
    assert.equal(codecs.unregister('money'), true)
    assert.equal(codecs.unregister('money'), false)
    forClass()
  })

  it('is refused without a name, a class or its two functions', () => {
    const codecs = new CustomCodecs()
    const good = { name: 'x', class: Money, encode: () => 1, decode: () => new Money(1, 1) }
    const bad: readonly unknown[] = [
      undefined,
      { ...good, name: '' },
      { ...good, name: 'x'.repeat(256) },
      { ...good, class: undefined },
      { ...good, matches: () => true },
      { ...good, encode: 1 },
      { ...good, decode: undefined },
    ]
    for (const codec of bad) {
      assert.throws(() => codecs.register(codec as typeof good), { code: 'OPTION_INVALID' })
    }
  })

  it('serves the classes that extend its own, and what it matches', () => {
    class Debt extends Money {}
    const codecs = moneyCodecs()
    codecs.register({
      name: 'pattern',
      matches: (value) => value instanceof RegExp,
      encode: (value) => String((value as RegExp).source),
      decode: (source) => new RegExp(String(source)),
    })
    const decoder = new Decoder({ codecs })
    decoder.reset(Buffer.from(bytesOf(new Encoder({ codecs }), [new Debt(5, 'x'), /a+/])))
    assert.deepEqual(decoder.value(), [new Money(5, 'x'), /a+/])
  })

  it('that is missing at the receiver costs the message, not the session', () => {
    const codecs = moneyCodecs()
    const encoder = new Encoder({ codecs })
    const decoder = new Decoder({ codecs: new CustomCodecs() })
    const messages = [{ a: 1, m: new Money(1, { b: 2 }) }, { b: 1 }, { b: 2 }, { b: 3 }]
    const [first, ...others] = messages.map((message) => bytesOf(encoder, message))
    decoder.reset(Buffer.from(first ?? []))
    assert.throws(() => decoder.value(), {
      code: 'CODEC_REFUSED',
      detail: { codec: 'money', problem: 'is not known here' },
    })
    decoder.finish()
    others.forEach((bytes, at) => {
      decoder.reset(Buffer.from(bytes))
      assert.deepEqual(decoder.value(), messages[at + 1])
    })
  })

  it('that throws while it decodes costs the message, not the session', () => {
    const encoder = new Encoder({ codecs: moneyCodecs() })
    const codecs = new CustomCodecs()
    const decode = (): never => {
      throw new RangeError('no cents left')
    }
    codecs.register({ name: 'money', class: Money, encode: () => 1, decode })
    const decoder = new Decoder({ codecs })
    decoder.reset(Buffer.from(bytesOf(encoder, [new Money(1, 1)])))
    assert.throws(() => decoder.value(), /no cents left/)
    decoder.reset(Buffer.from(bytesOf(encoder, [1])))
    assert.deepEqual(decoder.value(), [1])
  })

  it('that throws while it encodes is told with the path', () => {
    const codecs = new CustomCodecs()
    const encode = (): never => {
      throw new RangeError('frozen assets')
    }
    codecs.register({ name: 'money', class: Money, encode, decode: () => new Money(1, 1) })
    const encoder = new Encoder({ codecs })
    const path = /payload\.m, by the codec money, could not be read: RangeError: frozen assets/
    assert.throws(() => encoder.value({ m: new Money(1, 1) }), path)
  })
})

describe('what is sent although it looks odd', () => {
  const sent = (value: unknown): unknown => {
    const decoder = new Decoder()
    decoder.reset(Buffer.from(bytesOf(new Encoder(), value)))
    return decoder.value()
  }

  it('is data of another realm', () => {
    const foreign: unknown = runInNewContext('({ list: [1, { a: 2 }], f: [[]] })')
    assert.deepEqual(sent(foreign), { list: [1, { a: 2 }], f: [[]] })
  })

  it('is an address that is an object of a class', () => {
    class Process {
      readonly id = 5
      get kind() {
        return 'pid'
      }
      get node() {
        return 'a@b'
      }
      get creation() {
        return 9
      }
    }
    assert.deepEqual(sent([new Process()]), [{ kind: 'pid', node: 'a@b', id: 5, creation: 9 }])
  })

  it('is an array with holes, which become undefined', () => {
    const holes = Object.assign(new Array(3), { 0: 1, 2: 3 })
    assert.deepEqual(Object.keys(sent(holes) as object), ['0', '1', '2'])
  })

  it('is an error whose detail holds what no detail may hold', () => {
    const detail = { node: { a: 1 } } as unknown as { readonly node: string }
    const error = sent(new TroupeError('NO_ROUTE', detail))
    assert.ok(TroupeError.is(error, 'NO_ROUTE'))
    assert.deepEqual(error.detail, { node: '[object Object]' })
  })

  it('is a binary with the prototype of wider elements, or it is refused', () => {
    const odd: object = Object.setPrototypeOf(new Uint8Array(9), Float64Array.prototype)
    assert.throws(() => sent(odd), { code: 'PAYLOAD_UNSUPPORTED' })
  })
})
