/**
 * runtime/spread: how long something took: counts below fixed bounds, and the highest of late.
 *
 * Recording is a few comparisons and allocates nothing, so that it can be done always. What is
 * short, as most is, is found first. Of each range the last that a trace tells more of is kept.
 */
import type { SpreadExample, SpreadFigures } from '#contract'

/** Upper bounds in milliseconds: 0.1 ms to a minute, each about twice the one before. */
export const SPREAD_BOUNDS_MS: readonly number[] = Object.freeze([
  0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000,
])
/** The highest is that of the running half minute and of the one before. */
const WINDOW_MS = 30_000

const NONE: readonly (SpreadExample | undefined)[] = Object.freeze([])

function placeOf(tookMs: number): number {
  let place = 0
  while (place < SPREAD_BOUNDS_MS.length && tookMs > (SPREAD_BOUNDS_MS[place] as number)) {
    place += 1
  }
  return place
}

export class Spread {
  readonly #counts = new Float64Array(SPREAD_BOUNDS_MS.length + 1)
  #count = 0
  #sumMs = 0
  #windowFromMs = 0
  #maxMs = 0
  #maxBeforeMs = 0
  /** By range; made when the first trace is seen. */
  #examples: (SpreadExample | undefined)[] | undefined = undefined

  /** Something took so long; `nowMs` is any clock that does not go back. */
  record(tookMs: number, nowMs: number): void {
    const place = placeOf(tookMs)
    this.#counts[place] = (this.#counts[place] as number) + 1
    this.#count += 1
    this.#sumMs += tookMs
    if (nowMs - this.#windowFromMs >= WINDOW_MS) this.#turnWindow(nowMs)
    if (tookMs > this.#maxMs) this.#maxMs = tookMs
  }

  /** What was recorded belongs to a trace; `timeMs` as `nowMs` of `record`. */
  example(valueMs: number, traceId: string, timeMs: number): void {
    const place = placeOf(valueMs)
    this.#examples ??= new Array<SpreadExample | undefined>(SPREAD_BOUNDS_MS.length + 1)
    this.#examples[place] = { place, valueMs, traceId, timeMs }
  }

  /** `zeroMs`: the wall clock when `nowMs` was 0. */
  sheet(nowMs: number, zeroMs = 0): SpreadFigures {
    if (nowMs - this.#windowFromMs >= WINDOW_MS) this.#turnWindow(nowMs)
    return {
      boundsMs: SPREAD_BOUNDS_MS,
      counts: [...this.#counts],
      count: this.#count,
      sumMs: this.#sumMs,
      maxMs: Math.max(this.#maxMs, this.#maxBeforeMs),
      examples: (this.#examples ?? NONE).flatMap((one) =>
        one === undefined ? [] : [{ ...one, timeMs: one.timeMs + zeroMs }],
      ),
    }
  }

  #turnWindow(nowMs: number): void {
    const isNext = nowMs - this.#windowFromMs < 2 * WINDOW_MS
    this.#maxBeforeMs = isNext ? this.#maxMs : 0
    this.#maxMs = 0
    this.#windowFromMs = nowMs
  }
}
