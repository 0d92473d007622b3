/**
 * store/etcd/job-mirror: the jobs of an etcd in memory, as of one revision after another.
 *
 * All is read as of one revision and watched from the next one. An outage leaves it as it is; what
 * was missed comes when the watch goes on, and all is read anew when etcd does not keep it any
 * more. What is no job of this version is counted, told, and left where it is; when it has come in
 * the place of one that was, that one is still known here.
 * An etcd with other jobs than those it knows is none: nothing of it is taken, and it is read again
 * until they are back.
 * Limit: memory for all jobs that are kept, about two thousand bytes each.
 */
import type { EtcdClient, KeyValue, Running, WatchBatch, WatchEnd } from '@troupe/etcd'
import { type Logger, TroupeError } from 'troupe'
import { JobsFault } from '#jobs/job/faults'
import { compareMarks, type Job, type Mark, NO_MARK } from '#jobs/job/job'
import { type About, NEW_ABOUT } from '#jobs/store/about'
import type { JobCounts, JobQuery } from '#jobs/store/book'
import type { BookWorld } from '#jobs/store/book-world'
import { Draft } from '#jobs/store/draft'
import { decodeEntry, type Entry, isGone } from '#jobs/store/entry'
import { entryKey, marksAfter, readStateKey, unseal } from '#jobs/store/keys'
import { listOf, openOf } from '#jobs/store/listing'
import { applyTo, MemoryDisk, memoryShelf } from '#jobs/store/memory-shelf'
import type { Range, Shelf } from '#jobs/store/shelf'
import type { KnownJobs } from '#jobs/store/text-keeper'
import type { JobPlaces } from './job-places.js'
import { MARK_MAX, markOf, readRecord, revisionOf } from './job-record.js'
import { admitJobs, type IdentityMemory, identityInMemory, isRenaming } from './jobs-identity.js'
import { Oddities, type Oddity } from './oddities.js'

export type MirrorWorld = Pick<BookWorld, 'after' | 'random'> & {
  readonly log: Pick<Logger, 'info' | 'warning' | 'error'>
}

/** Keys that are taken in one turn. */
const PART_MAX = 500
/** Wait before all is read again, in milliseconds: half of it at least. */
const AGAIN_MS = 1_000

export class JobMirror implements KnownJobs {
  readonly #client: EtcdClient
  readonly #keys: JobPlaces
  readonly #memory: IdentityMemory
  #disk = new MemoryDisk()
  #shelf: Shelf = memoryShelf({ disk: this.#disk })
  #about: About = NEW_ABOUT
  #complete: Mark = NO_MARK
  #oddities = new Oddities()
  #revision = 0
  /** Written, and not told by the watch yet. */
  #ahead: Job[] = []
  /** Jobs that are kept of each revision which may have more of them. */
  readonly #places = new Map<number, number>()
  #isEstablished = false
  #world: MirrorWorld | undefined
  #watch: Running | undefined
  #life = 0
  #listeners: (() => void)[] = []
  /** Why it does not follow at the moment; undefined: it does. */
  problem: string | undefined = 'it has not been read yet'
  /** STORE_OTHER: what etcd has now are other jobs than these. */
  foreign: JobsFault | undefined
  /** How often all was read. */
  loads = 0
  /** How often an older state of etcd came in the place of what was known. */
  rewinds = 0

  constructor(client: EtcdClient, keys: JobPlaces, memory: IdentityMemory = identityInMemory()) {
    this.#client = client
    this.#keys = keys
    this.#memory = memory
  }

  /** Everything that happened up to this revision is in it. */
  get revision(): number {
    return this.#revision
  }

  /** False: it has never been read, or not since these jobs have begun, and knows nothing. */
  get isEstablished(): boolean {
    return this.#isEstablished && this.identity !== undefined
  }

  /** For people: where it is remembered which jobs these are. */
  get path(): string {
    return this.#memory.path
  }

  /** Which jobs these are; undefined: none that have begun. */
  get identity(): string | undefined {
    return this.#memory.jobsIdentity
  }

  get complete(): Mark {
    return this.#complete
  }

  get counts(): JobCounts {
    return this.#about.counts
  }

  get oddities(): readonly Oddity[] {
    return this.#oddities.all
  }

  /** Reads, and follows until it is closed. */
  begin(world: MirrorWorld): void {
    this.close()
    this.#world = world
    void this.#load(this.#life)
  }

  close(): void {
    this.#life += 1
    this.#watch?.close()
    this.#watch = undefined
    this.#world = undefined
    this.problem = 'it is closed'
    this.#changed()
  }

