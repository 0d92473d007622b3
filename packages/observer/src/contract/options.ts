/**
 * contract/options: how an Observer is given to its viewers: defaults, check, surfaces.
 *
 * Defaults live here and nowhere else. docs/reference/options.md is tested against this file.
 */
import { type ServerTls, TroupeError } from 'troupe'
import type { Capability } from './api.js'

/** Who looks, as an authorizer has found out. */
export interface Viewing {
  /** Stands in the audit. */
  readonly user: string
  /** Of these only those that the surface has; default all of them. */
  readonly capabilities?: readonly Capability[]
}

/** Finds out who asks: from headers of a proxy, a certificate, a cookie. Undefined: nobody. */
export type Authorize = (request: Request) => Viewing | undefined | Promise<Viewing | undefined>

/** One address at which an Observer is looked through, and what may be done there. */
export interface SurfaceOptions {
  /** Stands in the session and in the audit; default `main`. */
  readonly name?: string
  /** Default 9911; 0 is any free one. */
  readonly port?: number
  /** Default 127.0.0.1; any other needs `token` or `authorize`. */
  readonly host?: string
  /**
   * The most that viewers may do here, of `inspect`, `payloads`, `profile`, `trace`, `config` and
   * `manage`; default `inspect` alone. Each node decides besides, by its option `system`.
   */
  readonly capabilities?: readonly Capability[]
  /** Nodes that are shown, as `name@host`, `*@host`, `name@*`; default all. */
  readonly nodes?: readonly string[]
  /** A secret of 16 characters or more, for all viewers; default none. */
  readonly token?: string
  /** Finds out who asks; not beside `token`. */
  readonly authorize?: Authorize
  /** Names by which browsers come, beside those of `host`: `observer.example.com`. */
  readonly hosts?: readonly string[]
  /** Makes it HTTPS. */
  readonly tls?: ServerTls
  /**
   * Most that one viewer asks for in a second, three times as much at once after a rest; a scan
   * counts five. Default 40.
   */
  readonly viewerPerSecondMax?: number
}

/** How an Observer is made. */
export interface ObserverOptions extends SurfaceOptions {
  /** Several addresses with rights of their own, in place of the one said beside it. */
  readonly surfaces?: readonly SurfaceOptions[]
  /**
   * Most that all viewers together ask one node for in a second, twice as much at once after a
   * rest; default 80. Less than `system.perSecondMax` of the nodes: the rest is for the cluster.
   */
  readonly nodePerSecondMax?: number
  /** Told once it listens, as `http://127.0.0.1:9911`, in the order of the surfaces. */
  readonly onListening?: (addresses: readonly string[]) => void
}

/** One surface, nothing left open. */
export interface Surface {
  readonly name: string
  readonly port: number
  readonly host: string
  readonly capabilities: readonly Capability[]
  readonly nodes: readonly string[] | undefined
  readonly token: string | undefined
  readonly authorize: Authorize | undefined
  readonly hosts: readonly string[]
  readonly tls: ServerTls | undefined
  readonly viewerPerSecondMax: number
}

/** What the options of an Observer leave open. */
export const OBSERVER_DEFAULTS = Object.freeze({
  name: 'main',
  port: 9_911,
  host: '127.0.0.1',
  capabilities: Object.freeze(['inspect']) as readonly Capability[],
  viewerPerSecondMax: 40,
  nodePerSecondMax: 80,
})

export const CAPABILITIES: readonly Capability[] = Object.freeze([
  ...(['inspect', 'payloads', 'profile', 'trace', 'config', 'manage'] as const),
])

const SURFACE_KNOWN = Object.freeze([
  ...['name', 'port', 'host', 'capabilities', 'nodes', 'token', 'authorize', 'hosts', 'tls'],
  'viewerPerSecondMax',
])
const KNOWN = Object.freeze([...SURFACE_KNOWN, 'surfaces', 'nodePerSecondMax', 'onListening'])
const PER_SECOND_MAX = 100_000
const SURFACES_MAX = 16
const TOKEN_MIN = 16
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost'])
const NODE_PATTERN = /^(\*|[^@*\s]+)@(\*|[^@*\s]+)$/
const HOST = /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:.]+\](:\d{1,5})?$/i

/** True for an address that only programs of this machine reach. */
export const isLoopback = (host: string): boolean => LOOPBACK.has(host)

