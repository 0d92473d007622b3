/**
 * cli/flags: what the command line asks for, or what is wrong with it.
 *
 * Pure. Flags have one dash or two and their value behind a blank or an equals sign. Unknown
 * flags are refused by name, so that a misspelled one does not go unnoticed.
 */

import { FLEET_VEHICLES_MAX } from '#traffic/fleet/fleet'
import { ROLES, type Role } from '#traffic/nodes/page'
import { FLUSH_MS } from '#traffic/store/write-behind'
import { OBSERVER_PORT, readSeeingPort, type SeeingPort } from './seeing.js'

/** The levels `--level` takes, from chatty to silent. */
const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'silent'] as const
export type Level = (typeof LEVELS)[number]

/** What goes back to the sender of each packet that was accepted. */
const REPLIES = ['newline', 'original', 'none'] as const
export type Reply = (typeof REPLIES)[number]

/** The most packets a second the own fleet sends. */
export const RATE_MAX = 1_000_000

export interface Flags {
  readonly name: string
  /** Programs it runs in: all in one, or one for each role. */
  readonly nodes: 1 | 3
  /** The one program to be; undefined for all of them. */
  readonly role: Role | undefined
  /** Programs find each other only where it is the same. */
  readonly registrarPort: number
  /** Secret of the nodes that may reach this one; undefined for a node that is alone. */
  readonly cookie: string | undefined
  readonly level: Level
  readonly udpPort: number
  readonly webPort: number
  /** Questions come over plain HTTP instead of HTTPS. */
  readonly isPlainHttp: boolean
  readonly tcpPort: number
  /** Of the page of the whole system. */
  readonly observerPort: SeeingPort
  /** Of metrics and probes; the second and the third program have the next ones. */
  readonly metricsPort: SeeingPort
  /** Bytes of receive buffer to ask the kernel for, which may grant less. */
  readonly receiveBufferBytes: number
  readonly reply: Reply
  /** Where positions and emergencies are kept over a restart; undefined for memory only. */
  readonly dataFolder: string | undefined
  /** How often what has changed is written there, in milliseconds. */
  readonly flushMs: number
  /** A vehicle that was silent for so long is forgotten; 0 for never. */
  readonly expireAfterSeconds: number
  /** Where emergencies are reported to; undefined for nowhere but the log. */
  readonly emergencyUrl: string | undefined
  /** Made-up vehicles; 0 for no fleet. */
  readonly vehicles: number
  /** Packets a second of the whole fleet. */
  readonly packetsPerSecond: number
  /** Which fleet it is: the same one in every run unless another is asked for. */
  readonly seed: number
  /** A recording to play in place of the fleet. */
  readonly replay: string | undefined
  /** Recorded seconds played in one second. */
  readonly speed: number
  /** End when the replay is over: exit code 0 when its check holds. */
  readonly isOnce: boolean
  /** Seconds between two kills; 0 for none. */
  readonly chaosSeconds: number
  /** Lets `POST /kill?part=` end a part by name. */
  readonly allowsKill: boolean
}

export type FlagsVerdict =
  | { readonly kind: 'run'; readonly flags: Flags }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problem: string }

export const FLAGS_DEFAULTS: Flags = Object.freeze({
  name: 'traffic@localhost',
  nodes: 1,
  role: undefined,
  registrarPort: 4_499,
  cookie: undefined,
  level: 'info',
  udpPort: 9_092,
  webPort: 9_090,
  isPlainHttp: false,
  tcpPort: 9_091,
  observerPort: OBSERVER_PORT,
  metricsPort: 9_094,
  // At 15,000 packets a second the usual 208 KiB hold what comes in 18 ms; this is 20 times more.
  receiveBufferBytes: 4_194_304,
  reply: 'newline',
  dataFolder: './traffic-data',
  flushMs: FLUSH_MS,
  expireAfterSeconds: 86_400,
  emergencyUrl: undefined,
  vehicles: 200,
  packetsPerSecond: 200,
  // A fleet of its own at each start would leave that of the one before behind, silent.
  seed: 1,
  replay: undefined,
  speed: 60,
  isOnce: false,
  chaosSeconds: 0,
  allowsKill: false,
})

