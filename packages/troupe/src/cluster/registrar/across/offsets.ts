/**
 * cluster/registrar/across/offsets: how far the clock of each other host is ahead of ours.
 *
 * Learnt from a host that found our question old, and used for the stamps of what we send there.
 * Limit: `PLACES_MAX` hosts; the one learnt longest ago is forgotten.
 */
import { type Place, printedPlace } from './place.js'

const PLACES_MAX = 1_024

export class Offsets {
  readonly #byPlace = new Map<string, number>()

  /** In milliseconds; 0 when nothing is known. */
  of(place: Place): number {
    return this.#byPlace.get(printedPlace(place)) ?? 0
  }

  learn(place: Place, offsetMs: number): void {
    const key = printedPlace(place)
    this.#byPlace.delete(key)
    this.#byPlace.set(key, offsetMs)
    if (this.#byPlace.size <= PLACES_MAX) return
    for (const oldest of this.#byPlace.keys()) {
      this.#byPlace.delete(oldest)
      return
    }
  }
}
