/**
 * test/faults/breaker.test: faults of an etcd are made one after another and listed, and one that
 * fails is told and ends nothing.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { readFaults } from '#chaos/account/fact-lines'
import { Ledger } from '#chaos/client/ledger'
import type { Engine } from '#chaos/etcd/engine'
import { Breaker } from '#chaos/faults/breaker'
import type { Fault } from '#chaos/faults/fault'
import type { Cluster } from '#chaos/system/cluster'
import { fakeEngine } from '#test/fake/fake-engine'
import { quickWorld } from '#test/fake/quick-world'

const NEVER = new AbortController().signal

/** A cluster in which nobody runs. */
const NOBODY = {
  ...{ view: async () => undefined, coordinators: [], workers: [] },
  program: () => undefined,
} as unknown as Cluster

const faultOf = (kind: Fault['kind'], atMs: number): Fault => ({
  ...{ atMs, kind, victim: 'etcd-leader', lastsMs: 2_000, lot: 0 },
})

async function open(t: TestContext, break_: (engine: Engine) => Engine = (engine) => engine) {
  const folder = await mkdtemp(join(tmpdir(), 'jobs-breaker-'))
  const world = quickWorld()
  const ledger = new Ledger({ log: join(folder, 'c.jsonl'), world, hasEffect: () => false })
  t.after(async () => {
    ledger.close()
    await rm(folder, { recursive: true })
  })
  for (let at = 0; at < 40; at += 1) {
    const id = `a${at}`
    ledger.write({ kind: 'asked', id, expected: 'done', digest: 'r1' })
    ledger.write({ kind: 'acknowledged', id, status: 201, url: 'u' })
  }
  const { engine, done } = fakeEngine(world)
  const log = join(folder, 'faults.jsonl')
  const parts = { cluster: NOBODY, engine: break_(engine), ledger, world, log }
  const breaker = new Breaker({ ...parts, inFlightMin: 10, say: () => {} })
  const facts = async () => readFaults(await readFile(log, 'utf8')).facts
  return { breaker, engine, done, facts }
}

describe('whoever makes faults', () => {
  it('meets the member that leads etcd, and lists what it did', async (t) => {
    const { breaker, done, facts } = await open(t)
    await breaker.run([faultOf('etcd-kill', 0), faultOf('compact', 10)], NEVER)
    assert.ok(done.includes('kill etcd1') && done.includes('restart etcd1'))
    assert.ok(done.includes('compact 7'))
    const told = (await facts()).map(({ fault, target, inFlight }) => [fault, target, inFlight])
    assert.deepEqual(told, [
      ['etcd-kill of the leader', 'etcd1', 40],
      ['compact', 'etcd', 40],
    ])
    assert.deepEqual(breaker.failures, [])
  })

  it('tells of a member that does not start again, and goes on', async (t) => {
    const { breaker, done } = await open(t, (engine) => {
      engine.mend = async () => assert.fail('its disk is gone')
      return engine
    })
    await breaker.run([faultOf('etcd-kill', 0), faultOf('compact', 60_000)], NEVER)
    assert.ok(done.includes('compact 7'))
    assert.equal(breaker.failures.length, 1)
    assert.match(breaker.failures[0] ?? '', /^etcd-kill of the leader etcd1 failed: .*disk is gone/)
  })
})
