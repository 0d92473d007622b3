/**
 * packet/position: where one vehicle says it is.
 *
 * Knows nothing of how it travelled. Degrees are WGS 84; north and east are positive.
 */

/** The longest vehicle id, in bytes of UTF-8; the shortest is one byte. */
export const ID_BYTES_MAX = 64

/** What one valid packet says. */
export interface Position {
  readonly id: string
  /** Degrees, -180 to 180. */
  readonly longitude: number
  /** Degrees, -90 to 90. */
  readonly latitude: number
  readonly emergency: boolean
}

/** True for a finite number of degrees between the poles. */
export function isLatitude(degrees: number): boolean {
  return degrees >= -90 && degrees <= 90
}

/** True for a finite number of degrees within half a turn of Greenwich. */
export function isLongitude(degrees: number): boolean {
  return degrees >= -180 && degrees <= 180
}
