/**
 * coordinator/choose-worker: which of the workers that have room gets the next try.
 *
 * Smooth by weight: each that has room gains its weight with every choice, and who has most gives
 * all of them up. A worker that is being asked has so much less room until it has answered: that
 * is why no policy of the platform is used.
 *
 * @source nginx "smooth weighted round-robin"
 */
import type { Candidate } from 'troupe'

/** No candidate: nobody is asked. */
const NOBODY = -1

export class WorkerChoice {
  readonly #roomOf: (node: string) => number
  readonly #chosen: (job: string, node: string) => void
  readonly #gained = new Map<string, number>()
  /** Who is being asked to take which job. */
  readonly #asked = new Map<string, string>()
  readonly #askedOf = new Map<string, number>()

  /**
   * `roomOf`: tries that a node could take, those it is asked for not counted. `chosen` is told who
   * is asked, before that one is.
   */
  constructor(
    roomOf: (node: string) => number,
    chosen = (_job: string, _node: string): void => {},
  ) {
    this.#roomOf = roomOf
    this.#chosen = chosen
  }

  choose(candidates: readonly Candidate[], job: string): number {
    let total = 0
    let best = NOBODY
    let most = Number.NEGATIVE_INFINITY
    for (const [at, { route }] of candidates.entries()) {
      const { node, weight } = route
      if (this.#roomOf(node) <= this.#countOf(node)) continue
      const gain = (this.#gained.get(node) ?? 0) + weight
      this.#gained.set(node, gain)
      total += weight
      if (gain <= most) continue
      most = gain
      best = at
    }
    const node = candidates[best]?.route.node
    if (node === undefined) return NOBODY
    this.#gained.set(node, most - total)
    this.answered(job)
    this.#asked.set(job, node)
    this.#askedOf.set(node, this.#countOf(node) + 1)
    this.#chosen(job, node)
    return best
  }

  /** It has answered, or will not. */
  answered(job: string): void {
    const node = this.#asked.get(job)
    if (node === undefined) return
    this.#asked.delete(job)
    const left = this.#countOf(node) - 1
    if (left > 0) this.#askedOf.set(node, left)
    else this.#askedOf.delete(node)
  }

  #countOf(node: string): number {
    return this.#askedOf.get(node) ?? 0
  }
}
