/**
 * exposition/family: metrics as values: what is written, whoever measured it.
 *
 * @source Prometheus exposition formats; OpenMetrics 1.0
 */

/** What a metric is. A `gaugehistogram` of OpenMetrics is not used: it has no classic form. */
export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary'

/** Names and values; undefined is left out. */
export type Labels = Readonly<Record<string, string | number | undefined>>

/** An example of what was counted, with where to look it up. */
export interface Exemplar {
  readonly labels: Labels
  readonly value: number
  /** Seconds since 1970. */
  readonly timeSeconds: number | undefined
}

/** One line. */
export interface Sample {
  /** Added to the name: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string
  readonly labels: Labels
  readonly value: number
  readonly exemplar?: Exemplar | undefined
}

/** One metric with all its lines. */
export interface Family {
  /** With `_total` when it is a counter. */
  readonly name: string
  readonly help: string
  readonly type: FamilyType
  readonly samples: readonly Sample[]
}
