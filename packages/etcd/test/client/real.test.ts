/**
 * etcd/test/client/real.test: what only the client of a real etcd does; see semantics.test.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { connectEtcd, type EtcdClient } from '@troupe/etcd'
import { type LocalEtcd, startEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import { put, Watched, write } from '#test/client/semantics-stage'

describe('a client of a real etcd', { skip: partSkip('etcd') }, () => {
  let etcd: LocalEtcd
  let one: EtcdClient
  let other: EtcdClient
  before(async () => {
    etcd = await startEtcd({ fsync: false, heartbeatMs: 30, electionMs: 200 })
    one = connectEtcd({ endpoints: etcd.endpoints })
    other = connectEtcd({ endpoints: etcd.endpoints })
  })
  after(async () => {
    one?.close()
    other?.close()
    await etcd?.stop()
  })

  it('reads a range of many pages as of one revision', async () => {
    for (let at = 1_000; at < 2_000; at += 100) {
      await write(one, ...Array.from({ length: 100 }, (_, more) => put(`many/${at + more}`, 'x')))
    }
    const reading = one.rangeAll({ prefix: 'many/' })
    await write(other, put('many/1999', 'later'))
    const all = await reading
    assert.equal(all.keys.length, 1_000)
    assert.equal(new Set(all.keys.map(({ key }) => key.toString())).size, 1_000)
    assert.ok(all.keys.every(({ modRevision }) => modRevision <= all.revision))
    assert.equal(all.more, false)
  })

  it('reads pages of few large values after many small ones', async () => {
    await write(one, ...Array.from({ length: 100 }, (_, at) => put(`large/a${at}`, 'x')))
    await write(one, ...Array.from({ length: 100 }, (_, at) => put(`large/b${at}`, 'x')))
    for (let at = 0; at < 18; at += 1) await write(one, put(`large/c${at}`, 'x'.repeat(1_000_000)))
    const { keys: found } = await one.rangeAll({ prefix: 'large/' })
    assert.equal(found.length, 218)
    const ask = { range: { prefix: 'large/' } }
    await assert.rejects(one.range(ask), { code: 'ETCD_REFUSED', message: /larger than max/ })
  })

  it('watches what comes from now on', async () => {
    const watched = new Watched()
    const { revision } = await one.range({ range: { key: 'now' } })
    const watch = one.watch({ range: { key: 'now' }, fromRevision: 0, ...watched })
    // It begins when it has its line; what comes before that is no event of it.
    for (let count = 1; watched.events.length === 0; count += 1) {
      await write(other, put('now', String(count)))
    }
    watch.close()
    const [event] = watched.events
    assert.ok(event?.kind === 'put' && event.entry.modRevision > revision)
  })

  it('tells of no endpoint but its own', async () => {
    await assert.rejects(one.status('elsewhere:1'), { code: 'OPTION_INVALID' })
  })
})

describe('a client that was closed', () => {
  it('refuses every verb', async () => {
    const client = connectEtcd({ endpoints: ['127.0.0.1:1'] })
    const waiting = client.range({ range: { key: 'x' } })
    client.close()
    client.close()
    await assert.rejects(waiting, { code: 'ETCD_CLOSED' })
    await assert.rejects(client.txn({}), { code: 'ETCD_CLOSED' })
    await assert.rejects(client.hold(2_000), { code: 'ETCD_CLOSED' })
    const watch = { range: { key: 'x' }, fromRevision: 1, take: () => {}, ended: () => {} }
    assert.throws(() => client.watch(watch), { code: 'ETCD_CLOSED' })
  })
})
