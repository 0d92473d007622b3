/**
 * client/final: asks every coordinator what became of every job, when all is over.
 *
 * In pages, and one by one for jobs that are on none of them: a job counts as unknown only when
 * its own address says so.
 */
import { digestOf } from '#chaos/account/digest'
import { type FinalAnswer, type FinalJob, STATES } from '#chaos/account/facts'
import { until, type World } from '#chaos/world/world'
import { type Answer, ask, fieldsOf } from './http.js'

const PAGE = 1_000
const GET_MS = 10_000
/** How long one question is repeated. */
const PATIENCE = Object.freeze({ limitMs: 20_000, everyMs: 200 })
/** One that has left so many questions open is asked no more: it would take hours. */
const OPEN_MAX = 3

/** One coordinator, and where it is asked. */
export interface Asked {
  readonly coordinator: string
  readonly url: string
}

/** What it tells of these jobs; those it could not be brought to tell are left out. */
export async function finalAnswer(
  { coordinator, url }: Asked,
  ids: readonly string[],
  world: World,
): Promise<FinalAnswer> {
  let open = 0
  const told = await pagesOf(url, world)
  const jobs: FinalJob[] = []
  for (const id of ids) {
    const known = told.get(id)
    const job = known ?? (open < OPEN_MAX ? await oneOf(url, id, world) : undefined)
    if (job === undefined) open += 1
    else jobs.push(job)
  }
  return { coordinator, jobs }
}

/** Asks until it is answered for good. */
async function patiently(url: string, world: World): Promise<Answer | undefined> {
  let last: Answer | undefined
  const isAnswered = await until(world, PATIENCE, async () => {
    last = await ask({ method: 'GET', url, timeoutMs: GET_MS })
    return last.status === 200 || last.status === 404
  })
  return isAnswered ? last : undefined
}

async function pagesOf(url: string, world: World): Promise<ReadonlyMap<string, FinalJob>> {
  const told = new Map<string, FinalJob>()
  let before: string | undefined
  do {
    const query = before === undefined ? '' : `&before=${encodeURIComponent(before)}`
    const answer = await patiently(`${url}/jobs?limit=${PAGE}${query}`, world)
    const { jobs, next } = fieldsOf(answer?.body)
    for (const job of Array.isArray(jobs) ? jobs : []) {
      const read = jobOf(job)
      if (read !== undefined) told.set(read.id, read)
    }
    before = typeof next === 'string' ? next : undefined
  } while (before !== undefined)
  return told
}

async function oneOf(url: string, id: string, world: World): Promise<FinalJob | undefined> {
  const answer = await patiently(`${url}/jobs/${id}`, world)
  if (answer === undefined) return undefined
  if (answer.status === 404) return { id, state: 'unknown', digest: undefined }
  return jobOf(answer.body)
}

function jobOf(value: unknown): FinalJob | undefined {
  const { id, state, result, problem } = fieldsOf(value)
  const known = STATES.find((one) => one === state)
  if (typeof id !== 'string' || known === undefined) return undefined
  const digest = known === 'done' ? digestOf(result) : undefined
  return { id, state: known, digest, ...(typeof problem === 'string' ? { problem } : {}) }
}
