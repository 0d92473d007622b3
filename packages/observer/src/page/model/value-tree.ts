/**
 * page/model/value-tree: any JSON value as the lines of a tree that can be folded.
 *
 * Only what is unfolded is walked, so a large value costs what is seen of it. Limits: `LINES_MAX`
 * lines, `TEXT_MAX` characters of one text; both are told where they cut.
 */

export const LINES_MAX = 2_000
const TEXT_MAX = 2_000
const PREVIEW_MAX = 60
const DEPTH_MAX = 32

/** One line; `path` tells it from all others, as JSON pointers have it. */
export interface ValueLine {
  readonly path: string
  readonly depth: number
  readonly key: string | undefined
  readonly kind: 'text' | 'number' | 'flag' | 'nothing' | 'list' | 'object' | 'cut'
  /** The value, or of a list or an object what is in it, in short. */
  readonly text: string
  /** Entries of a list or an object. */
  readonly entries: number
  readonly open: boolean
}

/** Paths that are not as they are by default: the first level open, the others closed. */
export type Toggled = ReadonlySet<string>

const OPEN_DEPTH = 1

/** What nodes write where they cut a value: see `plain-value` and `cut-value` of the platform. */
const CUT =
  /^(… \(.*\)|\d+ more|cut: \d+ characters|\[(object|array|too many values|circular|redacted)\])$/

export function valueLines(value: unknown, toggled: Toggled): readonly ValueLine[] {
  const lines: ValueLine[] = []
  const walk = (at: unknown, key: string | undefined, path: string, depth: number): void => {
    if (lines.length > LINES_MAX) return
    const entries = entriesOf(at)
    const open = entries.length > 0 && depth < DEPTH_MAX && depth < OPEN_DEPTH !== toggled.has(path)
    lines.push({ ...described(at, entries), path, depth, key, open, entries: entries.length })
    if (!open) return
    for (const [name, inner] of entries) walk(inner, name, `${path}/${escaped(name)}`, depth + 1)
  }
  const top = entriesOf(value)
  // An object at the top is its entries: a line that says "object" would tell nothing.
  if (top.length === 0) walk(value, undefined, '', 0)
  for (const [name, inner] of top) walk(inner, name, `/${escaped(name)}`, 0)
  return lines.length > LINES_MAX ? [...lines.slice(0, LINES_MAX), CUT_LINE] : lines
}

const CUT_LINE: ValueLine = Object.freeze({
  path: '/…',
  depth: 0,
  key: undefined,
  kind: 'cut',
  text: `only the first ${LINES_MAX} lines are shown`,
  entries: 0,
  open: false,
})

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function described(
  value: unknown,
  entries: readonly (readonly [string, unknown])[],
): Pick<ValueLine, 'kind' | 'text'> {
  if (Array.isArray(value)) return { kind: 'list', text: `[${entries.length}]` }
  if (typeof value === 'object' && value !== null) {
    return { kind: 'object', text: preview(entries) }
  }
  if (typeof value === 'string') return ofText(value)
  if (typeof value === 'number') return { kind: 'number', text: String(value) }
  if (typeof value === 'boolean') return { kind: 'flag', text: String(value) }
  return { kind: 'nothing', text: value === null ? 'null' : 'undefined' }
}

function ofText(text: string): Pick<ValueLine, 'kind' | 'text'> {
  if (CUT.test(text)) return { kind: 'cut', text }
  const beyond = text.length - TEXT_MAX
  return { kind: 'text', text: beyond > 0 ? `${text.slice(0, TEXT_MAX)}… (${beyond} more)` : text }
}

/** The names of the first entries: `{ id, name, … }`. */
function preview(entries: readonly (readonly [string, unknown])[]): string {
  if (entries.length === 0) return '{}'
  let text = ''
  for (const [name] of entries) {
    if (text.length + name.length > PREVIEW_MAX) return `{ ${text === '' ? '' : `${text}, `}… }`
    text += text === '' ? name : `, ${name}`
  }
  return `{ ${text} }`
}

const FIELDS_MAX = 8

/** The fields of a record in one line: `customers=220 door=north`. */
export function fieldsInShort(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .slice(0, FIELDS_MAX)
    .map(([name, value]) => `${name}=${inShort(value)}`)
    .join(' ')
    .slice(0, TEXT_MAX)
}

/** Any value in one line: an object by its fields, all others as they are. */
export function valueInShort(value: unknown): string {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord ? fieldsInShort(value as Record<string, unknown>) : inShort(value)
}

function inShort(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, PREVIEW_MAX)
  const entries = entriesOf(value)
  return described(value, entries).text
}