/** What `--help` prints. */
export const HELP = `Vehicles report over UDP and are found again over HTTP.

Usage: npm start -- traffic [flags]

  --vehicles N         made-up vehicles that report (200)
  --rate N             packets a second of all of them together (one each)
  --seed N             which fleet: the same vehicles for the same number (1)
  --no-fleet           send nothing; wait for packets from outside
  --replay FILE        play a recording, .csv or .csv.gz, in place of the fleet
  --speed N            recorded seconds played in one second (60)
  --once               end after the replay, with code 1 when its check fails
  --chaos              kill a random part every 5 seconds
  --chaos-seconds N    kill a random part every N seconds
  --allow-kill         let POST /kill?part=NAME kill a part by name
  --udp-port N         where packets come in (9092); 0 takes any free port
  --tcp-port N         the same over TLS and TCP (9091); 0 takes any free port
  --https-port N       where questions come in (9090); 0 takes any free port
  --http               questions over plain HTTP instead of HTTPS
  --observer PORT|off  the Observer, a page of all (9911; 0 is any free port)
  --metrics PORT|off   metrics and health (9094; with three nodes the next two)
  --receive-buffer N   bytes of receive buffer to ask the kernel for (4194304)
  --reply KIND         to a good packet: ${REPLIES.join(', ')} (newline)
  --data DIR           where positions and emergencies are kept (./traffic-data)
  --no-data            keep them in memory only
  --flush N            milliseconds between two writes to it (${FLUSH_MS})
  --expire-after N     forget vehicles silent for N seconds (86400); 0 for never
  --emergency-url URL  report emergencies there with POST, until they are taken
  --nodes N            3: storage, ingest and web as programs of their own (1)
  --role ROLE          be one of these three: storage, ingest or web
  --registrar-port N   the three meet where it is the same (4499)
  --name NAME@HOST     name of the node (traffic@localhost)
  --cookie TEXT        let nodes in that share this secret; without it none is
  --level LEVEL        ${LEVELS.join(', ')} (info)
  --help               print this text

Flags may have one dash or two.
`

/** Takes the value of one flag into the flags so far; a sentence when it cannot. */
type Take = (value: string, flags: Flags) => Partial<Flags> | string

/** As nodes are named. */
const name: Take = (value) => {
  const fits = /^[^@\s\p{Cc}]{1,200}@[^@\s\p{Cc}]{1,253}$/u.test(value)
  return fits ? { name: value } : 'must be of the form name@host, such as traffic@localhost'
}

const nodes: Take = (value) => {
  if (value === '1') return { nodes: 1 }
  return value === '3' ? { nodes: 3 } : 'must be 1 or 3'
}

const role: Take = (value) => {
  const found = ROLES.find((one) => one === value)
  return found === undefined ? `must be one of ${ROLES.join(', ')}` : { role: found }
}

const text =
  (key: 'replay' | 'dataFolder'): Take =>
  (value) =>
    value === '' ? 'needs a value' : { [key]: value }

const whole =
  (key: keyof Flags, least: number, most: number, unit = ''): Take =>
  (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    const fits = number >= least && number <= most
    return fits ? { [key]: number } : `must be a whole number${unit} from ${least} to ${most}`
  }

const above0 =
  (key: 'speed' | 'chaosSeconds', most: number): Take =>
  (value) => {
    const number = /^\d{0,12}\.?\d{1,6}$/.test(value) ? Number(value) : Number.NaN
    return number > 0 && number <= most
      ? { [key]: number }
      : `must be a number above 0 and up to ${most}`
  }

const seeing =
  (key: 'observerPort' | 'metricsPort'): Take =>
  (value) => {
    const port = readSeeingPort(value)
    return port === undefined ? 'must be a port, or off' : { [key]: port }
  }

const level: Take = (value) => {
  const found = LEVELS.find((one) => one === value)
  return found === undefined ? `must be one of ${LEVELS.join(', ')}` : { level: found }
}

const reply: Take = (value) => {
  const found = REPLIES.find((one) => one === value)
  return found === undefined ? `must be one of ${REPLIES.join(', ')}` : { reply: found }
}

/** As the network between nodes wants it. */
const cookie: Take = (value) => {
  const fits = value.length >= 16 && value.length <= 1_024
  return fits ? { cookie: value } : 'must have 16 to 1024 characters'
}

const url: Take = (value) => {
  const isWeb = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
  return isWeb ? { emergencyUrl: value } : 'must begin with http:// or https://'
}

