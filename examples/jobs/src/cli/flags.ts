/**
 * cli/flags: what the command line of the job cluster asks for, or what is wrong with it. Pure.
 */

import { OBSERVER_PORT, readSeeingPort, type SeeingPort } from '@troupe-examples/traffic/cli/seeing'
import {
  COORDINATORS,
  REGISTRARS,
  type RegistrarKind,
  ROLES,
  type Role,
  WORKERS_MAX,
} from '#jobs/system/names'
import { type FlagTable, oneOf, parseArguments, type Take, text, whole } from './arguments.js'

export const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'silent'] as const
export type Level = (typeof LEVELS)[number]

export interface Flags {
  /** The one program to be; undefined for all of them. */
  readonly role: Role | undefined
  /** Which coordinator or worker it is, from 1. */
  readonly index: number
  /** It was started by hand beside a cluster that runs, which is to have one worker more. */
  readonly joins: boolean
  readonly workersMin: number
  readonly workersMax: number
  /** First part of the names of its nodes. */
  readonly name: string
  /** Of the first coordinator, or of the one that it is; undefined: the usual ones. */
  readonly httpPort: number | undefined
  /** Of the page of the whole cluster, which the launcher serves. */
  readonly observerPort: SeeingPort
  /** Of the first coordinator, or of the one that it is; undefined: the usual ones, or none. */
  readonly metricsPort: SeeingPort | undefined
  /** Who looks through the Observer may change something, too. */
  readonly allowsManage: boolean
  /** Undefined: a folder that is removed at the end. */
  readonly dataFolder: string | undefined
  /** The watched file with the configuration. */
  readonly configFile: string | undefined
  /** What the cluster stands on. */
  readonly registrar: RegistrarKind
  /** Undefined: the launcher starts one; a program alone takes the usual address. */
  readonly etcdEndpoints: readonly string[] | undefined
  /** Who it is to a given etcd; the password is in the environment. */
  readonly etcdUser: string | undefined
  /** Files: the authority that is believed, and what is shown, with its key. */
  readonly etcdCa: string | undefined
  readonly etcdCert: string | undefined
  readonly etcdKey: string | undefined
  readonly registrarPort: number
  /** Of no flag: whoever only looks does not serve. */
  readonly servesRegistrar: boolean
  readonly registrarFolder: string | undefined
  /** Undefined: the one in the user's own file. */
  readonly cookie: string | undefined
  readonly level: Level
  /** Where workers tell what they did; for the chaos run. */
  readonly effectsUrl: string | undefined
  /** Its version, as the leader sees it: for a canary. */
  readonly version: string | undefined
  /** Megabytes that one job of a worker may take; undefined: its own usual limit. */
  readonly threadMemoryMb: number | undefined
  /** Where it listens for other nodes, and what those are told; for the chaos run. */
  readonly port: number
  readonly advertisedPort: number | undefined
  readonly livenessPort: number
  readonly livenessAdvertisedPort: number | undefined
  readonly usesUnixSocket: boolean
}

export type FlagsVerdict =
  | { readonly kind: 'run'; readonly flags: Flags }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problem: string }

export const FLAGS_DEFAULTS: Flags = Object.freeze({
  role: undefined,
  index: 1,
  joins: false,
  workersMin: 3,
  workersMax: 3,
  name: 'jobs',
  httpPort: undefined,
  observerPort: OBSERVER_PORT,
  metricsPort: undefined,
  allowsManage: false,
  dataFolder: undefined,
  configFile: undefined,
  registrar: 'embedded',
  etcdEndpoints: undefined,
  etcdUser: undefined,
  etcdCa: undefined,
  etcdCert: undefined,
  etcdKey: undefined,
  registrarPort: 4_499,
  servesRegistrar: true,
  registrarFolder: undefined,
  cookie: undefined,
  level: 'warning',
  effectsUrl: undefined,
  version: undefined,
  threadMemoryMb: undefined,
  port: 0,
  advertisedPort: undefined,
  livenessPort: 0,
  livenessAdvertisedPort: undefined,
  usesUnixSocket: true,
})

