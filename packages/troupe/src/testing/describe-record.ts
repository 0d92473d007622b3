/**
 * testing/describe-record: one line that tells one record, for people who read a failed test.
 *
 * Knows nothing of expectations. Identities are shown by the labels the kit gave them (`subject`,
 * the name of a probe), so that lines read the same on every run.
 */
import { inspect } from 'node:util'
import {
  type Address,
  describeReason,
  describeThrown,
  type ExitReason,
  formatTarget,
  Pid,
  type Ref,
  type Target,
} from '#contract'
import type { Recorded, Told } from './journal.js'

/** The longest part of a line that one value may take. */
const VALUE_CHARACTERS_MAX = 200

/** Gives a process a readable label, or undefined when it has none. */
export type LabelOf = (pid: Pid) => string | undefined

/** Any value in one line. */
export function showValue(value: unknown): string {
  const text = inspect(value, { depth: 4, breakLength: Number.POSITIVE_INFINITY, compact: true })
  const line = text.replaceAll('\n', ' ')
  return line.length > VALUE_CHARACTERS_MAX ? `${line.slice(0, VALUE_CHARACTERS_MAX)}…` : line
}

/** An address or target with its label. */
export function showTarget(target: Address | Target | Ref | undefined, labelOf: LabelOf): string {
  if (target === undefined) return 'outside'
  if (typeof target === 'string') return target
  return (Pid.is(target) ? labelOf(target) : undefined) ?? formatTarget(target)
}

const paid = (payload: unknown): string => (payload === undefined ? '' : ` ${showValue(payload)}`)

const failed = (failure: unknown): string => (failure === undefined ? '' : `, failed: ${failure}`)

const thrown = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : describeThrown(error)

/** What came of a call, a reply or a spawn. */
function outcome(record: {
  readonly outcome: string
  readonly answer?: unknown
  readonly error: unknown
}): string {
  if (record.outcome === 'failed') return ` -> failed: ${thrown(record.error)}`
  if (record.outcome === 'answered') return ` -> ${showValue(record.answer)}`
  return record.outcome === 'pending' ? ' -> pending' : ''
}

const reasoned = (reason: ExitReason): string => describeReason(reason)

/** A record as one line, without its time. */
export function describeRecord(record: Recorded, labelOf: LabelOf): string {
  const target = (given: Address | Target | Ref | undefined): string => showTarget(given, labelOf)
  switch (record.kind) {
    case 'sent': {
      const told = `sent ${record.message}${paid(record.payload)}`
      return `${told} to ${target(record.to)}${failed(record.failure)}`
    }
    case 'called': {
      const told = `called ${record.request}${paid(record.payload)}`
      return `${told} of ${target(record.to)}${outcome(record)}`
    }
    case 'replied':
      return `replied to ${record.request} of ${target(record.to)}${outcome(record)}`
    case 'forwarded':
      return `forwarded to ${target(record.to)}${failed(record.failure)}`
    case 'spawned': {
      const told = `spawned ${record.behaviour}${named(record.name)}${listed(record.args)}`
      return `${told}${outcome(record)}`
    }
    case 'exited':
      return `sent exit ${reasoned(record.reason)} to ${target(record.to)}`
    case 'killed':
      return `killed ${target(record.to)}`
    case 'received':
      return `received ${record.message}${paid(record.payload)} from ${target(record.from)}`
    case 'told':
      return describeSignal(record.signal, target)
    default:
      return describeOwn(record, target)
  }
}

type OwnRecord = Exclude<
  Recorded,
  {
    readonly kind:
      | 'sent'
      | 'called'
      | 'replied'
      | 'forwarded'
      | 'spawned'
      | 'exited'
      | 'killed'
      | 'received'
      | 'told'
  }
>

type ShowTarget = (given: Address | Target | Ref | undefined) => string

function describeOwn(record: OwnRecord, target: ShowTarget): string {
  switch (record.kind) {
    case 'linked':
    case 'unlinked':
    case 'monitored':
      return `${record.kind} ${target(record.target)}`
    case 'demonitored':
      return `demonitored ${target(record.ref)}`
    case 'registered':
    case 'unregistered':
      return `${record.kind} the ${record.what} ${record.name}`
    case 'subscribed':
    case 'unsubscribed':
      return `${record.kind} ${record.event}${record.outcome === 'failed' ? ' -> failed' : ''}`
    case 'refused':
      return `refused it, ${record.cause}: ${thrown(record.error)}`
    case 'published':
      return `published ${record.event}${paid(record.message)}`
    case 'logged':
      return `logged ${record.level} "${record.message}"${fielded(record.fields)}`
    case 'timer':
      return `timer ${record.verb} ${record.ms} ms${timed(record.fired, record.cancelled)}`
    case 'stopping':
      return `stopping, ${reasoned(record.reason)}`
    case 'started': {
      const failure = record.error === undefined ? '' : ` -> failed: ${thrown(record.error)}`
      return `started${listed(record.args)}${failure}`
    }
    case 'terminated':
      return `terminating, ${reasoned(record.reason)}`
    case 'ended':
      return `ended, ${reasoned(record.reason)}`
  }
}

function describeSignal(signal: Told['signal'], target: ShowTarget): string {
  if (!('kind' in signal)) return `was given the log record "${signal.message}"`
  switch (signal.kind) {
    case 'down':
      return `was told down of ${target(signal.target)}, ${reasoned(signal.reason)}`
    case 'exit':
      return `was told exit of ${target(signal.from)}, ${reasoned(signal.reason)}`
    case 'event-message':
      return `was told event ${signal.event.name}${paid(signal.message)}`
    case 'event-gap':
      return `was told that ${signal.event.name} is back after a gap`
    case 'event-interest':
      return `was told that ${signal.event.name} ${
        signal.subscribed ? 'has its first subscriber' : 'has lost its last subscriber'
      }`
  }
}

const named = (name: string | undefined): string => (name === undefined ? '' : ` as ${name}`)

const listed = (args: readonly unknown[]): string =>
  args.length === 0 ? '' : ` with ${args.map(showValue).join(', ')}`

const fielded = (fields: Readonly<Record<string, unknown>>): string =>
  Object.keys(fields).length === 0 ? '' : ` ${showValue(fields)}`

function timed(fired: number, cancelled: boolean): string {
  const times = fired === 0 ? '' : `, fired ${fired === 1 ? 'once' : `${fired} times`}`
  return `${times}${cancelled ? ', cancelled' : ''}`
}

/** Lines that are printed; what came before them is counted. */
const LINES_MAX = 1_000
const TIME_CHARACTERS_MIN = 9

const timeOf = ({ timeMs }: Recorded): string => `+${Math.round(timeMs * 1_000) / 1_000} ms`

/** The newest records, one line each, with times; those in `marked` carry a `>`. */
export function describeJournal(
  records: readonly Recorded[],
  marked: ReadonlySet<Recorded>,
  labelOf: LabelOf,
): string {
  if (records.length === 0) return '    (nothing)'
  const shown = records.slice(-LINES_MAX)
  const width = shown.reduce(
    (longest, record) => Math.max(longest, timeOf(record).length),
    TIME_CHARACTERS_MIN,
  )
  const left = records.length - shown.length
  const before = left === 0 ? [] : [`    (${left} earlier ones are left out; see kit.journal)`]
  const lines = shown.map((record) => {
    const sign = marked.has(record) ? '>' : ' '
    return `  ${sign} ${timeOf(record).padStart(width)}  ${describeRecord(record, labelOf)}`
  })
  return [...before, ...lines].join('\n')
}
