/**
 * runtime/log/text-line: a record as a line that people read, with or without colours.
 *
 * `time level source message fields`; the stack of an error follows on lines of its own. Text
 * from outside cannot forge a line or steer the terminal: control characters are shown, not sent.
 */

import type { IsSecret } from '#contract'
import { type LogLevel, type LogRecord, type LogSource, Pid } from '#contract'
import { escapedCharacter, isoTime, seen } from './json-line.js'
import { type PlainValue, plainFields } from './plain-value.js'

export interface TextOptions {
  readonly colour: boolean
  /** `local`: time of day at this machine; `iso`: full, UTC. */
  readonly time: 'local' | 'iso'
  readonly isSecret: IsSecret
}

const WIDTH = 5
const TAGS: Readonly<Record<LogLevel, string>> = Object.freeze({
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO '.padEnd(WIDTH),
  warning: 'WARN '.padEnd(WIDTH),
  error: 'ERROR',
})

const RESET = '\u001b[0m'
const DIM = '\u001b[2m'
const BOLD = '\u001b[1m'
const COLOURS: Readonly<Record<LogLevel, string>> = Object.freeze({
  trace: '\u001b[90m',
  debug: '\u001b[36m',
  info: '\u001b[32m',
  warning: '\u001b[33m',
  error: '\u001b[31m',
})

/** The line of a record, without the line break at its end. */
export function textLine(record: LogRecord, { colour, time, isSecret }: TextOptions): string {
  const paint = (start: string, text: string): string => (colour ? start + text + RESET : text)
  const { timeMs, level, source, message, fields } = record
  const shown = plainFields(fields, isSecret)
  const parts = [
    paint(DIM, time === 'iso' ? isoTime(timeMs) : timeOfDay(timeMs)),
    paint(COLOURS[level], TAGS[level]),
    paint(DIM, visible(sourceText(source))),
    level === 'error' ? paint(BOLD, visible(String(message))) : visible(String(message)),
  ]
  const stacks: string[] = []
  for (const [name, value] of Object.entries(shown)) {
    if (name === 'stack' && typeof value === 'string') {
      collectFrames(value, stacks)
      continue
    }
    parts.push(paint(DIM, `${visible(name)}=`) + visible(valueText(value)))
    collectStack(value, stacks)
  }
  return [parts.join(' '), ...stacks.map((line) => paint(DIM, `    ${visible(line)}`))].join('\n')
}

/** Time of day where the machine stands; a number that is no time shows itself. */
function timeOfDay(timeMs: number): string {
  const date = new Date(timeMs)
  if (Number.isNaN(date.getTime())) return String(timeMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

function sourceText(source: LogSource): string {
  switch (source.kind) {
    case 'node':
      return source.node
    case 'network':
      return `${source.node} -> ${source.peer}`
    case 'application':
      return `${source.node} ${source.application}`
    case 'process':
      return `${Pid.format(source.pid)} ${source.name ?? source.behaviour}`
  }
}

interface PlainError {
  readonly name: string
  readonly message: string
  readonly stack?: string
  readonly cause?: PlainValue
}

/** An error lies in the fields as an object with name, message and stack. */
const isPlainError = (value: PlainValue): value is PlainError & Record<string, PlainValue> =>
  typeof value === 'object' &&
  value !== null &&
  'stack' in value &&
  'message' in value &&
  typeof value['stack'] === 'string'

function valueText(value: PlainValue): string {
  if (isPlainError(value)) return JSON.stringify(errorText(value))
  if (typeof value !== 'string') return JSON.stringify(value)
  return /^[^\s"'=]+$/.test(value) ? value : JSON.stringify(value)
}

/** Name and message of an error and of what caused it. */
function errorText(error: PlainError): string {
  const own = `${error.name}: ${error.message}`
  const { cause } = error
  if (cause === undefined) return own
  return `${own}, because of ${isPlainError(cause) ? errorText(cause) : JSON.stringify(cause)}`
}

/** The frames of the first error, below its line; its causes have theirs in the JSON format. */
function collectStack(value: PlainValue, stacks: string[]): void {
  if (isPlainError(value) && value.stack !== undefined) collectFrames(value.stack, stacks)
}

function collectFrames(stack: string, stacks: string[]): void {
  if (stacks.length > 0) return
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  stacks.push(...frames.map((frame) => frame.trim()))
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this looks for.
const CONTROL = /[\u0000-\u001f]/g

/** Control characters, and what hides or turns the direction of text, as escapes. */
const visible = (text: string): string => seen(text.replace(CONTROL, escaped))

function escaped(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\t') return '\\t'
  if (character === '\r') return '\\r'
  return escapedCharacter(character)
}
