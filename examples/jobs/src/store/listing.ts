/**
 * store/listing: jobs of a shelf, newest first, by state; pure reading.
 *
 * Limit: `LOOKS_MAX` jobs are looked at for one list, so that a filter which nothing fits does
 * not read millions.
 */
import { compareMarks, JOB_STATES, type Job, type JobState } from '#jobs/job/job'
import type { JobQuery } from './book.js'
import { readStateKey, statesBefore } from './keys.js'
import type { Shelf } from './shelf.js'

/** Jobs that are looked at for one list at most. */
export const LOOKS_MAX = 20_000
/** Jobs in one list at most. */
export const LIST_MAX = 1_000

type Get = (id: string) => Job | undefined

/** The newest of one state that has not been taken yet. */
interface Head {
  readonly keys: Iterator<{ readonly key: Buffer }>
  timeMs: number
  id: string
  ended: boolean
}

function advance(head: Head): void {
  const next = head.keys.next()
  head.ended = next.done === true
  if (next.done !== true) Object.assign(head, readStateKey(next.value.key))
}

function headOf(shelf: Shelf, state: JobState, before: Job | undefined): Head {
  const range = { ...statesBefore(state, before), reverse: true }
  const keys = shelf.range(range)[Symbol.iterator]()
  const head: Head = { keys, timeMs: 0, id: '', ended: false }
  advance(head)
  return head
}

const isNewer = (left: Head, right: Head): boolean =>
  left.timeMs > right.timeMs || (left.timeMs === right.timeMs && left.id > right.id)

function newest(heads: readonly Head[]): Head | undefined {
  let first: Head | undefined
  for (const head of heads) {
    if (!head.ended && (first === undefined || isNewer(head, first))) first = head
  }
  return first
}

/** Jobs that fit, newest first. An unknown `before` begins with the newest. */
export function listOf(shelf: Shelf, get: Get, query: JobQuery): readonly Job[] {
  const before = query.before === undefined ? undefined : get(query.before)
  const states = [...new Set(query.states ?? JOB_STATES)]
  const heads = states.map((state) => headOf(shelf, state, before))
  const limit = Math.min(query.limit, LIST_MAX)
  const found: Job[] = []
  for (let looks = 0; looks < LOOKS_MAX && found.length < limit; looks += 1) {
    const head = newest(heads)
    if (head === undefined) break
    const job = get(head.id)
    if (job !== undefined && fits(job, query)) found.push(job)
    advance(head)
  }
  for (const { keys } of heads) keys.return?.()
  return found
}

const fits = (job: Job, { kind, worker }: JobQuery): boolean =>
  (kind === undefined || job.kind === kind) && (worker === undefined || job.worker === worker)

/** Jobs that wait or run, in the order in which they were last written. */
export function openOf(
  shelf: Shelf,
  get: Get,
  states: readonly JobState[] = ['queued', 'running'],
): readonly Job[] {
  const open: Job[] = []
  for (const state of states) {
    for (const { key } of shelf.range(statesBefore(state))) {
      const job = get(readStateKey(key).id)
      if (job !== undefined) open.push(job)
    }
  }
  return open.sort((left, right) => compareMarks(left.mark, right.mark))
}
