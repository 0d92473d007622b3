/**
 * store/record: the newest report of one vehicle as the value that is kept on disk.
 *
 * Pure. All of it little end first; the seal is that of store/seal, over the slot as key:
 *
 *   seal u32 | flags u8 (1 = emergency) | longitude f64 | latitude f64 | received at f64, in
 *   milliseconds since 1970 | sequence f64 | id, UTF-8, to the end
 *
 * A change of this layout is a new FORMAT_VERSION.
 */

import { isUtf8 } from 'node:buffer'
import { ID_BYTES_MAX, isLatitude, isLongitude } from '#traffic/packet/position'
import type { Report } from './position-table.js'
import { SEAL_BYTES, writeSeal } from './seal.js'

const EMERGENCY = 1
const ID_AT = 33

/** The most bytes a record takes, with its seal. */
export const RECORD_BYTES_MAX = SEAL_BYTES + ID_AT + ID_BYTES_MAX

/** Writes a sealed record to `target` at `from`, where it has room; where it ends. */
export function writeRecord(report: Report, slot: number, target: Buffer, from: number): number {
  const { id, longitude, latitude, emergency } = report.position
  const body = from + SEAL_BYTES
  target[body] = emergency ? EMERGENCY : 0
  target.writeDoubleLE(longitude, body + 1)
  target.writeDoubleLE(latitude, body + 9)
  target.writeDoubleLE(report.receivedAtMs, body + 17)
  target.writeDoubleLE(report.sequence, body + 25)
  const end = body + ID_AT + target.write(id, body + ID_AT, 'utf8')
  writeSeal(slot, target, from, end)
  return end
}

/** The report in a body whose seal held; undefined when it says what no packet can. */
export function readRecord(body: Buffer): Report | undefined {
  const idBytes = body.length - ID_AT
  if (idBytes < 1 || idBytes > ID_BYTES_MAX) return undefined
  const flags = body[0] ?? 0
  const longitude = body.readDoubleLE(1)
  const latitude = body.readDoubleLE(9)
  const receivedAtMs = body.readDoubleLE(17)
  const sequence = body.readDoubleLE(25)
  if (flags > EMERGENCY || !isLongitude(longitude) || !isLatitude(latitude)) return undefined
  if (!Number.isFinite(receivedAtMs) || !Number.isFinite(sequence)) return undefined
  const idBody = body.subarray(ID_AT)
  if (!isUtf8(idBody)) return undefined
  const id = idBody.toString('utf8')
  const position = { id, longitude, latitude, emergency: flags === EMERGENCY }
  return { position, receivedAtMs, sequence }
}
