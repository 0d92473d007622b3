/**
 * test/store/fleet-scene: reports, tables and places for tests of the table.
 */
import fc from 'fast-check'
import { PositionTable, type Report } from '#traffic/store/position-table'

export const report = (
  id: string,
  latitude: number,
  longitude: number,
  receivedAtMs = 0,
  sequence = 0,
): Report => ({
  position: { id, latitude, longitude, emergency: false },
  receivedAtMs,
  sequence,
})

export const tableOf = (...reports: readonly Report[]): PositionTable => {
  const table = new PositionTable()
  for (const one of reports) table.put(one)
  return table
}

export const idsNear = (table: PositionTable, latitude: number, longitude: number, limit = 10) =>
  table.nearest({ latitude, longitude }, { limit }).map((near) => near.report.position.id)
/** Towns, lines of latitude, poles and the seam, close together and far apart. */
export const somewhere = fc.oneof(
  fc.tuple(
    fc.double({ min: -90, max: 90, noNaN: true }),
    fc.double({ min: -180, max: 180, noNaN: true }),
  ),
  fc.tuple(
    fc.double({ min: 30.2, max: 30.3, noNaN: true }),
    fc.double({ min: -97.8, max: -97.7, noNaN: true }),
  ),
  fc.tuple(
    fc.double({ min: 89.5, max: 90, noNaN: true }),
    fc.double({ min: -180, max: 180, noNaN: true }),
  ),
  fc.tuple(
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.constantFrom(-180, 180, 179.999, -179.999),
  ),
  fc.constantFrom([90, 0] as const, [-90, 0] as const, [0, 0] as const, [0, 90] as const),
)
