/**
 * apps/system/remote-actor: answers other nodes: the serving side of remote operations.
 *
 * It only carries out: who may do what is said by the gate, what was done is told by the audit. No
 * handler waits: what takes time is answered later, so that a ping is never behind it.
 *
 * @source ergo-features 19 (RemoteNode), 23
 */
import { actor } from '#actor'
import { remoteProtocol, type ServingParts } from '#cluster'

/** Makes the process that answers other nodes. */
export const remoteActor = (parts: ServingParts) => {
  return actor(remoteProtocol, {
    name: 'remote',
    on: {
      ping: () => {
        const { node, clock } = parts.home
        const loopDelayMs = parts.loopDelayMs()
        return { creation: node.creation, wallMs: clock.wallMs(), loopDelayMs }
      },
      info: () => parts.home.node.info(),
      applications: () => parts.home.node.applications(),
      applicationInfo: (_state, name) => parts.home.node.applicationInfo(String(name)),
    },
  })
}
