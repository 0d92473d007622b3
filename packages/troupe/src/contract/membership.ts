/**
 * contract/membership: which other nodes there are, and in what state each is.
 *
 * Five things are kept apart: discovery says that a node may be somewhere, failure detection
 * whether it lives, membership puts both into one state, placement and naming use it. An error of
 * discovery never removes a member.
 *
 * @source design 6; elixir-cluster 3.3, 9
 */
import type { NodeRoute } from './registrar.js'

/**
 * `discovering`: said to be there, not met yet. `connected`: there is a connection. `responding`:
 * its loop has answered. `suspect`: silent, or lost from sight of the registrar; may be well.
 * `unresponsive`: it lives, but its loop does not answer. `gone`: it left, was lost, or never came;
 * kept for a while so that it can be seen.
 */
export type MemberState =
  | 'discovering'
  | 'connected'
  | 'responding'
  | 'suspect'
  | 'unresponsive'
  | 'gone'

/** What is known of another node; a snapshot. */
export interface MemberInfo {
  readonly node: string
  /** Its birth, in milliseconds since 1970; 0 before that is known. */
  readonly creation: number
  readonly state: MemberState
  /** When it came into this state, and when it was first known; milliseconds since 1970. */
  readonly sinceMs: number
  readonly knownSinceMs: number
  /** When its loop last answered; 0: never. */
  readonly answeredMs: number
  /** Why it is in this state, in words. */
  readonly reason: string
  /** The registrar has said that it goes. */
  readonly leaving: boolean
  /** Of the last answer, in milliseconds; -1 before the first. */
  readonly roundTripMs: number
  /** How late its loop said it was, in milliseconds. */
  readonly loopDelayMs: number
}

/** How many of the nodes there are in what state, the own one included. */
export interface Coverage {
  /** What the option `expected` says, or all that are known and not gone. */
  readonly expected: number
  readonly connected: number
  readonly responding: number
  readonly suspect: readonly string[]
  readonly unresponsive: readonly string[]
  readonly gone: readonly string[]
}

/** Published on the event `membership` of every node: a node has come into another state. */
export interface MemberNotice {
  readonly kind: 'member-changed'
  readonly node: string
  readonly creation: number
  readonly state: MemberState
  readonly before: MemberState | undefined
  readonly reason: string
  /** Milliseconds since 1970. */
  readonly atMs: number
}

/** Which nodes a node connects with by itself. */
export interface MembershipOptions {
  /**
   * `lazy`: at the first word to a node; `mesh`: with every node the registrar knows. Default
   * `lazy`.
   */
  readonly connect?: 'lazy' | 'mesh'
  /** How many nodes there should be, this one included; default as many as are known. */
  readonly expected?: number
  /** How often a connected node's loop is asked, in milliseconds; default 5,000. */
  readonly askMs?: number
  /** How long it has to answer, in milliseconds; default 2,000. */
  readonly answerMs?: number
  /** How often in a row it may fail to; then it is unresponsive. Default 3. */
  readonly missedMax?: number
  /** How long a node that is gone is still shown, in milliseconds; default 3,600,000. */
  readonly keepGoneMs?: number
}

/** What the options of membership leave open. */
export const MEMBERSHIP_DEFAULTS = Object.freeze({
  connect: 'lazy' as const,
  expected: 0,
  askMs: 5_000,
  answerMs: 2_000,
  missedMax: 3,
  keepGoneMs: 3_600_000,
})

/**
 * Says of nodes whether they live: what membership, registries and routing are given. One detector
 * may use connections, another probes or gossip.
 */
export interface Detector {
  /** Looks at a node from now on; `taker` is told what is found, never within this call. */
  watch(route: NodeRoute, taker: (finding: DetectorFinding) => void): () => void
}

/** What a detector has found out about a node. */
export type DetectorFinding =
  | { readonly kind: 'connected'; readonly creation: number }
  | { readonly kind: 'responding'; readonly roundTripMs: number; readonly loopDelayMs: number }
  | { readonly kind: 'suspect'; readonly reason: string }
  | { readonly kind: 'unresponsive'; readonly reason: string; readonly loopDelayMs: number }
  | { readonly kind: 'gone'; readonly creation: number; readonly reason: string }

/** The event, owned by every node, that tells of its members (`MemberNotice`). */
export const MEMBERSHIP_EVENT = 'membership'
