/**
 * ports/connection-process: a connection as a process, of whatever kind and on either side.
 */
import type { AnyProtocol, ExitReason, Handler } from '#contract'
import type { PortBehaviour } from './definition.js'
import type { Held } from './release.js'

/** What every kind of connection can do for those who have its pid. */
export interface ConnectionState extends Held {
  send(given: unknown): unknown
  write(given: unknown): unknown
  close(given: unknown): unknown
  counters(): unknown
  inspect(): Readonly<Record<string, unknown>>
  terminate(reason: ExitReason): unknown
}

const MESSAGES: ReadonlyMap<string, Handler<ConnectionState>> = new Map([
  ['send', (connection: ConnectionState, given: unknown) => connection.send(given)],
  ['close', (connection: ConnectionState, given: unknown) => connection.close(given)],
])

const REQUESTS: ReadonlyMap<string, Handler<ConnectionState>> = new Map([
  ['write', (connection: ConnectionState, given: unknown) => connection.write(given)],
  ['counters', (connection: ConnectionState) => connection.counters()],
])

/** What the processes of all connections share; `protocol` has their four messages. */
export const connectionBehaviour = (
  protocol: AnyProtocol,
): Omit<PortBehaviour<ConnectionState>, 'name' | 'init'> => ({
  protocol,
  messages: MESSAGES,
  requests: REQUESTS,
  options: Object.freeze({}),
  terminate: (connection, reason) => connection.terminate(reason),
  inspect: (connection) => connection.inspect(),
})
