/**
 * apps/system/why-question: a question why a process does not go on, read with care.
 *
 * What a chain says comes from another node and is as foreign as the rest.
 */
import type { WhyChain, WhyQuestion } from '#cluster'
import { isNodeName, Pid, requireOption, TroupeError } from '#contract'
import { readCount, readPid, readQuestion, readText, told } from './reading.js'
import { addressOf } from './row.js'

/** Processes, and nodes, that one explanation passes. */
export const PATH_MAX = 64
export const NODES_MAX = 8
/** Longest time of one explanation, in milliseconds. */
export const WITHIN_MS = 2_000

const KNOWN: Readonly<Record<keyof WhyQuestion, true>> = Object.freeze({
  pid: true,
  name: true,
  node: true,
  chain: true,
})
const KNOWN_CHAIN: Readonly<Record<keyof WhyChain, true>> = Object.freeze({
  path: true,
  waitsMs: true,
  longestMs: true,
  nodes: true,
  askers: true,
  request: true,
  withinMs: true,
})
const FIRST: WhyChain = Object.freeze({
  path: Object.freeze([]),
  waitsMs: Object.freeze([]),
  longestMs: 0,
  nodes: 0,
  askers: Object.freeze([]),
  request: undefined,
  withinMs: WITHIN_MS,
})

export interface ReadWhy {
  readonly pid: Pid | undefined
  readonly name: string | undefined
  /** The node of a name. */
  readonly node: string | undefined
  readonly chain: WhyChain
}

/** OPTION_INVALID for what cannot be asked. */
export function readWhy(given: unknown): ReadWhy {
  const asked = readQuestion<WhyQuestion>('why', given, KNOWN)
  const pid = readPid('pid', asked.pid)
  const name = readText('name', asked.name)
  if ((pid === undefined) === (name === undefined)) {
    const problem = 'give a pid or a name'
    throw new TroupeError('OPTION_INVALID', { option: 'process', value: 'nobody', problem })
  }
  const node = readText('node', asked.node)
  const isSeen = node === undefined || (isNodeName(node) && name !== undefined)
  requireOption(isSeen, 'node', told(asked.node), 'give the node of a name, as name@host')
  const chain = asked.chain === undefined ? FIRST : readChain(asked.chain)
  return { pid: pid === undefined ? undefined : addressOf(pid), name, node, chain }
}

function readChain(given: unknown): WhyChain {
  const asked = readQuestion<WhyChain>('chain', given, KNOWN_CHAIN)
  const path = readList('path', asked.path).map((one) => addressOf(readPid('path', one) as Pid))
  const waitsMs = readList('waitsMs', asked.waitsMs).map((one) => readMs('waitsMs', one))
  const isWhole = path.every(Pid.is) && path.length === waitsMs.length
  requireOption(isWhole, 'path', path.length, 'give a wait for each process')
  return {
    path,
    waitsMs,
    askers: readAskers(asked.askers),
    nodes: readCount('nodes', asked.nodes, { least: 0, most: NODES_MAX, otherwise: 0 }),
    request: readText('request', asked.request),
    withinMs: Math.min(WITHIN_MS, readMs('withinMs', asked.withinMs)),
    longestMs: readMs('longestMs', asked.longestMs),
  }
}

function readList(name: string, value: unknown): readonly unknown[] {
  const holds = Array.isArray(value) && value.length <= PATH_MAX && !value.includes(undefined)
  requireOption(holds, name, told(value), `give a list of at most ${PATH_MAX}`)
  return value as readonly unknown[]
}

/** Nobody can leave himself out: whoever asks is known by the connection, not by this list. */
function readAskers(value: unknown): readonly string[] {
  const holds = Array.isArray(value) && value.length <= NODES_MAX && value.every(isNodeName)
  requireOption(holds, 'askers', told(value), `give a list of at most ${NODES_MAX} nodes`)
  return value as readonly string[]
}

function readMs(name: string, value: unknown): number {
  const holds = typeof value === 'number' && value >= 0
  requireOption(holds, name, told(value), 'give milliseconds, 0 or more')
  return value as number
}
