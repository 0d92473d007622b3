/**
 * runtime/cron: the calendar of a node: keeps the jobs in order of their next due time.
 *
 * One timer waits for the earliest job, for `LOOK_MS_MAX` at most: time that passes while the
 * machine sleeps, or a clock that is set, is noticed that soon. When a timer comes late, the
 * pure `verdictWhenDue` says what still runs. A failing action is counted, logged and goes on.
 * Knows nothing of processes but how to send, spawn and await their end.
 * Limit: `JOBS_MAX` jobs, `PREVIEW_MAX` times of a preview.
 *
 * @source ergo-features 15; Vixie cron for clocks that are set back
 */
import type { Cancel, Clock } from '#base/clock'
import { Heap } from '#base/heap'
import {
  type Address,
  type AnySpawnable,
  type Cron,
  type CronAction,
  type CronJob,
  type CronJobInfo,
  type CronTick,
  describeReason,
  describeThrown,
  type ExitReason,
  isCalm,
  type Logger,
  type Pid,
  requireOption,
  type SendFailure,
  type SpawnOptions,
  TroupeError,
} from '#contract'
import { LOOK_MS_MAX, SET_BACK_MS, startsAfresh, verdictWhenDue } from '#contract/misfire'
import { JobState } from './job-state.js'

/** What the calendar asks of its node. */
export interface CronVerbs {
  readonly node: string
  readonly clock: Pick<Clock, 'wallMs' | 'after'>
  readonly log: Pick<Logger, 'error' | 'warning'>
  send(to: Address, message: string, payload: unknown): SendFailure | undefined
  spawn(
    start: AnySpawnable,
    options: SpawnOptions & { readonly args?: readonly unknown[] },
  ): Promise<Pid>
  /** Settles when the process has ended: a spawned run goes on until then. */
  ended(pid: Pid): Promise<ExitReason>
}

export const JOBS_MAX = 10_000
export const PREVIEW_MAX = 10_000

/** What went wrong in a run; undefined when nothing did. */
type Outcome = string | undefined

export class CronTable implements Cron {
  readonly #verbs: CronVerbs
  readonly #jobs = new Map<string, JobState>()
  readonly #next = new Heap<JobState>()
  #order = 0
  #cancel: Cancel | undefined
  /** What the timer waits for, wall clock; a job due earlier arms it anew. */
  #armedForMs = Number.POSITIVE_INFINITY
  #seenWallMs: number
  #stopped = false

  constructor(verbs: CronVerbs) {
    this.#verbs = verbs
    this.#seenWallMs = verbs.clock.wallMs()
  }

