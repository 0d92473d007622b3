/**
 * test/faults/etcd-deeds.test: what is done to an etcd is undone again, and the log of the client
 * says from when to when its majority was gone.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Deed } from '#chaos/faults/deeds'
import { type EtcdParts, etcdDeedFor } from '#chaos/faults/etcd-deeds'
import { allowedOfEtcd, ETCD } from '#chaos/faults/etcd-guard'
import type { EtcdKind, Fault } from '#chaos/faults/fault'
import { memberOf } from '#chaos/faults/victims'
import { fakeEngine } from '#test/fake/fake-engine'
import { quickWorld } from '#test/fake/quick-world'

type Kind = Exclude<EtcdKind, 'etcd-wall'>

const faultOf = (kind: Kind, more: Partial<Fault> = {}) => ({
  ...{ atMs: 0, kind, victim: 'nobody' as const, lastsMs: 5_000, lot: 0, ...more },
  kind,
})

const NEVER = new AbortController().signal

async function made(
  kind: Kind,
  { member = '', lot = 0 } = {},
): Promise<{ readonly deed: Deed; readonly done: readonly string[] }> {
  const world = quickWorld()
  const { engine, done } = fakeEngine(world)
  const parts: EtcdParts = {
    ...{ engine, world },
    ledger: {
      write: (news) => void done.push(`${news.kind} ${'is' in news ? news.is : ''}`),
      inFlight: () => Array.from({ length: 30 }, () => 'a'),
    },
    probe: async () => void done.push(`probe, majority ${engine.hasMajority}`),
  }
  const deed = etcdDeedFor(faultOf(kind, { lot }), { member, leader: 'etcd1' }, parts)
  assert.ok(deed !== undefined)
  await deed.run(NEVER)
  assert.ok(engine.hasMajority && engine.names.every((name) => engine.stateOf(name) === 'up'))
  return { deed, done }
}

describe('what is done to an etcd', () => {
  it('is a kill or a freeze of one member, and told when that leads', async () => {
    const killed = await made('etcd-kill', { member: 'etcd1' })
    assert.deepEqual(killed.done, ['kill etcd1', 'restart etcd1'])
    assert.deepEqual([killed.deed.name, killed.deed.target], ['etcd-kill of the leader', 'etcd1'])
    const frozen = await made('etcd-freeze', { member: 'etcd3' })
    assert.deepEqual(frozen.done, ['freeze etcd3', 'thaw etcd3'])
    assert.deepEqual([frozen.deed.name, frozen.deed.away], ['etcd-freeze', ['etcd3']])
  })

  it('takes the majority away between two lines of the log, and asks meanwhile', async () => {
    const { deed, done } = await made('quorum-loss', { lot: 0 })
    assert.deepEqual(done, [
      ...['freeze etcd2', 'freeze etcd3', 'quorum lost', 'probe, majority false'],
      ...['quorum back', 'thaw etcd2', 'thaw etcd3'],
    ])
    assert.deepEqual([deed.target, deed.away], ['etcd2 and etcd3 frozen', [ETCD]])
    const killed = await made('quorum-loss', { lot: 0.99 })
    assert.deepEqual(killed.done.slice(0, 2), ['kill etcd1', 'kill etcd2'])
    assert.equal(killed.deed.target, 'etcd1 and etcd2 killed')
  })

  it('is a start of all members from their disks, a compaction, a defragmentation', async () => {
    const { done } = await made('etcd-restart')
    assert.deepEqual(done.slice(0, 3), ['kill etcd1', 'kill etcd2', 'kill etcd3'])
    assert.deepEqual(done.slice(3), ['restart etcd1', 'restart etcd2', 'restart etcd3'])
    assert.deepEqual((await made('compact')).done, ['compact 7'])
    assert.deepEqual((await made('defrag', { member: 'etcd2' })).done, ['defragment etcd2'])
  })

  it('meets the member that leads etcd, or one that follows', () => {
    const { engine } = fakeEngine(quickWorld())
    const of = (victim: Fault['victim'], lot: number, leader?: string) =>
      memberOf(faultOf('etcd-kill', { victim, lot }), engine, leader)
    assert.equal(of('etcd-leader', 0, 'etcd2'), 'etcd2')
    assert.equal(of('etcd-leader', 0.99), 'etcd3')
    assert.equal(of('etcd-follower', 0, 'etcd1'), 'etcd2')
    assert.equal(of('nobody', 0, 'etcd1'), '')
  })
})

describe('the guard of an etcd', () => {
  const names = ['etcd1', 'etcd2', 'etcd3']
  const scene = { member: 'etcd1', names, nowMs: 1_000 }
  const kill = { kind: 'etcd-kill', lastsMs: 6_000 } as const

  it('lets one member be away, and a second one only for a short time', () => {
    assert.equal(allowedOfEtcd(new Map(), kill, scene), 6_000)
    const away = new Map([['etcd2', 20_000]])
    assert.equal(allowedOfEtcd(away, kill, scene), undefined)
    assert.equal(allowedOfEtcd(away, { ...kill, lastsMs: 2_000 }, scene), 2_000)
    assert.equal(allowedOfEtcd(new Map([['etcd1', 20_000]]), kill, scene), undefined)
    assert.equal(allowedOfEtcd(new Map([['jobs1@localhost', 20_000]]), kill, scene), 6_000)
  })

  it('lets nothing be done to members while all of them are met, but a compaction', () => {
    const away = new Map([[ETCD, Number.POSITIVE_INFINITY]])
    const all = { ...scene, member: '' }
    assert.equal(allowedOfEtcd(away, kill, scene), undefined)
    assert.equal(allowedOfEtcd(away, { kind: 'etcd-restart', lastsMs: 500 }, all), undefined)
    assert.equal(allowedOfEtcd(away, { kind: 'compact', lastsMs: 0 }, all), 0)
    const loss = { kind: 'quorum-loss', lastsMs: 60_000 } as const
    assert.equal(allowedOfEtcd(new Map([['etcd2', 20_000]]), loss, all), 60_000)
  })
})
