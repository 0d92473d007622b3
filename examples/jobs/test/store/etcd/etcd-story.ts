/**
 * test/store/etcd/etcd-story: one seed of trouble between coordinators and an etcd, judged by etcd.
 *
 * What is judged: a write that has settled is in every book opened from then on; after a leader's
 * key is set nothing of an earlier term is written; of one job nothing older is written after
 * something newer that has settled; what is none of ours stays as it is; in the end all mirrors
 * are as etcd is, and their counts are those of their jobs.
 */
import type { WatchEvent } from '@troupe/etcd'
import { JobsFault } from '#jobs/job/faults'
import { JOB_STATES, type Job } from '#jobs/job/job'
import type { Book, Unmarked } from '#jobs/store/book'
import { readRecord } from '#jobs/store/etcd/job-record'
import { EtcdSim, LEADER_KEY, type Life, PLACES, type Site } from '#test/store/etcd/etcd-sim'
import { job } from '#test/store/sim'

export interface EtcdStory {
  readonly breaches: readonly string[]
  readonly settled: number
  readonly opened: number
  readonly crashes: number
  readonly unconfirmed: number
}

interface Opened {
  readonly book: Book
  readonly site: Site
  /** Jobs with a write on its way: about one job one thing is done at a time. */
  readonly busy: Set<string>
  isOver: boolean
}

const STEPS = 50
const STEP_MS = 120
const FOREIGN = `${PLACES.all}job/foreign`
const FORGETFUL = Object.freeze({ doneKeepMs: 5_000, deletedKeepMs: 4_000, purgeMs: 300 })
const OVER: readonly string[] = ['done', 'failed', 'deleted']

export const tellEtcd = (seed: number): Promise<EtcdStory> => new Telling(seed).run()

class Telling {
  readonly #sim: EtcdSim
  readonly #isForgetful: boolean
  readonly #breaches: string[] = []
  readonly #books: Opened[] = []
  /** Of each job the number of the newest write that has settled; numbers only grow. */
  readonly #settled = new Map<string, number>()
  /** Of each job the number of what stands in etcd. */
  readonly #standing = new Map<string, number>()
  readonly #over = new Set<string>()
  #number = 0
  #jobs = 0
  #term = 0
  #writes = 0
  #crashes = 0
  #unconfirmed = 0
  #seen = 0
  #compacted = 0

  constructor(seed: number) {
    this.#isForgetful = seed % 5 === 2
    const options = this.#isForgetful ? FORGETFUL : {}
    this.#sim = new EtcdSim(seed, options, seed % 3 === 0 ? 40 : 3)
  }

  async run(): Promise<EtcdStory> {
    const { sim } = { sim: this.#sim }
    sim.etcd.put(FOREIGN, 'of somebody else')
    this.#watch()
    this.#elect(sim.first)
    await sim.pass(200)
    for (let step = 0; step < STEPS; step += 1) {
      this.#trouble()
      this.#work()
      await sim.pass(sim.random.below(STEP_MS))
    }
    await this.#heal()
    return {
      ...{ breaches: this.#breaches, settled: this.#writes, opened: this.#books.length },
      ...{ crashes: this.#crashes, unconfirmed: this.#unconfirmed },
    }
  }

  /** Sees everything that happens in etcd, in its order. */
  #watch(): void {
    this.#sim.etcd.client('judge').watch({
      ...{ range: { prefix: 'sim/' }, fromRevision: 1 },
      take: ({ events, revision }) => {
        this.#seen = revision
        for (const event of events) this.#saw(event)
      },
      ended: ({ kind }) => this.#breach(`the judge sees nothing any more: ${kind}`),
    })
  }

  #saw(event: WatchEvent): void {
    const key = event.kind === 'put' ? event.entry.key : event.key
    if (key.toString() === LEADER_KEY) {
      this.#term = event.kind === 'put' ? event.entry.createRevision : 0
      return
    }
    const id = PLACES.idOf(key)
    if (id === undefined || key.toString() === FOREIGN) return
    if (event.kind === 'delete') {
      this.#standing.delete(id)
      if (!this.#over.has(id)) this.#breach(`${id} was purged`)
      return
    }
    const read = readRecord(id, event.entry.value, event.entry.modRevision)
    if (read.kind === 'odd') this.#breach(`${id}: ${read.problem}`)
    else this.#sawJob(read.job)
  }

