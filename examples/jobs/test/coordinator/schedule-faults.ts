/**
 * Faults that are planted in a copy of the coordinator's files, to show that trials see them.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Schedule, ScheduleParts } from '#jobs/coordinator/schedule'

export interface ScheduleFault {
  readonly name: string
  /** Without its ending. */
  readonly file: string
  /** Occurs exactly once. */
  readonly find: string
  readonly replace: string
}

export const SCHEDULE_FAULTS: readonly ScheduleFault[] = Object.freeze([
  {
    name: 'a try that was not answered is given to another worker',
    file: 'schedule',
    find: 'this.#doubt(entry, answer.problem);',
    replace: "this.#entries.to(entry, { kind: 'claimed' });",
  },
  {
    name: 'tries are written after the worker was asked',
    file: 'schedule',
    find: "this.#entries.to(entry, { kind: 'claiming' });",
    replace: "this.#entries.to(entry, { kind: 'claimed' });",
  },
  {
    name: 'a running job is left as it is when the leader changes',
    file: 'schedule',
    find: "this.#entries.add(job, { kind: 'unsure'",
    replace: "if (job.tries < 0) this.#entries.add(job, { kind: 'unsure'",
  },
  {
    name: 'a job that is tried again is forgotten',
    file: 'schedule',
    find: 'this.#entries.to(entry, this.#waiting(job));',
    replace: 'this.#entries.remove(entry);',
  },
  {
    name: 'a worker may speak of an attempt that it does not have',
    file: 'schedule',
    find: 'if (job.tries !== attempt || !isLive(step))',
    replace: 'if (!isLive(step))',
  },
  {
    name: 'a try that is not wanted is not called back',
    file: 'schedule',
    find: '#stop(node, job, attempt) {',
    replace: '#stop(node, job, attempt) { if (attempt > 0) return;',
  },
])

/** A schedule with a fault in it. */
export async function withFault(
  fault: ScheduleFault,
): Promise<new (parts: ScheduleParts) => Schedule> {
  const from = fileURLToPath(new URL('../../dist/coordinator/', import.meta.url))
  const index = SCHEDULE_FAULTS.indexOf(fault)
  const to = fileURLToPath(new URL(`../planted/${index}/`, import.meta.url))
  cpSync(from, to, { recursive: true })
  const path = `${to}${fault.file}.js`
  const source = readFileSync(path, 'utf8')
  const parts = source.split(fault.find)
  if (parts.length !== 2) throw new Error(`the place of "${fault.name}" is not there once`)
  writeFileSync(path, parts.join(fault.replace))
  const made = (await import(`${to}schedule.js`)) as typeof import('#jobs/coordinator/schedule')
  return made.Schedule
}