/** Fills in the defaults. Throws OPTION_INVALID, naming the option. */
export function surfacesOf(options: ObserverOptions): readonly Surface[] {
  requireKnown('', options, KNOWN)
  const { surfaces, onListening, nodePerSecondMax: _all, ...single } = options
  const isFunction = onListening === undefined || typeof onListening === 'function'
  requireOption(isFunction, 'onListening', onListening, 'give a function')
  if (surfaces === undefined) return [surfaceOf('', single)]
  const isList = Array.isArray(surfaces) && surfaces.length > 0 && surfaces.length <= SURFACES_MAX
  requireOption(isList, 'surfaces', surfaces, `give a list of 1 to ${SURFACES_MAX}`)
  const beside = Object.keys(single)[0]
  requireOption(beside === undefined, beside ?? '', 'given', 'say it within surfaces')
  const checked = surfaces.map((surface, at) => surfaceOf(`surfaces[${at}]`, surface))
  const names = checked.map(({ name }) => name)
  requireOption(new Set(names).size === names.length, 'surfaces', names.join(', '), 'names differ')
  return Object.freeze(checked)
}

/** What all viewers together may ask one node for. Throws OPTION_INVALID. */
export function nodePerSecondMaxOf(options: ObserverOptions): number {
  const { nodePerSecondMax = OBSERVER_DEFAULTS.nodePerSecondMax } = options
  requirePerSecond('nodePerSecondMax', nodePerSecondMax)
  return nodePerSecondMax
}

function requirePerSecond(option: string, value: unknown): void {
  const holds = Number.isInteger(value) && Number(value) >= 1 && Number(value) <= PER_SECOND_MAX
  requireOption(holds, option, value, `give a whole number from 1 to ${PER_SECOND_MAX}`)
}

function surfaceOf(path: string, given: SurfaceOptions): Surface {
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  const isObject = typeof given === 'object' && given !== null
  requireOption(isObject, path === '' ? 'options' : path, given, 'give an object')
  requireKnown(path, given, SURFACE_KNOWN)
  const { nodes, token, authorize, hosts = [], tls, ...rest } = given
  const { nodePerSecondMax: _all, ...defaults } = OBSERVER_DEFAULTS
  const surface = { ...defaults, ...rest, nodes, token, authorize, hosts, tls }
  const { name, port, host, capabilities } = surface
  const isName = typeof name === 'string' && /^[\w.-]{1,60}$/.test(name)
  requireOption(isName, at('name'), name, 'give letters, digits, dots and dashes')
  const isPort = Number.isInteger(port) && port >= 0 && port <= 65_535
  requireOption(isPort, at('port'), port, 'give a port from 0 to 65535')
  requireOption(
    typeof host === 'string' && host !== '',
    at('host'),
    host,
    'give a name or an address',
  )
  const areKnown = isListOf(capabilities, (one) => CAPABILITIES.includes(one as Capability))
  requireOption(areKnown, at('capabilities'), capabilities, `a list of ${CAPABILITIES.join(', ')}`)
  const arePatterns = nodes === undefined || isListOf(nodes, (one) => NODE_PATTERN.test(one))
  requireOption(arePatterns, at('nodes'), nodes, 'a list of nodes as name@host, *@host or name@*')
  const areHosts = isListOf(hosts, (one) => HOST.test(one))
  requireOption(areHosts, at('hosts'), hosts, 'a list of names, each with or without a port')
  requirePerSecond(at('viewerPerSecondMax'), surface.viewerPerSecondMax)
  requireAccess(at, surface)
  return Object.freeze(surface)
}

/** Who may look is said wherever others than this machine can reach it. */
function requireAccess(at: (name: string) => string, surface: Surface): void {
  const { host, token, authorize } = surface
  const isSecret = token === undefined || (typeof token === 'string' && token.length >= TOKEN_MIN)
  requireOption(isSecret, at('token'), '(hidden)', `give ${TOKEN_MIN} characters or more`)
  const isFunction = authorize === undefined || typeof authorize === 'function'
  requireOption(isFunction, at('authorize'), authorize, 'give a function')
  const isOne = token === undefined || authorize === undefined
  requireOption(isOne, at('token'), '(hidden)', 'give token or authorize, not both')
  const isGuarded = token !== undefined || authorize !== undefined
  const remedy = 'other machines can reach it: give a token or authorize, or listen on 127.0.0.1'
  requireOption(isLoopback(host) || isGuarded, at('host'), host, remedy)
}

const isListOf = (value: unknown, holds: (one: string) => boolean): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'string' && holds(one))

function requireKnown(path: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    const told = path === '' ? name : `${path}.${name}`
    requireOption(known.includes(name), told, 'unknown', `known are ${known.join(', ')}`)
  }
}

function requireOption(holds: boolean, option: string, value: unknown, problem: string): void {
  if (holds) return
  throw new TroupeError('OPTION_INVALID', { option, value: String(value), problem })
}
