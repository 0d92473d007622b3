/**
 * store/job-store: the jobs one coordinator keeps on its disk, and what it has promised.
 *
 * Writes that come while one is on its way to the disk go there together (group commit); each
 * settles when it is durable. Readers see what is durable. Knows nothing of other coordinators.
 * Limit: memory holds the counts and what waits to be written, no records.
 */
import { randomUUID } from 'node:crypto'
import { JobsFault } from '#jobs/job/faults'
import { compareMarks, type Job, type Mark, NO_MARK } from '#jobs/job/job'
import { type About, NEW_ABOUT, readAbout, writeAbout } from './about.js'
import { type Ballot, ballotMark, compareBallots, isSameBallot, isSameOpening } from './ballot.js'
import type { JobCounts, JobQuery } from './book.js'
import { Draft } from './draft.js'
import { decodeEntry, type Entry, isGone } from './entry.js'
import { ENTRIES, entryKey, marksAfter, readMarkKey, readStateKey, unseal } from './keys.js'
import { listOf, openOf } from './listing.js'
import type { Change, Shelf } from './shelf.js'

/** What became of a write. */
export type StoreAnswer =
  | { readonly kind: 'written' }
  /** A later ballot was promised. */
  | { readonly kind: 'stale'; readonly term: number; readonly opening: number }
  /** This ballot was not promised here: the store is a new one, or was away. */
  | { readonly kind: 'unpromised' }

export interface StoreWrite {
  readonly ballot: Ballot
  readonly entries: readonly Entry[]
  /** Ids of which whoever leads knows nothing: what was never settled is given up. */
  readonly forget?: readonly string[]
  /** With these it has all that was written up to this mark; an unestablished one now counts. */
  readonly complete?: Mark
  /** What is gone up to this mark is known everywhere that counts, and leaves no trace. */
  readonly floor?: Mark
}

export interface StorePage {
  readonly entries: readonly Entry[]
  readonly more: boolean
}

interface Waiting {
  readonly run: (draft: Draft) => unknown
  readonly settle: (value: unknown) => void
  readonly reject: (fault: unknown) => void
}

/**
 * Opens the jobs of a shelf; a new shelf gets its identity, durably, before this settles.
 * `afterLoss`: where the file lies that was set aside before, if one was; a store that does not
 * count yet keeps it durably, too, until it is rebuilt.
 */
export async function openJobStore(shelf: Shelf, afterLoss?: string): Promise<JobStore> {
  const about = readAbout(shelf)
  const store = new JobStore(shelf, about ?? NEW_ABOUT)
  if (about === undefined) await store.begin(randomUUID(), afterLoss)
  else if (!about.established && afterLoss !== undefined && about.afterLoss === undefined) {
    await store.begin(about.identity, afterLoss)
  }
  return store
}

export class JobStore {
  readonly #shelf: Shelf
  #about: About
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  #isClosed = false
  /** Commits that failed, for inspection. */
  failures = 0

  constructor(shelf: Shelf, about: About) {
    this.#shelf = shelf
    this.#about = about
  }

  get path(): string {
    return this.#shelf.path
  }

  /** Names this store: a lost one comes back under another name. */
  get identity(): string {
    return this.#about.identity
  }

  get promised(): Ballot {
    return this.#about.promised
  }

  /** False: it is new, or being rebuilt, and what it says about jobs counts for nothing. */
  get isEstablished(): boolean {
    return this.#about.established
  }

  /** All that was settled up to here is in it, and nothing that was not. */
  get complete(): Mark {
    return this.#about.complete
  }

  get floor(): Mark {
    return this.#about.floor
  }

  /** The latest mark in it. */
  get last(): Mark {
    return this.#about.last
  }

  get counts(): JobCounts {
    return this.#about.counts
  }

  /** True when nothing was ever written to it. */
  get isEmpty(): boolean {
    return compareMarks(this.last, NO_MARK) === 0
  }

  /** Where the file lies that was set aside before this one; undefined once it is rebuilt. */
  get afterLoss(): string | undefined {
    return this.#about.afterLoss
  }

  /** Which jobs its texts are of, when those are kept elsewhere; undefined: none yet. */
  get jobsIdentity(): string | undefined {
    return this.#about.jobsIdentity
  }

