/**
 * What other hands do to keys of a led cluster: never two lead, and no lease of others ends.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EtcdClient } from '#etcd/client/etcd-client'
import { etcdArbiter } from '#etcd/leader/etcd-arbiter'
import { seedOf } from './campaign-seeds.js'
import { Contenders, FOLDER } from './contenders.js'

const NAMES = ['a@sim', 'b@sim', 'c@sim', 'd@sim']
const TTL_MS = 3_000

/** A client whose watches say nothing while `isLate` says so. */
function lateWatch(client: EtcdClient, isLate: () => boolean): EtcdClient {
  return new Proxy(client, {
    get: (made, name) => {
      if (name === 'watch') {
        return (ask: Parameters<EtcdClient['watch']>[0]) =>
          made.watch({ ...ask, take: (batch) => void (isLate() || ask.take(batch)) })
      }
      const member: unknown = Reflect.get(made, name)
      return typeof member === 'function' ? member.bind(made) : member
    },
  })
}

describe('the leader key, deleted by hand while the watch of its holder is late', () => {
  for (const laterMs of [200, 1_000, 2_000, 3_000, 3_400, 4_500]) {
    it(`lets nobody lead beside it who is started ${laterMs} ms later`, async () => {
      const world = new Contenders({ leaseTtlMs: TTL_MS })
      let isLate = false
      const client = lateWatch(world.etcd.client('a@sim'), () => isLate)
      await world.standBy(etcdArbiter({ client, leaseTtlMs: TTL_MS }), 'a@sim', NAMES)
      await world.pass(200)
      await world.stand('b@sim', NAMES)
      await world.pass(1_000)
      assert.equal(world.leader.name, 'a@sim')
      isLate = true
      world.etcd.delete({ key: `${FOLDER}leader` })
      await world.pass(laterMs)
      await world.stand('c@sim', NAMES)
      await world.pass(5 * TTL_MS)
      assert.equal(world.leaders().length, 1)
    })
  }

  it('has another leader once its holder, which may lead no more, gives its lease up', async () => {
    const world = await Contenders.of(NAMES, ['a@sim', 'b@sim'])
    const { leader } = world
    const next = leader.name === 'a@sim' ? 'b@sim' : 'a@sim'
    world.etcd.put(`${FOLDER}voters`, JSON.stringify({ version: 1, voters: [next] }))
    world.etcd.delete({ key: `${FOLDER}leader` })
    await world.pass(10_000)
    assert.equal(world.leader.name, next)
  })
})

describe('the leader key, written over by hand, and then all keys deleted', () => {
  it('lets nobody lead before the lease of its holder, which hears nothing, is over', () => {
    assert.deepEqual(seedOf(11_495).faults, [])
  })
})

describe('a base that names the lease of somebody else', () => {
  it('does not end that lease, is told, and nobody leads until it is over', async () => {
    const world = new Contenders()
    const others = await world.clock.until(world.etcd.client('others').hold(20_000))
    world.etcd.put('other/tenant', 'x', { lease: others.id })
    const base = { version: 1, base: 0, lease: others.id, ttlMs: 0, left: false }
    world.etcd.put(`${FOLDER}base`, JSON.stringify(base))
    const one = await world.stand('a@sim')
    await world.pass(30_000)
    assert.equal(world.etcd.get('other/tenant')?.value.toString(), 'x')
    assert.equal(world.leaders().length, 0)
    assert.equal(one.logs.filter((line) => /lease that lives/.test(line)).length, 1)
    world.etcd.expire(others.id)
    await world.pass(2_000)
    assert.equal(world.leader, one)
  })
})

describe('voters that another hand has written', () => {
  it('without a version are none', async () => {
    const world = await Contenders.of(['a@sim'], ['a@sim'])
    const { leader } = world
    world.etcd.put(`${FOLDER}voters`, '{"voters":["nobody@nowhere"]}')
    await world.pass(3_000)
    assert.equal(world.leader, leader)
    assert.deepEqual(leader.candidacy.voters, ['a@sim'])
  })

  it('and of whom nobody is known are told once, as nobody leads', async () => {
    const world = await Contenders.of(['a@sim', 'b@sim'], ['a@sim', 'b@sim'])
    const text = '{"version":1,"voters":["nobody@nowhere"]}'
    world.etcd.put(`${FOLDER}voters`, text)
    await world.pass(20_000)
    assert.equal(world.leaders().length, 0)
    for (const { logs } of world.all) {
      assert.equal(logs.filter((line) => /voters/.test(line)).length, 1)
    }
    world.etcd.delete({ key: `${FOLDER}voters` })
    await world.pass(2_000)
    assert.equal(world.leaders().length, 1)
  })
})

describe('a process that was killed as it stands', () => {
  it('stands no more, and its arbiter lets go of its client', async () => {
    const world = new Contenders()
    const arbiter = etcdArbiter({ client: world.etcd.client('a@sim'), leaseTtlMs: 2_000 })
    world.isRevoked = true
    const one = await world.standBy(arbiter, 'a@sim')
    await world.clock.until(one.candidacy.end())
    assert.equal(one.candidacy.inspect()['state'], 'ended')
    await world.pass(3_000)
    assert.equal(world.leaders().length, 0)
    assert.equal(world.etcd.leases().length, 0)
  })
})
