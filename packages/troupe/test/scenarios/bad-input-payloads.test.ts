/**
 * scenarios/bad-input-payloads: messages that carry hostile or odd values, under each check.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor } from '#actor'
import { message, protocol, request, type SharingCheck } from '#contract'
import { assertWell } from '#test/scenarios/bad-input-kit'

const Keeper = protocol('keeper', { keep: message<unknown>(), echo: request<unknown, unknown>() })

/** Keeps what it is sent, and answers what it is asked. */
const keeper = actor(Keeper, {
  init: (kept: unknown[] = []) => kept,
  on: { keep: (kept, value) => void kept.push(value), echo: (_kept, value) => value },
})

const refuse = (): never => {
  throw new RangeError('do not touch')
}

const sharingChecks: readonly SharingCheck[] = ['off', 'freeze', 'clone']

function cycle(): object {
  const self: Record<string, unknown> = { name: 'cycle' }
  self['list'] = [self]
  self['self'] = self
  return self
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function deep(levels: number): object {
  let value: object = {}
  for (let i = 0; i < levels; i += 1) value = { value }
  return value
}

/** Values nobody may touch, and odd ones; each is made anew for each test. */
const VALUES: Readonly<Record<string, () => unknown>> = {
  'a getter that throws': () => Object.defineProperty({}, 'x', { enumerable: true, get: refuse }),
  'a proxy that refuses': () =>
    new Proxy({}, { get: refuse, ownKeys: refuse, getPrototypeOf: refuse, isExtensible: refuse }),
  'a proxy that was revoked': revoked,
  'a key __proto__': () => JSON.parse('{ "__proto__": { "evil": true }, "constructor": 5 }'),
  'no prototype': () => Object.assign(Object.create(null), { toString: 5 }),
  'a cycle': cycle,
  'a chain of 100,000 objects': () => deep(100_000),
  'a function': () => ({ run: () => 1 }),
  'a symbol': () => Symbol('odd'),
  'a weak map': () => new WeakMap(),
  'a frozen object': () => Object.freeze({ a: Object.freeze([1]) }),
}

describe('a message', () => {
  for (const sharing of sharingChecks) {
    for (const [what, make] of Object.entries(VALUES)) {
      it(`with ${what} arrives under sharing ${sharing}, and an answer comes back`, async () => {
        await using test = await testNode({ sharing })
        const { node, clock } = test
        const kept: unknown[] = []
        const pid = await node.spawn(keeper, { args: [kept] })
        const value = make()
        assert.equal(node.send(pid, 'keep', value), undefined)
        await clock.settle()
        assert.equal(kept.length, 1)
        assert.equal(typeof kept[0], typeof value)
        // An answer that cannot even be asked whether it is a promise fails its handler.
        const isUntouchable = what.startsWith('a proxy')
        const answer = node.call(pid, 'echo', value).then(
          () => false,
          () => true,
        )
        assert.equal(await answer, isUntouchable)
        assert.equal(node.isAlive(pid), !isUntouchable)
        assert.equal(Reflect.get({}, 'evil'), undefined)
        await assertWell(test)
      })
    }
  }
})

/** What a keeper is given when its node clones. */
async function cloned<T>(value: T): Promise<T> {
  await using test = await testNode({ sharing: 'clone' })
  const kept: unknown[] = []
  test.node.send(await test.node.spawn(keeper, { args: [kept] }), 'keep', value)
  await test.clock.settle()
  return kept[0] as T
}

describe('a clone', () => {
  it('of a cycle is a cycle of its own', async () => {
    const value = cycle() as { readonly list: readonly unknown[]; readonly self: unknown }
    const copy = await cloned(value)
    assert.notEqual(copy, value)
    assert.deepEqual([copy.self === copy, copy.list[0] === copy], [true, true])
  })

  it('of a key __proto__ has that key and the prototype of any object', async () => {
    const copy = await cloned(JSON.parse('{ "__proto__": { "evil": true } }') as object)
    assert.equal(Object.getPrototypeOf(copy), Object.prototype)
    assert.deepEqual(Object.keys(copy), ['__proto__'])
  })

  it('of a sparse list keeps its length and its holes', async () => {
    const list = new Array<number>(5)
    list[1] = 7
    const copy = await cloned(list)
    assert.notEqual(copy, list)
    assert.deepEqual([copy.length, Object.keys(copy)], [5, ['1']])
  })

  it('keeps what stands under a symbol', async () => {
    const key = Symbol('key')
    const inner = { a: 1 }
    const copy = await cloned({ [key]: inner })
    assert.deepEqual(copy[key], inner)
    assert.notEqual(copy[key], inner)
  })

  it('keeps a getter, which the receiver asks when it wants to', async () => {
    let asked = 0
    const value = {
      get late() {
        asked += 1
        return 'now'
      },
    }
    const copy = await cloned(value)
    assert.notEqual(copy, value)
    assert.equal(asked, 0)
    assert.equal(copy.late, 'now')
  })
})
