/**
 * test/store/etcd/silent-member: what a book waits for when one of the members of etcd is frozen.
 *
 * The client of a test stands for the way over several members: the first one that is asked never
 * answers, and the next one is asked only for what may be sent twice.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EtcdClient } from '@troupe/etcd'
import { TroupeError } from 'troupe'
import type { Book } from '#jobs/store/book'
import { markOf } from '#jobs/store/etcd/job-record'
import { EtcdSim, PLACES } from '#test/store/etcd/etcd-sim'
import { job } from '#test/store/sim'

const MEMBERS = 3

interface Silence {
  /** Whether the silent one has done what it was asked. */
  isDone: boolean
}

function pastSilence(client: EtcdClient, sim: EtcdSim, silence: Silence): EtcdClient {
  const txn: EtcdClient['txn'] = async (given, options = {}) => {
    const { timeoutMs = 500, retry = false } = options
    if (silence.isDone) await client.txn(given, options)
    const waitMs = retry ? timeoutMs / MEMBERS : timeoutMs
    await new Promise<void>((resolve) => sim.clock.after(waitMs, resolve))
    if (retry) return client.txn(given, options)
    throw new TroupeError('ETCD_TIMEOUT', { endpoint: 'frozen', operation: 'txn', timeoutMs })
  }
  return new Proxy(client, {
    get(target, name) {
      if (name === 'txn') return txn
      const found: unknown = Reflect.get(target, name, target)
      return typeof found === 'function' ? found.bind(target) : found
    },
  })
}

async function opened(sim: EtcdSim, silence: Silence): Promise<Book> {
  const { first } = sim
  const { life } = first
  ok(life)
  first.life = { ...life, client: pastSilence(life.client, sim, silence) }
  return sim.until(sim.open(first))
}

for (const isDone of [false, true]) {
  describe(isDone ? 'a member that does what it never confirms' : 'a frozen member', () => {
    it('costs a write a part of its time, and it is confirmed', async () => {
      const sim = new EtcdSim()
      const book = await opened(sim, { isDone })
      const sinceMs = sim.clock.nowMs()
      const { revision } = sim.etcd
      const written = await sim.until(book.write([job('a'), job('b')]))
      ok(sim.clock.nowMs() - sinceMs < 300)
      equal(sim.etcd.revision, revision + 1)
      deepEqual(
        written.map(({ id, mark }) => [id, mark]),
        ['a', 'b'].map((id) => [id, markOf(book.term, revision + 1)]),
      )
      await sim.until(book.write([job('a', { state: 'done' })]))
      equal(book.get('a')?.state, 'done')
      deepEqual(
        sim.told.filter((line) => line.startsWith('warning')),
        [],
      )
    })

    it('leaves a book the jobs that it was opened with first', async () => {
      const sim = new EtcdSim()
      await opened(sim, { isDone })
      const identity = sim.etcd.get(PLACES.identity)
      equal(identity?.version, 1)
      equal(sim.first.memory.jobsIdentity, identity?.value.toString())
    })
  })
}
