/**
 * cluster/membership/open-membership: the membership of a node, joined with its network and bus.
 */
import {
  type ClusterHome,
  type Coverage,
  MEMBERSHIP_EVENT,
  type MembershipNotice,
  type MembershipOptions,
  type Registrar,
  TroupeError,
} from '#contract'
import { Membership } from './membership.js'
import type { LoopAnswer } from './pulse.js'

/** Publications that late subscribers are given. */
const EVENTS_KEPT = 1_000

/** What the cluster knows and the node does not. */
export interface MembershipSurroundings {
  readonly registrar: Registrar | undefined
  readonly membership?: MembershipOptions
  readonly named?: readonly string[]
  /** Is told that the state of a node has changed. */
  readonly routing?: { changed(): void }
}

/** Who asks other loops. */
export interface LoopQuestions {
  ping(node: string, timeoutMs: number): Promise<LoopAnswer>
}

/** Of a node before its network is open. */
export const ALONE: Coverage = Object.freeze({
  ...{ expected: 1, connected: 1, responding: 1 },
  ...{ suspect: [], unresponsive: [], gone: [] },
})

/** Makes the membership of a node and owns its event; `start` begins. */
export function openMembership(
  home: ClusterHome,
  { registrar, membership = {}, named = [], routing }: MembershipSurroundings,
  remote: LoopQuestions,
): Membership {
  const { node, clock, random } = home
  const token = node.registerEvent<MembershipNotice>(MEMBERSHIP_EVENT, { buffer: EVENTS_KEPT })
  return new Membership({
    ...{ own: node.name, clock, random, log: node.log, options: membership, named },
    publish: (notice) => {
      routing?.changed()
      node.publish(token, notice)
    },
    ask: (other, timeoutMs) => askLoop(home, remote, other, timeoutMs),
    connect: (other) => node.network.connect(other),
    peers: () => node.network.peers(),
    peer: (other) => node.network.peer(other),
    listed: () => registrar?.nodes() ?? [],
  })
}

/**
 * A question to its loop. A node that has nobody who answers such questions says so, and that is an
 * answer, too: of a program of another version, or of one that begins.
 */
async function askLoop(
  { node: home, clock }: ClusterHome,
  remote: LoopQuestions,
  node: string,
  timeoutMs: number,
): Promise<LoopAnswer> {
  const sinceMs = clock.nowMs()
  try {
    return await remote.ping(node, timeoutMs)
  } catch (thrown) {
    const peer = home.network.peer(node)
    if (peer === undefined || !TroupeError.is(thrown, 'NOT_ALLOWED')) throw thrown
    const { creation, loopDelayMs } = peer
    return { creation, roundTripMs: clock.nowMs() - sinceMs, loopDelayMs }
  }
}
