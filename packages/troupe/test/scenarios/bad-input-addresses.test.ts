/**
 * scenarios/bad-input-addresses: sends and calls to what is no address, or nobody's.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { type Address, Pid, type ProcessContext, TroupeError } from '#contract'
import { assertRefused, assertWell, dropped, refusal } from '#test/scenarios/bad-input-kit'
import { play } from '#test/scenarios/scripted'

/** Garbage, and the code that a send to it answers. */
const GARBAGE: readonly (readonly [to: unknown, code: string])[] = [
  [null, 'PROCESS_UNKNOWN'],
  [undefined, 'PROCESS_UNKNOWN'],
  [1, 'PROCESS_UNKNOWN'],
  [Number.NaN, 'PROCESS_UNKNOWN'],
  [Symbol('pid'), 'PROCESS_UNKNOWN'],
  [() => 'pid', 'PROCESS_UNKNOWN'],
  [{}, 'PROCESS_UNKNOWN'],
  [[], 'PROCESS_UNKNOWN'],
  [Object.create(null), 'PROCESS_UNKNOWN'],
  [{ kind: 'liar' }, 'PROCESS_UNKNOWN'],
  [{ kind: 'pid', node: 5 }, 'PROCESS_UNKNOWN'],
  [{ kind: 'pid' }, 'PROCESS_INCARNATION'],
  [{ kind: 'alias' }, 'ALIAS_UNKNOWN'],
  [{ kind: 'name' }, 'NAME_UNKNOWN'],
  ['', 'NAME_UNKNOWN'],
  ['__proto__', 'NAME_UNKNOWN'],
  [Pid.of('far@localhost', 1, 1), 'NO_ROUTE'],
  [Pid.of('test@localhost', 1, 1), 'PROCESS_INCARNATION'],
]

const VERBS = ['send', 'sendWhenRoom', 'sendImportant'] as const

const told = (to: unknown): string =>
  typeof to === 'object' && to !== null ? JSON.stringify(to) : String(to)

describe('what is no address', () => {
  for (const [to, code] of GARBAGE) {
    it(`such as ${told(to)} is told as ${code} by every verb`, async () => {
      await using test = await testNode()
      const { node } = test
      await play(node)
      const before = node.account().sent
      for (const verb of VERBS) assert.equal(await node[verb](to as Address, 'act'), code, verb)
      const error = await refusal(() => node.call(to as Address, 'ask'))
      assert.equal(error.code, code)
      assert.equal(node.account().sent - before, 4)
      await assertWell(test)
    })
  }

  it('is nobody to end, to look at or to wait for', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await play(node)
    for (const [garbage, code] of GARBAGE) {
      const to = garbage as Pid
      node.exit(to, 'shutdown')
      node.kill(to)
      assert.equal(node.isAlive(to), false)
      assert.equal(node.processInfo(to), undefined)
      const reason = code === 'NO_ROUTE' ? 'no-connection' : 'no-process'
      assert.equal(await node.ended(to), reason)
    }
    await test.clock.settle()
    assert.equal(node.isAlive(pid), true)
    await assertWell(test)
  })

  it('such as a proxy that was revoked fails its sender alone', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { proxy, revoke } = Proxy.revocable({ kind: 'pid' }, {})
    revoke()
    const { pid } = await play(node)
    node.send(pid, 'act', (context) => context.send(proxy as Address, 'act'))
    await clock.settle()
    assert.equal(node.isAlive(pid), false)
    assert.equal(dropped(node, 'handler-failed'), 1)
    await assertWell(test)
  })

  it('such as one that throws when it is read rejects its call, and no call stays', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    const hostile = Object.defineProperty({}, 'kind', {
      get() {
        throw new RangeError('do not read')
      },
    }) as Address
    await assert.rejects(() => node.call(hostile, 'ask', 1), RangeError)
    const ofProcess = node.call(pid, 'ask', (context) => context.call(hostile, 'ask', 1))
    await assert.rejects(ofProcess, { code: 'HANDLER_FAILED' })
    await clock.advance(10_000)
    assert.equal(clock.pending(), 0)
    await assertWell(test)
  })
})

