/**
 * account/asked-jobs: what the client's log says of each job, and what in it breaks a word already.
 */
import type { Breach } from './breach.js'
import type { ClientFact, Expected, JobFact } from './facts.js'

/** One job, as its client knows it. */
export interface AskedJob {
  readonly id: string
  readonly expected: Expected
  readonly digest: string | undefined
  readonly isAcknowledged: boolean
  /** Its removal was asked for; it may be gone. */
  readonly isUnwanted: boolean
  /** Its removal was confirmed; it must be gone. */
  readonly isRemoved: boolean
  readonly problems: readonly Pick<Breach, 'kind' | 'detail'>[]
}

type Draft = { -readonly [K in keyof AskedJob]: AskedJob[K] } & {
  problems: Pick<Breach, 'kind' | 'detail'>[]
  ended: string | undefined
  /** Losses of a majority before it was asked for, and before its removal was. */
  askedIn: number | undefined
  unwantedIn: number | undefined
}

/** The jobs of a log, in the order in which they were asked for first. */
export function askedJobs(facts: readonly ClientFact[]): ReadonlyMap<string, AskedJob> {
  const jobs = new Map<string, Draft>()
  let losses = 0
  /** Which loss it is that etcd has no majority by; undefined: it has one. */
  let loss: number | undefined
  for (const fact of facts) {
    if (fact.kind === 'quorum' && fact.is !== 'cut') {
      if (fact.is === 'lost') losses += 1
      loss = fact.is === 'lost' ? losses : undefined
    }
    if (!('id' in fact)) continue
    const job = jobs.get(fact.id)
    if (fact.kind === 'asked') {
      if (job === undefined) jobs.set(fact.id, { ...draftOf(fact), askedIn: loss })
    } else if (job !== undefined) {
      watch(job, fact, loss)
      learn(job, fact)
    }
  }
  return jobs
}

/** What was asked for and confirmed in one loss of the majority cannot be kept anywhere. */
function watch(job: Draft, { kind }: JobFact, loss: number | undefined): void {
  if (kind === 'unwanted') job.unwantedIn ??= loss
  if (loss === undefined) return
  const isSubmitted = kind === 'acknowledged' && job.askedIn === loss
  const isRemoved = kind === 'removed' && job.unwantedIn === loss
  if (isSubmitted || isRemoved) job.problems.push({ kind: 'without-majority', detail: kind })
}

const draftOf = ({ id, expected, digest }: JobFact & { readonly kind: 'asked' }): Draft => ({
  ...{ id, expected, digest, isAcknowledged: false, isUnwanted: false, isRemoved: false },
  ...{ problems: [], ended: undefined, askedIn: undefined, unwantedIn: undefined },
})

function learn(job: Draft, fact: Exclude<JobFact, { readonly kind: 'asked' }>): void {
  switch (fact.kind) {
    case 'acknowledged':
      job.isAcknowledged = true
      break
    case 'refused':
      job.problems.push({ kind: 'refused', detail: `${fact.status} of ${fact.url}` })
      break
    case 'unwanted':
      job.isUnwanted = true
      break
    case 'removed':
      job.isRemoved = true
      break
    case 'told':
      hear(job, fact)
      break
    case 'unanswered':
      break
  }
}

const ENDS: readonly string[] = ['done', 'parked', 'failed']

function hear(job: Draft, { state, url }: JobFact & { readonly kind: 'told' }): void {
  if (job.isUnwanted || !job.isAcknowledged) return
  if (state === 'unknown' || state === 'deleted') {
    job.problems.push({ kind: 'denied', detail: `${state} at ${url}` })
    return
  }
  if (job.ended !== undefined && state !== job.ended) {
    job.problems.push({ kind: 'undone', detail: `${job.ended}, then ${state} at ${url}` })
  }
  if (ENDS.includes(state)) job.ended = state
}
