/**
 * look/readings: families as what is shown of them: each series once, with its ranges. Pure.
 *
 * Whatever a program has put into its metrics, a reading is bounded: labels are texts of bounded
 * length and number, and of all metrics so many series are looked at. One that cannot be read costs
 * itself.
 */
import type { MetricType, MetricUnit } from 'troupe'
import { unitOf } from '#metrics/catalog/metric'
import type { Family, Labels, Sample } from '#metrics/exposition/family'
import { cutLabel, LABEL_CHARS_MAX } from '#metrics/exposition/write'
import { QUICK_ITEMS, type Work } from '#metrics/gather/slices'
import type { Ranges } from './quantiles.js'

/** One series as it was read. */
export interface SeriesReading {
  /** What tells it from the others of its metric. */
  readonly key: string
  readonly labels: readonly (readonly [name: string, value: string])[]
  /** Of a gauge its value, of a counter its sum; else how many were observed. */
  readonly value: number
  readonly sum: number | undefined
  readonly ranges: Ranges | undefined
  readonly quantiles: readonly (readonly [share: number, value: number])[]
}

/** One metric as it was read. */
export interface MetricReading {
  readonly name: string
  readonly help: string
  readonly type: MetricType
  readonly unit: MetricUnit | undefined
  readonly group: string
  readonly own: boolean
  readonly series: readonly SeriesReading[]
}

/** How many series are still looked at. */
export interface ReadingRoom {
  left: number
  /** Those beyond it, and those that could not be read. */
  unread: number
}

/** Series of all metrics together. */
export const SERIES_READ_MAX = 20_000
const LABELS_MAX = 16
const NAME_CHARS_MAX = 255
const HELP_CHARS_MAX = 1_000
const GROUP_CHARS_MAX = 100
const RANGES_MAX = 200
/** Of labels that are cut so much tells one series from another. */
const BEYOND_CHARS_MAX = 10_000

/** The first word of a name. */
const groupOf = (name: string): string => {
  const [first = name] = name.split(/[_:]/).filter((word) => word !== '')
  return first.slice(0, GROUP_CHARS_MAX)
}

/** A metric of Troupe: what it is about, and its unit, which its name in Ergo may not tell. */
export interface OfTroupe {
  readonly section: string
  readonly unit: MetricUnit | undefined
}

/** `of` undefined: the program brought it. */
export function* readingOf(
  family: Family,
  of: OfTroupe | undefined,
  room: ReadingRoom,
): Work<MetricReading> {
  const { type, samples } = family
  const name = family.name.slice(0, NAME_CHARS_MAX)
  const group = of === undefined ? groupOf(name) : `troupe ${of.section}`
  const unit = of === undefined ? unitOf(name) : of.unit
  // Whoever puts an object of its own into a registry may leave it out.
  const help = typeof family.help === 'string' ? family.help.slice(0, HELP_CHARS_MAX) : ''
  const isPlain = type === 'counter' || type === 'gauge'
  const series = yield* isPlain ? plain(samples, room) : spread(samples, room)
  return { name, help, type, unit, group, own: of === undefined, series }
}

function* plain(samples: readonly Sample[], room: ReadingRoom): Work<readonly SeriesReading[]> {
  const found = new Map<string, SeriesReading>()
  for (const [at, { labels: given, value }] of samples.entries()) {
    if (at % QUICK_ITEMS === QUICK_ITEMS - 1) yield
    const read = room.left > 0 ? labelsOf(given, undefined) : undefined
    // Two that are alike where they are cut cannot be told apart by anybody.
    if (read === undefined || typeof value !== 'number' || found.has(read.key)) {
      room.unread += 1
      continue
    }
    room.left -= 1
    const { key, labels } = read
    found.set(key, { key, labels, value, sum: undefined, ranges: undefined, quantiles: [] })
  }
  return [...found.values()]
}

/** What is gathered of the lines of one series. */
interface Gathered {
  readonly read: ReadLabels
  count: number
  sum: number
  readonly upTo: [bound: number, count: number][]
  readonly quantiles: [share: number, value: number][]
}

