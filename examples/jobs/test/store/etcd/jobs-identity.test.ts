/**
 * test/store/etcd/jobs-identity: an etcd with other jobs than before is served by nobody, and no
 * text goes because of it.
 */
import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { JobsFault } from '#jobs/job/faults'
import { openJobStore } from '#jobs/store/job-store'
import { MemoryDisk, memoryShelf } from '#jobs/store/memory-shelf'
import { TextKeeper } from '#jobs/store/text-keeper'
import { TextVault } from '#jobs/store/text-vault'
import { EtcdSim, PLACES, type Site } from '#test/store/etcd/etcd-sim'
import { job } from '#test/store/sim'

const coded = (code: string) => (fault: unknown) => JobsFault.is(fault) && fault.code === code
const TEXT = Buffer.from('a text of some words')

const second = ({ sites }: EtcdSim): Site => sites[1] as Site
const identityIn = ({ etcd }: EtcdSim): string | undefined =>
  etcd.get(PLACES.identity)?.value.toString()

/** Another etcd, that the folders of these coordinators are used with. */
function moved({ sites }: EtcdSim): EtcdSim {
  const sim = new EtcdSim(2)
  for (const [at, site] of sim.sites.entries()) {
    sim.crash(site)
    site.memory = (sites[at] as Site).memory
    sim.start(site)
  }
  return sim
}

async function served(): Promise<EtcdSim> {
  const sim = new EtcdSim()
  const book = await sim.until(sim.open(sim.first))
  await sim.until(book.write([job('a')]))
  await sim.pass(100)
  return sim
}

describe('which jobs those in an etcd are', () => {
  it('is said beside them by the first who leads, and remembered by all', async () => {
    const sim = new EtcdSim()
    await sim.pass(50)
    for (const { life } of sim.sites) equal(life?.mirror.isEstablished, false)
    await sim.until(sim.open(sim.first))
    const identity = identityIn(sim)
    ok(identity !== undefined)
    equal(sim.first.memory.jobsIdentity, identity)
    await sim.pass(100)
    for (const { memory, life } of sim.sites) {
      equal(memory.jobsIdentity, identity)
      equal(life?.mirror.isEstablished, true)
    }
    await sim.until(sim.open(second(sim)))
    equal(identityIn(sim), identity)
  })

  it('is said once when all lead for the first time one after the other', async () => {
    const sim = new EtcdSim()
    // The last one has heard of nothing yet when it leads.
    sim.etcd.delay('c3', { watchMs: 300 })
    const opened = await sim.until(Promise.allSettled(sim.sites.map((site) => sim.open(site))))
    deepEqual(opened.map(({ status }) => status).at(-1), 'fulfilled')
    await sim.pass(1_000)
    deepEqual(new Set(sim.sites.map(({ memory }) => memory.jobsIdentity)).size, 1)
    equal(sim.first.memory.jobsIdentity, identityIn(sim))
  })

  it('is heard by one who leads before its mirror knows', async () => {
    const sim = new EtcdSim()
    const late = sim.sites[2] as Site
    sim.etcd.delay('c3', { watchMs: 200 })
    await sim.until(sim.open(sim.first))
    equal(late.memory.jobsIdentity, undefined)
    const identity = identityIn(sim)
    await sim.until(sim.open(late))
    deepEqual([late.memory.jobsIdentity, identityIn(sim)], [identity, identity])
  })

  it('is kept with the texts over a restart', async () => {
    const disk = new MemoryDisk()
    await (await openJobStore(memoryShelf({ disk }))).rememberJobs('these')
    equal((await openJobStore(memoryShelf({ disk }))).jobsIdentity, 'these')
  })

  it('comes back with an old snapshot, which is served', async () => {
    const sim = await served()
    const identity = identityIn(sim)
    const snapshot = sim.etcd.snapshot()
    sim.etcd.put('sim/more', 'x')
    await sim.pass(100)
    sim.etcd.restore(snapshot)
    await sim.pass(2_000)
    const book = await sim.until(sim.open(second(sim)))
    deepEqual([book.get('a')?.id, identityIn(sim)], ['a', identity])
  })
})

describe('an etcd with other jobs', () => {
  it('that is empty is neither begun nor believed', async () => {
    const sim = moved(await served())
    await sim.pass(100)
    await rejects(sim.until(sim.open(sim.first)), (fault) => {
      ok(JobsFault.is(fault, 'STORE_OTHER'), String(fault))
      match(fault.message, /texts are in c1: sim\/.*identity is not there, and .* is wanted/)
      return true
    })
    deepEqual(Object.keys(sim.etcd.texts(PLACES.all)), [])
    for (const { life } of sim.sites) {
      equal(life?.mirror.isEstablished, false)
      equal(life?.mirror.foreign?.code, 'STORE_OTHER')
    }
  })

  it('that has begun is not served either, by who remembers others', async () => {
    const old = await served()
    const sim = moved(old)
    const wrong = sim.first
    sim.etcd.put(PLACES.identity, 'other')
    await sim.pass(2_000)
    await rejects(sim.until(sim.open(wrong)), coded('STORE_OTHER'))
    equal(wrong.memory.jobsIdentity, old.first.memory.jobsIdentity)
    notEqual(wrong.memory.jobsIdentity, 'other')
  })

  it('that says what is no name is served by nobody', async () => {
    const sim = new EtcdSim()
    sim.etcd.put(PLACES.identity, 'x'.repeat(100_000))
    await sim.pass(100)
    await rejects(sim.until(sim.open(sim.first)), coded('STORE_OTHER'))
    equal(sim.first.memory.jobsIdentity, undefined)
  })

  it('in the place of ours ends the book, and what is known stays until ours is back', async () => {
    const sim = await served()
    const book = await sim.until(sim.open(sim.first))
    const kept = sim.etcd.snapshot()
    sim.etcd.delete({ prefix: PLACES.all })
    equal((await sim.until(book.ended)).code, 'STORE_OTHER')
    await sim.pass(5_000)
    for (const { life } of sim.sites) {
      deepEqual(
        life?.mirror.claims().map(({ id }) => id),
        ['a'],
      )
    }
    await rejects(sim.until(sim.open(second(sim))), coded('STORE_OTHER'))
    sim.etcd.restore(kept)
    await sim.pass(2_000)
    for (const { life } of sim.sites) equal(life?.mirror.foreign, undefined)
    equal((await sim.until(sim.open(second(sim)))).get('a')?.id, 'a')
  })

  it('does not end a text, however long it stays', async () => {
    const sim = moved(await served())
    const texts = new TextVault(await openJobStore(memoryShelf()), undefined)
    texts.timedBy(() => sim.clock.wallMs())
    await texts.append('t-a', 0, TEXT)
    await texts.seal('t-a', TEXT.length, createHash('sha256').update(TEXT).digest('hex'))
    const { life } = sim.first
    ok(life !== undefined)
    const world = { ...sim.world(life), ask: async () => undefined as never }
    const options = { unclaimedMs: 5_000, lookMs: 1_000 }
    const keeper = new TextKeeper(life.mirror, texts, [], world, options)
    const rounds = async (): Promise<void> => {
      for (let round = 0; round < 10; round += 1) {
        await sim.pass(2_000)
        await sim.until(keeper.round())
      }
    }
    await rounds()
    deepEqual([texts.has('t-a'), keeper.dropped], [true, 0])
    // These are the jobs of old, and none of them has this text.
    sim.etcd.put(PLACES.identity, life.mirror.identity ?? '')
    await rounds()
    deepEqual([texts.has('t-a'), keeper.dropped], [false, 1])
  })
})
