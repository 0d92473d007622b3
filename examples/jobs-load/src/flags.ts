/**
 * flags: what the command line of the load asks for, or what is wrong with it. Pure.
 */
import {
  type FlagTable,
  parseArguments,
  type Take,
  text,
  whole,
} from '@troupe-examples/jobs/cli/arguments'
import { BODY_MAX_BYTES, JOB_KINDS, type JobKind } from '@troupe-examples/jobs/job/job'

export interface Flags {
  /** Jobs a second. */
  readonly rate: number
  /** Coordinators, without a slash at the end. */
  readonly urls: readonly string[]
  /** Ends by itself after so long; undefined: when it is stopped. */
  readonly seconds: number | undefined
  readonly bytesMin: number
  readonly bytesMax: number
  readonly kinds: readonly JobKind[]
  /** Which jobs: the same for the same number. */
  readonly seed: number
  /** Jobs that wait for their answer at once. */
  readonly inFlightMax: number
  /** Where a line is written for each job that was accepted. */
  readonly logFile: string | undefined
}

export type FlagsVerdict =
  | { readonly kind: 'run'; readonly flags: Flags }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problem: string }

export const FLAGS_DEFAULTS: Flags = Object.freeze({
  rate: 20,
  urls: ['http://127.0.0.1:8081', 'http://127.0.0.1:8082', 'http://127.0.0.1:8083'],
  seconds: undefined,
  bytesMin: 1_024,
  bytesMax: 16_384,
  kinds: JOB_KINDS,
  seed: 1,
  inFlightMax: 256,
  logFile: undefined,
})

/** What `--help` prints. */
export const HELP = `Submits jobs with real text to a job cluster, and tells what became of them.

Usage: npm start -- jobs-load [flags]

  --rate N          jobs a second (20)
  --seconds N       end after N seconds; without it when it is stopped
  --url URL,URL     coordinators (http://127.0.0.1:8081 to 8083)
  --sizes N..M      bytes of a text; k and m stand for KiB and MiB (1k..16k)
  --kinds A,B       out of ${JOB_KINDS.join(', ')} (all)
  --in-flight N     jobs that wait for their answer at once (256)
  --seed N          which jobs: the same for the same number (1)
  --log FILE        write a line of JSON for each job that was accepted
  --help            print this text

A job that gets no answer, or 503, is sent to another coordinator with the same id. The exit
code is 1 when one was given up in the end.

Flags may have one dash or two.
`

const urls: Take<Flags> = (value) => {
  const given = value.split(',').map((one) => one.replace(/\/+$/, ''))
  const fit = given.every((one) => URL.canParse(one) && /^https?:$/.test(new URL(one).protocol))
  return fit ? { urls: given } : 'must be one or several URLs with http://, separated by commas'
}

const kinds: Take<Flags> = (value) => {
  const given = value.split(',')
  const found = JOB_KINDS.filter((kind) => given.includes(kind))
  return found.length === new Set(given).size
    ? { kinds: found }
    : `must be out of ${JOB_KINDS.join(', ')}`
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1_024, m: 1_048_576 }

function bytesOf(value: string): number {
  const [, digits, unit = ''] = /^(\d{1,9})([km]?)$/.exec(value) ?? []
  return digits === undefined ? Number.NaN : Number(digits) * (UNITS[unit] ?? 1)
}

const sizes: Take<Flags> = (value) => {
  const [least = '', most = least] = value.toLowerCase().split('..')
  const bytesMin = bytesOf(least)
  const bytesMax = bytesOf(most)
  return bytesMin >= 1 && bytesMax >= bytesMin && bytesMax <= BODY_MAX_BYTES
    ? { bytesMin, bytesMax }
    : 'must be N or N..M, such as 1k..16k, up to 64m'
}

const TABLE: FlagTable<Flags> = Object.freeze({
  defaults: FLAGS_DEFAULTS,
  valued: {
    ...{ url: urls, kinds, sizes },
    rate: whole('rate', 1, 20_000),
    seconds: whole('seconds', 1, 86_400),
    seed: whole('seed', 0, 2 ** 32 - 1),
    'in-flight': whole('inFlightMax', 1, 10_000),
    log: text('logFile'),
  },
  switches: {},
})

/**
 * Reads the arguments behind the name of the program.
 *
 * @example parseFlags(process.argv.slice(2))
 */
export const parseFlags = (given: readonly string[]): FlagsVerdict => parseArguments(TABLE, given)
