/**
 * cluster/remote/system-protocol: how any node is looked at: the protocol of the process `system`.
 *
 * Every node with a network runs that process. Questions that cannot be are answered with
 * OPTION_INVALID, those of nodes that may not look with NOT_ALLOWED, too many with
 * INSPECTION_LIMITED, which tells when to ask again.
 *
 * @example
 * const remote = processName('system', systemProtocol, 'b@localhost')
 * const { rows } = await node.call(remote, 'processes', { top: 'mailbox', limit: 10 })
 * @source ergo-features 2, 28
 */
import { message, protocol, request } from '#contract'
import type { Followed, NodeSheet, ProcessPage, ProcessQuery } from './system-sheets.js'

/** What can be asked of the process `system` of a node. */
export const systemProtocol = protocol('troupe.system', {
  /** The node, its program, its memory, how busy it is. */
  node: request<void, NodeSheet>(),
  processes: request<ProcessQuery, ProcessPage>(),
})

/** What a process that follows is told. */
export const systemFollower = protocol('troupe.system-follower', {
  followed: message<Followed>(),
})
