/**
 * apps/system/remote-actor: answers other nodes: the serving side of remote operations.
 *
 * It only carries out: who may do what is said by the gate, what was done is told by the audit. No
 * handler waits: what takes time is answered later, so that a ping is never behind it. All state
 * is the node's; when this process fails, nothing is lost with it.
 *
 * @source ergo-features 19 (RemoteNode), 23
 */
import { actor } from '#actor'
import { remoteProtocol, type ServingParts } from '#cluster'
import type { Audit } from './audit-log.js'
import { RemoteService } from './remote-service.js'

/** Makes the process that answers other nodes. */
export const remoteActor = (parts: ServingParts, audit?: Audit) =>
  actor(remoteProtocol, {
    name: 'remote',
    init: () => new RemoteService(parts),
    started: (service, context) => service.begin(context, audit),
    on: {
      ping: () => {
        const { node, clock } = parts.home
        const loopDelayMs = parts.loopDelayMs()
        return { creation: node.creation, wallMs: clock.wallMs(), loopDelayMs }
      },
      info: () => parts.home.node.info(),
      applications: () => parts.home.node.applications(),
      applicationInfo: (_service, name) => parts.home.node.applicationInfo(String(name)),
      spawn: (service, asked, context) => service.spawn(asked, context),
      settleSpawn: (_service, { pid, keep }, context) =>
        parts.home.settleSpawn(context.fromNode, pid, keep),
      startApplication: (service, asked, context) => service.start(asked, context),
      stopApplication: (service, asked, context) => service.stop(asked, context),
    },
    inspect: (service) => service.inspect(),
  })
