/**
 * apps/system/process-insight: what is behind one process, as it is told to others.
 *
 * Names and reasons may be anything a program or another node has made up: they are cut, and
 * printed as one line.
 */
import type { CallSheet, ExitSheet, ProcessInsight, RateSheet, TimerSheet } from '#cluster'
import {
  type Address,
  type CallFact,
  type ChildEnd,
  formatTarget,
  type NodeInspection,
  type Pid,
  printable,
  type RateFact,
  type TimerFact,
  TroupeError,
} from '#contract'
import { NAME_CHARS_MAX } from './limits.js'
import { addressOf, maybeAddress } from './row.js'

/** Timers, calls and what else is told of one process, of each kind. */
const FACTS_MAX = 50
const MS_PER_SECOND = 1_000

const nameOf = (text: string): string => printable(text, NAME_CHARS_MAX)

/** PROCESS_UNKNOWN when it has ended. */
export function processInsight(pid: Pid, inspection: NodeInspection): ProcessInsight {
  const facts = inspection.facts(pid, { limit: FACTS_MAX, watch: true })
  if (facts === undefined) {
    throw new TroupeError('PROCESS_UNKNOWN', { to: formatTarget(addressOf(pid)) })
  }
  const { watchedForMs, utilisation, callsUnread, childWaits, initMs, priority } = facts
  const [oldest] = facts.handling
  return {
    pid: addressOf(pid),
    timers: facts.timers.map(timerSheet),
    calls: facts.calls.map(callSheet),
    owes: facts.owes.map(callSheet),
    sends: facts.sends.map(({ to, message, waitedMs }) => {
      return { to: printedAddress(to), message: nameOf(message), waitedMs }
    }),
    callsUnread,
    rates: facts.rates.map((rate) => rateSheet(rate, watchedForMs)),
    watchedForMs,
    exits: facts.exits.map(exitSheet),
    childExits: facts.childExits.map(exitSheet),
    childWaits: childWaits.map((wait) => ({
      ...wait,
      child: nameOf(wait.child),
      pid: maybeAddress(wait.pid),
    })),
    ...{ utilisation, initMs, priority },
    handling:
      oldest === undefined
        ? undefined
        : { message: nameOf(oldest.message), sinceMs: oldest.sinceMs },
    handlers: facts.handling.length,
  }
}

const timerSheet = ({ kind, what, to, leftMs, everyMs }: TimerFact): TimerSheet => ({
  ...{ kind, leftMs, everyMs },
  what: nameOf(what),
  to: to === undefined ? undefined : printedAddress(to),
})

export const callSheet = (call: CallFact): CallSheet => ({
  from: maybeAddress(call.from),
  to: printedAddress(call.to),
  toPid: maybeAddress(call.holder),
  request: nameOf(call.request),
  waitedMs: call.waitedMs,
  leftMs: call.leftMs,
})

/** An address as one line; it may be a hostile object. */
export function printedAddress(to: Address): string {
  try {
    return nameOf(formatTarget(to))
  } catch {
    return '(an address that cannot be printed)'
  }
}

function rateSheet(rate: RateFact, watchedForMs: number): RateSheet {
  const { message, count, totalMs, maxMs, failed } = rate
  return {
    message: nameOf(message),
    count,
    perSecond: watchedForMs <= 0 ? 0 : (count * MS_PER_SECOND) / watchedForMs,
    meanMs: count === 0 ? 0 : totalMs / count,
    maxMs,
    failed,
  }
}

const exitSheet = (end: ChildEnd): ExitSheet => ({
  ...end,
  pid: maybeAddress(end.pid),
  child: nameOf(end.child),
})
