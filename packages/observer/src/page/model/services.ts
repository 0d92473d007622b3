/**
 * page/model/services: routes of services as one node has used them, or as all nodes have: the same
 * lines for both. Pure.
 */
import type { ServiceInfo, ServiceRouteInfo } from 'troupe'
import type { ClusterRoute, ClusterService } from '#observer/contract/api'

/** One route of a service: a node that offers it. */
export interface ToldRoute {
  readonly node: string
  readonly state: string
  readonly weight: number
  readonly breaker: ServiceRouteInfo['breaker']
  /** Nodes that call it and whose breaker is not closed, and how many call it. */
  readonly notClosed: readonly string[]
  readonly callers: number
  readonly opensInMs: number
  readonly pending: number
  readonly sent: number
  readonly answered: number
  readonly failed: number
  /** Of what is given to this service, the part that its weight means: 0 to 1. */
  readonly share: number
}

/** One service. */
export interface ToldService {
  readonly name: string
  readonly routes: readonly ToldRoute[]
  readonly retried: number
  readonly hedged: number
  readonly overBudget: number
  readonly late: number
  readonly unrouted: number
}

function ofNode(info: ServiceRouteInfo): ToldRoute {
  const { route, breaker, opensInMs, pending, sent, answered, failed } = info
  const { node, state, weight } = route
  return {
    ...{ node, state, weight, breaker, opensInMs, pending, sent, answered, failed },
    ...{ notClosed: [], callers: 1, share: 0 },
  }
}

function ofCluster(info: ClusterRoute): ToldRoute {
  const { route, breaker, pending, sent, answered, failed, callers } = info
  const { node, state, weight } = route
  const notClosed = callers.filter((caller) => caller.breaker !== 'closed')
  return {
    ...{ node, state, weight, breaker, pending, sent, answered, failed, share: 0 },
    notClosed: notClosed.map((caller) => caller.node),
    callers: callers.length,
    opensInMs: Math.max(0, ...callers.map(({ opensInMs }) => opensInMs)),
  }
}

/** Only one that runs is given work. */
const takes = ({ state, weight }: ToldRoute): number => (state === 'running' ? weight : 0)

function withShares(routes: readonly ToldRoute[]): readonly ToldRoute[] {
  const whole = routes.reduce((sum, route) => sum + takes(route), 0)
  return routes.map((route) => ({ ...route, share: whole === 0 ? 0 : takes(route) / whole }))
}

type Counts = Omit<ServiceInfo, 'routes'>

const told = (counts: Counts, routes: readonly ToldRoute[]): ToldService => {
  const { name, retried, hedged, overBudget, late, unrouted } = counts
  return { name, retried, hedged, overBudget, late, unrouted, routes: withShares(routes) }
}

const calls = ({ routes }: ToldService): number => routes.reduce((sum, { sent }) => sum + sent, 0)

/** Those that are used first, each group by name. */
const inOrder = (services: readonly ToldService[]): readonly ToldService[] =>
  [...services].sort(
    (one, other) =>
      Number(calls(one) === 0) - Number(calls(other) === 0) || (one.name < other.name ? -1 : 1),
  )

/** As one node has used them. */
export const servicesOfNode = (rows: readonly ServiceInfo[]): readonly ToldService[] =>
  inOrder(rows.map((row) => told(row, row.routes.map(ofNode))))

/** As all nodes have. */
export const servicesOfCluster = (rows: readonly ClusterService[]): readonly ToldService[] =>
  inOrder(rows.map((row) => told(row, row.routes.map(ofCluster))))
