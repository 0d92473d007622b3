/**
 * page/model/typed-value: a value that is edited with its type, so that a text of digits stays a
 * text, and what is hidden is never written back. Pure.
 */

/** What a value may be; `json` is a list or an object. */
export type ValueKind = 'text' | 'number' | 'bigint' | 'flag' | 'json' | 'nothing'

/** What stands in the fields of an editor. */
export interface Draft {
  readonly kind: ValueKind
  readonly text: string
}

/** Why the present value is not shown in the editor. */
export type Withheld = 'hidden' | 'cut' | undefined

/** Marks that nodes put in the place of what they do not tell. */
const MARKS: ReadonlySet<string> = new Set(['[redacted]', '(hidden)'])
const CUT_MARK = '…'

/** Whether a value, at any depth, holds something that was hidden, or is a part of a longer one. */
export function withheldOf(value: unknown): Withheld {
  if (typeof value === 'string') return MARKS.has(value) ? 'hidden' : undefined
  if (typeof value !== 'object' || value === null) return undefined
  if (Object.hasOwn(value, CUT_MARK)) return 'cut'
  return Object.values(value)
    .map(withheldOf)
    .find((each) => each !== undefined)
}

/** The kind of a value as it came over HTTP. */
export function kindOf(value: unknown): ValueKind {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'number'
  return typeof value === 'boolean' ? 'flag' : 'json'
}

/** What an editor begins with; nothing of a value that is withheld. */
export function draftOf(value: unknown, kind = kindOf(value)): Draft {
  if (withheldOf(value) !== undefined) return { kind: kind === 'json' ? 'json' : 'text', text: '' }
  if (kind === 'nothing') return { kind: 'text', text: '' }
  return { kind, text: kind === 'json' ? JSON.stringify(value, null, 2) : String(value) }
}

/** Ready to be sent, or what is wrong. */
export type Typed =
  | { readonly kind: 'ready'; readonly value: unknown }
  | { readonly kind: 'wrong'; readonly problem: string }

const wrong = (problem: string): Typed => ({ kind: 'wrong', problem })
const ready = (value: unknown): Typed => ({ kind: 'ready', value })

/** What was typed, as a value of its kind. */
export function typedOf({ kind, text }: Draft): Typed {
  switch (kind) {
    case 'text':
      return MARKS.has(text) ? wrong('This is the mark of a hidden value.') : ready(text)
    case 'number': {
      const value = Number(text)
      return text.trim() !== '' && Number.isFinite(value) ? ready(value) : wrong('Give a number.')
    }
    case 'bigint':
      return ofDigits(text.trim())
    case 'flag':
      return text === 'true' || text === 'false'
        ? ready(text === 'true')
        : wrong('Choose true or false.')
    case 'json':
      return ofJson(text)
    case 'nothing':
      return ready(null)
  }
}

/** Characters of a whole number with its sign: the server and the nodes take no more. */
export const WHOLE_NUMBER_MAX = 1_000

function ofDigits(digits: string): Typed {
  if (!/^-?\d+$/.test(digits)) return wrong('Give a whole number.')
  return digits.length <= WHOLE_NUMBER_MAX
    ? ready(digits)
    : wrong(`Give at most ${WHOLE_NUMBER_MAX} digits.`)
}

function ofJson(text: string): Typed {
  try {
    const value: unknown = JSON.parse(text)
    if (withheldOf(value) !== undefined) return wrong('It holds the mark of a hidden value.')
    return ready(value)
  } catch (fault) {
    return wrong(`This is no JSON: ${fault instanceof Error ? fault.message : 'unreadable'}`)
  }
}
