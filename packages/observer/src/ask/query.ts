/**
 * ask/query: the text behind the question mark, read into the fields of a question.
 *
 * Pure, and strict: a field that is not known, or stands twice, is refused, so that a filter with
 * a wrong name does not show everything.
 */
import { pidOf } from '#observer/text/pid-text'
import { type Refused, refused } from '#observer/text/problem'
import type { FieldKind, FieldKinds } from './questions.js'

/** Words of one list. */
const WORDS_MAX = 100
const VALUE_CHARS_MAX = 1_000

/** The fields; undefined where none is given. Throws `Refused`. */
export function readQuery(
  query: URLSearchParams,
  kinds: FieldKinds,
): Readonly<Record<string, unknown>> | undefined {
  const fields: Record<string, unknown> = {}
  for (const [name, text] of query) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
    if (kind === undefined) throw unknownField(name, kinds)
    if (Object.hasOwn(fields, name)) throw wrong(name, 'stands twice', 'give it once')
    if (text.length > VALUE_CHARS_MAX) {
      throw wrong(name, 'is too long', `give at most ${VALUE_CHARS_MAX} characters`)
    }
    fields[name] = READ[kind](name, text)
  }
  return Object.keys(fields).length === 0 ? undefined : fields
}

const READ: Readonly<Record<FieldKind, (name: string, text: string) => unknown>> = Object.freeze({
  text: (_name, text) => text,
  number: (name, text) => {
    if (/^-?\d{1,15}(\.\d{1,9})?$/.test(text)) return Number(text)
    throw wrong(name, 'is no number', 'give digits')
  },
  flag: (name, text) => {
    if (text === 'true' || text === 'false') return text === 'true'
    throw wrong(name, 'is neither true nor false', 'give true or false')
  },
  pid: (name, text) => {
    const pid = pidOf(text)
    if (pid !== undefined) return pid
    throw wrong(name, 'is no pid', 'give it as <node.id.creation>')
  },
  words: (name, text) => {
    const words = text.split(',')
    if (words.length <= WORDS_MAX) return words
    throw wrong(name, 'has too many words', `give at most ${WORDS_MAX}`)
  },
})

const shown = (name: string): string => JSON.stringify(name.slice(0, 60))

const wrong = (name: string, problem: string, remedy: string): Refused =>
  refused(400, 'OPTION_INVALID', `the parameter ${shown(name)} ${problem}`, remedy)

function unknownField(name: string, kinds: FieldKinds): Refused {
  const known = Object.keys(kinds).join(', ')
  const remedy = known === '' ? 'leave it out: there are none here' : `known are ${known}`
  return wrong(name, 'is not known', remedy)
}
