/**
 * cli/arguments: cuts a command line into flags and takes them, one after another.
 *
 * Pure; knows no flag by itself. One dash or two, the value behind a blank or an equals sign.
 * Unknown flags are refused by name, so that a misspelled one does not go unnoticed.
 */

/** Takes the value of one flag into the flags so far; a sentence when it cannot. */
export type Take<F> = (value: string, flags: F) => Partial<F> | string

/** The flags of one program. */
export interface FlagTable<F> {
  readonly defaults: F
  readonly valued: Readonly<Record<string, Take<F>>>
  readonly switches: Readonly<Record<string, Partial<F>>>
}

export type ArgumentsVerdict<F> =
  | { readonly kind: 'run'; readonly flags: F; readonly named: ReadonlySet<string> }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problem: string }

/** One flag with its value, cut out of the arguments. */
interface Cut {
  readonly name: string
  readonly value: string | undefined
  /** Arguments it took. */
  readonly length: number
}

/** Reads the arguments behind the name of a program. */
export function parseArguments<F>(
  table: FlagTable<F>,
  given: readonly string[],
): ArgumentsVerdict<F> {
  let flags = table.defaults
  const named = new Set<string>()
  for (let at = 0; at < given.length; ) {
    const cut = cutFlag(table, given, at)
    if (cut === undefined) {
      return { kind: 'refused', problem: `${given[at]} is no flag; see --help` }
    }
    if (cut.name === 'help' || cut.name === 'h') return { kind: 'help' }
    const taken = takeFlag(table, cut, flags)
    if (typeof taken === 'string') return { kind: 'refused', problem: `--${cut.name} ${taken}` }
    flags = { ...flags, ...taken }
    named.add(cut.name)
    at += cut.length
  }
  return { kind: 'run', flags: Object.freeze(flags), named }
}

function cutFlag<F>(table: FlagTable<F>, given: readonly string[], at: number): Cut | undefined {
  const match = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(given[at] ?? '')
  if (match === null) return undefined
  const [, name = '', inline] = match
  if (inline !== undefined) return { name, value: inline, length: 1 }
  const takesNext = Object.hasOwn(table.valued, name) && at + 1 < given.length
  return takesNext
    ? { name, value: given[at + 1], length: 2 }
    : { name, value: undefined, length: 1 }
}

function takeFlag<F>(table: FlagTable<F>, { name, value }: Cut, flags: F): Partial<F> | string {
  const { valued, switches } = table
  const take = Object.hasOwn(valued, name) ? valued[name] : undefined
  if (take !== undefined) return value === undefined ? 'needs a value' : take(value, flags)
  const asked = Object.hasOwn(switches, name) ? switches[name] : undefined
  if (asked === undefined) return 'is not known; see --help'
  return value === undefined ? asked : 'takes no value'
}

/** A whole number for one of the flags. */
export const whole =
  <F>(key: keyof F, least: number, most: number, unit = ''): Take<F> =>
  (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    const fits = number >= least && number <= most
    return fits
      ? ({ [key]: number } as Partial<F>)
      : `must be a whole number${unit} from ${least} to ${most}`
  }

/** Any text but the empty one. */
export const text =
  <F>(key: keyof F): Take<F> =>
  (value) =>
    value === '' ? 'needs a value' : ({ [key]: value } as Partial<F>)

/** One of several words. */
export const oneOf =
  <F>(key: keyof F, words: readonly string[]): Take<F> =>
  (value) =>
    words.includes(value) ? ({ [key]: value } as Partial<F>) : `must be one of ${words.join(', ')}`
