/**
 * emergency/delivery-plan: which emergency is sent next, and when.
 *
 * Decides and sends nothing; time and chance are arguments. First attempts and repeated ones
 * take turns while both are due, so that neither a flood of new emergencies nor a heap of failed
 * ones can hold up the others. An emergency stays in the plan until it is delivered or refused:
 * there is no last attempt. Limit: `inFlightMax` attempts at a time; how many may wait is the
 * limit of whoever adds them.
 */

import type { Verdict } from './answer.js'
import { type BackoffOptions, backoffMs } from './backoff.js'
import {
  afterFailure,
  afterInterruption,
  afterStart,
  afterSuccess,
  type Circuit,
  type CircuitOptions,
  CLOSED,
  leaveOf,
} from './circuit.js'
import { DueQueue } from './due-queue.js'
import type { Emergency } from './emergency.js'

export interface PlanOptions {
  /** Attempts at a time; at least 1. */
  readonly inFlightMax: number
  /** Waits between the attempts for one emergency. */
  readonly retry: BackoffOptions
  readonly circuit: CircuitOptions
}

export const PLAN_DEFAULTS: PlanOptions = Object.freeze({
  inFlightMax: 32,
  retry: Object.freeze({ firstMs: 250, maxMs: 30_000 }),
  circuit: Object.freeze({ failuresMax: 10, firstMs: 1_000, maxMs: 30_000 }),
})

/** What to do now. */
export type Step =
  | { readonly kind: 'send'; readonly emergency: Emergency; readonly failures: number }
  /** Nothing before this time of the clock that never goes back. */
  | { readonly kind: 'wait'; readonly untilMs: number }
  /** Nothing before something is added or answered. */
  | { readonly kind: 'rest' }

/** The moment of a decision. */
export interface Moment {
  readonly nowMs: number
  /** A number in [0, 1). */
  readonly chance: number
}

/** What an answer has changed. */
export interface Settlement {
  /** Milliseconds until the next attempt; undefined when there is none. */
  readonly retryInMs: number | undefined
  /** What happened to the circuit, if anything. */
  readonly circuit: 'opened' | 'closed' | undefined
}

interface Task {
  readonly emergency: Emergency
  failures: number
}

export class DeliveryPlan {
  readonly #options: PlanOptions
  /** Those never tried, in the order they came; a Set keeps it and takes from the front. */
  readonly #fresh = new Set<Task>()
  readonly #failed = new DueQueue<Task>()
  readonly #inFlight = new Map<string, Task>()
  #circuit: Circuit = CLOSED
  #isFailedsTurn = false

  constructor(options: PlanOptions = PLAN_DEFAULTS) {
    this.#options = options
  }

  get inFlight(): number {
    return this.#inFlight.size
  }

  /** Emergencies that are neither delivered nor refused, those in flight included. */
  get size(): number {
    return this.#fresh.size + this.#failed.length + this.#inFlight.size
  }

  get circuit(): Circuit['kind'] {
    return this.#circuit.kind
  }

  add(emergency: Emergency): void {
    this.#fresh.add({ emergency, failures: 0 })
  }

  /** What to do now; an emergency that is to be sent counts as in flight from here on. */
  next(nowMs: number): Step {
    if (this.#inFlight.size >= this.#options.inFlightMax) return { kind: 'rest' }
    if (this.size === this.#inFlight.size) return { kind: 'rest' }
    const leave = leaveOf(this.#circuit, nowMs)
    if (leave.kind === 'wait') return leave
    if (leave.kind === 'probe-is-out') return { kind: 'rest' }
    const task = this.#choose(nowMs)
    if (task === undefined) return { kind: 'wait', untilMs: this.#failed.nextDueMs ?? nowMs }
    const { emergency, failures } = task
    this.#inFlight.set(emergency.key, task)
    this.#circuit = afterStart(this.#circuit, emergency.key)
    return { kind: 'send', emergency, failures }
  }

  /** An attempt was answered; undefined when no attempt with this key is in flight. */
  settle(key: string, verdict: Verdict, moment: Moment): Settlement | undefined {
    const task = this.#inFlight.get(key)
    if (task === undefined) return undefined
    this.#inFlight.delete(key)
    const before = this.#circuit.kind
    const retryInMs = verdict.kind === 'retry' ? this.#failedNow(task, verdict, moment) : undefined
    if (verdict.kind !== 'retry') this.#circuit = afterSuccess()
    return { retryInMs, circuit: changeOf(before, this.#circuit.kind) }
  }

  /** Nobody will hear the answers of what is in flight: all of it is due again, now. */
  interrupt(nowMs: number): void {
    for (const task of this.#inFlight.values()) this.#failed.push(task, nowMs)
    this.#inFlight.clear()
    this.#circuit = afterInterruption(this.#circuit, nowMs)
  }

  #choose(nowMs: number): Task | undefined {
    const isFailedFirst = this.#isFailedsTurn || this.#fresh.size === 0
    const failed = isFailedFirst ? this.#failed.take(nowMs) : undefined
    this.#isFailedsTurn = !isFailedFirst
    if (failed !== undefined) return failed
    const [fresh] = this.#fresh
    if (fresh !== undefined) this.#fresh.delete(fresh)
    return fresh
  }

  #failedNow(task: Task, verdict: Extract<Verdict, { kind: 'retry' }>, moment: Moment): number {
    const { nowMs, chance } = moment
    const { retryAfterMs } = verdict
    const { retry, circuit } = this.#options
    task.failures += 1
    const delayMs = Math.max(backoffMs(retry, task.failures, chance), retryAfterMs)
    this.#failed.push(task, nowMs + delayMs)
    const failed = { key: task.emergency.key, nowMs, chance, retryAfterMs }
    this.#circuit = afterFailure(this.#circuit, failed, circuit)
    return delayMs
  }
}

function changeOf(before: Circuit['kind'], now: Circuit['kind']): Settlement['circuit'] {
  if (before === now) return undefined
  if (now === 'closed') return 'closed'
  // A probe that failed finds it open still; that is no news.
  return before === 'closed' ? 'opened' : undefined
}
