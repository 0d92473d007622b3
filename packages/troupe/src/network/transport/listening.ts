/**
 * network/transport/listening: a server of Node on the first free port of a range.
 *
 * Knows nothing of what it serves; TCP and TLS give it their servers.
 */
import type { AddressInfo, Server } from 'node:net'
import { describeThrown, type ErrorCode, TroupeError } from '#contract'

/** Connections that may wait to be taken. */
const BACKLOG = 4_096

/** Where to listen. */
export interface ListenRange {
  readonly transport: string
  readonly host: string
  readonly port: number
  readonly portRange: number
}

/** Listens; gives the port. Rejects with PORT_IN_USE, PORT_FAILED. */
export async function listenInRange(server: Server, range: ListenRange): Promise<number> {
  const { transport, host, port, portRange } = range
  const tries = port === 0 ? 1 : Math.max(1, portRange)
  let problem: unknown
  for (let at = port; at < port + tries && at <= 65_535; at += 1) {
    problem = await tryListen(server, { host, port: at, backlog: BACKLOG })
    if (problem === undefined) return (server.address() as AddressInfo).port
    if (codeOf(problem) !== 'EADDRINUSE') break
  }
  const last = tries === 1 ? `${port}` : `${port}-${port + tries - 1}`
  throw listenError(problem, transport, `${host}:${last}`)
}

/** Settles with what went wrong, or undefined. */
export const tryListen = (server: Server, where: object): Promise<unknown> =>
  new Promise((resolve) => {
    const failed = (error: Error): void => resolve(error)
    server.once('error', failed)
    server.listen(where, () => {
      server.off('error', failed)
      resolve(undefined)
    })
  })

/** PORT_IN_USE or PORT_FAILED. */
export function listenError(
  problem: unknown,
  transport: string,
  address: string,
): TroupeError<ErrorCode> {
  return codeOf(problem) === 'EADDRINUSE'
    ? new TroupeError('PORT_IN_USE', { transport, address }, problem)
    : new TroupeError(
        'PORT_FAILED',
        { transport, address, problem: describeThrown(problem) },
        problem,
      )
}

/** Settles when the server takes nobody any more; those it has taken live on. */
export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    // Its connections are lines of others by now.
    resolve()
  })

const codeOf = (problem: unknown): unknown =>
  (problem as { readonly code?: unknown } | undefined)?.code
