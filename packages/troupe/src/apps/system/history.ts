/**
 * apps/system/history: the last hour of a node in points, kept while nobody looks: pure.
 *
 * One array for each line. A point that was not taken in its time, because the loop was blocked,
 * is a gap. Limit: `POINTS_MAX` points of 26 lines: 74,880 bytes for each node.
 */
import {
  HISTORY_SERIES,
  type HistoryQuestion,
  type HistorySeries,
  type HistorySheet,
} from '#cluster/remote/figure-sheets'
import { requireOption } from '#contract'
import { readCount, readQuestion } from './reading.js'

/** Between two points, in milliseconds. */
export const HISTORY_STEP_MS = 5_000
/** An hour. */
export const POINTS_MAX = 720

/** The values of one moment. */
export type HistoryPoint = Readonly<Record<HistorySeries, number>>

/** Which part of it, with nothing left open. */
export interface HistoryPart {
  readonly series: readonly HistorySeries[]
  readonly slots: number
  readonly points: number
}

/** What it tells of that part; see `HistorySheet`. */
export interface HistoryLines {
  /** Between two points, and how long ago the last one began, by the clock of the points. */
  readonly stepMs: number
  readonly lastFromMs: number
  readonly series: HistorySheet['series']
}

export class History {
  readonly #lines: ReadonlyMap<HistorySeries, Float32Array>
  readonly #startMs: number
  /** The places of the first and of the newest point; -1 before it. */
  #first = -1
  #last = -1

  /** `startMs`: the first point is of this moment, by a clock that does not go back. */
  constructor(startMs: number) {
    this.#startMs = startMs
    const empty = (): Float32Array => new Float32Array(POINTS_MAX).fill(Number.NaN)
    this.#lines = new Map(HISTORY_SERIES.map((name) => [name, empty()] as const))
  }

  /** How long until the next point is to be taken. */
  dueInMs(nowMs: number): number {
    return HISTORY_STEP_MS - ((nowMs - this.#startMs) % HISTORY_STEP_MS)
  }

  /** False: its time has not come, as when a timer is early. */
  isDue(nowMs: number): boolean {
    return this.#placeOf(nowMs) > Math.max(this.#last, 0)
  }

  /** Takes a point; what was not taken since the one before is a gap. */
  put(nowMs: number, point: HistoryPoint): void {
    const place = this.#placeOf(nowMs)
    if (place <= this.#last) return
    const from = Math.max(this.#last + 1, place - POINTS_MAX)
    for (const [name, line] of this.#lines) {
      for (let gap = from; gap < place && this.#first >= 0; gap += 1) {
        line[gap % POINTS_MAX] = Number.NaN
      }
      line[place % POINTS_MAX] = point[name]
    }
    if (this.#first < 0) this.#first = place
    this.#last = place
  }

  /**
   * The points up to now, each the highest of those it stands for. They stand for the same ones
   * whenever they are asked for, so that a line does not shake while it goes on.
   */
  read(nowMs: number, { series, slots, points }: HistoryPart): HistoryLines {
    // The running step may have no point yet; an earlier one without is a gap.
    const upTo = Math.max(this.#last, this.#placeOf(nowMs) - 1)
    const oldest = Math.max(this.#first, upTo - Math.min(slots, POINTS_MAX) + 1)
    const each = Math.max(1, Math.ceil((upTo - oldest + 1) / points))
    const lastGroup = Math.floor(upTo / each)
    const firstGroup = Math.max(Math.floor(oldest / each), lastGroup - points + 1)
    const told: Partial<Record<HistorySeries, readonly (number | null)[]>> = {}
    for (const name of series) {
      const line = this.#lines.get(name) as Float32Array
      const row: (number | null)[] = []
      for (let group = firstGroup; group <= lastGroup && this.#first >= 0; group += 1) {
        const from = Math.max(oldest, group * each)
        row.push(this.#highest(line, from, Math.min(upTo, (group + 1) * each - 1)))
      }
      told[name] = row
    }
    const lastFromMs = this.#startMs + lastGroup * each * HISTORY_STEP_MS
    return { stepMs: each * HISTORY_STEP_MS, lastFromMs, series: told }
  }

  #placeOf(nowMs: number): number {
    return Math.floor((nowMs - this.#startMs) / HISTORY_STEP_MS)
  }

  #highest(line: Float32Array, from: number, to: number): number | null {
    let highest: number | null = null
    for (let place = from; place <= to; place += 1) {
      const value = place > this.#last ? Number.NaN : (line[place % POINTS_MAX] as number)
      if (!Number.isNaN(value) && (highest === null || value > highest)) highest = value
    }
    return highest
  }
}

const KNOWN: Readonly<Record<keyof HistoryQuestion, true>> = {
  series: true,
  lastMs: true,
  points: true,
}

/** OPTION_INVALID for what cannot be asked. */
export function readHistory(given: unknown): HistoryPart {
  const asked = readQuestion<HistoryQuestion>('history', given, KNOWN)
  const most = POINTS_MAX * HISTORY_STEP_MS
  const lastMs = readCount('lastMs', asked.lastMs, { least: 1, most, otherwise: most })
  const points = { least: 1, most: POINTS_MAX, otherwise: POINTS_MAX }
  return {
    series: readSeries(asked.series),
    slots: Math.ceil(lastMs / HISTORY_STEP_MS),
    points: readCount('points', asked.points, points),
  }
}

function readSeries(given: unknown): readonly HistorySeries[] {
  if (given === undefined) return HISTORY_SERIES
  const isList = Array.isArray(given) && given.length <= HISTORY_SERIES.length
  const isKnown = isList && given.every((name) => HISTORY_SERIES.includes(name as HistorySeries))
  const problem = `give a list of names out of ${HISTORY_SERIES.join(', ')}`
  requireOption(isKnown, 'series', typeof given, problem)
  return [...new Set(given as readonly HistorySeries[])]
}
