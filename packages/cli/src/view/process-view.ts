/**
 * view/process-view: all that a node tells of one process.
 */
import { safeText } from '#terminal/safe-text'
import { factLines } from '#terminal/table'
import { count, duration } from '#terminal/units'
import type { Layout } from './layout.js'
import { nameText, type ProcessRow } from './process-row.js'
import { addressText, valueLines } from './value-view.js'

/** One process with what it is linked to and what it tells of itself. */
export interface ProcessFacts extends Omit<ProcessRow, 'mailbox' | 'oldestWaitMs'> {
  readonly protocol?: string | undefined
  readonly trapExit?: boolean
  readonly links?: readonly unknown[]
  readonly monitors?: readonly unknown[]
  readonly watchers?: number
  readonly aliases?: number
  readonly events?: readonly string[]
  readonly timers?: number
  readonly wakeUps?: number
  readonly mailbox: {
    readonly urgent: number
    readonly system: number
    readonly main: number
    readonly log: number
    readonly oldestWaitMs: number
    readonly lengthMax: number
  }
  /** The first messages that wait, by name. */
  readonly waiting?: readonly string[]
  /** What its own `inspect` answers. */
  readonly inspected?: unknown
}

type Fact = readonly [name: string, value: string]

/** The most addresses shown of one list. */
const LIST_MAX = 20

function listText(list: readonly unknown[] | undefined): string {
  const shown = (list ?? [])
    .slice(0, LIST_MAX)
    .map((one) => safeText(addressText(one) ?? String(one), 300))
  const more = (list?.length ?? 0) - shown.length
  return [...shown, ...(more > 0 ? [`… ${count(more)} more`] : [])].join(', ')
}

/** The lines of `troupe inspect PID`. */
export function processLines(facts: ProcessFacts, { paint }: Layout): readonly string[] {
  const told = shownFacts(facts).filter(([, value]) => value !== '')
  const title = `${paint('bold', nameText(facts))}  ${safeText(addressText(facts.pid) ?? '', 400)}`
  if (facts.inspected === undefined) return [title, ...factLines(told, paint)]
  const inspected = valueLines(facts.inspected).map((line) => `  ${line}`)
  return [title, ...factLines(told, paint), paint('dim', 'tells of itself'), ...inspected]
}

function shownFacts(facts: ProcessFacts): readonly Fact[] {
  const { mailbox, restarts = 0 } = facts
  return [
    [
      'runs',
      `${safeText(facts.behaviour, 200)}${facts.kind ? ` (${safeText(facts.kind, 40)})` : ''}`,
    ],
    ['speaks', safeText(facts.protocol ?? '', 200)],
    ['state', safeText(facts.state, 40)],
    ['application', safeText(facts.application ?? '', 200)],
    ['parent', safeText(addressText(facts.parent) ?? '', 400)],
    ['up', duration(facts.uptimeMs)],
    ['restarts', restarts > 0 ? count(restarts) : ''],
    ['mailbox', mailboxText(mailbox)],
    ['next', listText(facts.waiting)],
    ['messages', `${count(facts.messagesIn)} in, ${count(facts.messagesOut)} out`],
    ['in handlers', duration(facts.runningMs)],
    ['wake-ups', facts.wakeUps === undefined ? '' : count(facts.wakeUps)],
    ['traps exits', facts.trapExit === true ? 'yes' : ''],
    ['linked with', listText(facts.links)],
    ['monitors', listText(facts.monitors)],
    ['monitored by', (facts.watchers ?? 0) > 0 ? count(facts.watchers ?? 0) : ''],
    ['aliases', (facts.aliases ?? 0) > 0 ? count(facts.aliases ?? 0) : ''],
    ['events', listText(facts.events)],
    ['timers', (facts.timers ?? 0) > 0 ? count(facts.timers ?? 0) : ''],
  ]
}

function mailboxText(mailbox: ProcessFacts['mailbox']): string {
  const { urgent, system, main, log, oldestWaitMs, lengthMax } = mailbox
  const waiting = urgent + system + main + log
  if (waiting === 0) return 'empty'
  const queues = [
    ...(urgent > 0 ? [`${count(urgent)} urgent`] : []),
    ...(system > 0 ? [`${count(system)} system`] : []),
    ...(main > 0 ? [`${count(main)} main`] : []),
    ...(log > 0 ? [`${count(log)} log`] : []),
  ]
  const limit = Number.isFinite(lengthMax) ? ` of ${count(lengthMax)}` : ''
  return `${queues.join(', ')}${limit}; the oldest waits ${duration(oldestWaitMs)}`
}
