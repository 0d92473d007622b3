/**
 * apps/system/process-query: which processes are meant, and in what order.
 *
 * Pure: reads the question once and then decides about one process after another.
 */

import type { ProcessOrder, ProcessQuery } from '#cluster/remote/system-sheets'
import { type BehaviourKind, Pid, type ProcessGlance, type ProcessState } from '#contract'
import type { Cursors } from './cursor.js'
import { readLimit, readQuestion, readText, readWord } from './reading.js'

const KNOWN: Readonly<Record<keyof ProcessQuery, true>> = Object.freeze({
  top: true,
  limit: true,
  cursor: true,
  name: true,
  behaviour: true,
  application: true,
  state: true,
  kind: true,
  search: true,
})
const STATES: readonly ProcessState[] = ['init', 'idle', 'running', 'waiting', 'ending']
const KINDS: readonly BehaviourKind[] = ['actor', 'supervisor', 'pool', 'router', 'port', 'system']
/** Above any time since the start of a node. */
const AGE_BASE_MS = 2 ** 50
const VALUES: Readonly<Record<ProcessOrder, (glance: ProcessGlance) => number>> = Object.freeze({
  mailbox: (glance) => glance.mailbox,
  wait: (glance) => glance.oldestWaitMs,
  running: (glance) => glance.runningMs,
  'messages-in': (glance) => glance.messagesIn,
  'messages-out': (glance) => glance.messagesOut,
  restarts: (glance) => glance.restarts,
  // Not the uptime, which is another one on the next page.
  age: (glance) => AGE_BASE_MS - glance.bornMs,
})
const ORDERS = Object.keys(VALUES) as readonly ProcessOrder[]

/** A question about processes, read. */
export interface ReadQuery {
  /** The same text for the same question. */
  readonly key: string
  readonly limit: number
  readonly top: ProcessOrder | undefined
  /** Where the last page ended: a place of the table, or the value and id of its last row. */
  readonly after: readonly number[] | undefined
  /** By what the highest are told. */
  value(glance: ProcessGlance): number
  matches(glance: ProcessGlance): boolean
}

/** OPTION_INVALID for what cannot be asked. */
export function readProcessQuery(given: unknown, cursors: Cursors): ReadQuery {
  const asked = readQuestion<ProcessQuery>('processes', given, KNOWN)
  const top = readWord('top', asked.top, ORDERS)
  const filter = {
    name: readText('name', asked.name),
    behaviour: readText('behaviour', asked.behaviour),
    application: readText('application', asked.application),
    state: readWord('state', asked.state, STATES),
    kind: readWord('kind', asked.kind, KINDS),
    search: readText('search', asked.search)?.toLowerCase(),
  }
  const limit = readLimit(asked.limit)
  const after = cursors.read(listOf(top), asked.cursor, top === undefined ? 1 : 2)
  return {
    key: JSON.stringify([top, limit, after, filter]),
    limit,
    top,
    after,
    value: top === undefined ? () => 0 : VALUES[top],
    matches: (glance) => isMeant(glance, filter),
  }
}

/** The name of the list in its cursors. */
export const listOf = (top: ProcessOrder | undefined): string => `processes-${top ?? 'all'}`

interface Filter {
  readonly name: string | undefined
  readonly behaviour: string | undefined
  readonly application: string | undefined
  readonly state: ProcessState | undefined
  readonly kind: BehaviourKind | undefined
  readonly search: string | undefined
}

function isMeant(glance: ProcessGlance, filter: Filter): boolean {
  const { name, behaviour, application, state, kind, search } = filter
  if (application !== undefined && glance.application !== application) return false
  if (behaviour !== undefined && glance.behaviour !== behaviour) return false
  if (kind !== undefined && glance.kind !== kind) return false
  if (state !== undefined && glance.state !== state) return false
  if (name !== undefined && glance.name?.startsWith(name) !== true) return false
  return search === undefined || isFound(glance, search)
}

function isFound(glance: ProcessGlance, search: string): boolean {
  const has = (text: string | undefined): boolean => text?.toLowerCase().includes(search) === true
  if (has(glance.name) || has(glance.behaviour) || has(glance.application)) return true
  return has(Pid.format(glance.pid))
}
