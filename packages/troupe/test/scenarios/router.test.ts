/**
 * What a router does: choose, hand on, refuse, and change its routes while it runs.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type TestNode, testNode } from 'troupe/testing'
import { actor, pool, router } from '#actor'
import { message, type NameOf, type Pid, protocol, request } from '#contract'
import { makeGate, play } from '#test/scenarios/scripted'
import { codeOf } from '#test/scenarios/supervised'

const Shop = protocol('shop', {
  buy: message<{ readonly by: string }>(),
  bought: request<{ readonly by: string }, number>(),
  from: request<{ readonly by: string }, number | undefined>(),
  block: message<{ readonly by: string; readonly until: Promise<void> }>(),
  fail: message<{ readonly by: string }>(),
})

const shop = actor(Shop, {
  init: (start?: number) => ({ count: start ?? 0 }),
  on: {
    buy(state) {
      state.count += 1
    },
    bought: (state) => state.count,
    from: (_state, _who, context) => context.from?.id,
    block: (_state, { until }) => until,
    fail() {
      throw new RangeError('on purpose')
    },
  },
})

/** By name; `thrower` and nobody are the special guests. */
const byCustomer = (_message: NameOf<typeof Shop>, { by }: { readonly by: string }) => {
  if (by === 'thrower') throw new RangeError('no route for you')
  return by === 'nobody' ? undefined : by
}

const spec = {
  protocol: Shop,
  route: byCustomer,
  routes: [
    { name: 'ann', start: shop },
    { name: 'bob', start: shop, args: [10] },
  ],
} as const

const lost = (test: TestNode): number => test.node.account().dropped['route-failed']

describe('a router', () => {
  it('hands messages and requests to the worker its function names', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(router(spec))
    for (const by of ['ann', 'bob', 'ann']) test.node.send(pid, 'buy', { by })
    assert.equal(await test.node.call(pid, 'bought', { by: 'ann' }), 2)
    assert.equal(await test.node.call(pid, 'bought', { by: 'bob' }), 11)
    const infos = await test.node.call(pid, 'routes')
    assert.deepEqual(
      infos.map(({ name, state, forwarded }) => [name, state, forwarded]),
      [
        ['ann', 'running', 3],
        ['bob', 'running', 2],
      ],
    )
  })

  it('keeps sender and caller', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(router(spec))
    const caller = await play(test.node)
    const asked = test.node.call(caller.pid, 'ask', (context) =>
      context.call(pid, 'from', { by: 'ann' }),
    )
    assert.equal(await asked, caller.pid.id)
  })

  it('looks for a name among its routes first, then among the names of the node', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(router(spec))
    await test.node.spawn(shop, { name: 'carl', args: [7] })
    await test.node.spawn(shop, { name: 'ann', args: [99] })
    assert.equal(await test.node.call(pid, 'bought', { by: 'carl' }), 7)
    assert.equal(await test.node.call(pid, 'bought', { by: 'ann' }), 0)
  })

  it('without routes and protocol hands anything on by name: a free router', async () => {
    await using test = await testNode()
    const free = router({ route: (_name, payload) => (payload as { by: string }).by })
    const pid = await test.node.spawn(free)
    await test.node.spawn(shop, { name: 'carl' })
    test.node.send(pid, 'buy', { by: 'carl' })
    assert.equal(await test.node.call(pid, 'bought', { by: 'carl' }), 1)
    const stats = await test.node.call(pid, 'routerStats')
    assert.equal((stats as { forwarded: number }).forwarded, 2)
  })

  it('shards over pools by their names', async () => {
    await using test = await testNode()
    for (const name of ['even', 'odd']) {
      await test.node.spawn(pool({ worker: shop, size: 2 }), { name })
    }
    const shards = router({
      protocol: Shop,
      route: (_name, { by }) => (by.length % 2 === 0 ? 'even' : 'odd'),
    })
    const pid = await test.node.spawn(shards)
    for (const by of ['ann', 'otto', 'bob', 'anna']) test.node.send(pid, 'buy', { by })
    await test.clock.settle()
    const forwarded = async (name: string) =>
      ((await test.node.call(name, 'stats')) as { forwarded: number }).forwarded
    assert.deepEqual([await forwarded('even'), await forwarded('odd')], [2, 2])
  })
})

