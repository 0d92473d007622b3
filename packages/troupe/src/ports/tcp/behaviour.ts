/**
 * ports/tcp/behaviour: the process of one connection, on either side.
 */
import { type Behaviour, behaviourOf, type ProcessContext, type Spawnable } from '#contract'
import { Connection, type ConnectionParts } from './connection.js'
import type { TcpSides } from './inward.js'
import { TcpConnection } from './message.js'

/** What the messages of `TcpConnection` do. */
export const CONNECTION_HANDLERS = Object.freeze({
  protocol: TcpConnection,
  messages: new Map([
    ['send', (connection: Connection, bytes: unknown) => connection.send(bytes)],
    ['close', (connection: Connection) => connection.end('closed')],
  ]),
  requests: new Map([
    ['write', (connection: Connection, bytes: unknown): unknown => connection.write(bytes)],
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
  readonly sides: TcpSides
  readonly opened: (connection: Connection) => void
}

const behaviour: Behaviour<Connection> = Object.freeze({
  ...CONNECTION_HANDLERS,
  name: 'tcp-connection',
  kind: 'port' as const,
  init: (context: ProcessContext, args: readonly unknown[]): Connection => {
    const parts = args[0] as AcceptedParts
    const connection = connectionOf(context, parts)
    parts.opened(connection)
    connection.open(parts.sides)
    return connection
  },
})

/** The process of a connection that was accepted. */
export const acceptedConnection: Spawnable<typeof TcpConnection, [parts: AcceptedParts]> =
  Object.freeze({ [behaviourOf]: behaviour as unknown as Behaviour<never> })
