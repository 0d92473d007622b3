/**
 * cluster/registrar/route-check: what a registrar takes as a route, wherever it came from.
 *
 * A route that comes over a line or a datagram may be anything: it is copied field by field, with a
 * limit for each, or it is refused with the problem in words. Never throws, keeps nothing.
 */
import type {
  ApplicationMode,
  ApplicationState,
  LivenessPlace,
  NodeRoute,
  NodeRouteState,
  OwnApplicationRoute,
  TransportAddress,
} from '#contract'
// By file: a table of a server is kept in the side thread, which loads as little as it can.
import { requireOption } from '#contract/limits'
import { isNodeName } from '#contract/visible'

/** How much a registrar keeps. Lengths are in UTF-16 units. */
export interface RouteLimits {
  /** Nodes it knows. */
  readonly nodesMax: number
  /** Applications of one node, and of all together. */
  readonly applicationsPerNodeMax: number
  readonly applicationsMax: number
  /** Addresses of one node. */
  readonly addressesMax: number
  /** Tags of one application, and its roles. */
  readonly tagsMax: number
  readonly rolesMax: number
  /** Of names of applications and roles, of tags, hosts and versions. */
  readonly nameLengthMax: number
  /** Of the path of a Unix socket. */
  readonly pathLengthMax: number
}

/** Beyond each of them an entry is refused and counted. */
export const ROUTE_LIMITS: RouteLimits = Object.freeze({
  nodesMax: 16_384,
  applicationsPerNodeMax: 1_000,
  applicationsMax: 262_144,
  addressesMax: 16,
  tagsMax: 64,
  rolesMax: 64,
  nameLengthMax: 255,
  pathLengthMax: 1_024,
})

/** A route that can be kept, or why it cannot. */
export type Checked<T> =
  | { readonly route: T; readonly problem: undefined }
  | { readonly route: undefined; readonly problem: string }

const STATES: readonly unknown[] = ['up', 'suspect', 'leaving'] satisfies NodeRouteState[]
const MODES: readonly unknown[] = [
  'temporary',
  'transient',
  'permanent',
] satisfies ApplicationMode[]
const APPLICATION_STATES: readonly unknown[] = [
  'loaded',
  'starting',
  'running',
  'stopping',
] satisfies ApplicationState[]
const PORT_MAX = 65_535
/** No life of a node begins later: the year 2200, in milliseconds since 1970. */
const CREATION_MAX = 7_258_118_400_000
/** How far the clocks of a machine may be set back while its nodes run. */
const AHEAD_MS_MAX = 86_400_000
/** What the form of a name of a node allows at most. */
const NODE_LENGTH_MAX = 454

type Fields = Readonly<Record<string, unknown>>

/** What the limits say of one value at a time; the first problem is kept. */
class Reading {
  problem: string | undefined = undefined
  readonly #limits: RouteLimits

  constructor(limits: RouteLimits) {
    this.#limits = limits
  }

  fields(value: unknown, what: string): Fields {
    const holds = typeof value === 'object' && value !== null
    this.holds(holds, `${what} is no object`)
    return holds ? (value as Fields) : {}
  }

  text(value: unknown, what: string, limit = this.#limits.nameLengthMax): string {
    if (typeof value !== 'string') return this.#none(`${what} is no text`, '')
    return value.length <= limit ? value : this.#none(`${what} is longer than ${limit}`, '')
  }

  name(value: unknown, what: string): string {
    const text = this.text(value, what)
    this.holds(text !== '', `${what} is empty`)
    return text
  }

  whole(value: unknown, what: string, most = Number.MAX_SAFE_INTEGER): number {
    const holds = Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most
    return holds ? Number(value) : this.#none(`${what} is no whole number from 0 to ${most}`, 0)
  }

  one<T>(value: unknown, what: string, of: readonly unknown[]): T {
    this.holds(of.includes(value), `${what} is none of ${of.join(', ')}`)
    return value as T
  }

  list<T>(value: unknown, what: string, limit: number, read: (one: unknown) => T): readonly T[] {
    if (!Array.isArray(value)) return this.#none(`${what} is no list`, [])
    if (value.length > limit) return this.#none(`${what} has more than ${limit}`, [])
    return Object.freeze(Array.from(value, read))
  }

  holds(holds: boolean, problem: string): void {
    if (!holds) this.problem ??= problem
  }

