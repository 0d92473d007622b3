/**
 * map/frame: what a page is told at one moment, as the text that is sent.
 *
 * Pure. Pages get numbers, never ids: what a vehicle is called is asked for by place, and no
 * foreign text is on its way to a page without need.
 */

import type { Sighting } from './watch.js'

export interface Frame {
  /** It holds everything the page shall show; what was shown before is void. */
  readonly whole: boolean
  /** Only each so many-th vehicle is shown; 1 for all. */
  readonly stride: number
  /** Slots whose vehicle is not shown any more, before those of `shown` are. */
  readonly gone: readonly number[]
  /** Texts of vehicles. */
  readonly shown: readonly string[]
}

/** Degrees are sent in steps of a hundred-thousandth: about a metre. */
const STEPS = 100_000

/**
 * A vehicle in a frame, as five numbers: slot, longitude and latitude in hundred-thousandths of a
 * degree, age in milliseconds, 1 for an emergency.
 */
export function vehicleText({ slot, report }: Sighting, nowMs: number): string {
  const { latitude, longitude, emergency } = report.position
  const [lon, lat] = [Math.round(longitude * STEPS), Math.round(latitude * STEPS)]
  const ageMs = Math.max(0, Math.round(nowMs - report.receivedAtMs))
  return `${slot},${lon},${lat},${ageMs},${emergency ? 1 : 0}`
}

/** A frame as JSON; `v` holds the numbers of all vehicles, one behind the other. */
export function frameJson({ whole, stride, gone, shown }: Frame): string {
  const vehicles = shown.join(',')
  return `{"whole":${whole},"stride":${stride},"gone":[${gone.join(',')}],"v":[${vehicles}]}`
}
