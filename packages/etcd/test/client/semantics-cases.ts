/**
 * etcd/test/client/semantics-cases: what an etcd does, as facts that a client can see.
 *
 * The same list holds for a real etcd and for the one in memory, so that what is tested with the
 * latter may be believed. Keys of a case begin with its own prefix; no case sleeps.
 *
 * @source etcd v3.4 API reference
 */
import assert from 'node:assert/strict'
import type {
  Act,
  Compare,
  EtcdClient,
  KeyValue,
  RangeAnswer,
  WatchBatch,
  WatchEnd,
  WatchEvent,
} from '@troupe/etcd'

/** What a case is given: two clients of one etcd, and keys of its own. */
export interface SemanticsStage {
  readonly one: EtcdClient
  readonly other: EtcdClient
  /** A key of this case. */
  key(name: string): string
}

export interface SemanticsCase {
  readonly title: string
  readonly run: (stage: SemanticsStage) => Promise<void>
}

const fact = (title: string, run: SemanticsCase['run']): SemanticsCase => ({ title, run })
export const put = (key: string, value: string | Uint8Array, lease?: string): Act =>
  lease === undefined ? { kind: 'put', key, value } : { kind: 'put', key, value, lease }
export const remove = (key: string): Act => ({ kind: 'delete', range: { key } })
const absent = (key: string): Compare => ({ key, target: 'create', is: '=', than: 0 })
const told = (entry: KeyValue | undefined) =>
  entry && [entry.value.toString(), entry.createRevision, entry.modRevision, entry.version]
const names = ({ keys }: RangeAnswer): readonly string[] =>
  keys.map(({ key }) => key.toString().split('/').at(-1) ?? '')

async function write(client: EtcdClient, ...acts: readonly Act[]): Promise<number> {
  const { revision, held } = await client.txn({ acts })
  assert.equal(held, true)
  return revision
}

async function read(client: EtcdClient, key: string): Promise<KeyValue | undefined> {
  return (await client.range({ range: { key } })).keys[0]
}

/** What a watch was told, and a wait for more of it. */
class Watched {
  readonly batches: WatchBatch[] = []
  readonly ends: WatchEnd[] = []
  #look: () => void = () => {}

  readonly take = (batch: WatchBatch): void => {
    this.batches.push(batch)
    this.#look()
  }
  readonly ended = (end: WatchEnd): void => {
    this.ends.push(end)
    this.#look()
  }

  get events(): readonly WatchEvent[] {
    return this.batches.flatMap(({ events }) => events)
  }

  get texts(): readonly string[] {
    return this.events.map((event) => {
      const key = (event.kind === 'put' ? event.entry.key : event.key).toString()
      const name = key.split('/').at(-1)
      return event.kind === 'put' ? `${name}=${event.entry.value.toString()}` : `${name} gone`
    })
  }

  async until(isSo: (watched: Watched) => boolean): Promise<void> {
    while (!isSo(this)) {
      await new Promise<void>((settle) => {
        this.#look = settle
      })
    }
  }
}

