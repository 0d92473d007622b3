/**
 * own/top-metric: the highest or lowest few of what a process observes, for each page.
 *
 * @source ergo-features 25 (top-N metric)
 */
import type { Gauge } from 'prom-client'
import type { Sample } from '#metrics/exposition/family'

interface Row {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** How a list is kept. */
export interface TopRules {
  readonly limit: number
  readonly order: 'highest' | 'lowest'
}

export class TopMetric {
  readonly #rules: TopRules
  readonly #gauge: Gauge
  /** By the printed labels: the last value of each series counts. */
  readonly #rows = new Map<string, Row>()

  constructor(rules: TopRules, gauge: Gauge) {
    this.#rules = rules
    this.#gauge = gauge
  }

  observe(labels: Readonly<Record<string, string>>, value: number): void {
    this.#rows.set(JSON.stringify(labels), { labels, value })
    // Twice as many are kept as are shown, so that most observations cost no search.
    if (this.#rows.size > this.#rules.limit * 2) this.#cut()
  }

  /** Puts what was observed since the last page into the gauge, in place of what it showed. */
  flush(): void {
    this.#cut()
    this.#gauge.reset()
    // Without labels a reset leaves a 0 that nobody has observed.
    for (const { labels, value } of this.#rows.values()) this.#gauge.set(labels, value)
    this.#rows.clear()
  }

  /** What has been observed since the last page; where that is nothing, what that page showed. */
  standing(): readonly Sample[] | undefined {
    if (this.#rows.size === 0) return undefined
    this.#cut()
    return [...this.#rows.values()]
  }

  #cut(): void {
    const { limit, order } = this.#rules
    const sign = order === 'highest' ? -1 : 1
    const sorted = [...this.#rows].sort(([, a], [, b]) => sign * (a.value - b.value))
    this.#rows.clear()
    for (const [key, row] of sorted.slice(0, limit)) this.#rows.set(key, row)
  }
}
