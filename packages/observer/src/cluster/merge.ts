/**
 * cluster/merge: one question to many nodes, their rows as one list.
 *
 * Who does not answer in time, or what cannot be read, is named as missing; nobody waits for it.
 * Limit: as many rows as one node may answer.
 */
import type { Merged } from '#observer/contract/api'
import type { Verbs } from '#observer/hub/verbs'
import { problemOf, type Refused, refusedOf } from '#observer/text/problem'
import { fields, list, maybe, readForeign, type Shape } from './foreign.js'
import { LARGE, ROWS_MAX } from './shapes.js'
import type { Turnstile } from './turnstile.js'

const ANSWER_MS = 2_500
const ROWS_USUAL = 50
/** Of one trace a node tells more spans than rows of anything else. */
const LIST_MAX = 2_000

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
  /** How an answer has to look, where more is done with it than to show it. */
  readonly shape?: Shape | undefined
  /** Takes out of an answer what the viewer may not see. */
  readonly narrow?: (answer: unknown) => unknown
}

type Fields = Readonly<Record<string, unknown>>
type Row = Fields & { readonly node: string }

/** What one node has answered. */
export interface Answered {
  readonly node: string
  readonly sheet: Fields
  readonly rows: readonly Row[]
}

/** What all nodes have answered, by the names of the nodes. */
export interface Gathered {
  readonly answered: readonly Answered[]
  readonly missing: Merged<unknown>['missing']
}

/** Asks all these nodes. Throws `Refused` where all of them refuse the question itself. */
export async function gathered(
  question: MergeQuestion,
  nodes: readonly string[],
  verbs: Verbs,
  turnstile: Turnstile,
): Promise<Gathered> {
  const { request, payload, rows: field, ownNode } = question
  const missing: Merged<unknown>['missing'][number][] = []
  const answered: Answered[] = []
  const refusals: Refused[] = []
  const askOne = async (node: string): Promise<void> => {
    try {
      const answer = await verbs.ask({ node, request, payload, timeoutMs: ANSWER_MS })
      const sheet = sheetOf(answer, question)
      const rows = (sheet[field] ?? []) as readonly Fields[]
      answered.push({ node, sheet, rows: rows.map((row) => rowOf(row, node, ownNode)) })
    } catch (thrown) {
      refusals.push(refusedOf(thrown, { node, own: verbs.own }))
      missing.push({ node, problem: problemOf(thrown, { node, own: verbs.own }) })
    }
  }
  await Promise.all(nodes.map((node) => turnstile.through(() => askOne(node))))
  const [first] = refusals
  if (answered.length === 0 && first?.status === 400) throw first
  return { answered: answered.sort(byNode), missing: missing.sort(byNode) }
}

const byNode = (one: { readonly node: string }, other: { readonly node: string }): number =>
  one.node < other.node ? -1 : 1

/** What they answered, as one list. */
export function merged(question: MergeQuestion, { answered, missing }: Gathered): Merged<unknown> {
  const { payload, rows: field, by } = question
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

/** What every answer has: rows, if any, that are objects. */
const ANY_ROWS = list(fields({}), LIST_MAX)

/** The answer of one node. Throws `Refused`. */
function sheetOf(answer: unknown, { rows, shape, narrow }: MergeQuestion): Fields {
  const read = readForeign(answer, shape ?? fields({ [rows]: maybe(ANY_ROWS) }), LARGE)
  return (narrow === undefined ? read : narrow(read)) as Fields
}

function rowOf(row: Fields, node: string, ownNode: string | undefined): Row {
  return ownNode === undefined ? { ...row, node } : { ...row, [ownNode]: row['node'], node }
}

const limitOf = (payload: Fields | undefined): number => {
  const limit = payload?.['limit']
  return typeof limit === 'number' ? Math.min(limit, ROWS_MAX) : ROWS_USUAL
}

/** How many there are at one node, as far as it tells. */
function totalOf({ sheet, rows }: Answered): number {
  const told = [sheet['matched'], sheet['total'], sheet['kept']]
  return told.find((one): one is number => typeof one === 'number' && one >= 0) ?? rows.length
}

function withoutRows(node: string, sheet: Fields, field: string): Row {
  const { [field]: _rows, next: _next, ...rest } = sheet
  return { ...rest, node }
}

const numberOf = (row: Fields, name: string): number => {
  const value = row[name]
  return typeof value === 'number' ? value : Number.NEGATIVE_INFINITY
}