const KEYS: readonly SemanticsCase[] = [
  fact(
    'a key has the revision of its making and of its change, and counts its versions',
    async ({ one, key }) => {
      const made = await write(one, put(key('a'), '1'))
      const changed = await write(one, put(key('a'), '2'))
      assert.deepEqual(told(await read(one, key('a'))), ['2', made, changed, 2])
      await write(one, remove(key('a')))
      assert.equal(await read(one, key('a')), undefined)
      const anew = await write(one, put(key('a'), '3'))
      assert.deepEqual(told(await read(one, key('a'))), ['3', anew, anew, 1])
    },
  ),
  fact('a transaction is one revision, and one that changes nothing is none', async (stage) => {
    const { one, key } = stage
    const before = await write(one, put(key('a'), '1'))
    const after = await write(one, put(key('b'), '1'), put(key('c'), '1'))
    assert.ok(after > before)
    const { keys } = await one.range({ range: { prefix: key('') } })
    assert.deepEqual(
      keys.map(({ modRevision }) => modRevision),
      [before, after, after],
    )
    const { keys: gone } = await one.range({ range: { key: key('nothing') } })
    assert.deepEqual(gone, [])
    const nothing = await one.txn({ acts: [remove(key('nothing'))] })
    assert.deepEqual(nothing.answers, [{ keys: [], more: false }])
  }),
  fact('of two that make the same key one wins, and the other one is told', async (stage) => {
    const { one, other, key } = stage
    const when = [absent(key('name'))]
    const answers = await Promise.all([
      one.txn({ when, acts: [put(key('name'), 'one')] }),
      other.txn({ when, acts: [put(key('name'), 'other')] }),
    ])
    assert.deepEqual(answers.map(({ held }) => held).sort(), [false, true])
  }),
  fact('a transaction reads what it has written itself', async ({ one, key }) => {
    const range = { key: key('a') }
    const { answers } = await one.txn({
      acts: [{ kind: 'range', range }, put(key('a'), '1'), { kind: 'range', range }],
    })
    assert.deepEqual(
      answers.map(({ keys }) => keys.map(({ value }) => value.toString())),
      [[], [], ['1']],
    )
  }),
  fact('what does not hold leads to the other branch, with its own answers', async (stage) => {
    const { one, key } = stage
    await write(one, put(key('a'), 'mine'))
    const { held, answers } = await one.txn({
      when: [absent(key('a'))],
      acts: [put(key('a'), 'yours')],
      otherwise: [{ kind: 'range', range: { key: key('a') } }],
    })
    assert.equal(held, false)
    assert.equal(answers[0]?.keys[0]?.value.toString(), 'mine')
  }),
  fact('compares see create, mod, version, value and lease', async ({ one, key }) => {
    const made = await write(one, put(key('a'), '1'))
    const changed = await write(one, put(key('a'), '2'))
    const subject = { key: key('a') }
    const none = { key: key('none') }
    const table: readonly (readonly [Compare, boolean])[] = [
      [{ ...subject, target: 'create', is: '=', than: made }, true],
      [{ ...subject, target: 'create', is: '=', than: changed }, false],
      [{ ...subject, target: 'mod', is: '>', than: made }, true],
      [{ ...subject, target: 'mod', is: '<', than: changed }, false],
      [{ ...subject, target: 'mod', is: '!=', than: made }, true],
      [{ ...subject, target: 'version', is: '=', than: 2 }, true],
      [{ ...subject, target: 'value', is: '=', than: '2' }, true],
      [{ ...subject, target: 'value', is: '!=', than: '2' }, false],
      [{ ...subject, target: 'lease', is: '=', than: '0' }, true],
      [{ ...none, target: 'version', is: '=', than: 0 }, true],
      [{ ...none, target: 'mod', is: '<', than: 1 }, true],
      [{ ...none, target: 'value', is: '=', than: '' }, false],
      // Of a key that is not there nothing is said, not even that it differs.
      [{ ...none, target: 'value', is: '!=', than: 'x' }, false],
    ]
    for (const [compare, holds] of table) {
      const { held } = await one.txn({ when: [compare] })
      assert.equal(held, holds, `${compare.target} ${compare.is} ${compare.than}`)
    }
  }),
  fact('a range is in the order of bytes, and says when there is more', async ({ one, key }) => {
    const order = ['B', 'a', 'a2', 'ä']
    await write(one, ...[...order].reverse().map((name) => put(key(name), name)))
    const range = { prefix: key('') }
    assert.deepEqual(names(await one.range({ range })), order)
    const first = await one.range({ range, limit: 2 })
    assert.deepEqual([names(first), first.more], [['B', 'a'], true])
    const rest = await one.range({ range: { from: key('a2'), to: key('ä') } })
    assert.deepEqual([names(rest), rest.more], [['a2'], false])
    const bare = await one.range({ range: { key: key('a') }, keysOnly: true })
    assert.deepEqual([names(bare), bare.keys[0]?.value.length], [['a'], 0])
    assert.deepEqual(names(await one.rangeAll(range)), order)
  }),
  fact('a range of an earlier revision is as it was then', async ({ one, key }) => {
    const before = await write(one, put(key('a'), '1'))
    await write(one, remove(key('a')), put(key('b'), '1'))
    const then = await one.range({ range: { prefix: key('') }, revision: before })
    assert.deepEqual(names(then), ['a'])
    assert.ok(then.revision > before)
  }),
  fact('keys and values are any bytes', async ({ one, key }) => {
    const strange = Buffer.concat([Buffer.from(key('')), Buffer.from([0, 0xff, 0x80, 0x0a])])
    const value = Buffer.from([0xff, 0, 0xc3, 0x28])
    await one.txn({ acts: [{ kind: 'put', key: strange, value }] })
    const { keys } = await one.range({ range: { prefix: key('') } })
    assert.deepEqual(
      keys.map((entry) => [Buffer.from(entry.key), Buffer.from(entry.value)]),
      [[strange, value]],
    )
  }),
  fact('an empty value is a value', async ({ one, key }) => {
    await write(one, put(key('a'), ''))
    assert.equal((await read(one, key('a')))?.value.length, 0)
  }),
]

