/**
 * Routes as tests write them.
 */
import type { NodeRoute, OwnApplicationRoute, RegistrarEvent } from '#contract'

export const nodeRoute = (node: string, given: Partial<NodeRoute> = {}): NodeRoute => ({
  node,
  creation: 1,
  addresses: [{ transport: 'tcp', host: '127.0.0.1', port: 11_144, path: '' }],
  liveness: undefined,
  version: '0.1.0',
  state: 'up',
  ...given,
})

export const applicationRoute = (
  name: string,
  given: Partial<OwnApplicationRoute> = {},
): OwnApplicationRoute => ({
  name,
  state: 'running',
  mode: 'permanent',
  weight: 100,
  tags: [],
  version: '1',
  roles: {},
  ...given,
})

/** One word for each event, with whom it is about. */
export const told = (events: readonly RegistrarEvent[]): readonly string[] =>
  events.map((event) => {
    switch (event.kind) {
      case 'node-left':
        return `${event.kind} ${event.node} ${event.creation} ${event.cause}`
      case 'node-joined':
      case 'node-suspect':
      case 'node-well':
      case 'node-leaving':
        return `${event.kind} ${event.node} ${event.creation}`
      case 'node-duplicate':
        return `${event.kind} ${event.node}`
      case 'config-updated':
        return `${event.kind} ${event.item} ${event.before} ${event.value}`
      case 'config-invalid':
        return `${event.kind} ${event.item}`
      case 'registrar-connected':
      case 'registrar-disconnected':
        return event.kind
      default:
        return `${event.kind} ${event.name} ${event.node} ${event.weight}`
    }
  })
