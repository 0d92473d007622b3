/**
 * etcd/test/client/semantics.test: one list of facts, for a real etcd and for the one in memory.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { connectEtcd, type EtcdClient } from '@troupe/etcd'
import { type LocalEtcd, type MemoryEtcdOptions, memoryEtcd, startEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import { virtualClock } from 'troupe/testing'
import { SEMANTICS } from '#test/client/semantics-cases'
import type { SemanticsCase } from '#test/client/semantics-stage'

/** A case that waits for what never comes must fail, not hang. */
const TIMEOUT_MS = 60_000

async function inMemory(run: SemanticsCase['run'], options: MemoryEtcdOptions): Promise<void> {
  const clock = virtualClock()
  const etcd = memoryEtcd({ clock, ...options })
  const clients = { one: etcd.client('one'), other: etcd.client('other') }
  await clock.until(run({ ...clients, key: (name) => `case/${name}` }))
}

for (const [room, cases] of Object.entries(SEMANTICS)) {
  describe(`an etcd in memory: ${room}`, () => {
    for (const { title, run } of cases) {
      it(title, async () => {
        await inMemory(run, {})
        await inMemory(run, { jitterMs: 3, seed: 7 })
      })
    }
  })
}

describe('a real etcd', { skip: partSkip('etcd') }, () => {
  let etcd: LocalEtcd
  const clients: EtcdClient[] = []

  before(async () => {
    etcd = await startEtcd({ fsync: false })
    const { endpoints } = etcd
    for (let count = 0; count < 2; count += 1) clients.push(connectEtcd({ endpoints }))
  })
  after(async () => {
    for (const client of clients) client.close()
    await etcd?.stop()
  })

  const list = (cases: readonly SemanticsCase[]): void => {
    for (const { title, run } of cases) {
      it(title, { timeout: TIMEOUT_MS }, async () => {
        const [one, other] = clients
        assert.ok(one !== undefined && other !== undefined)
        await run({ one, other, key: (name) => `${title}/${name}` })
      })
    }
  }
  const { history = [], ...rooms } = SEMANTICS
  describe('beside each other', { concurrency: 8 }, () => list(Object.values(rooms).flat()))
  // A compaction would take the history from under the cases beside it.
  describe('history', () => list(history))
})
