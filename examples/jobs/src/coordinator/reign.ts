/**
 * coordinator/reign: one term of the coordinator that leads.
 *
 * Opens the book of its term, takes over what workers have, then serves. What the schedule decides
 * is done here: writes first, workers after. Ends when another term has begun.
 */
import { Pid, type ReplyOf, type Timer, TroupeError } from 'troupe'
import { JobsFault } from '#jobs/job/faults'
import type { Job } from '#jobs/job/job'
import type { Book, ReplicaState, Unmarked } from '#jobs/store/book'
import type { Assignment, Worker } from '#jobs/worker/worker-protocol'
import type { Act } from './acts.js'
import type { CapacityPlan } from './capacity-plan.js'
import type { ClusterView } from './coordinator-protocol.js'
import { type Adopted, adoptionOf } from './notice-check.js'
import { Orders } from './orders.js'
import type { ReignWorld } from './reign-world.js'
import { type Offered, type Probed, Schedule } from './schedule.js'
import type { SchedulePolicy } from './schedule-policy.js'
import { Watches } from './watches.js'
import { Workforce } from './workforce.js'
import { Writer } from './writer.js'

/** How often is looked for what is over, in milliseconds. */
export const TICK_MS = 100
const OPEN_AGAIN_MS = 100
const OPEN_AGAIN_MAX_MS = 2_000

export interface ReignParts {
  readonly term: number
  readonly world: ReignWorld
  readonly plan: CapacityPlan
  readonly policy: Partial<SchedulePolicy>
  /** It serves, or has ended. */
  readonly changed: () => void
}

/** What a reign has once its book is open. */
export interface Office {
  readonly book: Book
  readonly schedule: Schedule
  readonly orders: Orders
  readonly workforce: Workforce
}

interface Inner extends Office {
  readonly writer: Writer
}

/** Codes of a call after which it is certain that nobody has begun with it. */
const NOBODY: readonly string[] = [
  ...['NO_ROUTE', 'SERVICE_UNAVAILABLE', 'OPTION_INVALID', 'NAME_UNKNOWN', 'PROCESS_UNKNOWN'],
  ...['MAILBOX_FULL', 'MESSAGE_UNKNOWN', 'NOT_ALLOWED'],
]

/** Codes after which this one may open the book yet; after all others somebody else should. */
const CURABLE: readonly string[] = ['NO_MAJORITY', 'STORE_LOST']

const codeOf = (problem: unknown): string =>
  TroupeError.is(problem) || JobsFault.is(problem) ? problem.code : String(problem)

export class Reign {
  readonly term: number
  readonly #parts: ReignParts
  readonly #abort = new AbortController()
  readonly #watches: Watches
  /** Nodes that have answered what no worker answers: told once. */
  readonly #odd = new Set<string>()
  #inner: Inner | undefined
  #ticking: Timer | undefined
  #isOver = false
  /** It has asked to be relieved. */
  #isLost = false
  #isActing = false
  /** Why the book is not open yet. */
  problem = 'its book is being opened'
  /** A majority of the stores is lost: only a person can go on from there. */
  isStoreLost = false

  constructor(parts: ReignParts) {
    this.term = parts.term
    this.#parts = parts
    this.#watches = new Watches((worker) => parts.world.watch(worker))
  }

  /** Undefined: it takes over still, or has ended. */
  get office(): Office | undefined {
    return this.#isOver || this.#isLost ? undefined : this.#inner
  }

  begin(): void {
    this.#open(OPEN_AGAIN_MS).catch((problem: unknown) => this.#lose(problem))
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#abort.abort()
    this.#ticking?.cancel()
    this.#watches.end()
    this.#inner?.writer.end()
    this.#inner?.workforce.end()
    this.#inner?.orders.end()
    this.#inner?.book.close()
    this.#parts.changed()
  }

