/**
 * test/store/etcd/foreign-records: values that nobody here has written, under the keys of jobs.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { JobsFault } from '#jobs/job/faults'
import { readRecord, writeRecord } from '#jobs/store/etcd/job-record'
import { EtcdSim, PLACES } from '#test/store/etcd/etcd-sim'
import { job } from '#test/store/sim'

const recordWith = (id: string, result: string): string =>
  (writeRecord(job(id, { result: 'here' }), 1) ?? '').replace(
    '"result":"here"',
    `"result":${result}`,
  )

/** Within the bytes of a record as they are, and none that can be kept. */
const UNKEPT: Readonly<Record<string, string>> = Object.freeze({
  numbers: recordWith('evil', `[${Array(9_000).fill('1e20').join(',')}]`),
  deep: recordWith('evil', `${'['.repeat(30_000)}${']'.repeat(30_000)}`),
})

/** The longest one that is written. */
function longest(): ReturnType<typeof job> {
  let length = 64_000
  const long = (): ReturnType<typeof job> => job('long', { result: 'x'.repeat(length) })
  while (writeRecord(long(), 1) !== undefined) length += 1
  length -= 1
  return long()
}

describe('a record that cannot be kept', () => {
  for (const [kind, value] of Object.entries(UNKEPT)) {
    it(`is odd, and neither a mirror nor a book stops at it: ${kind}`, async () => {
      equal(readRecord('evil', Buffer.from(value), 7).kind, 'odd')
      const sim = new EtcdSim()
      const book = await sim.until(sim.open(sim.first))
      await sim.until(book.write([job('a')]))
      await sim.pass(50)
      const loads = sim.first.life?.mirror.loads
      sim.etcd.put(PLACES.jobKey('evil'), value)
      await sim.until(book.write([job('b')]))
      await sim.pass(3_000)
      equal(sim.first.life?.mirror.loads, loads)
      const second = sim.sites[1] as never
      sim.crash(second)
      sim.start(second)
      await sim.pass(100)
      for (const { life } of sim.sites) {
        equal(life?.mirror.get('b')?.id, 'b')
        equal(life?.mirror.oddities.length, 1)
      }
      const later = await sim.until(sim.open(second))
      equal(later.open.length, 2)
    })
  }

  it('leaves what was known of its job as it was', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    await sim.until(book.write([job('evil', { state: 'running' })]))
    sim.etcd.put(PLACES.jobKey('evil'), UNKEPT['numbers'] ?? '')
    await sim.pass(50)
    for (const { life } of sim.sites) equal(life?.mirror.get('evil')?.state, 'running')
    await sim.until(book.write([job('evil', { state: 'done' })]))
    await sim.pass(50)
    for (const { life } of sim.sites) equal(life?.mirror.get('evil')?.state, 'done')
  })

  it('is written by no leader: the longest one is read in any revision', async () => {
    const long = longest()
    const value = Buffer.from(writeRecord(long, 1) ?? '')
    equal(readRecord('long', value, 2 ** 42).kind, 'job')
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    equal((await sim.until(book.write([long]))).length, 1)
    await sim.pass(50)
    for (const { life } of sim.sites) equal(life?.mirror.get('long')?.id, 'long')
  })
})

describe('a record of a term that never was', () => {
  it('hides no later job from whoever keeps the texts', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    await sim.until(book.write([job('a')]))
    sim.etcd.put(PLACES.jobKey('evil'), writeRecord(job('evil'), Number.MAX_SAFE_INTEGER) ?? '')
    await sim.pass(50)
    const { mirror } = sim.sites[2]?.life ?? {}
    ok(mirror)
    const seen = mirror.complete
    await sim.until(book.write([job('b')]))
    await sim.until(book.write([job('a', { state: 'done' })]))
    await sim.pass(50)
    deepEqual(
      mirror.changes(seen, 10).entries.map(({ id }) => id),
      ['b', 'a'],
    )
  })

  it('is behind everything that is read after an older state was restored', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    await sim.until(book.write([job('a')]))
    const snapshot = sim.etcd.snapshot()
    await sim.until(book.write([job('a', { state: 'done' })]))
    await sim.pass(50)
    const { mirror } = sim.sites[2]?.life ?? {}
    ok(mirror)
    const seen = mirror.complete
    sim.etcd.restore(snapshot)
    await sim.pass(2_000)
    deepEqual(
      mirror.changes(seen, 10).entries.map(({ id }) => id),
      ['a'],
    )
  })
})

describe('keys that are none of a job', () => {
  it('are told once each, and no more of them than a log can bear', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    const lines = (): number => sim.told.filter((line) => line.includes('left alone')).length
    for (let at = 0; at < 50; at += 1) sim.etcd.put(`${PLACES.all}odd`, `${at}`)
    await sim.pass(50)
    equal(lines(), sim.sites.length)
    for (let at = 0; at < 700; at += 1) {
      sim.etcd.put(`${PLACES.all}come-and-gone`, '1')
      sim.etcd.delete({ key: `${PLACES.all}come-and-gone` })
    }
    await sim.pass(50)
    ok(lines() <= 100 * sim.sites.length, `${lines()} lines`)
    await sim.pass(120_000)
    ok(sim.told.some((line) => line.includes('more keys of etcd')))
    sim.etcd.put(`${PLACES.all}later`, '1')
    const before = lines()
    await sim.pass(50)
    equal(lines() - before, sim.sites.length)
    book.close()
  })

  it('are told once, however often all is read', async () => {
    const sim = new EtcdSim()
    sim.etcd.put(`${PLACES.all}odd`, '1')
    await sim.pass(100)
    sim.etcd.cutOff('c3')
    for (const value of ['1', '2']) sim.etcd.put(`${PLACES.all}other`, value)
    sim.etcd.compact()
    sim.etcd.mend('c3')
    await sim.pass(5_000)
    equal(sim.sites[2]?.life?.mirror.loads, 2)
    equal(sim.told.filter((line) => line.includes('left alone')).length, 2 * sim.sites.length)
  })

  it('are remembered by a short name, and forgotten by the whole', async () => {
    const sim = new EtcdSim()
    const long = `${PLACES.all}${'k'.repeat(100_000)}`
    for (const key of [`${long}1`, `${long}2`]) sim.etcd.put(key, '1')
    await sim.pass(50)
    const { mirror } = sim.first.life ?? {}
    equal(mirror?.oddities.length, 2)
    ok(mirror?.oddities.every(({ key }) => key.length <= 200))
    sim.etcd.delete({ key: `${long}1` })
    await sim.pass(50)
    equal(mirror?.oddities.length, 1)
  })
})

describe('a job whose record grew too long', () => {
  it('is refused before anything is sent', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    const { result, ...rest } = longest()
    const { revision } = sim.etcd
    const written = book.write([{ ...rest, result: `${result}x` }])
    await rejects(written, (fault) => JobsFault.is(fault, 'JOB_INVALID'))
    equal(sim.etcd.revision, revision)
  })
})
