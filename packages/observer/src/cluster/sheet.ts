/**
 * cluster/sheet: all that is known of the nodes, put into one sheet. Pure.
 */
import type { Coverage, RegistrarInfo } from 'troupe'
import type { ClusterLink, ClusterNode, ClusterNotice, ClusterSheet } from '#observer/contract/api'
import type { NodeFile, SeenLink } from './node-file.js'
import { droppedOf, sumOf } from './rates.js'

/** Links that are told. */
export const LINKS_MAX = 2_000

export interface SheetParts {
  readonly node: string
  readonly timeMs: number
  readonly coverage: Coverage
  readonly registrar: RegistrarInfo | undefined
  readonly files: readonly NodeFile[]
  readonly notices: readonly ClusterNotice[]
}

/** Whose nodes are shown; undefined: all are. */
export type Sees = ((node: string) => boolean) | undefined

/** All of it is made of the nodes that are seen alone: sums and counts as well. */
export function sheetOf(parts: SheetParts, sees: Sees): ClusterSheet {
  const { node, timeMs } = parts
  const { coverage, registrar, files, notices } = sees === undefined ? parts : narrowed(parts, sees)
  const links = linksOf(files).filter(
    ({ from, to }) => sees === undefined || (sees(from) && sees(to)),
  )
  return {
    ...{ node, timeMs, coverage, registrar, notices },
    nodes: files.map(nodeOf),
    links: links.slice(0, LINKS_MAX),
    linksTotal: links.length,
    sums: sumsOf(files),
  }
}

/** It has answered, and did so the last time. */
const isAnswering = ({ problem, state, wasSeen }: NodeFile): boolean =>
  wasSeen && problem === undefined && state !== 'down'

function narrowed(parts: SheetParts, sees: NonNullable<Sees>): SheetParts {
  const files = parts.files.filter(({ node }) => sees(node))
  const notices = parts.notices.filter(({ node }) => sees(node))
  const { suspect, unresponsive, gone } = parts.coverage
  const present = files.filter(({ state }) => state !== 'down').length
  const coverage: Coverage = {
    ...{ expected: files.length, connected: present },
    responding: files.filter(isAnswering).length,
    suspect: suspect.filter(sees),
    unresponsive: unresponsive.filter(sees),
    gone: gone.filter(sees),
  }
  // What a registrar counts, and where it is, belongs to the whole cluster.
  return { ...parts, files, notices, coverage, registrar: undefined }
}

const nodeOf = (file: NodeFile): ClusterNode => ({
  node: file.node,
  creation: file.figures?.creation ?? file.member?.creation ?? 0,
  state: file.state,
  sinceMs: file.sinceMs,
  problem: problemText(file),
  hidden: file.member?.hidden ?? false,
  figures: file.figures,
  // Those of a node that is silent are not those of now.
  rates: file.problem === undefined ? file.rates : undefined,
  ...{ applications: file.applications, leads: file.leads },
})

function problemText({ state, problem, member }: NodeFile): string | undefined {
  if (state === 'up' || state === 'looking') return undefined
  return state === 'down' ? member?.reason : (problem?.message ?? member?.reason)
}

function sumsOf(files: readonly NodeFile[]): ClusterSheet['sums'] {
  // What a silent node told is old; it would hide that its work has stopped.
  const answering = files.filter(isAnswering)
  const figures = answering.map((file) => file.figures).filter((one) => one !== undefined)
  const rates = answering.map((file) => file.rates).filter((one) => one !== undefined)
  const total = (read: (one: (typeof figures)[number]) => number): number =>
    figures.reduce((sum, one) => sum + read(one), 0)
  return {
    answering: answering.length,
    processes: total(({ processes }) => processes),
    waiting: total(({ waiting }) => waiting),
    handled: total(({ handled }) => handled),
    dropped: total(droppedOf),
    rssBytes: total(({ memory }) => memory.rssBytes),
    heapUsedBytes: total(({ memory }) => memory.heapUsedBytes),
    rates: sumOf(rates),
  }
}

interface BothEnds {
  readonly from: string
  readonly to: string
  near: SeenLink | undefined
  far: SeenLink | undefined
}

/** Each connection once, the busiest first; where both ends tell of it each its own half. */
function linksOf(files: readonly NodeFile[]): readonly ClusterLink[] {
  const pairs = new Map<string, BothEnds>()
  for (const { node, links } of files) {
    for (const link of links) {
      const [from, to] = node < link.to ? [node, link.to] : [link.to, node]
      const key = `${from} ${to}`
      const pair = pairs.get(key) ?? { from, to, near: undefined, far: undefined }
      if (node === from) pair.near = link
      else pair.far = link
      pairs.set(key, pair)
    }
  }
  const busy = ({ messagesIn, messagesOut }: ClusterLink): number => messagesIn + messagesOut
  return [...pairs.values()].map(linkOf).sort((one, other) => busy(other) - busy(one))
}

const STATES: readonly ClusterLink['state'][] = ['up', 'dialling', 'suspect', 'broken']

function linkOf({ from, to, near, far }: BothEnds): ClusterLink {
  const one = (near ?? far) as SeenLink
  const worst = Math.max(...[near, far].map((end) => (end ? STATES.indexOf(end.state) : 0)))
  return {
    ...{ from, to, transport: one.transport },
    state: STATES[worst] ?? 'up',
    roundTripMs: one.roundTripMs,
    messagesOut: near?.messagesOut ?? far?.messagesIn ?? 0,
    messagesIn: near?.messagesIn ?? far?.messagesOut ?? 0,
    // What one end has sent is what the other one has taken.
    bytesOut: far?.bytesIn ?? 0,
    bytesIn: near?.bytesIn ?? 0,
  }
}
