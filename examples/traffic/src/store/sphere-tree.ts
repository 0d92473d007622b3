/**
 * store/sphere-tree: which slots lie where on the globe: cubes within cubes, each cut into eight.
 *
 * A city full of vehicles gets small cubes, an ocean one large one, so that the nearest are found
 * in microseconds wherever one asks. A vehicle moves every second: within its cube that is three
 * array writes, else the way down from the root, about a step for each time the fleet is eight
 * times larger. The well-known trees were weighed and left: rbush measures in the plane, so it is
 * wrong at the poles and at the 180 degree line; kdbush and flatbush cannot move a point at all. A
 * grid of one cube size was here before: 1,000 times slower where vehicles are far apart.
 * Each cube knows the second of the newest report it ever had, so that a search for fresh ones
 * passes by whole seas of stale ones; a packet mostly finds that second written already.
 * Limit: `DEPTH_MAX` cuts; vehicles closer together than about ten metres share a cube.
 */

import type { SpherePoint } from './globe.js'

/** Slots in a cube before it is cut; and the most of a cut one that is put together again. */
const LEAF_MAX = 16
const JOIN_MAX = 6

/** Cuts of the first cube, which holds the globe. */
const DEPTH_MAX = 20

/** A little above 1, since the coordinates of a point on the globe are rounded. */
const GLOBE_HALF = 1 + 1e-9

/** What a search does with each slot it meets. */
export interface TreeVisit {
  visit(slot: number, distanceSquared: number): void
  /** Straight distance squared beyond which nothing is wanted any more. */
  readonly bound: number
  /** Milliseconds since 1970; what was put for an earlier moment may be passed by. */
  readonly sinceMs: number
}

class Cube {
  readonly x: number
  readonly y: number
  readonly z: number
  /** Half of its side. */
  readonly half: number
  readonly depth: number
  readonly parent: Cube | undefined
  /** Slots in it and below it. */
  count = 0
  /** Seconds since 1970, rounded up: no report in it or below it is newer. */
  newestS: number
  /** Its slots, while it is whole; empty once it is cut. */
  slots: number[] = []
  /** Eight places, once it is cut; where nobody is there is nothing. */
  parts: (Cube | undefined)[] | undefined = undefined

  constructor(x: number, y: number, z: number, half: number, parent: Cube | undefined) {
    this.x = x
    this.y = y
    this.z = z
    this.half = half
    this.parent = parent
    this.depth = parent === undefined ? 0 : parent.depth + 1
    this.newestS = parent === undefined ? Number.NEGATIVE_INFINITY : parent.newestS
  }
}

const GONE = Number.POSITIVE_INFINITY

export class SphereTree {
  readonly #root = new Cube(0, 0, 0, GLOBE_HALF, undefined)
  readonly #cubeOfSlot: (Cube | undefined)[] = []
  readonly #placeOfSlot: number[] = []
  /** Three coordinates for each slot, side by side, since a search reads nothing else. */
  #points = new Float64Array(3 * 1_024)
  /** How far the parts of the cube looked into at each depth are; reused by every search. */
  readonly #distances = new Float64Array(8 * (DEPTH_MAX + 1))

  /** Cubes there are: a fleet that has gone leaves one. Looks at all of them. */
  get cubes(): number {
    return cubesOf(this.#root)
  }

  /** Puts a slot at a point for a report of this moment, taking it from where it was. */
  put(slot: number, point: SpherePoint, receivedAtMs: number): void {
    while (3 * slot >= this.#points.length) this.#growPoints()
    this.#points[3 * slot] = point.x
    this.#points[3 * slot + 1] = point.y
    this.#points[3 * slot + 2] = point.z
    const cube = this.#cubeOfSlot[slot]
    if (cube === undefined || distanceToCube(cube, point) !== 0) {
      this.remove(slot)
      this.#enter(slot, point)
    }
    this.#freshen(this.#cubeOfSlot[slot], Math.ceil(receivedAtMs / 1_000))
  }

  remove(slot: number): void {
    const cube = this.#cubeOfSlot[slot]
    const moved = cube?.slots.pop()
    if (cube === undefined || moved === undefined) return
    const place = this.#placeOfSlot[slot] ?? 0
    if (moved !== slot) {
      cube.slots[place] = moved
      this.#placeOfSlot[moved] = place
    }
    this.#cubeOfSlot[slot] = undefined
    let joined: Cube | undefined
    for (let above: Cube | undefined = cube; above !== undefined; above = above.parent) {
      above.count -= 1
      if (above.parts !== undefined && above.count <= JOIN_MAX) joined = above
    }
    if (joined !== undefined) this.#join(joined)
  }

  /** Visits slots from near to far, cube by cube: at least all within the bound of the visit. */
  search(from: SpherePoint, visit: TreeVisit): void {
    this.#searchCube(this.#root, from, visit)
  }

  #enter(slot: number, point: SpherePoint): void {
    let cube = this.#root
    cube.count += 1
    while (cube.parts !== undefined) {
      cube = partFor(cube, cube.parts, point.x, point.y, point.z)
      cube.count += 1
    }
    this.#settle(slot, cube)
    if (cube.slots.length > LEAF_MAX && cube.depth < DEPTH_MAX) this.#cut(cube)
  }

  /** A cube is never fresher than the one around it, so the way up ends where it is known. */
  #freshen(cube: Cube | undefined, second: number): void {
    let stale = cube
    while (stale !== undefined && stale.newestS < second) {
      stale.newestS = second
      stale = stale.parent
    }
  }