  /** Settles with the next change of anything. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#listeners.push(resolve)
    })
  }

  /** What its writer knows before the watch tells it. */
  wrote(job: Job): void {
    // It has been here then, and something later perhaps.
    if (!this.#isEstablished || revisionOf(job.mark) <= this.#revision) return
    const draft = this.#draft()
    if (!this.#keep(draft, job)) return
    this.#ahead.push(job)
    this.#commit(draft)
  }

  get(id: string): Job | undefined {
    const entry = this.#entry(id)
    return entry === undefined || isGone(entry) ? undefined : entry
  }

  list(query: JobQuery): readonly Job[] {
    return listOf(this.#shelf, (id) => this.get(id), query)
  }

  open(): readonly Job[] {
    return openOf(this.#shelf, (id) => this.get(id))
  }

  claims(): readonly Job[] {
    return openOf(this.#shelf, (id) => this.get(id), ['queued', 'running', 'parked'])
  }

  changes(after: Mark, limit: number): ReturnType<KnownJobs['changes']> {
    const entries: Entry[] = []
    for (const { key, value } of this.#shelf.range(marksAfter(after))) {
      if (entries.length === limit) return { entries, more: true }
      const entry = this.#entry(unseal(key, value)?.toString('latin1') ?? '')
      if (entry !== undefined) entries.push(entry)
    }
    return { entries, more: false }
  }

  /** Jobs of a state made before a time, oldest first. */
  *agedIds(range: Range, beforeMs: number): Generator<string> {
    for (const { key } of this.#shelf.range(range)) {
      const { timeMs, id } = readStateKey(key)
      if (timeMs >= beforeMs) return
      yield id
    }
  }

  async #load(life: number): Promise<void> {
    try {
      const { revision, keys } = await this.#client.rangeAll({ prefix: this.#keys.all })
      await admitJobs({ places: this.#keys, client: this.#client, memory: this.#memory, keys })
      const read = await this.#read(keys, life)
      if (read === undefined) return
      this.#begun(read, revision)
      this.#follow(life, revision)
    } catch (problem) {
      if (life !== this.#life) return
      if (JobsFault.is(problem, 'STORE_OTHER')) this.#isForeign(problem)
      const told = problem instanceof Error ? problem.message : String(problem)
      const { code } = TroupeError.is(problem) || JobsFault.is(problem) ? problem : {}
      this.#fails('the jobs of etcd cannot be read', told, code)
      this.#changed()
      const { random = () => 0, after = () => {} } = this.#world ?? {}
      after(AGAIN_MS * (0.5 + random() / 2), () => void this.#load(life))
    }
  }

  #isForeign(fault: JobsFault): void {
    this.foreign = fault
    // What was written is known of the jobs that were here alone.
    this.#ahead = []
  }

  /** Another mirror with all of these; others have their turn between two parts of them. */
  async #read(keys: readonly KeyValue[], life: number): Promise<JobMirror | undefined> {
    const read = new JobMirror(this.#client, this.#keys)
    read.#world = this.#world
    read.rewinds = this.rewinds
    read.#oddities = new Oddities(this.#oddities)
    for (let at = 0; life === this.#life; at += PART_MAX) {
      if (at >= keys.length) return read
      const draft = read.#draft()
      for (const entry of keys.slice(at, at + PART_MAX)) read.#take(draft, entry)
      read.#commit(draft)
      await new Promise<void>((resolve) => this.#world?.after(0, resolve))
    }
    return undefined
  }

  /** What was read takes the place of what was known, at once. */
  #begun(read: JobMirror, revision: number): void {
    this.#disk = read.#disk
    this.#shelf = read.#shelf
    this.#about = read.#about
    this.#oddities = read.#oddities
    this.#complete = read.#complete
    this.#places.clear()
    this.loads += 1
    this.problem = undefined
    this.foreign = undefined
    this.#isEstablished = true
    this.#revision = revision
    this.#forgetPast()
    const draft = this.#draft()
    for (const job of this.#ahead) this.#keep(draft, job)
    this.#commit(draft)
    this.#world?.log.info('the jobs of etcd were read', { revision })
  }

  #follow(life: number, revision: number): void {
    this.#watch = this.#client.watch({
      range: { prefix: this.#keys.all },
      fromRevision: revision + 1,
      take: (batch) => life === this.#life && this.#took(life, batch),
      state: (line, problem) => life === this.#life && this.#lined(line, problem),
      ended: (end) => life === this.#life && this.#ended(life, end),
    })
  }

  #took(life: number, { revision, events }: WatchBatch): void {
    if (events.some((event) => isRenaming(event, this.#keys, this.identity))) {
      this.#watch?.close()
      this.#watch = undefined
      void this.#load(life)
      return
    }
    const draft = this.#draft()
    for (const event of events) {
      if (event.kind === 'put') this.#take(draft, event.entry)
      else this.#drop(draft, event.key, event.modRevision)
    }
    this.#revision = Math.max(this.#revision, revision)
    this.#forgetPast()
    this.#commit(draft)
    for (const past of this.#places.keys()) {
      if (past <= this.#revision) this.#places.delete(past)
    }
  }

  /** What is known by now needs not be remembered as written. */
  #forgetPast(): void {
    this.#ahead = this.#ahead.filter(({ mark }) => revisionOf(mark) > this.#revision)
  }

  #lined(line: 'up' | 'down', problem = 'it has lost its line'): void {
    if (line === 'up') this.problem = undefined
    else this.#fails('the jobs of etcd are not followed', problem)
    this.#changed()
  }

  #ended(life: number, end: WatchEnd): void {
    this.#watch = undefined
    if (end.kind === 'rewound') {
      this.rewinds += 1
      const detail = { seen: this.#revision, revision: end.revision }
      this.#world?.log.error('etcd is at an older state than was seen; its jobs are read', detail)
      // What was there is no more: nobody must take it for what is.
      this.#revision = 0
      this.#ahead = []
    }
    if (end.kind === 'refused') {
      this.#fails('the jobs of etcd may not be followed', end.problem, 'ETCD_REFUSED')
      this.#world?.after(AGAIN_MS, () => void this.#load(life))
    } else void this.#load(life)
    this.#changed()
  }

  #fails(what: string, problem: string, code = 'ETCD_UNREACHABLE'): void {
    if (this.problem !== problem) this.#world?.log.warning(what, { code, problem })
    this.problem = problem
  }

  #take(draft: Draft, { key, value, modRevision }: KeyValue): void {
    const id = this.#keys.idOf(key)
    if (id === undefined) {
      const { book, identity } = this.#keys
      const isKnown = [book, identity].includes(key.toString('latin1'))
      if (!isKnown) this.#noteOdd(key, 'no job has such a key')
      return
    }
    const read = readRecord(id, value, modRevision)
    if (read.kind === 'odd') this.#noteOdd(key, read.problem)
    else {
      this.#oddities.forget(key)
      if (!this.#keep(draft, read.job)) this.#noteOdd(key, 'it cannot be kept')
    }
  }

  #noteOdd(key: Buffer, problem: string): void {
    this.#oddities.note(key, problem, this.#world)
  }

  /**
   * False: it cannot be kept, and what was known of the job is as it was. Its place in the order is
   * that of its revision: what a value says of its term may be said by anybody.
   */
  #keep(draft: Draft, job: Job): boolean {
    const known = this.#entry(job.id)
    const revision = revisionOf(job.mark)
    if (known !== undefined && revisionOf(known.mark) >= revision) return true
    const place = this.#places.get(revision) ?? 0
    // What was read anew after an older state came back is behind all that was read before.
    const mark = markOf(1 + this.rewinds, revision, place)
    try {
      draft.put({ ...job, mark }, MARK_MAX)
    } catch (fault) {
      if (JobsFault.is(fault, 'JOB_INVALID')) return false
      throw fault
    }
    this.#places.set(revision, place + 1)
    if (compareMarks(mark, this.#complete) > 0) this.#complete = mark
    return true
  }

  #drop(draft: Draft, key: Buffer, modRevision: number): void {
    this.#oddities.forget(key)
    const id = this.#keys.idOf(key)
    if (id === undefined) return
    const known = this.#entry(id)
    if (known === undefined || revisionOf(known.mark) < modRevision) draft.remove(id)
  }

  #draft(): Draft {
    return new Draft(this.#shelf, this.#about, decoded)
  }

  #commit(draft: Draft): void {
    applyTo(
      this.#disk,
      draft.changes(() => ABOUT_CHANGE),
    )
    this.#about = draft.about
    this.#changed()
  }

  #entry(id: string): Entry | undefined {
    const key = entryKey(id)
    const sealed = this.#shelf.get(key)
    return sealed === undefined ? undefined : decoded(key, sealed)
  }

  #changed(): void {
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) listener()
  }
}

/** What a mirror knows of itself is in its fields. */
const ABOUT_CHANGE = Object.freeze({ key: Buffer.from('about', 'latin1'), value: undefined })

/** Memory is believed. */
function decoded(key: Buffer, sealed: Buffer): Entry {
  return decodeEntry(unseal(key, sealed) ?? Buffer.alloc(0)) as Entry
}
