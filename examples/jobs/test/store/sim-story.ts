/**
 * test/store/sim-story: one seed of the simulation, judged from outside.
 *
 * What is judged: a write that has settled is in every book that is opened from then on, and was
 * in those of later terms that are open already; whatever is open at the end has it; all stores
 * are alike then, and their counts are those of their jobs.
 */

import { compareMarks, JOB_STATES, type Job, type Mark } from '#jobs/job/job'
import type { Book } from '#jobs/store/book'
import { isGone } from '#jobs/store/entry'
import { job, Sim, type Site, START_MS } from '#test/store/sim'

/** What came of one seed. */
export interface Story {
  readonly breaches: readonly string[]
  readonly settled: number
  readonly opened: number
  readonly lostDisks: number
}

interface Opened {
  readonly book: Book
  readonly site: Site
  readonly number: number
  /** The marks in it when it was opened. */
  readonly marks: ReadonlyMap<string, Mark>
  isOver: boolean
}

const STEPS = 60
/** Jobs that are over are soon forgotten, and soon without a trace. */
const FORGETFUL = Object.freeze({
  ...{ doneKeepMs: 600, deletedKeepMs: 300, goneKeepMs: 900, purgeMs: 150 },
})
const OVER: readonly string[] = ['done', 'failed', 'deleted']
const STEP_MS = 120

export async function tell(seed: number): Promise<Story> {
  return new Telling(seed).run()
}

class Telling {
  readonly #sim: Sim
  readonly #breaches: string[] = []
  /** Of each job the latest mark that has settled. */
  readonly #settled = new Map<string, Mark>()
  /** Jobs that some write calls over, settled or not: they may be forgotten. */
  readonly #over = new Set<string>()
  /** Jobs that a book had forgotten, and how they stood before. */
  readonly #forgotten = new Map<string, Mark>()
  readonly #books: Opened[] = []
  #term = 0
  #jobs = 0
  #writes = 0
  #lostDisks = 0

  readonly #isForgetful: boolean

