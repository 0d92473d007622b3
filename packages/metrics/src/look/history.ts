/**
 * look/history: the last hour of the series of a node, kept while nobody looks.
 *
 * What is counted is kept as so much a second, what is observed as its mean and two quantiles of
 * each step: so a counter that begins anew makes no peak. A point that was not taken in its time is
 * a gap. A series that is gone keeps its place until another one needs it.
 *
 * Limits: `POINTS_MAX` points of up to four lines of `seriesMax` series, 5,776 bytes each; a series
 * whose labels are longer than `KEY_CHARS_MAX` together has none.
 */
import type { MetricLine, MetricType } from 'troupe'
import { QUICK_ITEMS, type Work } from '#metrics/gather/slices'
import { quantileOf } from './quantiles.js'
import type { MetricReading, SeriesReading } from './readings.js'

/** Shortest time between two points, in milliseconds. */
export const STEP_MS_MIN = 10_000
/** An hour of the shortest steps. */
export const POINTS_MAX = 360
/** The first point comes soon, so that the second one can tell what grew. */
const FIRST_MS = 1_000
/** One place more than there are points: that of the point that is being put. */
const PLACES = POINTS_MAX + 1
const KEY_CHARS_MAX = 1_000
const MS_PER_SECOND = 1_000

/** How it is kept. */
export interface HistoryRules {
  readonly startMs: number
  readonly stepMs: number
  readonly seriesMax: number
}

/** Which part of it. */
export interface LinesPart {
  readonly lastMs: number
  readonly points: number
}

/** Lines as they are told: the oldest point first, null where nothing is known. */
export type Lines = Readonly<Partial<Record<MetricLine, readonly (number | null)[]>>>

interface Kept {
  readonly lines: ReadonlyMap<MetricLine, Float32Array>
  /** Of a metric of the program. */
  readonly own: boolean
  before: At
  seenAt: number
}

/** Places, and groups of so many of them, of which each is a point that is told. */
interface Span {
  readonly upTo: number
  readonly oldest: number
  readonly each: number
  readonly firstGroup: number
  readonly lastGroup: number
}

const LINES: Readonly<Record<MetricType, readonly MetricLine[]>> = Object.freeze({
  counter: ['perSecond'],
  gauge: ['value'],
  histogram: ['perSecond', 'mean', 'p50', 'p99'],
  summary: ['perSecond', 'mean', 'p50', 'p99'],
})

/** What tells a series from all others. */
export const keyIn = ({ type, name }: MetricReading, { key }: SeriesReading): string =>
  `${type} ${name} ${key}`

export class SeriesHistory {
  readonly #rules: HistoryRules
  readonly #kept = new Map<string, Kept>()
  /** Places of the first and of the newest point; -1 before it. */
  #first = -1
  #last = -1
  /** Place of the newest point that is whole. */
  #whole = -1
  #lastMs = 0
  /** Who gives its place to a new series, the first to go last: found once for each point. */
  #spare: { readonly gone: string[]; readonly lesser: string[] } | undefined
  /** Series of the last point for which there was no room. */
  leftOut = 0

  constructor(rules: HistoryRules) {
    this.#rules = rules
  }

  get stepMs(): number {
    return this.#rules.stepMs
  }

  get kept(): number {
    return this.#kept.size
  }

