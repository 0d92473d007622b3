/**
 * cluster/services: each service once, as all nodes see it. Pure.
 *
 * Limits: `SERVICES_MAX` services, `ROUTES_MAX` routes of one, `CALLERS_MAX` callers of a route.
 */
import type { ApplicationRoute, ServiceInfo, ServiceRouteInfo } from 'troupe'
import type { ClusterCaller, ClusterRoute, ClusterService } from '#observer/contract/api'
import { grouped } from './grouped.js'

export const SERVICES_MAX = 500
const ROUTES_MAX = 500
const CALLERS_MAX = 100

/** A service as one node sees it. */
export type SeenService = ServiceInfo & { readonly node: string }

const BREAKERS: readonly ServiceRouteInfo['breaker'][] = ['closed', 'half-open', 'open']
const COUNTS = ['retried', 'hedged', 'overBudget', 'late', 'unrouted'] as const

/** What one node tells of the route to another. */
interface Told {
  readonly by: string
  readonly info: ServiceRouteInfo
}

/** All of them, by name; `answering` are the nodes that were heard. */
export function servicesOf(
  seen: readonly SeenService[],
  answering: ReadonlySet<string>,
): readonly ClusterService[] {
  const byName = grouped(seen, ({ name }) => name)
  const names = [...byName.keys()].sort()
  return names.map((name) => serviceOf(name, byName.get(name) ?? [], answering))
}

function serviceOf(
  name: string,
  seen: readonly SeenService[],
  answering: ReadonlySet<string>,
): ClusterService {
  const told = seen.flatMap(({ node, routes }) => routes.map((info): Told => ({ by: node, info })))
  const byNode = grouped(told, ({ info }) => info.route.node)
  const nodes = [...byNode.keys()].sort().slice(0, ROUTES_MAX)
  const sums = Object.fromEntries(COUNTS.map((count) => [count, sumOf(seen, (one) => one[count])]))
  return {
    ...(sums as Pick<ServiceInfo, (typeof COUNTS)[number]>),
    name,
    routes: nodes.map((node) => routeOf(node, byNode.get(node) ?? [], answering.has(node))),
  }
}

function routeOf(node: string, told: readonly Told[], answers: boolean): ClusterRoute {
  const total = (count: 'pending' | 'sent' | 'answered' | 'failed'): number =>
    sumOf(told, ({ info }) => info[count])
  const worst = Math.max(0, ...told.map(({ info }) => BREAKERS.indexOf(info.breaker)))
  const callers = told.map(({ by, info: { route: _route, ...rest } }): ClusterCaller => {
    return { ...rest, node: by }
  })
  callers.sort((one, other) => other.sent - one.sent || (one.node < other.node ? -1 : 1))
  return {
    route: (told.find(({ by }) => by === node) ?? told[0])?.info.route as ApplicationRoute,
    answers,
    breaker: BREAKERS[worst] ?? 'closed',
    pending: total('pending'),
    sent: total('sent'),
    answered: total('answered'),
    failed: total('failed'),
    callers: callers.slice(0, CALLERS_MAX),
  }
}

const sumOf = <T>(all: readonly T[], read: (one: T) => number): number =>
  all.reduce((sum, one) => sum + read(one), 0)
