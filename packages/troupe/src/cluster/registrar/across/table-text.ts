/**
 * cluster/registrar/across/table-text: the table of a host as bytes for another one, and back.
 *
 * Compressed JSON, cut into pages elsewhere. What is read is judged field by field: a node that is
 * not as it must be is left out and counted, and no text of another host is trusted to be short.
 * Limits: `TABLE_BYTES_MAX` compressed, `TEXT_BYTES_MAX` plain, `NODES_MAX` nodes.
 */
import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { readApplicationRoute, readNodeRoute } from '#cluster/registrar/route-check'
import type { NodeRoute } from '#contract'
import { isNodeName } from '#contract/visible'
import type { GoneNode, HostNode } from './host-table.js'

export const TABLE_BYTES_MAX = 1_048_576
const TEXT_BYTES_MAX = 16 * TABLE_BYTES_MAX
const NODES_MAX = 5_000
const GONE_MAX = 256
const APPLICATIONS_MAX = 1_000

/** A table as it travels. */
export interface TableText {
  readonly isWhole: boolean
  readonly nodes: readonly HostNode[]
  readonly gone: readonly GoneNode[]
}

/** What was read, with how many entries were not as they must be. */
export interface ReadTable extends TableText {
  readonly refused: number
}

/** What is too large for the others is left out, from the end; `left` says how many nodes. */
export function writeTable({ isWhole, nodes, gone }: TableText): {
  readonly bytes: Uint8Array
  readonly left: number
} {
  for (let count = Math.min(nodes.length, NODES_MAX); ; count = Math.floor(count / 2)) {
    const told = { isWhole, nodes: nodes.slice(0, count), gone: gone.slice(-GONE_MAX) }
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
    isWhole: whole['isWhole'] !== false,
    nodes,
    gone: gone.filter((one) => one !== undefined),
    refused: whole['nodes'].length - nodes.length,
  }
}

/** A route as another host tells it, built anew; undefined when it is none. */
export const readRoute = (given: unknown): NodeRoute | undefined => readNodeRoute(given).route

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
  const read = given['applications'].slice(0, APPLICATIONS_MAX)
  const applications = read.map((one) => readApplicationRoute(one).route)
  return { route, applications: applications.filter((one) => one !== undefined) }
}

function readGone(given: unknown): GoneNode | undefined {
  if (!isRecord(given)) return undefined
  const { node, creation, cause } = given
  const isCause = cause === 'left' || cause === 'lost'
  return isName(node) && isCount(creation) && isCause ? { node, creation, cause } : undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const isName = (value: unknown): value is string => typeof value === 'string' && isNodeName(value)
const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0
