/**
 * etcd/test/testing/memory-etcd.test: what befalls an etcd in memory, and what its clients see.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EtcdClient, HeldLease } from '@troupe/etcd'
import { type MemoryEtcdOptions, memoryEtcd } from '@troupe/etcd/testing'
import { virtualClock } from 'troupe/testing'

const put = (key: string, value: string, lease?: string) => ({
  acts: [{ kind: 'put' as const, key, value, ...(lease === undefined ? {} : { lease }) }],
})

function begin(options: MemoryEtcdOptions = {}) {
  const clock = virtualClock()
  const etcd = memoryEtcd({ clock, ...options })
  return { clock, etcd, client: etcd.client('a') }
}

/** Everything a watch is told, as text. */
function watchAll(client: EtcdClient, fromRevision = 1): string[] {
  const told: string[] = []
  client.watch({
    range: { prefix: '' },
    fromRevision,
    take: ({ revision, events }) => {
      for (const event of events) {
        const key = (event.kind === 'put' ? event.entry.key : event.key).toString()
        told.push(event.kind === 'put' ? `${key}=${event.entry.value.toString()}` : `${key} gone`)
      }
      if (events.length === 0) told.push(`up to ${revision}`)
    },
    state: (line) => void told.push(line),
    ended: (end) => void told.push(end.kind),
  })
  return told
}

const stateOf = (lease: HeldLease): (() => string) => {
  let state = 'open'
  void lease.ended.then((ending) => {
    state = ending
  })
  return () => state
}

