/**
 * view/log-view: log records, one below the other; one record can never look like two.
 */
import type { Style } from '#terminal/paint'
import { safeLines, safeText } from '#terminal/safe-text'
import { timeOfDay } from '#terminal/units'
import type { Layout } from './layout.js'
import { addressText } from './value-view.js'

/** One record; `LogRecord` of troupe fits, and so does what came over the wire. */
export interface LogLineFacts {
  readonly timeMs: number
  readonly level: string
  readonly source: unknown
  readonly message: string
  readonly fields?: Readonly<Record<string, unknown>> | undefined
}

const LEVEL_STYLES: Readonly<Record<string, Style>> = Object.freeze({
  trace: 'dim',
  debug: 'dim',
  info: 'green',
  warning: 'yellow',
  error: 'red',
})

/** Lines of one message that are shown. */
const LINES_MAX = 30
/** Fields of one record that are shown, and the longest text of one. */
const FIELDS_MAX = 30
const FIELD_LENGTH_MAX = 500

/** Who speaks, in a word: the name of a process, an application, the node. */
export function sourceText(source: unknown): string {
  if (typeof source === 'string') return safeText(source, 200)
  if (typeof source !== 'object' || source === null) return ''
  const { kind, name, behaviour, application, node, peer, pid } = source as Record<string, unknown>
  const text = (value: unknown): string => safeText(String(value ?? ''), 200)
  if (kind === 'process') {
    const named = typeof name === 'string' ? name : `(${text(behaviour)})`
    const number = typeof pid === 'object' && pid !== null && 'id' in pid ? ` ${text(pid.id)}` : ''
    return `${safeText(named, 200)}${number}`
  }
  if (kind === 'application') return `application ${text(application)}`
  if (kind === 'network') return `network ${text(peer)}`
  return text(node)
}

function fieldText(value: unknown): string {
  const address = addressText(value)
  if (address !== undefined) return safeText(address, FIELD_LENGTH_MAX)
  if (typeof value === 'string') return safeText(value, FIELD_LENGTH_MAX)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return String(value)
  try {
    return safeText(JSON.stringify(value) ?? '', FIELD_LENGTH_MAX)
  } catch {
    // It points at itself, or holds a bigint.
    return '{…}'
  }
}

/** The lines of one record; what follows the first is indented and barred. */
export function logLines(record: LogLineFacts, { paint }: Layout): readonly string[] {
  const level = safeText(record.level, 20)
  const [first = '', ...more] = safeLines(String(record.message), LINES_MAX)
  const fields = Object.entries(record.fields ?? {})
    .slice(0, FIELDS_MAX)
    .map(([key, value]) => paint('dim', `${safeText(key, 100)}=${fieldText(value)}`))
  const head = [
    paint('dim', timeOfDay(record.timeMs)),
    paint(LEVEL_STYLES[record.level] ?? 'dim', level.padEnd(7)),
    paint('cyan', sourceText(record.source)),
    first,
    ...fields,
  ]
  return [head.join(' ').trimEnd(), ...more.map((line) => `             │ ${line}`)]
}
