/**
 * options: what `metrics()` and `health()` take, their defaults and their checks.
 *
 * A surface is one port. It is on both loopbacks unless told otherwise; whoever opens it to other
 * machines gives a token, or says that it is open.
 *
 * @source ergo-features 25, 26, 27 and weakness 26
 */
import type { Registry } from 'prom-client'
import { type AnySpawnable, type ProcessContext, type ServerTls, TroupeError } from 'troupe'

/** Where something is served, and to whom. */
export interface MetricsPortOptions {
  /** Port number, the same on each address; 0 takes any free one. */
  readonly port?: number
  /** Addresses to open, numeric; default both loopbacks, `127.0.0.1` and `::1`. */
  readonly hosts?: readonly string[]
  /** Asked for as `Authorization: Bearer …`; at least 16 characters. Default none. */
  readonly token?: string
  /** Serve other machines without a token; default false. */
  readonly open?: boolean
  /**
   * Names by which clients may call it, beside `localhost`, the host of the node and every numeric
   * address: a page of a browser that has such a name point here is refused. Default none.
   */
  readonly hostNames?: readonly string[]
  /** Makes it HTTPS, with mutual TLS when it says so; default plain HTTP. */
  readonly tls?: ServerTls
}

/** What health probes are made of. */
export interface HealthSettings {
  /** Beginning of its paths: `/live`, `/ready` and `/startup` follow. Default `/health`. */
  readonly path?: string
  /** How often heartbeats are looked at for the callbacks, in milliseconds; default 1,000. */
  readonly checkIntervalMs?: number
  /** On the port of the metrics: answer probes without the token; default false. */
  readonly open?: boolean
  /** A signal is up again. */
  readonly signalUp?: (signal: string) => unknown
  /** A signal is down: its owner said so, has ended, or is silent for too long. */
  readonly signalDown?: (signal: string, why: DownCause) => unknown
}

/** Why a signal is down. */
export type DownCause = 'told' | 'owner-ended' | 'silent'

/** What `health()` takes: a port of its own, 3000 by default. */
export interface HealthOptions extends MetricsPortOptions {
  readonly path?: string
  readonly checkIntervalMs?: number
  readonly signalUp?: HealthSettings['signalUp']
  readonly signalDown?: HealthSettings['signalDown']
}

/** What `metrics()` takes. Its port is 9090 by default. */
export interface MetricsOptions extends MetricsPortOptions {
  /** Default `/metrics`. */
  readonly path?: string
  /**
   * A page is collected when it is asked for, at most once in this time, in milliseconds; whoever
   * asks meanwhile gets the same one. Default 10,000.
   */
  readonly collectIntervalMs?: number
  /** Rows of each list of processes and events: 0 to 200; default 50, 0: none. */
  readonly topN?: number
  /** `ergo`: the names of Ergo for what both have, for dashboards that exist; default `troupe`. */
  readonly names?: 'troupe' | 'ergo'
  /** Show the figures of all nodes of the cluster, each with its own `node`; default false. */
  readonly cluster?: boolean
  /** Tell of the machine: load, memory, disks, open files, threads; default true. */
  readonly host?: boolean
  /** Serve health probes on the same port; default false. */
  readonly health?: boolean | HealthSettings
  /** Adds what it likes before each page is written; its context is that of the process. */
  readonly collect?: (registry: Registry, context: ProcessContext) => unknown
  /** A class that extends `MetricsActor`, to run in its place. */
  readonly actor?: AnySpawnable
  /** Most metrics that processes may register; default 1,000. */
  readonly ownMetricsMax?: number
  /** Most series of one of them; one more is counted and left out. Default 1,000. */
  readonly ownSeriesMax?: number
  /**
   * Series whose last hour is kept for the Observer, those of the program first: 0 to 5,000;
   * default 500, 0: none. Then nothing is read while nobody looks and nobody scrapes.
   */
  readonly historySeriesMax?: number
  /** The address that other nodes and `/sd` are told, as host:port; default worked out. */
  readonly announce?: string
  /**
   * Hosts that `/sd` may send Prometheus to beside the one in the name of each node and those it is
   * registered with: names, numeric addresses, `*.example.org` for all below, `*` for any.
   * Default none.
   */
  readonly targetHosts?: readonly string[]
}