describe('a signal', () => {
  it('that cannot be listened to rejects its call; one that cannot be left does not', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await play(node)
    const refuse = (): never => {
      throw new RangeError('no listeners')
    }
    const ask = (signal: object) =>
      node.call(pid, 'ask', () => 'answer', { signal: signal as AbortSignal })
    await assert.rejects(ask({ addEventListener: refuse }), RangeError)
    assert.equal(await ask({ addEventListener() {}, removeEventListener: refuse }), 'answer')
    assert.equal(await ask({ addEventListener() {} }), 'answer')
    assert.equal(node.isAlive(pid), true)
    await assertWell(test)
  })
})

/** What a process does with garbage; each must be harmless, or an error of Troupe. */
const DEEDS = [
  'link',
  'unlink',
  'monitor',
  'demonitor',
  'deleteAlias',
  'forward',
  'tryForward',
  'subscribe',
  'unsubscribe',
  'unregisterEvent',
  'publish',
  'mailboxLength',
  'loadOf',
  'preservedMailbox',
  'ended',
  'exit',
  'kill',
] as const

async function doAll(context: ProcessContext, to: unknown): Promise<void> {
  context.trapExit(true)
  const verbs = context as unknown as Record<string, (to: unknown, more: unknown) => unknown>
  for (const deed of DEEDS) {
    try {
      await verbs[deed]?.(to, 'shutdown')
    } catch (error) {
      assert.ok(TroupeError.is(error), `${deed} of ${told(to)}: ${String(error)}`)
    }
  }
}

describe('a process that does anything with what is no address', () => {
  it('gets a coded error or nothing, and goes on', async () => {
    await using test = await testNode()
    const { node, clock } = test
    for (const [to] of GARBAGE) {
      const { pid } = await play(node)
      const before = node.account().handled
      node.send(pid, 'act', (context) => doAll(context, to))
      await clock.settle()
      assert.equal(node.isAlive(pid), true, told(to))
      // What could not be handed on is counted as such and not as handled.
      assert.ok(node.account().handled > before || dropped(node, 'route-failed') > 0)
    }
    await assertWell(test)
  })
})

const NO_NAMES = [undefined, null, 5, {}, Symbol('act'), Object.create(null)]

describe('what cannot name a message', () => {
  it('is refused, naming the option, before anything is counted', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await play(node)
    const before = node.account().sent
    const wrong = NO_NAMES.map((name) => ['the option message', name] as const)
    for (const verb of [...VERBS, 'call'] as const) {
      const verbs = node as unknown as Record<string, (to: Pid, name: never) => unknown>
      await assertRefused(wrong, (name) => verbs[verb]?.(pid, name))
    }
    assert.equal(node.account().sent, before)
    await assertWell(test)
    assert.equal(await node.call(pid, 'ask', () => 'still here'), 'still here')
  })

  it('is refused when it would be sent later', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await play(node)
    const answer = node.call(pid, 'ask', (context) =>
      refusal(() => context.sendAfter(10, pid as Pid, undefined as never)),
    )
    assert.match(String(await answer), /the option message/)
    await assertWell(test)
  })
})

describe('a message that nobody names', () => {
  it('is a dead letter, and its caller is told, whatever it is called', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await play(node)
    for (const name of ['', ' ', '__proto__', 'constructor', 'toString', 'x'.repeat(10_000)]) {
      assert.equal(node.send(pid as Pid, name), undefined)
      await assert.rejects(node.call(pid as Pid, name), { code: 'MESSAGE_UNKNOWN' })
    }
    assert.equal(dropped(node, 'message-unknown'), 12)
    await assertWell(test)
  })
})
