/**
 * Requests to a service on simulated nodes: tries, breakers, hedges, limits.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  eventName,
  protocol,
  request,
  SERVICE_EVENT,
  type ServiceNotice,
  type ServiceOptions,
  service,
} from 'troupe'
import { codeOf, Shop, shop, shopCluster, shopShares } from '#test/unit/routing/routing-kit'

/** Runs, and the process that should answer is not there. */
const HOLLOW = { members: [{ name: 'nobody-asks-this-one', start: shop }] }
const asked = (options: ServiceOptions = {}) => service('shop', Shop, options)

const Listener = protocol('listener', { ready: request<void, void>() })
/** Notes what the event of services tells. */
const listener = actor(Listener, {
  init: (told: ServiceNotice[]) => told,
  started: (_told, context) => context.subscribe(eventName<ServiceNotice>(SERVICE_EVENT)),
  on: { ready: () => undefined },
  handleEvent: (told, event) => void told.push(event.message as ServiceNotice),
})

describe('a request to a service', () => {
  it('is made again elsewhere when nobody can have begun with it', async () => {
    const test = await shopCluster({ good: {}, hollow: HOLLOW })
    const shares = await shopShares(test, 60, { breaker: 'off', retry: { budget: 1 } })
    assert.deepEqual(shares, { 'good@sim': 60 })
    const info = test.front.services.info('shop')
    const failed = info?.routes.find(({ route }) => route.node === 'hollow@sim')?.failed ?? 0
    assert.ok(failed >= 29 && failed <= 31, String(failed))
    assert.equal(info?.retried, failed)
    await test.cluster.stop()
  })

  it('is made once without tries again', async () => {
    const test = await shopCluster({ hollow: HOLLOW })
    const failed = await test.clock.until(
      test.front.call(asked({ retry: 'off' }), 'who').catch(codeOf),
    )
    assert.equal(failed, 'NAME_UNKNOWN')
    assert.equal(test.front.services.info('shop')?.routes[0]?.sent, 1)
    await test.cluster.stop()
  })

  it('that may have begun is made again only when it is idempotent', async () => {
    const test = await shopCluster({ one: {}, two: {} })
    const { front, clock } = test
    const once = front.call(asked({ tryTimeoutMs: 50 }), 'hold').catch(codeOf)
    assert.equal(await clock.until(once), 'CALL_TIMEOUT')
    assert.equal(front.services.info('shop')?.retried, 0)
    const again = asked({ tryTimeoutMs: 50, retry: { idempotent: ['hold'] } })
    assert.equal(await clock.until(front.call(again, 'hold').catch(codeOf)), 'CALL_TIMEOUT')
    assert.equal(front.services.info('shop')?.retried, 2)
    await test.cluster.stop()
  })

  it('is not made again beyond the budget', async () => {
    const test = await shopCluster({ hollow: HOLLOW })
    const retry = { tries: 2, budget: 0.1, budgetPerSecond: 5 }
    const calls = Array.from({ length: 100 }, () =>
      test.front.call(asked({ retry, breaker: 'off' }), 'who').catch(codeOf),
    )
    const codes = new Set(await test.clock.until(Promise.all(calls)))
    assert.deepEqual([...codes], ['NAME_UNKNOWN'])
    const info = test.front.services.info('shop')
    assert.ok((info?.retried ?? 0) <= 16, String(info?.retried))
    assert.ok((info?.retried ?? 0) >= 14, String(info?.retried))
    assert.equal((info?.retried ?? 0) + (info?.overBudget ?? 0), 100)
    await test.cluster.stop()
  })

  it('keeps the time limit of its caller over all tries', async () => {
    const test = await shopCluster({ one: {}, two: {} })
    const { front, clock } = test
    const again = asked({ tryTimeoutMs: 300, retry: { idempotent: 'all', tries: 10 } })
    const sinceMs = clock.nowMs()
    const failed = front.call(again, 'hold', undefined, { timeoutMs: 1_000 }).catch(codeOf)
    assert.equal(await clock.until(failed), 'CALL_TIMEOUT')
    const tookMs = clock.nowMs() - sinceMs
    assert.ok(tookMs <= 1_020 && tookMs >= 900, String(tookMs))
    await test.cluster.stop()
  })

  it('ends with its signal, also while it waits to be made again', async () => {
    const test = await shopCluster({ hollow: HOLLOW })
    const { front, clock } = test
    const abort = new AbortController()
    const retry = { backoffMs: 1_000, tries: 9 }
    const failed = front
      .call(asked({ retry }), 'who', undefined, { signal: abort.signal })
      .catch(codeOf)
    await clock.advance(100)
    abort.abort()
    assert.equal(await failed, 'CALL_ABORTED')
    await clock.advance(10_000)
    assert.equal(front.services.info('shop')?.routes[0]?.sent, 1)
    await test.cluster.stop()
  })

  it('that may be done twice survives the crash of a node', async () => {
    const test = await shopCluster({ one: {}, two: {}, three: {} })
    const { front, clock, cluster } = test
    const safe = asked({ tryTimeoutMs: 200, retry: { idempotent: 'all', budget: 1 } })
    const open: Promise<string>[] = []
    for (let at = 0; at < 300; at += 1) {
      open.push(front.call(safe, 'who', at).catch(codeOf))
      if (at === 100) cluster.crash('two', { how: 'silent' })
      await clock.advance(2)
    }
    const answers = await clock.until(Promise.all(open))
    assert.deepEqual([...new Set(answers)].sort(), ['one@sim', 'three@sim', 'two@sim'])
    const dead = front.services.info('shop')?.routes.find(({ route }) => route.node === 'two@sim')
    assert.notEqual(dead?.breaker ?? 'open', 'closed')
    await cluster.stop()
  })

  it('is rejected with whatever the function for its key throws', async () => {
    const test = await shopCluster({ one: {} })
    const key = (): string => {
      throw new RangeError('no key')
    }
    const keyed = asked({ policy: { kind: 'hash', key } })
    await assert.rejects(test.front.call(keyed, 'who'), RangeError)
    assert.equal(test.front.send(keyed, 'note'), 'NO_ROUTE')
    await test.cluster.stop()
  })

  it('ends with the node of its caller, whatever it waits for', async () => {
    const test = await shopCluster({ one: {}, hollow: HOLLOW })
    const { front, clock } = test
    const open = Array.from({ length: 8 }, () => front.call(asked(), 'hold').catch(codeOf))
    await clock.advance(100)
    await clock.until(front.stop())
    const codes = new Set(await clock.until(Promise.all(open)))
    assert.deepEqual([...codes], ['NODE_STOPPED'])
    await test.cluster.stop()
  })
})

