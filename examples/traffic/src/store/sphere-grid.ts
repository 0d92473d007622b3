/**
 * store/sphere-grid: which slots lie in which cube of a grid laid through the globe.
 *
 * A vehicle moves every second, so moving must be cheap: leaving a cube and entering another
 * are two array writes. The well-known trees were weighed and left: rbush measures in the
 * plane, so it is wrong at the poles and at the 180 degree line, and pays a search for every
 * removal; kdbush and flatbush with their geographic helpers cannot move a point at all.
 *
 * A search visits cubes in shells around the asked point. It stops when no cube further out
 * can hold anything nearer, and falls back to visiting every occupied cube when the next
 * shell has more cubes than there are occupied ones, so a sparse globe costs no more than a
 * walk over its vehicles.
 */

import type { SpherePoint } from './globe.js'

/** Side of one cube in units of the radius: about 25 km. */
export const CELL_SIDE = 1 / 256

const CELLS_PER_AXIS = 2 / CELL_SIDE + 1

const axisCell = (coordinate: number): number => Math.floor((coordinate + 1) / CELL_SIDE)

// Beyond its first and last cube a row of the grid would continue in the next row.
const first = (cell: number, radius: number): number => Math.max(0, cell - radius)
const last = (cell: number, radius: number): number => Math.min(CELLS_PER_AXIS - 1, cell + radius)

const cellKey = (x: number, y: number, z: number): number =>
  (x * CELLS_PER_AXIS + y) * CELLS_PER_AXIS + z

/** What a search does with each slot it meets. */
export interface GridVisit {
  visit(slot: number): void
  /** Straight distance squared beyond which nothing is wanted any more. */
  readonly bound: number
}

export class SphereGrid {
  readonly #cells = new Map<number, number[]>()
  readonly #keyOfSlot: number[] = []
  readonly #placeOfSlot: number[] = []

  /** Puts a slot at a point, taking it from where it was. */
  put(slot: number, point: SpherePoint): void {
    const key = cellKey(axisCell(point.x), axisCell(point.y), axisCell(point.z))
    if (this.#keyOfSlot[slot] === key) return
    this.remove(slot)
    const cell = this.#cells.get(key)
    this.#keyOfSlot[slot] = key
    this.#placeOfSlot[slot] = cell?.length ?? 0
    if (cell === undefined) this.#cells.set(key, [slot])
    else cell.push(slot)
  }

  remove(slot: number): void {
    const key = this.#keyOfSlot[slot] ?? -1
    const cell = this.#cells.get(key)
    const moved = cell?.pop()
    if (cell === undefined || moved === undefined) return
    const place = this.#placeOfSlot[slot] ?? 0
    if (moved !== slot) {
      cell[place] = moved
      this.#placeOfSlot[moved] = place
    }
    if (cell.length === 0) this.#cells.delete(key)
    this.#keyOfSlot[slot] = -1
  }

  /** Visits slots from near to far, at least all that lie within the bound of the visit. */
  search(from: SpherePoint, visit: GridVisit): void {
    let visited = 0
    for (let radius = 0; ; radius += 1) {
      // Whatever lies outside of the shells up to radius - 1 is at least this far away.
      const reach = Math.max(0, radius - 1) * CELL_SIDE
      if (radius > 0 && reach * reach > visit.bound) return
      if (visited === this.#cells.size) return
      if (24 * radius * radius > this.#cells.size - visited) {
        this.#visitBeyond(from, radius, visit)
        return
      }
      visited += this.#visitShell(from, radius, visit)
    }
  }

  #visitCell(cell: readonly number[], visit: GridVisit): void {
    for (const slot of cell) visit.visit(slot)
  }

  /** Visits the cubes exactly `radius` steps away; answers how many of them are occupied. */
  #visitShell(from: SpherePoint, radius: number, visit: GridVisit): number {
    const x = axisCell(from.x)
    const y = axisCell(from.y)
    const z = axisCell(from.z)
    let occupied = 0
    for (let cx = first(x, radius); cx <= last(x, radius); cx += 1) {
      for (let cy = first(y, radius); cy <= last(y, radius); cy += 1) {
        const onSide = Math.abs(cx - x) === radius || Math.abs(cy - y) === radius
        // Inside of the frame only the two lids of the shell belong to it.
        const step = onSide || radius === 0 ? 1 : 2 * radius
        const start = onSide ? first(z, radius) : z - radius
        for (let cz = start; cz <= last(z, radius); cz += step) {
          if (cz < 0) continue
          const cell = this.#cells.get(cellKey(cx, cy, cz))
          if (cell === undefined) continue
          occupied += 1
          this.#visitCell(cell, visit)
        }
      }
    }
    return occupied
  }

  /** Visits every occupied cube that is at least `radius` steps away. */
  #visitBeyond(from: SpherePoint, radius: number, visit: GridVisit): void {
    const x = axisCell(from.x)
    const y = axisCell(from.y)
    const z = axisCell(from.z)
    for (const [key, cell] of this.#cells) {
      const cz = key % CELLS_PER_AXIS
      const rest = (key - cz) / CELLS_PER_AXIS
      const cy = rest % CELLS_PER_AXIS
      const cx = (rest - cy) / CELLS_PER_AXIS
      const steps = Math.max(Math.abs(cx - x), Math.abs(cy - y), Math.abs(cz - z))
      if (steps >= radius) this.#visitCell(cell, visit)
    }
  }
}
