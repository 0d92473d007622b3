/**
 * hub/narrow: what a surface that shows some nodes is told of the others: nothing. Pure.
 *
 * Rows about a node that is not shown are left out, and counts are those of the rows that are left.
 * What a node that is shown says of others in words (a line of the log, a pid) stays as it is.
 */
import type { AuditRow } from '#observer/contract/api'
import type { View } from './verbs.js'

type Fields = Readonly<Record<string, unknown>>
type Narrow = (answer: Fields, sees: (node: string) => boolean) => Fields

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Rows whose field names a node that is seen, or none. */
const seenRows = (value: unknown, field: string, sees: (node: string) => boolean) =>
  listOf(value).filter((row) => {
    const node = fieldsOf(row)[field]
    return typeof node !== 'string' || sees(node)
  })

/** A page under this name; its rows have their node in `field`. */
const page =
  (name: string, field = 'node'): Narrow =>
  (answer, sees) => {
    const inner = fieldsOf(answer[name])
    return { ...answer, [name]: { ...inner, rows: seenRows(inner['rows'], field, sees) } }
  }

/** The rows of the answer itself. */
const rows =
  (field = 'node'): Narrow =>
  (answer, sees) => ({ ...answer, rows: seenRows(answer['rows'], field, sees) })

const all =
  (...parts: readonly Narrow[]): Narrow =>
  (answer, sees) =>
    parts.reduce((told, part) => part(told, sees), answer)

/** Counts, and where the registrar is, are of the whole cluster. */
const without =
  (...names: readonly string[]): Narrow =>
  (answer) =>
    Object.fromEntries(Object.entries(answer).filter(([name]) => !names.includes(name)))

const services: Narrow = (answer, sees) => ({
  ...answer,
  rows: listOf(answer['rows']).map((service) => {
    const routes = listOf(fieldsOf(service)['routes']).filter((one) => {
      const { node } = fieldsOf(fieldsOf(one)['route'])
      return typeof node === 'string' && sees(node)
    })
    return { ...fieldsOf(service), routes }
  }),
})

/** Voters and those that were heard tell which nodes there are. */
const leaders: Narrow = (answer, sees) => ({
  ...answer,
  rows: listOf(answer['rows']).map((row) => {
    const { leader, heard, voters, changes, ...rest } = fieldsOf(row)
    const isSeen = (value: unknown): boolean => {
      const node = nodeIn(value)
      return node === undefined || sees(node)
    }
    return {
      ...rest,
      leader: isSeen(leader) ? leader : undefined,
      heard: listOf(heard).filter(isSeen),
      voters: listOf(voters).filter(isSeen),
      changes: listOf(changes).filter((one) => isSeen(fieldsOf(one)['leader'])),
    }
  }),
})

/** The node of a pid, or within a text such as `name@host` and `<name@host.1.2>`. */
function nodeIn(value: unknown): string | undefined {
  const { node } = fieldsOf(value)
  if (typeof node === 'string') return node
  if (typeof value !== 'string') return undefined
  return /^<(.+@.+)\.\d+\.\d+>$/.exec(value)?.[1] ?? (value.includes('@') ? value : undefined)
}

const HIDDEN = '(hidden)'

/** A pid, or what may be the name of a node. */
const NODE_WORD = /<([^<>\s]+@[^<>\s]+)\.\d+\.\d+>|[^\s<>()'",;:]+@[^\s<>()'",;:]*[^\s<>()'",;:.]/g

/** Words without the names of nodes that are not shown. */
const wordsOf = (text: unknown, sees: (node: string) => boolean): unknown =>
  typeof text !== 'string'
    ? text
    : text.replace(NODE_WORD, (found, node?: string) => (sees(node ?? found) ? found : HIDDEN))

const why: Narrow = (answer, sees) => {
  const shown = (step: unknown): unknown => {
    const { cause, node, forMs, subject, text, remedy } = fieldsOf(step)
    if (typeof node === 'string' && sees(node)) {
      const words = { subject: wordsOf(subject, sees), remedy: wordsOf(remedy, sees) }
      return { ...fieldsOf(step), ...words, text: wordsOf(text, sees) }
    }
    const elsewhere = 'it goes on at a node that this surface does not show'
    const nothing = { pid: undefined, state: undefined, remedy: '' }
    return { cause, forMs, ...nothing, subject: HIDDEN, node: HIDDEN, text: elsewhere }
  }
  return {
    ...answer,
    steps: listOf(answer['steps']).map(shown),
    verdict: shown(answer['verdict']),
    unknown: wordsOf(answer['unknown'], sees),
  }
}

/** Series are about the node that one of their labels names; sums of all tell of the others. */
const metrics: Narrow = (answer, sees) => ({
  ...answer,
  metrics: listOf(answer['metrics']).map((metric) => {
    const { series, all, seriesTotal, ...rest } = fieldsOf(metric)
    const isAbout = (one: unknown): boolean =>
      listOf(fieldsOf(one)['labels']).some((label) => OF_NODE.has(listOf(label)[0]))
    const isSeen = (one: unknown): boolean =>
      listOf(fieldsOf(one)['labels']).every((label) => {
        const [name, node] = listOf(label)
        return !OF_NODE.has(name) || sees(String(node))
      })
    const told = listOf(series)
    // Of none nobody knows whom it is about.
    const isPlain = told.length > 0 && !told.some(isAbout)
    if (isPlain) return { ...rest, series, all, seriesTotal }
    const left = told.filter(isSeen)
    return { ...rest, series: left, seriesTotal: left.length }
  }),
})

/** Labels of Troupe's own metrics whose values are nodes. */
const OF_NODE: ReadonlySet<unknown> = new Set(['remote_node'])

/** By question: what of its answer names other nodes. */
const NARROW: Readonly<Record<string, Narrow>> = Object.freeze({
  network: all(page('peers'), without('total', 'routes')),
  members: all(page('members'), without('coverage', 'registrar')),
  registrar: all(page('nodes'), page('applications'), without('info')),
  connections: rows(),
  audit: rows(),
  ...{ services, leaders, metrics, why },
})

/** The answer of one node to one question, for this viewer. */
export function narrowedAnswer(request: string, answer: unknown, view: View): unknown {
  const narrow = view.isNarrow && Object.hasOwn(NARROW, request) ? NARROW[request] : undefined
  if (narrow === undefined) return answer
  return narrow(fieldsOf(answer), (node) => view.mayLookAt(node))
}

/** Whether a record of a follow is about nodes that are seen alone. */
export function isSeenRecord(record: unknown, view: View): boolean {
  if (!view.isNarrow) return true
  const { node, source, kind } = fieldsOf(record)
  // Where the registrar is belongs to the whole cluster.
  if (typeof kind === 'string' && kind.startsWith('registrar-')) return false
  const other = fieldsOf(source)['kind'] === 'network' ? fieldsOf(source)['name'] : undefined
  return [node, other].every((one) => typeof one !== 'string' || view.mayLookAt(one))
}

/** Whether a row of the own audit is told: what is about no node, by its own surface. */
export const isSeenRow = (row: Pick<AuditRow, 'node' | 'surface'>, view: View): boolean =>
  !view.isNarrow ||
  (row.node === undefined ? row.surface === view.surface : view.mayLookAt(row.node))
