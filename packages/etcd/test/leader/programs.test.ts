/**
 * Three programs around a real etcd: the leader is killed and frozen, another one leads, and what a
 * frozen one writes late etcd does not take.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import { Programs } from './programs.js'

/** The shortest that this etcd grants. */
const LEASE_MS = 1_000
const FREEZES_MAX = 10

describe('three programs around a real etcd', { skip: partSkip('etcd') }, () => {
  it('have another leader after kill -9 and SIGSTOP, and no late write is taken', async (t) => {
    const etcd = await startEtcd({ fsync: false, heartbeatMs: 30, electionMs: 200 })
    const programs = new Programs(etcd, LEASE_MS)
    t.after(async () => {
      programs.end()
      await etcd.stop()
    })
    for (const name of ['a@localhost', 'b@localhost', 'c@localhost']) programs.start(name)
    // Frozen while it works, or between two works: after a few times it was the first.
    for (let freezes = 0; freezes < FREEZES_MAX && programs.refused === 0; freezes += 1) {
      const { name, tookMs } = await programs.strike('SIGSTOP')
      t.diagnostic(`SIGSTOP of ${name}: ${Math.round(tookMs)} ms`)
      await programs.wrote()
      await programs.thaw(name)
      await programs.wrote()
    }
    const { name, tookMs } = await programs.strike('SIGKILL')
    t.diagnostic(`kill -9 of ${name}: ${Math.round(tookMs)} ms`)
    await programs.wrote()
    t.diagnostic(`${programs.written.length} writes taken, ${programs.refused} late ones refused`)
    assert.ok(programs.refused > 0)
    assert.ok(programs.written.length > 0)
    assert.deepEqual(
      programs.written,
      programs.written.toSorted((one, other) => one - other),
    )
  })
})
