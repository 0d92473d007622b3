/**
 * page/model/log-storm: what a page shows of a log that writes more than anybody can read.
 *
 * Above `stormAbove` records in a second the lines stop and their counts are shown, by level and
 * by who speaks; below `calmBelow` for `CALM_MS` they go on. A storm costs the page no more than
 * the counts: `SOURCES_MAX` sources, and one number for all others.
 */
import type { LogLevel } from 'troupe'

/** What the guard counts of a record; records without a level or a source are counted as well. */
export interface Stormy {
  readonly level?: LogLevel
  readonly source?: {
    readonly kind: string
    readonly pid: string | undefined
    readonly name: string | undefined
    readonly behaviour: string | undefined
    readonly application: string | undefined
  }
}

export const STORM_ABOVE = 50
export const CALM_BELOW = 20
const CALM_MS = 3_000
const SPAN_MS = 1_000
const SOURCES_MAX = 20

export interface StormCounts {
  readonly byLevel: Readonly<Partial<Record<LogLevel, number>>>
  readonly bySource: Readonly<Record<string, number>>
  /** Left out on their way: nobody knows of what level, and from whom. */
  readonly leftOut: number
  /** With those that were left out. */
  readonly total: number
}

export interface Storm {
  readonly raging: boolean
  readonly sinceMs: number
  /** Records in the last second, those left out on their way included. */
  readonly perSecond: number
  /** Since the storm began. */
  readonly counts: StormCounts
  /** When the last second began, what came in it, and since when it is calm. */
  readonly spanFromMs: number
  readonly inSpan: number
  readonly calmFromMs: number
}

const NO_COUNTS: StormCounts = Object.freeze({
  byLevel: {},
  bySource: {},
  leftOut: 0,
  total: 0,
})

export const NO_STORM: Storm = Object.freeze({
  raging: false,
  sinceMs: 0,
  perSecond: 0,
  counts: NO_COUNTS,
  spanFromMs: 0,
  inSpan: 0,
  calmFromMs: 0,
})

/** What stands for the source of a record in the counts. */
export function sourceName({ source }: Stormy): string {
  if (source === undefined) return 'unnamed'
  return source.name ?? source.behaviour ?? source.application ?? source.pid ?? source.kind
}

/** The guard after some records have come, or none: ask it every second. */
export function afterRecords(
  storm: Storm,
  records: readonly Stormy[],
  { leftOut, timeMs }: { readonly leftOut: number; readonly timeMs: number },
): Storm {
  const came = records.length + leftOut
  const spanOver = timeMs - storm.spanFromMs >= SPAN_MS
  const inSpan = spanOver ? came : storm.inSpan + came
  const finished = spanOver
    ? Math.round((storm.inSpan * SPAN_MS) / Math.max(SPAN_MS, timeMs - storm.spanFromMs))
    : storm.perSecond
  const perSecond = Math.max(finished, inSpan)
  const counted = {
    ...storm,
    perSecond: spanOver ? Math.max(finished, came) : perSecond,
    inSpan,
    spanFromMs: spanOver ? timeMs : storm.spanFromMs,
  }
  return weathered(counted, records, { leftOut, timeMs })
}

function weathered(
  storm: Storm,
  records: readonly Stormy[],
  { leftOut, timeMs }: { readonly leftOut: number; readonly timeMs: number },
): Storm {
  if (!storm.raging) {
    if (storm.perSecond <= STORM_ABOVE) return storm
    const counts = counted(NO_COUNTS, records, leftOut)
    return { ...storm, raging: true, sinceMs: timeMs, calmFromMs: timeMs, counts }
  }
  const calmFromMs = storm.perSecond >= CALM_BELOW ? timeMs : storm.calmFromMs
  if (timeMs - calmFromMs >= CALM_MS) return { ...storm, raging: false, counts: NO_COUNTS }
  return { ...storm, calmFromMs, counts: counted(storm.counts, records, leftOut) }
}

function counted(counts: StormCounts, records: readonly Stormy[], leftOut: number): StormCounts {
  const byLevel: Partial<Record<LogLevel, number>> = { ...counts.byLevel }
  const bySource = new Map(Object.entries(counts.bySource))
  for (const record of records) {
    const { level } = record
    if (level !== undefined) byLevel[level] = (byLevel[level] ?? 0) + 1
    const source = sourceName(record)
    const key = bySource.has(source) || bySource.size < SOURCES_MAX ? source : 'others'
    bySource.set(key, (bySource.get(key) ?? 0) + 1)
  }
  return {
    byLevel,
    bySource: Object.fromEntries(bySource),
    leftOut: counts.leftOut + leftOut,
    total: counts.total + records.length + leftOut,
  }
}
