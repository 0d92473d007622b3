/**
 * apps/system/process-sheet: everything that is known of one process, cut to its size.
 */
import type { MessageSheet, ProcessQuestion, ProcessSheet } from '#cluster'
import type { ProcessRow } from '#contract'
import {
  formatTarget,
  type NodeInspection,
  Pid,
  type ProcessGlance,
  type SystemOptions,
  type Target,
  TroupeError,
  type WaitingMessage,
} from '#contract'
import { cutValue } from './cut-value.js'
import { ROWS_MAX } from './limits.js'
import { envSheet } from './node-sheet.js'
import { readCount, readFlag, readPid, readQuestion, readText } from './reading.js'
import { addressOf, maybeAddress, nameOf, rowOf } from './row.js'
import type { Search } from './shared-scans.js'
import { TableWalk } from './table-walk.js'

/** Links, monitors and watchers that are told of one process. */
const RELATIONS_MAX = 100
const MESSAGES = { least: 0, most: 100, otherwise: 20 }
/** Characters of one payload that is told. */
const PAYLOAD_CHARS_MAX = 2_000

const KNOWN: Readonly<Record<keyof ProcessQuestion, true>> = Object.freeze({
  pid: true,
  name: true,
  children: true,
  messages: true,
})

/** A question for one process, read. */
export interface ReadProcess {
  readonly key: string
  readonly pid: Pid
  readonly children: boolean
  readonly messages: number
}

/** OPTION_INVALID; PROCESS_UNKNOWN, PROCESS_INCARNATION, NAME_UNKNOWN when it is not there. */
export function readProcess(given: unknown, { node }: NodeInspection): ReadProcess {
  const asked = readQuestion<ProcessQuestion>('process', given, KNOWN)
  const name = readText('name', asked.name)
  const pid = readPid('pid', asked.pid) ?? (name === undefined ? undefined : node.whereis(name))
  if (pid === undefined) {
    if (name === undefined) throw optionMissing()
    throw new TroupeError('NAME_UNKNOWN', { name, node: node.name })
  }
  const children = readFlag('children', asked.children)
  const messages = readCount('messages', asked.messages, MESSAGES)
  requireThere(pid, node)
  return { key: JSON.stringify([pid.id, children, messages]), pid, children, messages }
}

const optionMissing = (): TroupeError =>
  new TroupeError('OPTION_INVALID', {
    option: 'process',
    value: 'nobody',
    problem: 'give a pid or a name',
  })

function requireThere(pid: Pid, node: NodeInspection['node']): void {
  if (node.isAlive(pid)) return
  const to = formatTarget(addressOf(pid))
  const isEarlier = pid.node === node.name && pid.creation !== node.creation
  throw new TroupeError(isEarlier ? 'PROCESS_INCARNATION' : 'PROCESS_UNKNOWN', { to })
}

/** One process now; PROCESS_UNKNOWN when it has ended. */
export function processSheet(
  { pid, messages }: ReadProcess,
  inspection: NodeInspection,
  options: Required<SystemOptions>,
  children?: readonly ProcessRow[],
): ProcessSheet {
  const view = inspection.view(pid, RELATIONS_MAX)
  const waiting = inspection.mailbox(pid, messages)
  if (view === undefined || waiting === undefined) {
    throw new TroupeError('PROCESS_UNKNOWN', { to: formatTarget(addressOf(pid)) })
  }
  const { info, leftOut, ancestors, watchedBy, env } = view
  const { inspected } = info
  return {
    ...info,
    pid: addressOf(info.pid),
    behaviour: nameOf(info.behaviour),
    parent: maybeAddress(info.parent),
    leader: maybeAddress(info.leader),
    links: info.links.map(plainTarget),
    monitors: info.monitors.map(plainTarget),
    events: info.events.slice(0, RELATIONS_MAX),
    inspected: inspected === undefined ? undefined : cutValue(inspection.plain(inspected)),
    ancestors: ancestors.map(addressOf),
    children,
    watchedBy: watchedBy.map(addressOf),
    relationsLeftOut: leftOut,
    waiting: waiting.map((message) => messageSheet(message, inspection, options)),
    ...envSheet(inspection, env, options),
  }
}

const plainTarget = (target: Target): Target => (Pid.is(target) ? addressOf(target) : target)

function messageSheet(
  { queue, message, from, isRequest, waitedMs, payload }: WaitingMessage,
  inspection: NodeInspection,
  { payloads }: Required<SystemOptions>,
): MessageSheet {
  return {
    ...{ queue, isRequest, waitedMs },
    message: nameOf(message),
    from: maybeAddress(from),
    payload: payloads ? cutValue(inspection.plain(payload), PAYLOAD_CHARS_MAX) : undefined,
  }
}

/** One process with its children, which have to be looked for. */
export class ChildrenScan implements Search<ProcessSheet> {
  readonly #question: ReadProcess
  readonly #inspection: NodeInspection
  readonly #options: Required<SystemOptions>
  readonly #walk: TableWalk
  readonly #children: ProcessRow[] = []

  constructor(question: ReadProcess, inspection: NodeInspection, options: Required<SystemOptions>) {
    this.#question = question
    this.#inspection = inspection
    this.#options = options
    this.#walk = new TableWalk(inspection, (glance) => this.#visit(glance))
  }

  step(): boolean {
    return !this.#question.children || this.#walk.step()
  }

  result(): ProcessSheet {
    const children = this.#question.children ? this.#children : undefined
    return processSheet(this.#question, this.#inspection, this.#options, children)
  }

  #visit(glance: ProcessGlance): boolean {
    if (glance.parent?.id === this.#question.pid.id) this.#children.push(rowOf(glance))
    return this.#children.length < ROWS_MAX
  }
}