/** What `--help` prints. */
export const HELP = `A job cluster: what was accepted is done, whichever program is killed.

Usage: npm start -- jobs [flags]

  --workers N          worker programs (3); N..M: M programs, of which N to M work
  --http-port N        HTTP of the first coordinator (8081), the others follow; 0 takes free ones
  --observer PORT|off  the Observer, a page of the whole cluster (9911); 0 takes a free one
  --metrics PORT|off   metrics and health of the first coordinator (8091), the others and the
                       workers follow; of one program alone: its own, without it none
  --manage             the Observer may change things, too: drain, kill, set weights, ...
  --data DIR           where jobs are kept; without it in a folder that is removed at the end
  --config FILE        the configuration, a JSON file that is watched
  --join workerN       be one more worker of a cluster that runs already
  --name NAME          first part of the names of its nodes (jobs)
  --registrar NAME     what the cluster stands on: embedded (its coordinators), or etcd, which then
                       also keeps configuration and jobs and decides who leads
  --etcd H:P[,H:P...]  the etcd; without it one is started here, with its data beside the jobs';
                       --join and --role need it: the address that the cluster has printed
  --etcd-user NAME     who it is to that etcd; the password is in the environment: ETCD_PASSWORD
  --etcd-ca FILE       the authority (PEM) that its certificates are of: TLS
  --etcd-cert FILE, --etcd-key FILE  what is shown to it, with its key
  --registrar-port N   programs find each other only where it is the same (4499)
  --registrar-folder DIR  and where this is the same, if given
  --cookie TEXT        the secret of its nodes; without it that of this user
  --level LEVEL        ${LEVELS.join(', ')} (warning)
  --help               print this text

One program alone, as the command above starts them:

  --role ROLE          coordinator or worker
  --index N            which one, from 1
  --version TEXT       version of a worker, for a canary
  --thread-memory N    megabytes that one job of a worker may take
  --effects URL        a worker tells there what it has done
  --port N, --advertised-port N, --liveness-port N, --liveness-advertised-port N
                       where it listens for other nodes (0: any), and what those are told
  --no-unix-socket     reach other nodes over TCP only

Flags may have one dash or two.
`

const name: Take<Flags> = (value) =>
  /^[a-z][a-z0-9-]{0,60}$/.test(value) ? { name: value } : 'has a-z, 0-9 and - only, at most 61'

const workers: Take<Flags> = (value) => {
  const match = /^(\d{1,2})(?:\.\.(\d{1,2}))?$/.exec(value)
  const workersMin = Number(match?.[1])
  const workersMax = Number(match?.[2] ?? match?.[1])
  return workersMin >= 1 && workersMax >= workersMin && workersMax <= WORKERS_MAX
    ? { workersMin, workersMax }
    : `must be N or N..M, from 1 to ${WORKERS_MAX}`
}

const join: Take<Flags> = (value) => {
  const index = Number(/^worker([1-9]\d?)$/.exec(value)?.[1])
  return index <= WORKERS_MAX
    ? { role: 'worker', index, joins: true }
    : `must be worker1 to worker${WORKERS_MAX}`
}

const ENDPOINT = /^(https?:\/\/)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/

const etcd: Take<Flags> = (value) => {
  const etcdEndpoints = value.split(',')
  return etcdEndpoints.every((one) => ENDPOINT.test(one))
    ? { etcdEndpoints }
    : 'must be host:port, or several with commas between them'
}

/** As the network between nodes wants it. */
const cookie: Take<Flags> = (value) => {
  const fits = value.length >= 16 && value.length <= 1_024
  return fits ? { cookie: value } : 'must have 16 to 1024 characters'
}

const effects: Take<Flags> = (value) => {
  const isWeb = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
  return isWeb ? { effectsUrl: value } : 'must begin with http:// or https://'
}