  #settle(slot: number, cube: Cube): void {
    this.#cubeOfSlot[slot] = cube
    this.#placeOfSlot[slot] = cube.slots.length
    cube.slots.push(slot)
  }

  /** Cuts a cube, and its parts where one of them got everything. */
  #cut(cube: Cube): void {
    const { slots } = cube
    const parts = new Array<Cube | undefined>(8).fill(undefined)
    const points = this.#points
    cube.slots = []
    cube.parts = parts
    for (const slot of slots) {
      const [x = 0, y = 0, z = 0] = [points[3 * slot], points[3 * slot + 1], points[3 * slot + 2]]
      const part = partFor(cube, parts, x, y, z)
      part.count += 1
      this.#settle(slot, part)
    }
    for (const part of parts) {
      if (part !== undefined && part.count > LEAF_MAX && part.depth < DEPTH_MAX) this.#cut(part)
    }
  }

  /** Makes a cube that was cut whole again. */
  #join(cube: Cube): void {
    const slots = slotsBelow(cube)
    cube.parts = undefined
    for (const slot of slots) this.#settle(slot, cube)
  }

  #searchCube(cube: Cube, from: SpherePoint, visit: TreeVisit): void {
    if (cube.newestS * 1_000 < visit.sinceMs) return
    const { parts } = cube
    if (parts === undefined) {
      for (const slot of cube.slots) visit.visit(slot, this.#distanceSquared(slot, from))
      return
    }
    const distances = this.#distances
    const base = 8 * cube.depth
    for (let at = 0; at < 8; at += 1) {
      const part = parts[at]
      distances[base + at] = part === undefined ? GONE : distanceToCube(part, from)
    }
    for (;;) {
      let nearest = base
      for (let at = base + 1; at < base + 8; at += 1) {
        if ((distances[at] ?? GONE) < (distances[nearest] ?? GONE)) nearest = at
      }
      const distance = distances[nearest] ?? GONE
      const part = parts[nearest - base]
      if (distance === GONE || distance > visit.bound || part === undefined) return
      distances[nearest] = GONE
      this.#searchCube(part, from, visit)
    }
  }

  #distanceSquared(slot: number, from: SpherePoint): number {
    const x = (this.#points[3 * slot] ?? 0) - from.x
    const y = (this.#points[3 * slot + 1] ?? 0) - from.y
    const z = (this.#points[3 * slot + 2] ?? 0) - from.z
    return x * x + y * y + z * z
  }

  #growPoints(): void {
    const grown = new Float64Array(2 * this.#points.length)
    grown.set(this.#points)
    this.#points = grown
  }
}

/** The part of a cut cube that holds a point, made when nobody was there before. */
function partFor(cube: Cube, parts: (Cube | undefined)[], x: number, y: number, z: number): Cube {
  const at = (x >= cube.x ? 1 : 0) + (y >= cube.y ? 2 : 0) + (z >= cube.z ? 4 : 0)
  const there = parts[at]
  if (there !== undefined) return there
  const half = cube.half / 2
  const side = (is: boolean): number => (is ? half : -half)
  const [partX, partY, partZ] = [
    cube.x + side(x >= cube.x),
    cube.y + side(y >= cube.y),
    cube.z + side(z >= cube.z),
  ]
  const part = new Cube(partX, partY, partZ, half, cube)
  parts[at] = part
  return part
}

/** Straight distance squared from a point to the nearest place of a cube; 0 within it. */
function distanceToCube(cube: Cube, { x, y, z }: SpherePoint): number {
  const dx = Math.max(0, Math.abs(x - cube.x) - cube.half)
  const dy = Math.max(0, Math.abs(y - cube.y) - cube.half)
  const dz = Math.max(0, Math.abs(z - cube.z) - cube.half)
  return dx * dx + dy * dy + dz * dz
}

function slotsBelow(cube: Cube): number[] {
  if (cube.parts === undefined) return cube.slots
  return cube.parts.flatMap((part) => (part === undefined ? [] : slotsBelow(part)))
}

const cubesOf = (cube: Cube): number =>
  (cube.parts ?? []).reduce((sum, part) => sum + (part === undefined ? 0 : cubesOf(part)), 1)
