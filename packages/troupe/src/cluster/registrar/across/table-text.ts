/**
 * cluster/registrar/across/table-text: the table of a host as bytes for another one, and back.
 *
 * Compressed JSON, cut into pages elsewhere. What is read is judged field by field: a node that is
 * not as it must be is left out and counted, and no text of another host is trusted to be short.
 * Limits: `TABLE_BYTES_MAX` compressed, `TEXT_BYTES_MAX` plain, `NODES_MAX` nodes.
 */
import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import {
  type ApplicationMode,
  type ApplicationState,
  isNodeName,
  type LivenessPlace,
  type NodeRoute,
  type NodeRouteState,
  type OwnApplicationRoute,
  type TransportAddress,
} from '#contract'
import type { GoneNode, HostNode } from './host-table.js'

export const TABLE_BYTES_MAX = 1_048_576
const TEXT_BYTES_MAX = 16 * TABLE_BYTES_MAX
const NODES_MAX = 5_000
const GONE_MAX = 256
const ADDRESSES_MAX = 16
const APPLICATIONS_MAX = 1_000
const TAGS_MAX = 256
const TEXT_LENGTH_MAX = 255
const PORT_MAX = 65_535
const TRANSPORTS = new Set(['tcp', 'tls', 'simulated'])
const STATES = new Set<unknown>(['up', 'suspect', 'leaving'] satisfies NodeRouteState[])
const MODES = new Set<unknown>(['temporary', 'transient', 'permanent'] satisfies ApplicationMode[])
const RUN_STATES = new Set<unknown>([
  ...(['loaded', 'starting', 'running', 'stopping'] satisfies ApplicationState[]),
])

/** A table as it travels. */
export interface TableText {
  readonly nodes: readonly HostNode[]
  readonly gone: readonly GoneNode[]
}

/** What was read, with how many entries were not as they must be. */
export interface ReadTable extends TableText {
  readonly refused: number
}

/** What is too large for the others is left out, from the end; `left` says how many nodes. */
export function writeTable({ nodes, gone }: TableText): {
  readonly bytes: Uint8Array
  readonly left: number
} {
  for (let count = Math.min(nodes.length, NODES_MAX); ; count = Math.floor(count / 2)) {
    const told = { nodes: nodes.slice(0, count), gone: gone.slice(-GONE_MAX) }
    const text = Buffer.from(JSON.stringify(told), 'utf8')
    const bytes = deflateRawSync(text)
    const isShort = bytes.length <= TABLE_BYTES_MAX && text.length <= TEXT_BYTES_MAX
    if (isShort || count === 0) return { bytes, left: nodes.length - count }
  }
}

/** Equal for equal tables, in base64; cut to the length that a frame carries. */
export const digestOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest().subarray(0, 16).toString('base64')

/** Undefined for what is no table. */
export function readTable(bytes: Uint8Array): ReadTable | undefined {
  const whole = unpacked(bytes)
  if (!isRecord(whole) || !Array.isArray(whole['nodes']) || !Array.isArray(whole['gone'])) {
    return undefined
  }
  const given = whole['nodes'].slice(0, NODES_MAX)
  const nodes = given.map(readHostNode).filter((node) => node !== undefined)
  const gone = whole['gone'].slice(-GONE_MAX).map(readGone)
  return {
    nodes,
    gone: gone.filter((one) => one !== undefined),
    refused: whole['nodes'].length - nodes.length,
  }
}

/** A route as another host tells it, built anew; undefined when it is none. */
export function readRoute(given: unknown): NodeRoute | undefined {
  if (!isRecord(given)) return undefined
  const { node, creation, addresses, liveness, version, state } = given
  const isRoute =
    isName(node) && isCount(creation) && isText(version) && STATES.has(state) && isList(addresses)
  if (!isRoute) return undefined
  const read = addresses.slice(0, ADDRESSES_MAX).map(readAddress)
  return Object.freeze({
    node,
    creation,
    addresses: Object.freeze(read.filter((address) => address !== undefined)),
    liveness: readLiveness(liveness),
    version,
    state: state as NodeRouteState,
  })
}

function unpacked(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(inflateRawSync(bytes, { maxOutputLength: TEXT_BYTES_MAX }).toString('utf8'))
  } catch {
    return undefined
  }
}

function readHostNode(given: unknown): HostNode | undefined {
  if (!isRecord(given) || !isList(given['applications'])) return undefined
  const route = readRoute(given['route'])
  if (route === undefined) return undefined
  const read = given['applications'].slice(0, APPLICATIONS_MAX).map(readApplication)
  return { route, applications: read.filter((application) => application !== undefined) }
}

function readApplication(given: unknown): OwnApplicationRoute | undefined {
  if (!isRecord(given)) return undefined
  const { name, state, mode, weight, tags, version, roles } = given
  const isKnown = RUN_STATES.has(state) && MODES.has(mode)
  if (!isText(name) || name === '' || !isKnown || !isCount(weight) || !isText(version)) {
    return undefined
  }
  if (!isList(tags) || !tags.every(isText) || !isRecord(roles)) return undefined
  const entries = Object.entries(roles).slice(0, TAGS_MAX)
  return {
    name,
    state: state as ApplicationState,
    mode: mode as ApplicationMode,
    weight,
    tags: tags.slice(0, TAGS_MAX) as string[],
    version,
    roles: Object.fromEntries(entries.filter(([, registered]) => isText(registered))) as Record<
      string,
      string
    >,
  }
}

function readGone(given: unknown): GoneNode | undefined {
  if (!isRecord(given)) return undefined
  const { node, creation, cause } = given
  const isCause = cause === 'left' || cause === 'lost'
  return isName(node) && isCount(creation) && isCause ? { node, creation, cause } : undefined
}

function readAddress(given: unknown): TransportAddress | undefined {
  if (!isRecord(given)) return undefined
  const { transport, host, port } = given
  const isKnown = typeof transport === 'string' && TRANSPORTS.has(transport)
  return isKnown && isText(host) && isPort(port)
    ? Object.freeze({ transport, host, port, path: '' })
    : undefined
}

function readLiveness(given: unknown): LivenessPlace | undefined {
  if (!isRecord(given)) return undefined
  const { host, port } = given
  return isText(host) && isPort(port) ? Object.freeze({ host, port }) : undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= TEXT_LENGTH_MAX
const isName = (value: unknown): value is string => typeof value === 'string' && isNodeName(value)
const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0
const isPort = (value: unknown): value is number =>
  isCount(value) && value >= 1 && value <= PORT_MAX
