/**
 * ports/websocket/accepted: the process of a connection that a port has accepted.
 */
import type { Pid, ProcessContext, Spawnable } from '#contract'
import { connectionBehaviour } from '#ports/connection-process'
import { definePort } from '#ports/definition'
import { keeping } from '#ports/release'
import { Connection, type ConnectionParts } from './connection.js'
import type { WebSocketSides } from './inward.js'
import type { Line } from './library.js'
import { WebSocketConnection } from './message.js'

/** What it is spawned with. */
export interface AcceptedParts extends ConnectionParts {
  readonly line: Line
  readonly sides: WebSocketSides
  readonly opened: (connection: Connection, pid: Pid) => void
}

function init(context: ProcessContext, args: readonly unknown[]): Connection {
  const parts = args[0] as AcceptedParts
  const connection = keeping(context)(new Connection(parts, context))
  parts.opened(connection, context.self)
  connection.open(parts.line, parts.sides)
  return connection
}

/** The process of a connection that was accepted. */
export const acceptedConnection: Spawnable<typeof WebSocketConnection, [parts: AcceptedParts]> =
  definePort({ ...connectionBehaviour(WebSocketConnection), name: 'websocket-connection', init })
