/**
 * network/transport/accepted: the socket a server has taken, made to read into one buffer.
 *
 * A server of node gives each read memory of its own, which costs a receiver of much data a fifth
 * of its time; only sockets that are made with `onread` read into a buffer that is used again. So
 * the handle of the socket moves into such a one. It has to be at rest: nothing has been read.
 *
 * Limit: the handle is no documented part of node; where it is not as we know it, the socket stays
 * as it is and reads as before.
 */
import { Socket, type SocketConstructorOpts } from 'node:net'
import { Inlet } from './socket-line.js'

/** What a socket of node lies on. */
interface Handle {
  readonly useUserBuffer?: unknown
}

/** A socket, and through what it reads when that is not its event `data`. */
export interface Accepted {
  readonly socket: Socket
  readonly inlet?: Inlet
}

/** The other socket over the same connection; the one that was given counts until that ends. */
export function accepted(given: Socket, buffer: Uint8Array, highWaterMark: number): Accepted {
  const holder = given as unknown as { _handle: Handle | null | undefined }
  const handle = holder._handle
  const isKnown = typeof handle?.useUserBuffer === 'function' && !given.destroyed
  if (!isKnown) return { socket: given }
  const inlet = new Inlet()
  const settings: SocketConstructorOpts & Readonly<Record<string, unknown>> = {
    handle,
    highWaterMark,
    pauseOnCreate: true,
    onread: { buffer, callback: inlet.take },
  }
  const socket = new Socket(settings)
  holder._handle = null
  // The server counts the socket it made.
  socket.once('close', () => given.destroy())
  return { socket, inlet }
}