  /** Does what there is to do. */
  readonly act = (): void => {
    const { office } = this
    // What is done here may give more to do, which is done by the outer one.
    if (office === undefined || this.#isActing) return
    this.#isActing = true
    try {
      for (;;) {
        office.schedule.dispatch()
        const acts = office.schedule.take()
        if (acts.length === 0) return
        this.#write(acts.flatMap((act) => (act.kind === 'write' ? [act.job] : [])))
        for (const act of acts) this.#do(act, office.schedule)
      }
    } finally {
      this.#isActing = false
    }
  }

  /** A worker has ended, or its node is lost. */
  down(worker: Pid, isNodeLost: boolean): void {
    const schedule = this.office?.schedule
    const known = schedule?.crew.get(worker.node)?.pid
    if (known === undefined || known.id !== worker.id || known.creation !== worker.creation) return
    if (isNodeLost) schedule?.lost(worker.node)
    else schedule?.ended(worker.node)
    this.act()
  }

  view(): ClusterView | undefined {
    const { office } = this
    if (office === undefined) return undefined
    const { workersMin, workersMax } = this.#parts.plan.policy
    const stores = office.book.replicas()
    return {
      leader: this.#parts.world.self.node,
      term: this.term,
      coordinators: coordinatorsOf(this.#parts.world, this.term, stores),
      stores,
      workers: office.workforce.views(),
      jobs: office.book.counts(),
      wanted: { workersMin, workersMax },
    }
  }

  async #open(againMs: number): Promise<void> {
    const { world } = this.#parts
    try {
      const book = await world.openBook(this.term, this.#abort.signal)
      if (this.#isOver) return book.close()
      this.#serve(book)
    } catch (problem) {
      if (this.#isOver) return
      const told = String(problem)
      // It is tried every second or two, and a person reads the log; other jobs are told at once
      // by whoever reads them.
      const isNews = told !== this.problem && codeOf(problem) !== 'STORE_OTHER'
      this.problem = told
      this.isStoreLost = codeOf(problem) === 'STORE_LOST'
      if (isNews) world.log.warning('the book cannot be opened', { term: this.term, problem: told })
      if (!CURABLE.includes(codeOf(problem))) return this.#lose(problem)
      world.after(againMs, () => {
        const nextMs = Math.min(OPEN_AGAIN_MAX_MS, againMs * 2)
        const isWanted = !this.#isOver
        if (isWanted) this.#open(nextMs).catch((fault: unknown) => this.#lose(fault))
      })
    }
  }

  #serve(book: Book): void {
    const { world, plan, policy, changed } = this.#parts
    const { act } = this
    const time = { nowMs: () => world.nowMs(), wallMs: () => world.wallMs() }
    const chance = (): number => world.random()
    const schedule = new Schedule({ term: this.term, time, chance, policy })
    const writer = new Writer(book, world)
    const workforce = new Workforce({ world, schedule, plan, act })
    const orders = new Orders({ book, schedule, writer, world, act })
    this.#inner = { book, schedule, writer, workforce, orders }
    const { nodes } = workforce
    for (const job of book.open) schedule.inherit(job, nodes)
    for (const node of nodes) schedule.probe(node)
    this.#ticking = world.every(TICK_MS, () => {
      workforce.tick()
      schedule.tick()
      this.#watches.keep((node) => schedule.crew.get(node) !== undefined)
      act()
    })
    const lose = (fault: unknown): void => this.#lose(fault)
    book.ended.then(lose, lose)
    world.log.info('leads the jobs', { term: this.term, open: book.open.length })
    act()
    changed()
  }

  #lose(problem: unknown): void {
    if (this.#isOver || this.#isLost) return
    this.#isLost = true
    this.problem = String(problem)
    this.#parts.world.stepDown(this.problem)
  }

  #write(jobs: readonly Unmarked[]): void {
    const inner = this.#inner
    if (inner === undefined || jobs.length === 0) return
    inner.writer
      .write(jobs, (fault) => {
        for (const { id } of jobs) inner.orders.doubted(id, fault)
      })
      .then(
        (written) => this.#wrote(written),
        (problem: unknown) => this.#unwritten(jobs, problem),
      )
      .catch((problem: unknown) => this.#lose(problem))
  }

  #wrote(jobs: readonly Job[]): void {
    const inner = this.#inner
    if (inner === undefined || this.#isOver) return
    for (const job of jobs) {
      inner.schedule.wrote(job)
      if (job.state === 'deleted') inner.orders.removed(job.id)
    }
    this.act()
  }

  /**
   * One record of several cannot be kept: the others are written alone, and this one without what
   * makes it too large. One job must not end the reign of every leader after this one.
   */
  #unwritten(jobs: readonly Unmarked[], problem: unknown): void {
    if (this.#isOver) return
    const isOdd = codeOf(problem) === 'JOB_INVALID'
    const [only] = jobs
    if (isOdd && jobs.length > 1) for (const job of jobs) this.#write([job])
    else if (isOdd && only !== undefined && only.state !== 'failed') {
      const isResult = only.result !== undefined
      const problem = isResult ? 'its result cannot be kept' : 'its record cannot be kept'
      const parameters = isResult ? only.parameters : {}
      this.#write([{ ...only, parameters, problem, result: undefined, state: 'failed' }])
    } else this.#lose(problem)
  }

  #do(act: Act, schedule: Schedule): void {
    const { world } = this.#parts
    if (act.kind === 'offer') this.#offer(act.job, schedule).catch(this.#failed)
    else if (act.kind === 'probe') {
      this.#probe(act.node, act.order, schedule).catch(this.#failed)
    } else if (act.kind === 'thank') world.thank(act.node, { job: act.job, attempt: act.attempt })
    else if (act.kind === 'cancel') {
      world.cancel(act.node, { job: act.job, attempt: act.attempt, term: this.term })
    }
  }

