/**
 * ports/websocket/behaviour: the process of one connection, on either side.
 */
import {
  type Behaviour,
  behaviourOf,
  type Pid,
  type ProcessContext,
  type Spawnable,
} from '#contract'
import { Connection, type ConnectionParts } from './connection.js'
import type { WebSocketSides } from './inward.js'
import type { Line } from './library.js'
import { WebSocketConnection } from './message.js'

/** What the messages of `WebSocketConnection` do. */
export const CONNECTION_HANDLERS = Object.freeze({
  protocol: WebSocketConnection,
  messages: new Map([
    ['send', (connection: Connection, given: unknown) => connection.send(given)],
    ['close', (connection: Connection, given: unknown) => connection.close(given)],
  ]),
  requests: new Map([
    ['write', (connection: Connection, given: unknown): unknown => connection.write(given)],
    ['counters', (connection: Connection): unknown => connection.counters()],
  ]),
  options: Object.freeze({}),
  terminate: (connection: Connection) => connection.terminate(),
  inspect: (connection: Connection) => connection.inspect(),
})

/** Makes the connection of this process, which is released however the process ends. */
export function connectionOf(context: ProcessContext, parts: ConnectionParts): Connection {
  const ended = context.ended(context.self)
  const connection = new Connection(parts, context)
  // A killed process has no terminate, yet its socket must not outlive it.
  void ended.then(() => connection.release())
  return connection
}

/** What the process of an accepted connection is spawned with. */
export interface AcceptedParts extends ConnectionParts {
  readonly line: Line
  readonly sides: WebSocketSides
  readonly opened: (connection: Connection, pid: Pid) => void
}

const behaviour: Behaviour<Connection> = Object.freeze({
  ...CONNECTION_HANDLERS,
  name: 'websocket-connection',
  kind: 'port' as const,
  init: (context: ProcessContext, args: readonly unknown[]): Connection => {
    const parts = args[0] as AcceptedParts
    const connection = connectionOf(context, parts)
    parts.opened(connection, context.self)
    connection.open(parts.line, parts.sides)
    return connection
  },
})

/** The process of a connection that was accepted. */
export const acceptedConnection: Spawnable<typeof WebSocketConnection, [parts: AcceptedParts]> =
  Object.freeze({ [behaviourOf]: behaviour as unknown as Behaviour<never> })
