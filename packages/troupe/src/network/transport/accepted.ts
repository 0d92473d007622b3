/**
 * network/transport/accepted: the socket a server has taken, made to read into one buffer.
 *
 * A server of node gives each read memory of its own, which costs a receiver of much data a fifth
 * of its time; only sockets that are made with `onread` read into a buffer that is used again. So
 * the handle of the socket moves into such a one. It has to be at rest: nothing has been read.
 *
 * Limit: the handle is no documented part of node; where it is not as we know it (Node 20 to 26),
 * the socket stays as it is and reads as before. Should a later node move the handle and read into
 * memory of its own all the same, the line takes that, too.
 */
import { Socket, type SocketConstructorOpts } from 'node:net'
import { Inlet } from './socket-line.js'

/** What a socket of node lies on. */
type Handle = Readonly<Record<string, unknown>>

/** What has to be there for another socket to live on it. */
const HANDLE_VERBS = ['useUserBuffer', 'readStart', 'readStop', 'close', 'getpeername']

/** A socket, and through what it reads when that is not its event `data`. */
export interface Accepted {
  readonly socket: Socket
  readonly inlet?: Inlet
}

/** The other socket over the same connection; the one that was given counts until that ends. */
export function accepted(given: Socket, buffer: Uint8Array, highWaterMark: number): Accepted {
  const holder = given as unknown as { _handle: Handle | null | undefined }
  const handle = holder._handle
  if (handle === null || handle === undefined) return { socket: given }
  const isKnown = HANDLE_VERBS.every((verb) => typeof handle[verb] === 'function')
  if (!isKnown || given.destroyed || given.bytesRead > 0) return { socket: given }
  const inlet = new Inlet()
  const socket = socketOver(handle, buffer, highWaterMark, inlet)
  if (socket === undefined) return { socket: given }
  holder._handle = null
  // The server counts the socket it made.
  socket.once('close', () => given.destroy())
  return { socket, inlet }
}

/** Another socket on a handle; undefined when node does not make one of that. */
function socketOver(
  handle: Handle,
  buffer: Uint8Array,
  highWaterMark: number,
  inlet: Inlet,
): Socket | undefined {
  const settings: SocketConstructorOpts & Readonly<Record<string, unknown>> = {
    handle,
    highWaterMark,
    pauseOnCreate: true,
    onread: { buffer, callback: inlet.take },
  }
  try {
    const socket = new Socket(settings)
    return (socket as unknown as { _handle: unknown })._handle === handle ? socket : undefined
  } catch {
    return undefined
  }
}
