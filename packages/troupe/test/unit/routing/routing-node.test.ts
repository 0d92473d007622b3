/**
 * Services on simulated nodes: who gets what, and what is told when nobody can.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ApplicationRoute, actor, protocol, type Routed, request, service } from 'troupe'
import { testNode } from 'troupe/testing'
import {
  codeOf,
  Shop,
  shopApplication,
  shopCluster,
  shopShares,
} from '#test/unit/routing/routing-kit'

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
    assert.equal(test.node.services.info('nobody')?.unrouted, 4)
  })

  it('gives a canary of weight 10 its tenth of 10,000 calls', async () => {
    const test = await shopCluster({ old: { weight: 90 }, canary: { weight: 10 } })
    const shares = await shopShares(test, 10_000)
    assert.ok(Math.abs((shares['canary@sim'] ?? 0) - 1_000) <= 1, JSON.stringify(shares))
    assert.equal((shares['old@sim'] ?? 0) + (shares['canary@sim'] ?? 0), 10_000)
    await test.cluster.stop()
  })

  it('keeps one round for all that ask alike, however often the service is made', async () => {
    const test = await shopCluster({ old: { weight: 90 }, canary: { weight: 10 } })
    const found: string[] = []
    for (let at = 0; at < 200; at += 1) {
      const made = service('shop', Shop, { tags: [], policy: 'weighted' })
      found.push(await test.clock.until(test.front.call(made, 'who')))
    }
    const canary = found.filter((node) => node === 'canary@sim').length
    assert.ok(Math.abs(canary - 20) <= 1, String(canary))
    await test.cluster.stop()
  })

  it('obeys a weight that is changed with the event that tells it', async () => {
    const test = await shopCluster({ one: {}, two: {} })
    await shopShares(test, 7)
    test.nodeOf('two').changeApplication('shop', { weight: 0 })
    await test.clock.advance(5)
    assert.deepEqual(await shopShares(test, 50), { 'one@sim': 50 })
    test.nodeOf('one').changeApplication('shop', { weight: 0 })
    await test.clock.advance(5)
    const refused = await test.front.call(service('shop', Shop), 'who').catch(codeOf)
    assert.equal(refused, 'NO_ROUTE')
    test.nodeOf('two').changeApplication('shop', { weight: 7 })
    await test.clock.advance(5)
    assert.deepEqual(await shopShares(test, 50), { 'two@sim': 50 })
    await test.cluster.stop()
  })

  it('never gives anything to a weight of 0, under any policy', async () => {
    const test = await shopCluster({ none: { weight: 0 }, some: { weight: 3 } })
    const seen: (readonly string[])[] = []
    const policies = [
      ...(['weighted', 'least-pending', 'random', 'local-first'] as const),
      { kind: 'hash', key: ({ payload }: Routed) => Number(payload) } as const,
      {
        kind: 'own' as const,
        choose: (all: readonly { readonly route: ApplicationRoute }[]) => {
          seen.push(all.map(({ route }) => route.node))
          return all.length - 1
        },
      },
    ]
    for (const policy of policies) {
      assert.deepEqual(await shopShares(test, 40, { policy }), { 'some@sim': 40 })
    }
    assert.deepEqual(seen[0], ['some@sim'])
    const named = test.nodeOf('none').whereis('shop')
    assert.ok(named)
    assert.equal(await test.clock.until(test.front.call(named, 'who')), 'none@sim')
    await test.cluster.stop()
  })

  it('is only what tags, version, region, state and where let through', async () => {
    const test = await shopCluster({
      blue: { tags: ['blue', 'region:eu'], version: '1.2.0' },
      green: { tags: ['green', 'region:eu'], version: '2.0.0' },
      far: { tags: ['green', 'region:us'], version: '2.1.0' },
    })
    const nodes = async (options: Parameters<typeof service>[2]) =>
      Object.keys(await shopShares(test, 12, options)).sort()
    assert.deepEqual(await nodes({ tags: ['green'] }), ['far@sim', 'green@sim'])
    assert.deepEqual(await nodes({ withoutTags: ['green'] }), ['blue@sim'])
    assert.deepEqual(await nodes({ region: 'eu', tags: ['green'] }), ['green@sim'])
    assert.deepEqual(await nodes({ version: '1.2.0' }), ['blue@sim'])
    const second = (version: string) => version.startsWith('2.')
    assert.deepEqual(await nodes({ version: second }), ['far@sim', 'green@sim'])
    let room = 'far@sim'
    const where = ({ node }: ApplicationRoute) => node === room
    assert.deepEqual(await nodes({ where }), ['far@sim'])
    room = 'blue@sim'
    assert.deepEqual(await nodes({ where }), ['blue@sim'])
    await assert.rejects(test.front.call(service('shop', Shop, { region: 'asia' }), 'who'), {
      code: 'NO_ROUTE',
    })
    await test.clock.until(test.nodeOf('blue').stopApplication('shop'))
    await test.clock.advance(5)
    assert.deepEqual(await nodes({ region: 'eu' }), ['green@sim'])
    await test.cluster.stop()
  })

  it('asks this node first under local-first, and others when it has the weight 0', async () => {
    const test = await shopCluster({ front: {}, other: {} })
    assert.deepEqual(await shopShares(test, 20, { policy: 'local-first' }), { 'front@sim': 20 })
    test.front.changeApplication('shop', { weight: 0 })
    assert.deepEqual(await shopShares(test, 20, { policy: 'local-first' }), { 'other@sim': 20 })
    await test.cluster.stop()
  })

  it('gives the same key to the same node, whoever asks', async () => {
    const test = await shopCluster({ one: {}, two: {}, three: {} })
    const key = ({ payload }: Routed) => String(payload)
    const keyed = service('shop', Shop, { policy: { kind: 'hash', key } })
    const ask = (host: string) =>
      test.clock.until(
        Promise.all(
          Array.from({ length: 60 }, (_, at) => test.nodeOf(host).call(keyed, 'who', at)),
        ),
      )
    const first = await ask('front')
    assert.deepEqual(await ask('two'), first)
    assert.equal(new Set(first).size, 3)
    await test.cluster.stop()
  })

  it('gives nothing to a node that leaves, and to a suspect one only without another', async () => {
    const test = await shopCluster({ one: {}, two: {} })
    test.hub.cutOff('two@sim')
    await test.clock.advance(1_500)
    assert.deepEqual(await shopShares(test, 20), { 'one@sim': 20 })
    test.nodeOf('one').changeApplication('shop', { weight: 0 })
    await test.clock.advance(5)
    assert.deepEqual(await shopShares(test, 20), { 'two@sim': 20 })
    test.nodeOf('one').changeApplication('shop', { weight: 1 })
    await test.clock.advance(5)
    void test.nodeOf('one').drain()
    await test.clock.advance(20)
    assert.deepEqual(await shopShares(test, 20), { 'two@sim': 20 })
    await test.cluster.stop()
  })

  it('takes what an actor forwards, and answers its caller', async () => {
    const Door = protocol('door', { who: request<unknown, string>() })
    const door = actor(Door, {
      init: () => ({}),
      on: { who: (_state, _nothing, context) => context.forward(service('shop', Shop)) },
    })
    const test = await shopCluster({ one: {} })
    const pid = await test.clock.until(test.front.spawn(door))
    assert.equal(await test.clock.until(test.front.call(pid, 'who', 1)), 'one@sim')
    await test.cluster.stop()
  })

  it('is refused with options that cannot be', () => {
    const made = (options: object) => () => service('shop', Shop, options)
    assert.throws(made({ polices: 'random' }), { code: 'OPTION_INVALID' })
    assert.throws(made({ policy: 'often' }), { code: 'OPTION_INVALID' })
    assert.throws(made({ policy: { kind: 'hash' } }), { code: 'OPTION_INVALID' })
    assert.throws(made({ retry: { tries: 0 } }), { code: 'OPTION_INVALID' })
    assert.throws(made({ breaker: { openMs: -1 } }), { code: 'OPTION_INVALID' })
    assert.throws(made({ where: 'here' }), { code: 'OPTION_INVALID' })
    assert.throws(() => service(''), { code: 'OPTION_INVALID' })
  })
})