/** What is left open. */
export const PORT_DEFAULTS = Object.freeze({
  hosts: Object.freeze(['127.0.0.1', '::1']) as readonly string[],
  open: false,
  hostNames: Object.freeze([]) as readonly string[],
})
/** What the options of `health()` leave open. */
export const HEALTH_DEFAULTS = Object.freeze({
  port: 3000,
  path: '/health',
  checkIntervalMs: 1_000,
})
/** What the options of `metrics()` leave open. */
export const METRICS_DEFAULTS = Object.freeze({
  port: 9090,
  path: '/metrics',
  collectIntervalMs: 10_000,
  topN: 50,
  names: 'troupe' as const,
  cluster: false,
  host: true,
  targetHosts: Object.freeze([]) as readonly string[],
  ownMetricsMax: 1_000,
  ownSeriesMax: 1_000,
  historySeriesMax: 500,
})

/** Where something is served, checked. */
export interface Surface {
  readonly port: number
  readonly hosts: readonly string[]
  readonly token: string | undefined
  readonly hostNames: readonly string[]
  readonly tls: ServerTls | undefined
}

export interface CheckedHealth {
  readonly path: string
  readonly checkIntervalMs: number
  readonly open: boolean
  readonly signalUp: (signal: string) => unknown
  readonly signalDown: (signal: string, why: DownCause) => unknown
}

export interface CheckedMetrics {
  readonly surface: Surface
  readonly path: string
  readonly collectIntervalMs: number
  readonly topN: number
  readonly names: 'troupe' | 'ergo'
  readonly cluster: boolean
  readonly host: boolean
  readonly targetHosts: readonly string[]
  readonly health: CheckedHealth | undefined
  readonly collect: (registry: Registry, context: ProcessContext) => unknown
  readonly ownMetricsMax: number
  readonly ownSeriesMax: number
  readonly historySeriesMax: number
  readonly announce: string | undefined
}

const SURFACE_KEYS = ['port', 'hosts', 'token', 'open', 'hostNames', 'tls'] as const
const HEALTH_KEYS = ['path', 'checkIntervalMs', 'signalUp', 'signalDown'] as const
const METRICS_KEYS = [
  'path',
  'collectIntervalMs',
  'topN',
  'names',
  'cluster',
  'host',
  'targetHosts',
  'health',
  'collect',
  'actor',
  'ownMetricsMax',
  'ownSeriesMax',
  'historySeriesMax',
  'announce',
] as const
const TOKEN_CHARS_MIN = 16
const INTERVAL_MS_MAX = 3_600_000
const TOP_MAX = 200
const OWN_MAX = 100_000
const HISTORY_SERIES_MAX = 5_000
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/

/** OPTION_INVALID, naming the option. */
export function metricsOptions(given: MetricsOptions = {}): CheckedMetrics {
  requireKnown('metrics', given, [...SURFACE_KEYS, ...METRICS_KEYS])
  const options = { ...METRICS_DEFAULTS, ...given }
  const { health = false, names, cluster, collect = () => {}, announce } = options
  requirePath('path', options.path)
  requireCount('collectIntervalMs', options.collectIntervalMs, {
    least: 100,
    most: INTERVAL_MS_MAX,
  })
  requireCount('topN', options.topN, { least: 0, most: TOP_MAX })
  requireCount('ownMetricsMax', options.ownMetricsMax, { least: 0, most: OWN_MAX })
  requireCount('ownSeriesMax', options.ownSeriesMax, { least: 1, most: OWN_MAX })
  const kept = { least: 0, most: HISTORY_SERIES_MAX }
  requireCount('historySeriesMax', options.historySeriesMax, kept)
  requireThat(names === 'troupe' || names === 'ergo', 'names', names, 'give troupe or ergo')
  requireThat(typeof cluster === 'boolean', 'cluster', cluster, 'give true or false')
  requireThat(typeof options.host === 'boolean', 'host', options.host, 'give true or false')
  requireTexts('targetHosts', options.targetHosts)
  requireThat(typeof collect === 'function', 'collect', collect, 'give a function')
  const isAddress = announce === undefined || /^\S+:\d+$/.test(String(announce))
  requireThat(isAddress, 'announce', announce, 'give host:port')
  return Object.freeze({
    ...options,
    surface: checkedSurface(given, METRICS_DEFAULTS.port),
    health: health === false ? undefined : checkedHealth(health === true ? {} : health, 'health.'),
    collect,
    announce,
  })
}

