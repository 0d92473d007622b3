/**
 * cluster/registrar/embedded/telling: what the server of a host tells, as the table of a node
 * takes it.
 *
 * Pure: gives the events that follow. The table checks whatever it is given.
 */
import type { RouteSnapshot, RouteTable } from '#cluster/registrar/route-table'
import type { RegistrarEvent } from '#contract'
import type { Change, Entry } from './words.js'

/** All entries as a table takes them. */
export const snapshotOf = (entries: readonly Entry[]): RouteSnapshot => ({
  nodes: entries.map(({ route }) => route),
  applications: entries.flatMap(({ route: { node }, applications }) =>
    applications.map((application) => ({ ...application, node })),
  ),
})

/** One change, and the events that follow. */
export function applyChange(table: RouteTable, change: Change): readonly RegistrarEvent[] {
  switch (change.kind) {
    case 'put':
      return put(table, change.entry)
    case 'state':
      if (change.state === 'up') return table.well(change)
      return change.state === 'suspect' ? table.suspect(change) : table.leaving(change)
    case 'gone':
      return table.removeNode(change, change.cause)
    case 'application':
      return table.putApplication(change, change.route)
    case 'application-gone':
      return table.removeApplication(change, change.name)
    case 'duplicate': {
      const { node, problem } = change
      return [{ kind: 'node-duplicate', node, problem }]
    }
  }
}

/** A node with all its applications: those it had and are not named are there no more. */
function put(table: RouteTable, { route, applications }: Entry): readonly RegistrarEvent[] {
  const named = new Set(applications.map(({ name }) => name))
  // A node that is new has had none; most are.
  const isKnown = table.resolve(route.node) !== undefined
  const known = isKnown && table.entries().find((entry) => entry.route.node === route.node)
  const events = [...table.putNode(route)]
  for (const { name } of known ? known.applications : []) {
    if (!named.has(name)) events.push(...table.removeApplication(route, name))
  }
  for (const application of applications) events.push(...table.putApplication(route, application))
  return events
}
