/**
 * store/globe: places on a sphere as points in space, and the distance along its surface.
 *
 * Degrees have seams (the 180 degree line) and corners (the poles); points in space have
 * none. The straight distance between two points on the sphere grows with the distance along
 * the surface, so the nearest by one is the nearest by the other.
 * Limit: a sphere, not an ellipsoid, so a distance may be wrong by up to 0.5 %.
 *
 * @source WGS 84 mean radius; "great-circle distance", chord form
 */

/** Mean radius of the earth in metres. */
export const EARTH_RADIUS_M = 6_371_008.8

/** A point on the sphere of radius 1. */
export interface SpherePoint {
  readonly x: number
  readonly y: number
  readonly z: number
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** The point on the unit sphere at these degrees. */
export function spherePoint(latitude: number, longitude: number): SpherePoint {
  const phi = radians(latitude)
  const lambda = radians(longitude)
  const ring = Math.cos(phi)
  return { x: ring * Math.cos(lambda), y: ring * Math.sin(lambda), z: Math.sin(phi) }
}

/** Metres along the surface between two points whose straight distance squared is given. */
export function surfaceMetres(chordSquared: number): number {
  const half = Math.min(1, Math.sqrt(chordSquared) / 2)
  return 2 * EARTH_RADIUS_M * Math.asin(half)
}

/**
 * A straight distance squared that is not below that of any point within these metres along the
 * surface; a little above, since the way there and back is rounded.
 */
export function chordSquaredOf(metres: number): number {
  const angle = metres / (2 * EARTH_RADIUS_M)
  if (angle >= Math.PI / 2) return Number.POSITIVE_INFINITY
  const chord = 2 * Math.sin(angle)
  return chord * chord * (1 + 1e-9) + 1e-20
}
