/**
 * cluster/registrar/across/neighbour: what is thought of another host, from what is heard of it.
 *
 * A host that does not answer becomes suspect, which removes nothing. It is lost only after a grace
 * that does not run while we hear nobody at all: then it may be us who are cut off. Decides only.
 *
 * @source ergo-features 21 (etcd: SuspectGrace); design 6 (an error in discovery removes nobody)
 */

/** `aside`: it is ourselves, or a host that is listed under another name, too. */
export type NeighbourState = 'unheard' | 'up' | 'suspect' | 'lost' | 'aside'

/** What follows from a poll or an answer. */
export type NeighbourStep = 'same' | 'well' | 'suspect' | 'lost'

/** Polls in a row without an answer that make a host suspect. */
export const MISSED_POLLS_MAX = 3

export class Neighbour {
  readonly #lostAfterMs: number
  #state: NeighbourState = 'unheard'
  #missed = 0
  /** How much of the grace has passed. */
  #graceMs = 0

  constructor(lostAfterMs: number) {
    this.#lostAfterMs = lostAfterMs
  }

  get state(): NeighbourState {
    return this.#state
  }

  /** Polls without an answer since the last one. */
  get missed(): number {
    return this.#missed
  }

  /** It answered. */
  heard(): NeighbourStep {
    const wasWell = this.#state === 'up'
    this.#state = 'up'
    this.#missed = 0
    this.#graceMs = 0
    return wasWell ? 'same' : 'well'
  }

  /** It asked us: it lives, though our questions may not reach it. */
  askedUs(): void {
    this.#graceMs = 0
  }

  /** A poll went by without an answer, `passedMs` after the one before. */
  missedPoll(passedMs: number, isHearingOthers: boolean): NeighbourStep {
    this.#missed += 1
    if (this.#state === 'up' && this.#missed >= MISSED_POLLS_MAX) {
      this.#state = 'suspect'
      return 'suspect'
    }
    if (this.#state !== 'suspect' || !isHearingOthers) return 'same'
    this.#graceMs += passedMs
    if (this.#graceMs < this.#lostAfterMs) return 'same'
    this.#state = 'lost'
    return 'lost'
  }

  /** It said that nobody serves there any more. */
  saidFarewell(): void {
    this.#state = 'unheard'
    this.#missed = 0
  }

  setAside(): void {
    this.#state = 'aside'
  }
}
