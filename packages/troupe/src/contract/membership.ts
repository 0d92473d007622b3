/**
 * contract/membership: which other nodes there are, and in what state each is.
 *
 * Five things are kept apart: discovery says that a node may be somewhere, failure detection
 * whether it lives, membership puts both into one state, placement and naming use it. An error of
 * discovery never removes a member.
 *
 * @source design 6; elixir-cluster 3.3, 9
 */
import { type KnownOptions, requireKnown } from './known-options.js'
import { requireDuration, requireObject, requireOption } from './limits.js'
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
  /** It only dials: a tool, or a node that is hidden; no part of the coverage. */
  readonly hidden: boolean
  /** Of the last answer, in milliseconds; -1 before the first. */
  readonly roundTripMs: number
  /** How late its loop said it was, in milliseconds. */
  readonly loopDelayMs: number
}

/** How many of the nodes there are in what state, the own one included; hidden ones are not. */
export interface Coverage {
  /** What the option `expected` says, or all that are known and not gone. */
  readonly expected: number
  /** There is a connection, whatever it tells. */
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

/**
 * Two programs say that they are one node; what it was when it was met stays. Told, and logged,
 * when it is first seen, and again after a minute in which it goes on.
 */
export interface DuplicateNotice {
  readonly kind: 'node-duplicate'
  readonly node: string
  /** Where the programs are, as far as that is known. */
  readonly places: readonly string[]
  readonly problem: string
  /** Milliseconds since 1970. */
  readonly atMs: number
}

/** All that the event `membership` tells. */
export type MembershipNotice = MemberNotice | DuplicateNotice

/** A node name that two programs have claimed; a snapshot. */
export interface DuplicateInfo {
  readonly node: string
  readonly places: readonly string[]
  readonly problem: string
  /** How often it was seen, and when first and last; milliseconds since 1970. */
  readonly count: number
  readonly firstMs: number
  readonly lastMs: number
}

/** Which nodes a node connects with by itself, and how it finds out whether they answer. */
export interface MembershipOptions {
  /**
   * `lazy`: at the first word to a node; `mesh`: with every node that the registrar or `peers`
   * names. Default `lazy`.
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

const MEMBERSHIP_KNOWN: KnownOptions<MembershipOptions> = Object.freeze({
  connect: true,
  expected: true,
  askMs: true,
  answerMs: true,
  missedMax: true,
  keepGoneMs: true,
})

/** Throws OPTION_INVALID, naming the option. */
export function requireMembershipOptions(options: MembershipOptions): void {
  requireObject('network.membership', options)
  requireKnown('network.membership', options, MEMBERSHIP_KNOWN)
  const { connect = 'lazy', expected = 1, missedMax = 1 } = options
  const isKnown = connect === 'lazy' || connect === 'mesh'
  requireOption(isKnown, 'connect', connect, 'one of lazy, mesh')
  for (const name of ['askMs', 'answerMs', 'keepGoneMs'] as const) {
    requireDuration(`membership.${name}`, options[name])
  }
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1
  requireOption(isCount(expected), 'expected', expected, 'give a whole number above 0')
  requireOption(isCount(missedMax), 'missedMax', missedMax, 'give a whole number above 0')
}

/**
 * Says of nodes whether they live: what membership, registries and routing are given. One detector
 * may use connections, another probes or gossip.
 */
export interface Detector {
  /**
   * Looks at a node from now on; `taker` is told what is known and what is found, never within
   * this call. A node may be watched several times. What is returned ends this watch: nothing is
   * told after it.
   */
  watch(route: NodeRoute, taker: (finding: DetectorFinding) => void): () => void
}

/**
 * What a detector has found out about one life of a node. Of each life `connected` comes first and
 * `gone` last, each once; nothing is said of an earlier life after that. `responding` comes with
 * every answer.
 *
 * - `suspect`: nothing comes from it, and it is being asked whether it lives.
 * - `unresponsive`: it lives, and its loop does not answer.
 */
export type DetectorFinding =
  | { readonly kind: 'connected'; readonly creation: number; readonly reason: string }
  | {
      readonly kind: 'responding'
      readonly creation: number
      readonly roundTripMs: number
      readonly loopDelayMs: number
      /** When its loop last answered, in milliseconds since 1970. */
      readonly answeredMs: number
    }
  | { readonly kind: 'suspect'; readonly creation: number; readonly reason: string }
  | {
      readonly kind: 'unresponsive'
      readonly creation: number
      readonly reason: string
      readonly loopDelayMs: number
    }
  | { readonly kind: 'gone'; readonly creation: number; readonly reason: string }

/** The event, owned by every node, that tells of its members (`MembershipNotice`). */
export const MEMBERSHIP_EVENT = 'membership'
