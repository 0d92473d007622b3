/**
 * runtime/log/json-line: a record as one line of JSON.
 *
 * Knows nothing of streams. A line is always valid JSON and never contains a line break.
 */
import type { LogRecord, LogSource } from '#contract'
import { type IsSecret, Pid, secretNames } from '#contract'
import { type PlainFields, type PlainValue, plainFields } from './plain-value.js'

/** A record as an object of plain values: what log collectors are sent. */
export function plainRecord(record: LogRecord, isSecret: IsSecret = byName): PlainFields {
  const { timeMs, level, source, message, fields } = record
  const plain: Record<string, PlainValue> = {
    time: isoTime(timeMs),
    level,
    ...plainSource(source),
    message: String(message),
  }
  const given = plainFields(fields, isSecret)
  if (Object.keys(given).length > 0) plain['fields'] = given
  return plain
}

/**
 * A record as one line of JSON, without the line break at its end.
 *
 * @example stream.write(`${jsonLine(record)}\n`)
 */
export function jsonLine(record: LogRecord, isSecret?: IsSecret): string {
  return seen(JSON.stringify(plainRecord(record, isSecret)))
}

/**
 * What can break a line, steer a terminal, turn the direction of text or hide in it, beside what
 * JSON escapes itself. Joiners and variants of characters stay: scripts and pictures need them.
 */
const UNSEEN =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udfff]/g

/** A text in which nothing hides. */
export const seen = (text: string): string => text.replace(UNSEEN, escapedCharacter)

/** A character, in one unit or two, as JSON and people may write it. */
export const escapedCharacter = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')

const byName = secretNames()

/** The time as text; a number that is no time shows itself. */
export function isoTime(timeMs: number): string {
  const date = new Date(timeMs)
  return Number.isNaN(date.getTime()) ? String(timeMs) : date.toISOString()
}

function plainSource(source: LogSource): PlainFields {
  switch (source.kind) {
    case 'node':
      return { node: source.node }
    case 'network':
      return { node: source.node, peer: source.peer }
    case 'application':
      return { node: source.node, application: source.application }
    case 'process':
      return {
        node: source.pid.node,
        pid: Pid.format(source.pid),
        ...(source.name === undefined ? {} : { name: source.name }),
        behaviour: source.behaviour,
        ...(source.application === undefined ? {} : { application: source.application }),
      }
  }
}
