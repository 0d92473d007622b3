/**
 * test/store/sim: stores, replicas and books of three coordinators in virtual time.
 *
 * Chance comes from the seed alone; between two events everything settles. Messages take time and
 * get lost, disks take time, programs crash, disks are lost, and leaders of several terms are
 * there at once.
 */
import type { Random } from 'troupe/testing'
import { seededRandom } from 'troupe/testing'
import { JobsFault } from '#jobs/job/faults'
import type { Book, Unmarked } from '#jobs/store/book'
import type { BookOptions } from '#jobs/store/book-options'
import type { BookWorld } from '#jobs/store/book-world'
import { type JobStore, openJobStore } from '#jobs/store/job-store'
import { MemoryDisk, memoryShelf } from '#jobs/store/memory-shelf'
import { openBook } from '#jobs/store/open-book'
import { ReplicaDesk } from '#jobs/store/replica-desk'
import { TextVault } from '#jobs/store/text-vault'

interface Timed {
  readonly atMs: number
  readonly number: number
  readonly run: () => void
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const START_MS = Date.UTC(2025, 0, 1)

/** Events in the order of their time. */
export class Agenda {
  nowMs = 0
  #heap: Timed[] = []
  #number = 0

  after(delayMs: number, run: () => void): () => void {
    let isOff = false
    this.#number += 1
    const item = { atMs: this.nowMs + delayMs, number: this.#number, run: () => isOff || run() }
    let low = 0
    let high = this.#heap.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const one = this.#heap[middle] as Timed
      if (one.atMs > item.atMs || (one.atMs === item.atMs && one.number > item.number)) {
        low = middle + 1
      } else high = middle
    }
    this.#heap.splice(low, 0, item)
    return () => {
      isOff = true
    }
  }

  async until(timeMs: number, isOver: () => boolean = () => false): Promise<void> {
    await turn()
    while (!isOver()) {
      const next = this.#heap.at(-1)
      if (next === undefined || next.atMs > timeMs) break
      this.#heap.pop()
      this.nowMs = next.atMs
      next.run()
      await turn()
    }
    if (!isOver()) this.nowMs = timeMs
  }
}

/** One life of one coordinator. */
export interface Life {
  readonly number: number
  store: JobStore
  desk: ReplicaDesk
  isAlive: boolean
  readonly crash: () => void
}

export class Site {
  readonly node: string
  disk = new MemoryDisk()
  life: Life | undefined
  lives = 0
  isSlow = false
  /** What was set aside before this disk. */
  aside: string | undefined

  constructor(node: string) {
    this.node = node
  }
}

export interface SimSettings {
  readonly seed: number
  readonly total?: number
  readonly options?: BookOptions
  readonly lossRate?: number
  /** Share of the messages that come very late. */
  readonly lateRate?: number
}

export const QUICK: BookOptions = Object.freeze({
  ...{ openTimeoutMs: 1_000, writeTimeoutMs: 800, askTimeoutMs: 60, beatMs: 40, retryMs: 25 },
  ...{ pageMax: 8, queueMax: 40 },
})

export class Sim {
  readonly agenda = new Agenda()
  readonly random: Random
  readonly sites: readonly Site[]
  readonly nodes: readonly string[]
  readonly options: BookOptions
  readonly cut = new Set<string>()
  lossRate: number
  lateRate: number

  constructor({ seed, total = 3, options = {}, lossRate = 0, lateRate = 0.02 }: SimSettings) {
    this.random = seededRandom(seed)
    this.sites = Array.from({ length: total }, (_, i) => new Site(`c${i + 1}`))
    this.nodes = this.sites.map(({ node }) => node)
    this.options = { ...QUICK, ...options }
    this.lossRate = lossRate
    this.lateRate = lateRate
  }

  site(node: string): Site {
    return this.sites.find((one) => one.node === node) as Site
  }

