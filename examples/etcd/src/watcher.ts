/**
 * etcd/watcher: prints what the registrar of its node tells, as it comes.
 */
import { actor, eventName, protocol, REGISTRAR_EVENT, type RegistrarEvent } from 'troupe'

const registrar = eventName<RegistrarEvent>(REGISTRAR_EVENT)

export const watcher = actor(protocol('watcher', {}), {
  init: () => ({}),
  started: (_state, context) => context.subscribe(registrar),
  on: {},
  handleEvent: (_state, { message }) => console.log(sentence(message as RegistrarEvent)),
})

function sentence(event: RegistrarEvent): string {
  switch (event.kind) {
    case 'config-updated':
      return `${event.kind}: ${event.item} is ${event.value}, was ${event.before}`
    case 'config-invalid':
      return `${event.kind}: ${event.item}: ${event.problem}`
    case 'registrar-connected':
      return `${event.kind}: ${event.server}`
    case 'registrar-disconnected':
      return `${event.kind}: ${event.server}: ${event.problem}`
    case 'node-left':
      return `${event.kind}: ${event.node} (${event.cause})`
    case 'node-duplicate':
      return `${event.kind}: ${event.node}: ${event.problem}`
    case 'node-joined':
    case 'node-suspect':
    case 'node-well':
    case 'node-leaving':
      return `${event.kind}: ${event.node}`
    default:
      return `${event.kind}: ${event.name} at ${event.node}, weight ${event.weight}`
  }
}
