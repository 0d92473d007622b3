/**
 * page/base/rates: what happens in a second, worked out of two looks at counters. Pure.
 */
import type { FiguresSheet } from 'troupe'
import type { RateFigures } from '#observer/contract/api'

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, each) => total + each, 0)

type Counters = { readonly [Name in keyof RateFigures]: number }

const countersOf = (sheet: FiguresSheet): Counters => ({
  sent: sheet.sent,
  handled: sheet.handled,
  dropped: sum(sheet.dropped),
  spawned: sheet.spawned,
  ended: sheet.ended,
  messagesIn: sheet.network.messagesIn,
  messagesOut: sheet.network.messagesOut,
  bytesIn: sheet.network.bytesIn,
  bytesOut: sheet.network.bytesOut,
  published: sheet.published,
  logWarnings: sheet.logCounts.warning,
  logErrors: sheet.logCounts.error,
  cpu: (sheet.cpuUserMs + sheet.cpuSystemMs) / 1_000,
})

/** Rates between two sheets; undefined for another life of the node, or no time between. */
export function ratesBetween(before: FiguresSheet, later: FiguresSheet): RateFigures | undefined {
  const seconds = (later.timeMs - before.timeMs) / 1_000
  if (seconds <= 0 || before.creation !== later.creation) return undefined
  const [old, fresh] = [countersOf(before), countersOf(later)]
  const names = Object.keys(fresh) as (keyof RateFigures)[]
  const rates = names.map((name) => [name, Math.max(0, fresh[name] - old[name]) / seconds])
  return Object.fromEntries(rates) as unknown as RateFigures
}
