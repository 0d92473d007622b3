/**
 * store/position-table: the newest position of every vehicle, and which are nearest.
 *
 * Knows nothing of actors and has no clock: the time of a report comes with it. Newest is
 * decided by the time received, then by the sequence number, so reports that overtook each
 * other on the way cannot move a vehicle back.
 * Limit: `vehiclesMax`; a vehicle beyond it is refused with `full`, the known ones go on.
 */

import type { Position } from '#traffic/packet/position'
import { type SpherePoint, spherePoint, surfaceMetres } from './globe.js'
import { Nearest } from './nearest.js'
import { SphereGrid } from './sphere-grid.js'

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

const isOlder = (left: Report, right: Report): boolean =>
  left.receivedAtMs === right.receivedAtMs
    ? left.sequence < right.sequence
    : left.receivedAtMs < right.receivedAtMs

export class PositionTable {
  readonly #vehiclesMax: number
  readonly #slotOfId = new Map<string, number>()
  readonly #reports: Report[] = []
  /** Three coordinates for each slot, side by side, since a search reads nothing else. */
  #points = new Float64Array(3 * 1_024)
  readonly #grid = new SphereGrid()

  constructor(vehiclesMax: number = VEHICLES_MAX) {
    this.#vehiclesMax = vehiclesMax
  }

  /** Vehicles known. */
  get size(): number {
    return this.#reports.length
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

  /** The `limit` vehicles nearest to a place, nearest first; equally far ones in order of id. */
  nearest(place: { readonly latitude: number; readonly longitude: number }, limit: number) {
    const from = spherePoint(place.latitude, place.longitude)
    const nearest = new Nearest(limit, (left, right) => this.#compareIds(left, right))
    this.#grid.search(from, {
      visit: (slot) => nearest.offer(slot, this.#chordSquared(slot, from)),
      get bound() {
        return nearest.bound
      },
    })
    return nearest.found.flatMap(({ slot, distance }): readonly NearReport[] => {
      const report = this.#reports[slot]
      return report === undefined ? [] : [{ report, distanceM: surfaceMetres(distance) }]
    })
  }

  #create(report: Report): StoreOutcome {
    const slot = this.#reports.length
    if (slot >= this.#vehiclesMax) return 'full'
    if (3 * slot === this.#points.length) this.#growPoints()
    this.#slotOfId.set(report.position.id, slot)
    this.#write(slot, report)
    return 'created'
  }

  #write(slot: number, report: Report): void {
    const point = spherePoint(report.position.latitude, report.position.longitude)
    this.#reports[slot] = report
    this.#points[3 * slot] = point.x
    this.#points[3 * slot + 1] = point.y
    this.#points[3 * slot + 2] = point.z
    this.#grid.put(slot, point)
  }

  #growPoints(): void {
    const grown = new Float64Array(2 * this.#points.length)
    grown.set(this.#points)
    this.#points = grown
  }

  #chordSquared(slot: number, from: SpherePoint): number {
    const x = (this.#points[3 * slot] ?? 0) - from.x
    const y = (this.#points[3 * slot + 1] ?? 0) - from.y
    const z = (this.#points[3 * slot + 2] ?? 0) - from.z
    return x * x + y * y + z * z
  }

  #compareIds(left: number, right: number): number {
    const leftId = this.#reports[left]?.position.id ?? ''
    const rightId = this.#reports[right]?.position.id ?? ''
    if (leftId === rightId) return 0
    return leftId < rightId ? -1 : 1
  }
}
