/**
 * web/answers: what goes back over HTTP: JSON, coded refusals, and jobs as they are shown.
 *
 * Pure. Texts of clients and workers go out as JSON alone, never as part of a page.
 */
import type { WebResponse } from 'troupe'
import type { Unavailable } from '#jobs/coordinator/coordinator-protocol'
import type { Job } from '#jobs/job/job'
import type { Refusal } from './asked.js'

const HEADERS = Object.freeze({
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
})

/** When to ask again, in seconds: an election takes less. */
const RETRY_AFTER = Object.freeze({ 'retry-after': '1' })

export const json = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): WebResponse => ({
  status,
  headers: { ...HEADERS, ...headers },
  body: `${JSON.stringify(value)}\n`,
})

export const refused = ({ status, code, problem, headers = {} }: Refusal): WebResponse =>
  json(status, { error: { code, problem } }, headers)

/** Nothing was done, or nobody knows: the same request may be repeated. */
export const unavailable = ({
  code,
  problem,
}: {
  readonly code: string
  readonly problem: string
}): WebResponse => json(503, { error: { code, problem } }, RETRY_AFTER)

export const isUnavailable = (answer: unknown): answer is Unavailable =>
  typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'unavailable'

/** A job without what is for coordinators only; what is not there is null. */
export function shownJob(job: Job): object {
  const { id, kind, parameters, bytes, sha256, state, tries, progress } = job
  return {
    ...{ id, kind, parameters, bytes, sha256, state, tries },
    worker: job.worker ?? null,
    progress,
    result: job.result ?? null,
    problem: job.problem ?? null,
    createdMs: job.createdMs,
    changedMs: job.changedMs,
    notBeforeMs: job.notBeforeMs,
  }
}
