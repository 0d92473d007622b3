/**
 * store/position-table: the newest position of every vehicle, and which are nearest.
 *
 * Knows nothing of actors and has no clock: the time of a report comes with it. Newest is
 * decided by the time received, then by the sequence number, so reports that overtook each
 * other on the way cannot move a vehicle back. A vehicle has a slot as long as it is known;
 * who wants to know which slots changed gives the set they are marked in.
 * Limit: `vehiclesMax`; a vehicle beyond it is refused with `full`, the known ones go on.
 */

import type { Position } from '#traffic/packet/position'
import type { DirtySlots } from './dirty-slots.js'
import { chordSquaredOf, type SpherePoint, spherePoint, surfaceMetres } from './globe.js'
import { Nearest } from './nearest.js'
import { SilenceWheel } from './silence-wheel.js'
import { inSpaceOrder } from './space-order.js'
import { SphereTree } from './sphere-tree.js'

/** Vehicles a table keeps unless told otherwise: about 400 MB when full. */
export const VEHICLES_MAX = 1_000_000

/** A position with the moment it came in. */
export interface Report {
  readonly position: Position
  /** Milliseconds since 1970. */
  readonly receivedAtMs: number
  /** Order of arrival among reports of the same millisecond. */
  readonly sequence: number
}

/**
 * What the table did with a report: a vehicle seen for the first time, a newer position of a
 * known one, a report older than what is there, or no room for another vehicle.
 */
export type StoreOutcome = 'created' | 'moved' | 'superseded' | 'full'

/** A report with its distance from where was asked, in metres along the surface. */
export interface NearReport {
  readonly report: Report
  readonly distanceM: number
}

/** What a table keeps and tells; each may be left out. */
export interface TableOptions {
  /** Vehicles at the utmost; default `VEHICLES_MAX`. */
  readonly vehiclesMax?: number | undefined
  /** Milliseconds of silence after which a vehicle is forgotten; undefined for never. */
  readonly expireAfterMs?: number | undefined
  /** Where slots are marked whose report has changed or gone. */
  readonly dirty?: DirtySlots | undefined
}

/** Which of the nearest are wanted. */
export interface NearWish {
  /** Vehicles at the utmost. */
  readonly limit: number
  /** Metres along the surface; farther ones are left out. Undefined for any distance. */
  readonly radiusM?: number | undefined
  /** Milliseconds since 1970; what was received before is left out. Undefined for any age. */
  readonly receivedSinceMs?: number | undefined
}

/** Longest step of the wheel of silence, in milliseconds: how late a vehicle may go. */
const EXPIRY_STEP_MS_MAX = 1_000

const isOlder = (left: Report, right: Report): boolean =>
  left.receivedAtMs === right.receivedAtMs
    ? left.sequence < right.sequence
    : left.receivedAtMs < right.receivedAtMs

export class PositionTable {
  readonly #vehiclesMax: number
  readonly #expireAfterMs: number | undefined
  readonly #dirty: DirtySlots | undefined
  readonly #wheel: SilenceWheel
  readonly #slotOfId = new Map<string, number>()
  readonly #reports: (Report | undefined)[] = []
  /** Slots below the end of the reports that nobody has. */
  #freeSlots: number[] = []
  readonly #tree = new SphereTree()
  #expired = 0

  constructor({ vehiclesMax = VEHICLES_MAX, expireAfterMs, dirty }: TableOptions = {}) {
    this.#vehiclesMax = vehiclesMax
    this.#expireAfterMs = expireAfterMs
    this.#dirty = dirty
    const stepMs = Math.min(EXPIRY_STEP_MS_MAX, Math.max(1, (expireAfterMs ?? 0) / 8))
    this.#wheel = new SilenceWheel(stepMs)
  }

  /** Vehicles known. */
  get size(): number {
    return this.#slotOfId.size
  }

  /** Slots there are, those included that nobody has: `at` knows those below. */
  get slots(): number {
    return this.#reports.length
  }

  /** Vehicles forgotten since the start because they were silent. */
  get expired(): number {
    return this.#expired
  }

  /** Milliseconds of silence after which a vehicle is forgotten; undefined for never. */
  get expireAfterMs(): number | undefined {
    return this.#expireAfterMs
  }

  put(report: Report): StoreOutcome {
    const known = this.#slotOfId.get(report.position.id)
    if (known === undefined) return this.#create(report)
    const before = this.#reports[known]
    if (before !== undefined && isOlder(report, before)) return 'superseded'
    this.#write(known, report)
    return 'moved'
  }

  /** The newest report of a vehicle. */
  get(id: string): Report | undefined {
    const slot = this.#slotOfId.get(id)
    return slot === undefined ? undefined : this.#reports[slot]
  }

  /** The report in a slot; undefined for one that nobody has. */
  at(slot: number): Report | undefined {
    return this.#reports[slot]
  }

