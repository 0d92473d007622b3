/**
 * client/world: the time and the chance that a client lives in.
 *
 * Deadlines are kept on the steady clock, so that a wall clock that jumps ends no wait.
 */
import { type Clock, type Random, systemClock, systemRandom } from 'troupe/registrar'

export interface EtcdWorld {
  readonly clock: Clock
  readonly random: Random
  /** A watch that hears nothing for so long asks; after three times that its line is lost. */
  readonly quietMs: number
}

export const MACHINE: EtcdWorld = Object.freeze({
  clock: systemClock,
  random: systemRandom,
  quietMs: 5_000,
})

/** Anywhere up to 50, 100, 200, … milliseconds, as chance wills; at most `mostMs` and 10 more. */
export function backoffMs(random: Random, failures: number, mostMs: number): number {
  const widest = Math.min(mostMs, 50 * 2 ** Math.min(failures, 16))
  return 10 + random.unit() * widest
}