const VALUED: Readonly<Record<string, Take>> = Object.freeze({
  vehicles: whole('vehicles', 1, FLEET_VEHICLES_MAX),
  rate: whole('packetsPerSecond', 1, RATE_MAX),
  seed: whole('seed', 0, 2 ** 32 - 1),
  replay: text('replay'),
  speed: above0('speed', 1e9),
  'chaos-seconds': above0('chaosSeconds', 86_400),
  'udp-port': whole('udpPort', 0, 65_535),
  'tcp-port': whole('tcpPort', 0, 65_535),
  'https-port': whole('webPort', 0, 65_535),
  'web-port': whole('webPort', 0, 65_535),
  observer: seeing('observerPort'),
  metrics: seeing('metricsPort'),
  'receive-buffer': whole('receiveBufferBytes', 1, 2 ** 30, ' of bytes'),
  nodes,
  role,
  'registrar-port': whole('registrarPort', 1, 65_535),
  name,
  cookie,
  level,
  reply,
  data: text('dataFolder'),
  flush: whole('flushMs', 10, 60_000, ' of milliseconds'),
  'expire-after': whole('expireAfterSeconds', 0, 31_536_000, ' of seconds'),
  'emergency-url': url,
})

const SWITCHES: Readonly<Record<string, Partial<Flags>>> = Object.freeze({
  'no-fleet': { vehicles: 0 },
  'no-data': { dataFolder: undefined },
  http: { isPlainHttp: true },
  once: { isOnce: true },
  chaos: { chaosSeconds: 5 },
  'allow-kill': { allowsKill: true },
})

/** One flag with its value, cut out of the arguments. */
interface Cut {
  readonly name: string
  readonly value: string | undefined
  /** Arguments it took. */
  readonly length: number
}

/**
 * Reads the arguments behind the name of the program.
 *
 * @example parseFlags(process.argv.slice(2))
 */
export function parseFlags(given: readonly string[]): FlagsVerdict {
  let flags = FLAGS_DEFAULTS
  const named = new Set<string>()
  for (let at = 0; at < given.length; ) {
    const cut = cutFlag(given, at)
    if (cut === undefined) return refused(`${given[at]} is no flag; see --help`)
    if (cut.name === 'help' || cut.name === 'h') return { kind: 'help' }
    const taken = takeFlag(cut, flags)
    if (typeof taken === 'string') return refused(`--${cut.name} ${taken}`)
    flags = { ...flags, ...taken }
    named.add(cut.name)
    at += cut.length
  }
  return checked(flags, named)
}

const refused = (problem: string): FlagsVerdict => ({ kind: 'refused', problem })

function cutFlag(given: readonly string[], at: number): Cut | undefined {
  const match = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(given[at] ?? '')
  if (match === null) return undefined
  const [, name = '', inline] = match
  if (inline !== undefined) return { name, value: inline, length: 1 }
  const takesNext = Object.hasOwn(VALUED, name) && at + 1 < given.length
  return takesNext
    ? { name, value: given[at + 1], length: 2 }
    : { name, value: undefined, length: 1 }
}

function takeFlag({ name, value }: Cut, flags: Flags): Partial<Flags> | string {
  const take = Object.hasOwn(VALUED, name) ? VALUED[name] : undefined
  if (take !== undefined) return value === undefined ? 'needs a value' : take(value, flags)
  const asked = Object.hasOwn(SWITCHES, name) ? SWITCHES[name] : undefined
  if (asked === undefined) return 'is not known; see --help'
  return value === undefined ? asked : 'takes no value'
}

/** Of two such flags one would be without effect, and whoever typed it would not notice. */
const CLASHES: readonly (readonly [string, string])[] = Object.freeze([
  ['data', 'no-data'],
  ['flush', 'no-data'],
  ['vehicles', 'no-fleet'],
  ['rate', 'no-fleet'],
  ['seed', 'no-fleet'],
  ['replay', 'no-fleet'],
  ['replay', 'vehicles'],
  ['replay', 'rate'],
  ['replay', 'seed'],
  // The check at its end needs all in one program.
  ['once', 'nodes'],
  ['once', 'role'],
])

function checked(flags: Flags, named: ReadonlySet<string>): FlagsVerdict {
  const needless = ['once', 'speed'].find((flag) => named.has(flag) && !named.has('replay'))
  if (needless !== undefined) return refused(`--${needless} needs --replay`)
  const clash = CLASHES.find((both) => both.every((flag) => named.has(flag)))
  if (clash !== undefined) return refused(`--${clash[0]} and --${clash[1]} exclude each other`)
  const isReplay = flags.replay !== undefined
  const vehicles = isReplay || named.has('no-fleet') ? 0 : flags.vehicles
  const packetsPerSecond = named.has('rate') ? flags.packetsPerSecond : Math.max(1, vehicles)
  return { kind: 'run', flags: Object.freeze({ ...flags, vehicles, packetsPerSecond }) }
}