describe('a hedged request', () => {
  const options = { hedgeAfterMs: 40, retry: { idempotent: 'all' as const } }

  it('takes the first answer and counts the other one', async () => {
    const test = await shopCluster({ one: {}, two: {} })
    const { front, clock, nodeOf } = test
    const call = front.call(asked(options), 'hold')
    await clock.advance(30)
    assert.equal(front.services.info('shop')?.hedged, 0)
    await clock.advance(30)
    assert.equal(front.services.info('shop')?.hedged, 1)
    const routes = front.services.info('shop')?.routes ?? []
    assert.deepEqual(
      routes.map(({ pending }) => pending),
      [1, 1],
    )
    nodeOf('two').send('shop', 'release')
    assert.equal(await clock.until(call), 'two@sim')
    nodeOf('one').send('shop', 'release')
    await clock.advance(30)
    const info = front.services.info('shop')
    assert.equal(info?.late, 1)
    assert.deepEqual(
      info?.routes.map(({ pending, answered }) => [pending, answered]),
      [
        [0, 1],
        [0, 1],
      ],
    )
    await test.cluster.stop()
  })

  it('asks nobody twice when it may not be done twice', async () => {
    const test = await shopCluster({ one: {}, two: {} })
    const call = test.front.call(asked({ hedgeAfterMs: 40 }), 'hold').catch(codeOf)
    assert.equal(await test.clock.until(call), 'CALL_TIMEOUT')
    assert.equal(test.front.services.info('shop')?.hedged, 0)
    await test.cluster.stop()
  })

  it('asks nobody twice without a budget', async () => {
    const test = await shopCluster({ one: {}, two: {} })
    const poor = { hedgeAfterMs: 40, retry: { ...options.retry, budget: 0, budgetPerSecond: 0 } }
    assert.equal(
      await test.clock.until(test.front.call(asked(poor), 'hold').catch(codeOf)),
      'CALL_TIMEOUT',
    )
    const info = test.front.services.info('shop')
    assert.deepEqual([info?.hedged, info?.overBudget], [0, 1])
    await test.cluster.stop()
  })
})

