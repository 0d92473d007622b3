/**
 * catalog/reader: reads the metrics of a page from the sheets of its nodes, which are foreign.
 *
 * What a node says wrongly costs that node a line and nobody else anything: each reading is guarded
 * by itself, a value is a finite number, a label a text of bounded length, a line of one name and
 * labels there once. Each node has room for so many lines; what comes first in the catalog is
 * told of all nodes before longer lists are cut.
 */
import type { SpreadExample, SpreadSheet } from 'troupe'
import type { Exemplar, Family, Sample } from '#metrics/exposition/family'
import { cutLabel, histogramSamples } from '#metrics/exposition/write'
import type { Sheets } from '#metrics/gather/sheets'
import { type Metric, type Names, nameOf, type Reading, type Readings } from './metric.js'

/** Lines of the own node, and of all others together. */
const OWN_LINES_MAX = 100_000
const OTHER_LINES_MAX = 100_000
/** Each other node has room for so many, however many nodes there are. */
const LINES_MIN = 500
const BOUNDS_MAX = 100
const MS_PER_SECOND = 1_000

/** One node, and what became of what it said. */
export interface NodeTally {
  readonly sheets: Sheets
  /** Parts and lines that could not be read. */
  unreadable: number
  /** Lines for which there was no room. */
  leftOut: number
}

interface Place extends NodeTally {
  room: number
}

export class Reader {
  readonly #places: readonly Place[]

  /** The own node is the first. */
  constructor(nodes: readonly Sheets[]) {
    const each = Math.max(LINES_MIN, Math.floor(OTHER_LINES_MAX / Math.max(1, nodes.length - 1)))
    this.#places = nodes.map((sheets, at) => ({
      ...{ sheets, unreadable: sheets.unreadable.length, leftOut: 0 },
      room: at === 0 ? OWN_LINES_MAX : each,
    }))
  }

  get tallies(): readonly NodeTally[] {
    return this.#places
  }

  /** One metric of all nodes, each line with the name of its node. */
  family(metric: Metric, names: Names): Family {
    const { type, help } = metric
    const samples = this.#places.flatMap((place) => samplesOf(metric, place))
    return { name: nameOf(metric, names), help, type, samples }
  }
}

function samplesOf(metric: Metric, place: Place): readonly Sample[] {
  const samples = read(metric, place)
  if (samples.length <= place.room) {
    place.room -= samples.length
    return samples
  }
  // A histogram is whole or not there.
  const cut = metric.type === 'histogram' ? [] : samples.slice(0, place.room)
  place.leftOut += samples.length - cut.length
  place.room -= cut.length
  return cut
}

function read(metric: Metric, place: Place): readonly Sample[] {
  try {
    return linesOf(metric.read(place.sheets), metric, place)
  } catch {
    place.unreadable += 1
    return []
  }
}

function linesOf(readings: Readings, { type }: Metric, place: Place): readonly Sample[] {
  if (readings === undefined) return []
  if (type === 'histogram') return histogramOf(readings as SpreadSheet, place)
  if (!Array.isArray(readings)) return plain([{ labels: {}, value: readings as number }], place)
  return plain(readings, place)
}

/** Lines that can be written; the others are counted. */
function plain(readings: readonly Reading[], place: Place): readonly Sample[] {
  const { node } = place.sheets
  const seen = new Set<string>()
  const samples: Sample[] = []
  for (const { labels: given, value } of readings) {
    const labels = Number.isFinite(value) ? labelsOf(given) : undefined
    // Two lines of the same name and labels make a page that is refused as a whole.
    const key = labels === undefined ? '' : JSON.stringify(Object.values(labels))
    if (labels === undefined || seen.has(key)) {
      place.unreadable += 1
      continue
    }
    if (readings.length > 1) seen.add(key)
    samples.push({ labels: { node, ...labels }, value })
  }
  return samples
}

/** Labels as they will be written; undefined when one of them is no text. */
function labelsOf(given: Reading['labels']): Reading['labels'] | undefined {
  const labels: Record<string, string> = {}
  for (const name in given) {
    const value: unknown = given[name]
    if (typeof value !== 'string') return undefined
    labels[name] = cutLabel(value)
  }
  return labels
}

function histogramOf(sheet: SpreadSheet, place: Place): readonly Sample[] {
  const { boundsMs, counts, sumMs } = sheet
  const areBounds =
    Array.isArray(boundsMs) &&
    boundsMs.length <= BOUNDS_MAX &&
    boundsMs.every((one, at) => Number.isFinite(one) && (at === 0 || one > boundsMs[at - 1]))
  const areCounts =
    Array.isArray(counts) &&
    counts.length === boundsMs.length + 1 &&
    counts.every((one) => Number.isFinite(one) && one >= 0)
  if (!areBounds || !areCounts || !Number.isFinite(sumMs)) {
    place.unreadable += 1
    return []
  }
  const bounds = boundsMs.map((boundMs) => boundMs / MS_PER_SECOND)
  const spread = { bounds, counts, sum: sumMs / MS_PER_SECOND }
  const samples = [...histogramSamples({ node: place.sheets.node }, spread)]
  for (const [at, exemplar] of exemplarsOf(sheet)) {
    const sample = samples[at]
    if (sample?.suffix === '_bucket') samples[at] = { ...sample, exemplar }
  }
  return samples
}

/** Traces that tell more of what was counted; whatever is none is passed over. */
function exemplarsOf({
  examples,
  boundsMs,
}: SpreadSheet): readonly (readonly [number, Exemplar])[] {
  if (!Array.isArray(examples)) return []
  return examples.slice(0, boundsMs.length + 1).flatMap((one) => {
    const { place, valueMs, traceId, timeMs } = one as SpreadExample
    const isInRange =
      valueMs <= (boundsMs[place] ?? Number.POSITIVE_INFINITY) &&
      valueMs >= (boundsMs[place - 1] ?? 0)
    const isWhole = isInRange && Number.isFinite(timeMs) && TRACE_ID.test(`${traceId}`)
    if (!isWhole) return []
    const labels = { trace_id: traceId }
    return [
      [place, { labels, value: valueMs / MS_PER_SECOND, timeSeconds: timeMs / MS_PER_SECOND }],
    ]
  })
}

const TRACE_ID = /^[0-9a-f]{32}$/
