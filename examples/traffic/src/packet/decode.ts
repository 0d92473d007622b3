/**
 * packet/decode: one datagram to one verdict, and back.
 *
 * Never throws, whatever the bytes. The packet is one MessagePack map with the four keys ID,
 * Lon, Lat and Emergency in any order and nothing else: an extra key is refused, since a
 * sender that means something by it would otherwise never learn that nobody reads it.
 * A number may be of any MessagePack number type. Limit: `PACKET_BYTES_MAX`.
 */

import { Packr, Unpackr } from 'msgpackr'
import { declaredEntries, outlineFault } from './outline.js'
import { ID_BYTES_MAX, isLatitude, isLongitude, type Position } from './position.js'
import { type PacketVerdict, type RejectCause, rejected } from './verdict.js'

/** The largest datagram that is looked at, in bytes; a usual packet has about 80. */
export const PACKET_BYTES_MAX = 1_024

const KEYS: ReadonlySet<unknown> = new Set(['ID', 'Lon', 'Lat', 'Emergency'])

// Decoding to a Map leaves no room for `__proto__`, and records would be state between packets.
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: false })

// The short form of a map saves two bytes and is what vehicles in the field send.
const packr = new Packr({ useRecords: false, variableMapSize: true })

/**
 * What this datagram says, or why it says nothing.
 *
 * @example
 * const verdict = decodePacket(bytes)
 * if (verdict.kind === 'rejected') ledger.rejected(verdict.cause)
 */
export function decodePacket(bytes: Uint8Array): PacketVerdict {
  if (bytes.length === 0) return rejected('empty')
  if (bytes.length > PACKET_BYTES_MAX) return rejected('oversize')
  const fault = outlineFault(bytes)
  if (fault !== undefined) return rejected(fault)
  const entries = declaredEntries(bytes)
  if (entries < 0) return rejected('not-a-map')
  try {
    return verdictOf(unpackr.unpack(bytes) as ReadonlyMap<unknown, unknown>, entries)
  } catch {
    // The outline has accepted these bytes, so only a fault of the decoder leads here.
    return rejected('malformed')
  }
}

/** The datagram of a position: what every vehicle sends. */
export function encodePacket(position: Position): Uint8Array {
  return packr.pack({
    ID: position.id,
    Lon: position.longitude,
    Lat: position.latitude,
    Emergency: position.emergency,
  })
}

function verdictOf(map: ReadonlyMap<unknown, unknown>, entries: number): PacketVerdict {
  if (map.size !== entries) return rejected('duplicate-key')
  for (const key of map.keys()) if (!KEYS.has(key)) return rejected('extra-key')
  if (map.size !== KEYS.size) return rejected('missing-key')
  const id = map.get('ID')
  const longitude = degreesOf(map.get('Lon'))
  const latitude = degreesOf(map.get('Lat'))
  const emergency = map.get('Emergency')
  if (typeof id !== 'string' || typeof emergency !== 'boolean') return rejected('wrong-type')
  if (longitude === undefined || latitude === undefined) return rejected('wrong-type')
  const cause = faultOf(id, longitude, latitude)
  if (cause !== undefined) return rejected(cause)
  return { kind: 'position', position: { id, longitude, latitude, emergency } }
}

/** A number of any MessagePack type; 64-bit integers arrive as bigint. */
function degreesOf(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'number' ? value : undefined
}

function faultOf(id: string, longitude: number, latitude: number): RejectCause | undefined {
  // A string has at most three bytes of UTF-8 for each of its units, so most need no counting.
  const idBytes = id.length * 3 <= ID_BYTES_MAX ? id.length : Buffer.byteLength(id)
  if (idBytes === 0 || idBytes > ID_BYTES_MAX) return 'id-length'
  if (!Number.isFinite(longitude) || !Number.isFinite(latitude)) return 'not-finite'
  return isLongitude(longitude) && isLatitude(latitude) ? undefined : 'out-of-range'
}
