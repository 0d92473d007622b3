/**
 * coordinator/schedule: which job is handed out when, and when a try is over.
 *
 * Pure: whoever leads tells what has happened and does what `take` answers. A try is written
 * before any worker is asked, and its number is given to one worker only: as long as one may have
 * it that has not said no, it waits for that worker's word, for its end, or until the number is
 * worth nothing any more because the next try has another one.
 * Limit: `openMax` jobs; beyond it `isFull`, and nothing more is to be added.
 */
import type { Pid } from 'troupe'
import type { Job } from '#jobs/job/job'
import { begun, isOpen } from '#jobs/job/life'
import type { Unmarked } from '#jobs/store/book'
import type { Held, Outcome } from '#jobs/worker/worker-protocol'
import { type Act, Acts } from './acts.js'
import { Closing } from './closing.js'
import { Crew, type Report } from './crew.js'
import {
  Entries,
  type Entry,
  holderOf,
  isLive,
  type Step,
  type StepCounts,
  speakerOf,
} from './entries.js'
import { Leases } from './leases.js'
import { isOutcome, isProgress, isTryName, type Refusal, storable } from './notice-check.js'
import { SCHEDULE_DEFAULTS, type SchedulePolicy, type Time } from './schedule-policy.js'

/**
 * What became of a hand-out. `refused`: it is certain that nobody has it; `unfit`: nobody ever
 * takes it.
 */
