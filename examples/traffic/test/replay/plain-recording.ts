/**
 * The plain version of the reader of recordings: all bytes at once, a character at a time.
 */
import type { RecordedRow, RowCause } from '#traffic/replay/row'

export interface PlainRecording {
  /** In order of time; undefined when the recording as a whole is refused. */
  readonly rows: readonly RecordedRow[] | undefined
  readonly refused: Readonly<Partial<Record<RowCause, number>>>
}

const LINE_BYTES_MAX = 4_096
const REFUSED: PlainRecording = { rows: undefined, refused: {} }
const NEEDED = ['vehicle_id', 'timestamp', 'latitude', 'longitude'] as const

/** The lines without their ends; undefined for one that is too long. */
function linesOf(bytes: Buffer): readonly (string | undefined)[] {
  const lines = bytes.toString('latin1').split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => {
    const kept = Buffer.from(line.endsWith('\r') ? line.slice(0, -1) : line, 'latin1')
    return kept.length > LINE_BYTES_MAX ? undefined : kept.toString('utf8')
  })
}

/** Undefined when a quote is not closed, or closed and not followed by the end of its field. */
function fieldsOf(line: string): readonly string[] | undefined {
  const fields = ['']
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'
  for (const character of line) {
    const last = fields.length - 1
    if (state === 'quoted') {
      if (character === '"') state = 'closed'
      else fields[last] += character
    } else if (character === ',') {
      fields.push('')
      state = 'start'
    } else if (state === 'closed') {
      // A second quote after the first stands for one.
      if (character !== '"') return undefined
      fields[last] += '"'
      state = 'quoted'
    } else if (state === 'start' && character === '"') {
      state = 'quoted'
    } else {
      fields[last] += character
      state = 'plain'
    }
  }
  return state === 'quoted' ? undefined : fields
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(.*)$/s

function momentOf(text: string): number | undefined {
  const parts = DATE.exec(text)
  if (parts === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts.slice(1, 6).map(Number)
  const second = Number(parts[6] ?? 0)
  const ms = Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3))
  const zoneMs = zoneOf(parts[8] ?? '')
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  const isMidnight = hour === 24 && minute === 0 && second === 0 && ms === 0
  if (!isDay || minute > 59 || second > 59 || zoneMs === undefined) return undefined
  if (hour > 23 && !isMidnight) return undefined
  date.setUTCHours(hour, minute, second, ms)
  return date.getTime() - zoneMs
}

/** How far a zone is before Greenwich; none is Greenwich. */
function zoneOf(zone: string): number | undefined {
  if (zone === '' || zone === 'Z') return 0
  const parts = /^([+-])(\d\d):(\d\d)$/.exec(zone)
  if (parts === null) return undefined
  const [hour, minute] = [Number(parts[2]), Number(parts[3])]
  if (hour > 23 || minute > 59) return undefined
  return (parts[1] === '-' ? -60_000 : 60_000) * (60 * hour + minute)
}

/** A number with digits on one side of its point at least, perhaps with an exponent. */
function degreesOf(text: string, most: number): number | undefined {
  const unsigned = /^[+-]/.test(text) ? text.slice(1) : text
  const [mantissa = '', exponent, ...more] = unsigned.toLowerCase().split('e')
  const [whole = '', part = '', ...points] = mantissa.split('.')
  const areDigits = [whole, part].every((digits) => /^\d*$/.test(digits))
  if (more.length > 0 || points.length > 0 || !areDigits || whole + part === '') return undefined
  if (exponent !== undefined && !/^[+-]?\d{1,3}$/.test(exponent)) return undefined
  const degrees = Number(text)
  return Math.abs(degrees) <= most ? degrees : undefined
}

function rowOf(fields: readonly string[], names: readonly string[]): RecordedRow | RowCause {
  const [id = '', timestamp = '', north = '', east = ''] = NEEDED.map(
    (name) => fields[names.indexOf(name)],
  )
  if (id === '' || Buffer.byteLength(id) > 64) return 'id'
  const atMs = momentOf(timestamp)
  if (atMs === undefined) return 'timestamp'
  const [latitude, longitude] = [degreesOf(north, 90), degreesOf(east, 180)]
  if (latitude === undefined || longitude === undefined) return 'position'
  return { id, atMs, latitude, longitude }
}

export function plainRecording(bytes: Buffer, rowsMax: number): PlainRecording {
  const [header = '', ...lines] = linesOf(bytes)
  const names = fieldsOf(header.replace(/^\ufeff/, ''))?.map((name) => name.trim().toLowerCase())
  if (names === undefined || !NEEDED.every((name) => names.includes(name))) return REFUSED
  const rows: RecordedRow[] = []
  const refused: Partial<Record<RowCause, number>> = {}
  for (const line of lines) {
    if (line === '') continue
    const fields = line === undefined ? undefined : fieldsOf(line)
    const isWhole = fields?.length === names.length
    const row = isWhole ? rowOf(fields, names) : line === undefined ? 'line-length' : 'fields'
    if (typeof row === 'string') refused[row] = (refused[row] ?? 0) + 1
    else rows.push(row)
  }
  if (rows.length > rowsMax) return REFUSED
  return { rows: rows.sort((left, right) => left.atMs - right.atMs), refused }
}
