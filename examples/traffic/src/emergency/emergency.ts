/**
 * emergency/emergency: one emergency, and the key under which everybody knows it.
 *
 * Pure. The key is made of the vehicle and the moment its first report came in, so it is the
 * same in every attempt and after every restart, and two emergencies never share one.
 */

import type { Report } from '#traffic/store/position-table'

export interface Emergency {
  /** Idempotency-Key of every delivery, and key of the record on disk. */
  readonly key: string
  /** Id of the vehicle. */
  readonly id: string
  readonly latitude: number
  readonly longitude: number
  /** When the first report of it came in: milliseconds since 1970. */
  readonly receivedAtMs: number
}

/**
 * The emergency that this report opens.
 *
 * @example emergencyOf(report).key // 'bus-1.1735689600000'
 */
export function emergencyOf({ position, receivedAtMs }: Report): Emergency {
  const { id, latitude, longitude } = position
  return Object.freeze({ key: keyOf(id, receivedAtMs), id, latitude, longitude, receivedAtMs })
}

/** What comes behind the last dot is the time; an id may have dots of its own. */
export function keyOf(id: string, receivedAtMs: number): string {
  // A header takes printable ASCII only, and a lone surrogate could not be percent-encoded.
  return `${encodeURIComponent(Buffer.from(id).toString())}.${Math.floor(receivedAtMs)}`
}

/** What the service is sent: the keys of the packet, and when it was received. */
export function bodyOf({ id, latitude, longitude, receivedAtMs }: Emergency): string {
  return JSON.stringify({
    ID: id,
    Lat: latitude,
    Lon: longitude,
    Date: new Date(receivedAtMs).toISOString(),
    Emergency: true,
  })
}
