/**
 * etcd/test/registrar/outage: what befalls etcd befalls nobody else.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { World } from './player.js'

const LONG_MS = 5_400_000

describe('a registrar on etcd', () => {
  it('empties nothing and stops nothing in an outage of any length', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    b.put('shop')
    await world.pass(100)
    a.told()
    world.etcd.cutOff('a@suite')
    world.etcd.cutOff('b@suite')
    await world.pass(LONG_MS)
    assert.equal(a.stateOf('b@suite'), 'up')
    assert.equal(a.registrar.applications('shop').length, 1)
    b.put('shop', { weight: 1 })
    b.put('more')
    world.etcd.mend('a@suite')
    world.etcd.mend('b@suite')
    await world.pass(10_000)
    assert.equal(a.stateOf('b@suite'), 'up')
    assert.equal(a.registrar.applications('shop')[0]?.weight, 1)
    const told = a.told().filter((word) => word !== 'node-suspect b@suite')
    assert.deepEqual(told.slice(0, 2), ['registrar-disconnected', 'registrar-connected'])
    assert.deepEqual(told.slice(2).sort(), [
      'application-changed shop b@suite',
      'application-started more b@suite',
      'node-well b@suite',
    ])
  })

  it('keeps everybody while etcd has no leader', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    world.etcd.freeze()
    await world.pass(1_800_000)
    b.put('shop')
    assert.equal(a.stateOf('b@suite'), 'up')
    world.etcd.thaw()
    await world.pass(30_000)
    assert.equal(a.stateOf('b@suite'), 'up')
    assert.equal(a.registrar.applications('shop').length, 1)
    assert.equal(a.told().includes('node-left b@suite lost'), false)
  })

  it('does not count the time of an outage against a suspect', async () => {
    const world = new World()
    const { a } = await world.pair()
    world.etcd.cutOff('b@suite')
    await world.pass(20_000)
    assert.equal(a.stateOf('b@suite'), 'suspect')
    world.etcd.cutOff('a@suite')
    await world.pass(LONG_MS)
    assert.equal(a.stateOf('b@suite'), 'suspect')
    world.etcd.mend('a@suite')
    await world.pass(4_000)
    assert.equal(a.stateOf('b@suite'), 'suspect', 'there is a moment to come back')
    await world.pass(36_000)
    assert.equal(a.stateOf('b@suite'), undefined)
  })

  it('gives nobody up whose key etcd still shows', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    const key = world.keys.node('b@suite')
    const text = world.value(key) ?? ''
    await b.stop()
    world.etcd.put(key, text)
    await world.pass(100)
    // Its watch is so slow that it hears of what follows only later.
    world.etcd.delete({ key })
    await world.pass(100)
    assert.equal(a.stateOf('b@suite'), 'suspect')
    world.etcd.delay('a@suite', { watchMs: 120_000 })
    world.etcd.put(key, text)
    await world.pass(60_000)
    assert.equal(a.stateOf('b@suite'), 'suspect')
    await world.pass(120_000)
    assert.equal(a.stateOf('b@suite'), 'up')
  })

  it('tells the difference after a compaction that took away what it missed', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    const c = await world.begin('c@suite')
    b.put('stays')
    b.put('goes')
    await world.pass(100)
    a.told()
    world.etcd.cutOff('a@suite')
    await world.pass(1_000)
    b.registrar.removeApplication('goes')
    b.put('comes')
    await c.stop()
    await world.begin('d@suite')
    world.etcd.put('services/troupe/config/global/colour', 'blue')
    await world.pass(1_000)
    world.etcd.compact()
    world.etcd.mend('a@suite')
    await world.pass(1_000)
    const [down, up, ...rest] = a.told()
    assert.deepEqual([down, up], ['registrar-disconnected', 'registrar-connected'])
    assert.deepEqual(rest.sort(), [
      'application-started comes b@suite',
      'application-unloaded goes b@suite',
      'config-updated colour undefined blue',
      'node-joined d@suite',
      // That it said so was taken away; it is missed now, and given up after its grace.
      'node-suspect c@suite',
    ])
  })

  it('misses nothing that happens between what it read and what it watches', async () => {
    const world = new World()
    await world.begin('b@suite')
    const a = world.player('a@suite')
    const started = a.registrar.start(a.home())
    for (let i = 0; i < 40; i += 1) {
      world.etcd.put(world.keys.node(`n${i}@suite`), world.nodeText(`n${i}@suite`))
      await world.pass(0.25)
    }
    await world.clock.until(started)
    await world.pass(100)
    assert.equal(a.registrar.nodes().length, 41)
  })

  it('keeps everybody when an old snapshot is restored, and tells so', async () => {
    const world = new World()
    const a = await world.begin('a@suite')
    const old = await world.begin('b@suite')
    await world.pass(100)
    const snapshot = world.etcd.snapshot()
    await old.stop()
    const b = await world.begin('b@suite', { creation: old.creation + 60_000, line: 'later' })
    const c = await world.begin('c@suite')
    b.put('shop')
    for (let i = 0; i < 20; i += 1) c.put('app', { weight: i })
    await world.pass(1_000)
    a.told()
    world.etcd.restore(snapshot)
    await world.pass(60_000)
    assert.equal(a.stateOf('b@suite'), 'up')
    assert.equal(a.stateOf('c@suite'), 'up')
    const found = a.registrar.nodes().find(({ node }) => node === 'b@suite')
    assert.equal(found?.creation, b.creation)
    assert.equal(a.registrar.applications('shop').length, 1)
    assert.equal(a.registrar.applications('app')[0]?.weight, 19)
    const told = a.told()
    const lost = told.filter((word) => /node-left|unloaded|node-joined/.test(word))
    assert.deepEqual(lost, [], told.join('; '))
    assert.ok((a.registrar.info().refused['ETCD_REWOUND'] ?? 0) > 0)
    assert.equal(a.log.filter((line) => line.includes('ETCD_REWOUND')).length, 1)
    const texts = world.etcd.texts('services/troupe/cluster/default/routes/nodes/')
    assert.equal(Object.keys(texts).length, 3)
  })

  it('keeps everybody when etcd comes back empty', async () => {
    const world = new World()
    const empty = world.etcd.snapshot()
    const { a, b } = await world.pair()
    b.put('shop')
    await world.pass(100)
    a.told()
    world.etcd.restore(empty)
    await world.pass(30_000)
    assert.equal(a.stateOf('b@suite'), 'up')
    assert.equal(a.registrar.applications('shop').length, 1)
    assert.equal(b.stateOf('a@suite'), 'up')
    assert.equal(
      a.told().some((word) => word.startsWith('node-left')),
      false,
    )
  })

  it('waits for an etcd that answers slowly, and starts without one that does not', async () => {
    const world = new World()
    world.etcd.delay('a@suite', { latencyMs: 900, watchMs: 400 })
    const a = await world.begin('a@suite')
    assert.equal(a.registrar.info().state, 'connected')
    const b = await world.begin('b@suite')
    await world.pass(2_000)
    assert.equal(a.stateOf('b@suite'), 'up')
    world.etcd.cutOff('c@suite')
    const beganMs = world.clock.nowMs()
    const c = await world.begin('c@suite')
    assert.ok(world.clock.nowMs() - beganMs <= 5_000)
    assert.equal(c.registrar.info().state, 'disconnected')
    world.etcd.mend('c@suite')
    await world.pass(15_000)
    assert.equal(b.stateOf('c@suite'), 'up')
    assert.deepEqual(c.told(), [
      'registrar-connected',
      'node-joined a@suite',
      'node-joined b@suite',
    ])
  })

  it('asks etcd nothing to find a node, an application or a value', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    b.put('shop')
    await world.pass(100)
    world.etcd.cutOff('a@suite')
    for (let i = 0; i < 1_000; i += 1) {
      const route = a.registrar.resolve('b@suite')
      assert.ok(route !== undefined && 'node' in route)
      assert.equal(a.registrar.applications('shop').length, 1)
    }
  })
})
