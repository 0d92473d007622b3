/**
 * cluster/node-file: what is known of one node: its last answers, and in what state it is.
 *
 * Knows nothing of when it is asked.
 */
import type { FiguresSheet, MemberInfo, PeerInfo } from 'troupe'
import type { ClusterNode, NodeState, Problem, RateFigures } from '#observer/contract/api'
import { UNREADABLE } from './foreign.js'
import { APART_MAX_MS, perSecond, ratesOf } from './rates.js'

/** One connection, as one of its two nodes counts it. */
export interface SeenLink {
  readonly to: string
  readonly state: PeerInfo['state']
  readonly transport: string
  readonly roundTripMs: number
  readonly messagesOut: number
  readonly messagesIn: number
  readonly bytesIn: number
}

interface PeersLook {
  readonly atMs: number
  readonly peers: ReadonlyMap<string, PeerInfo>
}

export class NodeFile {
  readonly node: string
  member: MemberInfo | undefined
  figures: FiguresSheet | undefined
  rates: RateFigures | undefined
  applications: ClusterNode['applications'] = []
  leads: ClusterNode['leads'] = []
  links: readonly SeenLink[] = []
  /** Why it did not answer the last time. */
  problem: Problem | undefined
  isAsked = false
  /** The last that was told of it was not good. */
  isMissed = false
  /** That it was gone was told last, and that it is back was not. */
  isAway = false
  /** It has answered all there is to ask, once. */
  wasSeen = false
  /** It says of itself that it takes nothing more. */
  isDraining = false
  state: NodeState = 'looking'
  sinceMs = 0
  #peers: PeersLook | undefined

  constructor(node: string) {
    this.node = node
  }

  /** It has told its figures. */
  tookFigures(figures: FiguresSheet): void {
    const before = this.figures
    this.figures = figures
    // The same look once more says nothing new; what lies behind a gap says nothing of now.
    if (before?.creation === figures.creation && before.uptimeMs === figures.uptimeMs) return
    this.rates = before === undefined ? undefined : ratesOf(before, figures)
  }

  /** It has told its connections. */
  tookPeers(peers: readonly PeerInfo[], atMs: number): void {
    const isNear = this.#peers !== undefined && atMs - this.#peers.atMs <= APART_MAX_MS
    const before = isNear ? this.#peers : undefined
    const spanMs = before === undefined ? 0 : atMs - before.atMs
    this.#peers = { atMs, peers: new Map(peers.map((peer) => [peer.node, peer])) }
    this.links = peers.map((peer) => {
      const known = before?.peers.get(peer.node)
      const earlier = known?.creation === peer.creation ? known : undefined
      const rate = (name: 'messagesOut' | 'messagesIn' | 'bytesIn'): number =>
        earlier === undefined ? 0 : perSecond(peer[name] - earlier[name], spanMs)
      const { node: to, state, transport, roundTripMs } = peer
      return {
        ...{ to, state, transport, roundTripMs },
        messagesOut: rate('messagesOut'),
        messagesIn: rate('messagesIn'),
        bytesIn: rate('bytesIn'),
      }
    })
  }

  /** The node is gone: what it told is of no use any more. */
  forget(): void {
    this.figures = undefined
    this.rates = undefined
    this.links = []
    this.leads = []
    this.problem = undefined
    this.wasSeen = false
    this.isDraining = false
    this.#peers = undefined
  }
}

/** Codes of problems that say that a node does not answer, though there is a connection. */
const SILENT: ReadonlySet<string> = new Set(['CALL_TIMEOUT', 'INSPECTION_LIMITED'])

/** In what state a node is: what membership says, and how the last questions ended. */
export function stateOf({
  member,
  problem,
  wasSeen,
  isDraining,
}: Pick<NodeFile, 'member' | 'problem' | 'wasSeen' | 'isDraining'>): NodeState {
  if (member?.state === 'gone') return 'down'
  if (problem?.code === 'NOT_ALLOWED') return 'refused'
  if (problem?.code === UNREADABLE) return 'unreadable'
  if (member?.state === 'unresponsive') return 'busy'
  if (problem !== undefined) return SILENT.has(problem.code) ? 'busy' : 'unreachable'
  if (member?.state === 'suspect') return 'suspect'
  // Nobody may say of it that it is well, nor that it is not, before it has answered.
  if (!wasSeen) return 'looking'
  return isDraining || member?.leaving === true ? 'draining' : 'up'
}
