/**
 * etcd/test/client/semantics-of-time: what an etcd does with leases, watches and its history.
 *
 * @source etcd v3.4 API reference
 */
import assert from 'node:assert/strict'
import {
  fact,
  names,
  put,
  read,
  refusal,
  remove,
  type SemanticsCase,
  Watched,
  write,
} from '#test/client/semantics-stage'

export const LEASES: readonly SemanticsCase[] = [
  fact('a lease has two seconds at least, and says how long it lives', async ({ one }) => {
    const { lease, ttlMs } = await one.grant(100)
    assert.equal(ttlMs, 2_000)
    const leftMs = await one.timeToLive(lease)
    assert.ok(leftMs > 0 && leftMs <= 2_000, String(leftMs))
    await one.revoke(lease)
    assert.equal(await one.timeToLive(lease), 0)
  }),
  fact('a part of a second more is a whole one', async ({ one }) => {
    const { lease, ttlMs } = await one.grant(4_001)
    assert.equal(ttlMs, 5_000)
    await one.revoke(lease)
  }),
  fact('the keys of a lease end with it, in one revision', async ({ one, other, key }) => {
    const { lease } = await one.grant(60_000)
    await write(one, put(key('b'), '1', lease), put(key('a'), '1', lease))
    assert.equal((await read(one, key('a')))?.lease, lease)
    await write(one, put(key('free'), '1', lease))
    // Put without the lease, it is free of it.
    const free = await write(one, put(key('free'), '2'))
    const watched = new Watched()
    const range = { prefix: key('') }
    const watch = other.watch({ range, fromRevision: free + 1, ...watched })
    await one.revoke(lease)
    await watched.until(({ events }) => events.length >= 2)
    watch.close()
    assert.deepEqual(watched.texts, ['a gone', 'b gone'])
    const revisions = watched.events.map((event) => event.kind === 'delete' && event.modRevision)
    assert.equal(new Set(revisions).size, 1)
    assert.deepEqual(names(await one.range({ range })), ['free'])
  }),
  fact('a lease that is kept goes on, one that is not ends', async ({ one, other, key }) => {
    const kept = await one.hold(2_000)
    const { lease } = await one.grant(2_000)
    const start = await write(one, put(key('kept'), '1', kept.id), put(key('left'), '1', lease))
    const watched = new Watched()
    const ask = { range: { prefix: key('') }, fromRevision: start + 1, ...watched }
    const watch = other.watch(ask)
    await watched.until(({ events }) => events.length > 0)
    assert.deepEqual(watched.texts, ['left gone'])
    assert.ok(kept.untilMs > one.nowMs())
    await kept.revoke()
    await watched.until(({ events }) => events.length > 1)
    watch.close()
    assert.equal(await kept.ended, 'revoked')
    assert.equal(await read(one, key('kept')), undefined)
  }),
  fact('who keeps a lease that another one revokes is told', async ({ one, other }) => {
    const kept = await one.hold(2_000)
    await other.revoke(kept.id)
    assert.equal(await kept.ended, 'expired')
  }),
  fact('a lease that has ended already is ended without a complaint', async ({ one }) => {
    const { lease } = await one.grant(2_000)
    await one.revoke(lease)
    await one.revoke(lease)
    await one.revoke('12345')
  }),
  fact('a lease that is let go of lives on until its time is over', async ({ one, key }) => {
    const kept = await one.hold(60_000)
    await write(one, put(key('a'), '1', kept.id))
    kept.close()
    assert.equal(await kept.ended, 'closed')
    assert.notEqual(await read(one, key('a')), undefined)
    await one.revoke(kept.id)
    assert.equal(await read(one, key('a')), undefined)
  }),
]

