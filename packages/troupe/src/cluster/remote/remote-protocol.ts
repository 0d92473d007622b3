/**
 * cluster/remote/remote-protocol: what every node answers other nodes under the name
 * `system.remote`.
 *
 * Who asks is never a field of a message: it is the node at the other end of the connection.
 *
 * @source ergo-features 19 (RemoteNode), 23
 */
import { type ApplicationInfo, type NodeInfo, protocol, request } from '#contract'

/** The process that answers, on every node with a network. */
export const REMOTE_NAME = 'system.remote'

/** What the loop of a node says of itself. Milliseconds. */
export interface Pong {
  readonly creation: number
  readonly wallMs: number
  readonly loopDelayMs: number
}

export const remoteProtocol = protocol(REMOTE_NAME, {
  ping: request<void, Pong>(),
  info: request<void, NodeInfo>(),
  applications: request<void, readonly ApplicationInfo[]>(),
  applicationInfo: request<string, ApplicationInfo | undefined>(),
})
