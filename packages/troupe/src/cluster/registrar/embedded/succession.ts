/**
 * cluster/registrar/embedded/succession: who takes over, and when.
 *
 * Pure. Those who may serve take over in the order of their registration: each waits a little
 * longer than the one before, so that as a rule one alone takes the place and the others find it
 * taken. From a rank on chance spreads them.
 */
import type { Random } from '#base/random'
import type { Entry } from './words.js'

/** From rank to rank, in milliseconds. */
const RANK_MS = 25
/** Ranks that wait for each other. */
const RANKS_MAX = 6
/** Over how long all later ones are spread. */
const SPREAD_MS = 400

/** How many would come before a node; `served` is not there any more. */
export function rankOf(entries: readonly Entry[], own: string, served: string): number {
  const order = entries.find(({ route }) => route.node === own)?.order ?? Number.POSITIVE_INFINITY
  return entries.filter(
    (entry) =>
      entry.serves &&
      entry.order > 0 &&
      entry.order < order &&
      entry.route.node !== served &&
      entry.route.state === 'up',
  ).length
}

/** How long a node of a rank waits for those before it. */
export function turnMs(rank: number, random: Random): number {
  const jitterMs = random.unit() * (RANK_MS / 2)
  if (rank < RANKS_MAX) return rank * RANK_MS + jitterMs
  return RANKS_MAX * RANK_MS + random.unit() * SPREAD_MS
}
