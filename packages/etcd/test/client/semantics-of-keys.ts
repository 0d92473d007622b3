/**
 * etcd/test/client/semantics-of-keys: what an etcd does with keys, and what it refuses.
 *
 * @source etcd v3.4 API reference
 */
import assert from 'node:assert/strict'
import type { Compare } from '@troupe/etcd'
import {
  absent,
  fact,
  names,
  put,
  read,
  refusal,
  remove,
  type SemanticsCase,
  told,
  write,
} from '#test/client/semantics-stage'

export const KEYS: readonly SemanticsCase[] = [
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
    const { lease } = await one.grant(60_000)
    await write(one, put(key('leased'), '1', lease))
    const leased = { key: key('leased') }
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
      [{ ...subject, target: 'lease', is: '=', than: lease }, false],
      [{ ...leased, target: 'lease', is: '=', than: lease }, true],
      [{ ...leased, target: 'lease', is: '=', than: '0' }, false],
      [{ ...leased, target: 'lease', is: '!=', than: '0' }, true],
      [{ ...none, target: 'lease', is: '=', than: lease }, false],
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
    await one.revoke(lease)
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

export const REFUSALS: readonly SemanticsCase[] = [
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
  fact('a range of 5 MB is read, as a whole and in pages', async ({ one, key }) => {
    for (const at of [1, 2, 3, 4]) await write(one, put(key(`a${at}`), Buffer.alloc(1_250_000, at)))
    const range = { prefix: key('') }
    assert.equal((await one.range({ range })).keys.length, 4)
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
    // In the branch that is not taken it does no harm.
    const { held } = await one.txn({
      when: [absent(key('a'))],
      otherwise: [put(key('b'), '', '1')],
    })
    assert.equal(held, true)
  }),
]
