/**
 * Services on simulated nodes: who gets what, and what is told when nobody can.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Node, type ServiceOptions, service, TroupeError } from 'troupe'
import { testNode } from 'troupe/testing'
import { Shop, shopApplication, shopCluster } from '#test/unit/routing/routing-kit'

/** How often each node answers out of `count` calls. */
async function share(
  { clock, front }: { clock: { until<T>(p: Promise<T>): Promise<T> }; front: Node },
  count: number,
  options?: ServiceOptions,
): Promise<Readonly<Record<string, number>>> {
  const shares: Record<string, number> = {}
  const open = Array.from({ length: count }, () =>
    front.call(service('shop', Shop, options), 'who'),
  )
  for (const node of await clock.until(Promise.all(open))) shares[node] = (shares[node] ?? 0) + 1
  return shares
}

const code = (thrown: unknown): string => (TroupeError.is(thrown) ? thrown.code : String(thrown))

describe('a service', () => {
  it('is asked on the own node without a network', async () => {
    await using test = await testNode({ applications: [shopApplication()] })
    assert.equal(await test.node.call(service('shop', Shop), 'who'), 'test@localhost')
    assert.equal(test.node.send(service('shop', Shop), 'note'), undefined)
    assert.equal(await test.node.sendImportant(service('shop', Shop), 'note'), undefined)
    assert.equal(await test.node.sendWhenRoom(service('shop', Shop), 'note'), undefined)
    assert.equal(await test.node.call(service('shop', Shop), 'noted'), 3)
  })

  it('that nobody offers is NO_ROUTE at once, for sends and calls', async () => {
    await using test = await testNode()
    const nobody = service('nobody', Shop)
    assert.equal(test.node.send(nobody, 'note'), 'NO_ROUTE')
    assert.equal(await test.node.sendImportant(nobody, 'note'), 'NO_ROUTE')
    assert.equal(await test.node.sendWhenRoom(nobody, 'note'), 'NO_ROUTE')
    await assert.rejects(test.node.call(nobody, 'who'), { code: 'NO_ROUTE' })
    const { sent, dropped } = test.node.account()
    assert.equal(sent, 4)
    assert.equal(dropped['no-route'], 4)
  })

  it('gives a canary of weight 10 its tenth of 10,000 calls', async () => {
    const test = await shopCluster({ old: { weight: 90 }, canary: { weight: 10 } })
    const shares = await share(test, 10_000)
    assert.ok(Math.abs((shares['canary@sim'] ?? 0) - 1_000) <= 1, JSON.stringify(shares))
    assert.equal((shares['old@sim'] ?? 0) + (shares['canary@sim'] ?? 0), 10_000)
    await test.cluster.stop()
  })

  it('obeys a weight that is changed with the event that tells it', async () => {
    const test = await shopCluster({ one: {}, two: {} })
    await share(test, 7)
    test.nodeOf('two').changeApplication('shop', { weight: 0 })
    await test.clock.advance(5)
    assert.deepEqual(await share(test, 50), { 'one@sim': 50 })
    test.nodeOf('one').changeApplication('shop', { weight: 0 })
    await test.clock.advance(5)
    const refused = await test.front.call(service('shop', Shop), 'who').catch(code)
    assert.equal(refused, 'NO_ROUTE')
    test.nodeOf('two').changeApplication('shop', { weight: 7 })
    await test.clock.advance(5)
    assert.deepEqual(await share(test, 50), { 'two@sim': 50 })
    await test.cluster.stop()
  })
})
