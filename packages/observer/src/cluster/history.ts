/**
 * cluster/history: the history of many nodes on one axis of time. Pure.
 *
 * Each point is the highest of those of its node that fall upon it, as within one node. The axis is
 * no longer and no coarser than was asked for, whatever one node answers: a point that stands for
 * more time stands at each place of that time. Nodes take their points at different times: the axis
 * ends, and begins, where all of them have one, so that no sum is of those alone who were first.
 */
import { HISTORY_SERIES, type HistorySeries, type HistorySheet } from 'troupe'
import type { ClusterHistory } from '#observer/contract/api'

type Points = readonly (number | null)[]
type Lines = Readonly<Partial<Record<HistorySeries, Points>>>

/** What of several nodes cannot be added: times, shares and their extremes. */
const NO_SUMS: ReadonlySet<HistorySeries> = new Set([
  ...(['waitP99Ms', 'turnP99Ms', 'loopDelayMs', 'utilisation'] as const),
])
/** Points of one line. */
const POINTS_MAX = 720

/** A clock that is so far from ours is wrong, and its node would draw the axis of all. */
const APART_MS = 10_000
/** Longest time between two points. */
const STEP_MAX_MS = 3_600_000
/** How far back nodes remember, and the time between two points that they take. */
const KEPT_MS = 3_600_000
const TAKEN_MS = 5_000
/** A point is a step old when the next one is due, and is taken later by a node that is busy. */
const BEHIND_STEPS = 2

/** What nodes were asked for, as it came from the viewer. */
export type HistoryAsked = Readonly<Record<string, unknown>>

/** `nowMs` is our own wall clock. */
export function clusterHistory(
  given: readonly HistorySheet[],
  missing: readonly string[],
  nowMs: number,
  asked: HistoryAsked = {},
): ClusterHistory {
  const most = longestOf(asked)
  const sheets = given.map((sheet) => aligned(sheet, nowMs))
  const coarsestMs = Math.max(1_000, ...sheets.map((sheet) => sheet.stepMs))
  const stepMs = Math.min(most.stepMs, coarsestMs)
  const told = sheets.filter((sheet) => lengthOf(sheet) > 0)
  const untilMs = commonEnd(told, stepMs)
  const longestMs = Math.max(
    0,
    ...told.map((sheet) => untilMs - firstMs(sheet) + Math.min(stepMs, sheet.stepMs)),
  )
  const spanMs = Math.min(most.spanMs + stepMs, longestMs)
  const places = Math.min(POINTS_MAX, Math.ceil(spanMs / stepMs))
  // Where all that was asked for is there, the first places are of those alone who are behind.
  const lacking = told
    .map((sheet) => places - 1 - Math.round((untilMs - firstMs(sheet)) / stepMs))
    .filter((at) => at > 0 && at <= BEHIND_STEPS)
  const isFull = places * stepMs >= most.spanMs
  const count = isFull ? places - Math.max(0, ...lacking) : places
  const nodes: Record<string, Lines> = {}
  for (const sheet of sheets) {
    nodes[sheet.node] = mapped(sheet.series, (points) =>
      placed(points, sheet, { stepMs, untilMs, count }),
    )
  }
  return { stepMs, untilMs, nodes, sum: sumOf(Object.values(nodes), count), missing }
}

/** The longest step and the longest span that a node answers that was asked so. */
function longestOf({ lastMs, points }: HistoryAsked) {
  const spanMs = within(lastMs, KEPT_MS)
  const each = Math.ceil(Math.ceil(spanMs / TAKEN_MS) / within(points, POINTS_MAX))
  return { spanMs, stepMs: each * TAKEN_MS }
}

const within = (value: unknown, most: number): number =>
  typeof value === 'number' && value >= 1 ? Math.min(most, value) : most

/** When the points of a sheet were taken, by the clock of its node. */
export interface Times {
  readonly timeMs: number
  readonly stepMs: number
  readonly untilMs: number
}

/** The sheet on our own clock, with a step that makes sense. */
export function aligned<T extends Times>(sheet: T, nowMs: number): T {
  const stepMs = Math.min(STEP_MAX_MS, Math.max(1, sheet.stepMs))
  const oldMs = Math.min(STEP_MAX_MS, Math.max(0, sheet.timeMs - sheet.untilMs))
  const isApart = Math.abs(sheet.timeMs - nowMs) > APART_MS
  const untilMs = (isApart ? nowMs : sheet.timeMs) - oldMs
  return { ...sheet, stepMs, untilMs }
}

/**
 * The last time at which all have a point. Who is further behind than others are by chance has
 * stopped, and does not hold back the others.
 */
export function commonEnd(times: readonly Pick<Times, 'untilMs'>[], stepMs: number): number {
  const newestMs = times.reduce((most, { untilMs }) => Math.max(most, untilMs), -Infinity)
  if (newestMs === -Infinity) return 0
  const near = times.filter(({ untilMs }) => newestMs - untilMs < BEHIND_STEPS * stepMs)
  return near.reduce((least, { untilMs }) => Math.min(least, untilMs), newestMs)
}

const lengthOf = ({ series }: HistorySheet): number =>
  Math.max(0, ...Object.values(series).map((points) => points.length))

const firstMs = (sheet: HistorySheet): number =>
  sheet.untilMs - (lengthOf(sheet) - 1) * sheet.stepMs

function mapped(lines: Lines, make: (points: Points) => Points): Lines {
  const made: Partial<Record<HistorySeries, Points>> = {}
  for (const name of HISTORY_SERIES) {
    const points = lines[name]
    if (Array.isArray(points)) made[name] = make(points)
  }
  return made
}

/** The axis of time of several nodes. */
export interface Axis {
  readonly stepMs: number
  readonly untilMs: number
  readonly count: number
}

/** Points of a sheet where they fall upon the axis. */
export function placed(points: Points, sheet: Omit<Times, 'timeMs'>, axis: Axis): Points {
  const line: (number | null)[] = Array.from({ length: axis.count }, () => null)
  const places = Math.max(1, Math.round(sheet.stepMs / axis.stepMs))
  for (const [at, value] of points.entries()) {
    const timeMs = sheet.untilMs - (points.length - 1 - at) * sheet.stepMs
    const first = axis.count - 1 - Math.round((axis.untilMs - timeMs) / axis.stepMs)
    const end = Math.min(axis.count, first + places)
    for (let place = Math.max(0, first); value !== null && place < end; place += 1) {
      line[place] = Math.max(line[place] ?? value, value)
    }
  }
  return line
}

function sumOf(nodes: readonly Lines[], count: number): Lines {
  const sum: Partial<Record<HistorySeries, Points>> = {}
  for (const name of HISTORY_SERIES) {
    const lines = nodes.map((one) => one[name]).filter((line) => line !== undefined)
    if (NO_SUMS.has(name) || lines.length === 0) continue
    sum[name] = Array.from({ length: count }, (_, at) => added(lines.map((line) => line[at])))
  }
  return sum
}

/** The sum of what is known; null where nothing is. */
export const added = (values: readonly (number | null | undefined)[]): number | null => {
  const told = values.filter((value) => typeof value === 'number')
  return told.length === 0 ? null : told.reduce((sum, value) => sum + value, 0)
}
