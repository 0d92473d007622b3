/**
 * apps/system/survey-processes: what a survey gathers of each process, as the scan passes it.
 */
import type { SurveyOrder, SurveyRow, SurveySheet } from '#cluster'
import { Pid, type ProcessGlance } from '#contract'
import { CountSpread } from './count-spread.js'
import { nameOf } from './row.js'
import { TopList } from './top-list.js'

/** Ranges of the reference, with its last ones open. */
const DEPTH_BOUNDS = Object.freeze([1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000])
const WAIT_BOUNDS_MS = Object.freeze([1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 30_000, 60_000])
const SHARE_BOUNDS = Object.freeze([0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9])
const MS_PER_SECOND = 1_000

const ORDERS: readonly SurveyOrder[] = Object.freeze([
  'mailbox',
  'wait',
  'running',
  'messages-in',
  'messages-out',
  'wake-ups',
  'drains',
  'utilisation',
  'liveness',
  'restarts',
  'init',
])

export class ProcessSurvey {
  readonly #lists: Readonly<Record<SurveyOrder, TopList<SurveyRow>>>
  readonly #depth = new CountSpread(DEPTH_BOUNDS)
  readonly #waitMs = new CountSpread(WAIT_BOUNDS_MS)
  readonly #utilisation = new CountSpread(SHARE_BOUNDS)
  readonly #sums = { messagesIn: 0, messagesOut: 0, wakeUps: 0, runningMs: 0, restarts: 0 }
  #count = 0
  #initMaxMs = 0

  constructor(limit: number) {
    const lists = ORDERS.map((order) => [order, new TopList<SurveyRow>(limit)])
    this.#lists = Object.fromEntries(lists) as Record<SurveyOrder, TopList<SurveyRow>>
  }

  /** Takes one process into account. Must stay quick: it runs for each of a million. */
  visit(glance: ProcessGlance): void {
    const { messagesIn, messagesOut, wakeUps, runningMs, restarts } = glance
    const sums = this.#sums
    this.#count += 1
    sums.messagesIn += messagesIn
    sums.messagesOut += messagesOut
    sums.wakeUps += wakeUps
    sums.restarts += restarts
    if (messagesIn > 0) this.#offer('messages-in', messagesIn, glance)
    if (messagesOut > 0) this.#offer('messages-out', messagesOut, glance)
    if (wakeUps > 0) {
      this.#offer('wake-ups', wakeUps, glance)
      this.#offer('drains', messagesIn / wakeUps, glance)
    }
    if (restarts > 0) this.#offer('restarts', restarts, glance)
    this.#began(glance, glance.initMs)
    if (runningMs > 0) this.#ran(glance, runningMs)
    if (glance.mailbox > 0) this.#waits(glance, runningMs)
  }

  #began(glance: ProcessGlance, initMs: number): void {
    if (initMs === 0) return
    this.#initMaxMs = Math.max(this.#initMaxMs, initMs)
    this.#offer('init', initMs, glance)
  }

  #ran(glance: ProcessGlance, runningMs: number): void {
    const share = Math.min(1, runningMs / Math.max(1, glance.uptimeMs))
    this.#sums.runningMs += runningMs
    this.#utilisation.add(share)
    this.#offer('running', runningMs, glance)
    this.#offer('utilisation', share, glance)
  }

  #waits(glance: ProcessGlance, runningMs: number): void {
    const { mailbox, oldestWaitMs, uptimeMs } = glance
    this.#depth.add(mailbox)
    this.#waitMs.add(oldestWaitMs)
    this.#offer('mailbox', mailbox, glance)
    if (oldestWaitMs <= 0) return
    this.#offer('wait', oldestWaitMs, glance)
    const share = runningMs / Math.max(1, uptimeMs)
    const liveness = share / (oldestWaitMs / MS_PER_SECOND)
    // Of this one the lowest come first.
    const list = this.#lists.liveness
    if (list.takes(-liveness)) list.add(-liveness, rowOf(glance, liveness))
  }

  #offer(order: SurveyOrder, value: number, glance: ProcessGlance): void {
    const list = this.#lists[order]
    if (list.takes(value)) list.add(value, rowOf(glance, value))
  }

  sheet(): Omit<SurveySheet, 'node' | 'creation' | 'events' | 'ageMs'> {
    const tops = ORDERS.map((order) => [order, this.#lists[order].rows])
    return {
      processes: this.#count,
      depth: this.#depth.sheet(),
      waitMs: this.#waitMs.sheet(),
      utilisation: this.#utilisation.sheet(),
      ...this.#sums,
      initMaxMs: this.#initMaxMs,
      tops: Object.fromEntries(tops) as Record<SurveyOrder, readonly SurveyRow[]>,
    }
  }
}

function rowOf({ pid, name, application, behaviour }: ProcessGlance, value: number): SurveyRow {
  return {
    pid: Pid.format(pid),
    name: name === undefined ? undefined : nameOf(name),
    application: application === undefined ? undefined : nameOf(application),
    behaviour: nameOf(behaviour),
    value,
  }
}
