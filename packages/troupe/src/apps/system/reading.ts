/**
 * apps/system/reading: what other nodes ask, read with care: it may be anything.
 *
 * Each function throws OPTION_INVALID that names the field. What is not known is refused, so that
 * a filter with a wrong name does not show everything.
 */
import { Pid, readObject, requireKnown, requireOption } from '#contract'
import { NAME_CHARS_MAX, ROWS_DEFAULT, ROWS_MAX } from './limits.js'

/** The fields of a question; none is as good as an empty one. */
export function readQuestion<T extends object>(
  name: string,
  given: unknown,
  known: Readonly<Record<keyof T, true>>,
): { readonly [K in keyof T]?: unknown } {
  requireOption(!Array.isArray(given), name, 'a list', 'give an object')
  const fields = given === undefined ? {} : readObject(name, given as object)
  requireKnown(name, fields, known)
  return fields as { readonly [K in keyof T]?: unknown }
}

/** A text of at most so many characters as a name has. */
export function readText(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  const holds = typeof value === 'string' && value.length <= NAME_CHARS_MAX
  requireOption(holds, name, told(value), `give a text of at most ${NAME_CHARS_MAX} characters`)
  return value as string
}

export function readFlag(name: string, value: unknown): boolean {
  if (value === undefined) return false
  requireOption(typeof value === 'boolean', name, told(value), 'give true or false')
  return value as boolean
}

/** A whole number from `least` to `most`. */
export function readCount(
  name: string,
  value: unknown,
  { least, most, otherwise }: { least: number; most: number; otherwise: number },
): number {
  if (value === undefined) return otherwise
  const holds = Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
  requireOption(holds, name, told(value), `give a whole number from ${least} to ${most}`)
  return value as number
}

/** Rows of a page. */
export const readLimit = (value: unknown, most = ROWS_MAX, otherwise = ROWS_DEFAULT): number =>
  readCount('limit', value, { least: 1, most, otherwise })

/** One of some words. */
export function readWord<T extends string>(
  name: string,
  value: unknown,
  words: readonly T[],
): T | undefined {
  if (value === undefined) return undefined
  const holds = words.includes(value as T)
  requireOption(holds, name, told(value), `one of ${words.join(', ')}`)
  return value as T
}

/** A pid of any node. */
export function readPid(name: string, value: unknown): Pid | undefined {
  if (value === undefined) return undefined
  requireOption(isWholePid(value), name, told(value), 'give a pid')
  return value as Pid
}

function isWholePid(value: unknown): boolean {
  if (!Pid.is(value)) return false
  const { node, id, creation } = value
  return typeof node === 'string' && Number.isSafeInteger(id) && Number.isFinite(creation)
}

/** A value in an error: never more of it than fits a line. */
export const told = (value: unknown): string =>
  typeof value === 'object' ? typeof value : String(value).slice(0, 80)