  readonly #failed = (problem: unknown): void => {
    this.#parts.world.log.error('an answer could not be taken', { problem: String(problem) })
  }

  async #offer(job: Unmarked, schedule: Schedule): Promise<void> {
    const answer = await this.#asked(job)
    if (this.#isOver) return
    schedule.answered(job.id, job.tries, answer)
    this.act()
  }

  async #asked(job: Unmarked): Promise<Offered> {
    try {
      return offeredOf(await this.#parts.world.run(this.#assignmentOf(job)))
    } catch (problem) {
      const code = codeOf(problem)
      if (code === 'MESSAGE_INVALID') return { kind: 'unfit', problem: String(problem) }
      return NOBODY.includes(code)
        ? { kind: 'refused' }
        : { kind: 'unknown', problem: `its worker did not answer: ${code}` }
    }
  }

  #assignmentOf({ id, tries, kind, parameters, blob, bytes, sha256 }: Unmarked): Assignment {
    const { world } = this.#parts
    const text = { kind, parameters, blob, bytes, sha256, holders: world.holders() }
    return { job: id, attempt: tries, term: this.term, ...text, leader: world.self }
  }

  async #probe(node: string, order: number, schedule: Schedule): Promise<void> {
    const told = await this.#told(node, schedule)
    if (this.#isOver) return
    schedule.probed(node, order, told)
    this.act()
  }

  /** What a node has; whatever it answers, and if it does not, the question is settled. */
  async #told(node: string, schedule: Schedule): Promise<Probed> {
    const { world } = this.#parts
    try {
      const given: unknown = await world.adopt(node, { term: this.term, leader: world.self })
      const answer = adoptionOf(given, node)
      if (answer?.kind === 'adopted') return this.#adopted(node, answer, schedule)
      if (answer?.kind === 'stale')
        world.log.warning('a worker has heard of a later term', { node, term: answer.term })
      else if (!this.#odd.has(node)) {
        this.#odd.add(node)
        world.log.warning('a worker has answered what none answers', { node })
      }
      return SILENT
    } catch (problem) {
      const code = codeOf(problem)
      return code === 'NAME_UNKNOWN' || code === 'PROCESS_UNKNOWN' ? { kind: 'gone' } : SILENT
    }
  }

  #adopted(node: string, { worker: pid, held, capacity }: Adopted, schedule: Schedule): Probed {
    const known = schedule.crew.get(node)
    const isSame = known?.pid.id === pid.id && known.pid.creation === pid.creation
    if (!isSame && !this.#isOver) this.#watches.begin(pid)
    const running = held.filter(({ outcome }) => outcome === undefined).length
    const worker = { pid, capacity, running, draining: isSame && known.draining }
    return { kind: 'holds', worker, held }
  }
}

/** As its store stands, if it has one; else whether it is there. */
const coordinatorsOf = (
  { holders, isHere }: ReignWorld,
  term: number,
  stores: readonly ReplicaState[],
): readonly ReplicaState[] =>
  holders().map((node) => {
    const state = isHere(node) ? 'current' : 'away'
    const bare = { node, state, problem: undefined, term, behind: 0 } as const
    return stores.find((one) => one.node === node) ?? bare
  })

const SILENT: Probed = Object.freeze({ kind: 'silent' })

/** Who says that it has it, and not who, may have it. */
const offeredOf = (answer: ReplyOf<typeof Worker, 'run'>): Offered => {
  if (answer.kind !== 'accepted') return { kind: 'refused' }
  return Pid.is(answer.worker)
    ? { kind: 'accepted', node: answer.worker.node }
    : { kind: 'unknown', problem: 'its worker does not say who it is' }
}
