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
import { RemoteService, type ServiceWays } from './remote-service.js'

/** Makes the process that answers other nodes. */
export const remoteActor = (parts: ServingParts, ways: ServiceWays) => {
  const { node, clock } = ways.inspection
  return actor(remoteProtocol, {
    name: 'remote',
    init: () => new RemoteService(parts, ways),
    on: {
      ping: () => {
        const loopDelayMs = parts.loopDelayMs()
        return { creation: node.creation, wallMs: clock.wallMs(), loopDelayMs }
      },
      info: ({ looks }, _nothing, context) => looks.info(context),
      applications: ({ looks }, _nothing, context) => looks.applications('applications', context),
      applicationInfo: ({ looks }, name, context) =>
        looks.applications('applicationInfo', context, (all) =>
          all.find((application) => application.name === name),
        ),
      spawn: (service, asked, context) => service.spawn(asked, context),
      settleSpawn: (service, settled, context) => service.settle(settled, context),
      startApplication: (service, asked, context) => service.start(asked, context),
      stopApplication: (service, asked, context) => service.stop(asked, context),
    },
    inspect: (service) => service.inspect(),
  })
}
