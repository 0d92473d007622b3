/**
 * test/store/etcd/etcd-book: what a leader writes is in etcd, and in every later book.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { JobsFault } from '#jobs/job/faults'
import { markOf } from '#jobs/store/etcd/job-record'
import { EtcdSim, LEADER_KEY, PLACES } from '#test/store/etcd/etcd-sim'
import { job } from '#test/store/sim'

const coded = (code: string) => (fault: unknown) => JobsFault.is(fault) && fault.code === code
const HOUR_MS = 3_600_000

describe('a book in etcd', () => {
  it('begins empty, and keeps each job under a key of its own that people can read', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    deepEqual(book.open, [])
    const [written] = await sim.until(book.write([job('a')]))
    deepEqual(written?.mark, markOf(book.term, sim.etcd.revision))
    const text = sim.etcd.get(PLACES.jobKey('a'))?.value.toString() ?? ''
    const { version, term, job: kept } = JSON.parse(text)
    deepEqual([version, term, kept.id, kept.state], [1, book.term, 'a', 'queued'])
    equal(book.get('a')?.id, 'a')
    equal(book.counts().queued, 1)
  })

  it('has what an earlier one has settled, whoever crashed', async () => {
    const sim = new EtcdSim()
    const first = await sim.until(sim.open(sim.first))
    await sim.until(first.write([job('a'), job('b', { state: 'done' })]))
    sim.crash(sim.first)
    const second = await sim.until(sim.open(sim.sites[1] as never))
    deepEqual(
      second.open.map(({ id }) => id),
      ['a'],
    )
    equal(second.get('b')?.state, 'done')
    deepEqual([second.counts().queued, second.counts().done], [1, 1])
    ok(second.term > first.term)
  })

  it('settles no write of a term that is over, and ends by it', async () => {
    const sim = new EtcdSim()
    const first = await sim.until(sim.open(sim.first))
    const lead = sim.lead(sim.sites[1] as never)
    await rejects(sim.until(first.write([job('a')])), coded('STALE_TERM'))
    equal((await first.ended).code, 'STALE_TERM')
    equal(sim.etcd.get(PLACES.jobKey('a')), undefined)
    sim.lead(sim.first)
    await rejects(sim.until(sim.open(sim.sites[1] as never, lead)), coded('STALE_TERM'))
  })

  it('ends when the key of its leader was deleted', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    sim.etcd.delete({ key: LEADER_KEY })
    await rejects(sim.until(book.write([job('a')])), coded('STALE_TERM'))
  })

  it('rejects a write of which nothing was heard, and the same again settles', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    // It arrives when nobody waits for it any more.
    sim.etcd.delay('c1', { latencyMs: 2_000, watchMs: 60_000 })
    await rejects(sim.until(book.write([job('a')])), coded('NO_MAJORITY'))
    sim.etcd.delay('c1', { latencyMs: 1 })
    await sim.pass(2_000)
    const { revision } = sim.etcd
    equal(sim.etcd.get(PLACES.jobKey('a'))?.modRevision, revision)
    equal(book.get('a'), undefined)
    const [written] = await sim.until(book.write([job('a')]))
    deepEqual(written?.mark, markOf(book.term, revision))
    equal(sim.etcd.revision, revision)
  })

  it('settles a write whose answer was lost, once', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    const { revision } = sim.etcd
    sim.etcd.loseAnswer('c1')
    const [written] = await sim.until(book.write([job('a')]))
    deepEqual(written?.mark, markOf(book.term, revision + 1))
    equal(sim.etcd.revision, revision + 1)
  })

  it('takes nothing of a late attempt after something newer', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    await sim.until(book.write([job('a')]))
    sim.etcd.cutOff('c1', { late: 'happens' })
    await rejects(sim.until(book.write([job('a', { tries: 1 })])), coded('NO_MAJORITY'))
    // A newer one goes ahead of what is still on its way.
    const key = PLACES.jobKey('a')
    const before = sim.etcd.get(key)?.value.toString() ?? ''
    sim.etcd.put(key, before.replace('"tries":0', '"tries":2'))
    sim.etcd.mend('c1')
    await sim.pass(100)
    equal(JSON.parse(sim.etcd.get(key)?.value.toString() ?? '').job.tries, 2)
  })

  it('waits for an etcd that cannot be reached, within the time of a write', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    sim.etcd.cutOff('c1', { as: 'unreachable' })
    const written = book.write([job('a')])
    await sim.pass(300)
    sim.etcd.mend('c1')
    equal((await sim.until(written)).length, 1)
    sim.etcd.cutOff('c1', { as: 'unreachable' })
    await rejects(sim.until(book.write([job('b')])), coded('NO_MAJORITY'))
  })

  it('is not opened without etcd, and is when it is called again', async () => {
    const sim = new EtcdSim()
    const lead = sim.lead(sim.first)
    sim.etcd.freeze()
    await rejects(sim.until(sim.open(sim.first, lead)), coded('NO_MAJORITY'))
    sim.etcd.thaw()
    const book = await sim.until(sim.open(sim.first, lead))
    await sim.until(book.write([job('a')]))
  })

  it('writes a thousand jobs in transactions that etcd takes, and each settles', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    const { revision } = sim.etcd
    const jobs = Array.from({ length: 1_000 }, (_, at) => job(`j${at}`))
    const written = await sim.until(book.write(jobs))
    deepEqual(
      written.map(({ id }) => id),
      jobs.map(({ id }) => id),
    )
    equal(book.counts().queued, 1_000)
    equal(sim.etcd.revision - revision, 10)
    // Long ones go in smaller company.
    const result = 'x'.repeat(30_000)
    await sim.until(book.write(Array.from({ length: 90 }, (_, at) => job(`k${at}`, { result }))))
    equal(sim.etcd.revision - revision, 10 + 3)
  })

  it('writes what is written twice in one turn one after the other', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    const both = [book.write([job('a')]), book.write([job('a', { tries: 1 }), job('b')])]
    await sim.until(Promise.all(both))
    equal(book.get('a')?.tries, 1)
    deepEqual(
      sim.told.filter((line) => line.startsWith('warning')),
      [],
    )
  })

  it('keeps no record that cannot be kept', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    const long = job('a', { result: 'x'.repeat(70_000) })
    await rejects(sim.until(book.write([long])), coded('JOB_INVALID'))
    await rejects(sim.until(book.write([job('../b')])), coded('JOB_INVALID'))
  })

  it('answers STORE_FULL while etcd has no room, is read on, and writes when it has', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    await sim.until(book.write([job('a')]))
    sim.etcd.refuse('c1', 'etcdserver: mvcc: database space exceeded')
    await rejects(sim.until(book.write([job('b')])), coded('STORE_FULL'))
    equal(book.get('a')?.id, 'a')
    sim.etcd.admit('c1')
    equal((await sim.until(book.write([job('b')]))).length, 1)
  })

  it('ends when etcd does not allow it to write', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    sim.etcd.refuse('c1', 'etcdserver: permission denied')
    await rejects(sim.until(book.write([job('a')])), coded('STORE_FAILED'))
    equal((await book.ended).code, 'STORE_FAILED')
  })

  it('ends when an older state of etcd was restored', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    await sim.until(book.write([job('a')]))
    const snapshot = sim.etcd.snapshot()
    await sim.until(book.write([job('a', { state: 'done' }), job('b')]))
    await sim.pass(100)
    sim.etcd.restore(snapshot)
    await sim.pass(2_000)
    equal((await book.ended).code, 'STORE_FAILED')
    const later = await sim.until(sim.open(sim.first))
    equal(later.get('a')?.state, 'queued')
    equal(later.get('b'), undefined)
  })

  it('purges what was over long ago from etcd, and nothing else', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    const old = sim.clock.wallMs() - 25 * HOUR_MS
    const many = Array.from({ length: 700 }, (_, at) =>
      job(`old${at}`, { state: 'done', changedMs: old, createdMs: old }),
    )
    await sim.until(book.write([...many, job('young', { state: 'done' }), job('open')]))
    await sim.pass(61_000)
    deepEqual([book.counts().done, book.counts().queued], [1, 1])
    deepEqual(Object.keys(sim.etcd.texts(`${PLACES.all}job/`)), [
      PLACES.jobKey('open'),
      PLACES.jobKey('young'),
    ])
  })

  it('tells of the members of etcd', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    await sim.pass(300)
    deepEqual(
      book.replicas().map(({ state }) => state),
      ['current'],
    )
    sim.etcd.cutOff('c1')
    await sim.pass(500)
    equal(book.replicas()[0]?.state, 'away')
  })
})

describe('what others write to the same etcd', () => {
  it('is left alone and told, and no job is lost by it', async () => {
    const sim = new EtcdSim()
    const foreign = {
      [`${PLACES.all}job/f1`]: 'no json',
      [`${PLACES.all}job/f2`]: '{"version":2,"job":{"id":"f2"}}',
      [`${PLACES.all}job/f3`]: JSON.stringify({ version: 1, term: 1, job: { id: 'f3' } }),
      [`${PLACES.all}job/\u0000\u00ff`]: '1',
      [`${PLACES.all}something`]: 'else',
      [`${PLACES.all}job/f5`]: 'x'.repeat(1_000_000),
    }
    for (const [key, value] of Object.entries(foreign)) sim.etcd.put(key, value)
    const book = await sim.until(sim.open(sim.first))
    await sim.until(book.write([job('a')]))
    deepEqual(
      book.list({ limit: 9 }).map(({ id }) => id),
      ['a'],
    )
    // It may be a job of a version to come: nobody gets its id.
    await rejects(sim.until(book.write([job('f2')])), coded('JOB_CONFLICT'))
    equal(sim.etcd.get(`${PLACES.all}job/f2`)?.value.toString(), foreign[`${PLACES.all}job/f2`])
    equal(sim.first.life?.mirror.oddities.length, 6)
    const warnings = sim.told.filter((line) => line.includes('left alone'))
    ok(warnings.length >= 6, `${warnings.length}`)
    const later = await sim.until(sim.open(sim.sites[1] as never))
    deepEqual(
      later.open.map(({ id }) => id),
      ['a'],
    )
  })

  it('in the place of a job is known to be wrong, and written over by its leader', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    await sim.until(book.write([job('a')]))
    sim.etcd.put(PLACES.jobKey('a'), 'garbage')
    await sim.pass(50)
    equal(book.get('a')?.state, 'queued')
    await sim.until(book.write([job('a', { tries: 1, state: 'running' })]))
    await sim.pass(50)
    equal(book.get('a')?.tries, 1)
    deepEqual(sim.first.life?.mirror.oddities, [])
    ok(sim.told.some((line) => line.includes('somebody else has changed a job')))
  })

  it('takes a job away that was deleted by hand, until its leader writes it again', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    await sim.until(book.write([job('a')]))
    sim.etcd.delete({ key: PLACES.jobKey('a') })
    await sim.pass(50)
    equal(book.get('a'), undefined)
    await sim.until(book.write([job('a', { state: 'done' })]))
    equal(book.get('a')?.state, 'done')
  })
})

describe('a mirror', () => {
  it('goes on after a compaction it has slept through', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    await sim.until(book.write([job('a'), job('b')]))
    await sim.pass(50)
    const { mirror } = sim.sites[2]?.life ?? {}
    const loads = mirror?.loads ?? 0
    sim.etcd.cutOff('c3')
    await sim.until(book.write([job('a', { state: 'done' }), job('c')]))
    sim.etcd.delete({ key: PLACES.jobKey('b') })
    sim.etcd.compact()
    sim.etcd.mend('c3')
    await sim.pass(2_000)
    equal(mirror?.loads, loads + 1)
    equal(mirror?.get('a')?.state, 'done')
    equal(mirror?.get('b'), undefined)
    deepEqual(
      mirror?.claims().map(({ id }) => id),
      ['c'],
    )
  })

  it('keeps what it knows while etcd is away', async () => {
    const sim = new EtcdSim()
    const book = await sim.until(sim.open(sim.first))
    await sim.until(book.write([job('a')]))
    await sim.pass(50)
    sim.etcd.freeze()
    await sim.pass(60_000)
    for (const { life } of sim.sites) equal(life?.mirror.get('a')?.id, 'a')
    sim.etcd.thaw()
    await sim.pass(3_000)
    await sim.until(book.write([job('b')]))
    await sim.pass(100)
    for (const { life } of sim.sites) equal(life?.mirror.get('b')?.id, 'b')
  })
})
