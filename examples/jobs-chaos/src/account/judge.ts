/**
 * account/judge: closes the account of a run from what the cluster did not write.
 *
 * Pure: the same evidence gives the same verdict, today and from files in a year. For every job
 * that was acknowledged there is an end, and it is the right one:
 *
 *   submitted = done + parked + failed + deleted + pending, and none is lost
 */

import { type AskedJob, askedJobs } from './asked-jobs.js'
import type { Breach } from './breach.js'
import { judgeEffects } from './effects-judge.js'
import type { EffectFact, Evidence, FinalJob, State } from './facts.js'
import { judgeScene } from './scene-judge.js'

/** Where the acknowledged jobs are, and what else was counted. */
export interface Account {
  /** Jobs whose 201 or 200 was read. */
  readonly submitted: number
  readonly done: number
  readonly parked: number
  readonly failed: number
  readonly deleted: number
  readonly pending: number
  readonly lost: number
  /** Asked for and never acknowledged: nobody was promised anything. */
  readonly unanswered: number
  /** Of these, those that are known to the cluster. */
  readonly unansweredKnown: number
  readonly effectsTaken: number
  readonly effectsKnown: number
  readonly effectsStale: number
  /** Jobs with more than one effect: tries that were repeated. */
  readonly repeated: number
}

export interface Verdict {
  readonly account: Account
  readonly breaches: readonly Breach[]
}

type End = Exclude<keyof Account, 'submitted' | `un${string}` | `effects${string}` | 'repeated'>

/** Judges a run. */
export function judge(evidence: Evidence): Verdict {
  const asked = askedJobs(evidence.client)
  const effects = effectsByJob(evidence.effects)
  const final = finalByJob(evidence)
  const ends: Record<End, number> = {
    done: 0,
    parked: 0,
    failed: 0,
    deleted: 0,
    pending: 0,
    lost: 0,
  }
  const breaches: Breach[] = [...judgeScene(evidence.client)]
  for (const job of asked.values()) {
    const seen = { job, effects: effects.get(job.id) ?? [], final: final.get(job.id) ?? [] }
    if (job.isAcknowledged) ends[endOf(seen)] += 1
    breaches.push(...judgeJob(seen))
  }
  for (const [id, [first]] of effects) {
    if (asked.has(id) || first === undefined) continue
    breaches.push({ kind: 'unknown-effect', job: id, detail: `by ${first.worker}` })
  }
  return { account: { ...ends, ...countsOf(evidence, asked, final) }, breaches }
}

/** All that is known of one job. */
interface Seen {
  readonly job: AskedJob
  readonly effects: readonly EffectFact[]
  readonly final: readonly FinalJob[]
}

function effectsByJob(effects: readonly EffectFact[]): ReadonlyMap<string, readonly EffectFact[]> {
  const byJob = new Map<string, EffectFact[]>()
  for (const effect of effects) {
    const of = byJob.get(effect.job)
    if (of === undefined) byJob.set(effect.job, [effect])
    else of.push(effect)
  }
  return byJob
}

function finalByJob({ final }: Evidence): ReadonlyMap<string, readonly FinalJob[]> {
  const byJob = new Map<string, FinalJob[]>()
  for (const job of final.flatMap(({ jobs }) => jobs)) {
    const of = byJob.get(job.id)
    if (of === undefined) byJob.set(job.id, [job])
    else of.push(job)
  }
  return byJob
}

/** The same for all coordinators, or the worst of it. */
function endOf({ job, final }: Seen): End {
  const states = new Set(final.map(({ state }) => state))
  if (job.isRemoved) return 'deleted'
  if (states.size === 0 || states.has('unknown')) return job.isUnwanted ? 'deleted' : 'lost'
  const pending: readonly State[] = ['queued', 'running']
  if (pending.some((state) => states.has(state))) return 'pending'
  const ended = (['failed', 'parked', 'deleted', 'done'] as const).find((state) =>
    states.has(state),
  )
  return ended ?? 'pending'
}

function judgeJob(seen: Seen): readonly Breach[] {
  const { job, effects } = seen
  const broken = [
    ...job.problems.map(({ kind, detail }) => ({ kind, job: job.id, detail })),
    ...judgeEffects(effects, job.expected === 'done' ? job.digest : undefined),
  ]
  if (job.isAcknowledged) broken.push(...judgeEnd(seen), ...judgeResult(seen))
  return broken
}

const statesOf = ({ final }: Seen): readonly string[] => final.map(({ state }) => state)

function judgeEnd(seen: Seen): readonly Breach[] {
  const { job } = seen
  const states = statesOf(seen)
  const fault = (kind: Breach['kind']): readonly Breach[] => [
    { kind, job: job.id, detail: states.length === 0 ? 'nobody tells of it' : states.join(', ') },
  ]
  const isGone = states.every((state) => state === 'unknown' || state === 'deleted')
  if (job.isRemoved) return isGone ? [] : fault('returned')
  if (isGone && job.isUnwanted) return []
  const end = endOf(seen)
  if (end === 'lost') return fault('lost')
  if (new Set(states).size > 1) return fault('contradicted')
  if (end === 'deleted') return fault(job.isUnwanted ? 'contradicted' : 'lost')
  if (end === 'pending') return fault('unfinished')
  if (end === 'parked' && job.expected !== 'park') return [parkedInVain(seen)]
  const may = { done: 'done', park: 'parked', fail: 'failed' }[job.expected]
  return may === end ? [] : fault('wrong-end')
}

function parkedInVain({ job, final }: Seen): Breach {
  const problems = new Set(final.map(({ problem }) => problem ?? 'for no reason'))
  return { kind: 'parked-in-vain', job: job.id, detail: [...problems].join('; ') }
}

function judgeResult({ job, effects, final }: Seen): readonly Breach[] {
  const done = final.filter(({ state }) => state === 'done')
  if (done.length === 0) return []
  const wrong = done.find(({ digest }) => job.digest !== undefined && digest !== job.digest)
  const hasEffect = effects.some(({ kind }) => kind === 'taken')
  const detail = `${effects.length} effects came and none was taken`
  return [
    ...(hasEffect ? [] : [{ kind: 'without-effect', job: job.id, detail } as const]),
    ...(wrong === undefined
      ? []
      : [{ kind: 'wrong-result', job: job.id, detail: `it is ${wrong.digest}` } as const]),
  ]
}

function countsOf(
  { effects }: Evidence,
  asked: ReadonlyMap<string, AskedJob>,
  final: ReadonlyMap<string, readonly FinalJob[]>,
): Omit<Account, End> {
  const jobs = [...asked.values()]
  const open = jobs.filter((job) => !job.isAcknowledged)
  const isKnown = ({ id }: AskedJob): boolean =>
    (final.get(id) ?? []).some(({ state }) => state !== 'unknown')
  const of = (kind: EffectFact['kind']): number =>
    effects.filter((effect) => effect.kind === kind).length
  const taken = new Set<string>()
  const repeated = new Set<string>()
  for (const { kind, job } of effects) {
    if (kind !== 'taken') continue
    if (taken.has(job)) repeated.add(job)
    taken.add(job)
  }
  return {
    submitted: jobs.length - open.length,
    unanswered: open.length,
    unansweredKnown: open.filter(isKnown).length,
    ...{ effectsTaken: of('taken'), effectsKnown: of('known'), effectsStale: of('stale') },
    repeated: repeated.size,
  }
}
