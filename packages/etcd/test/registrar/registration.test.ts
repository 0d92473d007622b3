/**
 * etcd/test/registrar/registration: how a node gets its name in etcd, and keeps it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { applicationOf, BORN_MS, World } from './player.js'

const TTL_MS = 10_000
const LATER_MS = 60_000

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'settled',
    (thrown: unknown) => (TroupeError.is(thrown) ? thrown.code : String(thrown)),
  )

describe('the registration of a node in etcd', () => {
  it('is JSON that a person can read, under a lease', async () => {
    const world = new World()
    const a = await world.begin('a@suite')
    a.put('shop', { weight: 7, tags: ['blue'] })
    await world.pass(100)
    const node = world.etcd.get(world.keys.node('a@suite'))
    assert.equal(JSON.parse(String(node?.value)).route.addresses[0].port, 11_144)
    assert.notEqual(node?.lease, undefined)
    const shop = world.etcd.get(world.keys.application('shop', 'a@suite'))
    assert.equal(JSON.parse(String(shop?.value)).route.weight, 7)
    assert.equal(shop?.lease, node?.lease)
    const keys = Object.keys(world.etcd.texts())
    assert.deepEqual(keys, [
      'services/troupe/cluster/default/routes/applications/shop/a@suite',
      'services/troupe/cluster/default/routes/nodes/a@suite',
    ])
  })

  it('leaves nothing behind when the node stops', async () => {
    const world = new World()
    const a = await world.begin('a@suite')
    a.put('shop')
    await world.pass(100)
    await a.stop()
    assert.deepEqual(world.etcd.texts(), {})
    assert.deepEqual(world.etcd.leases(), [])
    await world.pass(100)
    assert.equal(world.clock.pending(), 0)
  })

  it('is refused within its lease while another program keeps the name', async () => {
    const world = new World()
    await world.begin('b@suite')
    const other = world.player('b@suite', { line: 'other', creation: BORN_MS + LATER_MS })
    const beganMs = world.clock.nowMs()
    assert.equal(await codeOf(other.start()), 'NODE_NAME_TAKEN')
    assert.ok(world.clock.nowMs() - beganMs <= TTL_MS)
    const text = world.value(world.keys.node('b@suite')) ?? ''
    assert.equal(JSON.parse(text).creation, BORN_MS)
    assert.equal(world.etcd.leases().length, 1)
  })

  it('is that of the next life once the lease of a killed one has ended', async () => {
    const world = new World()
    const a = await world.begin('a@suite')
    await world.begin('b@suite')
    await world.pass(100)
    world.etcd.cutOff('b@suite')
    const beganMs = world.clock.nowMs()
    const later = await world.begin('b@suite', { line: 'later', creation: BORN_MS + LATER_MS })
    const waitedMs = world.clock.nowMs() - beganMs
    assert.ok(waitedMs <= TTL_MS + 1_500, `${waitedMs} ms`)
    assert.equal(later.registrar.info().state, 'connected')
    await world.pass(100)
    assert.deepEqual(a.told(), [
      'node-joined b@suite',
      'node-suspect b@suite',
      'node-left b@suite lost',
      'node-joined b@suite',
    ])
  })

  it('is taken over at once from a program of this machine that is gone', async () => {
    const world = new World()
    const b = await world.begin('b@suite')
    const key = world.keys.node('b@suite')
    const text = JSON.parse(world.value(key) ?? '')
    if (text.holder === undefined) return
    await b.stop()
    const holder = { ...text.holder, pid: text.holder.pid, began: '1' }
    // A program of this boot with an id that nobody has now.
    holder.pid = 4_194_303
    world.etcd.put(key, JSON.stringify({ ...text, holder }))
    const beganMs = world.clock.nowMs()
    await world.begin('b@suite', { line: 'later', creation: BORN_MS + LATER_MS })
    assert.ok(world.clock.nowMs() - beganMs < 100)
    assert.equal(JSON.parse(world.value(key) ?? '').creation, BORN_MS + LATER_MS)
  })

  it('does not depend on clocks: a next life whose clock is hours behind is found', async () => {
    const world = new World()
    const a = await world.begin('a@suite')
    await world.begin('b@suite')
    world.etcd.cutOff('b@suite')
    const creation = BORN_MS - 5 * 3_600_000
    await world.begin('b@suite', { line: 'later', creation })
    await world.pass(100)
    assert.equal(a.registrar.nodes()[0]?.creation, creation)
    assert.equal(a.told().at(-1), 'node-joined b@suite')
    world.clock.jumpWall(86_400_000)
    await world.pass(60_000)
    assert.equal(a.stateOf('b@suite'), 'up')
    assert.deepEqual(a.told(), [])
  })

  it('comes back by itself with its applications when its lease is lost', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    b.put('shop')
    b.put('gone')
    b.registrar.removeApplication('gone')
    await world.pass(100)
    a.told()
    const before = world.etcd.get(world.keys.node('b@suite'))
    world.etcd.expire(before?.lease ?? '')
    await world.pass(5_000)
    const after = world.etcd.get(world.keys.node('b@suite'))
    assert.notEqual(after?.lease, before?.lease)
    assert.deepEqual(a.told(), ['node-suspect b@suite', 'node-well b@suite'])
    assert.equal(a.registrar.applications('shop').length, 1)
    assert.equal(world.etcd.get(world.keys.application('shop', 'b@suite'))?.lease, after?.lease)
    assert.deepEqual(b.told(), [], 'of the own node nothing is told')
  })

  it('comes back when somebody takes its keys away, or writes them', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    b.put('shop', { weight: 5 })
    await world.pass(100)
    const shop = world.keys.application('shop', 'b@suite')
    world.etcd.put(shop, 'nonsense')
    await world.pass(1_000)
    assert.equal(a.registrar.applications('shop')[0]?.weight, 5)
    world.etcd.delete({ key: shop })
    await world.pass(3_000)
    assert.equal(a.registrar.applications('shop')[0]?.weight, 5)
    world.etcd.delete({ prefix: '' })
    await world.pass(5_000)
    assert.equal(a.stateOf('b@suite'), 'up')
    assert.equal(b.stateOf('a@suite'), 'up', 'also who has no application')
    assert.equal(a.registrar.applications('shop').length, 1)
    assert.equal(world.etcd.leases().length, 2)
  })

  it('that another program has is not written under, though the own lease lives', async () => {
    const world = new World()
    const { b } = await world.pair()
    // It hears late that its key has gone, and who has it.
    world.etcd.delay('b@suite', { watchMs: 60_000 })
    world.etcd.delete({ key: world.keys.node('b@suite') })
    await world.begin('b@suite', { line: 'other', creation: BORN_MS + LATER_MS })
    const before = world.etcd.revision
    b.put('shop')
    await world.pass(5_000)
    assert.equal(world.etcd.revision, before)
    assert.equal(world.etcd.leases().length, 3)
  })

  it('that another program took is told as a duplicate once, and not fought for', async () => {
    const world = new World()
    const { b } = await world.pair()
    world.etcd.cutOff('b@suite')
    await world.pass(15_000)
    const other = await world.begin('b@suite', { line: 'other', creation: BORN_MS + LATER_MS })
    world.etcd.mend('b@suite')
    await world.pass(60_000)
    const told = b.told().filter((word) => word.startsWith('node-duplicate'))
    assert.deepEqual(told, ['node-duplicate b@suite'])
    const owner = (): number => JSON.parse(world.value(world.keys.node('b@suite')) ?? '{}').creation
    assert.equal(owner(), BORN_MS + LATER_MS)
    await other.stop()
    await world.pass(15_000)
    assert.equal(owner(), BORN_MS, 'when the other has gone the name is taken again')
  })

  it('loses no application with its lease, however many there are', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    for (let i = 0; i < 350; i += 1) b.put(`app-${i}`)
    await world.pass(5_000)
    assert.equal(a.registrar.applications().length, 350)
    a.told()
    world.etcd.expire(world.etcd.get(world.keys.node('b@suite'))?.lease ?? '')
    await world.pass(10_000)
    assert.deepEqual(a.told(), ['node-suspect b@suite', 'node-well b@suite'])
    assert.equal(a.registrar.applications().length, 350)
    const keys = Object.keys(world.etcd.texts()).filter((key) => key.includes('/applications/'))
    assert.equal(keys.length, 350)
    assert.equal(world.value(world.keys.node('b@suite'))?.includes('attaching'), false)
  })

  it('refuses more applications than others take, and a name that is no text', async () => {
    const world = new World()
    const a = await world.begin('a@suite')
    assert.throws(() => a.put('half \ud800 of one'), { code: 'OPTION_INVALID' })
    for (let i = 0; i < 1_000; i += 1) a.put(`app-${i}`)
    assert.throws(() => a.put('one more'), { code: 'OPTION_INVALID' })
    a.put('app-7', { weight: 3 })
    a.registrar.removeApplication('app-8')
    a.put('one more')
  })

  it('keeps an application whose name has slashes and strange letters in its place', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    const names = ['web/../nodes', 'web', '100%', 'a b', '日本/😀', '__proto__', '*']
    for (const name of names) b.put(name)
    await world.pass(1_000)
    for (const name of names) assert.equal(a.registrar.applications(name).length, 1, name)
    assert.equal(a.registrar.applications().length, names.length)
    assert.deepEqual(a.registrar.info().refused, {})
  })

  it('goes on when what it wrote happened and nobody heard of it', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    world.etcd.loseAnswer('b@suite', 2)
    b.put('shop', { weight: 1 })
    b.put('shop', { weight: 2 })
    await world.pass(60_000)
    assert.equal(a.registrar.applications('shop')[0]?.weight, 2)
    assert.equal(a.stateOf('b@suite'), 'up')
  })

  it('says that the node leaves, also in an outage, and stays registered', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    world.etcd.cutOff('b@suite')
    const beganMs = world.clock.nowMs()
    await world.clock.until(b.registrar.leave())
    assert.ok(world.clock.nowMs() - beganMs <= 2_000)
    world.etcd.mend('b@suite')
    await world.pass(15_000)
    assert.equal(a.stateOf('b@suite'), 'leaving')
    assert.deepEqual(a.told(), ['node-joined b@suite', 'node-leaving b@suite'])
    world.etcd.cutOff('b@suite')
    await world.pass(15_000)
    assert.deepEqual(a.told(), ['node-left b@suite left'], 'who said so has left, however it ends')
  })

  it('takes away what another hand says of its leaving', async () => {
    const world = new World()
    const { a } = await world.pair()
    const key = world.keys.leaving('b@suite')
    const text = JSON.stringify({ version: 1, node: 'b@suite', creation: BORN_MS })
    for (const round of [1, 2, 3]) {
      world.etcd.put(key, text)
      await world.pass(round * 1_000)
      assert.equal(a.stateOf('b@suite'), 'up')
      assert.equal(world.value(key), undefined)
    }
  })

  it('says again that it leaves when another hand takes that away', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    const key = world.keys.leaving('b@suite')
    await world.clock.until(b.registrar.leave())
    world.etcd.delete({ key })
    await world.pass(1_000)
    assert.equal(a.stateOf('b@suite'), 'leaving')
    assert.notEqual(world.etcd.get(key)?.lease, undefined)
  })

  it('of a node that leaves goes on leaving when its lease was lost', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    await world.clock.until(b.registrar.leave())
    await world.pass(100)
    world.etcd.expire(world.etcd.get(world.keys.node('b@suite'))?.lease ?? '')
    await world.pass(5_000)
    assert.equal(a.stateOf('b@suite'), 'leaving')
  })

  it('does not wait for its next attempt when etcd is there again', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    world.etcd.cutOff('b@suite', { as: 'unreachable' })
    b.put('shop')
    await world.pass(7_500)
    world.etcd.mend('b@suite')
    await world.pass(100)
    assert.equal(a.registrar.applications('shop').length, 1)
  })

  it('is given up by a stop that cannot reach etcd within half a second', async () => {
    const world = new World()
    const { a, b } = await world.pair()
    world.etcd.cutOff('b@suite')
    await world.pass(1_000)
    const beganMs = world.clock.nowMs()
    await b.stop()
    assert.ok(world.clock.nowMs() - beganMs <= 500)
    await world.pass(TTL_MS + 2_000)
    assert.equal(a.stateOf('b@suite'), 'suspect')
  })

  it('is REGISTRAR_FAILED where etcd does not allow it', async () => {
    const world = new World()
    world.etcd.refuse('a@suite', 'permission denied')
    assert.equal(await codeOf(world.player('a@suite').start()), 'REGISTRAR_FAILED')
    await world.pass(100_000)
    assert.deepEqual(world.etcd.texts(), {})
    assert.equal(world.clock.pending(), 0)
  })

  it('puts nothing for a hidden node', async () => {
    const world = new World()
    const h = await world.begin('h@suite', { hidden: true })
    h.registrar.putApplication(applicationOf('shop'))
    await world.clock.until(h.registrar.leave())
    await world.pass(1_000)
    assert.deepEqual(world.etcd.texts(), {})
    assert.deepEqual(world.etcd.leases(), [])
  })
})
