/**
 * store/kept-book: the book of a leader: writes in batches, each settled at a majority.
 *
 * One batch is on its way at a time; what comes meanwhile makes up the next one. A batch counts
 * as settled when it is on the own disk and on those of so many others that are current that
 * together they are a majority. Until then readers of an id see what was there before.
 */
import { JobsFault } from '#jobs/job/faults'
import { compareMarks, type Job, type Mark } from '#jobs/job/job'
import { type Ballot, ballotMark } from './ballot.js'
import type { Book, JobCounts, JobQuery, ReplicaState, Unmarked } from './book.js'
import type { BookOptions } from './book-options.js'
import { type BookWorld, pause } from './book-world.js'
import { type Entry, encodeEntry, isGone, readEntry } from './entry.js'
import { Follower, type FollowerHost } from './follower.js'
import type { JobStore, StoreAnswer } from './job-store.js'
import { type Found, majorityOf, type Opening, type Sessions } from './opening.js'
import { Purge } from './purge.js'

/** Records in one batch, or more when one write alone has more. */
const BATCH_MAX = 1_000

/** An entry that has no mark yet. */
type Draft = Omit<Entry, 'mark'>

interface Waiting {
  readonly drafts: readonly Draft[]
  readonly resolve: (entries: readonly Entry[]) => void
  readonly reject: (fault: JobsFault) => void
  readonly cancel: () => void
}

export class KeptBook implements Book, FollowerHost {
  readonly ballot: Ballot
  readonly own: JobStore
  readonly world: BookWorld
  readonly options: Required<BookOptions>
  readonly sessions: Sessions
  isVirgin: boolean
  readonly ended: Promise<JobsFault>
  open: readonly Job[] = []
  inFlight: readonly Entry[] = []
  settled: Mark | undefined
  /** All before this book, as it is in it. */
  opened: Mark
  readonly #node: string
  readonly #total: number
  readonly #followers: readonly Follower[]
  /** What was there before the batch that is on its way. */
  readonly #before = new Map<string, Entry | undefined>()
  readonly #purge: Purge
  #waiting: Waiting[] = []
  #isWriting = false
  #sequence: number
  #fault: JobsFault | undefined
  #end: (fault: JobsFault) => void = () => {}
  #listeners: (() => void)[] = []

  constructor(opening: Opening, isVirgin: boolean) {
    this.ballot = opening.ballot
    this.own = opening.own
    this.world = opening.world
    this.options = opening.options
    this.sessions = opening.sessions
    this.isVirgin = isVirgin
    this.#node = opening.node
    this.#total = opening.coordinators.length
    this.opened = ballotMark(opening.ballot)
    this.#sequence = this.opened.sequence
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    const others = opening.coordinators.filter((node) => node !== opening.node)
    this.#followers = others.map((node) => new Follower(node, this))
    this.#purge = new Purge(this)
  }

  /** Serves once the state is at a majority. */
  static async open(opening: Opening, { isVirgin, base }: Found): Promise<KeptBook> {
    const book = new KeptBook(opening, isVirgin)
    try {
      await book.#adopt(base)
      await book.#spread(opening.signal)
      return book
    } catch (fault) {
      book.close()
      throw fault
    }
  }

  get term(): number {
    return this.ballot.term
  }

  get isClosed(): boolean {
    return this.#fault !== undefined
  }

  write(jobs: readonly Unmarked[]): Promise<readonly Job[]> {
    return this.put(jobs) as Promise<readonly Job[]>
  }

