/**
 * own/own-metric: one metric of a process, with the series it has.
 *
 * Counters, gauges and histograms are those of prom-client. A label value is cut as it will be
 * written, so that two that look the same are one series.
 * Limit: `seriesMax`; what belongs to a further one is counted and left out.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Pid } from 'troupe'
import type { Sample } from '#metrics/exposition/family'
import { LABEL_CHARS_MAX } from '#metrics/exposition/write'
import type { LabelValues } from './protocol.js'
import { TopMetric } from './top-metric.js'

export type OwnKind = 'counter' | 'gauge' | 'histogram' | 'top'

/** A registration, read. */
export interface OwnShape {
  readonly kind: OwnKind
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  readonly buckets: readonly number[] | undefined
  readonly limit: number
  readonly order: 'highest' | 'lowest'
}

/** What is done with a value. */
export type OwnVerb = 'counterAdd' | 'gaugeSet' | 'gaugeAdd' | 'histogramObserve' | 'topObserve'
/** What became of a value. */
export type OwnOutcome = 'taken' | 'overflow' | 'refused'

const KIND_OF: Readonly<Record<OwnVerb, OwnKind>> = Object.freeze({
  counterAdd: 'counter',
  gaugeSet: 'gauge',
  gaugeAdd: 'gauge',
  histogramObserve: 'histogram',
  topObserve: 'top',
})

/** Series of all metrics together: each page tells every one of them. */
export class SeriesRoom {
  readonly #max: number
  #used = 0

  constructor(max: number) {
    this.#max = max
  }

  /** False when there is no room for so many more. */
  take(count: number): boolean {
    if (this.#used + count > this.#max) return false
    this.#used += count
    return true
  }

  giveBack(count: number): void {
    this.#used -= count
  }
}

type Instrument = Counter | Gauge | Histogram | TopMetric

export class OwnMetric {
  readonly shape: OwnShape
  /** Undefined: the node itself registered it. */
  readonly owner: Pid | undefined
  readonly #instrument: Instrument
  readonly #series = new Set<string>()
  readonly #seriesMax: number
  readonly #room: SeriesRoom

  constructor(
    shape: OwnShape,
    registry: Registry,
    surroundings: {
      readonly owner: Pid | undefined
      readonly seriesMax: number
      readonly room: SeriesRoom
    },
  ) {
    const { owner, seriesMax, room } = surroundings
    this.#room = room
    this.shape = shape
    this.owner = owner
    this.#seriesMax = seriesMax
    this.#instrument = instrumentOf(shape, registry)
  }

  /** It is taken away, and its series with it. */
  forget(): void {
    const { kind, limit } = this.shape
    this.#room.giveBack(kind === 'top' ? limit : this.#series.size)
  }

  tell(verb: OwnVerb, given: unknown, value: unknown): OwnOutcome {
    if (KIND_OF[verb] !== this.shape.kind || !Number.isFinite(value)) return 'refused'
    if (verb === 'counterAdd' && Number(value) < 0) return 'refused'
    const labels = this.#labelsOf(given)
    if (labels === undefined) return 'refused'
    if (!this.#hasRoom(labels)) return 'overflow'
    apply(this.#instrument, verb, labels, Number(value))
    return 'taken'
  }

  /** Its list is told: the next page begins with an empty one. */
  written(): void {
    if (!(this.#instrument instanceof TopMetric)) return
    this.#instrument.flush()
  }

  /** Its list as it stands; undefined: it is none, or as the last page showed it. */
  standing(): readonly Sample[] | undefined {
    return this.#instrument instanceof TopMetric ? this.#instrument.standing() : undefined
  }

  /** Exactly the labels it has, as text; undefined when some are missing or unknown. */
  #labelsOf(given: unknown): Record<string, string> | undefined {
    const { labels: names } = this.shape
    if (given === undefined) return names.length === 0 ? {} : undefined
    if (typeof given !== 'object' || given === null) return undefined
    if (Object.keys(given).length !== names.length) return undefined
    const labels: Record<string, string> = {}
    for (const name of names) {
      if (!Object.hasOwn(given, name)) return undefined
      const value = (given as LabelValues)[name]
      if (typeof value !== 'string' && typeof value !== 'number') return undefined
      labels[name] = String(value).slice(0, LABEL_CHARS_MAX)
    }
    return labels
  }

  #hasRoom(labels: Readonly<Record<string, string>>): boolean {
    // A list keeps only its rows, whatever it is shown.
    if (this.shape.kind === 'top') return true
    const key = JSON.stringify(labels)
    if (this.#series.has(key)) return true
    if (this.#series.size >= this.#seriesMax || !this.#room.take(1)) return false
    this.#series.add(key)
    return true
  }
}

function instrumentOf(shape: OwnShape, registry: Registry): Instrument {
  const { kind, name, help, labels, buckets } = shape
  const common = { name, help, labelNames: [...labels], registers: [registry] }
  switch (kind) {
    case 'counter':
      return new Counter(common)
    case 'gauge':
      return new Gauge(common)
    case 'histogram':
      return new Histogram({
        ...common,
        ...(buckets === undefined ? {} : { buckets: [...buckets] }),
      })
    case 'top':
      return new TopMetric(shape, new Gauge(common))
  }
}

function apply(
  instrument: Instrument,
  verb: OwnVerb,
  labels: Record<string, string>,
  value: number,
): void {
  if (instrument instanceof TopMetric) instrument.observe(labels, value)
  else if (instrument instanceof Histogram) instrument.observe(labels, value)
  else if (instrument instanceof Counter) instrument.inc(labels, value)
  else if (verb === 'gaugeSet') instrument.set(labels, value)
  else instrument.inc(labels, value)
}
