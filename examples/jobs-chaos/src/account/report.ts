/**
 * account/report: a verdict in lines for people.
 */
import { BREACHES, type Breach, type BreachKind } from './breach.js'
import type { FaultFact } from './facts.js'
import type { Account, Verdict } from './judge.js'
import type { Scene } from './scene-judge.js'

/** What a run has to show so that its verdict says something. */
export interface Demand {
  readonly faultsMin: number
  readonly inFlightMin: number
}

/** Of each kind so many breaches are told one by one. */
const EXAMPLES = 5

const number = (value: number): string => value.toLocaleString('en-US')

/** Where the jobs are, in one line that closes. */
export function accountLine(account: Account): string {
  const { submitted, done, parked, failed, deleted, pending, lost } = account
  const parts = [
    `${number(done)} done`,
    `${number(parked)} parked`,
    `${number(failed)} failed`,
    `${number(deleted)} deleted`,
    `${number(pending)} pending`,
    ...(lost === 0 ? [] : [`${number(lost)} LOST`]),
  ]
  return `${number(submitted)} submitted = ${parts.join(' + ')}`
}

/** Whether the sum of all ends is what was submitted, and none is lost. */
export const closes = (account: Account): boolean =>
  account.lost === 0 &&
  account.submitted ===
    account.done + account.parked + account.failed + account.deleted + account.pending

/** What the run lacks to prove anything; empty: nothing. */
export function shortcomings(faults: readonly FaultFact[], demand: Demand): readonly string[] {
  const { faultsMin, inFlightMin } = demand
  const thin = faults.filter(({ inFlight, isUnfed }) => inFlight < inFlightMin && !isUnfed)
  const few = `${faults.length} faults were made, ${faultsMin} are wanted`
  const idle = `at ${thin.length} faults fewer than ${inFlightMin} jobs were in flight`
  return [...(faults.length < faultsMin ? [few] : []), ...(thin.length > 0 ? [idle] : [])]
}

/** All lines of the report. */
export function reportLines(verdict: Verdict, faults: readonly FaultFact[]): readonly string[] {
  const { account, breaches } = verdict
  const { effectsTaken, effectsKnown, effectsStale, repeated } = account
  return [
    accountLine(account),
    `${number(account.unanswered)} asked for and never acknowledged, of which ` +
      `${number(account.unansweredKnown)} are known`,
    `${number(effectsTaken)} effects taken, ${number(effectsStale)} refused as old, ` +
      `${number(effectsKnown)} told again; ${number(repeated)} jobs took effect more than once`,
    ...faultLines(faults),
    ...breachLines(breaches),
  ]
}

const seconds = (ms: number | undefined): string =>
  ms === undefined ? 'not known' : `${(ms / 1_000).toFixed(1)} s`

/** What a run on an etcd tells beside: who led, and how the loss of a majority was borne. */
export function sceneLines(scene: Scene): readonly string[] {
  const { terms, leaderlessMs, lossMs, losses, probes, slowestMs } = scene
  return [
    `${number(terms)} terms; longest time in which nobody led: ${seconds(leaderlessMs)}`,
    losses === 0
      ? 'etcd never lost its majority for long'
      : `etcd lost its majority ${losses} times for long: nobody led for ${seconds(lossMs)} at ` +
        `most, ${number(probes)} questions meanwhile, slowest answer ${seconds(slowestMs)}`,
  ]
}

function faultLines(faults: readonly FaultFact[]): readonly string[] {
  if (faults.length === 0) return ['no faults were made']
  const kinds = new Map<string, number>()
  for (const { fault } of faults) kinds.set(fault, (kinds.get(fault) ?? 0) + 1)
  const list = [...kinds].sort(([left], [right]) => (left < right ? -1 : 1))
  const least = Math.min(...faults.map(({ inFlight }) => inFlight))
  const sum = faults.reduce((total, { inFlight }) => total + inFlight, 0)
  const names = list.map(([fault, count]) => `${count} ${fault}`).join(', ')
  return [
    `${faults.length} faults: ${names}`,
    `in flight at each: at least ${least}, on average ${Math.round(sum / faults.length)}`,
  ]
}

function breachLines(breaches: readonly Breach[]): readonly string[] {
  if (breaches.length === 0) return ['no breach']
  const kinds = Object.keys(BREACHES) as BreachKind[]
  return kinds.flatMap((kind) => {
    const found = breaches.filter((breach) => breach.kind === kind)
    if (found.length === 0) return []
    const more = found.length - EXAMPLES
    return [
      `BREACH ${kind} x ${found.length}: ${BREACHES[kind]}`,
      ...found.slice(0, EXAMPLES).map(({ job, detail }) => `  ${job}: ${detail}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
    ]
  })
}
