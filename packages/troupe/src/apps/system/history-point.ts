/**
 * apps/system/history-point: one point of the history, out of what a node counts: pure.
 */
import type { FiguresSheet, SpreadSheet } from '#cluster/remote/figure-sheets'
import type { HistoryPoint } from './history.js'
import type { ProgramStretch } from './program-sheet.js'

/** What happened between the point before and this one. */
export function historyPoint(
  before: FiguresSheet,
  now: FiguresSheet,
  stretch: ProgramStretch,
): HistoryPoint {
  const tookMs = Math.max(1, now.uptimeMs - before.uptimeMs)
  const rate = (of: (sheet: FiguresSheet) => number): number =>
    // A network that was started anew counts from 0 again.
    (Math.max(0, of(now) - of(before)) * 1_000) / tookMs
  return {
    processes: now.processes,
    zombies: now.zombies,
    spawnedPerSecond: rate(({ spawned }) => spawned),
    endedPerSecond: rate(({ ended }) => ended),
    handledPerSecond: rate(({ handled }) => handled),
    sentPerSecond: rate(({ sent }) => sent),
    waiting: now.waiting,
    handling: now.handling,
    droppedPerSecond: rate(({ dropped }) => sumOf(dropped)),
    runQueue: now.scheduler.runQueue,
    waitP99Ms: p99(before.scheduler.waitMs, now.scheduler.waitMs),
    turnP99Ms: p99(before.scheduler.turnMs, now.scheduler.turnMs),
    loopDelayMs: stretch.loopDelayMaxMs,
    utilisation: stretch.utilisation,
    cpuShare: rate(({ cpuUserMs, cpuSystemMs }) => cpuUserMs + cpuSystemMs) / 1_000,
    heapUsedBytes: now.memory.heapUsedBytes,
    rssBytes: now.memory.rssBytes,
    externalBytes: now.memory.externalBytes,
    connected: now.network.connected,
    messagesInPerSecond: rate(({ network }) => network.messagesIn),
    messagesOutPerSecond: rate(({ network }) => network.messagesOut),
    bytesInPerSecond: rate(({ network }) => network.bytesIn),
    bytesOutPerSecond: rate(({ network }) => network.bytesOut),
    publishedPerSecond: rate(({ published }) => published),
    logWarningsPerSecond: rate(({ logCounts }) => logCounts.warning),
    logErrorsPerSecond: rate(({ logCounts }) => logCounts.error),
  }
}

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

/** The bound below which 99 of 100 lie of what came since; what lies above all: the highest. */
export function p99(before: SpreadSheet, now: SpreadSheet): number {
  const wanted = (now.count - before.count) * 0.99
  if (wanted <= 0) return 0
  let seen = 0
  for (const [place, boundMs] of now.boundsMs.entries()) {
    seen += (now.counts[place] ?? 0) - (before.counts[place] ?? 0)
    // Of few the highest may lie below the bound.
    if (seen >= wanted) return Math.min(boundMs, now.maxMs)
  }
  return now.maxMs
}
