/**
 * network/transport/dial: waits until a socket is connected, but not for ever.
 *
 * Knows nothing of what kind of socket it is. Whatever goes wrong, the socket is gone afterwards.
 */
import type { Socket } from 'node:net'
import type { Clock } from '#base/clock'
import { type LineDialOptions, TroupeError } from '#contract'
import { codeOf, problemOf } from './problem.js'

/** Whom an attempt to reach somebody is made for. */
export interface Dialling extends LineDialOptions {
  readonly transport: string
  /** The printed address. */
  readonly address: string
  readonly clock: Clock
  /** The event that says that the socket can be used. */
  readonly ready: 'connect' | 'secureConnect'
  /** What it may mean that the far end went after the connection and before it was ready. */
  readonly unready?: string
}

/**
 * Opens a socket and waits until it is ready.
 *
 * Rejects with PORT_FAILED, also when the signal gives it up, and with DIAL_TIMEOUT.
 */
export function dialSocket<S extends Socket>(open: () => S, dialling: Dialling): Promise<S> {
  const { transport, address, clock, ready, timeoutMs, signal } = dialling
  const failed = (problem: string, cause?: unknown): TroupeError =>
    new TroupeError('PORT_FAILED', { transport, address, problem }, cause)
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(failed('the attempt was given up'))
    let socket: S
    try {
      socket = open()
    } catch (thrown) {
      return reject(failed(problemOf(thrown), thrown))
    }
    let last: unknown
    const leave = (error?: TroupeError): void => {
      cancel()
      signal?.removeEventListener('abort', abort)
      socket.removeListener(ready, connected)
      socket.removeListener('close', closed)
      if (error === undefined) resolve(socket)
      else {
        socket.destroy()
        reject(error)
      }
    }
    const abort = (): void => leave(failed('the attempt was given up'))
    const connected = (): void => leave()
    const closed = (): void => leave(failed(lostBy(last, dialling), last))
    const cancel = clock.after(timeoutMs, () =>
      leave(new TroupeError('DIAL_TIMEOUT', { transport, address, timeoutMs })),
    )
    signal?.addEventListener('abort', abort, { once: true })
    // It stays, because a socket that is being torn down may complain once more.
    socket.on('error', (error) => {
      last = error
    })
    socket.once(ready, connected)
    socket.once('close', closed)
  })
}

/** Why a socket was lost before it was ready. */
function lostBy(last: unknown, { unready }: Dialling): string {
  const isCut = unready !== undefined && codeOf(last) === 'ECONNRESET'
  return isCut ? `${problemOf(last)}; ${unready}` : problemOf(last)
}