  /**
   * Puts back what was kept of a slot, into a table in which nothing was put yet; slots come in
   * rising order. False for a slot beyond the limit. Of a vehicle that is there twice the newer
   * report stays, and the slot of the other is marked as changed. Nothing is found near
   * anything before `settle`.
   */
  restore(slot: number, report: Report): boolean {
    if (slot >= this.#vehiclesMax) return false
    for (let free = this.#reports.length; free < slot; free += 1) this.#leaveFree(free)
    const known = this.#slotOfId.get(report.position.id)
    const before = known === undefined ? undefined : this.#reports[known]
    if (known !== undefined && before !== undefined) {
      if (!isOlder(before, report)) {
        this.#leaveFree(slot)
        this.#dirty?.mark(slot)
        return true
      }
      this.#forget(known, before)
    }
    this.#reports.push(report)
    this.#name(slot, report)
    return true
  }

  /** Ends the putting back: what was put back is found from now on. */
  settle(): void {
    // Side by side, since reports lie all over the memory and each would be waited for.
    const points = new Float64Array(3 * this.#reports.length)
    this.#reports.forEach((report, slot) => {
      if (report === undefined) return
      const { x, y, z } = spherePoint(report.position.latitude, report.position.longitude)
      points.set([x, y, z], 3 * slot)
    })
    const pointOf = (slot: number): SpherePoint => {
      const [x = 0, y = 0, z = 0] = [points[3 * slot], points[3 * slot + 1], points[3 * slot + 2]]
      return { x, y, z }
    }
    for (const slot of inSpaceOrder([...this.#slotOfId.values()], pointOf)) {
      this.#tree.put(slot, pointOf(slot), this.#reports[slot]?.receivedAtMs ?? 0)
    }
  }

  /**
   * Forgets vehicles that have been silent for longer than `expireAfterMs`, after a look at
   * `most` slots at the utmost; answers how many were forgotten. May be late by an eighth of
   * that time, and by no more than a second.
   */
  expire(nowMs: number, most: number): number {
    const afterMs = this.#expireAfterMs
    if (afterMs === undefined) return 0
    let expired = 0
    for (const slot of this.#wheel.take(nowMs, most)) {
      const report = this.#reports[slot]
      if (report === undefined) continue
      if (report.receivedAtMs + afterMs >= nowMs) {
        this.#wheel.watch(slot, report.receivedAtMs + afterMs + 1)
        continue
      }
      this.#forget(slot, report)
      expired += 1
    }
    this.#expired += expired
    return expired
  }

  /** The vehicles nearest to a place, nearest first; equally far ones in order of id. */
  nearest(
    place: { readonly latitude: number; readonly longitude: number },
    { limit, radiusM, receivedSinceMs = Number.NEGATIVE_INFINITY }: NearWish,
  ): readonly NearReport[] {
    const from = spherePoint(place.latitude, place.longitude)
    const nearest = new Nearest(limit, (left, right) => this.#compareIds(left, right))
    const reach = radiusM === undefined ? Number.POSITIVE_INFINITY : chordSquaredOf(radiusM)
    const isWanted = (slot: number, chordSquared: number): boolean =>
      (radiusM === undefined || surfaceMetres(chordSquared) <= radiusM) &&
      (this.#reports[slot]?.receivedAtMs ?? Number.NEGATIVE_INFINITY) >= receivedSinceMs
    this.#tree.search(from, {
      visit: (slot, chordSquared) => {
        if (chordSquared > reach || chordSquared > nearest.bound) return
        if (isWanted(slot, chordSquared)) nearest.offer(slot, chordSquared)
      },
      get bound() {
        return Math.min(reach, nearest.bound)
      },
      sinceMs: receivedSinceMs,
    })
    return nearest.found.flatMap(({ slot, distance }): readonly NearReport[] => {
      const report = this.#reports[slot]
      return report === undefined ? [] : [{ report, distanceM: surfaceMetres(distance) }]
    })
  }

  #create(report: Report): StoreOutcome {
    if (this.#slotOfId.size >= this.#vehiclesMax) return 'full'
    const slot = this.#freeSlots.pop() ?? this.#reports.length
    this.#occupy(slot, report)
    this.#dirty?.mark(slot)
    return 'created'
  }

  /** Gives a slot to a vehicle that has none. */
  #occupy(slot: number, report: Report): void {
    this.#place(slot, report)
    this.#name(slot, report)
  }

  #name(slot: number, report: Report): void {
    this.#slotOfId.set(report.position.id, slot)
    if (this.#expireAfterMs === undefined) return
    this.#wheel.watch(slot, report.receivedAtMs + this.#expireAfterMs + 1)
  }

  #write(slot: number, report: Report): void {
    this.#place(slot, report)
    this.#dirty?.mark(slot)
  }

  #place(slot: number, report: Report): void {
    this.#reports[slot] = report
    const { latitude, longitude } = report.position
    this.#tree.put(slot, spherePoint(latitude, longitude), report.receivedAtMs)
  }

  #leaveFree(slot: number): void {
    this.#reports.push(undefined)
    this.#freeSlots.push(slot)
  }

  #forget(slot: number, report: Report): void {
    this.#slotOfId.delete(report.position.id)
    this.#reports[slot] = undefined
    this.#tree.remove(slot)
    this.#freeSlots.push(slot)
    this.#dirty?.mark(slot)
  }

  #compareIds(left: number, right: number): number {
    const leftId = this.#reports[left]?.position.id ?? ''
    const rightId = this.#reports[right]?.position.id ?? ''
    if (leftId === rightId) return 0
    return leftId < rightId ? -1 : 1
  }
}
