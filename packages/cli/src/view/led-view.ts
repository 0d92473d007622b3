/**
 * view/led-view: services, leaders and items of the configuration, a line each.
 */
import { fieldsOf, listOf, numberOf, textOf, textsOf } from '#connect/reading'
import { safeJson, safeText } from '#terminal/safe-text'
import { type Cell, type Column, tableLines } from '#terminal/table'
import { count, duration } from '#terminal/units'
import type { Layout } from './layout.js'
import { plainValue } from './value-view.js'

const NAME_MAX = 200
const VALUE_MAX = 2_000

const SERVICE_COLUMNS: readonly Column[] = [
  { title: 'SERVICE', widthMin: 10 },
  { title: 'NODE', widthMin: 12 },
  { title: 'STATE' },
  { title: 'WEIGHT', side: 'right' },
  { title: 'BREAKER' },
  { title: 'PENDING', side: 'right', dispensable: 1 },
  { title: 'SENT', side: 'right', dispensable: 2 },
  { title: 'FAILED', side: 'right', dispensable: 3 },
]

/** One line for each node of each service. */
export function servicesLines(
  given: readonly unknown[],
  { width, paint }: Layout,
): readonly string[] {
  const rows = given.map(fieldsOf).flatMap((service) => {
    const name = safeText(textOf(service['name']), NAME_MAX)
    const routes = listOf(service['routes']).map(fieldsOf)
    if (routes.length === 0) return [[name, 'nobody', '-', '-', '-', '-', '-', '-']]
    return routes.map((one): readonly Cell[] => {
      const route = fieldsOf(one['route'])
      const breaker = textOf(one['breaker'])
      return [
        name,
        safeText(textOf(route['node']), NAME_MAX),
        safeText(textOf(route['state']), 40),
        count(numberOf(route['weight'])),
        breaker === 'closed' ? breaker : { text: safeText(breaker, 40), style: 'red' },
        ...[one['pending'], one['sent'], one['failed']].map((number) => count(numberOf(number))),
      ]
    })
  })
  return tableLines({ columns: SERVICE_COLUMNS, rows, width, paint })
}

const LEADER_COLUMNS: readonly Column[] = [
  { title: 'CLUSTER', widthMin: 10 },
  { title: 'THIS NODE' },
  { title: 'LEADER', widthMin: 12 },
  { title: 'TERM', side: 'right' },
  { title: 'LEASE', side: 'right', dispensable: 2 },
  { title: 'BY', dispensable: 3 },
  { title: 'CHANGES', side: 'right', dispensable: 2 },
  { title: 'VOTERS', widthMin: 12, dispensable: 1 },
]

export function leadersLines(
  given: readonly unknown[],
  { width, paint }: Layout,
): readonly string[] {
  const rows = given.map(fieldsOf).map((one): readonly Cell[] => {
    const role = textOf(one['role'])
    const leader = textOf(fieldsOf(one['leader'])['node'])
    const leaseMs = numberOf(one['leaseLeftMs'])
    return [
      safeText(textOf(one['clusterId']), NAME_MAX),
      role === 'leader' ? { text: role, style: 'green' } : safeText(role, 40),
      leader === '' ? { text: 'nobody', style: 'yellow' } : safeText(leader, NAME_MAX),
      count(numberOf(one['term'])),
      leaseMs > 0 ? duration(leaseMs) : '-',
      safeText(textOf(one['decidedBy']), 40),
      count(listOf(one['changes']).length),
      textsOf(one['voters'])
        .map((voter) => safeText(voter, NAME_MAX))
        .join(', '),
    ]
  })
  return tableLines({ columns: LEADER_COLUMNS, rows, width, paint })
}

const CONFIG_COLUMNS: readonly Column[] = [
  { title: 'ITEM', widthMin: 12 },
  { title: 'VALUE', widthMin: 12 },
  { title: 'LEVEL' },
  { title: 'NODE', dispensable: 1 },
]

export function configLines(
  given: readonly unknown[],
  { width, paint }: Layout,
): readonly string[] {
  const rows = given
    .map(fieldsOf)
    .map((one): readonly Cell[] => [
      safeText(textOf(one['item']), NAME_MAX),
      safeText(safeJson(plainValue(one['value'])), VALUE_MAX),
      safeText(textOf(one['level']), 40),
      safeText(textOf(one['node']), NAME_MAX),
    ])
  return tableLines({ columns: CONFIG_COLUMNS, rows, width, paint })
}
