/**
 * cluster/registrar/route-events: what is told when a route has become another one.
 *
 * Pure: the route before and the route after give the events between. One change is one event: a
 * new state carries the weight and the tags as they are then.
 *
 * @source ergo-features 21 (portable events), 22
 */
import type {
  ApplicationEventKind,
  ApplicationState,
  NodeRoute,
  NodeRouteState,
  OwnApplicationRoute,
  RegistrarEvent,
} from '#contract'

/** A route first seen in a later state is told in that state alone. */
const ENTERED: Readonly<Record<ApplicationState, ApplicationEventKind>> = Object.freeze({
  loaded: 'application-loaded',
  starting: 'application-starting',
  running: 'application-started',
  stopping: 'application-stopping',
})

const NODE_ENTERED = Object.freeze({
  up: 'node-well',
  suspect: 'node-suspect',
  leaving: 'node-leaving',
} as const)

/** What follows from a node's state, when it was another one before. */
export function nodeStateEvents(
  { node, creation, state }: NodeRoute,
  before: NodeRouteState,
): readonly RegistrarEvent[] {
  return state === before ? [] : [{ kind: NODE_ENTERED[state], node, creation }]
}

/** What follows from an application that is known now, or known otherwise. */
export function applicationEvents(
  node: string,
  now: OwnApplicationRoute,
  before: OwnApplicationRoute | undefined,
): readonly RegistrarEvent[] {
  if (before === undefined) return [applicationEvent(ENTERED[now.state], node, now)]
  if (now.state === before.state) {
    return isSame(now, before) ? [] : [applicationEvent('application-changed', node, now)]
  }
  // What was more than loaded and is loaded again has stopped.
  const kind = now.state === 'loaded' ? 'application-stopped' : ENTERED[now.state]
  return [applicationEvent(kind, node, now)]
}

/** The one event about an application, as it is then. */
export const applicationEvent = (
  kind: ApplicationEventKind,
  node: string,
  { name, weight, mode, tags }: OwnApplicationRoute,
): RegistrarEvent => ({ kind, node, name, weight, mode, tags })

/** True: nothing that is told of an application differs. */
function isSame(one: OwnApplicationRoute, other: OwnApplicationRoute): boolean {
  const roles = Object.entries(one.roles)
  return (
    one.weight === other.weight &&
    one.mode === other.mode &&
    one.version === other.version &&
    one.tags.length === other.tags.length &&
    one.tags.every((tag, at) => tag === other.tags[at]) &&
    roles.length === Object.keys(other.roles).length &&
    roles.every(([role, name]) => other.roles[role] === name)
  )
}
