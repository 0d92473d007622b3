/**
 * cli/arguments: what the command line asks for, or what is wrong with it. Pure.
 */

import {
  ETCD_KINDS,
  FAULT_KINDS,
  type FaultKind,
  kindsFor,
  REGISTRARS,
  type RegistrarKind,
  VICTIMS,
  type Victim,
} from '#chaos/faults/fault'

/** One kind of fault, and whom it meets. */
export interface Sort {
  readonly kind: FaultKind
  readonly victim: Victim | undefined
}

export interface ChaosArguments {
  readonly minutes: number
  /** Undefined: another one each time, which is printed. */
  readonly seed: number | undefined
  /** Jobs that are kept in flight. */
  readonly inFlight: number
  /** Where logs and data go; undefined: a temporary folder. */
  readonly out: string | undefined
  /** The folder is not removed, also when there is no breach. */
  readonly isKept: boolean
  /** Seconds between two faults, on average. */
  readonly everySeconds: number
  /** Faults that are made, as `kind` or `kind:victim`; undefined: all. */
  readonly only: readonly Sort[] | undefined
  /** What the cluster is on; `etcd`: one of three members, started for the run. */
  readonly registrar: RegistrarKind
  /** The built program of the cluster, for one with a planted fault. */
  readonly main: string | undefined
}

export type ArgumentsVerdict =
  | { readonly kind: 'run'; readonly given: ChaosArguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problem: string }

export const CHAOS_DEFAULTS: ChaosArguments = Object.freeze({
  minutes: 10,
  seed: undefined,
  inFlight: 40,
  out: undefined,
  isKept: false,
  everySeconds: 7,
  only: undefined,
  registrar: 'embedded',
  main: undefined,
})

/** What `--help` prints. */
export const HELP = `Breaks a job cluster again and again, and judges from outside whether it kept its word.

Usage: npm start -- jobs-chaos [flags]

  --minutes N      how long faults are made (10)
  --seed N         the same faults at the same times (another one each time)
  --every N        seconds between two faults, on average (7)
  --registrar KIND what the cluster is on: embedded or etcd (embedded)
  --only LIST      faults that are made, such as kill:leader,freeze (all)
  --in-flight N    jobs that are kept in flight (40); at least 10 are there at each fault
  --out DIR        where logs and data go and stay (a temporary folder)
  --keep           leave the temporary folder, which is left after a breach anyway
  --main FILE      another built program of the cluster, such as one with a planted fault
  --help           print this text

It starts a cluster of its own, three coordinators and three workers, and a client and a store of
effects that are no part of it. Faults: kill, freeze, isolate, pair, one-way, registrar, drain,
restart, config, weight, scale. At the end all is healed, the power is cut once, and every job
that was acknowledged must have its end: submitted = done + parked + failed + deleted.

With --registrar etcd it starts an etcd of three members, too, and each program has relays of its
own to it. Faults more: etcd-kill, etcd-freeze, etcd-restart, etcd-wall, quorum-loss (two members of
three for 60 s, or for a quarter of a short run), compact, defrag; victims more: etcd-leader,
etcd-follower. While the majority is gone nothing new may be confirmed, and whatever is asked is
answered in time, by 503 and a code where it needs etcd. TROUPE_ETCD names the etcd to start.
Exit codes: 0 it kept its word; 1 it did not, or too little was shown; 2 wrong flags.
`

type Take = (value: string) => Partial<ChaosArguments> | string

const number =
  (key: keyof ChaosArguments, least: number, most: number, pattern = /^\d{1,9}$/): Take =>
  (value) => {
    const given = pattern.test(value) ? Number(value) : Number.NaN
    if (given >= least && given <= most) return { [key]: given }
    return `must be a ${pattern === FRACTION ? '' : 'whole '}number from ${least} to ${most}`
  }
const FRACTION = /^\d{1,4}(\.\d{1,3})?$/

const text =
  (key: 'out' | 'main'): Take =>
  (value) =>
    value === '' ? 'needs a value' : { [key]: value }

const registrar: Take = (value) => {
  const kind = REGISTRARS.find((known) => known === value)
  return kind === undefined ? `must be one of ${REGISTRARS.join(', ')}` : { registrar: kind }
}

const ALL_KINDS: readonly FaultKind[] = [...FAULT_KINDS, ...ETCD_KINDS]

const only: Take = (value) => {
  const sorts: Sort[] = []
  for (const word of value.split(',')) {
    const [first = '', second] = word.split(':')
    const kind = ALL_KINDS.find((known) => known === first)
    const victim = VICTIMS.find((known) => known === second)
    const isRight = second === undefined || victim !== undefined
    if (kind === undefined || !isRight) {
      return `has kinds (${ALL_KINDS.join(', ')}), each with :${VICTIMS.join(', :')} or without`
    }
    sorts.push({ kind, victim })
  }
  return { only: sorts }
}

const FLAGS: Readonly<Record<string, Take>> = Object.freeze({
  minutes: number('minutes', 0.1, 1_440, FRACTION),
  seed: number('seed', 0, 2 ** 31 - 1, /^\d{1,10}$/),
  every: number('everySeconds', 0.5, 600, FRACTION),
  'in-flight': number('inFlight', 12, 1_000),
  only,
  registrar,
  out: text('out'),
  main: text('main'),
})

const refused = (problem: string): ArgumentsVerdict => ({ kind: 'refused', problem })

/**
 * Reads the arguments behind the name of the program.
 *
 * @example parseArguments(['--minutes', '1', '--seed=7'])
 */
export function parseArguments(words: readonly string[]): ArgumentsVerdict {
  let given = CHAOS_DEFAULTS
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const [, name = '', inline] = /^--?([a-z-]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === 'help' || name === 'h') return { kind: 'help' }
    if (name === 'keep' && inline === undefined) {
      given = { ...given, isKept: true }
      continue
    }
    const take = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined
    if (take === undefined) return refused(`${word.split('=')[0]} is not known; see --help`)
    if (inline === undefined) at += 1
    const value = inline ?? words[at]
    const taken = value === undefined ? 'needs a value' : take(value)
    if (typeof taken === 'string') return refused(`--${name} ${taken}`)
    given = { ...given, ...taken }
  }
  const possible = kindsFor(given.registrar)
  const other = given.only?.find(({ kind }) => !possible.includes(kind))
  if (other !== undefined) {
    return refused(`--only ${other.kind} cannot be with --registrar ${given.registrar}`)
  }
  return { kind: 'run', given: Object.freeze(given) }
}
