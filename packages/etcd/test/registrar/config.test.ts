/**
 * etcd/test/registrar/config: a configuration that stands in etcd and changes while nodes run.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConfigChange } from 'troupe'
import { type Player, World } from './player.js'

const CLUSTER = 'services/ergo/cluster/default/config'
/** A node whose watches have caught up. */
async function begin(world: World): Promise<Player> {
  const player = await world.begin('web1@host')
  await world.pass(1_000)
  return player
}

const ERGO = { prefix: 'services/ergo', cluster: 'default' }

describe('the configuration in etcd', () => {
  it('has the lines of the handbook, also by the short name of a node', async () => {
    const world = new World(1, ERGO)
    world.etcd.put(`${CLUSTER}/web1/database.port`, 'int:5432')
    world.etcd.put(`${CLUSTER}/*/cache.size`, 'int:128')
    world.etcd.put('services/ergo/config/default/web1/ratio', 'float:0.75')
    world.etcd.put('services/ergo/config/global/debug', 'bool:true')
    world.etcd.put('services/ergo/config/global/name', 'shop')
    world.etcd.put(`${CLUSTER}/web2/name`, 'theirs')
    const web = await begin(world)
    assert.deepEqual(
      { ...web.registrar.config() },
      { 'database.port': 5432, 'cache.size': 128, ratio: 0.75, debug: true, name: 'shop' },
    )
  })

  it('takes the full name before the short one, and a node before everybody', async () => {
    const world = new World(1, ERGO)
    const web = await begin(world)
    const keys = [
      'services/ergo/config/global/x',
      `${CLUSTER}/*/x`,
      'services/ergo/config/default/web1/x',
      'services/ergo/config/default/web1@host/x',
      `${CLUSTER}/web1/x`,
      `${CLUSTER}/web1@host/x`,
    ]
    for (const [at, key] of keys.entries()) {
      world.etcd.put(key, `int:${at}`)
      await world.pass(10)
      assert.equal(web.registrar.config()['x'], at)
    }
    world.etcd.put(keys[0] ?? '', 'int:70')
    world.etcd.put(keys[4] ?? '', 'int:80')
    await world.pass(10)
    const told = web.told()
    assert.equal(told.length, keys.length)
    assert.equal(told.at(-1), 'config-updated x 4 5')
    world.etcd.delete({ prefix: CLUSTER })
    await world.pass(10)
    assert.equal(web.registrar.config()['x'], 3)
    // Both keys of the node went in one revision, in the order of etcd; the last word holds.
    assert.match(web.told().at(-1) ?? '', /^config-updated x \d+ 3$/)
  })

  it('tells the value that holds, and only when that is another one', async () => {
    const world = new World(1, ERGO)
    const web = await begin(world)
    world.etcd.put(`${CLUSTER}/*/x`, 'int:1')
    world.etcd.put(`${CLUSTER}/*/x`, 'int:01')
    world.etcd.put(`${CLUSTER}/web1@host/x`, 'int:1')
    world.etcd.put(`${CLUSTER}/*/x`, 'int:9')
    await world.pass(10)
    assert.deepEqual(web.told(), ['config-updated x undefined 1'])
    world.etcd.delete({ key: `${CLUSTER}/web1@host/x` })
    await world.pass(10)
    assert.deepEqual(web.told(), ['config-updated x 1 9'])
  })

  it('tells what changed in an outage as one difference', async () => {
    const world = new World(1, ERGO)
    world.etcd.put(`${CLUSTER}/*/stays`, 'int:1')
    world.etcd.put(`${CLUSTER}/*/goes`, 'int:1')
    world.etcd.put(`${CLUSTER}/*/goes-too`, 'int:1')
    world.etcd.put(`${CLUSTER}/*/changes`, 'int:1')
    const web = await begin(world)
    for (const compact of [false, true]) {
      world.etcd.cutOff('web1@host')
      await world.pass(60_000)
      world.etcd.put(`${CLUSTER}/*/stays`, 'int:1')
      world.etcd.put(`${CLUSTER}/*/changes`, `int:${compact ? 3 : 2}`)
      world.etcd.delete({ key: `${CLUSTER}/*/goes${compact ? '-too' : ''}` })
      if (compact) world.etcd.compact()
      world.etcd.mend('web1@host')
      await world.pass(10_000)
      const told = web.told().filter((word) => word.startsWith('config'))
      const first = ['config-updated changes 1 2', 'config-updated goes 1 undefined']
      const second = ['config-updated changes 2 3', 'config-updated goes-too 1 undefined']
      assert.deepEqual([...told].sort(), compact ? second : first)
    }
  })

  it('is there as a whole when a node has started, whatever comes last', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const world = new World(seed, ERGO)
      world.etcd.put('services/ergo/config/global/x', 'int:1')
      world.etcd.put(`${CLUSTER}/web1/y`, 'int:2')
      world.etcd.delay('web1@host', { jitterMs: 200 })
      const web = await world.begin('web1@host', { hidden: seed % 2 === 0 })
      assert.deepEqual({ ...web.registrar.config() }, { x: 1, y: 2 })
      await world.pass(1_000)
      assert.deepEqual(web.told(), [])
    }
  })

  it('is written under the key of its level, and taken away', async () => {
    const world = new World(1, ERGO)
    const { registrar, node } = await begin(world)
    const change = async (given: ConfigChange): Promise<boolean | undefined> => {
      const changing = registrar.changeConfig?.(given) ?? Promise.resolve(undefined)
      const changed = await world.clock.until<boolean | undefined>(changing)
      await world.pass(10)
      return changed
    }
    const place = { item: 'x', level: 'cluster-node', node } as const
    assert.equal(await change({ ...place, value: 'int:5' }), false)
    assert.equal(await change({ item: 'y', level: 'cluster', value: 0.5 }), false)
    assert.equal(await change({ item: 'z', level: 'node', node: 'web1', value: true }), false)
    assert.equal(await change({ item: 'z', level: 'global', value: false }), false)
    assert.deepEqual({ ...registrar.config() }, { x: 'int:5', y: 0.5, z: true })
    const { [`${CLUSTER}/*/y`]: y, [`${CLUSTER}/web1@host/x`]: x } = world.etcd.texts(CLUSTER)
    assert.deepEqual([x, y], ['string:int:5', 'float:0.5'])
    assert.deepEqual(world.etcd.texts('services/ergo/config/'), {
      'services/ergo/config/default/web1/z': 'bool:true',
      'services/ergo/config/global/z': 'bool:false',
    })
    assert.equal(await change(place), true)
    assert.equal(await change(place), false)
    assert.deepEqual({ ...registrar.config() }, { y: 0.5, z: true })
  })

  it('keeps the last good value when another one cannot be read, and says so', async () => {
    const world = new World(1, ERGO)
    const key = `${CLUSTER}/*/x`
    world.etcd.put(key, 'int:7')
    const web = await begin(world)
    const bad = ['int:seven', 'int:', 'float:NaN', 'bool:perhaps', 'x'.repeat(1_048_576)]
    for (const value of [...bad, new Uint8Array([0xff, 0x00])]) world.etcd.put(key, value)
    await world.pass(10)
    assert.equal(web.registrar.config()['x'], 7)
    assert.deepEqual(new Set(web.told()), new Set(['config-invalid x']))
    assert.equal(web.registrar.info().refused['CONFIG_INVALID'], 6)
    world.etcd.put(key, 'int:8')
    await world.pass(10)
    assert.deepEqual(web.told(), ['config-updated x 7 8'])
  })

  it('refuses keys that are no items, and goes on', async () => {
    const world = new World(1, ERGO)
    const web = await begin(world)
    const range = Buffer.from(`${CLUSTER}/*/`)
    world.etcd.put(`${CLUSTER}/*/a/b`, 'x')
    world.etcd.put(`${CLUSTER}/*/`, 'x')
    world.etcd.put(Buffer.concat([range, Buffer.from([0xff])]), 'x')
    world.etcd.put(`${CLUSTER}/*/__proto__`, 'x')
    world.etcd.put(`${CLUSTER}/*/line\u2028break`, 'x')
    world.etcd.put(`${CLUSTER}/*/good`, 'x')
    await world.pass(10)
    assert.deepEqual({ ...web.registrar.config() }, { good: 'x' })
    assert.deepEqual(web.registrar.info().refused, { KEY_INVALID: 3, CONFIG_INVALID: 2 })
  })

  it('has a whole number of any size, which is a bigint where a number is not exact', async () => {
    const world = new World(1, ERGO)
    const web = await begin(world)
    world.etcd.put(`${CLUSTER}/*/near`, 'int:9007199254740991')
    world.etcd.put(`${CLUSTER}/*/far`, 'int:9007199254740993')
    world.etcd.put(`${CLUSTER}/*/below`, 'int:-9223372036854775808')
    await world.pass(10)
    const values = { ...web.registrar.config() }
    assert.deepEqual(values, {
      near: 9_007_199_254_740_991,
      far: 9_007_199_254_740_993n,
      below: -9_223_372_036_854_775_808n,
    })
  })

  it('changes in the order in which it was changed, also while its watches catch up', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const world = new World(seed, ERGO)
      world.etcd.delay('web1@host', { jitterMs: 90 })
      const web = await world.begin('web1@host')
      const places = [`${CLUSTER}/web1/a`, 'services/ergo/config/global/b', `${CLUSTER}/*/c`]
      for (const key of [...places, ...places]) {
        world.etcd.put(key, `int:${world.etcd.revision}`)
        await world.pass(5)
      }
      await world.pass(1_000)
      const items = web.told().map((word) => word.split(' ')[1])
      assert.deepEqual(items, ['a', 'b', 'c', 'a', 'b', 'c'])
    }
  })

  it('that may not be read at one place goes on with the others', async () => {
    const world = new World(1, ERGO)
    world.etcd.put(`${CLUSTER}/*/x`, 'int:1')
    const web = await begin(world)
    assert.equal(web.registrar.config()['x'], 1)
    world.etcd.refuse('web1@host', 'permission denied')
    await world.pass(20_000)
    assert.equal(web.registrar.config()['x'], 1)
    world.etcd.put(`${CLUSTER}/*/x`, 'int:2')
    world.etcd.admit('web1@host')
    await world.pass(20_000)
    assert.equal(web.registrar.config()['x'], 2)
    assert.ok((web.registrar.info().refused['ETCD_REFUSED'] ?? 0) > 0)
  })
})
