/**
 * cluster/rates: how much happens in a second, worked out of two looks. Pure.
 */
import type { FiguresSheet } from 'troupe'
import type { RateFigures } from '#observer/contract/api'

/** Nothing happens. */
export const NO_RATES: RateFigures = Object.freeze({
  ...{ sent: 0, handled: 0, dropped: 0, spawned: 0, ended: 0 },
  ...{ messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0 },
  ...{ published: 0, logWarnings: 0, logErrors: 0, cpu: 0 },
})

/** Looks further apart say nothing of now. */
export const APART_MAX_MS = 120_000

/** Undefined: they are of different lives, or too far from each other, or the clock went back. */
export function ratesOf(before: FiguresSheet, now: FiguresSheet): RateFigures | undefined {
  const spanMs = now.uptimeMs - before.uptimeMs
  if (before.creation !== now.creation || !(spanMs > 0) || spanMs > APART_MAX_MS) return undefined
  const rate = (read: (sheet: FiguresSheet) => number): number =>
    perSecond(read(now) - read(before), spanMs)
  return {
    sent: rate(({ sent }) => sent),
    handled: rate(({ handled }) => handled),
    dropped: rate(droppedOf),
    spawned: rate(({ spawned }) => spawned),
    ended: rate(({ ended }) => ended),
    messagesIn: rate(({ network }) => network.messagesIn),
    messagesOut: rate(({ network }) => network.messagesOut),
    bytesIn: rate(({ network }) => network.bytesIn),
    bytesOut: rate(({ network }) => network.bytesOut),
    published: rate(({ published }) => published),
    logWarnings: rate(({ logCounts }) => logCounts.warning),
    logErrors: rate(({ logCounts }) => logCounts.error),
    cpu: rate(({ cpuUserMs, cpuSystemMs }) => cpuUserMs + cpuSystemMs) / 1_000,
  }
}

/** A counter that went back has begun anew. */
export const perSecond = (difference: number, spanMs: number): number =>
  spanMs > 0 && difference > 0 ? (difference * 1_000) / spanMs : 0

export const droppedOf = ({ dropped }: FiguresSheet): number =>
  Object.values(dropped).reduce((sum, count) => sum + count, 0)

export function sumOf(all: readonly RateFigures[]): RateFigures {
  const sum: Record<string, number> = { ...NO_RATES }
  for (const rates of all) {
    for (const [name, value] of Object.entries(rates)) sum[name] = (sum[name] ?? 0) + value
  }
  return sum as unknown as RateFigures
}
