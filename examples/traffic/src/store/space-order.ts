/**
 * store/space-order: slots in an order in which neighbours on the globe follow each other.
 *
 * Building an index in this order walks through memory that was touched a moment before; in the
 * order in which vehicles happened to be seen it waits for memory at every step.
 * Limit: 30 bits of place, three times ten, and slots below 2^23: together what a number holds.
 *
 * @source Morton, "A computer oriented geodetic data base", 1966
 */

import type { SpherePoint } from './globe.js'

const SLOTS_MAX = 2 ** 23
const STEPS = 1_023

/** The slots ordered by where they are. */
export function inSpaceOrder(
  slots: readonly number[],
  pointOf: (slot: number) => SpherePoint,
): Float64Array {
  const keys = Float64Array.from(slots, (slot) => placeOf(pointOf(slot)) * SLOTS_MAX + slot)
  keys.sort()
  return keys.map((key) => key % SLOTS_MAX)
}

/** The bits of the three coordinates, one of each in turn. */
function placeOf({ x, y, z }: SpherePoint): number {
  return spread(step(x)) + 2 * spread(step(y)) + 4 * spread(step(z))
}

const step = (coordinate: number): number => Math.round(((coordinate + 1) / 2) * STEPS)

/** Moves ten bits apart, so that two others have room between each. */
function spread(bits: number): number {
  let spaced = bits & 0x3ff
  spaced = (spaced | (spaced << 16)) & 0x30000ff
  spaced = (spaced | (spaced << 8)) & 0x300f00f
  spaced = (spaced | (spaced << 4)) & 0x30c30c3
  return (spaced | (spaced << 2)) & 0x9249249
}