  #none<T>(problem: string, instead: T): T {
    this.problem ??= problem
    return instead
  }

  finish<T extends object>(route: T): Checked<T> {
    const { problem } = this
    return problem === undefined
      ? { route: Object.freeze(route), problem }
      : { route: undefined, problem }
  }
}

/** Reads a route of a node. */
export function readNodeRoute(value: unknown, limits = ROUTE_LIMITS): Checked<NodeRoute> {
  return read(limits, (reading) => {
    const given = reading.fields(value, 'the route')
    const node = reading.text(given['node'], 'node', NODE_LENGTH_MAX)
    reading.holds(isNodeName(node), 'node is not of the form name@host')
    return {
      node,
      creation: reading.whole(given['creation'], 'creation', CREATION_MAX),
      addresses: reading.list(given['addresses'], 'addresses', limits.addressesMax, (one) =>
        readAddress(reading, one, limits),
      ),
      liveness: given['liveness'] == null ? undefined : readPlace(reading, given['liveness']),
      version: reading.text(given['version'], 'version'),
      state: reading.one<NodeRouteState>(given['state'], 'state', STATES),
    }
  })
}

/** A life that says it begins tomorrow would be the latest one of its name for good. */
export const isOfFuture = (creation: number, wallMs: number): boolean =>
  creation > wallMs + AHEAD_MS_MAX

/** When a life began, as printed; whatever the number is. */
export const birthText = (creation: number): string =>
  creation >= 0 && creation <= CREATION_MAX ? new Date(creation).toISOString() : `${creation}`

/** Reads what a node tells of one of its applications. */
export function readApplicationRoute(
  value: unknown,
  limits = ROUTE_LIMITS,
): Checked<OwnApplicationRoute> {
  return read(limits, (reading) => {
    const given = reading.fields(value, 'the route')
    return {
      name: reading.name(given['name'], 'name'),
      state: reading.one<ApplicationState>(given['state'], 'state', APPLICATION_STATES),
      mode: reading.one<ApplicationMode>(given['mode'], 'mode', MODES),
      weight: reading.whole(given['weight'], 'weight'),
      tags: reading.list(given['tags'], 'tags', limits.tagsMax, (one) =>
        reading.name(one, 'a tag'),
      ),
      version: reading.text(given['version'], 'version'),
      roles: readRoles(reading, given['roles'], limits),
    }
  })
}

/** What a node tells of its own application. Throws OPTION_INVALID for what nobody could keep. */
export function requireApplicationRoute(
  given: OwnApplicationRoute,
  limits = ROUTE_LIMITS,
): OwnApplicationRoute {
  const { route, problem } = readApplicationRoute(given, limits)
  if (route !== undefined) return route
  const name = (given as OwnApplicationRoute | null)?.name
  requireOption(false, 'application', name, problem)
  return given
}

function read<T extends object>(limits: RouteLimits, make: (reading: Reading) => T): Checked<T> {
  const reading = new Reading(limits)
  try {
    return reading.finish(make(reading))
  } catch {
    // A getter threw, or a proxy refused.
    return { route: undefined, problem: 'the route does not let itself be read' }
  }
}

function readAddress(reading: Reading, value: unknown, limits: RouteLimits): TransportAddress {
  const given = reading.fields(value, 'an address')
  return Object.freeze({
    transport: reading.name(given['transport'], 'transport'),
    host: reading.text(given['host'], 'host'),
    port: reading.whole(given['port'], 'port', PORT_MAX),
    path: reading.text(given['path'], 'path', limits.pathLengthMax),
  })
}

function readPlace(reading: Reading, value: unknown): LivenessPlace {
  const given = reading.fields(value, 'liveness')
  return Object.freeze({
    host: reading.name(given['host'], 'liveness.host'),
    port: reading.whole(given['port'], 'liveness.port', PORT_MAX),
  })
}

function readRoles(
  reading: Reading,
  value: unknown,
  { rolesMax }: RouteLimits,
): Readonly<Record<string, string>> {
  const entries = Object.entries(reading.fields(value, 'roles'))
  reading.holds(entries.length <= rolesMax, `roles has more than ${rolesMax}`)
  const read = entries
    .slice(0, rolesMax)
    .map(([role, name]) => [reading.name(role, 'a role'), reading.name(name, 'its name')] as const)
  // Made by definition, so that a role called __proto__ is a role.
  return Object.freeze(Object.fromEntries(read))
}