describe('a message a router cannot hand on', () => {
  it('is discarded on purpose, which a caller is told', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(router(spec))
    test.node.send(pid, 'buy', { by: 'nobody' })
    assert.equal(await codeOf(test.node.call(pid, 'bought', { by: 'nobody' })), 'MESSAGE_DISCARDED')
    const { discarded, failed } = await test.node.call(pid, 'routerStats')
    assert.deepEqual([discarded, failed, lost(test)], [2, 0, 0])
  })

  it('has no route: a dead letter, or a rejected call', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(router(spec))
    test.node.send(pid, 'buy', { by: 'zoe' })
    assert.equal(await codeOf(test.node.call(pid, 'bought', { by: 'zoe' })), 'ROUTE_UNKNOWN')
    const { failed } = await test.node.call(pid, 'routerStats')
    assert.deepEqual([failed, lost(test)], [2, 2])
  })

  it('finds a full mailbox', async () => {
    await using test = await testNode()
    const options = { mailbox: { lengthMax: 1 } }
    const routes = [{ name: 'ann', start: shop, options }] as const
    const pid = await test.node.spawn(router({ ...spec, routes }))
    const gate = makeGate()
    test.node.send(pid, 'block', { by: 'ann', until: gate.closed })
    await test.clock.settle()
    test.node.send(pid, 'buy', { by: 'ann' })
    test.node.send(pid, 'buy', { by: 'ann' })
    assert.equal(await codeOf(test.node.call(pid, 'bought', { by: 'ann' })), 'MAILBOX_FULL')
    assert.equal(lost(test), 2)
    gate.open()
  })

  it('made the function throw, which harms nobody else', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(router(spec))
    test.node.send(pid, 'buy', { by: 'thrower' })
    const asked = test.node.call(pid, 'bought', { by: 'thrower' })
    await assert.rejects(asked, { code: 'HANDLER_FAILED', message: /no route for you/ })
    assert.equal(lost(test), 2)
    assert.equal(await test.node.call(pid, 'bought', { by: 'bob' }), 10)
  })

  it('is unknown to its protocol', async () => {
    await using test = await testNode()
    const pid = (await test.node.spawn(router(spec))) as Pid
    assert.equal(await codeOf(test.node.call(pid, 'sell', { by: 'ann' })), 'MESSAGE_UNKNOWN')
  })
})

describe('the worker of a route', () => {
  it('is replaced when it ends, and messages meanwhile wait for the next', async () => {
    await using test = await testNode()
    const gate = makeGate()
    let starts = 0
    const slow = actor(Shop, {
      init: async () => {
        starts += 1
        if (starts > 1) await gate.closed
        return { count: starts }
      },
      on: {
        buy: () => {},
        bought: ({ count }) => count,
        from: () => undefined,
        block: () => {},
        fail() {
          throw new RangeError('on purpose')
        },
      },
    })
    const routes = [{ name: 'ann', start: slow }] as const
    const pid = await test.node.spawn(router({ ...spec, routes }))
    test.node.send(pid, 'fail', { by: 'ann' })
    await test.clock.settle()
    const asked = test.node.call(pid, 'bought', { by: 'ann' })
    gate.open()
    assert.equal(await asked, 2)
    assert.equal((await test.node.call(pid, 'routes'))[0]?.restarts, 1)
  })

  it('that ends too often is replaced later, and its callers are told meanwhile', async () => {
    await using test = await testNode()
    const backoff = { firstMs: 100, jitter: 0 }
    const respawn = { restarts: 0, withinMs: 1_000 }
    const pid = await test.node.spawn(router({ ...spec, backoff, respawn }))
    test.node.send(pid, 'fail', { by: 'ann' })
    await test.clock.settle()
    const asked = (by: string) => codeOf(test.node.call(pid, 'bought', { by }))
    assert.deepEqual([await asked('ann'), await asked('bob')], ['ROUTE_BUSY', 'fine'])
    assert.equal((await test.node.call(pid, 'routes'))[0]?.state, 'waiting')
    await test.clock.advance(100)
    assert.equal(await asked('ann'), 'fine')
  })
})