  add(job: CronJob): void {
    if (this.#stopped) throw new TroupeError('NODE_STOPPED', { node: this.#verbs.node })
    const state = new JobState(job, this.#order)
    const { name } = state
    if (this.#jobs.has(name)) throw new TroupeError('NAME_TAKEN', { name, holder: 'a cron job' })
    requireOption(this.#jobs.size < JOBS_MAX, 'cronJobs', name, `at most ${JOBS_MAX} jobs`)
    const nowMs = this.#look()
    const firstMs = state.calendar.next(nowMs)
    if (firstMs === undefined) {
      const problem = 'it is never due, however long one waits'
      throw new TroupeError('CRON_SPEC_INVALID', { name, spec: state.spec, problem })
    }
    this.#order += 1
    this.#jobs.set(name, state)
    if (state.enabled) this.#schedule(state, firstMs)
    this.#arm()
  }

  remove(name: string): void {
    const job = this.#job(name)
    this.#jobs.delete(name)
    this.#giveUpWaiting(job)
    this.#next.remove(job)
    this.#arm()
  }

  enable(name: string): void {
    const job = this.#job(name)
    if (job.enabled) return
    job.enabled = true
    this.#schedule(job, job.calendar.next(this.#look()))
    this.#arm()
  }

  /** No further run is started; one that is going goes on. */
  disable(name: string): void {
    const job = this.#job(name)
    job.enabled = false
    this.#giveUpWaiting(job)
    this.#next.remove(job)
    this.#arm()
  }

  jobs(): readonly CronJobInfo[] {
    return [...this.#jobs.values()].map((job) => job.info())
  }

  preview(
    fromMs: number,
    toMs: number,
    name?: string,
  ): readonly { readonly name: string; readonly timeMs: number }[] {
    requireOption(Number.isFinite(fromMs), 'fromMs', fromMs, 'give milliseconds since 1970')
    requireOption(Number.isFinite(toMs), 'toMs', toMs, 'give milliseconds since 1970')
    const all = [...this.#jobs.values()].filter((job) => job.enabled)
    const asked = name === undefined ? all : [this.#job(name)]
    const runs = asked.flatMap((job) => runsOf(job, fromMs, toMs))
    runs.sort((left, right) => left.timeMs - right.timeMs)
    return runs.slice(0, PREVIEW_MAX)
  }

  /** Starts no further run and refuses further jobs; runs that are going go on. */
  stop(): void {
    this.#stopped = true
    for (const job of this.#jobs.values()) this.#giveUpWaiting(job)
    this.#disarm()
  }

  #job(name: string): JobState {
    const job = this.#jobs.get(name)
    if (job === undefined) throw new TroupeError('CRON_JOB_UNKNOWN', { name })
    return job
  }

  #schedule(job: JobState, dueMs: number | undefined): void {
    this.#next.remove(job)
    if (dueMs === undefined) return
    job.dueMs = dueMs
    this.#next.push(job)
  }

  /** Reads the wall clock; jobs are scheduled afresh after it was set far back. */
  #look(): number {
    const nowMs = this.#verbs.clock.wallMs()
    const backMs = this.#seenWallMs - nowMs
    if (backMs <= SET_BACK_MS.open) {
      this.#seenWallMs = Math.max(nowMs, this.#seenWallMs)
      return nowMs
    }
    this.#seenWallMs = nowMs
    for (const job of this.#jobs.values()) {
      const isAfresh = startsAfresh(job.calendar, backMs)
      if (job.enabled && isAfresh) this.#schedule(job, job.calendar.next(nowMs))
    }
    return nowMs
  }

  /** Keeps the one timer on the earliest job. */
  #arm(): void {
    const earliest = this.#next.peek()
    const armed = this.#cancel !== undefined && this.#armedForMs === earliest?.dueMs
    if (armed && !this.#stopped) return
    this.#disarm()
    if (this.#stopped || earliest === undefined) return
    this.#armedForMs = earliest.dueMs
    const waitMs = Math.max(earliest.dueMs - this.#verbs.clock.wallMs(), 0)
    this.#cancel = this.#verbs.clock.after(Math.min(waitMs, LOOK_MS_MAX), () => this.#wake())
  }

  #disarm(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#armedForMs = Number.POSITIVE_INFINITY
  }

  #wake(): void {
    this.#cancel = undefined
    const nowMs = this.#look()
    for (let job = this.#next.peek(); job !== undefined && job.dueMs <= nowMs; ) {
      this.#due(job, nowMs)
      job = this.#next.peek()
    }
    this.#arm()
  }

  #due(job: JobState, nowMs: number): void {
    const verdict = verdictWhenDue(job.calendar, job, job.dueMs, nowMs)
    job.missed += verdict.missed
    this.#schedule(job, verdict.nextMs)
    for (const timeMs of verdict.runs) {
      // An action may disable or remove its own job, or stop the node.
      if (!job.enabled || this.#jobs.get(job.name) !== job || this.#stopped) return
      this.#start(job, Object.freeze({ node: this.#verbs.node, job: job.name, timeMs }))
    }
  }

  #start(job: JobState, tick: CronTick): void {
    const free = job.running === 0 || job.overlap === 'allow'
    if (free) this.#run(job, tick)
    else if (job.overlap === 'queue' && job.waiting === undefined) job.waiting = tick
    else job.skipped += 1
  }

  #run(job: JobState, tick: CronTick): void {
    job.running += 1
    job.runs += 1
    job.lastRunMs = this.#verbs.clock.wallMs()
    const failed = (thrown: unknown): void => this.#ended(job, describeThrown(thrown))
    try {
      const outcome = this.#act(job, tick)
      // What is over at once must not count as running until some later microtask.
      if (outcome === undefined || typeof outcome === 'string') this.#ended(job, outcome)
      else outcome.then((problem) => this.#ended(job, problem), failed)
    } catch (thrown) {
      failed(thrown)
    }
  }

  /** Does what the job says; tells, now or later, what went wrong, if anything did. */
  #act({ action }: JobState, tick: CronTick): Outcome | Promise<Outcome> {
    switch (action.kind) {
      case 'send':
        return this.#verbs.send(action.to, action.message, action.payload ?? tick)
      case 'spawn':
        return this.#spawn(action, tick)
      case 'run': {
        const result = action.run(tick)
        return isThenable(result) ? Promise.resolve(result).then(() => undefined) : undefined
      }
    }
  }

  async #spawn(action: CronAction & { readonly kind: 'spawn' }, tick: CronTick): Promise<Outcome> {
    const { env, ...options } = action.options ?? {}
    const told = { CRON_NODE: tick.node, CRON_JOB: tick.job, CRON_TIME_MS: tick.timeMs }
    const pid = await this.#verbs.spawn(action.start, { ...options, env: { ...told, ...env } })
    const reason = await this.#verbs.ended(pid)
    return isCalm(reason) ? undefined : describeReason(reason)
  }

  #ended(job: JobState, problem: Outcome): void {
    job.running -= 1
    if (problem !== undefined) this.#failed(job, problem)
    const { waiting } = job
    job.waiting = undefined
    if (waiting !== undefined) this.#run(job, waiting)
  }

  #failed(job: JobState, problem: string): void {
    job.failures += 1
    job.lastError = problem
    this.#verbs.log.error('a cron job failed', { job: job.name, problem })
  }

  #giveUpWaiting(job: JobState): void {
    if (job.waiting === undefined) return
    job.waiting = undefined
    job.skipped += 1
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'

function runsOf(
  job: JobState,
  fromMs: number,
  toMs: number,
): { readonly name: string; readonly timeMs: number }[] {
  const runs: { readonly name: string; readonly timeMs: number }[] = []
  let timeMs = job.calendar.next(fromMs - 1)
  while (timeMs !== undefined && timeMs < toMs && runs.length < PREVIEW_MAX) {
    runs.push(Object.freeze({ name: job.name, timeMs }))
    timeMs = job.calendar.next(timeMs)
  }
  return runs
}
