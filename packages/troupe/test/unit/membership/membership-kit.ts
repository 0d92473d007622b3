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

/** Loops of other nodes: they answer in a millisecond, or never. */
class Loops {
  readonly asked: string[] = []
  readonly deaf = new Set<string>()
  readonly open = { now: 0, most: 0 }
  readonly #clock: VirtualClock
  readonly #peers: ReadonlyMap<string, PeerInfo>

  constructor(clock: VirtualClock, peers: ReadonlyMap<string, PeerInfo>) {
    this.#clock = clock
    this.#peers = peers
  }

  async ask(node: string, timeoutMs: number): Promise<LoopAnswer> {
    const { open } = this
    this.asked.push(node)
    open.now += 1
    open.most = Math.max(open.most, open.now)
    const waitMs = this.deaf.has(node) ? timeoutMs : 1
    await new Promise<void>((resolve) => void this.#clock.after(waitMs, resolve))
    open.now -= 1
    if (this.deaf.has(node)) throw new Error('no answer')
    return { creation: this.#peers.get(node)?.creation ?? 0, roundTripMs: 1, loopDelayMs: 0 }
  }
}

const peerAs = (node: string, creation: number, hidden: boolean): PeerInfo =>
  ({ node, creation, hidden, state: 'up', remote: `tcp://${node}` }) as unknown as PeerInfo

function logInto(lines: string[]): Logger {
  const write = (text: string): void => void lines.push(text)
  return { error: write, warning: write } as unknown as Logger
}

const tellOf = (notice: MembershipNotice): string =>
  `${notice.node} ${notice.kind === 'member-changed' ? notice.state : 'duplicate'}`

export function membershipStage(
  options: MembershipOptions = {},
  more: { readonly named?: readonly string[]; readonly hidden?: readonly string[] } = {},
): MembershipStage {
  const clock = virtualClock()
  const peers = new Map<string, PeerInfo>()
  const [told, notices, dialled, logged] = [[], [], [], []] as [
    ...[string[], MembershipNotice[], string[], string[]],
  ]
  const listed: NodeRoute[] = []
  const reachable = new Set<string>()
  const loops = new Loops(clock, peers)
  const lives = new Map<string, number>()
  const up = (node: string, creation = 1): void => {
    peers.set(node, peerAs(node, creation, more.hidden?.includes(node) ?? false))
    membership.noticed({ kind: 'node-up', node, creation })
  }
  const log = logInto(logged)
  const membership = new Membership({
    ...{ own: OWN, clock, random: seededRandom(3), log, options },
    ...{ named: more.named ?? [], listed: () => listed },
    ...{ peers: () => [...peers.values()], peer: (node) => peers.get(node) },
    ask: (node, timeoutMs) => loops.ask(node, timeoutMs),
    publish: (notice) => {
      notices.push(notice)
      told.push(tellOf(notice))
    },
    connect: async (node) => {
      dialled.push(node)
      if (!reachable.has(node)) throw new Error('refused')
      up(node, lives.get(node))
    },
  })
  const { asked, deaf, open } = loops
  const known = { clock, membership, told, notices, asked, dialled, logged, listed, deaf, open }
  return { ...known, reachable, up, ...verbsOf(membership, peers, lives) }
}

const verbsOf = (
  membership: Membership,
  peers: Map<string, PeerInfo>,
  lives: Map<string, number>,
): Pick<MembershipStage, 'say' | 'down' | 'joined'> => ({
  say: (event) => membership.told(event),
  down: (node, creation = 1) => {
    peers.delete(node)
    membership.noticed({ kind: 'node-down', node, creation, reason: 'it was cut' })
  },
  joined: (node, creation = 1) => {
    lives.set(node, creation)
    membership.told({ kind: 'node-joined', node, creation })
  },
})

export const routeOf = (node: string, changes: Partial<NodeRoute> = {}): NodeRoute => ({
  ...{ node, creation: 1, liveness: undefined, version: '', state: 'up' },
  addresses: [{ transport: 'tcp', host: '10.0.0.9', port: 11_144, path: '' }],
  ...changes,
})
