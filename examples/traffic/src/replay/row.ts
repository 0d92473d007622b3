/**
 * replay/row: one line of a recording to one verdict.
 *
 * Knows nothing of files. The header line names the columns; `vehicle_id`, `timestamp`,
 * `latitude` and `longitude` are needed, in any order, and others are ignored. Fields may be
 * quoted; a line break inside of quotes is not supported. Never throws.
 *
 * @source RFC 4180
 */

import { ID_BYTES_MAX, isLatitude, isLongitude } from '#traffic/packet/position'

/** One recorded position. */
export interface RecordedRow {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly atMs: number
  readonly latitude: number
  readonly longitude: number
}

/** Why a line is not a recorded position; each is counted apart. */
export const ROW_CAUSES = Object.freeze([
  /** Another number of fields than the header, or a quote that is not closed. */
  'fields',
  /** No vehicle id, or one of more than `ID_BYTES_MAX` bytes. */
  'id',
  /** Not a date and time of ISO 8601, as in 2017-04-18T22:31:40-05:00, or a day there never was. */
  'timestamp',
  /** Not a number of degrees on the globe. */
  'position',
  /** More than `LINE_BYTES_MAX` bytes. */
  'line-length',
] as const)

export type RowCause = (typeof ROW_CAUSES)[number]

export type RowVerdict =
  | { readonly kind: 'row'; readonly row: RecordedRow }
  | { readonly kind: 'refused'; readonly cause: RowCause }

/** Where the needed columns stand. */
export interface Columns {
  readonly count: number
  readonly id: number
  readonly timestamp: number
  readonly latitude: number
  readonly longitude: number
}

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?$/
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i

const refused = (cause: RowCause): RowVerdict => ({ kind: 'refused', cause })

/** The columns a header line names; or the names that are missing. */
export function readHeader(line: string): Columns | { readonly missing: readonly string[] } {
  const names = (fieldsOf(line) ?? []).map((name) => name.trim().toLowerCase())
  const needed = ['vehicle_id', 'timestamp', 'latitude', 'longitude']
  const missing = needed.filter((name) => !names.includes(name))
  if (missing.length > 0) return { missing }
  return {
    count: names.length,
    id: names.indexOf('vehicle_id'),
    timestamp: names.indexOf('timestamp'),
    latitude: names.indexOf('latitude'),
    longitude: names.indexOf('longitude'),
  }
}

/** What this line records, or why it records nothing. */
export function readRow(line: string, columns: Columns): RowVerdict {
  const fields = fieldsOf(line)
  if (fields?.length !== columns.count) return refused('fields')
  const id = fields[columns.id] ?? ''
  if (id === '' || Buffer.byteLength(id) > ID_BYTES_MAX) return refused('id')
  const timestamp = fields[columns.timestamp] ?? ''
  const atMs = momentOf(timestamp)
  if (Number.isNaN(atMs)) return refused('timestamp')
  const latitude = degreesOf(fields[columns.latitude])
  const longitude = degreesOf(fields[columns.longitude])
  if (!isLatitude(latitude) || !isLongitude(longitude)) return refused('position')
  return { kind: 'row', row: { id, atMs, latitude, longitude } }
}

/** Milliseconds since 1970; a time without a zone is read as UTC, so every machine agrees. */
function momentOf(timestamp: string): number {
  const match = ISO_8601.exec(timestamp)
  if (match === null || !isDay(timestamp)) return Number.NaN
  return Date.parse(match[3] === undefined ? `${timestamp}Z` : timestamp)
}

/** False for the 30th of February, which a Date takes for the 2nd of March. */
function isDay(timestamp: string): boolean {
  const [year, month, day] = [timestamp.slice(0, 4), timestamp.slice(5, 7), timestamp.slice(8, 10)]
  if (Number(day) <= 28) return true
  if (month !== '02') return day !== '31' || !['04', '06', '09', '11'].includes(month)
  const isLeap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0)
  return isLeap && day === '29'
}

const degreesOf = (text: string | undefined): number =>
  text !== undefined && DECIMAL.test(text) ? Number(text) : Number.NaN

/** The fields of one line; undefined when a quote is not closed or not followed by a comma. */
export function fieldsOf(line: string): readonly string[] | undefined {
  if (!line.includes('"')) return line.split(',')
  const fields: string[] = []
  for (let at = 0; ; ) {
    const field = line[at] === '"' ? quotedField(line, at) : plainField(line, at)
    if (field === undefined) return undefined
    fields.push(field.text)
    if (field.end === line.length) return fields
    if (line[field.end] !== ',') return undefined
    at = field.end + 1
  }
}

interface Field {
  readonly text: string
  /** Index after the field. */
  readonly end: number
}

function plainField(line: string, start: number): Field {
  const comma = line.indexOf(',', start)
  const end = comma < 0 ? line.length : comma
  return { text: line.slice(start, end), end }
}

function quotedField(line: string, start: number): Field | undefined {
  let text = ''
  for (let at = start + 1; ; ) {
    const quote = line.indexOf('"', at)
    if (quote < 0) return undefined
    text += line.slice(at, quote)
    if (line[quote + 1] !== '"') return { text, end: quote + 1 }
    text += '"'
    at = quote + 2
  }
}
