/**
 * query/vehicle-json: a vehicle as the answer shows it.
 *
 * Pure. The keys are those of the packet, with the time the position was received.
 */

import type { NearReport } from '#traffic/store/position-table'

export interface VehicleJson {
  readonly ID: string
  readonly Lat: number
  readonly Lon: number
  /** When the position was received: ISO 8601, UTC. */
  readonly Date: string
  readonly Emergency: boolean
  /** Metres along the surface from where was asked, to the tenth. */
  readonly Distance: number
}

export function vehicleJson({ report, distanceM }: NearReport): VehicleJson {
  const { id, latitude, longitude, emergency } = report.position
  return {
    ID: id,
    Lat: latitude,
    Lon: longitude,
    Date: new Date(report.receivedAtMs).toISOString(),
    Emergency: emergency,
    Distance: Math.round(distanceM * 10) / 10,
  }
}