  /** Texts are of these jobs from now on. */
  rememberJobs(jobsIdentity: string): Promise<void> {
    return this.#enqueue((draft) => {
      draft.about = { ...draft.about, jobsIdentity }
    })
  }

  /** Gives a new store its name, and says what was before it. */
  begin(identity: string, afterLoss: string | undefined): Promise<void> {
    return this.#enqueue((draft) => {
      draft.about = { ...draft.about, identity, afterLoss }
    })
  }

  /** Takes nothing of earlier ballots from now on, nor of earlier sessions of this one. */
  promise(ballot: Ballot): Promise<{ readonly kind: 'promised' } | StoreAnswer> {
    return this.#enqueue((draft) => {
      const { promised } = draft.about
      const isAgain = isSameOpening(ballot, promised) && ballot.session > promised.session
      if (!isAgain && compareBallots(ballot, promised) <= 0) return stale(promised)
      draft.about = { ...draft.about, promised: ballot }
      return { kind: 'promised' }
    })
  }

  /**
   * Stores what the holder of the ballot says. Its word is final against all that is of earlier
   * ballots, also against later marks: those were never settled.
   */
  write(write: StoreWrite): Promise<StoreAnswer> {
    return this.#enqueue((draft) => {
      const refusal = this.#refusal(draft.about.promised, write.ballot)
      if (refusal !== undefined) return refusal
      const before = ballotMark(write.ballot)
      for (const entry of write.entries) draft.put(entry, before)
      for (const id of write.forget ?? []) draft.forget(id, before)
      if (write.floor !== undefined) draft.raiseFloor(write.floor)
      if (write.complete !== undefined) draft.completeTo(write.complete)
      return { kind: 'written' }
    })
  }

  /** Adds what other stores have: of two entries of an id the later one stays. */
  merge(ballot: Ballot, entries: readonly Entry[]): Promise<StoreAnswer> {
    return this.#enqueue((draft) => {
      const refusal = this.#refusal(draft.about.promised, ballot)
      if (refusal !== undefined) return refusal
      for (const entry of entries) draft.put(entry, NO_MARK)
      return { kind: 'written' }
    })
  }

  /** Forgets a part of what it has, and does not count until it was rebuilt; done: all is gone. */
  reset(ballot: Ballot, limit: number): Promise<StoreAnswer | { readonly kind: 'reset' }> {
    return this.#enqueue((draft) => {
      const refusal = this.#refusal(draft.about.promised, ballot)
      if (refusal !== undefined) return refusal
      draft.about = { ...draft.about, established: false, complete: NO_MARK }
      let removed = 0
      for (const { key } of this.#shelf.range(ENTRIES)) {
        if (removed === limit) return { kind: 'written' }
        draft.remove(key.toString('latin1', 1))
        removed += 1
      }
      draft.about = { ...draft.about, last: NO_MARK, floor: NO_MARK }
      return { kind: 'reset' }
    })
  }

  /** Whether a reader asks for what it was promised, of this store as it is. */
  isPromised(ballot: Ballot): boolean {
    return isSameBallot(ballot, this.promised)
  }

  #refusal(promised: Ballot, ballot: Ballot): StoreAnswer | undefined {
    if (isSameBallot(promised, ballot)) return undefined
    const isOver = compareBallots(ballot, promised) < 0
    const isOthers = compareBallots(ballot, promised) === 0 && !isSameOpening(ballot, promised)
    return isOver || isOthers ? stale(promised) : { kind: 'unpromised' }
  }

  /** What stands under an id, also that it is gone. */
  entry(id: string): Entry | undefined {
    const key = entryKey(id)
    const sealed = this.#shelf.get(key)
    if (sealed === undefined) return undefined
    return this.#decoded(key, sealed)
  }

  get(id: string): Job | undefined {
    const entry = this.entry(id)
    return entry === undefined || isGone(entry) ? undefined : entry
  }

  /** Entries after a mark in the order of their marks. */
  changes(after: Mark, limit: number): StorePage {
    const entries: Entry[] = []
    for (const { key, value } of this.#shelf.range(marksAfter(after))) {
      if (entries.length === limit) return { entries, more: true }
      const id = unseal(key, value)?.toString('latin1')
      const entry = id === undefined ? undefined : this.entry(id)
      if (entry === undefined) throw this.#damaged(`its mark ${JSON.stringify(readMarkKey(key))}`)
      entries.push(entry)
    }
    return { entries, more: false }
  }

  list(query: JobQuery): readonly Job[] {
    return listOf(this.#shelf, (id) => this.get(id), query)
  }

  /** All jobs that wait or run, oldest first. */
  open(): readonly Job[] {
    return openOf(this.#shelf, (id) => this.get(id))
  }

  /** All jobs whose text may still be asked for. */
  claims(): readonly Job[] {
    return openOf(this.#shelf, (id) => this.get(id), ['queued', 'running', 'parked'])
  }

  /** Jobs of a state, or what is gone, made or gone before a time: oldest first. */
  *agedIds(range: Parameters<Shelf['range']>[0], beforeMs: number): Generator<string> {
    for (const { key } of this.#shelf.range(range)) {
      const { timeMs, id } = readStateKey(key)
      if (timeMs >= beforeMs) return
      yield id
    }
  }

  /** The values beside the jobs: texts use it. */
  get shelf(): Shelf {
    return this.#shelf
  }

  /** Changes of others than jobs, in the next commit. */
  change(changes: readonly Change[]): Promise<void> {
    return this.#enqueue((draft) => draft.add(changes))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    while (this.#writing !== undefined) await this.#writing
    await this.#shelf.close()
  }

  #enqueue<T>(run: (draft: Draft) => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(new JobsFault('STORE_CLOSED', { path: this.path }))
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ run, settle: resolve as (value: unknown) => void, reject })
      this.#writing ??= this.#writeAll()
    })
  }

  async #writeAll(): Promise<void> {
    // What else comes in this turn of the loop goes along.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      await this.#writeGroup(group)
    }
    this.#writing = undefined
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    const draft = new Draft(this.#shelf, this.#about, (key, sealed) => this.#decoded(key, sealed))
    const answers: unknown[] = []
    try {
      for (const { run } of group) answers.push(run(draft))
      const changes = draft.changes(writeAbout)
      if (changes.length > 0) await this.#shelf.commit(changes)
      this.#about = draft.about
      group.forEach(({ settle }, i) => {
        settle(answers[i])
      })
    } catch (fault) {
      this.failures += 1
      for (const { reject } of group) reject(fault)
    }
  }

  #decoded(key: Buffer, sealed: Buffer): Entry {
    const body = unseal(key, sealed)
    const entry = body === undefined ? undefined : decodeEntry(body)
    if (entry === undefined) throw this.#damaged(`the entry ${key.toString('latin1', 1)}`)
    return entry
  }

  #damaged(what: string): JobsFault {
    const problem = `${what} does not match its checksum`
    return new JobsFault('STORE_FAILED', { path: this.path, problem })
  }
}

const stale = ({ term, opening }: Ballot): StoreAnswer => ({ kind: 'stale', term, opening })