describe('the routes of a running router', () => {
  const asked = (test: TestNode, pid: Pid<typeof Shop>, by: string) =>
    test.node.call(pid, 'bought', { by }).catch((error) => error.code)

  it('are added and removed', async () => {
    await using test = await testNode()
    const { node } = test
    const pid = await node.spawn(router(spec))
    const route = { name: 'carl', start: shop, args: [5] }
    const added = await node.call(pid, 'addRoute', route)
    assert.equal(await asked(test, pid, 'carl'), 5)
    assert.equal(await codeOf(node.call(pid, 'addRoute', route)), 'ROUTE_TAKEN')
    assert.equal(await node.call(pid, 'removeRoute', 'carl'), true)
    assert.equal(await node.call(pid, 'removeRoute', 'carl'), false)
    assert.equal(await asked(test, pid, 'carl'), 'ROUTE_UNKNOWN')
    await test.clock.settle()
    assert.equal(node.isAlive(added), false)
  })

  it('finish what they have when they are removed', async () => {
    await using test = await testNode()
    const { node } = test
    const pid = await node.spawn(router(spec))
    const gate = makeGate()
    node.send(pid, 'block', { by: 'bob', until: gate.closed })
    const waiting = asked(test, pid, 'bob')
    await test.clock.settle()
    await node.call(pid, 'removeRoute', 'bob')
    await test.clock.advance(1_000)
    gate.open()
    assert.equal(await waiting, 10)
  })

  it('are disabled and enabled', async () => {
    await using test = await testNode()
    const { node } = test
    const pid = await node.spawn(router(spec))
    await node.call(pid, 'disableRoute', 'bob')
    assert.equal(await asked(test, pid, 'bob'), 'ROUTE_DISABLED')
    const { disabled } = await node.call(pid, 'routerStats')
    assert.equal(disabled, 1)
    const enabled = await node.call(pid, 'enableRoute', 'bob')
    assert.equal(await asked(test, pid, 'bob'), 10)
    assert.equal(await node.call(pid, 'enableRoute', 'bob'), enabled)
    assert.equal(await codeOf(node.call(pid, 'disableRoute', 'zoe')), 'ROUTE_UNKNOWN')
  })

  it('are replaced without a gap: the new worker runs before the old one goes', async () => {
    await using test = await testNode()
    const { node } = test
    const pid = await node.spawn(router(spec))
    const gate = makeGate()
    const slow = actor(Shop, {
      init: async () => {
        await gate.closed
        return 77
      },
      on: {
        buy: () => {},
        bought: (state) => state,
        from: () => undefined,
        block: () => {},
        fail: () => {},
      },
    })
    const replacing = node.call(pid, 'replaceRoute', { name: 'bob', start: slow })
    assert.equal(await asked(test, pid, 'bob'), 10)
    assert.equal(await codeOf(node.call(pid, 'disableRoute', 'bob')), 'ROUTE_BUSY')
    gate.open()
    await replacing
    assert.equal(await asked(test, pid, 'bob'), 77)
    await test.clock.settle()
    assert.equal(node.processes().length, 3)
  })

  it('stay as they are when their replacement does not start', async () => {
    await using test = await testNode()
    const { node } = test
    const pid = await node.spawn(router(spec))
    const broken = actor(protocol('broken', {}), {
      init: () => {
        throw new RangeError('broken')
      },
      on: {},
    })
    const replacing = node.call(pid, 'replaceRoute', { name: 'bob', start: broken })
    assert.equal(await codeOf(replacing), 'INIT_FAILED')
    assert.equal(await asked(test, pid, 'bob'), 10)
    const adding = node.call(pid, 'addRoute', { name: 'carl', start: broken })
    assert.equal(await codeOf(adding), 'INIT_FAILED')
    assert.equal(await asked(test, pid, 'carl'), 'ROUTE_UNKNOWN')
  })

  it('start all or none', async () => {
    await using test = await testNode()
    const broken = actor(protocol('broken', {}), {
      init: (_start?: number) => {
        throw new RangeError('broken')
      },
      on: {},
    })
    const routes = [...spec.routes, { name: 'carl', start: broken }] as const
    assert.equal(await codeOf(test.node.spawn(router({ ...spec, routes }))), 'INIT_FAILED')
    await test.clock.settle()
    assert.equal(test.node.processes().length, 0)
  })

  it('stop with their router', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(router(spec))
    test.node.exit(pid, 'shutdown')
    await test.clock.settle()
    assert.equal(test.node.processes().length, 0)
  })
})