  #sawJob({ id, tries: number, mark }: Job): void {
    if (mark.term !== this.#term) {
      this.#breach(`${id} was written in term ${mark.term} when it was ${this.#term}`)
    }
    if (number < (this.#standing.get(id) ?? 0)) this.#breach(`${id} went back to ${number}`)
    this.#standing.set(id, number)
  }

  #trouble(): void {
    const { random, sites, etcd } = this.#sim
    const site = sites[random.below(sites.length)] as Site
    const chance = random.below(100)
    const late = random.below(2) === 0 ? 'happens' : 'lost'
    if (chance < 7) this.#crash(site)
    else if (chance < 20) this.#restart()
    else if (chance < 30) this.#elect(site)
    else if (chance < 37) etcd.cutOff(site.node, { late })
    else if (chance < 41) etcd.cutOff(site.node, { as: 'unreachable' })
    else if (chance < 56) for (const { node } of sites) etcd.mend(node)
    else if (chance < 62) etcd.loseAnswer(site.node)
    else if (chance < 69) etcd.freeze()
    else if (chance < 78) etcd.thaw()
    else if (chance < 82) this.#compact()
    else if (chance < 85) etcd.refuse(site.node, 'mvcc: database space exceeded')
    else if (chance < 90) for (const { node } of sites) etcd.admit(node)
    else if (chance < 93) etcd.delay(site.node, { watchMs: 1 + random.below(400) })
    // Slow for what is sent at this moment, which arrives when nobody waits for it any more.
    else if (chance < 97) this.#lag(site)
  }