/** A histogram or a summary has several lines for each series. */
function* spread(samples: readonly Sample[], room: ReadingRoom): Work<readonly SeriesReading[]> {
  const found = new Map<string, Gathered>()
  const lost = new Set<string>()
  for (const [at, sample] of samples.entries()) {
    if (at % QUICK_ITEMS === QUICK_ITEMS - 1) yield
    const read = labelsOf(sample.labels, sample.suffix === '_bucket' ? 'le' : 'quantile')
    const whole = read?.whole ?? ''
    const known = found.get(whole)
    const isFull = known === undefined && room.left === 0
    if (read === undefined || isFull || typeof sample.value !== 'number') {
      lost.add(whole)
      continue
    }
    const gathered = known ?? { read, count: 0, sum: 0, upTo: [], quantiles: [] }
    if (known === undefined) {
      found.set(whole, gathered)
      room.left -= 1
    }
    take(gathered, sample)
  }
  room.unread += lost.size
  return yield* told(found, lost, room)
}

/** Each series once; one of which a line could not be read is left out. */
function* told(
  found: ReadonlyMap<string, Gathered>,
  lost: ReadonlySet<string>,
  room: ReadingRoom,
): Work<readonly SeriesReading[]> {
  const series = new Map<string, SeriesReading>()
  let at = 0
  for (const [whole, gathered] of found) {
    at += 1
    if (at % QUICK_ITEMS === 0) yield
    const { key } = gathered.read
    if (lost.has(whole)) continue
    if (series.has(key)) room.unread += 1
    else series.set(key, readOf(key, gathered))
  }
  return [...series.values()]
}

function take(gathered: Gathered, { suffix = '', labels, value }: Sample): void {
  if (suffix === '_sum') gathered.sum = value
  else if (suffix === '_count') gathered.count = value
  else if (suffix === '_bucket') {
    const { le } = labels
    const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)
    const isBound = !Number.isNaN(bound) && gathered.upTo.length < RANGES_MAX
    if (isBound) gathered.upTo.push([bound, value])
  } else {
    const share = Number(labels['quantile'])
    const isShare = share >= 0 && share <= 1 && gathered.quantiles.length < RANGES_MAX
    if (isShare) gathered.quantiles.push([share, value])
  }
}

function readOf(
  key: string,
  { read: { labels }, count, sum, upTo, quantiles }: Gathered,
): SeriesReading {
  const rising = upTo.sort(([one], [other]) => one - other)
  const bounds = rising.map(([bound]) => bound).filter((bound) => Number.isFinite(bound))
  const ends = [...rising.slice(0, bounds.length).map(([, below]) => below), count]
  // What was observed meanwhile may make a line of an earlier moment the higher one.
  const counts = ends.map((below, at) => Math.max(0, below - (ends[at - 1] ?? 0)))
  const ranges = bounds.length === 0 ? undefined : { bounds, counts }
  return { key, labels, value: count, sum, ranges, quantiles }
}

/** Labels as they are told, with what tells them from others: as they are cut, and whole. */
interface ReadLabels {
  readonly labels: SeriesReading['labels']
  readonly key: string
  readonly whole: string
}

/** Undefined when one of them cannot be told. `node` is that of the whole sheet. */
function labelsOf(given: Labels, without: string | undefined): ReadLabels | undefined {
  const labels: (readonly [string, string])[] = []
  let beyond = ''
  try {
    for (const name in given) {
      const value = given[name]
      if (value === undefined || name === 'node' || name === without) continue
      const text = String(value)
      const isTold = labels.length < LABELS_MAX
      if (isTold) labels.push([name.slice(0, NAME_CHARS_MAX), cutLabel(text)])
      const isCut = !isTold || text.length > LABEL_CHARS_MAX
      if (isCut && beyond.length < BEYOND_CHARS_MAX) beyond += `\n${name}=${text}`
    }
  } catch {
    return undefined
  }
  const key = labels.length === 0 ? '' : JSON.stringify(labels)
  return { labels, key, whole: beyond === '' ? key : `${key}${beyond.slice(0, BEYOND_CHARS_MAX)}` }
}
