/**
 * test/raw-packet: packets written byte by byte, as a vehicle of somebody else would.
 *
 * Uses nothing of the system, so that what it understands is not judged by what it writes.
 */

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value)
  const head = bytes.length < 32 ? [0xa0 | bytes.length] : [0xd9, bytes.length]
  return Buffer.concat([Buffer.from(head), bytes])
}

const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(9)
  bytes[0] = 0xcb
  bytes.writeDoubleBE(value, 1)
  return bytes
}

/** The packet of the article, with these values. */
export function rawPacket(id: string, latitude: number, longitude: number, emergency = false) {
  return Buffer.concat([
    ...[Buffer.from([0x84]), text('ID'), text(id), text('Lon'), double(longitude)],
    ...[text('Lat'), double(latitude), text('Emergency'), Buffer.from([emergency ? 0xc3 : 0xc2])],
  ])
}

/** The same keys in another order, and whole numbers in place of floats. */
export function rawWholePacket(id: string, latitude: number, longitude: number) {
  const whole = (value: number): Buffer => {
    const bytes = Buffer.alloc(3)
    bytes[0] = 0xd1
    bytes.writeInt16BE(value, 1)
    return bytes
  }
  return Buffer.concat([
    ...[Buffer.from([0x84]), text('Emergency'), Buffer.from([0xc2]), text('Lat')],
    ...[whole(latitude), text('ID'), text(id), text('Lon'), whole(longitude)],
  ])
}

/** A chunk as the TCP port takes it: four bytes of length, big-endian, and the packet. */
export function chunkOf(packet: Uint8Array): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(packet.length)
  return Buffer.concat([head, packet])
}

/** Great-circle metres, by the haversine formula on a sphere of 6,371,008.8 m. */
export function metresApart(
  from: { readonly lat: number; readonly lon: number },
  to: { readonly lat: number; readonly lon: number },
): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  const [phi, lambda] = [radians(to.lat - from.lat), radians(to.lon - from.lon)]
  const a =
    Math.sin(phi / 2) ** 2 +
    Math.cos(radians(from.lat)) * Math.cos(radians(to.lat)) * Math.sin(lambda / 2) ** 2
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(a)))
}