  #lag({ node }: Site): void {
    const { etcd, clock, random } = this.#sim
    etcd.delay(node, { latencyMs: 1_400 + random.below(1_400) })
    clock.after(random.below(300), () => etcd.delay(node, { latencyMs: 1 }))
  }

  #compact(): void {
    // The judge has to see everything.
    if (this.#seen === this.#compacted) return
    this.#compacted = this.#seen
    this.#sim.etcd.compact(this.#seen)
  }

  #crash(site: Site): void {
    if (site.life === undefined) return
    this.#crashes += 1
    this.#sim.crash(site)
  }

  #restart(): void {
    for (const site of this.#sim.sites) if (site.life === undefined) this.#sim.start(site)
  }

  /** Others that lead go on: nobody has told them. */
  #elect(site: Site): void {
    const { life } = site
    if (life === undefined || this.#sim.etcd.isFrozen) return
    void this.#open(site, life, this.#sim.lead(site))
  }

  /** As a leader does: again, until it is open or the term is over. */
  async #open(site: Site, life: Life, lead: ReturnType<EtcdSim['lead']>): Promise<void> {
    while (life.isAlive) {
      const before = new Map(this.#settled)
      try {
        const book = await this.#sim.open(site, lead)
        if (life.isAlive) this.#opened(book, site, before)
        return
      } catch (fault) {
        if (!JobsFault.is(fault, 'NO_MAJORITY')) return
        await this.#wait(100)
      }
    }
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#sim.clock.after(delayMs, resolve))
  }

  #opened(book: Book, site: Site, before: ReadonlyMap<string, number>): void {
    for (const [id, number] of before) {
      const found = book.get(id)
      if (found === undefined && this.#mayBeForgotten(id)) continue
      if ((found?.tries ?? 0) < number) {
        this.#breach(`the book of term ${book.term} lacks ${id} of ${number}`)
      }
    }
    const open = { book, site, busy: new Set<string>(), isOver: false }
    this.#books.push(open)
    void book.ended.then(() => {
      open.isOver = true
    })
  }

  #mayBeForgotten(id: string): boolean {
    return this.#isForgetful && this.#over.has(id)
  }

  #work(): void {
    const { random } = this.#sim
    for (const open of this.#books) {
      if (open.isOver || open.site.life?.isAlive !== true || open.busy.size > 8) continue
      const jobs = Array.from({ length: 1 + random.below(4) }, () => this.#draft(open.book))
      const unique = new Map(jobs.map((one) => [one.id, one]))
      for (const id of open.busy) unique.delete(id)
      for (const id of unique.keys()) open.busy.add(id)
      for (const { id, state } of unique.values()) if (OVER.includes(state)) this.#over.add(id)
      void this.#write(open, [...unique.values()])
    }
  }

  /** A job that is new, or one of those in the book. */
  #draft(book: Book): Unmarked {
    const { random, clock } = this.#sim
    const known = book.get(`j${1 + random.below(Math.max(1, this.#jobs))}`)
    const isNew = known === undefined || random.below(3) > 0
    if (isNew) this.#jobs += 1
    this.#number += 1
    const state = JOB_STATES[random.below(JOB_STATES.length)] ?? 'queued'
    const more = { state, tries: this.#number, changedMs: clock.wallMs() }
    return job(isNew ? `j${this.#jobs}` : known.id, more)
  }

  /** As the writer of a leader does: again, until it holds or the term is over. */
  async #write(open: Opened, jobs: readonly Unmarked[]): Promise<void> {
    while (!open.isOver && open.site.life?.isAlive === true) {
      try {
        const written = await open.book.write(jobs)
        for (const one of written) this.#wrote(open, one)
        for (const { id } of jobs) open.busy.delete(id)
        return
      } catch (fault) {
        const isPassing = JobsFault.is(fault, 'NO_MAJORITY') || JobsFault.is(fault, 'STORE_FULL')
        if (!isPassing) return
        this.#unconfirmed += 1
        await this.#wait(JobsFault.is(fault, 'STORE_FULL') ? 300 : 30)
      }
    }
  }

  #wrote({ book }: Opened, { id, tries: number }: Job): void {
    this.#writes += 1
    if (number > (this.#settled.get(id) ?? 0)) this.#settled.set(id, number)
    const read = book.get(id)
    if ((read?.tries ?? 0) < number && !this.#mayBeForgotten(id)) {
      this.#breach(`${id} of ${number} has settled, and its own book does not show it`)
    }
  }

  async #heal(): Promise<void> {
    const { etcd, sites, random } = this.#sim
    etcd.thaw()
    for (const { node } of sites) {
      etcd.mend(node)
      etcd.admit(node)
      etcd.delay(node, { latencyMs: 1, watchMs: 1, jitterMs: 0 })
    }
    this.#restart()
    await this.#sim.pass(4_000)
    const before = this.#books.length
    this.#elect(sites[random.below(sites.length)] as Site)
    for (let round = 0; round < 12 && this.#books.length === before; round += 1) {
      await this.#sim.pass(1_000)
    }
    if (this.#books.length === before) return this.#breach('nobody leads')
    this.#work()
    await this.#sim.pass(2_000)
    for (const one of sites) this.#compare(one)
    if (etcd.get(FOREIGN)?.value.toString() !== 'of somebody else') this.#breach('not ours')
  }

  #compare({ node, life }: Site): void {
    const { mirror } = life ?? {}
    const jobs = mirror?.changes({ term: 0, sequence: 0 }, 100_000).entries as readonly Job[]
    const told = (all: Iterable<readonly [string, number]>): string =>
      JSON.stringify([...all].sort())
    const mine = told(jobs.map(({ id, tries }) => [id, tries] as const))
    if (mine !== told(this.#standing)) this.#breach(`${node} has other jobs than etcd`)
    for (const state of JOB_STATES) {
      const found = jobs.filter((one) => one.state === state).length
      if (found !== mirror?.counts[state]) this.#breach(`${node} counts ${state} wrongly`)
    }
    for (const [id, number] of this.#settled) {
      if ((this.#standing.get(id) ?? 0) < number && !this.#mayBeForgotten(id)) {
        this.#breach(`${id} of ${number} is not in etcd at the end`)
      }
    }
  }

  #breach(what: string): void {
    this.#breaches.push(what)
  }
}
