/**
 * ports/web/parting: how a connection ends after its last answer, so that the answer arrives.
 *
 * A machine answers with a reset when bytes come for a connection that was closed, and a client
 * that is still sending may then lose the answer it has not read. So our side is closed first, and
 * what still comes is read and let go until the client closes its side too.
 * Limits: `lingerTimeoutMs` and `lingerBytesMax`; then the connection is cut.
 *
 * @source RFC 9112, 9.6 (tear-down)
 */
import type { Duplex } from 'node:stream'
import type { Clock } from '#base/clock'
import type { WebLimits } from './listen-options.js'

/** A connection whose end somebody may have taken charge of; Node's servers ask for it so. */
type Parted = Duplex & { destroySoon?(): void; setTimeout?(timeoutMs: number): unknown }

/** Ends a connection in its own way, once all that was written has gone. */
export function part(socket: Parted): void {
  if (socket.destroySoon === undefined) socket.end()
  else socket.destroySoon()
}

/** Takes charge of how a connection of a server ends; `cut` is told when a limit ended it. */
export function lingerAtEnd(
  socket: Duplex,
  limits: Pick<WebLimits, 'lingerTimeoutMs' | 'lingerBytesMax'>,
  clock: Clock,
  cut: () => void,
): void {
  const parted: Parted = socket
  // The method by which Node's servers close a connection after its last answer.
  parted.destroySoon = () => {
    parted.destroySoon = nothing
    if (!socket.destroyed) linger(parted, limits, clock, cut)
  }
}

const nothing = (): void => {}

function linger(
  socket: Parted,
  { lingerTimeoutMs, lingerBytesMax }: Pick<WebLimits, 'lingerTimeoutMs' | 'lingerBytesMax'>,
  clock: Clock,
  cut: () => void,
): void {
  let bytesLeft = lingerBytesMax
  const stop = (): void => {
    if (socket.destroyed) return
    cut()
    socket.destroy()
  }
  const cancel = clock.after(lingerTimeoutMs, stop)
  socket.once('close', cancel)
  // Not for the parser any more: what follows a last answer is no request.
  socket.removeAllListeners('data')
  socket.on('data', (chunk: Uint8Array) => {
    bytesLeft -= chunk.length
    if (bytesLeft < 0) stop()
  })
  socket.setTimeout?.(0)
  socket.resume()
  // A body that nobody read may have stopped the machine itself; a stream does not know of that.
  socket._read(0)
  socket.end()
}
