/**
 * A membership without a network: connections, answers and listings are the test's.
 */
import { type VirtualClock, virtualClock } from 'troupe/testing'
import { seededRandom } from '#base/random'
import { Membership } from '#cluster/membership/membership'
import type { LoopAnswer } from '#cluster/membership/pulse'
import type {
  Logger,
  MembershipNotice,
  MembershipOptions,
  NodeRoute,
  PeerInfo,
  RegistrarEvent,
} from '#contract'

export const OWN = 'a@host'

export interface MembershipStage {
  readonly clock: VirtualClock
  readonly membership: Membership
  /** What was published: `node state` or `node duplicate`. */
  readonly told: string[]
  readonly notices: MembershipNotice[]
  /** Nodes that were asked, and dialled, in order. */
  readonly asked: string[]
  readonly dialled: string[]
  readonly logged: string[]
  readonly listed: NodeRoute[]
  /** Nodes whose loops answer nothing. */
  readonly deaf: Set<string>
  /** Nodes that can be reached; the others refuse. */
  readonly reachable: Set<string>
  /** Questions that are open now, and were at most. */
  readonly open: { now: number; most: number }
  up(node: string, creation?: number): void
  down(node: string, creation?: number): void
  joined(node: string, creation?: number): void
  say(event: RegistrarEvent): void
}

export function membershipStage(
  options: MembershipOptions = {},
  more: { readonly named?: readonly string[]; readonly hidden?: readonly string[] } = {},
): MembershipStage {
  const clock = virtualClock()
  const peers = new Map<string, PeerInfo>()
  const told: string[] = []
  const notices: MembershipNotice[] = []
  const lists = { asked: [] as string[], dialled: [] as string[], logged: [] as string[] }
  const listed: NodeRoute[] = []
  const deaf = new Set<string>()
  const reachable = new Set<string>()
  const open = { now: 0, most: 0 }
  const ask = async (node: string, timeoutMs: number): Promise<LoopAnswer> => {
    lists.asked.push(node)
    open.now += 1
    open.most = Math.max(open.most, open.now)
    try {
      const waitMs = deaf.has(node) ? timeoutMs : 1
      await new Promise<void>((resolve) => void clock.after(waitMs, resolve))
      if (deaf.has(node)) throw new Error('no answer')
      return { creation: peers.get(node)?.creation ?? 0, roundTripMs: 1, loopDelayMs: 0 }
    } finally {
      open.now -= 1
    }
  }
  const up = (node: string, creation = 1): void => {
    const hidden = more.hidden?.includes(node) ?? false
    const info = { node, creation, hidden, state: 'up', remote: `tcp://${node}` }
    peers.set(node, info as unknown as PeerInfo)
    membership.noticed({ kind: 'node-up', node, creation })
  }
  const log = { error: (text: string) => lists.logged.push(text), warning() {}, trace() {} }
  const membership = new Membership({
    ...{ own: OWN, clock, random: seededRandom(3), log: log as unknown as Logger, options, ask },
    named: more.named ?? [],
    publish: (notice) => {
      notices.push(notice)
      const state = notice.kind === 'member-changed' ? notice.state : 'duplicate'
      told.push(`${notice.node} ${state}`)
    },
    connect: async (node) => {
      lists.dialled.push(node)
      if (!reachable.has(node)) throw new Error('refused')
      up(node)
    },
    peers: () => [...peers.values()],
    peer: (node) => peers.get(node),
    listed: () => listed,
  })
  return {
    ...{ clock, membership, told, notices, ...lists, listed, deaf, reachable, open, up },
    down: (node, creation = 1) => {
      peers.delete(node)
      membership.noticed({ kind: 'node-down', node, creation, reason: 'it was cut' })
    },
    joined: (node, creation = 1) => membership.told({ kind: 'node-joined', node, creation }),
    say: (event) => membership.told(event),
  }
}

export const routeOf = (node: string, changes: Partial<NodeRoute> = {}): NodeRoute => ({
  ...{ node, creation: 1, liveness: undefined, version: '', state: 'up' },
  addresses: [{ transport: 'tcp', host: '10.0.0.9', port: 11_144, path: '' }],
  ...changes,
})
