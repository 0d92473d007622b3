/**
 * coordinator/choose-worker: which of the workers that have room gets the next try.
 *
 * Smooth by weight: each gains its weight with every choice, and who has most gives all of them
 * up. A worker without room gains nothing, so it does not catch up later what it could not do.
 *
 * @source nginx "smooth weighted round-robin"
 */
import type { ChooseCandidate } from 'troupe'

/** No candidate: the call is refused, and nobody was asked. */
const NOBODY = -1

/** A chooser with a memory of its own; `roomOf` says how many tries a node could take. */
export function chooseWorker(roomOf: (node: string) => number): ChooseCandidate {
  const gained = new Map<string, number>()
  return (candidates) => {
    let total = 0
    let best = NOBODY
    let most = Number.NEGATIVE_INFINITY
    for (const [at, { route }] of candidates.entries()) {
      if (roomOf(route.node) <= 0) continue
      total += route.weight
      const gain = (gained.get(route.node) ?? 0) + route.weight
      gained.set(route.node, gain)
      if (gain > most) {
        most = gain
        best = at
      }
    }
    const chosen = candidates[best]?.route.node
    if (chosen !== undefined) gained.set(chosen, most - total)
    return best
  }
}
