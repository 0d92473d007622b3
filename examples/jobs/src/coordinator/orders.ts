/**
 * coordinator/orders: what clients ask of the leader about jobs.
 *
 * What is answered as done is durable at a majority. About one job one thing is done at a time.
 */
import { JobsFault } from '#jobs/job/faults'
import { BODY_MAX_BYTES, JOB_KINDS, JOB_STATES, type Job } from '#jobs/job/job'
import { deleted, revived, submitted, unmarked } from '#jobs/job/life'
import { boundsProblem } from '#jobs/kinds/bounds'
import type { Book, JobQuery } from '#jobs/store/book'
import type { Submission, Unavailable } from './coordinator-protocol.js'
import { Lanes } from './lanes.js'
import type { ReignWorld } from './reign-world.js'
import type { Schedule } from './schedule.js'
import type { Writer } from './writer.js'

export const unavailable = (code: Unavailable['code'], problem: string): Unavailable =>
  Object.freeze({ kind: 'unavailable', code, problem })

const ID = /^[A-Za-z0-9_-]{1,64}$/
const DIGEST = /^[0-9a-f]{64}$/
const LIST_MAX = 1_000
/** What is listed when no states are asked for. */
const SHOWN = JOB_STATES.filter((state) => state !== 'deleted')

export type Submitted =
  | { readonly kind: 'accepted' | 'known'; readonly job: Job }
  | { readonly kind: 'conflict'; readonly problem: string }
  | Unavailable

/** What was written was not confirmed, or is not taken for now: it is tried again. */
type Doubted = (fault: JobsFault) => void

/** Whoever waits for a deletion. */
interface Removal {
  readonly doubted: Doubted
  readonly resolve: () => void
  readonly reject: (fault: JobsFault) => void
}

export interface OrderParts {
  readonly book: Book
  readonly schedule: Schedule
  readonly writer: Writer
  readonly world: Pick<ReignWorld, 'wallMs'>
  /** The schedule has something to do. */
  readonly act: () => void
}

export class Orders {
  readonly #parts: OrderParts
  readonly #lanes = new Lanes()
  readonly #removals = new Map<string, Removal[]>()

  constructor(parts: OrderParts) {
    this.#parts = parts
  }

  submit(submission: Submission): Promise<Submitted> {
    const problem = faultOf(submission)
    if (problem !== undefined) return Promise.resolve({ kind: 'conflict', problem })
    const { schedule } = this.#parts
    const isFull = schedule.size + this.#lanes.size >= schedule.policy.openMax
    if (isFull && this.#find(submission.id) === undefined) {
      return Promise.resolve(unavailable('FULL', `${schedule.size} jobs are open; ask later`))
    }
    return this.#inLane(submission.id, (doubted) => this.#submit(submission, doubted))
  }

  get(id: string): Job | undefined {
    const job = this.#find(id)
    return job?.state === 'deleted' ? undefined : job
  }

  list(query: JobQuery): readonly Job[] {
    const limit = Math.max(1, Math.min(LIST_MAX, Math.floor(query.limit) || 1))
    const { states = SHOWN } = query
    return this.#parts.book.list({ ...query, states, limit }).map((job) => this.#shown(job))
  }

  remove(id: string): Promise<'removed' | 'unknown' | Unavailable> {
    return this.#inLane(id, (doubted) => this.#remove(id, doubted))
  }

