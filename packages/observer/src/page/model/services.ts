/**
 * page/model/services: routes of services as one node has used them, or as all of them have. Pure.
 *
 * Each node has a breaker and counters of its own for each route; put together they are sums, and
 * the worst of the breakers with how many nodes have it so.
 */
import type { ServiceInfo, ServiceRouteInfo } from 'troupe'

type Breaker = ServiceRouteInfo['breaker']

/** One route of a service: a node that offers it. */
export interface ToldRoute {
  readonly node: string
  readonly state: string
  readonly weight: number
  readonly breaker: Breaker
  /** Nodes whose breaker is not closed, and how many have told of this route. */
  readonly notClosed: readonly string[]
  readonly told: number
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

/** A service as a node has told of it; the node is undefined where it was the only one asked. */
export type ServiceRow = ServiceInfo & { readonly node?: string }

const WORSE: readonly Breaker[] = ['closed', 'half-open', 'open']
const worst = (one: Breaker, other: Breaker): Breaker =>
  WORSE.indexOf(one) >= WORSE.indexOf(other) ? one : other

function routeOf(info: ServiceRouteInfo, by: string): ToldRoute {
  const { route, breaker, opensInMs, pending, sent, answered, failed } = info
  return {
    ...{ node: route.node, state: route.state, weight: route.weight, share: 0, told: 1 },
    ...{ breaker, opensInMs, pending, sent, answered, failed },
    notClosed: breaker === 'closed' ? [] : [by],
  }
}

const joined = (one: ToldRoute, other: ToldRoute): ToldRoute => ({
  ...one,
  breaker: worst(one.breaker, other.breaker),
  notClosed: [...one.notClosed, ...other.notClosed],
  told: one.told + other.told,
  opensInMs: Math.max(one.opensInMs, other.opensInMs),
  pending: one.pending + other.pending,
  sent: one.sent + other.sent,
  answered: one.answered + other.answered,
  failed: one.failed + other.failed,
})

function withShares(routes: readonly ToldRoute[]): readonly ToldRoute[] {
  const takes = ({ state, weight }: ToldRoute): number => (state === 'running' ? weight : 0)
  const whole = routes.reduce((sum, route) => sum + takes(route), 0)
  return routes.map((route) => ({ ...route, share: whole === 0 ? 0 : takes(route) / whole }))
}

/** Services by their names, each route once. */
export function servicesOf(rows: readonly ServiceRow[]): readonly ToldService[] {
  const found = new Map<string, { counts: ServiceRow; routes: Map<string, ToldRoute> }>()
  for (const row of rows) {
    const known = found.get(row.name)
    const routes = known?.routes ?? new Map<string, ToldRoute>()
    for (const info of row.routes) {
      const route = routeOf(info, row.node ?? '')
      const before = routes.get(route.node)
      routes.set(route.node, before === undefined ? route : joined(before, route))
    }
    found.set(row.name, { counts: known === undefined ? row : sum(known.counts, row), routes })
  }
  const names = [...found.keys()].sort()
  return names.map((name) => {
    const { counts, routes } = found.get(name) as NonNullable<ReturnType<typeof found.get>>
    const { retried, hedged, overBudget, late, unrouted } = counts
    const sorted = [...routes.values()].sort((one, other) => (one.node < other.node ? -1 : 1))
    return { name, retried, hedged, overBudget, late, unrouted, routes: withShares(sorted) }
  })
}

const sum = (one: ServiceRow, other: ServiceRow): ServiceRow => ({
  ...one,
  retried: one.retried + other.retried,
  hedged: one.hedged + other.hedged,
  overBudget: one.overBudget + other.overBudget,
  late: one.late + other.late,
  unrouted: one.unrouted + other.unrouted,
})