  /** Writes entries of any kind. */
  put(drafts: readonly Draft[]): Promise<readonly Entry[]> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault)
    const odd = drafts.find((draft) => !this.#canBeKept(draft))
    if (odd !== undefined) {
      const problem = 'its record cannot be kept'
      return Promise.reject(new JobsFault('JOB_INVALID', { job: odd.id, problem }))
    }
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting)
        reject(this.#noMajority('the write was not confirmed in time'))
      }
      const cancel = this.world.after(this.options.writeTimeoutMs, giveUp)
      const waiting = { drafts, resolve, reject, cancel }
      this.#waiting.push(waiting)
      if (!this.#isWriting) void this.#writeAll()
    })
  }

  get(id: string): Job | undefined {
    if (!this.#before.has(id)) return this.own.get(id)
    const before = this.#before.get(id)
    return before === undefined || isGone(before) ? undefined : before
  }

  list(query: JobQuery): readonly Job[] {
    return this.own.list(query)
  }

  counts(): JobCounts {
    return this.own.counts
  }

  replicas(): readonly ReplicaState[] {
    const self: ReplicaState = {
      ...{ node: this.#node, state: 'current', problem: this.#fault?.message },
      ...{ term: this.term, behind: 0 },
    }
    return [self, ...this.#followers.map((follower) => follower.view(this.term))]
  }

  /** The mark up to which every store has everything. */
  get spread(): Mark {
    const all = [this.settled ?? this.own.complete, ...this.#followers.map(({ told }) => told)]
    return all.reduce((least, one) => (compareMarks(one, least) < 0 ? one : least))
  }

  close(): void {
    this.#finish(new JobsFault('BOOK_CLOSED', { term: this.term }))
  }

  changed(): void {
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) listener()
  }

  stale(later: number): void {
    this.#finish(new JobsFault('STALE_TERM', { term: this.term, later }))
  }

  async confirm(): Promise<void> {
    const isOwn = this.own.isEstablished ? 1 : 0
    const held = await Promise.all(this.#followers.map((follower) => follower.holds()))
    const present = isOwn + held.filter(Boolean).length
    if (present >= majorityOf(this.#total)) return
    const problem = 'a new one waits until a majority of the others holds to the term'
    throw new JobsFault('REPLICA_BEHIND', { node: this.#node, problem })
  }

  #canBeKept(draft: Draft): boolean {
    const entry = readEntry({ ...draft, mark: ballotMark(this.ballot) })
    return entry !== undefined && encodeEntry(entry) !== undefined
  }

  #noMajority(problem: string): JobsFault {
    const present = 1 + this.#followers.filter(({ isCurrent }) => isCurrent).length
    const wanted = majorityOf(this.#total)
    return new JobsFault('NO_MAJORITY', { present, total: this.#total, wanted, problem })
  }

  /**
   * What may have been settled holds from now on, as a write of this book: a store that was told
   * of another outcome, by a book that was never opened, learns of it as of any other write.
   */
  async #adopt(base: Mark): Promise<void> {
    const before = this.opened
    for (let after = base; this.#fault === undefined; ) {
      const { entries } = this.own.changes(after, this.options.pageMax)
      const doubtful = entries.filter(({ mark }) => compareMarks(mark, before) < 0)
      if (doubtful.length === 0) break
      await this.#ownWrite({ entries: doubtful.map((entry) => this.#marked(entry)) })
      after = doubtful.at(-1)?.mark ?? after
    }
    this.opened = { term: this.term, sequence: this.#sequence }
  }

  /** Brings a majority up to the merged state, or all when the cluster begins. */
  async #spread(signal: AbortSignal | undefined): Promise<void> {
    const untilMs = this.world.wallMs() + this.options.openTimeoutMs
    for (const follower of this.#followers) void follower.run()
    const start = this.opened
    await this.#until(() => this.#isAtMajority(start), untilMs, signal)
    await this.#ownWrite({ entries: [], complete: start })
    this.settled = start
    for (const follower of this.#followers) follower.nudge()
    // What is not in this book must not come back: a majority knows what is complete.
    await this.#until(() => this.#isKnown(start), untilMs, signal)
    // A store that is new from now on is one that was lost.
    this.isVirgin = false
    this.open = this.own.open()
    this.#purge.begin()
  }

  #isAtMajority(mark: Mark): boolean {
    if (this.isVirgin && this.settled === undefined) {
      return this.#followers.every(({ isCurrent }) => isCurrent)
    }
    const there = this.#followers.filter(
      (one) => one.isCurrent && one.isEstablished && compareMarks(one.reached, mark) >= 0,
    )
    return there.length + 1 >= majorityOf(this.#total)
  }

  /** Whether so many know that they have all up to a mark: all when the cluster begins. */
  #isKnown(mark: Mark): boolean {
    const knowing = this.#followers.filter(
      (one) => one.isEstablished && compareMarks(one.told, mark) >= 0,
    )
    const wanted = this.isVirgin ? this.#total : majorityOf(this.#total)
    return knowing.length + 1 >= wanted
  }

  async #until(
    isSo: () => boolean,
    untilMs: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    while (!isSo()) {
      if (this.#fault !== undefined) throw this.#fault
      if (signal?.aborted) throw this.#noMajority('it was called off')
      if (this.world.wallMs() >= untilMs) throw this.#noMajority('they could not catch up in time')
      await Promise.race([this.#change(), pause(this.world, 50)])
    }
    if (this.#fault !== undefined) throw this.#fault
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#listeners.push(resolve)
    })
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true
    // What else is written in this turn goes along.
    await Promise.resolve()
    while (this.#waiting.length > 0 && this.#fault === undefined) {
      const batch = this.#batch()
      try {
        await this.#writeBatch(batch)
      } catch (problem) {
        this.#finish(this.#storeFault(problem))
        for (const { reject } of batch) reject(this.#fault ?? this.#storeFault(problem))
      }
    }
    this.#isWriting = false
  }

  #batch(): readonly Waiting[] {
    let records = 0
    let taken = 0
    for (const { drafts } of this.#waiting) {
      if (taken > 0 && records + drafts.length > BATCH_MAX) break
      records += drafts.length
      taken += 1
    }
    return this.#waiting.splice(0, taken)
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const marked = batch.map(({ drafts }) => drafts.map((draft) => this.#marked(draft)))
    const entries = marked.flat()
    for (const { id } of entries) this.#before.set(id, this.own.entry(id))
    this.inFlight = entries
    for (const follower of this.#followers) follower.push(entries)
    await this.#ownWrite({ entries, ...this.#complete() })
    this.inFlight = []
    const last = entries.at(-1)?.mark
    while (last !== undefined && this.#fault === undefined && !this.#isAtMajority(last)) {
      await this.#change()
    }
    batch.forEach(({ resolve, reject, cancel }, i) => {
      cancel()
      if (this.#fault === undefined) resolve(marked[i] ?? [])
      else reject(this.#fault)
    })
    if (this.#fault !== undefined || last === undefined) return
    this.settled = last
    this.#before.clear()
  }

  #complete(): { readonly complete?: Mark } {
    return this.settled === undefined ? {} : { complete: this.settled }
  }

  #marked(draft: Draft): Entry {
    this.#sequence += 1
    return { ...draft, mark: { term: this.term, sequence: this.#sequence } } as Entry
  }

  /** A failure of the own store ends the book: another coordinator has to lead. */
  async #ownWrite(write: {
    readonly entries: readonly Entry[]
    readonly complete?: Mark
    readonly floor?: Mark
  }): Promise<void> {
    try {
      const answer: StoreAnswer = await this.own.write({ ballot: this.ballot, ...write })
      if (answer.kind !== 'written') this.stale(this.own.promised.term)
    } catch (problem) {
      this.#finish(this.#storeFault(problem))
    }
  }

  #storeFault(problem: unknown): JobsFault {
    if (JobsFault.is(problem)) return problem
    const { path } = this.own
    return new JobsFault('STORE_FAILED', { path, problem: String(problem) }, problem)
  }

  /** What is gone up to this mark leaves no trace. */
  async raiseFloor(floor: Mark): Promise<void> {
    await this.#ownWrite({ entries: [], floor, ...this.#complete() })
  }

  #finish(fault: JobsFault): void {
    if (this.#fault !== undefined) return
    this.#fault = fault
    for (const { reject, cancel } of this.#waiting.splice(0)) {
      cancel()
      reject(fault)
    }
    for (const follower of this.#followers) follower.nudge()
    this.changed()
    this.#end(fault)
  }
}
