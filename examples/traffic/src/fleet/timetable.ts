/**
 * fleet/timetable: which vehicle reports next, and when, each once in every period.
 *
 * Vehicles are spread over the period, and each is late by a chance of its own at every report,
 * so that they do not fall into step. Pure: chance is an argument, and times count from the
 * start. A heap of all vehicles, the next one on top.
 */

import type { Chance } from './vehicle.js'

/** A report is late by up to this part of the period. */
export const JITTER_SHARE = 0.5

export class Timetable {
  readonly #periodMs: number
  readonly #chance: Chance
  /** When each vehicle is due; that it was late before does not move its next turn. */
  readonly #dueMs: Float64Array
  /** Turns each vehicle has had. */
  readonly #turns: Uint32Array
  readonly #heap: Uint32Array

  constructor(vehicles: number, periodMs: number, chance: Chance) {
    this.#periodMs = periodMs
    this.#chance = chance
    this.#dueMs = new Float64Array(vehicles)
    this.#turns = new Uint32Array(vehicles)
    this.#heap = new Uint32Array(vehicles)
    for (let vehicle = 0; vehicle < vehicles; vehicle += 1) {
      this.#heap[vehicle] = vehicle
      this.#dueMs[vehicle] = this.#dueOf(vehicle)
    }
    for (let at = (vehicles >> 1) - 1; at >= 0; at -= 1) this.#sink(at)
  }

  /** When the next report is due, in milliseconds since the start; infinite without vehicles. */
  get nextMs(): number {
    const top = this.#heap[0]
    return top === undefined ? Number.POSITIVE_INFINITY : (this.#dueMs[top] ?? 0)
  }

  /** The vehicle whose report is due by now, which has then had its turn; undefined for none. */
  take(elapsedMs: number): number | undefined {
    const vehicle = this.#heap[0]
    if (vehicle === undefined || this.nextMs > elapsedMs) return undefined
    this.#turns[vehicle] = (this.#turns[vehicle] ?? 0) + 1
    this.#dueMs[vehicle] = this.#dueOf(vehicle)
    this.#sink(0)
    return vehicle
  }

  #dueOf(vehicle: number): number {
    const turn = (this.#turns[vehicle] ?? 0) + vehicle / this.#heap.length
    return (turn + JITTER_SHARE * this.#chance.unit()) * this.#periodMs
  }

  #sink(start: number): void {
    const { length } = this.#heap
    const vehicle = this.#heap[start] ?? 0
    let at = start
    for (let child = 2 * at + 1; child < length; child = 2 * at + 1) {
      if (child + 1 < length && this.#dueAt(child + 1) < this.#dueAt(child)) child += 1
      if (this.#dueAt(child) >= (this.#dueMs[vehicle] ?? 0)) break
      this.#heap[at] = this.#heap[child] ?? 0
      at = child
    }
    this.#heap[at] = vehicle
  }

  #dueAt(place: number): number {
    return this.#dueMs[this.#heap[place] ?? 0] ?? 0
  }
}
