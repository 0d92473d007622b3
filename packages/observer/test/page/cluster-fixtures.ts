/**
 * Services and elections of all nodes together, for pages that are looked at without a cluster. The
 * last node does not answer.
 */
import type { ClusterElections, ClusterServices } from '#observer/contract/api'
import { leadersOf, servicesOf } from './node-fixtures.js'

const missingOf = (names: readonly string[]) => ({
  answering: names.slice(0, -1),
  missing: names.slice(-1).map((node) => ({
    node,
    problem: { code: 'TIMEOUT', message: 'It did not answer in time.', remedy: 'Ask again.' },
  })),
})

/** Each service once, as all nodes but the last have used it. */
export function clusterServicesOf(names: readonly string[], timeMs: number): ClusterServices {
  const { answering, missing } = missingOf(names)
  const services = servicesOf(timeMs).rows.map(({ routes, ...service }) => ({
    ...service,
    routes: routes.map(({ route, ...fares }, place) => ({
      ...{ route, answers: true, breaker: fares.breaker, pending: fares.pending },
      sent: fares.sent * answering.length,
      answered: fares.answered * answering.length,
      failed: fares.failed * answering.length,
      // One of the two that are not closed is so for a single caller.
      callers: answering.map((node, at) => ({
        ...{ ...fares, node },
        breaker: place === 2 && at > 0 ? ('closed' as const) : fares.breaker,
      })),
    })),
  }))
  return { services, total: services.length, answering, missing }
}

/** Each election once. */
export function clusterLeadersOf(names: readonly string[], timeMs: number): ClusterElections {
  const { answering, missing } = missingOf(names)
  const told = answering.flatMap((node) =>
    leadersOf(node, timeMs).rows.map((row) => ({ ...row, node })),
  )
  const [first] = told
  if (first === undefined) return { elections: [], total: 0, answering, missing }
  const { clusterId, decidedBy, term, leader, voters, changes } = first
  const leaderNode = told.find(({ role }) => role === 'leader')?.node
  const election = {
    ...{ clusterId, decidedBy, term, leader, leaderNode, voters, changes },
    ...{ disputed: false, members: told },
  }
  return { elections: [election], total: 1, answering, missing }
}
