/**
 * store/etcd/etcd-book: the book of a leader whose jobs are kept in an etcd.
 *
 * That a term is current is proved to etcd by a write which only its leader can do; once the
 * mirror has that one it has all that earlier leaders have written, and they can write no more.
 * What is read comes from the mirror; what is written settles when etcd has confirmed it. An etcd
 * without room refuses what is written and goes on to be read: the book does not end by it.
 */
import { randomUUID } from 'node:crypto'
import type { Compare, EtcdClient, Txn } from '@troupe/etcd'
import { JobsFault } from '#jobs/job/faults'
import type { Job } from '#jobs/job/job'
import type { Book, JobCounts, JobQuery, ReplicaState, Unmarked } from '#jobs/store/book'
import { type BookOptions, bookOptions } from '#jobs/store/book-options'
import { type BookWorld, pause } from '#jobs/store/book-world'
import { majorityOf } from '#jobs/store/opening'
import { agedJobs, keptMs } from '#jobs/store/purge'
import { EtcdMembers } from './etcd-members.js'
import { type EtcdDraft, EtcdWrites, type WritesHost } from './etcd-writes.js'
import type { JobMirror, MirrorWorld } from './job-mirror.js'
import type { JobPlaces } from './job-places.js'
import { markOf, RECORD_VERSION, revisionOf, writeRecord } from './job-record.js'
import { identityFault, identityOf } from './jobs-identity.js'

export interface EtcdOpening {
  readonly term: number
  /** Name of the own node. */
  readonly node: string
  readonly client: EtcdClient
  readonly mirror: JobMirror
  readonly places: JobPlaces
  /** What holds as long as this node leads in the term. */
  readonly fence: readonly Compare[]
  readonly world: MirrorWorld & Pick<BookWorld, 'wallMs'>
  readonly options?: BookOptions
  /** Ends the attempt. */
  readonly signal?: AbortSignal
}

/**
 * Opens the book of a term. Rejects with JobsFault STALE_TERM when this node leads no more in it,
 * NO_MAJORITY when etcd does not answer within `openTimeoutMs`: call again, or step down;
 * STORE_OTHER when it has other jobs than those that are known here: only a person can mend that.
 *
 * @example
 * const fence = arbiter.fence('jobs', term)
 * const book = await openEtcdBook({ term, node, client, mirror, places, fence, world })
 */
export async function openEtcdBook(opening: EtcdOpening): Promise<Book> {
  const book = new EtcdBook(opening)
  try {
    await book.begin(opening.signal)
    return book
  } catch (fault) {
    book.close()
    throw fault
  }
}

const told = (problem: unknown): string =>
  problem instanceof Error ? problem.message : String(problem)

class EtcdBook implements Book, WritesHost {
  readonly term: number
  readonly ended: Promise<JobsFault>
  open: readonly Job[] = []
  readonly client: EtcdClient
  readonly world: EtcdOpening['world']
  readonly fence: readonly Compare[]
  readonly timeoutMs: number
  readonly #node: string
  readonly #mirror: JobMirror
  readonly #places: JobPlaces
  readonly #options: Required<BookOptions>
  readonly #members: EtcdMembers
  readonly #writes: EtcdWrites
  #fault: JobsFault | undefined
  #end: (fault: JobsFault) => void = () => {}

  constructor(opening: EtcdOpening) {
    const { term, client, world } = opening
    this.term = term
    this.client = client
    this.world = world
    this.fence = opening.fence
    this.#node = opening.node
    this.#mirror = opening.mirror
    this.#places = opening.places
    this.#options = bookOptions(opening.options)
    this.timeoutMs = this.#options.writeTimeoutMs
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#members = new EtcdMembers({ client, world, options: this.#options, term })
    this.#writes = new EtcdWrites(this)
  }

  /** Serves once the mirror has all that was written before. */
  async begin(signal: AbortSignal | undefined): Promise<void> {
    const untilMs = this.client.nowMs() + this.#options.openTimeoutMs
    this.#members.begin()
    await this.#reach(await this.#prove(signal), untilMs, signal)
    this.open = this.#mirror.open()
    void this.#watchMirror()
    this.#purgeLater()
  }

