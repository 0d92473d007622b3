/**
 * page/projection: places of the globe on a plane, and back: Web Mercator.
 *
 * Pure. The world is a square of side 1 whose y grows to the south; x goes on beyond 0 and 1, so
 * that a view may lie across the 180 degree line.
 *
 * @source EPSG:3857
 */

/** Where the square ends in the north and the south, in degrees. */
export const LATITUDE_MAX = 85.051_128_78

const EARTH_CIRCUMFERENCE_M = 40_030_228

export const xOf = (longitude: number): number => (longitude + 180) / 360

export function yOf(latitude: number): number {
  const held = Math.max(-LATITUDE_MAX, Math.min(LATITUDE_MAX, latitude))
  const phi = (held * Math.PI) / 180
  return (1 - Math.log(Math.tan(phi) + 1 / Math.cos(phi)) / Math.PI) / 2
}

/** Within -180 and 180. */
export const longitudeOf = (x: number): number => (x - Math.floor(x)) * 360 - 180

export const latitudeOf = (y: number): number =>
  (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI

/** Metres that one unit of the plane stands for at a latitude. */
export const metresAt = (latitude: number): number =>
  EARTH_CIRCUMFERENCE_M * Math.cos((latitude * Math.PI) / 180)
