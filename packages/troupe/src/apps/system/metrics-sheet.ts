/**
 * apps/system/metrics-sheet: what is measured on this node, as the process that keeps it tells.
 *
 * That process has a name and a protocol, so that nothing has to be kept of it here: it is looked
 * up each time. It belongs to the program, which may block it or give its name to another one.
 */
import {
  METRICS_PROCESS,
  METRICS_PROTOCOL,
  type MetricsQuestion,
  type MetricsSheet,
  type MetricsTold,
  type MetricsWish,
  type metricsSource,
} from '#cluster/remote/metric-sheets'
import type { NodeInspection, Pid, ProcessContext } from '#contract'
import { readCount, readLimit, readQuestion, readText } from './reading.js'
import { addressOf } from './row.js'

const KNOWN: Readonly<Record<keyof MetricsQuestion, true>> = Object.freeze({
  search: true,
  group: true,
  name: true,
  limit: true,
  series: true,
  lastMs: true,
  points: true,
})

const HOUR_MS = 3_600_000
const SERIES = { least: 0, most: 100, otherwise: 5 }
const POINTS = { least: 0, most: 360, otherwise: 60 }
/** Below the four seconds after which an Observer gives up. */
const ANSWER = { timeoutMs: 3_000 }

type Source = Pid<typeof metricsSource>

const NOTHING: MetricsTold = Object.freeze({
  ...{ readMs: 0, groups: [], groupsTotal: 0, metrics: [], metricsTotal: 0 },
  ...{ seriesTotal: 0, unread: 0 },
  history: Object.freeze({ stepMs: 0, untilMs: 0, kept: 0, leftOut: 0 }),
})

/** OPTION_INVALID for what cannot be asked. */
export async function metricsSheet(
  given: unknown,
  context: ProcessContext,
  inspection: NodeInspection,
): Promise<MetricsSheet> {
  const wish = readMetrics(given)
  const { node, clock } = inspection
  const source = sourceOf(inspection)
  const about = { node: node.name, timeMs: clock.wallMs() }
  if (source === undefined) return { ...NOTHING, ...about, state: 'none' }
  try {
    const told = await context.call(source, 'metricsSheet', wish, ANSWER)
    return { ...told, ...about, timeMs: clock.wallMs(), state: 'kept' }
  } catch {
    // It is blocked, or has ended meanwhile; what it does is for its own log.
    return { ...NOTHING, ...about, timeMs: clock.wallMs(), state: 'silent' }
  }
}

/** Undefined: nobody has the name, or something else has. */
function sourceOf(inspection: NodeInspection): Source | undefined {
  const pid = inspection.node.whereis(METRICS_PROCESS)
  const glance = pid && inspection.glance(pid)
  return glance?.protocol === METRICS_PROTOCOL ? (addressOf(glance.pid) as Source) : undefined
}

function readMetrics(given: unknown): MetricsWish {
  const asked = readQuestion<MetricsQuestion>('metrics', given, KNOWN)
  return {
    search: readText('search', asked.search),
    group: readText('group', asked.group),
    name: readText('name', asked.name),
    limit: readLimit(asked.limit),
    series: readCount('series', asked.series, SERIES),
    lastMs: readCount('lastMs', asked.lastMs, { least: 1, most: HOUR_MS, otherwise: HOUR_MS }),
    points: readCount('points', asked.points, POINTS),
  }
}
