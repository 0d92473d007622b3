/**
 * etcd/test/registrar/foreign: what others write into the same etcd.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from 'troupe/registrar'
import { BORN_MS, World } from './player.js'

const ROUTES = 'services/troupe/cluster/default/routes/'

type Foreign = readonly (readonly [string | Uint8Array, string | Uint8Array])[]

const strangeKeys = (world: World): Foreign => [
  [`${ROUTES}nodes/x@suite`, 'not json'],
  [`${ROUTES}nodes/y@suite`, world.nodeText('other@suite')],
  [`${ROUTES}nodes/v@suite`, world.nodeText('v@suite', { version: 2 })],
  [`${ROUTES}nodes/large@suite`, 'x'.repeat(1_048_576)],
  [`${ROUTES}nodes/bytes@suite`, new Uint8Array([0xff, 0xfe, 0x00])],
  [`${ROUTES}nodes/types@suite`, world.nodeText('types@suite', { route: { addresses: 7 } })],
  [`${ROUTES}nodes/noname`, world.nodeText('noname')],
  [`${ROUTES}nodes//`, 'x'],
  [`${ROUTES}nodes/a/b`, 'x'],
  [`${ROUTES}applications/shop/y@suite/x`, 'x'],
  [`${ROUTES}applications/shop/x@suite`, '{"version":1}'],
  [`${ROUTES}leaving/x@suite`, '[]'],
  [Buffer.concat([Buffer.from(`${ROUTES}nodes/`), Buffer.from([0xc3, 0x28])]), 'x'],
  [ROUTES, 'x'],
]

describe('what others write into etcd', () => {
  it('is refused with a code, counted, and logged ten times a minute at most', async () => {
    const world = new World()
    const write = (): void => {
      for (const [key, value] of strangeKeys(world)) world.etcd.put(key, value)
    }
    write()
    const { a, b } = await world.pair()
    const expected = { ROUTE_INVALID: 7, ROUTE_VERSION: 1, VALUE_TOO_LARGE: 1, KEY_INVALID: 5 }
    assert.deepEqual(a.registrar.info().refused, expected)
    write()
    await world.pass(100)
    const twice = Object.entries(expected).map(([code, count]) => [code, 2 * count])
    assert.deepEqual(a.registrar.info().refused, Object.fromEntries(twice))
    assert.equal(a.log.length, 10 + 2 + 2 + 10, a.log.join('\n'))
    write()
    await world.pass(60_000)
    assert.equal(a.log.length, 10 + 3 + 3 + 10, a.log.join('\n'))
    write()
    await world.pass(100)
    assert.equal(a.log.length, 17 + 4 + 4 + 15, a.log.join('\n'))
    assert.deepEqual(a.told(), ['node-joined b@suite'])
    b.put('shop')
    await world.pass(100)
    assert.deepEqual(a.told(), ['application-started shop b@suite'])
  })

  it('does not spoil what was said before: an unreadable route keeps the last one', async () => {
    const world = new World()
    const { a } = await world.pair()
    const key = world.keys.node('x@suite')
    world.etcd.put(key, world.nodeText('x@suite'))
    await world.pass(10)
    world.etcd.put(key, 'nonsense')
    await world.pass(10)
    assert.equal(a.stateOf('x@suite'), 'up')
    world.etcd.cutOff('a@suite')
    await world.pass(1_000)
    for (const value of ['1', '2']) world.etcd.put('elsewhere', value)
    world.etcd.compact()
    world.etcd.mend('a@suite')
    await world.pass(1_000)
    assert.equal(a.stateOf('x@suite'), 'up')
  })

  it('is read though it says more than is known here', async () => {
    const world = new World()
    const { a } = await world.pair()
    world.etcd.put(world.keys.node('x@suite'), world.nodeText('x@suite', { zone: 'eu', tags: 7 }))
    await world.pass(10)
    assert.equal(a.stateOf('x@suite'), 'up')
    assert.deepEqual(a.registrar.info().refused, {})
  })

  it('of an application without its node waits until the node is there', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    b.put('shop')
    await world.pass(10)
    const shop = world.value(world.keys.application('shop', 'b@suite')) ?? ''
    const text = shop.replaceAll('b@suite', 'x@suite')
    world.etcd.put(world.keys.application('shop', 'x@suite'), text)
    await world.pass(10)
    assert.equal(a.registrar.applications('shop').length, 1)
    world.etcd.put(world.keys.node('x@suite'), world.nodeText('x@suite'))
    await world.pass(10)
    assert.equal(a.registrar.applications('shop').length, 2)
  })

  it('of an earlier life of a node is not of the later one', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    b.put('shop')
    await world.pass(10)
    const text = world.value(world.keys.application('shop', 'b@suite')) ?? ''
    const old = text.replace(String(BORN_MS), String(BORN_MS - 1)).replaceAll('shop', 'old')
    world.etcd.put(world.keys.application('old', 'b@suite'), old)
    await world.pass(10)
    assert.deepEqual(a.registrar.applications('old'), [])
    await world.pass(5_000)
    assert.equal(world.value(world.keys.application('old', 'b@suite')), undefined)
  })

  it('is not seen when it is of another cluster or another prefix', async () => {
    const world = new World()
    const a = await world.begin('a@suite')
    const far = await world.begin('b@suite', { cluster: 'default2', line: 'far' })
    const ergo = await world.begin('b@suite', { prefix: 'services/ergo', line: 'ergo' })
    const upper = await world.begin('b@suite', { prefix: 'services', line: 'upper' })
    far.put('shop')
    ergo.put('shop')
    upper.put('shop')
    const foreign = ['services/troupe/cluster/default2/config/*/x', 'services/ergo/config/global/x']
    for (const key of foreign) world.etcd.put(key, 'theirs')
    // Folders whose names begin as ours do.
    const beside = [`${ROUTES.slice(0, -1)}2/nodes/x@suite`, 'services/troupe/config/global2/x']
    for (const key of beside) world.etcd.put(key, world.nodeText('x@suite'))
    await world.pass(1_000)
    assert.deepEqual(a.registrar.info().refused, {}, 'not even looked at')
    assert.deepEqual(a.registrar.nodes(), [])
    assert.deepEqual(a.registrar.applications(), [])
    assert.deepEqual({ ...a.registrar.config() }, {})
    assert.deepEqual(a.told(), [])
    assert.deepEqual({ ...far.registrar.config() }, { x: 'theirs' })
    assert.equal(
      world.value('services/ergo/cluster/default/routes/nodes/b@suite') === undefined,
      false,
    )
  })

  it('may be anything: a thousand chance writes crash nothing', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    const random = seededRandom(11)
    const names = ['b@suite', 'x@suite', 'y', '', '*', 'a/b', '%2F', '\0']
    const pick = <T>(from: readonly T[]): T => from[random.below(from.length)] as T
    const good = world.nodeText('x@suite')
    for (let i = 0; i < 1_000; i += 1) {
      const kind = pick(['nodes/', 'applications/', 'leaving/', 'applications/shop/', ''])
      const key = `${ROUTES}${kind}${pick(names)}`
      if (key === world.keys.node('b@suite')) continue
      const cut = good.slice(random.below(10), random.below(good.length))
      const value = pick([good, cut, '{}', '[]', 'null', String(random.unit())])
      if (random.below(4) === 0) world.etcd.delete({ key })
      else world.etcd.put(key, value)
      if (i % 50 === 0) await world.pass(10)
    }
    world.etcd.delete({ key: world.keys.leaving('b@suite') })
    await world.pass(1_000)
    b.put('fence')
    await world.pass(1_000)
    assert.equal(a.registrar.applications('fence').length, 1)
    assert.equal(a.stateOf('b@suite'), 'up')
    const known = new Set(['b@suite', 'x@suite'])
    assert.ok(a.registrar.nodes().every(({ node }) => known.has(node)))
  })
})
