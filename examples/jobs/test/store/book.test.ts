/**
 * test/store/book: what a leader writes is at a majority, and in every later book.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { JobsFault } from '#jobs/job/faults'
import { job, Sim, type Site, START_MS } from '#test/store/sim'

async function started(seed = 1): Promise<{ sim: Sim; sites: readonly [Site, Site, Site] }> {
  const sim = new Sim({ seed })
  for (const site of sim.sites) await sim.until(sim.start(site))
  return { sim, sites: sim.sites as unknown as readonly [Site, Site, Site] }
}

const coded = (code: string) => (fault: unknown) => JobsFault.is(fault) && fault.code === code

describe('a book', () => {
  it('begins empty when all stores are new', async () => {
    const { sim, sites } = await started()
    const book = await sim.until(sim.open(sites[0], 1))
    deepEqual(book.open, [])
    equal(book.counts().queued, 0)
    ok(sim.sites.every(({ life }) => life?.store.isEstablished))
  })

  it('does not begin while one of the new stores is away', async () => {
    const { sim, sites } = await started()
    sim.crash(sites[2])
    await rejects(sim.until(sim.open(sites[0], 1)), coded('NO_MAJORITY'))
  })

  it('has what an earlier one has settled, whoever crashed', async () => {
    const { sim, sites } = await started()
    const first = await sim.until(sim.open(sites[0], 1))
    const [written] = await sim.until(first.write([job('a'), job('b', { state: 'done' })]))
    equal(written?.mark.term, 1)
    sim.crash(sites[0])
    const second = await sim.until(sim.open(sites[1], 2))
    deepEqual(
      second.open.map(({ id }) => id),
      ['a'],
    )
    equal(second.get('b')?.state, 'done')
    deepEqual([second.counts().queued, second.counts().done], [1, 1])
  })

  it('settles no write of a term that is over', async () => {
    const { sim, sites } = await started()
    const first = await sim.until(sim.open(sites[0], 1))
    await sim.until(sim.open(sites[1], 2))
    await rejects(sim.until(first.write([job('a')])), coded('STALE_TERM'))
    equal((await first.ended).code, 'STALE_TERM')
    await rejects(sim.until(sim.open(sites[2], 1)), coded('STALE_TERM'))
  })

  it('settles nothing without a majority, and shows nothing of it', async () => {
    const { sim, sites } = await started()
    const book = await sim.until(sim.open(sites[0], 1))
    sim.crash(sites[1])
    sim.crash(sites[2])
    await rejects(sim.until(book.write([job('a')])), coded('NO_MAJORITY'))
    equal(book.get('a'), undefined)
    await sim.until(sim.start(sites[1]))
    await sim.pass(500)
    equal(book.get('a')?.id, 'a')
  })

  it('can be opened twice in one term, and the later one writes', async () => {
    const { sim, sites } = await started()
    const first = await sim.until(sim.open(sites[0], 1))
    await sim.until(first.write([job('a')]))
    const second = await sim.until(sim.open(sites[0], 1))
    await rejects(sim.until(first.write([job('b')])), coded('STALE_TERM'))
    await sim.until(second.write([job('c')]))
    deepEqual(
      second.list({ limit: 9 }).map(({ id }) => id),
      ['c', 'a'],
    )
  })

  it('brings a store up to date that was away', async () => {
    const { sim, sites } = await started()
    const book = await sim.until(sim.open(sites[0], 1))
    sim.crash(sites[2])
    for (let i = 0; i < 60; i += 1) await sim.until(book.write([job(`j${i}`)]))
    await sim.until(sim.start(sites[2]))
    await sim.pass(1_000)
    equal(sites[2].life?.store.counts.queued, 60)
    deepEqual(
      book.replicas().map(({ state }) => state),
      ['current', 'current', 'current'],
    )
  })

  it('rebuilds a store that has lost its disk, which counts for nothing until then', async () => {
    const { sim, sites } = await started()
    const book = await sim.until(sim.open(sites[0], 1))
    sim.crash(sites[2])
    await sim.until(book.write([job('a')]))
    sim.crash(sites[0])
    sim.crash(sites[1], true)
    await sim.until(sim.start(sites[1]))
    await sim.until(sim.start(sites[2]))
    // Only the crashed leader has the job: the new one and the one that was away are no majority.
    await rejects(sim.until(sim.open(sites[2], 2)), coded('NO_MAJORITY'))
    await sim.until(sim.start(sites[0]))
    const later = await sim.until(sim.open(sites[2], 2))
    equal(later.get('a')?.id, 'a')
    await sim.pass(1_000)
    ok(sites[1].life?.store.isEstablished)
    equal(sites[1].life?.store.get('a')?.id, 'a')
  })

  it('refuses to begin when a majority of stores is lost', async () => {
    const { sim, sites } = await started()
    const book = await sim.until(sim.open(sites[0], 1))
    await sim.until(book.write([job('a')]))
    for (const site of [sites[1], sites[2]]) {
      sim.crash(site, true)
      await sim.until(sim.start(site))
    }
    await rejects(sim.until(sim.open(sites[0], 2)), coded('STORE_LOST'))
  })

  it('refuses to begin when all stores follow one that was set aside', async () => {
    const { sim, sites } = await started()
    const book = await sim.until(sim.open(sites[0], 1))
    await sim.until(book.write([job('a')]))
    for (const site of sites) await sim.setAside(site)
    await rejects(sim.until(sim.open(sites[1], 2)), (fault: unknown) => {
      ok(JobsFault.is(fault, 'STORE_LOST'), String(fault))
      for (const { node } of sites) ok(fault.message.includes(`${node}: ${node}/jobs.mdb.aside-1`))
      return true
    })
  })

  it('refuses to begin when one store was set aside and the others are new', async () => {
    for (const aside of [0, 1]) {
      const { sim, sites } = await started()
      await sim.setAside(sites[aside] as Site)
      await rejects(sim.until(sim.open(sites[0], 1)), coded('STORE_LOST'))
    }
  })

  it('knows of a store that was set aside when its file has gone since', async () => {
    const { sim, sites } = await started()
    for (const site of sites) await sim.setAside(site)
    for (const site of sites) {
      sim.crash(site)
      site.aside = undefined
      await sim.until(sim.start(site))
      equal(site.life?.store.afterLoss, `${site.node}/jobs.mdb.aside-1`)
    }
    await rejects(sim.until(sim.open(sites[0], 2)), coded('STORE_LOST'))
  })

  it('goes on without what was set aside when the loss is accepted', async () => {
    const sim = new Sim({ seed: 1, options: { acceptLoss: true } })
    for (const site of sim.sites) await sim.setAside(site)
    const book = await sim.until(sim.open(sim.sites[0] as Site, 1))
    deepEqual(book.open, [])
    ok(sim.sites.every(({ life }) => life?.store.afterLoss === undefined))
  })

  it('rebuilds a store that was set aside, which is like any other then', async () => {
    const { sim, sites } = await started()
    const book = await sim.until(sim.open(sites[0], 1))
    await sim.until(book.write([job('a')]))
    await sim.setAside(sites[0])
    equal(sites[0].life?.store.afterLoss, 'c1/jobs.mdb.aside-1')
    const later = await sim.until(sim.open(sites[0], 2))
    equal(later.get('a')?.id, 'a')
    const { store } = sites[0].life ?? {}
    deepEqual([store?.isEstablished, store?.afterLoss], [true, undefined])
    // The file still lies there, and says nothing any more.
    sim.crash(sites[0])
    await sim.until(sim.start(sites[0]))
    equal(sites[0].life?.store.afterLoss, undefined)
  })

  it('is led from a store that has lost its disk once it has everything', async () => {
    const { sim, sites } = await started()
    const book = await sim.until(sim.open(sites[0], 1))
    for (let i = 0; i < 20; i += 1) await sim.until(book.write([job(`j${i}`)]))
    sim.crash(sites[0], true)
    await sim.until(sim.start(sites[0]))
    const later = await sim.until(sim.open(sites[0], 2))
    equal(later.open.length, 20)
  })

  it('gives up what was never settled when its writer is gone', async () => {
    const { sim, sites } = await started()
    const first = await sim.until(sim.open(sites[0], 1))
    await sim.until(first.write([job('a')]))
    for (const other of ['c2', 'c3']) sim.cut.add(`c1 ${other}`)
    await rejects(sim.until(first.write([job('b'), job('a', { state: 'done' })])))
    const second = await sim.until(sim.open(sites[1], 2))
    equal(second.get('b'), undefined)
    sim.cut.clear()
    await sim.pass(1_000)
    equal(sites[0].life?.store.get('b'), undefined)
    equal(sites[0].life?.store.get('a')?.state, 'queued')
    deepEqual(sites[0].life?.store.counts, second.counts())
  })

  it('ends when the own disk is full, and another coordinator goes on', async () => {
    const { sim, sites } = await started()
    const book = await sim.until(sim.open(sites[0], 1))
    await sim.until(book.write([job('a')]))
    sites[0].disk.isFull = true
    await rejects(sim.until(book.write([job('b')])), coded('STORE_FULL'))
    equal((await book.ended).code, 'STORE_FULL')
    await rejects(sim.until(sim.open(sites[0], 2)), coded('STORE_FULL'))
    const later = await sim.until(sim.open(sites[1], 3))
    await sim.until(later.write([job('c')]))
    await sim.pass(200)
    const full = later.replicas().find(({ node }) => node === 'c1')
    equal(full?.state, 'failing')
    sites[0].disk.isFull = false
    await sim.pass(500)
    equal(sites[0].life?.store.get('c')?.id, 'c')
  })

  it('purges what was over long ago, and nothing brings it back', async () => {
    const { sim, sites } = await started()
    const HOUR = 3_600_000
    const book = await sim.until(sim.open(sites[0], 1))
    await sim.until(
      book.write([
        job('old', {
          state: 'done',
          changedMs: START_MS - 25 * HOUR,
          createdMs: START_MS - 26 * HOUR,
        }),
      ]),
    )
    await sim.until(book.write([job('young', { state: 'done' }), job('open')]))
    sim.crash(sites[2])
    await sim.pass(61_000)
    equal(book.get('old'), undefined)
    deepEqual([book.counts().done, book.counts().queued], [1, 1])
    sim.crash(sites[0])
    await sim.until(sim.start(sites[2]))
    const later = await sim.until(sim.open(sites[2], 2))
    equal(later.get('old'), undefined)
    deepEqual(
      later
        .list({ limit: 9 })
        .map(({ id }) => id)
        .sort(),
      ['open', 'young'],
    )
  })
})
