/**
 * cluster/merge: one question to many nodes, their rows as one list.
 *
 * Who does not answer in time is named as missing; nobody waits for it.
 * Limit: as many rows as one node may answer.
 */
import type { Merged } from '#observer/contract/api'
import type { Verbs } from '#observer/hub/verbs'
import { problemOf, type Refused, refusedOf } from '#observer/text/problem'
import type { Turnstile } from './turnstile.js'

const ANSWER_MS = 2_500
const ROWS_USUAL = 50
const ROWS_MAX = 500

/** By which number of a row the first of all processes are told. */
const TOP: ReadonlyMap<unknown, string> = new Map([
  ['mailbox', 'mailbox'],
  ['wait', 'oldestWaitMs'],
  ['running', 'runningMs'],
  ['messages-in', 'messagesIn'],
  ['messages-out', 'messagesOut'],
  ['restarts', 'restarts'],
  ['age', 'uptimeMs'],
])

export interface MergeQuestion {
  readonly request: string
  readonly payload: Readonly<Record<string, unknown>> | undefined
  /** The field of an answer that holds its rows. */
  readonly rows: string
  /** By which number rows are put in order, the highest first. */
  readonly by: string | undefined
  /** How a row's own field `node` is called, where it means another one. */
  readonly ownNode: string | undefined
}

type Fields = Readonly<Record<string, unknown>>
type Row = Fields & { readonly node: string }

interface Answered {
  readonly node: string
  readonly sheet: Fields
  readonly rows: readonly Row[]
}

/** Asks all these nodes. Throws `Refused` where all of them refuse the question itself. */
export async function merged(
  { request, payload, rows: field, by, ownNode }: MergeQuestion,
  nodes: readonly string[],
  verbs: Verbs,
  turnstile: Turnstile,
): Promise<Merged<unknown>> {
  const missing: Merged<unknown>['missing'][number][] = []
  const answered: Answered[] = []
  const refusals: Refused[] = []
  const askOne = async (node: string): Promise<void> => {
    try {
      const sheet = fieldsOf(await verbs.ask({ node, request, payload, timeoutMs: ANSWER_MS }))
      const rows = sheet[field]
      const told = Array.isArray(rows) ? rows.map((row) => rowOf(row, node, ownNode)) : []
      answered.push({ node, sheet, rows: told })
    } catch (thrown) {
      refusals.push(refusedOf(thrown, { node, own: verbs.own }))
      missing.push({ node, problem: problemOf(thrown, { node, own: verbs.own }) })
    }
  }
  await Promise.all(nodes.map((node) => turnstile.through(() => askOne(node))))
  const [first] = refusals
  if (answered.length === 0 && first?.status === 400) throw first
  answered.sort((one, other) => (one.node < other.node ? -1 : 1))
  const all = answered.flatMap(({ rows }) => rows)
  const order = TOP.get(payload?.['top']) ?? by
  if (order !== undefined) all.sort((one, other) => numberOf(other, order) - numberOf(one, order))
  return {
    rows: all.slice(0, limitOf(payload)),
    total: answered.reduce((sum, one) => sum + totalOf(one), 0),
    sheets: answered.map(({ node, sheet }) => withoutRows(node, sheet, field)),
    missing,
  }
}

function rowOf(given: unknown, node: string, ownNode: string | undefined): Row {
  const row = fieldsOf(given)
  return ownNode === undefined ? { ...row, node } : { ...row, [ownNode]: row['node'], node }
}

const limitOf = (payload: Fields | undefined): number => {
  const limit = payload?.['limit']
  return typeof limit === 'number' ? Math.min(limit, ROWS_MAX) : ROWS_USUAL
}

/** How many there are at one node, as far as it tells. */
function totalOf({ sheet, rows }: Answered): number {
  const told = [sheet['matched'], sheet['total'], sheet['kept']]
  return told.find((one) => typeof one === 'number') ?? rows.length
}

function withoutRows(node: string, sheet: Fields, field: string): Row {
  const { [field]: _rows, next: _next, ...rest } = sheet
  return { ...rest, node }
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}

const numberOf = (row: Fields, name: string): number => {
  const value = row[name]
  return typeof value === 'number' ? value : Number.NEGATIVE_INFINITY
}