export type Offered =
  | { readonly kind: 'accepted'; readonly node: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown' | 'unfit'; readonly problem: string }

/** What a worker that was asked what it has answered. `gone`: it has nothing any more. */
export type Probed =
  | { readonly kind: 'holds'; readonly worker: Report; readonly held: readonly Held[] }
  | { readonly kind: 'silent' }
  | { readonly kind: 'gone' }

/** What a job is doing, beyond its record. */
export interface Live {
  readonly job: Unmarked
  readonly worker: string | undefined
  readonly progress: number
}

/** What a schedule is given. */
export interface ScheduleParts {
  readonly term: number
  readonly time: Time
  /** [0, 1). */
  readonly chance: () => number
  readonly policy?: Partial<SchedulePolicy>
}

const refusedOutcome = (code: Refusal): Outcome => ({
  kind: 'crashed',
  problem: `refused: ${code}`,
})

export class Schedule {
  readonly crew = new Crew()
  readonly #term: number
  readonly #time: Time
  readonly #acts = new Acts()
  readonly #entries = new Entries(this.crew)
  readonly #closing: Closing
  readonly #leases: Leases
  readonly #refused = new Map<Refusal, number>()
  #policy: SchedulePolicy
  #offersAfterMs = 0

  constructor({ term, time, chance, policy = {} }: ScheduleParts) {
    this.#term = term
    this.#time = time
    this.#policy = { ...SCHEDULE_DEFAULTS, ...policy }
    const tables = { acts: this.#acts, crew: this.crew, entries: this.#entries }
    const parts = { ...tables, time, chance, policy: () => this.#policy }
    this.#closing = new Closing(parts)
    this.#leases = new Leases(parts, this.#closing)
  }

  get policy(): SchedulePolicy {
    return this.#policy
  }

  /** From now on; what was decided before stays. */
  change(policy: Partial<SchedulePolicy>): void {
    this.#policy = { ...this.#policy, ...policy }
  }

  get size(): number {
    return this.#entries.size
  }

  get isFull(): boolean {
    return this.#entries.size >= this.#policy.openMax
  }

  /** Jobs in each step. */
  get counts(): StepCounts {
    return this.#entries.counts
  }

  /** Words of workers that were refused, by cause. */
  get refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refused)
  }

  /** Jobs that could be handed out now. */
  dueCount(): number {
    return this.#entries.dueCount(this.#time.nowMs())
  }

  /** What is to be done, once each, in this order. */
  take(): readonly Act[] {
    return this.#acts.take()
  }

  live(id: string): Live | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    const { job, step, progress } = entry
    return { job, worker: holderOf(step) ?? job.worker, progress }
  }

  /** A new job that is durable. */
  admit(job: Job): void {
    if (!isOpen(job) || this.#entries.get(job.id) !== undefined) return
    this.#entries.add(job, this.#waiting(job))
  }

  /** A job that an earlier leader has left: a try of it may be at one of these nodes. */
  inherit(job: Job, nodes: ReadonlySet<string>): void {
    if (job.state !== 'running') this.admit(job)
    if (job.state !== 'running' || this.#entries.get(job.id) !== undefined) return
    const { silenceMs, fenceMs } = this.#policy
    const untilMs = this.#time.nowMs() + silenceMs + fenceMs
    const problem = 'no worker had it after the leader changed'
    const order = this.#acts.nextOrder()
    this.#entries.add(job, { kind: 'unsure', nodes, asked: undefined, order, untilMs, problem })
    for (const node of nodes) this.#acts.probe(node)
  }

  /** Taken back by a client; false: it is not open. */
  remove(id: string): boolean {
    const entry = this.#entries.get(id)
    if (entry === undefined) return false
    const { step } = entry
    if (step.kind === 'claiming' || step.kind === 'closing') entry.unwanted = true
    else this.#closing.delete(entry)
    return true
  }

  /** A record that `take` gave is durable. */
  wrote(job: Job): void {
    const entry = this.#entries.get(job.id)
    if (entry === undefined) return
    const { step } = entry
    if (step.kind !== 'claiming' && step.kind !== 'closing') return
    entry.job = job
    if (step.kind === 'closing') this.#acts.push(...step.then)
    if (entry.unwanted && job.state !== 'deleted') this.#closing.delete(entry)
    else if (step.kind === 'claiming') this.#entries.to(entry, { kind: 'claimed' })
    else if (isOpen(job)) this.#entries.to(entry, this.#waiting(job))
    else this.#entries.remove(entry)
  }

  /** This node is asked to take what was offered, and no other one. */
  asked(id: string, node: string): void {
    const entry = this.#entries.get(id)
    if (entry?.step.kind === 'offered') this.#entries.to(entry, { ...entry.step, asked: node })
  }

  /** A worker that was asked to run a try has answered, or has not. */
  answered(id: string, attempt: number, answer: Offered): void {
    const entry = this.#entries.get(id)
    const isOffered = entry?.step.kind === 'offered' && entry.job.tries === attempt
    if (!isOffered) {
      if (answer.kind === 'accepted') this.#callBackStray(answer.node, id, attempt)
    } else if (answer.kind === 'accepted') this.#hold(entry, answer.node)
    else if (answer.kind === 'unknown') this.#doubt(entry, answer.problem)
    else if (answer.kind === 'unfit') this.#closing.crash(entry, answer.problem)
    else {
      this.#offersAfterMs = this.#time.nowMs() + this.#policy.refusedMs
      this.#entries.to(entry, { kind: 'claimed' })
    }
  }

  /** A worker tells how far a try is; `from` is who sent it. */
  progressed(notice: unknown, from: Pid): void {
    const entry = this.#entryFor(notice, from)
    if (entry === undefined || entry.step.kind === 'leaving') return
    this.#hold(entry, from.node)
    const { progress } = notice as { readonly progress: unknown }
    if (isProgress(progress, entry.progress)) entry.progress = progress
    else this.#refuse('PROGRESS_INVALID', from.node)
  }

  /** A worker tells what became of a try. */
  finished(notice: unknown, from: Pid): void {
    const entry = this.#entryFor(notice, from)
    if (entry === undefined) return
    const { outcome } = notice as { readonly outcome: unknown }
    this.#finish(entry, outcome, from.node)
  }

  /** A worker tells of its room; one that is new is asked first what it has. */
  reported(report: Report): void {
    const { node, id, creation } = report.pid
    const known = this.crew.get(node)?.pid
    if (known?.id === id && known.creation === creation) {
      this.crew.report(report)
      this.#offersAfterMs = 0
    } else this.#acts.probe(node)
  }

  /** Asks a node what it has, unless it is being asked already. */
  probe(node: string): void {
    this.#acts.probe(node)
  }

  /** What a node has that was asked. */
  probed(node: string, order: number, answer: Probed): void {
    this.#acts.settle(node, order)
    if (answer.kind === 'silent') return
    const has = new Set<string>()
    if (answer.kind === 'holds') {
      this.crew.report(answer.worker)
      this.#offersAfterMs = 0
      for (const held of answer.held) {
        if (isTryName(held) && this.#adopt(held, node)) has.add(held.job)
      }
    }
    this.#leases.clear(node, order, has)
  }

  /** The process of a worker has ended, or its node is lost: what it had is over. */
  ended(node: string): void {
    this.crew.remove(node)
    this.#leases.ended(node)
  }

  /** Its node is lost: what may be there is there no more. */
  lost(node: string): void {
    this.ended(node)
    this.#leases.clear(node, Number.POSITIVE_INFINITY, new Set())
  }

  /** Time has passed: looks for what is over, and hands out. */
  tick(): void {
    this.#leases.look()
    this.dispatch()
  }

  /** Hands out as much as there is room for, and makes as many ready for when there is more. */
  dispatch(): void {
    const nowMs = this.#time.nowMs()
    const { offersMax } = this.#policy
    const { counts } = this
    const room = this.crew.room()
    const taken = (): number => counts.claiming + counts.claimed + counts.offered
    const wanted = room + this.crew.ahead()
    while (counts.claiming < offersMax && taken() < wanted) {
      const entry = this.#entries.nextWaiting(nowMs)
      if (entry === undefined) break
      this.#claim(entry)
    }
    if (nowMs < this.#offersAfterMs) return
    while (counts.offered < Math.min(offersMax, room)) {
      const entry = this.#entries.nextClaimed()
      if (entry === undefined) break
      this.#entries.to(entry, { kind: 'offered', order: this.#acts.nextOrder(), asked: undefined })
      this.#acts.push({ kind: 'offer', job: entry.job })
    }
  }

  /** A wait is told in wall time, which may jump: it is never longer than it can have been. */
  #waiting({ notBeforeMs }: Unmarked): Step {
    const waitMs = Math.max(0, notBeforeMs - this.#time.wallMs())
    const { backoffMaxMs } = this.#policy.life
    return { kind: 'waiting', dueMs: this.#time.nowMs() + Math.min(waitMs, backoffMaxMs) }
  }

  #claim(entry: Entry): void {
    entry.progress = 0
    this.#entries.to(entry, { kind: 'claiming' })
    this.#acts.push({ kind: 'write', job: begun(entry.job, this.#term, this.#time.wallMs()) })
  }

  /** This node has it; who has it keeps it. */
  #hold(entry: Entry, node: string): void {
    const { step } = entry
    const nowMs = this.#time.nowMs()
    const order = isLive(step) ? step.order : this.#acts.nextOrder()
    const sinceMs = step.kind === 'held' ? step.sinceMs : nowMs
    this.#entries.to(entry, { kind: 'held', node, order, sinceMs, heardMs: nowMs })
  }

  /** Nobody knows whether it was taken: all are asked. */
  #doubt(entry: Entry, problem: string): void {
    const nodes = new Set([...this.crew.hands].map(({ node }) => node))
    if (nodes.size === 0) {
      this.#closing.lose(entry, problem)
      return
    }
    const order = this.#acts.nextOrder()
    const untilMs = this.#time.nowMs() + this.#policy.fenceMs
    const asked = speakerOf(entry.step)
    this.#entries.to(entry, { kind: 'unsure', nodes, asked, order, untilMs, problem })
    for (const node of nodes) this.#acts.probe(node)
  }

  /** The entry of a try that is going on, and that this worker may speak of. */
  #entryFor(notice: unknown, from: Pid): Entry | undefined {
    const { node } = from
    if (!isTryName(notice)) return this.#refuse('NOTICE_INVALID', node)
    if (this.crew.get(node) === undefined) {
      // It was lost and is back: what it has is asked before it is believed.
      this.#acts.probe(node)
      return this.#refuse('WORKER_UNKNOWN', node)
    }
    if (notice.term !== this.#term) return this.#refuse('TERM_STALE', node)
    const entry = this.#entries.get(notice.job)
    if (entry !== undefined && this.#isCurrent(entry, notice.attempt, node)) return entry
    // What is being written is thanked for when it holds, and not before.
    if (this.#isClosing(entry, notice.attempt)) return undefined
    this.#stop(node, notice.job, notice.attempt)
    return this.#refuse(entry === undefined ? 'TRY_UNKNOWN' : 'TRY_STALE', node)
  }

  #isCurrent({ job, step }: Entry, attempt: number, node: string): boolean {
    if (job.tries !== attempt || !isLive(step)) return false
    return (speakerOf(step) ?? node) === node
  }

  #isClosing(entry: Entry | undefined, attempt: number): boolean {
    return entry?.step.kind === 'closing' && entry.job.tries === attempt
  }

  /** A try that is not wanted: it shall end, and nothing more be told of it. */
  #stop(node: string, job: string, attempt: number): void {
    this.#acts.push({ kind: 'cancel', node, job, attempt }, { kind: 'thank', node, job, attempt })
  }

  #refuse(code: Refusal, node: string): undefined {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1)
    const hand = this.crew.get(node)
    if (hand !== undefined) hand.refused += 1
  }

  /** Accepted when nobody waits for that any more: called back, unless it is what is wanted. */
  #callBackStray(node: string, id: string, attempt: number): void {
    const entry = this.#entries.get(id)
    if (entry !== undefined && this.#isCurrent(entry, attempt, node)) return
    if (!this.#isClosing(entry, attempt)) {
      this.#acts.push({ kind: 'cancel', node, job: id, attempt })
    }
  }

  /** What cannot be stored is a crash: another worker may do it better. */
  #finish(entry: Entry, told: unknown, node: string): void {
    const good = isOutcome(told) ? storable(told) : 'RESULT_INVALID'
    const isGood = typeof good !== 'string'
    if (!isGood) this.#refuse(good, node)
    this.#closing.finish(entry, isGood ? good : refusedOutcome(good), node)
  }

  /** A worker that was asked has this; false: it is not wanted. */
  #adopt(held: Held, node: string): boolean {
    const entry = this.#entries.get(held.job)
    if (entry === undefined || !this.#isCurrent(entry, held.attempt, node)) {
      if (!this.#isClosing(entry, held.attempt)) this.#stop(node, held.job, held.attempt)
      return false
    }
    if (isProgress(held.progress, entry.progress)) entry.progress = held.progress
    if (held.outcome !== undefined) this.#finish(entry, held.outcome, node)
    else if (entry.step.kind !== 'leaving') this.#hold(entry, node)
    return true
  }
}
