/**
 * map/frame: what pages are told of the fleet at one moment.
 *
 * Pure but for the table it reads. A scan looks at `SCAN_MAX` slots at the utmost, so it costs the
 * same for a million vehicles as for twenty thousand: beyond that only each n-th slot is shown,
 * always the same ones. Pages get numbers, never ids: what a vehicle is called is asked for by
 * place, and no foreign text is on its way to a page without need.
 */

import type { PositionTable, Report } from '#traffic/store/position-table'
import { holds, type Viewport } from './viewport.js'

/** Slots looked at in one scan. */
export const SCAN_MAX = 20_000

/** One vehicle of a scan. */
export interface Sighting {
  readonly slot: number
  readonly report: Report
}

/** What a scan found. */
export interface Scan {
  readonly sightings: readonly Sighting[]
  /** Only each so many-th slot is shown; 1 for all. */
  readonly stride: number
}

/** Vehicles that were heard of at or after a moment; all of them with `-Infinity`. */
export function scan(
  table: Pick<PositionTable, 'at' | 'slots'>,
  sinceMs: number,
  scanMax: number = SCAN_MAX,
): Scan {
  const stride = Math.max(1, Math.ceil(table.slots / scanMax))
  const sightings: Sighting[] = []
  for (let slot = 0; slot < table.slots; slot += stride) {
    const report = table.at(slot)
    if (report === undefined || report.receivedAtMs < sinceMs) continue
    sightings.push({ slot, report })
  }
  return { sightings, stride }
}

/** Degrees are sent in steps of a hundred-thousandth: about a metre. */
const STEPS = 100_000

/**
 * A frame as JSON: `v` holds five numbers for each vehicle: slot, longitude and latitude in
 * hundred-thousandths of a degree, age in milliseconds, 1 for an emergency.
 */
export function frameJson(
  { sightings, stride }: Scan,
  viewport: Viewport,
  nowMs: number,
  isWhole: boolean,
): string {
  let vehicles = ''
  for (const { slot, report } of sightings) {
    const { latitude, longitude, emergency } = report.position
    if (!holds(viewport, latitude, longitude)) continue
    const [lon, lat] = [Math.round(longitude * STEPS), Math.round(latitude * STEPS)]
    const ageMs = Math.max(0, Math.round(nowMs - report.receivedAtMs))
    vehicles += `${vehicles === '' ? '' : ','}${slot},${lon},${lat},${ageMs},${emergency ? 1 : 0}`
  }
  return `{"whole":${isWhole},"stride":${stride},"v":[${vehicles}]}`
}