export const WATCHES: readonly SemanticsCase[] = [
  fact('a watch tells what was before it and what comes, in order', async (stage) => {
    const { one, other, key } = stage
    const start = await write(one, put(key('a'), '1'))
    await write(one, put(key('a'), '2'), put(key('b'), '1'))
    const watched = new Watched()
    const ask = { range: { prefix: key('') }, fromRevision: start, ...watched }
    const watch = other.watch(ask)
    await watched.until(({ events }) => events.length >= 3)
    await write(one, remove(key('a')))
    const last = await write(one, put(key('c'), '1'))
    await watched.until(({ events }) => events.length >= 5)
    watch.close()
    assert.deepEqual(watched.texts, ['a=1', 'a=2', 'b=1', 'a gone', 'c=1'])
    assert.ok((watched.batches.at(-1)?.revision ?? 0) >= last)
    const revisions = watched.batches.map(({ revision }) => revision)
    assert.deepEqual(
      revisions,
      [...revisions].sort((a, b) => a - b),
    )
  }),
  fact('a watch of a prefix hears nothing of its neighbours', async ({ one, other, key }) => {
    const watched = new Watched()
    const start = await write(one, put(key('web2/x'), '1'))
    const ask = { range: { prefix: key('web/') }, fromRevision: start, ...watched }
    const watch = other.watch(ask)
    await write(one, put(key('web2/x'), '2'), put(key('web'), '2'))
    await write(one, put(key('web/y'), '1'))
    await watched.until(({ events }) => events.length > 0)
    watch.close()
    assert.deepEqual(watched.texts, ['y=1'])
  }),
  fact('a batch never has a part of a revision', async ({ one, other, key }) => {
    const watched = new Watched()
    const start = await write(one, put(key('a'), '1'))
    const ask = { range: { prefix: key('') }, fromRevision: start, ...watched }
    const watch = other.watch(ask)
    for (let round = 0; round < 5; round += 1) {
      const acts = Array.from({ length: 40 }, (_, at) => put(key(`k${at}`), String(round)))
      await write(one, ...acts)
    }
    await watched.until(({ events }) => events.length >= 201)
    watch.close()
    const seen = new Set<number>()
    for (const { revision, events } of watched.batches) {
      const own = new Set(events.map((event) => (event.kind === 'put' ? event.entry : event)))
      const revisions = new Set([...own].map(({ modRevision }) => modRevision))
      for (const one of revisions) assert.equal(seen.has(one), false, 'a revision in two batches')
      for (const one of revisions) assert.ok(seen.add(one) && one <= revision)
    }
  }),
  fact('a watch that was closed hears nothing more', async ({ one, key }) => {
    const closed = new Watched()
    const open = new Watched()
    const fromRevision = await write(one, put(key('a'), '1'))
    const range = { prefix: key('') }
    const first = one.watch({ range, fromRevision, ...closed })
    const second = one.watch({ range, fromRevision, ...open })
    await closed.until(({ events }) => events.length > 0)
    first.close()
    await write(one, put(key('a'), '2'))
    await open.until(({ events }) => events.length > 1)
    second.close()
    assert.deepEqual(closed.texts, ['a=1'])
    assert.deepEqual([closed.ends, open.ends], [[], []])
  }),
  fact('what a watch has seen, a read that follows has seen too', async ({ one, other, key }) => {
    const watched = new Watched()
    const fromRevision = await write(one, put(key('a'), '1'))
    const watch = other.watch({ range: { key: key('a') }, fromRevision, ...watched })
    await watched.until(({ events }) => events.length > 0)
    watch.close()
    assert.equal((await read(other, key('a')))?.value.toString(), '1')
  }),
]

export const HISTORY: readonly SemanticsCase[] = [
  fact('a watch from before a compaction ends, and so does a range', async (stage) => {
    const { one, other, key } = stage
    const early = await write(one, put(key('a'), '1'))
    await write(one, put(key('a'), '2'))
    const late = await write(one, put(key('a'), '3'))
    await one.compact(late)
    const watched = new Watched()
    other.watch({ range: { key: key('a') }, fromRevision: early, ...watched })
    await watched.until(({ ends }) => ends.length > 0)
    const [end] = watched.ends
    assert.equal(end?.kind, 'compacted')
    assert.ok(end.kind === 'compacted' && end.oldest >= late)
    const ask = { range: { key: key('a') }, revision: early }
    await assert.rejects(one.range(ask), refusal(/compacted/))
    const { keys } = await one.range({ range: { key: key('a') }, revision: late })
    assert.equal(keys[0]?.value.toString(), '3')
    await assert.rejects(one.compact(early), refusal(/compacted/))
  }),
  fact('a watch that has seen more than there is ends as rewound', async ({ one, key }) => {
    const revision = await write(one, put(key('a'), '1'))
    const watched = new Watched()
    const ask = { range: { key: key('a') }, fromRevision: revision + 1_000_000, ...watched }
    one.watch(ask)
    await watched.until(({ ends }) => ends.length > 0)
    const [end] = watched.ends
    assert.equal(end?.kind, 'rewound')
    assert.ok(end.kind === 'rewound' && end.revision >= revision)
  }),
]

export const CALLS: readonly SemanticsCase[] = [
  fact('a status tells the version and the revision', async ({ one, key }) => {
    const revision = await write(one, put(key('a'), '1'))
    const all = await Promise.all(one.endpoints.map((endpoint) => one.status(endpoint)))
    const [status, ...others] = all.filter(({ isLeader }) => isLeader)
    assert.ok(status !== undefined && others.length === 0)
    assert.match(status.version, /^3\.\d+\.\d+/)
    assert.ok(status.revision >= revision)
    assert.match(status.clusterId, /^[0-9a-f]+$/)
    assert.ok(status.dbBytes > 0)
  }),
  fact('a call that was called off before is not made', async ({ one, key }) => {
    const signal = AbortSignal.abort()
    await assert.rejects(one.txn({ acts: [put(key('a'), '1')] }, { signal }))
    assert.equal(await read(one, key('a')), undefined)
  }),
]