describe('an etcd in memory', () => {
  it('begins at revision 1, and only a change is a new one', async () => {
    const { clock, etcd, client } = begin()
    assert.equal(etcd.revision, 1)
    await clock.until(client.txn({ acts: [{ kind: 'delete', range: { key: 'a' } }] }))
    await clock.until(client.grant(2_000))
    assert.equal(etcd.revision, 1)
    const { revision } = await clock.until(client.txn(put('a', '1')))
    assert.deepEqual([revision, etcd.revision, etcd.texts()], [2, 2, { a: '1' }])
  })

  it('takes its latency for a question, and its delay for what a watch is told', async () => {
    const { clock, etcd, client } = begin({ latencyMs: 10, watchMs: 4 })
    const told = watchAll(client)
    await clock.advance(4)
    etcd.put('a', '1')
    await clock.advance(3)
    assert.deepEqual(told, ['up'])
    await clock.advance(1)
    assert.deepEqual(told, ['up', 'a=1'])
    const beforeMs = clock.nowMs()
    await clock.until(client.range({ range: { key: 'a' } }))
    assert.equal(clock.nowMs() - beforeMs, 10)
  })

  it('lets the calls of a client that is cut off time out, and tells its watch', async () => {
    const { clock, etcd, client } = begin()
    const told = watchAll(client)
    await clock.advance(1)
    etcd.cutOff('a')
    etcd.put('a', '1')
    const call = client.txn(put('b', '1'), { timeoutMs: 500 })
    await assert.rejects(clock.until(call), { code: 'ETCD_TIMEOUT' })
    assert.equal(clock.nowMs(), 501)
    assert.deepEqual(told, ['up', 'down'])
    etcd.mend('a')
    await clock.advance(10)
    assert.deepEqual(told, ['up', 'down', 'up', 'a=1'])
    assert.deepEqual(etcd.texts(), { a: '1' })
  })

  it('answers a read that was asked while it was cut off, once it is mended', async () => {
    const { clock, etcd, client } = begin()
    etcd.put('a', '1')
    etcd.cutOff('a')
    const call = client.range({ range: { key: 'a' } })
    await clock.advance(5_000)
    etcd.mend('a')
    assert.equal((await clock.until(call)).keys.length, 1)
  })

  it('lets a write happen late when told to', async () => {
    const { clock, etcd, client } = begin()
    etcd.cutOff('a', { late: 'happens' })
    const call = client.txn(put('a', '1'), { timeoutMs: 500 })
    await assert.rejects(clock.until(call), { code: 'ETCD_TIMEOUT' })
    etcd.mend('a')
    await clock.advance(10)
    assert.deepEqual(etcd.texts(), { a: '1' })
  })

  it('is unreachable at once when told to', async () => {
    const { clock, etcd, client } = begin()
    etcd.cutOff('a', { as: 'unreachable' })
    const call = client.txn(put('a', '1'))
    await assert.rejects(clock.until(call), { code: 'ETCD_UNREACHABLE' })
    assert.ok(clock.nowMs() < 10)
  })

  it('does what it was asked, and loses the answer', async () => {
    const { clock, etcd, client } = begin()
    etcd.loseAnswer('a')
    await assert.rejects(clock.until(client.txn(put('a', '1'))), { code: 'ETCD_TIMEOUT' })
    assert.deepEqual(etcd.texts(), { a: '1' })
    await clock.until(client.txn(put('b', '1')))
  })

  it('does twice what may be sent again, when the answer was lost', async () => {
    const { clock, etcd, client } = begin()
    etcd.loseAnswer('a')
    await clock.until(client.txn(put('a', '1'), { retry: true }))
    assert.equal(etcd.get('a')?.version, 2)
  })

  it('refuses a client everything, in the words given', async () => {
    const { clock, etcd, client } = begin()
    const told = watchAll(client)
    await clock.advance(1)
    etcd.refuse('a', 'etcdserver: permission denied')
    const call = client.range({ range: { key: 'a' } })
    await assert.rejects(clock.until(call), { code: 'ETCD_REFUSED', message: /permission denied/ })
    await clock.advance(10)
    assert.deepEqual(told, ['up', 'down', 'refused'])
    etcd.admit('a')
    await clock.until(client.range({ range: { key: 'a' } }))
  })

  it('closes for good: calls under way and later ones are told', async () => {
    const { clock, client } = begin()
    const lease = await clock.until(client.hold(2_000))
    const call = client.range({ range: { key: 'a' } })
    client.close()
    await assert.rejects(call, { code: 'ETCD_CLOSED' })
    await assert.rejects(client.range({ range: { key: 'a' } }), { code: 'ETCD_CLOSED' })
    assert.equal(await lease.ended, 'closed')
  })

  it('tells a watch up to where nothing has happened', async () => {
    const { clock, etcd, client } = begin()
    const told = watchAll(client)
    etcd.put('a', '1')
    await clock.advance(5)
    etcd.progress()
    await clock.advance(5)
    assert.deepEqual(told, ['up', 'a=1', 'up to 2'])
  })
})

describe('a lease of an etcd in memory', () => {
  it('may outlive the time that its holder is sure of, and is kept again', async () => {
    const { clock, etcd, client } = begin()
    const lease = await clock.until(client.hold(6_000))
    const state = stateOf(lease)
    await clock.until(client.txn(put('a', '1', lease.id)))
    await clock.advance(10_000)
    etcd.cutOff('a')
    const sureMs = lease.untilMs
    await clock.advance(3_000)
    assert.deepEqual([lease.untilMs, state()], [sureMs, 'open'])
    etcd.mend('a')
    await clock.advance(10)
    assert.ok(lease.untilMs > sureMs)
    assert.deepEqual([state(), etcd.texts()], ['open', { a: '1' }])
  })

  it('ends with its keys while its holder is cut off, who is told when it is back', async () => {
    const { clock, etcd, client } = begin()
    const lease = await clock.until(client.hold(6_000))
    const state = stateOf(lease)
    await clock.until(client.txn(put('a', '1', lease.id)))
    etcd.cutOff('a')
    await clock.advance(6_001)
    assert.deepEqual([state(), etcd.texts()], ['open', {}])
    assert.ok(lease.untilMs < clock.nowMs())
    etcd.mend('a')
    await clock.advance(10)
    assert.equal(state(), 'expired')
  })

  it('does not end while there is no leader, and begins anew afterwards', async () => {
    const { clock, etcd, client } = begin()
    const { lease } = await clock.until(client.grant(5_000))
    await clock.until(client.txn(put('a', '1', lease)))
    await clock.advance(4_000)
    etcd.freeze()
    await clock.advance(60_000)
    assert.deepEqual(
      etcd.leases().map(({ leftMs }) => leftMs),
      [5_000],
    )
    etcd.thaw()
    await clock.advance(4_999)
    assert.deepEqual(etcd.texts(), { a: '1' })
    await clock.advance(2)
    assert.deepEqual(etcd.texts(), {})
  })

  it('ends when a test says so', async () => {
    const { clock, etcd, client } = begin()
    const lease = await clock.until(client.hold(6_000))
    const state = stateOf(lease)
    etcd.expire(lease.id)
    await clock.advance(2_010)
    assert.equal(state(), 'expired')
  })
})

