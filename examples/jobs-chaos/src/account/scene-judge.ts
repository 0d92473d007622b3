/**
 * account/scene-judge: what a run on an etcd breaks beside its jobs: who led, and how coordinators
 * bore that etcd had no majority.
 *
 * Pure. A term has one leader, whatever the clocks say; and whoever has been told of a newer term
 * is not told afterwards, to a question asked later, that an older one leads. Of questions only
 * those count during which nothing else was done to whom they were asked of.
 */
import type { Breach } from './breach.js'
import type { ClientFact, SceneFact } from './facts.js'

/** The longest that an answer of a coordinator may take: its own deadline, and some for a busy
 * machine. Milliseconds. */
export const ANSWER_MAX_MS = 15_000

type Led = SceneFact & { readonly kind: 'led' }
type Probed = SceneFact & { readonly kind: 'probed' }

/** Breaches that are of no single job. */
export function judgeScene(facts: readonly ClientFact[]): readonly Breach[] {
  const led = facts.filter((fact): fact is Led => fact.kind === 'led')
  const probed = facts.filter((fact): fact is Probed => fact.kind === 'probed')
  return [...judgeLeads(led), ...probed.flatMap(judgeProbe)]
}

function judgeLeads(led: readonly Led[]): readonly Breach[] {
  const leaders = new Map<number, string>()
  return led.flatMap(({ leader, term, since, url }) => {
    const first = leaders.get(term) ?? leader
    leaders.set(term, first)
    const job = `term ${term}`
    const two = `${first} and ${leader}`
    const old = `${leader} at ${url}, after term ${since}`
    return [
      ...(first === leader ? [] : [{ kind: 'two-leaders', job, detail: two } as const]),
      ...(term >= since ? [] : [{ kind: 'older-lead', job, detail: old } as const]),
    ]
  })
}

function judgeProbe(probe: Probed): readonly Breach[] {
  const { url, question, status, code, tookMs, isDisturbed } = probe
  if (isDisturbed) return []
  const seconds = `${(tookMs / 1_000).toFixed(1)} s`
  if (status === 0 || tookMs > ANSWER_MAX_MS) {
    return [{ kind: 'hung', job: url, detail: `${question}: ${status} after ${seconds}` }]
  }
  // What is to be taken back was never asked for: that it is unknown is a right answer.
  const isUnknown = status === 404 && question === 'remove'
  if (status < 300 || ((status === 503 || isUnknown) && code !== '')) return []
  return [{ kind: 'uncoded', job: url, detail: `${question}: ${status} ${code}`.trim() }]
}

/** Figures of a run, milliseconds; undefined: nothing was heard that tells. */
export interface Scene {
  /** Distinct terms that were told. */
  readonly terms: number
  /** Longest time in which nobody was told as leader; with power, and etcd with its majority. */
  readonly leaderlessMs: number | undefined
  /** And with a loss of the majority in it. */
  readonly lossMs: number | undefined
  readonly losses: number
  readonly probes: number
  /** The slowest answer among them. */
  readonly slowestMs: number
}

/** Figures from the same facts; they decide nothing. */
export function sceneOf(facts: readonly ClientFact[]): Scene {
  let beforeAt: number | undefined
  let isLoss = false
  const gaps = { calm: 0, loss: 0 }
  for (const fact of facts) {
    if (fact.kind === 'quorum') isLoss = true
    if (fact.kind === 'quorum' && fact.is === 'cut') beforeAt = undefined
    if (fact.kind !== 'led') continue
    const gapMs = beforeAt === undefined ? 0 : fact.at - beforeAt
    const which = isLoss ? 'loss' : 'calm'
    gaps[which] = Math.max(gaps[which], gapMs)
    beforeAt = fact.at
    isLoss = false
  }
  const probed = facts.filter((fact): fact is Probed => fact.kind === 'probed')
  const led = facts.filter((fact): fact is Led => fact.kind === 'led')
  const losses = facts.filter((fact) => fact.kind === 'quorum' && fact.is === 'lost').length
  return {
    terms: new Set(led.map(({ term }) => term)).size,
    leaderlessMs: led.length > 1 ? gaps.calm : undefined,
    lossMs: losses > 0 && led.length > 1 ? gaps.loss : undefined,
    ...{ losses, probes: probed.length },
    slowestMs: Math.max(0, ...probed.map(({ tookMs }) => tookMs)),
  }
}
