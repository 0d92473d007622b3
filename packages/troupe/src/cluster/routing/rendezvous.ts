/**
 * cluster/routing/rendezvous: the same key goes to the same node, on every node that asks.
 *
 * Each node draws a number from the key and its own name, and its weight stretches it; the highest
 * wins. A node that comes or goes, or whose weight changes, moves its own share of the keys only.
 * Among nodes of one weight the highest draw is enough, so that a logarithm is taken once for each
 * weight and not once for each node.
 * Limit: a pick looks at every node, some 3 ns for each.
 *
 * @source "A Name-Based Mapping Scheme for Rendezvous" (Thaler and Ravishankar, 1996); "Weighted
 * Distributed Hash Tables" (Schindelhauer and Schomaker, 2005); MurmurHash3 (Appleby)
 */
import type { Mask } from './smooth-wheel.js'

/** Draws lie between 0 and this. */
const DRAWS = 4_294_967_296

/** A number of 32 bits that looks like chance and is the same everywhere. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  return mixed(hash)
}

function mixed(given: number): number {
  let hash = given ^ (given >>> 16)
  hash = Math.imul(hash, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Nodes by weight: those that are drawn among by their numbers alone. */
export class Rendezvous {
  readonly #hashes: Uint32Array
  readonly #groups: readonly { readonly weight: number; readonly places: Uint32Array }[]

  /** Weights are above 0. */
  constructor(names: readonly string[], weights: Float64Array) {
    this.#hashes = Uint32Array.from(names, hashOf)
    this.#groups = [...new Set(weights)].map((weight) => ({
      weight,
      places: Uint32Array.from([...weights.keys()].filter((at) => weights[at] === weight)),
    }))
  }

  /** The place of a key; -1 when none may be picked. */
  pick(key: number, mask?: Mask): number {
    let best = -1
    let most = Number.NEGATIVE_INFINITY
    for (const { weight, places } of this.#groups) {
      const [place, draw] = this.#highest(places, key, mask)
      if (place < 0) continue
      // The draw is in (0, 1): its logarithm is negative, and a weight brings it towards 0.
      const score = Math.log((draw + 0.5) / DRAWS) / weight
      if (score > most) {
        most = score
        best = place
      }
    }
    return best
  }

  #highest(places: Uint32Array, key: number, mask: Mask): readonly [number, number] {
    const hashes = this.#hashes
    let best = -1
    let most = -1
    for (let i = 0; i < places.length; i += 1) {
      const at = places[i] as number
      if (mask !== undefined && mask[at] === 0) continue
      const draw = mixed((hashes[at] as number) ^ key)
      if (draw > most) {
        most = draw
        best = at
      }
    }
    return [best, most]
  }
}
