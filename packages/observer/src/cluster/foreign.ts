/**
 * cluster/foreign: what other nodes answer, read as the foreign data it is. Pure.
 *
 * A node may run another version, or mean harm. What is worked with here is checked first, with
 * its size; what does not fit is refused as a whole, with the place where it does not. Fields that
 * are not named pass, within the size.
 */
import { TroupeError } from 'troupe'
import { ENTRIES_MAX, plainOf } from '#observer/text/plain'
import { type Refused, refused } from '#observer/text/problem'

/** How a value has to look; numbers are finite. */
export type Shape =
  | { readonly kind: 'number' | 'text' | 'flag' | 'figure' }
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, Shape>> }
  /** Any names, all of one shape. */
  | { readonly kind: 'named'; readonly of: Shape }
  | { readonly kind: 'list'; readonly of: Shape; readonly most: number; readonly least?: number }
  /** One of these. */
  | { readonly kind: 'word'; readonly of: readonly string[] }
  /** It may be missing. */
  | { readonly kind: 'maybe'; readonly of: Shape }

export const NUMBER: Shape = Object.freeze({ kind: 'number' })
export const TEXT: Shape = Object.freeze({ kind: 'text' })
export const FLAG: Shape = Object.freeze({ kind: 'flag' })
/** A number, or the word for one that JSON has not. */
export const FIGURE: Shape = Object.freeze({ kind: 'figure' })
export const fields = (of: Readonly<Record<string, Shape>>): Shape => ({
  kind: 'fields',
  fields: of,
})
export const named = (of: Shape): Shape => ({ kind: 'named', of })
/** One text out of a few. */
export const word = (...of: readonly string[]): Shape => ({ kind: 'word', of })
/** Two of them. */
export const pair = (of: Shape): Shape => ({ kind: 'list', of, most: 2, least: 2 })
export const list = (of: Shape, most: number): Shape => ({ kind: 'list', of, most })
export const maybe = (of: Shape): Shape => ({ kind: 'maybe', of })
/** All these fields are numbers. */
export const numbers = (...names: readonly string[]): Readonly<Record<string, Shape>> =>
  Object.fromEntries(names.map((name) => [name, NUMBER]))

/** Characters of one text that is worked with: names, words. */
const TEXT_MAX = 1_000

/** How large an answer may be. */
export interface ForeignSize {
  readonly entries: number
  readonly chars: number
}

/** The code of an answer that cannot be read. */
export const UNREADABLE = 'ANSWER_UNREADABLE'

/** The answer as plain JSON values. Throws `Refused` with `UNREADABLE`. */
export function readForeign(value: unknown, shape: Shape, size: ForeignSize): unknown {
  const plain = sized(value, size)
  const place = misfit(plain, shape, 'its answer')
  if (place === undefined) return plain
  throw unreadable(place)
}

/** Only its size is looked at. Throws `Refused` with `UNREADABLE`. */
export function sized(value: unknown, { entries, chars }: ForeignSize): unknown {
  try {
    return plainOf(value, { entries: Math.min(entries, ENTRIES_MAX), chars })
  } catch (thrown) {
    if (TroupeError.is(thrown, 'OPTION_INVALID')) throw unreadable('its answer is too large')
    throw thrown
  }
}

const unreadable = (place: string): Refused =>
  refused(
    502,
    UNREADABLE,
    `it answers what this Observer cannot read: ${place}`,
    'see which version of Troupe that node runs',
  )

const ODD_FIGURES: ReadonlySet<unknown> = new Set(['NaN', '+Inf', '-Inf'])

/** Where a value does not fit its shape, in words; undefined: it fits. */
export function misfit(value: unknown, shape: Shape, at: string): string | undefined {
  switch (shape.kind) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? undefined : `${at} is no number`
    case 'text':
      if (typeof value !== 'string') return `${at} is no text`
      return value.length <= TEXT_MAX ? undefined : `${at} is too long`
    case 'figure':
      return ODD_FIGURES.has(value) ? undefined : misfit(value, NUMBER, at)
    case 'word':
      return shape.of.includes(value as string) ? undefined : `${at} is no such word`
    case 'flag':
      return typeof value === 'boolean' ? undefined : `${at} is neither true nor false`
    case 'maybe':
      return value === undefined || value === null ? undefined : misfit(value, shape.of, at)
    case 'list':
      return misfitOfList(value, shape, at)
    case 'fields':
    case 'named':
      return misfitOfFields(value, shape, at)
  }
}

function misfitOfList(
  value: unknown,
  { of, most, least = 0 }: Extract<Shape, { readonly kind: 'list' }>,
  at: string,
): string | undefined {
  if (!Array.isArray(value)) return `${at} is no list`
  if (value.length > most) return `${at} is longer than ${most}`
  if (value.length < least) return `${at} is shorter than ${least}`
  for (const [place, one] of value.entries()) {
    const found = misfit(one, of, `${at}[${place}]`)
    if (found !== undefined) return found
  }
  return undefined
}

function misfitOfFields(
  value: unknown,
  shape: Extract<Shape, { readonly kind: 'fields' | 'named' }>,
  at: string,
): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `${at} is no object`
  }
  const given = value as Readonly<Record<string, unknown>>
  const wanted =
    shape.kind === 'fields'
      ? Object.entries(shape.fields)
      : Object.keys(given).map((name): [string, Shape] => [name, shape.of])
  for (const [name, of] of wanted) {
    const one = Object.hasOwn(given, name) ? given[name] : undefined
    const found = misfit(one, of, `${at}.${name.slice(0, 60)}`)
    if (found !== undefined) return found
  }
  return undefined
}
