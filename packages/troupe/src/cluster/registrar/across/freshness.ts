/**
 * cluster/registrar/across/freshness: whether a question is new: sent a moment ago, and never seen.
 *
 * A question that was caught and is sent again has a nonce that is remembered, or a stamp that is
 * too old. Two hosts whose clocks differ tell each other so; see `AcrossKind` `clock`.
 * Limit: `NONCES_MAX` in the time for which a stamp holds; beyond it nothing is new.
 *
 * @source RFC 4303 (anti-replay window) for the idea
 */

/** How far the stamp of a question may be from our time, in milliseconds. */
export const STAMP_WINDOW_MS = 10_000
const NONCES_MAX = 100_000

export type FreshnessCause = 'fresh' | 'stale' | 'replayed' | 'crowded'

export class Freshness {
  /** Nonces of this generation and of the one before: together never less than the window. */
  #young = new Set<string>()
  #old = new Set<string>()
  #turnMs: number

  constructor(nowMs: number) {
    this.#turnMs = nowMs
  }

  /** Judges a question by its nonce and stamp; one that is then answered is to be remembered. */
  judge(nonce: string, stampMs: number, nowMs: number): FreshnessCause {
    if (Math.abs(stampMs - nowMs) > STAMP_WINDOW_MS) return 'stale'
    this.#turn(nowMs)
    if (this.#young.has(nonce) || this.#old.has(nonce)) return 'replayed'
    if (this.#young.size >= NONCES_MAX) return 'crowded'
    return 'fresh'
  }

  /** From now on it is no longer new. */
  remember(nonce: string): void {
    this.#young.add(nonce)
  }

  /** A stamp may lie ahead, so a nonce is kept for two windows at least. */
  #turn(nowMs: number): void {
    if (nowMs - this.#turnMs < 2 * STAMP_WINDOW_MS) return
    const isLong = nowMs - this.#turnMs >= 4 * STAMP_WINDOW_MS
    this.#old = isLong ? new Set() : this.#young
    this.#young = new Set()
    this.#turnMs = nowMs
  }
}