const refusal = (problem: RegExp) => (error: unknown) => {
  const { code, message } = error as { readonly code: string; readonly message: string }
  assert.equal(code, 'ETCD_REFUSED')
  assert.match(message, problem)
  return true
}

const REFUSALS: readonly SemanticsCase[] = [
  fact('a key is put once in a transaction, and not put where it is deleted', async (stage) => {
    const { one, key } = stage
    const twice = one.txn({ acts: [put(key('a'), '1'), put(key('a'), '2')] })
    await assert.rejects(twice, refusal(/duplicate key/))
    const range = { prefix: key('') }
    const both = one.txn({ acts: [{ kind: 'delete', range }, put(key('a'), '2')] })
    await assert.rejects(both, refusal(/duplicate key/))
    assert.equal(await read(one, key('a')), undefined)
  }),
  fact('a transaction has 128 acts at most', async ({ one, key }) => {
    const acts = Array.from({ length: 129 }, (_, at) => put(key(`a${at}`), ''))
    await assert.rejects(one.txn({ acts }), refusal(/too many operations/))
    assert.equal((await one.txn({ acts: acts.slice(1) })).held, true)
  }),
  fact('a value of 2 MB is refused', async ({ one, key }) => {
    const acts = [put(key('a'), Buffer.alloc(2_000_000))]
    await assert.rejects(one.txn({ acts }), { code: 'ETCD_REFUSED' })
  }),
  fact('a range of 5 MB is refused at once, and read in pages', async ({ one, key }) => {
    for (const at of [1, 2, 3, 4]) await write(one, put(key(`a${at}`), Buffer.alloc(1_250_000, at)))
    const range = { prefix: key('') }
    await assert.rejects(one.range({ range }), { code: 'ETCD_REFUSED' })
    const { keys, more } = await one.rangeAll(range)
    assert.deepEqual([keys.length, more], [4, false])
    await one.txn({ acts: [{ kind: 'delete', range }] })
  }),
  fact('an empty key, and a revision of the future, are refused', async ({ one, key }) => {
    await assert.rejects(one.txn({ acts: [put('', '1')] }), refusal(/key is not provided/))
    const ask = { range: { key: key('a') }, revision: 1_000_000_000 }
    await assert.rejects(one.range(ask), refusal(/future revision/))
  }),
  fact('a put under a lease that is not there is refused, and nothing happens', async (stage) => {
    const { one, key } = stage
    const acts = [put(key('a'), '1'), put(key('b'), '1', '12345')]
    await assert.rejects(one.txn({ acts }), refusal(/requested lease not found/))
    assert.equal(await read(one, key('a')), undefined)
    await assert.rejects(one.revoke('12345'), refusal(/requested lease not found/))
    // In the branch that is not taken it does no harm.
    const { held } = await one.txn({
      when: [absent(key('a'))],
      otherwise: [put(key('b'), '', '1')],
    })
    assert.equal(held, true)
  }),
]

const LEASES: readonly SemanticsCase[] = [
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
    const { lease } = await one.grant(5_000)
    const start = await write(one, put(key('b'), '1', lease), put(key('a'), '1', lease))
    assert.equal((await read(one, key('a')))?.lease, lease)
    await write(one, put(key('free'), '1', lease))
    // Put without the lease, it is free of it.
    await write(one, put(key('free'), '2'))
    const watched = new Watched()
    const range = { prefix: key('') }
    const watch = other.watch({ range, fromRevision: start + 3, ...watched })
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

const WATCHES: readonly SemanticsCase[] = [
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

const HISTORY: readonly SemanticsCase[] = [
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

const CALLS: readonly SemanticsCase[] = [
  fact('a status tells the version and the revision', async ({ one, key }) => {
    const revision = await write(one, put(key('a'), '1'))
    const status = await one.status(one.endpoints[0] ?? '')
    assert.match(status.version, /^3\.\d+\.\d+/)
    assert.ok(status.revision >= revision)
    assert.equal(status.isLeader, true)
    assert.match(status.clusterId, /^[0-9a-f]+$/)
    assert.ok(status.dbBytes > 0)
  }),
  fact('a call that was called off before is not made', async ({ one, key }) => {
    const signal = AbortSignal.abort()
    await assert.rejects(one.txn({ acts: [put(key('a'), '1')] }, { signal }))
    assert.equal(await read(one, key('a')), undefined)
  }),
]

export const SEMANTICS: Readonly<Record<string, readonly SemanticsCase[]>> = {
  keys: KEYS,
  refusals: REFUSALS,
  leases: LEASES,
  watches: WATCHES,
  history: HISTORY,
  calls: CALLS,
}