const seeing =
  (key: 'observerPort' | 'metricsPort'): Take<Flags> =>
  (value) => {
    const port = readSeeingPort(value)
    return port === undefined ? 'must be a port, or off' : { [key]: port }
  }

const TABLE: FlagTable<Flags> = Object.freeze({
  defaults: FLAGS_DEFAULTS,
  valued: {
    ...{ workers, name, join, cookie, effects, etcd },
    role: oneOf('role', ROLES),
    index: whole('index', 1, WORKERS_MAX),
    level: oneOf('level', LEVELS),
    'http-port': whole('httpPort', 0, 65_533),
    observer: seeing('observerPort'),
    metrics: seeing('metricsPort'),
    data: text('dataFolder'),
    config: text('configFile'),
    version: text('version'),
    'thread-memory': whole('threadMemoryMb', 8, 4_096),
    'etcd-user': text('etcdUser'),
    'etcd-ca': text('etcdCa'),
    'etcd-cert': text('etcdCert'),
    'etcd-key': text('etcdKey'),
    registrar: oneOf('registrar', REGISTRARS),
    'registrar-port': whole('registrarPort', 1, 65_535),
    'registrar-folder': text('registrarFolder'),
    port: whole('port', 0, 65_535),
    'advertised-port': whole('advertisedPort', 1, 65_535),
    'liveness-port': whole('livenessPort', 0, 65_535),
    'liveness-advertised-port': whole('livenessAdvertisedPort', 1, 65_535),
  },
  switches: {
    'no-unix-socket': { usesUnixSocket: false },
    manage: { allowsManage: true },
  },
})

/** Flags that say something about one program alone. */
const OF_ONE = ['index', 'effects', 'version', 'port', 'advertised-port'] as const

/** Flags about an etcd that runs already. */
const OF_GIVEN_ETCD = ['etcd-user', 'etcd-ca', 'etcd-cert', 'etcd-key'] as const

/** Flags of one registrar that were given with the other one. */
function oddFor(registrar: RegistrarKind, named: ReadonlySet<string>): string | undefined {
  const ofGiven = OF_GIVEN_ETCD.find((flag) => named.has(flag))
  if (registrar === 'embedded') {
    const odd = named.has('etcd') ? 'etcd' : ofGiven
    return odd === undefined ? undefined : `--${odd} needs --registrar etcd`
  }
  if (ofGiven !== undefined && !named.has('etcd')) return `--${ofGiven} needs --etcd`
  if (named.has('etcd-cert') !== named.has('etcd-key'))
    return '--etcd-cert and --etcd-key need each other'
  if (named.has('config')) {
    return '--config is of the embedded registrar; in etcd each item is a key: .../config/*/ITEM'
  }
  const strange = ['registrar-port', 'registrar-folder'].find((flag) => named.has(flag))
  return strange === undefined ? undefined : `--${strange} is of the embedded registrar`
}

/**
 * Reads the arguments behind the name of the program.
 *
 * @example parseFlags(process.argv.slice(2))
 */
export function parseFlags(given: readonly string[]): FlagsVerdict {
  const verdict = parseArguments(TABLE, given)
  if (verdict.kind !== 'run') return verdict
  const { flags, named } = verdict
  const refused = (problem: string): FlagsVerdict => ({ kind: 'refused', problem })
  if (named.has('join') && (named.has('role') || named.has('index')))
    return refused('--join says already what it is; leave --role and --index out')
  const lonely = OF_ONE.find((flag) => named.has(flag))
  if (flags.role === undefined && lonely !== undefined) return refused(`--${lonely} needs --role`)
  if (flags.role === 'coordinator' && flags.index > COORDINATORS)
    return refused(`--index of a coordinator is 1 to ${COORDINATORS}`)
  const odd = oddFor(flags.registrar, named)
  if (odd !== undefined) return refused(odd)
  if (flags.registrar === 'etcd' && flags.role !== undefined && !named.has('etcd'))
    return refused('one program alone needs --etcd host:port: what the cluster has printed')
  return { kind: 'run', flags }
}
