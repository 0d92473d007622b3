/**
 * cluster/membership/entry: what the table of members keeps of one node beside its state.
 */
import type { DetectorFinding, MemberInfo, MemberState } from '#contract'
import { isMet, type Member, type MemberStep } from './member.js'

/** One row of the table. Times are milliseconds since 1970 unless said otherwise. */
export interface Entry {
  member: Member
  sinceMs: number
  readonly knownSinceMs: number
  /** Clock readings: when it came into its state, and when another life was said to be there. */
  sinceNowMs: number
  saidNowMs: number
  answeredMs: number
  roundTripMs: number
  loopDelayMs: number
  hidden: boolean
  /** Why it was not reached. */
  problem: string
  unwatch: () => void
}

export const newEntry = (member: Member, wallMs: number, nowMs: number): Entry => ({
  ...{ member, sinceMs: wallMs, knownSinceMs: wallMs, sinceNowMs: nowMs, saidNowMs: nowMs },
  ...{ answeredMs: 0, roundTripMs: -1, loopDelayMs: 0, hidden: false, problem: '' },
  unwatch: () => {},
})

/** Takes a step of the machine. */
export function moveOn(entry: Entry, step: MemberStep, wallMs: number, nowMs: number): void {
  if (step.member.saidCreation !== entry.member.saidCreation) entry.saidNowMs = nowMs
  entry.member = step.member
  if (step.changes.length === 0) return
  entry.sinceMs = wallMs
  entry.sinceNowMs = nowMs
  if (isMet(step.member)) entry.problem = ''
}

/** Figures that findings bring. */
export function measure(entry: Entry, finding: DetectorFinding): void {
  if (finding.kind === 'connected') {
    entry.answeredMs = 0
    entry.roundTripMs = -1
    entry.loopDelayMs = 0
  } else if (finding.kind === 'responding') {
    entry.answeredMs = finding.answeredMs
    entry.roundTripMs = finding.roundTripMs
    entry.loopDelayMs = finding.loopDelayMs
  } else if (finding.kind === 'unresponsive') entry.loopDelayMs = finding.loopDelayMs
}

/** What programs see of it; undefined: it is no member. */
export function infoOf(entry: Entry): MemberInfo | undefined {
  const { member, sinceMs, knownSinceMs, answeredMs, roundTripMs, loopDelayMs, hidden } = entry
  const { node, creation, state, reason, leaving } = member
  if (state === undefined) return undefined
  const told = entry.problem === '' ? reason : `${reason}; not reached: ${entry.problem}`
  return Object.freeze({
    ...{ node, creation, state: state satisfies MemberState, sinceMs, knownSinceMs, answeredMs },
    ...{ reason: told, leaving, hidden, roundTripMs, loopDelayMs },
  })
}
