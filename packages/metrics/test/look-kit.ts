/**
 * metrics/test/look-kit: families as a page has them, read as a look reads them.
 */
import type { MetricSheet, MetricsWish } from 'troupe'
import { unitOf } from '#metrics/catalog/metric'
import type { Family, FamilyType, Labels, Sample } from '#metrics/exposition/family'
import type { Work } from '#metrics/gather/slices'
import { chosen, inOrder } from '#metrics/look/answer'
import { type LinesPart, SeriesHistory } from '#metrics/look/history'
import { type MetricReading, type ReadingRoom, readingOf } from '#metrics/look/readings'
import { sorted } from '#metrics/look/sorted'

export const STEP_MS = 10_000

export const WISH: MetricsWish = Object.freeze({
  ...{ search: undefined, group: undefined, name: undefined },
  ...{ limit: 50, series: 5, lastMs: 3_600_000, points: 360 },
})

/** All that is kept, one point for each step. */
export const WHOLE: LinesPart = { lastMs: 3_600_000, points: 360 }

export const roomOf = (left = 20_000): ReadingRoom => ({ left, unread: 0 })

export const family = (name: string, type: FamilyType, samples: readonly Sample[]): Family => ({
  ...{ name, help: `Of ${name}.`, type, samples },
})

export const sample = (value: number, labels: Labels = {}, suffix?: string): Sample =>
  suffix === undefined ? { labels, value } : { labels, value, suffix }

/** The lines of one series of a histogram with the bounds 1 and 2. */
export const spread = (
  [one, two, above]: readonly [number, number, number],
  sum: number,
  labels: Labels = {},
): readonly Sample[] => [
  sample(one, { ...labels, le: 1 }, '_bucket'),
  sample(one + two, { ...labels, le: 2 }, '_bucket'),
  sample(one + two + above, { ...labels, le: '+Inf' }, '_bucket'),
  sample(sum, labels, '_sum'),
  sample(one + two + above, labels, '_count'),
]

/** All of a work at once, and how often it could have been interrupted. */
export function drained<T>(work: Work<T>): { readonly value: T; readonly pauses: number } {
  for (let pauses = 0; ; pauses += 1) {
    const step = work.next()
    if (step.done === true) return { value: step.value, pauses }
  }
}

export const readIn = (of: Family, room: ReadingRoom, section?: string): MetricReading => {
  const troupe = section === undefined ? undefined : { section, unit: unitOf(of.name) }
  return drained(readingOf(of, troupe, room)).value
}

export const read = (of: Family, section?: string): MetricReading => readIn(of, roomOf(), section)

/** Puts a point of these. */
export const put = (
  history: SeriesHistory,
  nowMs: number,
  metrics: readonly MetricReading[],
): number => drained(history.put(nowMs, metrics)).pauses

export const historyOf = (seriesMax = 100): SeriesHistory =>
  new SeriesHistory({ startMs: 0, stepMs: STEP_MS, seriesMax })

/** What is told of these, with a history that may be empty. */
export function toldOf(
  given: readonly MetricReading[],
  wish: Partial<MetricsWish> = {},
  { history = historyOf(), nowMs = 0 } = {},
): readonly MetricSheet[] {
  const metrics = drained(sorted(given, inOrder)).value
  return drained(chosen({ metrics, history, nowMs }, { ...WISH, ...wish })).value.metrics
}