  /** How long until the next point is to be taken. */
  dueInMs(nowMs: number): number {
    const { startMs, stepMs } = this.#rules
    if (this.#first < 0) return FIRST_MS
    return stepMs - ((nowMs - startMs) % stepMs)
  }

  /** When the last point of a part was, by the clock of the points. */
  lastAtMs(nowMs: number, part: LinesPart): number {
    const { each, lastGroup } = this.#span(nowMs, part)
    return this.#rules.startMs + lastGroup * each * this.#rules.stepMs
  }

  /** Between two points of a part. */
  stepOf(nowMs: number, part: LinesPart): number {
    return this.#span(nowMs, part).each * this.#rules.stepMs
  }

  /** Takes a point of all series; those that come first have room before the others. */
  *put(nowMs: number, metrics: readonly MetricReading[]): Work<void> {
    const place = this.#placeOf(nowMs)
    if (place <= this.#last) return
    const from = Math.max(this.#last + 1, place - PLACES + 1)
    const before = { place: this.#last, atMs: this.#lastMs }
    this.#last = place
    this.#lastMs = nowMs
    if (this.#first < 0) this.#first = place
    this.#spare = undefined
    yield* this.#clear(from, place)
    let [leftOut, at] = [0, 0]
    for (const metric of metrics) {
      for (const reading of metric.series) {
        at += 1
        if (at % QUICK_ITEMS === 0) yield
        if (!this.#putOne({ atMs: nowMs, reading }, metric, before)) leftOut += 1
      }
    }
    this.leftOut = leftOut
    this.#whole = place
  }

  /** Places that hold what was there before an hour. */
  *#clear(from: number, to: number): Work<void> {
    let done = 0
    for (const { lines } of this.#kept.values()) {
      done += 1
      if (done % QUICK_ITEMS === 0) yield
      for (const line of lines.values()) {
        for (let at = from; at <= to; at += 1) line[at % PLACES] = Number.NaN
      }
    }
  }

  /** Lines of one series; undefined: it is not kept. */
  lines(
    key: string,
    nowMs: number,
    part: LinesPart,
    wanted?: ReadonlySet<MetricLine>,
  ): Lines | undefined {
    const kept = this.#kept.get(key)
    if (kept === undefined) return undefined
    const span = this.#span(nowMs, part)
    return Object.fromEntries(
      [...kept.lines]
        .filter(([name]) => wanted?.has(name) !== false)
        .map(([name, line]) => [name, this.#grouped(line, span)]),
    )
  }

  /** False: there is no room for it. */
  #putOne(now: At, metric: MetricReading, before: PointAt): boolean {
    const key = keyIn(metric, now.reading)
    const known = this.#kept.get(key)
    if (known === undefined && !this.#hasRoom(key, metric.own, before.place)) return false
    const kept = known ?? keptOf(metric, bornOf(now, before))
    if (known === undefined) this.#kept.set(key, kept)
    const point = pointOf(metric.type, kept.before, now)
    for (const [name, line] of kept.lines) line[this.#last % PLACES] = point[name] ?? Number.NaN
    kept.before = now
    kept.seenAt = this.#last
    return true
  }

  /** Makes room if it must: of those that are gone, and for the program of those of Troupe. */
  #hasRoom(key: string, own: boolean, before: number): boolean {
    if (key.length > KEY_CHARS_MAX) return false
    if (this.#kept.size < this.#rules.seriesMax) return true
    this.#spare ??= this.#findSpare(before)
    const { gone, lesser } = this.#spare
    const leaving = gone.pop() ?? (own ? lesser.pop() : undefined)
    return leaving !== undefined && this.#kept.delete(leaving)
  }

  /** Those that were not there at the last point either, the longest gone last; those of Troupe. */
  #findSpare(before: number) {
    const kept = [...this.#kept]
    const isGone = ([, { seenAt }]: (typeof kept)[number]): boolean => seenAt < before
    const gone = kept.filter(isGone).sort(([, one], [, other]) => other.seenAt - one.seenAt)
    const lesser = kept.filter((one) => !one[1].own && !isGone(one))
    return { gone: gone.map(([key]) => key), lesser: lesser.map(([key]) => key) }
  }

  #placeOf(nowMs: number): number {
    return Math.floor((nowMs - this.#rules.startMs) / this.#rules.stepMs)
  }

  /** Points that stand for the same steps whenever they are asked for: a line does not shake. */
  #span(nowMs: number, { lastMs, points }: LinesPart): Span {
    const upTo = Math.max(this.#whole, this.#placeOf(nowMs) - 1)
    const slots = Math.min(POINTS_MAX, Math.max(1, Math.ceil(lastMs / this.#rules.stepMs)))
    const oldest = Math.max(0, this.#first, upTo - slots + 1)
    const each = Math.max(1, Math.ceil((upTo - oldest + 1) / Math.max(1, points)))
    const lastGroup = Math.floor(upTo / each)
    const firstGroup = Math.max(Math.floor(oldest / each), lastGroup - points + 1)
    return { upTo, oldest, each, firstGroup, lastGroup }
  }

  /** Each point is the highest of those it stands for. */
  #grouped(line: Float32Array, span: Span): readonly (number | null)[] {
    const { upTo, oldest, each, firstGroup, lastGroup } = span
    const row: (number | null)[] = []
    for (let group = firstGroup; group <= lastGroup && this.#first >= 0; group += 1) {
      let highest: number | null = null
      const to = Math.min(upTo, (group + 1) * each - 1)
      for (let at = Math.max(oldest, group * each); at <= to; at += 1) {
        const value = at > this.#whole ? Number.NaN : (line[at % PLACES] as number)
        if (Number.isFinite(value) && (highest === null || value > highest)) highest = value
      }
      row.push(highest)
    }
    return row
  }
}

/** A point of all series. */
interface PointAt {
  readonly place: number
  readonly atMs: number
}

interface At {
  readonly atMs: number
  readonly reading: SeriesReading
}

function keptOf({ type, own }: MetricReading, now: At): Kept {
  const empty = (): Float32Array => new Float32Array(PLACES).fill(Number.NaN)
  const lines = new Map(LINES[type].map((name) => [name, empty()] as const))
  return { lines, own, before: now, seenAt: -1 }
}

/** A series that was not there at the last point has grown from nothing since. */
function bornOf(now: At, { place, atMs }: PointAt): At {
  if (place < 0) return now
  return { atMs, reading: { ...now.reading, value: 0, sum: 0, ranges: undefined } }
}

type Point = Readonly<Partial<Record<MetricLine, number>>>

/** What is counted begins anew when its program does: then all of it is new. */
const grown = (before: number, now: number): number => (now >= before ? now - before : now)

function pointOf(type: MetricType, before: At, now: At): Point {
  const spanMs = now.atMs - before.atMs
  if (type === 'gauge') return { value: now.reading.value }
  if (spanMs <= 0) return {}
  const more = grown(before.reading.value, now.reading.value)
  const perSecond = (more * MS_PER_SECOND) / spanMs
  return type === 'counter' ? { perSecond } : { perSecond, ...observed(before, now, more) }
}

function observed({ reading: before }: At, { reading: now }: At, more: number): Point {
  if (!(more > 0)) return {}
  const isAnew = now.value < before.value
  // A sum of what may be negative can fall without a new beginning.
  const sum = (now.sum ?? Number.NaN) - (isAnew ? 0 : (before.sum ?? Number.NaN))
  const told = (share: number): number =>
    now.quantiles.find(([one]) => one === share)?.[1] ?? Number.NaN
  const { ranges } = now
  if (ranges === undefined) return { mean: sum / more, p50: told(0.5), p99: told(0.99) }
  const counts = ranges.counts.map((count, at) =>
    isAnew ? count : Math.max(0, count - (before.ranges?.counts[at] ?? 0)),
  )
  const step = { bounds: ranges.bounds, counts }
  return { mean: sum / more, p50: quantileOf(step, 0.5), p99: quantileOf(step, 0.99) }
}
