/**
 * ports/tcp/accepted: the process of a connection that a port has accepted.
 */
import type { Pid, ProcessContext, Spawnable } from '#contract'
import { connectionBehaviour } from '#ports/connection-process'
import { definePort } from '#ports/definition'
import { keeping } from '#ports/release'
import { Connection, type ConnectionParts } from './connection.js'
import type { TcpSides } from './inward.js'
import { TcpConnection } from './message.js'

/** What it is spawned with. */
export interface AcceptedParts extends ConnectionParts {
  readonly sides: TcpSides
  readonly opened: (connection: Connection, pid: Pid) => void
}

function init(context: ProcessContext, args: readonly unknown[]): Connection {
  const parts = args[0] as AcceptedParts
  const connection = keeping(context)(new Connection(parts, context))
  parts.opened(connection, context.self)
  connection.open(parts.sides)
  return connection
}

/** The process of a connection that was accepted. */
export const acceptedConnection: Spawnable<typeof TcpConnection, [parts: AcceptedParts]> =
  definePort({ ...connectionBehaviour(TcpConnection), name: 'tcp-connection', init })