  revive(id: string): Promise<'revived' | 'unknown' | Unavailable> {
    return this.#inLane(id, async (doubted) => {
      const { book, schedule, writer, world, act } = this.#parts
      const job = schedule.live(id) === undefined ? book.get(id) : undefined
      const next = job === undefined ? undefined : revived(job, world.wallMs())
      if (next === undefined) return 'unknown'
      for (const written of await writer.write([next], doubted)) schedule.admit(written)
      act()
      return 'revived'
    })
  }

  /** A deletion that the schedule has written is durable. */
  removed(id: string): void {
    const waiting = this.#removals.get(id) ?? []
    this.#removals.delete(id)
    for (const { resolve } of waiting) resolve()
  }

  /** What the schedule writes of a job was not confirmed in time. */
  doubted(id: string, fault: JobsFault): void {
    for (const { doubted } of this.#removals.get(id) ?? []) doubted(fault)
  }

  /** Another term has begun: whether what waits holds is not known. */
  end(): void {
    const fault = new JobsFault('BOOK_CLOSED', { term: this.#parts.book.term })
    for (const waiting of this.#removals.values()) for (const { reject } of waiting) reject(fault)
    this.#removals.clear()
  }

  async #submit(given: Submission, doubted: Doubted): Promise<Submitted> {
    const { schedule, writer, world, act } = this.#parts
    const known = this.#find(given.id)
    if (known?.state === 'deleted') return { kind: 'conflict', problem: 'this job was deleted' }
    if (known !== undefined) {
      const problem = differenceOf(known, given)
      return problem === undefined ? { kind: 'known', job: known } : { kind: 'conflict', problem }
    }
    const [job] = await writer
      .write([submitted(given, world.wallMs())], doubted)
      .catch((fault: unknown) => {
        // What stands under its key is known to whoever put it there, and not here.
        if (JobsFault.is(fault, 'JOB_CONFLICT')) return [fault.message]
        throw fault
      })
    if (typeof job === 'string') return { kind: 'conflict', problem: job }
    if (job === undefined) return unavailable('NO_MAJORITY', 'nothing was written')
    schedule.admit(job)
    act()
    return { kind: 'accepted', job }
  }

  async #remove(id: string, doubted: Doubted): Promise<'removed' | 'unknown'> {
    const { book, schedule, writer, world, act } = this.#parts
    if (schedule.remove(id)) {
      const removed = new Promise<void>((resolve, reject) => {
        this.#removals.set(id, [...(this.#removals.get(id) ?? []), { resolve, reject, doubted }])
      })
      act()
      await removed
      return 'removed'
    }
    const job = book.get(id)
    const next = job === undefined ? undefined : deleted(job, world.wallMs())
    if (next === undefined) return 'unknown'
    await writer.write([next], doubted)
    return 'removed'
  }

  /** One after another; who asked is told as soon as it is doubtful, and it goes on. */
  #inLane<T>(id: string, work: (doubted: Doubted) => Promise<T>): Promise<T | Unavailable> {
    return new Promise((resolve, reject) => {
      const doubted: Doubted = ({ code, message }) => {
        const problem = 'no majority has confirmed it yet; ask again with the same id'
        if (code === 'STORE_FULL') resolve(unavailable(code, message))
        else resolve(unavailable('NO_MAJORITY', problem))
      }
      const refused = (problem: unknown): void => {
        if (JobsFault.is(problem)) resolve(unavailable('NO_LEADER', problem.message))
        else reject(problem)
      }
      this.#lanes.run(id, () => work(doubted)).then(resolve, refused)
    })
  }

  #find(id: string): Job | undefined {
    const job = this.#parts.book.get(id)
    return job === undefined ? undefined : this.#shown(job)
  }

  /** With what the leader alone knows: where it is, and how far. */
  #shown(job: Job): Job {
    const live = job.state === 'running' ? this.#parts.schedule.live(job.id) : undefined
    if (live === undefined) return job
    return { ...job, worker: live.worker, progress: live.progress }
  }
}

/** Why it can never be taken. */
function faultOf({ id, kind, bytes, blob, sha256, parameters }: Submission): string | undefined {
  if (typeof id !== 'string' || !ID.test(id)) return 'an id has 1 to 64 of A-Z a-z 0-9 _ -'
  if (!JOB_KINDS.includes(kind)) return 'its kind is not known'
  if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes > BODY_MAX_BYTES)
    return 'its text is too long'
  if (typeof blob !== 'string' || !ID.test(blob)) return 'the key of its text cannot be'
  if (typeof sha256 !== 'string' || !DIGEST.test(sha256)) return 'the digest of its text cannot be'
  if (typeof parameters !== 'object' || parameters === null) return 'it has no parameters'
  return boundsProblem(kind, parameters)
}

/** What is another than in the job of this id; undefined: it is the same. */
function differenceOf(known: Job, given: Submission): string | undefined {
  const one = unmarked(known)
  if (one.kind !== given.kind) return 'this id has another kind'
  if (one.sha256 !== given.sha256 || one.bytes !== given.bytes) return 'this id has another text'
  const names = new Set([...Object.keys(one.parameters), ...Object.keys(given.parameters)])
  for (const name of names) {
    if (one.parameters[name] !== given.parameters[name]) return 'this id has other parameters'
  }
  return undefined
}
