/**
 * scenarios/bad-input-promises: handlers, inits and ends that give hostile promises back.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor } from '#actor'
import { message, protocol } from '#contract'
import { assertWell } from '#test/scenarios/bad-input-kit'
import { endOf, play } from '#test/scenarios/scripted'
import { codeOf } from '#test/scenarios/supervised'

class Stubborn extends Promise<unknown> {
  // biome-ignore lint/suspicious/noThenProperty: that is the point of the test.
  override then(): never {
    throw new RangeError('no then')
  }
}

/** An object with this `then`. */
const thenable = (then: unknown): unknown => Object.defineProperty({}, 'then', { value: then })

const throwingGetter = (): unknown =>
  Object.defineProperty({}, 'then', {
    get() {
      throw new RangeError('no getter')
    },
  })

function secondReadThrows(): unknown {
  let reads = 0
  return Object.defineProperty({}, 'then', {
    get() {
      reads += 1
      if (reads > 1) throw new RangeError('read twice')
      return () => {}
    },
  })
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

type Settle = (value?: unknown) => void

/** What a handler gives back, and what its caller is told. */
const HOSTILE: Readonly<Record<string, readonly [make: () => unknown, told: string]>> = {
  'a proxy of a promise': [() => new Proxy(Promise.resolve(1), {}), 'HANDLER_FAILED'],
  'an object that only looks like a promise': [
    () => Object.create(Promise.prototype),
    'HANDLER_FAILED',
  ],
  'a promise of a class whose then throws': [() => new Stubborn(() => {}), 'HANDLER_FAILED'],
  'a promise with a then of its own, which is not asked': [
    () => Object.defineProperty(Promise.resolve(1), 'then', { value: () => assert.fail() }),
    'fine',
  ],
  'an object whose then cannot be read': [throwingGetter, 'HANDLER_FAILED'],
  'an object whose then can be read once': [secondReadThrows, 'HANDLER_FAILED'],
  'a proxy that was revoked': [revoked, 'HANDLER_FAILED'],
  'an object that answers twice and then fails': [
    () =>
      thenable((resolve: Settle, reject: Settle) => {
        resolve(1)
        resolve(2)
        reject(new RangeError('late'))
      }),
    'fine',
  ],
  'an object that answers and then throws': [
    () =>
      thenable((resolve: Settle) => {
        resolve(1)
        throw new RangeError('after all')
      }),
    'fine',
  ],
  'an object that never answers': [() => thenable(() => {}), 'CALL_TIMEOUT'],
}

describe('a handler that gives back', () => {
  for (const [what, [make, expected]] of Object.entries(HOSTILE)) {
    it(`${what}: the caller is told ${expected}, and the node goes on`, async () => {
      await using test = await testNode()
      const { node, clock } = test
      const [asked, told] = [await play(node), await play(node)]
      const end = endOf(node, told.pid)
      node.send(told.pid, 'act', make)
      const answer = codeOf(node.call(asked.pid, 'ask', make, { timeoutMs: 100 }))
      assert.equal(await clock.until(answer), expected)
      const failed = expected === 'HANDLER_FAILED'
      assert.equal(node.isAlive(asked.pid), !failed)
      assert.equal(end.reason !== undefined, failed)
      assert.equal(node.account().handling, expected === 'CALL_TIMEOUT' ? 2 : 0)
      await assertWell(test)
    })
  }
})

const Quiet = protocol('quiet', { nothing: message() })

describe('an init that gives back', () => {
  for (const what of [
    'a proxy of a promise',
    'an object that only looks like a promise',
    'a promise of a class whose then throws',
  ]) {
    it(`${what} rejects its spawn and leaves no name behind`, async () => {
      await using test = await testNode()
      const { node } = test
      const make = HOSTILE[what]?.[0] ?? assert.fail()
      const born = actor(Quiet, { init: (): unknown => make(), on: { nothing() {} } })
      await assert.rejects(node.spawn(born, { name: 'born' }), { code: 'INIT_FAILED' })
      assert.equal(node.whereis('born'), undefined)
      assert.equal(node.info().spawnFailed, 1)
      assert.equal(test.clock.pending(), 0)
      await assertWell(test)
    })
  }
})

describe('a terminate that gives back', () => {
  for (const [what, [make, expected]] of Object.entries(HOSTILE)) {
    if (expected === 'CALL_TIMEOUT') continue
    it(`${what} ends its process at once, and no zombie stays`, async () => {
      await using test = await testNode()
      const { node, clock } = test
      const mortal = actor(Quiet, { on: { nothing() {} }, terminate: make })
      const pid = await node.spawn(mortal)
      const end = endOf(node, pid)
      node.exit(pid, 'shutdown')
      await clock.settle()
      assert.equal(end.reason, 'shutdown')
      await clock.advance(10_000)
      assert.equal(node.info().zombies, 0)
      await assertWell(test)
    })
  }
})
