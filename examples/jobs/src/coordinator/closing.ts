/**
 * coordinator/closing: the end of a try: what its job becomes, who is told once that is durable.
 */
import { deleted, ended, type TryOutcome } from '#jobs/job/life'
import type { Outcome } from '#jobs/worker/worker-protocol'
import type { Act, Acts } from './acts.js'
import type { Crew } from './crew.js'
import { type Entries, type Entry, holderOf } from './entries.js'
import type { SchedulePolicy, Time } from './schedule-policy.js'

/** What an ending needs. */
export interface ClosingParts {
  readonly acts: Acts
  readonly crew: Crew
  readonly entries: Entries
  readonly time: Time
  readonly chance: () => number
  readonly policy: () => SchedulePolicy
}

export class Closing {
  readonly #parts: ClosingParts

  constructor(parts: ClosingParts) {
    this.#parts = parts
  }

  /** The worker has told what came of it. */
  finish(entry: Entry, outcome: Outcome, node: string): void {
    const hand = this.#parts.crew.get(node)
    if (hand !== undefined) {
      hand.running = Math.max(0, hand.running - 1)
      if (outcome.kind === 'done') hand.done += 1
      else hand.failed += 1
    }
    this.#close(entry, outcome, node)
  }

  /** Nobody will tell any more what came of it. */
  lose(entry: Entry, problem: string): void {
    this.#close(entry, { kind: 'lost', problem }, holderOf(entry.step))
  }

  /** It is the job that cannot be done so. */
  crash(entry: Entry, problem: string): void {
    this.#close(entry, { kind: 'crashed', problem }, holderOf(entry.step))
  }

  /** A client takes the job back. */
  delete(entry: Entry): void {
    const { job, step } = entry
    entry.unwanted = false
    const next = deleted(job, this.#parts.time.wallMs())
    if (next === undefined) return
    const holder = holderOf(step)
    const nodes = step.kind === 'unsure' ? [...step.nodes] : holder === undefined ? [] : [holder]
    const name = { job: job.id, attempt: job.tries }
    const then: Act[] = nodes.map((node) => ({ kind: 'cancel', node, ...name }))
    this.#parts.entries.to(entry, { kind: 'closing', next, then })
    this.#parts.acts.push({ kind: 'write', job: next })
  }

  #close(entry: Entry, outcome: TryOutcome, node: string | undefined): void {
    const { acts, entries, time, chance, policy } = this.#parts
    const { id, tries } = entry.job
    const ending = { outcome, worker: node, nowMs: time.wallMs(), chance: chance() }
    const next = ended(entry.job, ending, policy().life)
    const then: Act[] = node === undefined ? [] : [{ kind: 'thank', node, job: id, attempt: tries }]
    entries.to(entry, { kind: 'closing', next, then })
    acts.push({ kind: 'write', job: next })
  }
}
