/**
 * fleet/fleet: many made-up vehicles in a few real towns, each reporting in its turn.
 *
 * Pure: time and chance are arguments. The towns include the seams of the map, Suva by the
 * 180 degree line and Longyearbyen near the pole, so that a demonstration shows them too.
 * Limit: `FLEET_VEHICLES_MAX`.
 */

import type { Position } from '#traffic/packet/position'
import { type Chance, drive, type Place, placeAhead, reportOf, type Vehicle } from './vehicle.js'

/** The most vehicles one fleet drives. */
export const FLEET_VEHICLES_MAX = 1_000_000

const TOWNS: readonly Place[] = Object.freeze([
  { latitude: 30.2672, longitude: -97.7431 },
  { latitude: 52.52, longitude: 13.405 },
  { latitude: -23.5505, longitude: -46.6333 },
  { latitude: 35.6762, longitude: 139.6503 },
  { latitude: -1.2921, longitude: 36.8219 },
  { latitude: -18.1248, longitude: 178.4501 },
  { latitude: 78.2232, longitude: 15.6267 },
])

/** A version 4 UUID made of this chance, so that a seed repeats it. */
export function uuidOf(chance: Chance): string {
  const digits = Array.from({ length: 32 }, () => chance.below(16).toString(16))
  digits[12] = '4'
  digits[16] = (8 + chance.below(4)).toString(16)
  const text = digits.join('')
  const parts = [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20)]
  return [...parts, text.slice(20)].join('-')
}

/** A vehicle somewhere in one of the towns. */
export function newVehicle(chance: Chance): Vehicle {
  const home = TOWNS[chance.below(TOWNS.length)] ?? { latitude: 0, longitude: 0 }
  const place = placeAhead(home, chance.unit() * 360, chance.unit() * 8_000)
  return {
    id: uuidOf(chance),
    home,
    ...place,
    headingDeg: chance.unit() * 360,
    speedMps: chance.unit() * 15,
  }
}

/** Vehicles that report one after the other, round and round. */
export class Fleet {
  readonly #chance: Chance
  readonly #vehicles: Vehicle[]
  /** When each vehicle reported last; one that has not yet has not moved either. */
  readonly #reportedAtMs: (number | undefined)[]
  #next = 0

  constructor(vehicles: number, chance: Chance) {
    this.#chance = chance
    this.#vehicles = Array.from({ length: vehicles }, () => newVehicle(chance))
    this.#reportedAtMs = this.#vehicles.map(() => undefined)
  }

  get size(): number {
    return this.#vehicles.length
  }

  /** Drives the vehicle whose turn it is up to now; undefined when the fleet is empty. */
  nextReport(nowMs: number): Position | undefined {
    const report = this.reportOf(this.#next, nowMs)
    if (report !== undefined) this.#next = (this.#next + 1) % this.#vehicles.length
    return report
  }

  /** Drives one vehicle up to now, by its place in the fleet; undefined when there is none. */
  reportOf(index: number, nowMs: number): Position | undefined {
    const vehicle = this.#vehicles[index]
    if (vehicle === undefined) return undefined
    const driven = drive(vehicle, nowMs - (this.#reportedAtMs[index] ?? nowMs), this.#chance)
    this.#vehicles[index] = driven
    this.#reportedAtMs[index] = nowMs
    return reportOf(driven, this.#chance)
  }
}
