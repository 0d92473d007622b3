/**
 * tracing/span-ring: the newest spans of a node, bounded by their number and by their size.
 *
 * A span is kept from its beginning, so that what is stuck can be seen. Sizes are estimates.
 */
import type { OneSpan } from './span.js'

export class SpanRing {
  /** Spans that came, and those given up for want of room. */
  total = 0
  gone = 0
  readonly #keptMax: number
  readonly #bytesMax: number
  #spans: (OneSpan | undefined)[] = []
  /** The place of the oldest; what lies before it has been given up. */
  #head = 0
  #bytes = 0

  constructor(keptMax: number, bytesMax: number) {
    this.#keptMax = keptMax
    this.#bytesMax = bytesMax
  }

  get kept(): number {
    return this.#spans.length - this.#head
  }

  get bytes(): number {
    return this.#bytes
  }

  put(span: OneSpan): void {
    this.total += 1
    this.#spans.push(span)
    this.#bytes += span.bytes
    span.isKept = true
    this.grown(0)
  }

  /** A span that is kept has grown by so many bytes. */
  grown(grownBytes: number): void {
    this.#bytes += grownBytes
    while (this.kept > this.#keptMax || (this.#bytes > this.#bytesMax && this.kept > 0)) {
      const oldest = this.#spans[this.#head] as OneSpan
      this.#spans[this.#head] = undefined
      this.#head += 1
      this.#bytes -= oldest.bytes
      oldest.isKept = false
      this.gone += 1
    }
    // Each place is moved at most once for every place that was given up.
    if (this.#head > 1_024 && this.#head * 2 > this.#spans.length) {
      this.#spans = this.#spans.slice(this.#head)
      this.#head = 0
    }
  }

  /** The newest first; what comes or goes meanwhile disturbs nothing. */
  *newest(): Generator<OneSpan> {
    const spans = this.#spans
    for (let at = spans.length - 1; at >= 0; at -= 1) {
      const span = spans[at]
      if (span === undefined || !span.isKept) return
      yield span
    }
  }
}
