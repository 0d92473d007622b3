/**
 * web/front: what each coordinator answers over HTTP.
 *
 * Decides nothing about jobs: it reads what is asked, asks the coordinator of its own node, and
 * says the answer. Whoever asks gets one answer with a code, or the job.
 */
import { describeThrown, TroupeError, type WebResponse } from 'troupe'
import { WORKERS_MAX } from '#jobs/system/names'
import { isUnavailable, json, refused, shownJob, unavailable } from './answers.js'
import { type Asked, askedOf, type Refusal, refusal } from './asked.js'
import type { Desk } from './desk.js'
import { refusedEntry } from './guard.js'
import { Intake } from './intake.js'
import { readOrder } from './order.js'
import { answerPage, type Page } from './page.js'

/** How long a worker that is drained may finish what it has, in milliseconds, unless it is said. */
export const DRAIN_DEADLINE_MS = 60_000
const DRAIN_DEADLINE_MAX_MS = 3_600_000
const WEIGHT_MAX = 10_000

const ABSENT = refusal(404, 'JOB_UNKNOWN', 'there is no such job')
const NOT_PARKED = refusal(404, 'JOB_UNKNOWN', 'there is no such job that is parked')
const NO_WORKER = refusal(404, 'WORKER_UNKNOWN', 'there is no such worker')
const TAKEN: WebResponse = Object.freeze({ status: 204 })

/** Answers every request of the web port. */
export class Front {
  readonly #desk: Desk
  readonly #page: Page
  readonly #intake: Intake

  constructor(desk: Desk, page: Page) {
    this.#desk = desk
    this.#page = page
    this.#intake = new Intake(desk)
  }

  readonly fetch = async (request: Request): Promise<WebResponse> => {
    const url = new URL(request.url)
    const entry = refusedEntry(request.method, url, request.headers)
    if (entry !== undefined) return refused(entry)
    const asked = askedOf(request.method, url)
    try {
      return await this.#answer(asked, request)
    } catch (thrown) {
      return unavailable(problemOf(thrown))
    }
  }

  async #answer(asked: Asked, request: Request): Promise<WebResponse> {
    const { ask } = this.#desk
    switch (asked.kind) {
      case 'refused':
        return refused(asked)
      case 'page':
        return answerPage(this.#page, request)
      case 'submit':
        return await this.#intake.take(asked, request)
      case 'get': {
        const job = await ask('get', { id: asked.id })
        return job === undefined || isUnavailable(job)
          ? said(job, ABSENT)
          : json(200, shownJob(job))
      }
      case 'list': {
        const jobs = await ask('list', asked.query)
        if (isUnavailable(jobs)) return unavailable(jobs)
        const isMore = jobs.length === asked.query.limit
        return json(200, { jobs: jobs.map(shownJob), next: isMore ? jobs.at(-1)?.id : null })
      }
      case 'remove':
        return said(await ask('remove', { id: asked.id }), ABSENT)
      case 'revive':
        return said(await ask('revive', { id: asked.id }), NOT_PARKED)
      case 'cluster': {
        const view = await ask('cluster', undefined)
        return isUnavailable(view) ? unavailable(view) : json(200, view)
      }
      default:
        return await this.#order(asked, request)
    }
  }

  /** What is asked for with a body of JSON. */
  async #order(
    asked: Extract<Asked, { kind: 'scale' | 'drain' | 'weigh' }>,
    request: Request,
  ): Promise<WebResponse> {
    const order = await readOrder(request, this.#desk)
    if (order.kind === 'refused') return refused(order)
    const { ask } = this.#desk
    switch (asked.kind) {
      case 'scale': {
        const limits = {
          min: { least: 0, most: WORKERS_MAX },
          max: { least: 0, most: WORKERS_MAX },
        }
        const given = order.numbers(limits)
        if ('kind' in given) return refused(given)
        if (given.min > given.max) return refused(ORDER)
        return said(await ask('scale', given), ABSENT)
      }
      case 'drain': {
        const usual = DRAIN_DEADLINE_MS
        const limits = { deadlineMs: { least: 0, most: DRAIN_DEADLINE_MAX_MS, usual } }
        const given = order.numbers(limits)
        if ('kind' in given) return refused(given)
        return said(await ask('drain', { node: asked.node, ...given }), NO_WORKER)
      }
      case 'weigh': {
        const given = order.numbers({ weight: { least: 0, most: WEIGHT_MAX } })
        if ('kind' in given) return refused(given)
        return said(await ask('weigh', { node: asked.node, ...given }), NO_WORKER)
      }
    }
  }
}

const ORDER = refusal(400, 'PARAMETER_INVALID', 'min must not be above max')

/** The answer to an order: done, not there, or not now. */
function said(answer: unknown, absent: Refusal): WebResponse {
  if (isUnavailable(answer)) return unavailable(answer)
  return answer === undefined || answer === 'unknown' ? refused(absent) : TAKEN
}

/** What the rest could not do; never its inside. */
function problemOf(thrown: unknown): { readonly code: string; readonly problem: string } {
  if (TroupeError.is(thrown)) return { code: thrown.code, problem: thrown.message }
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string')
    return { code: thrown.code, problem: thrown.message }
  return { code: 'FAILED', problem: describeThrown(thrown).split('\n', 1)[0] ?? '' }
}
