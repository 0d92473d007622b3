/**
 * cluster/remote/clock-estimate: how far away another node is, and how far ahead its clock, from
 * the answers it gave.
 *
 * The round trip is smoothed; the offset is that of the quickest of the last answers, because what
 * waited on its way least was bent least. Knows no clock: all times are given.
 * Limit: the last `KEPT` answers of one life of one node.
 *
 * @source RFC 5905 10 (clock filter); RFC 6298 2 (smoothed round trip)
 */

/** Answers that are looked at for the offset. */
const KEPT = 8
/** Share of a new answer in the smoothed round trip. */
const SHARE = 1 / 8

/** What one question and its answer show. Milliseconds. */
export interface ClockSample {
  readonly roundTripMs: number
  readonly clockOffsetMs: number
}

/**
 * The sample of one answer. `sentWallMs`: our wall clock when we asked; `theirWallMs`: theirs when
 * they answered, taken to be half way. At most half a round trip is wrong, however the way was.
 */
export function sampleOf(
  sentWallMs: number,
  roundTripMs: number,
  theirWallMs: number,
): ClockSample {
  const trip = Math.max(0, roundTripMs)
  return { roundTripMs: trip, clockOffsetMs: theirWallMs - (sentWallMs + trip / 2) }
}

/** The estimates for one other node. */
export class ClockEstimate {
  /** Smoothed; -1 before the first answer. */
  roundTripMs = -1
  /** How far its wall clock is ahead of ours; 0 before the first answer. */
  clockOffsetMs = 0
  #creation = 0
  #samples: ClockSample[] = []

  /** Takes one more answer; another life of the node begins anew. */
  add(creation: number, sample: ClockSample): void {
    if (creation !== this.#creation) {
      this.#creation = creation
      this.#samples = []
      this.roundTripMs = -1
    }
    this.#samples.push(sample)
    if (this.#samples.length > KEPT) this.#samples.shift()
    const before = this.roundTripMs
    this.roundTripMs =
      before < 0 ? sample.roundTripMs : before + (sample.roundTripMs - before) * SHARE
    let quickest = sample
    // Of equals the latest counts: clocks drift.
    for (const one of this.#samples) if (one.roundTripMs < quickest.roundTripMs) quickest = one
    this.clockOffsetMs = quickest.clockOffsetMs
  }
}