  async write(jobs: readonly Unmarked[]): Promise<readonly Job[]> {
    const drafts: EtcdDraft[] = []
    for (const job of jobs) {
      const text = writeRecord(job, this.term)
      if (text === undefined) {
        throw new JobsFault('JOB_INVALID', { job: job.id, problem: 'its record cannot be kept' })
      }
      drafts.push({ id: job.id, key: this.#places.jobKey(job.id), given: { text, job } })
    }
    const standing = await this.#writes.put(drafts)
    const revisions = new Map(standing.map(({ id, revision }) => [id, revision]))
    return jobs.map((job) => {
      const revision = revisions.get(job.id) ?? 0
      const now = this.#mirror.get(job.id)
      const isSame = now !== undefined && revisionOf(now.mark) === revision
      return this.#marked(isSame ? now : job, revision)
    })
  }

  get(id: string): Job | undefined {
    return this.#mirror.get(id)
  }

  list(query: JobQuery): readonly Job[] {
    return this.#mirror.list(query)
  }

  counts(): JobCounts {
    return this.#mirror.counts
  }

  replicas(): readonly ReplicaState[] {
    return this.#members.view()
  }

  close(): void {
    this.#finish(new JobsFault('BOOK_CLOSED', { term: this.term }))
  }

  known(id: string): number {
    const job = this.#mirror.get(id)
    return job === undefined ? 0 : revisionOf(job.mark)
  }

  stood(job: Unmarked, revision: number): void {
    this.#mirror.wrote(this.#marked(job, revision))
  }

  stale(): void {
    this.#finish(new JobsFault('STALE_TERM', { term: this.term, later: this.term + 1 }))
  }

  refused(problem: string): JobsFault {
    const path = this.client.endpoints.join(', ')
    if (isFull(problem)) return new JobsFault('STORE_FULL', { path, problem })
    const fault = new JobsFault('STORE_FAILED', { path, problem })
    this.#finish(fault)
    return fault
  }

  unconfirmed(problem: string): JobsFault {
    const total = this.client.endpoints.length
    const { present } = this.#members
    return new JobsFault('NO_MAJORITY', { present, total, wanted: majorityOf(total), problem })
  }

  healed(key: string): void {
    this.world.log.warning('somebody else has changed a job in etcd; it is written again', { key })
  }

  #marked(job: Unmarked, revision: number): Job {
    return { ...job, mark: markOf(this.term, revision) }
  }

  /** The revision in which this term has the jobs; the first one of all says which jobs. */
  async #prove(signal: AbortSignal | undefined): Promise<number> {
    const { term } = this
    const places = this.#places
    const timeoutMs = this.#options.openTimeoutMs
    // Done twice it says the same, so that a frozen member is not waited for to the end.
    const options = { timeoutMs, retry: true, ...(signal === undefined ? {} : { signal }) }
    for (let wanted = this.#mirror.identity; ; ) {
      const { held, revision, answers } = await this.client
        .txn(this.#proof(wanted), options)
        .catch((problem: unknown) => {
          // Whatever etcd says, somebody else cannot do better.
          throw this.unconfirmed(told(problem))
        })
      if (held) return revision
      const entry = answers[0]?.keys[0]
      const found = { places, client: this.client, path: this.#mirror.path, wanted, entry }
      const fault = identityFault(found)
      if (fault !== undefined) throw fault
      const identity = entry === undefined ? undefined : identityOf(entry.value)
      if (identity === wanted) throw new JobsFault('STALE_TERM', { term, later: term + 1 })
      // They have begun already, and the mirror has not heard of it yet.
      wanted = identity
    }
  }

  #proof(identity: string | undefined): Txn {
    const { book, identity: key } = this.#places
    const value = JSON.stringify({ version: RECORD_VERSION, term: this.term, node: this.#node })
    const proof = { kind: 'put', key: book, value } as const
    const otherwise = [{ kind: 'range', range: { key } }] as const
    if (identity === undefined) {
      const isNew = { key, target: 'create', is: '=', than: 0 } as const
      const name = { kind: 'put', key, value: randomUUID() } as const
      return { when: [...this.fence, isNew], acts: [proof, name], otherwise }
    }
    const isSame = { key, target: 'value', is: '=', than: identity } as const
    return { when: [...this.fence, isSame], acts: [proof], otherwise }
  }

  async #reach(revision: number, untilMs: number, signal: AbortSignal | undefined): Promise<void> {
    while (this.#mirror.revision < revision) {
      const { problem, foreign } = this.#mirror
      const fault = this.#fault ?? foreign
      if (fault !== undefined) throw fault
      if (signal?.aborted) throw this.unconfirmed('it was called off')
      if (this.client.nowMs() >= untilMs) {
        throw this.unconfirmed(problem ?? 'its jobs could not be read in time')
      }
      await Promise.race([this.#mirror.change(), pause(this.world, 50)])
    }
  }

  /** What was restored from an old copy is behind what this book knows, or are other jobs. */
  async #watchMirror(): Promise<void> {
    const mirror = this.#mirror
    const { rewinds } = mirror
    const isSame = (): boolean => mirror.rewinds === rewinds && mirror.foreign === undefined
    while (this.#fault === undefined && isSame()) await mirror.change()
    if (mirror.foreign !== undefined) return this.#finish(mirror.foreign)
    const path = this.client.endpoints.join(', ')
    const problem = 'an older state of it has come back'
    this.#finish(new JobsFault('STORE_FAILED', { path, problem }))
  }

  #purgeLater(): void {
    this.world.after(this.#options.purgeMs, () => {
      if (this.#fault !== undefined) return
      // A write that fails is tried again with the next round.
      this.#purge().then(
        () => this.#purgeLater(),
        () => this.#purgeLater(),
      )
    })
  }

  async #purge(): Promise<void> {
    for (const [state, keepMs] of keptMs(this.#options)) {
      const beforeMs = this.world.wallMs() - keepMs
      for (;;) {
        const aged = agedJobs(this.#mirror, state, beforeMs)
        const gone = await this.#writes.put(
          aged.map(({ id }) => ({ id, key: this.#places.jobKey(id), given: undefined })),
        )
        const last = Math.max(0, ...gone.map(({ revision }) => revision))
        if (last === 0) break
        await this.#reach(last, this.client.nowMs() + this.#options.openTimeoutMs, undefined)
      }
    }
  }

  #finish(fault: JobsFault): void {
    if (this.#fault !== undefined) return
    this.#fault = fault
    this.#members.close()
    this.#writes.end(fault)
    this.#end(fault)
  }
}

/** Its quota is used up, or its disk. */
const isFull = (problem: string): boolean => /space exceeded|no space/i.test(problem)
