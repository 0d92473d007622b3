/**
 * arguments: what the command line of the fake service asks for, or what is wrong with it.
 *
 * Pure. Flags have one dash or two and their value behind a blank or an equals sign.
 */

import { CALM, type Mood, shareOf, TROUBLES } from './mood.js'
import type { ServiceOptions } from './service.js'

export interface ServiceArguments extends ServiceOptions {
  /** Makes the service repeat its moods; undefined for others each time. */
  readonly seed: number | undefined
}

export type ArgumentsVerdict =
  | { readonly kind: 'run'; readonly given: ServiceArguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problem: string }

export const ARGUMENTS_DEFAULTS: ServiceArguments = Object.freeze({
  host: '127.0.0.1',
  port: 9_093,
  mood: CALM,
  delayMs: 0,
  // Longer than traffic waits for an answer.
  lateMs: 8_000,
  retryAfterSeconds: 1,
  seed: undefined,
})

/** What `--help` prints. */
export const HELP = `A service that emergencies are reported to. It fails on purpose.

Usage: npm start -- traffic-emergency [flags]
       npm start -- traffic --emergency-url http://127.0.0.1:${ARGUMENTS_DEFAULTS.port}/

  --port N             where it listens (${ARGUMENTS_DEFAULTS.port})
  --host ADDRESS       on which address (${ARGUMENTS_DEFAULTS.host})
  --fail SHARE         answers 503 to this share of the requests, 0 to 1 (0)
  --hang SHARE         never answers
  --close SHARE        closes the socket without an answer
  --late SHARE         takes the emergency and answers too late
  --repeat SHARE       takes the emergency and answers 503, so that it is reported again
  --throttle SHARE     answers 429 with Retry-After
  --refuse SHARE       answers 422, for good
  --delay-ms N         milliseconds before each answer (${ARGUMENTS_DEFAULTS.delayMs})
  --late-ms N          milliseconds before a late answer (${ARGUMENTS_DEFAULTS.lateMs})
  --retry-after N      seconds of Retry-After (${ARGUMENTS_DEFAULTS.retryAfterSeconds})
  --seed N             the same moods every time
  --help               print this text

GET / answers with what was counted, GET /keys with what came for each Idempotency-Key.
`

type Take = (value: string, given: ServiceArguments) => Partial<ServiceArguments> | string

const whole =
  (key: keyof ServiceArguments, most: number): Take =>
  (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    return number <= most ? { [key]: number } : `must be a whole number from 0 to ${most}`
  }

const share =
  (trouble: keyof Mood): Take =>
  (value, { mood }) => {
    const number = /^(?:\d{1,3}|\d{0,3}\.\d{1,9})$/.test(value) ? Number(value) : Number.NaN
    return number <= 1 ? { mood: { ...mood, [trouble]: number } } : 'must be a share from 0 to 1'
  }

const FLAGS: Readonly<Record<string, Take>> = Object.freeze({
  ...Object.fromEntries(TROUBLES.map((trouble) => [trouble, share(trouble)])),
  host: (value) => (value === '' ? 'needs a value' : { host: value }),
  port: whole('port', 65_535),
  'delay-ms': whole('delayMs', 3_600_000),
  'late-ms': whole('lateMs', 3_600_000),
  'retry-after': whole('retryAfterSeconds', 86_400),
  seed: whole('seed', 2 ** 32 - 1),
})

const refused = (problem: string): ArgumentsVerdict => ({ kind: 'refused', problem })

/**
 * Reads the arguments behind the name of the program.
 *
 * @example parseArguments(['--fail', '0.2', '--hang=0.1'])
 */
export function parseArguments(words: readonly string[]): ArgumentsVerdict {
  let given = ARGUMENTS_DEFAULTS
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const [, name = '', inline] = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(word) ?? []
    if (name === 'help' || name === 'h') return { kind: 'help' }
    const take = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined
    if (take === undefined) return refused(`${word} is not known; see --help`)
    if (inline === undefined) at += 1
    const value = inline ?? words[at]
    const taken = value === undefined ? 'needs a value' : take(value, given)
    if (typeof taken === 'string') return refused(`--${name} ${taken}`)
    given = { ...given, ...taken }
  }
  // A millionth more than 1 may be left by the sum of decimal fractions.
  if (shareOf(given.mood) > 1 + 1e-6) return refused('the shares are together more than 1')
  return { kind: 'run', given: Object.freeze(given) }
}
