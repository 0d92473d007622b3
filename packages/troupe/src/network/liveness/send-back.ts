/**
 * network/liveness/send-back: an answer goes where its datagram came from, if anything is there.
 *
 * Who can write raw datagrams gives any source: a port of 0 is one that nobody can have, and
 * sending there throws.
 */
import type { RemoteInfo, Socket } from 'node:dgram'

/** Where a datagram says that it came from. */
export type Origin = Pick<RemoteInfo, 'address' | 'port'>

/** Somebody may wait there for an answer. */
export const isAnswerable = ({ port }: Pick<Origin, 'port'>): boolean => port !== 0

/** Sends; an answer that cannot be sent is one that got lost: who asked will ask again. */
export function sendBack(socket: Socket, bytes: Uint8Array, { address, port }: Origin): void {
  try {
    socket.send(bytes, port, address, () => {})
  } catch {
    // No such place, or the socket was closed meanwhile.
  }
}
