/**
 * etcd/test/client/real.test: the verbs of a client, against an etcd that is well.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  connectEtcd,
  type EtcdClient,
  type Running,
  type WatchBatch,
  type WatchEnd,
  type WatchEvent,
} from '@troupe/etcd'
import { partSkip } from '@troupe/tools/parts'
import { OwnEtcd } from '#test/client/own-etcd'

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8')

const told = (event: WatchEvent): string =>
  event.kind === 'put'
    ? `${text(event.entry.key)}=${text(event.entry.value)}`
    : `-${text(event.key)}`

describe('a client of an etcd that is well', { skip: partSkip('etcd') }, () => {
  let etcd: OwnEtcd
  let client: EtcdClient
  before(async () => {
    etcd = await OwnEtcd.start()
    client = connectEtcd({ endpoints: [etcd.endpoint] })
  })
  after(async () => {
    client?.close()
    await etcd?.stop()
  })
  let running: Running | undefined
  const put = async (key: string, value: string, lease?: string): Promise<number> => {
    const act = { kind: 'put', key, value, ...(lease === undefined ? {} : { lease }) } as const
    return (await client.txn({ acts: [act] })).revision
  }

  it('reads what was written, with its revisions', async () => {
    const revision = await put('read/a', 'one')
    const { keys } = await client.range({ range: { key: 'read/a' } })
    assert.equal(keys.length, 1)
    assert.equal(text(keys[0]?.value), 'one')
    assert.equal(keys[0]?.createRevision, revision)
    assert.equal(keys[0]?.modRevision, revision)
    assert.equal(keys[0]?.version, 1)
    assert.equal(keys[0]?.lease, undefined)
  })

  it('takes keys that begin alike for one range, and no neighbours', async () => {
    for (const key of ['app/web/1', 'app/web/2', 'app/web2/1']) await put(key, key)
    const { keys } = await client.range({ range: { prefix: 'app/web/' } })
    assert.deepEqual(
      keys.map(({ key }) => text(key)),
      ['app/web/1', 'app/web/2'],
    )
  })

  it('keeps the bytes of strange keys and values', async () => {
    const key = Buffer.from([0x2f, 0xff, 0x00, 0xfe])
    const value = Buffer.from([0xff, 0x00, 0x80])
    await client.txn({ acts: [{ kind: 'put', key, value }] })
    const { keys } = await client.range({ range: { prefix: Buffer.from([0x2f, 0xff]) } })
    assert.deepEqual(keys[0]?.key, key)
    assert.deepEqual(keys[0]?.value, value)
  })

  it('does one of two lists of acts, as what must hold does', async () => {
    const claim = (value: string) =>
      client.txn({
        when: [{ key: 'claim', target: 'create', is: '=', than: 0 }],
        acts: [{ kind: 'put', key: 'claim', value }],
        otherwise: [{ kind: 'range', range: { key: 'claim' } }],
      })
    assert.equal((await claim('first')).held, true)
    const second = await claim('second')
    assert.equal(second.held, false)
    assert.equal(text(second.answers[0]?.keys[0]?.value), 'first')
  })

  it('reads a range of many pages as of one revision', async () => {
    for (let at = 0; at < 1_000; at += 100) {
      const acts = Array.from({ length: 100 }, (_, index) => {
        return { kind: 'put', key: `many/${1_000 + at + index}`, value: 'x'.repeat(64) } as const
      })
      await client.txn({ acts })
    }
    const all = await client.rangeAll({ prefix: 'many/' })
    assert.equal(all.keys.length, 1_000)
    assert.equal(new Set(all.keys.map(({ key }) => text(key))).size, 1_000)
    assert.equal(all.more, false)
  })

  it('ends the keys of a lease with it', async () => {
    const { lease, ttlMs } = await client.grant(60_000)
    assert.equal(ttlMs, 60_000)
    await put('leased', 'x', lease)
    const before = await client.range({ range: { key: 'leased' } })
    assert.equal(before.keys[0]?.lease, lease)
    await client.revoke(lease)
    assert.deepEqual((await client.range({ range: { key: 'leased' } })).keys, [])
    assert.equal(await client.timeToLive(lease), 0)
    await client.revoke(lease)
  })

  it('keeps a lease alive past its time to live', async () => {
    const held = await client.hold(2_000)
    const first = held.untilMs
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (held.untilMs > first + 1_000) resolve()
        else setTimeout(look, 20)
      }
      look()
    })
    assert.ok(client.nowMs() < held.untilMs)
    await held.revoke()
    assert.equal(await held.ended, 'revoked')
  })

  it('tells a holder when its lease is gone', async () => {
    const held = await client.hold(2_000)
    await client.revoke(held.id)
    assert.equal(await held.ended, 'expired')
  })

  it('tells of every change from a revision on, in order', async () => {
    const from = await put('watched/a', '1')
    const events: WatchEvent[] = []
    const done = new Promise<void>((resolve) => {
      const take = (batch: WatchBatch): void => {
        events.push(...batch.events)
        if (events.length === 4) resolve()
      }
      const range = { prefix: 'watched/' }
      running = client.watch({ range, fromRevision: from, take, ended: () => {} })
    })
    await put('unwatched/a', '0')
    await put('watched/b', '2')
    await client.txn({
      acts: [
        { kind: 'delete', range: { key: 'watched/a' } },
        { kind: 'put', key: 'watched/c', value: '3' },
      ],
    })
    await done
    running?.close()
    assert.deepEqual(events.map(told), ['watched/a=1', 'watched/b=2', '-watched/a', 'watched/c=3'])
    const revisions = events.map((event) =>
      event.kind === 'put' ? event.entry.modRevision : event.modRevision,
    )
    assert.equal(revisions[2], revisions[3])
  })

  it('says from where on a watch may begin when its revision is compacted', async () => {
    const from = await put('compacted', '1')
    const later = await put('compacted', '2')
    await client.compact(later)
    const end = await new Promise<WatchEnd>((resolve) => {
      client.watch({
        range: { key: 'compacted' },
        fromRevision: from,
        take: () => {},
        ended: resolve,
      })
    })
    assert.deepEqual(end, { kind: 'compacted', oldest: later })
  })

  it('says that the store went back when it is behind what was seen', async () => {
    const { revision } = await client.range({ range: { key: 'x' } })
    const end = await new Promise<WatchEnd>((resolve) => {
      const fromRevision = revision + 1_000
      client.watch({ range: { key: 'x' }, fromRevision, take: () => {}, ended: resolve })
    })
    assert.equal(end.kind, 'rewound')
  })

  it('tells of one endpoint what it says of itself', async () => {
    const status = await client.status(etcd.endpoint)
    assert.match(status.version, /^3\./)
    assert.equal(status.isLeader, true)
    assert.match(status.clusterId, /^[0-9a-f]+$/)
    assert.ok(status.dbBytes > 0)
    await assert.rejects(client.status('elsewhere:1'), { code: 'OPTION_INVALID' })
  })

  it('refuses with the words of etcd', async () => {
    await assert.rejects(put('', 'x'), { code: 'ETCD_REFUSED', message: /key is not provided/ })
    await assert.rejects(put('x', 'x', '12345'), {
      code: 'ETCD_REFUSED',
      message: /lease not found/,
    })
    await assert.rejects(put('x', 'x'.repeat(2_000_000)), { code: 'ETCD_REFUSED' })
  })
})

describe('a client that was closed', () => {
  it('refuses every verb', async () => {
    const client = connectEtcd({ endpoints: ['127.0.0.1:1'] })
    const waiting = client.range({ range: { key: 'x' } })
    client.close()
    await assert.rejects(waiting, { code: 'ETCD_CLOSED' })
    await assert.rejects(client.txn({}), { code: 'ETCD_CLOSED' })
    await assert.rejects(client.hold(2_000), { code: 'ETCD_CLOSED' })
  })
})