describe('the breaker of a node', () => {
  const breaker = { failures: 3, openMs: 100, openMaxMs: 400 }

  it('opens, lets one probe through, and closes when that is answered', async () => {
    const test = await shopCluster({ hollow: HOLLOW })
    const { front, clock, nodeOf } = test
    const told: ServiceNotice[] = []
    await clock.until(front.spawn(listener, { args: [told] }))
    const lame = asked({ breaker, retry: 'off' })
    const call = () => clock.until(front.call(lame, 'who').catch(codeOf))
    const state = () => {
      const [route] = front.services.info('shop')?.routes ?? []
      return `${route?.breaker} ${route?.failures}`
    }
    assert.deepEqual([await call(), await call(), await call()], Array(3).fill('NAME_UNKNOWN'))
    assert.equal(state(), 'open 3')
    assert.equal(await call(), 'SERVICE_UNAVAILABLE')
    await clock.advance(100)
    const both = await clock.until(
      Promise.all([front.call(lame, 'who').catch(codeOf), front.call(lame, 'who').catch(codeOf)]),
    )
    assert.deepEqual(both, ['NAME_UNKNOWN', 'SERVICE_UNAVAILABLE'])
    assert.equal(state(), 'open 4')
    await clock.until(nodeOf('hollow').spawn(shop, { name: 'shop' }))
    await clock.advance(150)
    assert.equal(await call(), 'SERVICE_UNAVAILABLE')
    await clock.advance(100)
    assert.equal(await call(), 'hollow@sim')
    assert.equal(state(), 'closed 0')
    await clock.advance(10)
    assert.deepEqual(
      told.map(({ kind, service: name, node }) => `${kind} ${name} ${node}`),
      [
        'breaker-opened shop hollow@sim',
        'breaker-half-open shop hollow@sim',
        'breaker-opened shop hollow@sim',
        'breaker-half-open shop hollow@sim',
        'breaker-closed shop hollow@sim',
      ],
    )
    await test.cluster.stop()
  })

  it('keeps all others working, and its node out of their way', async () => {
    const test = await shopCluster({ good: {}, hollow: HOLLOW })
    await shopShares(test, 20, { breaker })
    const before = test.front.services.info('shop')?.retried ?? 0
    assert.deepEqual(await shopShares(test, 100, { breaker }), { 'good@sim': 100 })
    assert.equal(test.front.services.info('shop')?.retried, before)
    await test.cluster.stop()
  })

  it('asks for another probe when the caller of the first one gave up', async () => {
    const test = await shopCluster({ hollow: HOLLOW })
    const { front, clock, nodeOf } = test
    const lame = asked({ breaker, retry: 'off' })
    for (let at = 0; at < 3; at += 1) await clock.until(front.call(lame, 'who').catch(codeOf))
    await clock.until(nodeOf('hollow').spawn(shop, { name: 'shop' }))
    await clock.advance(100)
    const abort = new AbortController()
    const given = front.call(lame, 'hold', undefined, { signal: abort.signal }).catch(codeOf)
    await clock.advance(10)
    abort.abort()
    assert.equal(await given, 'CALL_ABORTED')
    assert.equal(await clock.until(front.call(lame, 'who')), 'hollow@sim')
    await test.cluster.stop()
  })

  it('does not count what a handler or a full mailbox answers', async () => {
    const Odd = protocol('odd', { fail: request<void, void>() })
    const odd = actor(Odd, {
      init: () => ({}),
      on: {
        fail: () => {
          throw new TypeError('boom')
        },
      },
    })
    const test = await shopCluster({ one: { members: [{ name: 'other', start: shop }] } })
    const { front, clock, nodeOf } = test
    for (let at = 0; at < 6; at += 1) {
      await clock.until(nodeOf('one').spawn(odd, { name: 'shop' }))
      const failed = front.call(service('shop', Odd, { breaker }), 'fail').catch(codeOf)
      assert.equal(await clock.until(failed), 'HANDLER_FAILED')
    }
    assert.equal(front.services.info('shop')?.routes[0]?.breaker, 'closed')
    await test.cluster.stop()
  })
})