describe('a frozen etcd in memory', () => {
  it('does late what it was asked, and tells its watches that it is gone and back', async () => {
    const { clock, etcd, client } = begin()
    const told = watchAll(client)
    await clock.advance(1)
    etcd.freeze()
    const late = client.txn(put('a', '1'), { timeoutMs: 100 })
    await assert.rejects(clock.until(late), { code: 'ETCD_TIMEOUT' })
    const soon = client.txn(put('b', '1'))
    await clock.advance(100)
    etcd.thaw()
    await clock.until(soon)
    await clock.advance(10)
    assert.deepEqual(told, ['up', 'down', 'up', 'a=1', 'b=1'])
  })
})

describe('a restored etcd in memory', () => {
  it('is as it was, with its revision, and ends the watches that have seen more', async () => {
    const { clock, etcd, client } = begin()
    const { lease } = await clock.until(client.grant(5_000))
    etcd.put('a', '1', { lease })
    const early = etcd.snapshot()
    etcd.put('a', '2')
    etcd.put('b', '1')
    const told = watchAll(client, early.revision)
    const later = watchAll(etcd.client('b'), etcd.revision + 1)
    await clock.advance(10)
    etcd.restore(early)
    assert.deepEqual([etcd.revision, etcd.texts()], [early.revision, { a: '1' }])
    await clock.advance(10)
    assert.deepEqual(told, ['up', 'a=1', 'a=2', 'b=1', 'down', 'rewound'])
    assert.deepEqual(later, ['up', 'down', 'rewound'])
    await clock.advance(5_000)
    assert.deepEqual(etcd.texts(), {})
  })

  it('ends a watch that was away while the revision grew beyond what it had seen', async () => {
    const { clock, etcd, client } = begin()
    const early = etcd.snapshot()
    const told = watchAll(client)
    etcd.put('a', '1')
    await clock.advance(10)
    etcd.cutOff('a')
    etcd.restore(early)
    for (const value of ['2', '3', '4']) etcd.put('a', value)
    etcd.mend('a')
    await clock.advance(10)
    assert.deepEqual(told, ['up', 'a=1', 'down', 'rewound'])
  })

  it('goes on with a watch that has seen no more than there is', async () => {
    const { clock, etcd, client } = begin()
    etcd.put('a', '1')
    const told = watchAll(client)
    await clock.advance(10)
    etcd.restore(etcd.snapshot())
    etcd.put('b', '1')
    await clock.advance(10)
    assert.deepEqual(told, ['up', 'a=1', 'down', 'up', 'b=1'])
  })
})

describe('a compaction of an etcd in memory', () => {
  it('ends a watch that was cut off and is too far behind', async () => {
    const { clock, etcd, client } = begin()
    const behind = watchAll(client)
    const ahead = watchAll(etcd.client('b'))
    await clock.advance(1)
    etcd.cutOff('a')
    for (const value of ['1', '2', '3']) etcd.put('a', value)
    etcd.compact()
    etcd.mend('a')
    await clock.advance(10)
    assert.deepEqual(behind, ['up', 'down', 'compacted'])
    assert.deepEqual(ahead, ['up', 'a=1', 'a=2', 'a=3'])
  })
})