  constructor(seed: number) {
    this.#isForgetful = seed % 5 === 2
    this.#sim = new Sim({
      seed,
      lossRate: seed % 3 === 0 ? 0.03 : 0,
      lateRate: seed % 4 === 1 ? 0.12 : 0.02,
      options: seed % 5 === 2 ? FORGETFUL : {},
    })
  }

  async run(): Promise<Story> {
    const { sites } = this.#sim
    for (const site of sites) await this.#sim.until(this.#sim.start(site))
    this.#elect(sites[0] as Site)
    await this.#sim.pass(300)
    for (let step = 0; step < STEPS; step += 1) {
      this.#trouble()
      this.#work()
      await this.#sim.pass(this.#sim.random.below(STEP_MS))
    }
    await this.#heal()
    return {
      ...{ breaches: this.#breaches, settled: this.#writes, opened: this.#books.length },
      lostDisks: this.#lostDisks,
    }
  }

  #trouble(): void {
    const { random, sites } = this.#sim
    const site = sites[random.below(sites.length)] as Site
    const chance = random.below(100)
    if (chance < 8) this.#crash(site)
    else if (chance < 13) this.#loseDisk(site)
    else if (chance < 30) this.#restart()
    else if (chance < 42) this.#elect(site)
    else if (chance < 50) this.#part(site)
    else if (chance < 60) this.#sim.cut.clear()
    else if (chance < 64) site.isSlow = !site.isSlow
    else if (chance < 67) site.disk.isFull = !site.disk.isFull
  }

  #crash(site: Site): void {
    if (site.life !== undefined) this.#sim.crash(site)
  }

  /** Only a minority of disks may be lost at a time: the others have to have their stores. */
  #loseDisk(site: Site): void {
    const others = this.#sim.sites.filter((one) => one !== site)
    const areWhole = others.every(({ disk }) => isEstablished(disk))
    if (site.life === undefined || !areWhole) return
    this.#lostDisks += 1
    this.#sim.crash(site, true)
    // Those that lead may know it yet, and it comes back as a new one.
    if (this.#sim.random.below(2) === 0) void this.#sim.start(site).catch(() => {})
  }

  #restart(): void {
    for (const site of this.#sim.sites) {
      if (site.life === undefined) void this.#sim.start(site).catch(() => {})
    }
  }

  #part(site: Site): void {
    const { random, nodes } = this.#sim
    const both = random.below(2) === 0
    for (const other of nodes) {
      if (other === site.node || random.below(3) === 0) continue
      this.#sim.cut.add(`${site.node} ${other}`)
      if (both) this.#sim.cut.add(`${other} ${site.node}`)
    }
  }

  /** Others that lead go on: nobody has told them. */
  #elect(site: Site): void {
    const { life } = site
    if (life === undefined) return
    this.#term += 1
    const before = new Map(this.#settled)
    this.#sim.open(site, this.#term).then(
      (book) => life.isAlive && this.#opened(book, site, before),
      () => {},
    )
  }

  #opened(book: Book, site: Site, before: ReadonlyMap<string, Mark>): void {
    const marks = new Map<string, Mark>()
    for (const one of everyJob(site)) marks.set(one.id, one.mark)
    this.#judgeForgotten(book, marks)
    for (const [id, mark] of this.#settled) {
      const found = marks.get(id)
      if (found === undefined && this.#mayBeForgotten(id)) continue
      const isThere = found !== undefined && compareMarks(found, mark) >= 0
      // What settled while this book was being opened may be of a later term than its own.
      if (!isThere && (before.has(id) || mark.term < book.term) && mark.term <= book.term) {
        this.#breach(`the book of term ${book.term} lacks ${id} of ${told(mark)}`)
      }
    }
    this.#books.push({ book, site, number: book.term, marks, isOver: false })
    const open = this.#books.at(-1) as Opened
    void book.ended.then(() => {
      open.isOver = true
    })
  }

  #mayBeForgotten(id: string): boolean {
    return this.#isForgetful && this.#over.has(id)
  }

  /** What one book has forgotten no later one may have as it was. */
  #judgeForgotten(book: Book, marks: ReadonlyMap<string, Mark>): void {
    for (const [id, mark] of this.#forgotten) {
      const found = marks.get(id)
      if (found !== undefined && compareMarks(found, mark) <= 0) {
        this.#breach(`${id} is back in the book of term ${book.term}`)
      }
    }
    for (const [id, mark] of this.#settled) {
      if (!marks.has(id) && this.#mayBeForgotten(id)) this.#forgotten.set(id, mark)
    }
  }

  #work(): void {
    for (const open of this.#books) {
      if (open.isOver || open.site.life?.isAlive !== true) continue
      const { random } = this.#sim
      const count = 1 + random.below(3)
      const jobs = Array.from({ length: count }, () => {
        const isNew = this.#jobs === 0 || random.below(3) > 0
        if (isNew) this.#jobs += 1
        const id = `j${isNew ? this.#jobs : 1 + random.below(this.#jobs)}`
        const state = JOB_STATES[random.below(JOB_STATES.length)] ?? 'queued'
        return job(id, {
          state,
          tries: random.below(5),
          changedMs: START_MS + this.#sim.agenda.nowMs,
        })
      })
      const unique = [...new Map(jobs.map((one) => [one.id, one])).values()]
      for (const { id, state } of unique) if (OVER.includes(state)) this.#over.add(id)
      open.book.write(unique).then(
        (written) => this.#wrote(open, written),
        () => {},
      )
    }
  }

  #wrote(open: Opened, written: readonly Job[]): void {
    for (const { id, mark } of written) {
      this.#writes += 1
      const known = this.#settled.get(id)
      if (known === undefined || compareMarks(mark, known) > 0) this.#settled.set(id, mark)
      for (const later of this.#books) {
        if (later.number <= open.number) continue
        const found = later.marks.get(id)
        if (found === undefined && this.#isForgetful) continue
        if (found === undefined || compareMarks(found, mark) < 0) {
          this.#breach(`${id} of ${told(mark)} settled, and the book of ${later.number} lacks it`)
        }
      }
    }
  }

  async #heal(): Promise<void> {
    const { sites } = this.#sim
    this.#sim.cut.clear()
    this.#sim.lossRate = 0
    this.#sim.lateRate = 0
    for (const site of sites) {
      site.isSlow = false
      site.disk.isFull = false
    }
    this.#restart()
    await this.#sim.pass(1_500)
    const site = sites[this.#sim.random.below(sites.length)] as Site
    this.#elect(site)
    await this.#sim.pass(3_000)
    const last = this.#books.at(-1)
    if (last === undefined || last.number !== this.#term) return this.#breach('nobody leads')
    this.#work()
    await this.#sim.pass(1_000)
    for (const one of sites) this.#compare(one, last.site)
  }

  #compare(site: Site, leader: Site): void {
    const jobs = everyJob(site)
    const told = (all: readonly Job[]): string =>
      JSON.stringify(all.map(({ id, mark, state }) => [id, mark, state]).sort())
    if (told(jobs) !== told(everyJob(leader))) this.#breach(`${site.node} has other jobs`)
    const counts = site.life?.store.counts
    for (const state of JOB_STATES) {
      const found = jobs.filter((one) => one.state === state).length
      if (found !== counts?.[state]) this.#breach(`${site.node} counts ${state} wrongly`)
    }
    for (const [id, mark] of this.#settled) {
      const found = jobs.find((one) => one.id === id)
      if (found === undefined && this.#mayBeForgotten(id)) continue
      if (found === undefined || compareMarks(found.mark, mark) < 0) {
        this.#breach(`${id} is not at ${site.node} at the end`)
      }
    }
  }

  #breach(what: string): void {
    this.#breaches.push(what)
  }
}

const told = ({ term, sequence }: Mark): string => `${term}/${sequence % 2 ** 32}`

function everyJob(site: Site): readonly Job[] {
  const { store } = site.life ?? {}
  if (store === undefined) return []
  const page = store.changes({ term: 0, sequence: 0 }, 100_000)
  return page.entries.flatMap((entry) => (isGone(entry) ? [] : [entry]))
}

function isEstablished(disk: { readonly values: ReadonlyMap<string, Buffer> }): boolean {
  const about = disk.values.get('astore')
  return about?.toString('utf8', 4).includes('"established":true') === true
}
