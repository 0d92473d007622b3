/**
 * fleet/vehicle: one made-up vehicle that drives about its town.
 *
 * Pure: how it drives is decided by the chance it is given, so a seed repeats a whole fleet.
 * Limit: it turns for home when it is more than `ROAM_M` away from it.
 */

import type { Position } from '#traffic/packet/position'
import { EARTH_RADIUS_M } from '#traffic/store/globe'

/** What a vehicle asks of chance. */
export interface Chance {
  /** A number in [0, 1). */
  unit(): number
  /** A whole number in [0, limit). */
  below(limit: number): number
}

/** Degrees on the globe. */
export interface Place {
  readonly latitude: number
  readonly longitude: number
}

export interface Vehicle extends Place {
  readonly id: string
  readonly home: Place
  /** Degrees clockwise from north, 0 to below 360. */
  readonly headingDeg: number
  readonly speedMps: number
}

/** One report in this many calls for help. */
export const EMERGENCY_ONE_IN = 1_000

/** How far from home a vehicle drives before it turns back, in metres. */
export const ROAM_M = 12_000

/** The fastest a vehicle goes, in metres per second: 120 km/h. */
export const SPEED_MPS_MAX = 33

const radians = (degrees: number): number => (degrees * Math.PI) / 180
const degrees = (angle: number): number => (angle * 180) / Math.PI
const round = (value: number): number => Math.round(value * 1e6) / 1e6

/** The place this many metres away along a great circle. */
export function placeAhead(from: Place, headingDeg: number, metres: number): Place {
  const angle = metres / EARTH_RADIUS_M
  const phi = radians(from.latitude)
  const heading = radians(headingDeg)
  const sine = Math.sin(phi) * Math.cos(angle) + Math.cos(phi) * Math.sin(angle) * Math.cos(heading)
  const latitude = Math.asin(Math.max(-1, Math.min(1, sine)))
  const turn = Math.atan2(
    Math.sin(heading) * Math.sin(angle) * Math.cos(phi),
    Math.cos(angle) - Math.sin(phi) * sine,
  )
  const longitude = ((from.longitude + degrees(turn) + 540) % 360) - 180
  return { latitude: degrees(latitude), longitude }
}

/** The heading of the great circle from one place to another, 0 to below 360. */
export function headingTo(from: Place, to: Place): number {
  const turn = radians(to.longitude - from.longitude)
  const phi = radians(from.latitude)
  const target = radians(to.latitude)
  const east = Math.sin(turn) * Math.cos(target)
  const north = Math.cos(phi) * Math.sin(target) - Math.sin(phi) * Math.cos(target) * Math.cos(turn)
  return (degrees(Math.atan2(east, north)) + 360) % 360
}

/** Metres along the surface between two places. */
export function metresBetween(from: Place, to: Place): number {
  const phi = radians(to.latitude - from.latitude)
  const lambda = radians(to.longitude - from.longitude)
  const a =
    Math.sin(phi / 2) ** 2 +
    Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * Math.sin(lambda / 2) ** 2
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(a)))
}

/** The vehicle after it has driven for a while. */
export function drive(vehicle: Vehicle, elapsedMs: number, chance: Chance): Vehicle {
  const speedMps = nextSpeed(vehicle.speedMps, chance)
  const away = metresBetween(vehicle, vehicle.home) > ROAM_M
  const bend = chance.below(8) === 0 ? (chance.unit() - 0.5) * 180 : (chance.unit() - 0.5) * 10
  const headingDeg = away
    ? headingTo(vehicle, vehicle.home)
    : (vehicle.headingDeg + bend + 360) % 360
  const place = placeAhead(vehicle, headingDeg, (speedMps * elapsedMs) / 1_000)
  return { ...vehicle, ...place, headingDeg, speedMps }
}

/** What the vehicle reports from where it is. */
export function reportOf(vehicle: Vehicle, chance: Chance): Position {
  return {
    id: vehicle.id,
    latitude: round(vehicle.latitude),
    longitude: round(vehicle.longitude),
    emergency: chance.below(EMERGENCY_ONE_IN) === 0,
  }
}

/** Traffic speeds up and slows down by a few metres per second, and stops at lights. */
function nextSpeed(speedMps: number, chance: Chance): number {
  if (chance.below(20) === 0) return 0
  const wanted = speedMps + (chance.unit() - 0.45) * 6
  return Math.max(0, Math.min(SPEED_MPS_MAX, wanted))
}