/** OPTION_INVALID, naming the option. */
export function healthOptions(given: HealthOptions = {}): {
  readonly surface: Surface
  readonly health: CheckedHealth
} {
  requireKnown('health', given, [...SURFACE_KEYS, ...HEALTH_KEYS])
  const { path, checkIntervalMs, signalUp, signalDown } = given
  const settings = { path, checkIntervalMs, signalUp, signalDown }
  return Object.freeze({
    surface: checkedSurface(given, HEALTH_DEFAULTS.port),
    health: checkedHealth(settings as HealthSettings, ''),
  })
}

function checkedHealth(given: HealthSettings, prefix: string): CheckedHealth {
  requireKnown('health', given, [...HEALTH_KEYS, 'open'])
  const {
    path = HEALTH_DEFAULTS.path,
    checkIntervalMs = HEALTH_DEFAULTS.checkIntervalMs,
    open = false,
    signalUp = () => {},
    signalDown = () => {},
  } = given
  requirePath(`${prefix}path`, path)
  const range = { least: 10, most: INTERVAL_MS_MAX }
  requireCount(`${prefix}checkIntervalMs`, checkIntervalMs, range)
  requireThat(typeof open === 'boolean', `${prefix}open`, open, 'give true or false')
  for (const [name, one] of Object.entries({ signalUp, signalDown })) {
    requireThat(typeof one === 'function', `${prefix}${name}`, one, 'give a function')
  }
  return Object.freeze({ path, checkIntervalMs, open, signalUp, signalDown })
}

function checkedSurface(given: MetricsPortOptions, portOtherwise: number): Surface {
  const { port = portOtherwise, hosts, open, hostNames } = { ...PORT_DEFAULTS, ...given }
  const { token, tls } = given
  requireCount('port', port, { least: 0, most: 65_535 })
  requireTexts('hosts', hosts)
  requireThat(hosts.length > 0, 'hosts', '[]', 'give at least one address')
  requireTexts('hostNames', hostNames)
  requireThat(typeof open === 'boolean', 'open', open, 'give true or false')
  const isToken = token === undefined || (typeof token === 'string' && isGoodToken(token))
  const remedy = `give at least ${TOKEN_CHARS_MIN} letters, digits or -._~+/=, or none`
  // Never the token itself: an error ends in a log.
  requireThat(isToken, 'token', 'what was given', remedy)
  const isSafe = token !== undefined || open || hosts.every((host) => LOOPBACK.test(host))
  const problem = 'give a token, or open: true, before other machines can read this node'
  requireThat(isSafe, 'hosts', hosts.join(' '), problem)
  return Object.freeze({ port, hosts, token, hostNames, tls })
}

/** As a header can carry it. */
const isGoodToken = (token: string): boolean =>
  token.length >= TOKEN_CHARS_MIN && /^[\w\-.~+/=]+$/.test(token)

function requireKnown(of: string, given: unknown, known: readonly string[]): void {
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given)
  requireThat(isObject, of, given, 'give an object')
  for (const key of Object.keys(given as object)) {
    requireThat(known.includes(key), key, 'given', `there is no such option of ${of}()`)
  }
}

function requireTexts(option: string, value: unknown): void {
  const holds = Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '')
  requireThat(holds, option, value, 'give a list of texts')
}

function requirePath(option: string, value: unknown): void {
  const isPath = typeof value === 'string' && /^\/[\w\-./~]*$/.test(value)
  requireThat(isPath, option, value, 'give a path that begins with /')
}

function requireCount(
  option: string,
  value: unknown,
  { least, most }: { readonly least: number; readonly most: number },
): void {
  const holds = Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
  requireThat(holds, option, value, `give a whole number from ${least} to ${most}`)
}

/** OPTION_INVALID unless it holds. */
export function requireThat(
  holds: boolean,
  option: string,
  value: unknown,
  problem: string,
): asserts holds {
  if (holds) return
  const told = typeof value === 'object' && value !== null ? 'an object' : String(value)
  throw new TroupeError('OPTION_INVALID', { option, value: told.slice(0, 200), problem })
}