  async start(site: Site): Promise<void> {
    site.lives += 1
    const number = site.lives
    const write = (): Promise<void> => this.#pause(this.#diskMs(site))
    const shelf = memoryShelf({ disk: site.disk, write, path: site.node })
    const store = await openJobStore(shelf, site.aside)
    if (site.lives !== number) return
    const texts = new TextVault(store, undefined)
    texts.timedBy(() => START_MS + this.agenda.nowMs)
    const life: Life = {
      ...{ number, store, desk: new ReplicaDesk(store, texts), isAlive: true },
      crash: () => shelf.crash(),
    }
    site.life = life
  }

  crash(site: Site, isDiskLost = false): void {
    if (site.life !== undefined) {
      site.life.isAlive = false
      site.life.crash()
    }
    site.life = undefined
    site.lives += 1
    if (isDiskLost) site.disk = new MemoryDisk()
  }

  /** Its store could not be read, and a fresh one follows. */
  setAside(site: Site): Promise<void> {
    this.crash(site, true)
    site.aside = `${site.node}/jobs.mdb.aside-1`
    return this.until(this.start(site))
  }

  #diskMs(site: Site): number {
    return site.isSlow ? 20 + this.random.below(60) : this.random.below(3)
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.agenda.after(delayMs, resolve))
  }

  world(site: Site, life: Life): BookWorld {
    return {
      ask: (node, request, payload, timeoutMs) =>
        this.#ask({ site, life }, node, request, payload, timeoutMs) as never,
      after: (delayMs, run) => this.agenda.after(delayMs, () => life.isAlive && run()),
      wallMs: () => START_MS + this.agenda.nowMs,
      random: () => this.random.unit(),
    }
  }

  #ask(
    { site, life }: { readonly site: Site; readonly life: Life },
    node: string,
    request: string,
    payload: unknown,
    timeoutMs: number,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const cancel = this.agenda.after(timeoutMs, () => life.isAlive && reject(new Error('late')))
      this.#carry(site.node, node, () => {
        const other = this.site(node).life
        if (other === undefined) return
        const desk = other.desk as unknown as Record<string, (given: unknown) => Promise<unknown>>
        void desk[request]?.(payload).then((answer) => {
          if (!other.isAlive) return
          this.#carry(node, site.node, () => {
            cancel()
            if (life.isAlive) resolve(answer)
          })
        })
      })
    })
  }

  #carry(from: string, to: string, run: () => void): void {
    if (this.cut.has(`${from} ${to}`) || this.random.unit() < this.lossRate) return
    const isLate = this.random.unit() < this.lateRate
    this.agenda.after(isLate ? this.random.below(400) : 1 + this.random.below(4), run)
  }

  open(site: Site, term: number): Promise<Book> {
    const { life } = site
    if (life === undefined)
      return Promise.reject(new JobsFault('STORE_CLOSED', { path: site.node }))
    return openBook({
      ...{ term, node: site.node, coordinators: this.nodes, store: life.store },
      ...{ world: this.world(site, life), options: this.options },
    })
  }

  /** Lets time pass until it settles. */
  async until<T>(promise: Promise<T>, limitMs = 10_000): Promise<T> {
    let settled = false
    const mark = (): void => {
      settled = true
    }
    promise.then(mark, mark)
    await this.agenda.until(this.agenda.nowMs + limitMs, () => settled)
    if (!settled) throw new Error(`nothing settled within ${limitMs} ms`)
    return promise
  }

  pass(ms: number): Promise<void> {
    return this.agenda.until(this.agenda.nowMs + ms)
  }
}

/** A job as a leader would write it. */
export function job(id: string, more: Partial<Unmarked> = {}): Unmarked {
  return {
    ...{ id, kind: 'word-count', parameters: {}, blob: `text-${id}`, bytes: 5, sha256: 'ab' },
    ...{ state: 'queued', tries: 0, worker: undefined, term: 0, progress: 0, result: undefined },
    ...{ problem: undefined, notBeforeMs: 0, createdMs: START_MS, changedMs: START_MS },
    ...more,
  }
}
