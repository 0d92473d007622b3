/**
 * page/fleet: every vehicle the page knows, where it is and where it was.
 *
 * A vehicle glides from one report to the next; one that has leapt is put there at once and leaves
 * no trail. Who is gone is told by the server; nobody is forgotten here on the quiet. Knows nothing
 * of the screen. Limit: `TRAIL_MAX` places a vehicle.
 */
import type { Frame } from './feed.js'
import { xOf, yOf } from './projection.js'

/** Time a vehicle takes from one report to the next, in milliseconds. */
const GLIDE_MS = 1_000
/** A step larger than this, on the plane, is a leap: about 40 km. */
const LEAP = 1e-3
const TRAIL_MAX = 12
/** Cells of the whole plane in each direction: a degree of longitude. */
const CELLS = 360
/** When so large a part of all is in one place, the others have gone astray. */
const TOGETHER = 0.9

export class Vehicle {
  readonly slot: number
  x: number
  y: number
  fromX: number
  fromY: number
  /** When it was heard of, on the clock of this page. */
  heardMs: number
  /** When the page was told, which is where the glide begins. */
  toldMs: number
  isEmergency = false
  /** Pairs of x and y, the oldest first. */
  readonly trail: number[] = []

  constructor(slot: number, x: number, y: number, heardMs: number) {
    this.slot = slot
    this.x = x
    this.y = y
    this.fromX = x
    this.fromY = y
    this.heardMs = heardMs
    this.toldMs = heardMs
  }

  /** How far the glide is at a moment: 0 to 1. */
  glide(nowMs: number): number {
    return Math.min(1, Math.max(0, (nowMs - this.toldMs) / GLIDE_MS))
  }
}

/** Numbers of one vehicle in a frame: slot, longitude, latitude, age, emergency. */
const WIDTH = 5
const STEPS = 100_000

export class Fleet {
  readonly vehicles = new Map<number, Vehicle>()

  /** Takes a frame of the feed; a whole one replaces everything. */
  take({ v: numbers, gone, whole }: Frame, nowMs: number): void {
    if (whole) this.vehicles.clear()
    // First, since a slot may be that of another vehicle now, which must not inherit a trail.
    for (const slot of gone) this.vehicles.delete(slot)
    for (let at = 0; at + WIDTH <= numbers.length; at += WIDTH) {
      const [slot = 0, lon = 0, lat = 0, ageMs = 0, flag = 0] = numbers.slice(at, at + WIDTH)
      this.#move(slot, xOf(lon / STEPS), yOf(lat / STEPS), nowMs - ageMs, nowMs, flag === 1)
    }
  }

  /** Whom to show first: all of them, but for a few strays when the others are in one place. */
  gathering(): readonly Vehicle[] {
    const all = [...this.vehicles.values()]
    const near = this.#densest(all)
    return near.length >= TOGETHER * all.length ? near : all
  }

  /** The vehicles in and around the square degree that has the most of them. */
  #densest(all: readonly Vehicle[]): readonly Vehicle[] {
    const cells = new Map<number, Vehicle[]>()
    for (const vehicle of all) {
      const key = Math.floor(vehicle.x * CELLS) * CELLS + Math.floor(vehicle.y * CELLS)
      const cell = cells.get(key)
      if (cell === undefined) cells.set(key, [vehicle])
      else cell.push(vehicle)
    }
    const [most] = [...cells.values()].sort((left, right) => right.length - left.length)
    const middle = most?.[0]
    if (middle === undefined) return []
    const near = (one: Vehicle): boolean =>
      Math.abs(one.x - middle.x) < 1 / CELLS && Math.abs(one.y - middle.y) < 1 / CELLS
    return all.filter(near)
  }

  #move(
    slot: number,
    x: number,
    y: number,
    heardMs: number,
    nowMs: number,
    isEmergency: boolean,
  ): void {
    const known = this.vehicles.get(slot)
    if (known === undefined) {
      const vehicle = new Vehicle(slot, x, y, heardMs)
      vehicle.isEmergency = isEmergency
      this.vehicles.set(slot, vehicle)
      return
    }
    const isLeap = Math.abs(x - known.x) > LEAP || Math.abs(y - known.y) > LEAP
    const done = known.glide(nowMs)
    known.fromX = isLeap ? x : known.fromX + (known.x - known.fromX) * done
    known.fromY = isLeap ? y : known.fromY + (known.y - known.fromY) * done
    if (isLeap) known.trail.length = 0
    else if (x !== known.x || y !== known.y) {
      known.trail.push(known.x, known.y)
      if (known.trail.length > 2 * TRAIL_MAX) known.trail.splice(0, 2)
    }
    known.x = x
    known.y = y
    known.heardMs = heardMs
    known.toldMs = nowMs
    known.isEmergency = isEmergency
  }
}
