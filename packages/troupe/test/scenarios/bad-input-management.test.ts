/**
 * Issue 2, section 7: nonsense asked of running supervisors, pools and routers. They go on.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  message,
  type Node,
  type Pid,
  pool,
  protocol,
  request,
  router,
  supervisor,
  TroupeError,
} from 'troupe'
import { testNode } from 'troupe/testing'
import { hostileProxy, lives, revokedProxy } from '#test/scenarios/bad-input'

const Work = protocol('work', { item: message<unknown>(), ask: request<unknown, string>() })
const worker = actor(Work, { on: { item() {}, ask: () => 'done' } })

const nonsense: readonly unknown[] = [
  undefined,
  null,
  5,
  Number.NaN,
  '',
  'nobody',
  '__proto__',
  Symbol('x'),
  [],
  {},
  Object.create(null),
  { name: 5 },
  { name: '' },
  { name: 'worker', args: 'abc' },
  { name: 'worker', as: 5 },
  { name: 'worker', as: '' },
  { name: 'worker', start: {} },
  { name: 'other', start: null },
  { name: 'other', start: worker, args: 5 },
  { name: 'other', start: worker, options: 5 },
  { name: 'other', start: worker, options: { mailbox: null } },
  { name: 'other', start: worker, ready: 'yes' },
  { name: 'other', start: worker, restart: 'often' },
  { name: 'other', start: worker, shutdownMs: -1 },
  { name: 'other', start: worker, readyTimeoutMs: 0 },
  { name: 'other', start: worker, intensity: null },
  { name: 'other', start: worker, intensity: { restarts: -1, withinMs: 1 } },
  hostileProxy(),
  revokedProxy(),
]

/** Asks with every kind of nonsense: each answer is a coded error or, now and then, fine. */
async function askAll(node: Node, pid: Pid, requests: readonly string[]): Promise<void> {
  for (const name of requests) {
    for (const [at, payload] of nonsense.entries()) {
      try {
        await node.call(pid, name, payload)
      } catch (error) {
        assert.ok(TroupeError.is(error), `${name} of number ${at}: not coded: ${String(error)}`)
        assert.notEqual(error.code, 'CALLEE_ENDED', `${name} of number ${at} ended it`)
        assert.notEqual(error.code, 'HANDLER_FAILED', `${name} of number ${at} failed`)
      }
    }
  }
}

const SUPERVISOR_REQUESTS = [
  'startChild',
  'addChild',
  'stopChild',
  'deleteChild',
  'disableChild',
  'enableChild',
  'children',
  'counters',
]

describe('a supervisor that is asked nonsense', () => {
  for (const type of ['one-for-one', 'rest-for-one', 'simple-one-for-one'] as const) {
    it(`goes on as ${type}, and tells what is wrong`, async () => {
      await using test = await testNode()
      const { node } = test
      const children = [{ name: 'worker', start: worker }]
      const definition = supervisor({ type, children } as never)
      const pid = await node.spawn(definition, { name: 'boss' })
      await askAll(node, pid, SUPERVISOR_REQUESTS)
      assert.ok(node.isAlive(pid))
      assert.ok(Array.isArray(await node.call(pid, 'children')))
      await lives(test)
    })
  }
})

describe('a pool that is asked nonsense', () => {
  it('goes on, and tells what is wrong', async () => {
    await using test = await testNode()
    const { node } = test
    const pid = await node.spawn(pool({ worker, size: 2 }))
    await askAll(node, pid, ['grow', 'shrink', 'stats', 'ask', 'nothing'])
    const { size } = await node.call(pid, 'stats')
    assert.equal(size, 2)
    await lives(test)
  })
})

describe('a router that is asked nonsense', () => {
  const requests = [
    'addRoute',
    'removeRoute',
    'disableRoute',
    'enableRoute',
    'replaceRoute',
    'routes',
    'routerStats',
    'ask',
    'nothing',
  ]

  it('goes on, and tells what is wrong', async () => {
    await using test = await testNode()
    const { node } = test
    const routes = [{ name: 'worker', start: worker }]
    const definition = router({ protocol: Work, route: () => 'worker', routes })
    const pid = await node.spawn(definition)
    await askAll(node, pid, requests)
    assert.equal(await node.call(pid, 'ask', 1), 'done')
    await lives(test)
  })

  it('refuses a message for which its function gives nonsense, and goes on', async () => {
    await using test = await testNode()
    const { node, clock } = test
    for (const result of nonsense) {
      const route = (() => result) as () => string
      const pid = await node.spawn(router({ protocol: Work, route, routes: [] }))
      node.send(pid, 'item', 1)
      await assert.rejects(node.call(pid, 'ask', 1), (error) => TroupeError.is(error))
      await clock.settle()
      assert.ok(node.isAlive(pid), String(typeof result))
    }
    await lives(test)
  })
})
