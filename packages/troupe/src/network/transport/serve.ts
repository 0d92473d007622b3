/**
 * network/transport/serve: one listening server of node, on the first free port of a range.
 *
 * Knows nothing of lines: it is given a server and tells where it listens.
 */
import type { ListenOptions, Server } from 'node:net'
import { TroupeError } from '#contract'
import { addressOf } from './host-port.js'
import { codeOf, problemOf } from './problem.js'

/** The highest port there is. */
const PORT_MAX = 65_535

/** What is opened, and how it is called in errors. */
export interface Serving {
  readonly transport: string
  readonly server: Server
  readonly backlog: number
}

/**
 * Listens on `port` or, while that is in use, on one of those that follow.
 *
 * Gives the port. Rejects with PORT_IN_USE when all are, and with PORT_FAILED.
 */
export async function servePorts(
  serving: Serving,
  where: { readonly host: string; readonly port: number; readonly portRange: number },
): Promise<number> {
  const { host, port, portRange } = where
  const last = port === 0 ? 0 : Math.min(PORT_MAX, port + Math.max(1, portRange) - 1)
  const address = (to: number): string => addressOf(host, to)
  if (host === '') {
    throw failure(serving.transport, address(port), 'no host is given; give an address of ours')
  }
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX) {
    throw failure(serving.transport, address(port), `give a port from 0 to ${PORT_MAX}`)
  }
  for (let tried = port; tried <= last; tried += 1) {
    try {
      await opened(serving, { host, port: tried })
      return portOf(serving.server)
    } catch (thrown) {
      if (codeOf(thrown) === 'EADDRINUSE') continue
      throw failure(serving.transport, address(tried), problemOf(thrown), thrown)
    }
  }
  const tried = last > port ? `${address(port)}-${last}` : address(port)
  throw new TroupeError('PORT_IN_USE', { transport: serving.transport, address: tried })
}

/** Opens the server; rejects with what node says. */
export function opened(
  { server, backlog }: Serving,
  where: Pick<ListenOptions, 'host' | 'port' | 'path'>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      server.removeListener('listening', listening)
      reject(error)
    }
    const listening = (): void => {
      server.removeListener('error', failed)
      // The system may fail to take one connection; the next may be taken again.
      server.on('error', () => {})
      resolve()
    }
    server.once('error', failed)
    server.once('listening', listening)
    try {
      server.listen({ ...where, backlog, exclusive: true })
    } catch (thrown) {
      // A port that is no number, for instance.
      server.removeListener('error', failed)
      server.removeListener('listening', listening)
      reject(thrown)
    }
  })
}

export function failure(
  transport: string,
  address: string,
  problem: string,
  cause?: unknown,
): TroupeError {
  return new TroupeError('PORT_FAILED', { transport, address, problem }, cause)
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
