/**
 * cluster/membership/membership: the table of the other nodes, and who is told when one changes.
 *
 * What a registrar says, what the detector finds and what the options name meet here, node by
 * node; what follows is decided in `member`. Every change is published once.
 * Limit: `MEMBERS_MAX` nodes. Beyond it those that are gone longest make room, and what is only
 * said to be there is left out; a node with a connection always has a place.
 *
 * @source design 6; elixir-cluster 3.3
 */
import type { Cancel, Clock } from '#base/clock'
import type { Random } from '#base/random'
import {
  type Coverage,
  type Detector,
  type DetectorFinding,
  type DuplicateInfo,
  type Logger,
  MEMBERSHIP_DEFAULTS,
  type MemberInfo,
  type MembershipNotice,
  type MembershipOptions,
  type NameClash,
  type NodeRoute,
  type PeerInfo,
  type RegistrarEvent,
  TroupeError,
} from '#contract'
import type { AskingVerbs } from './asking.js'
import {
  type ConnectionDetector,
  type ConnectionNotice,
  connectionDetector,
} from './connection-detector.js'
import { coverageOf } from './coverage.js'
import { type Claim, Duplicates } from './duplicates.js'
import { type Entry, infoOf, measure, moveOn, newEntry } from './entry.js'
import { isMet, type MemberInput, memberStep, unknownMember } from './member.js'
import { Mesh } from './mesh.js'
import { saidBy, saidOf } from './saying.js'

/** Nodes that are remembered. */
export const MEMBERS_MAX = 32_768
/** What is known is compared with the registrar and the network so often, in milliseconds. */
const RECONCILE_MS = 30_000
const DAY_MS = 86_400_000

/** What it works with. */
export interface MembershipParts {
  readonly own: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly options: MembershipOptions
  /** Nodes that the option `peers` names. */
  readonly named: readonly string[]
  readonly publish: (notice: MembershipNotice) => void
  readonly ask: AskingVerbs['ask']
  readonly connect: (node: string) => Promise<unknown>
  /** What the network knows of all connections, and of one. */
  readonly peers: () => readonly PeerInfo[]
  readonly peer: (node: string) => PeerInfo | undefined
  /** What the registrar lists. */
  readonly listed: () => readonly NodeRoute[]
}

export class Membership {
  readonly #parts: MembershipParts
  readonly #options: Required<MembershipOptions>
  readonly #detector: ConnectionDetector
  readonly #mesh: Mesh | undefined
  readonly #duplicates = new Duplicates()
  readonly #entries = new Map<string, Entry>()
  /** Nodes that are gone, the longest first. */
  readonly #gone = new Set<string>()
  readonly #timers: { sweep: Cancel; reconcile: Cancel } = {
    ...{ sweep: () => false, reconcile: () => false },
  }
  #isFull = false

  constructor(parts: MembershipParts) {
    const { clock, random, ask, log, connect } = parts
    this.#parts = parts
    this.#options = { ...MEMBERSHIP_DEFAULTS, ...parts.options }
    const { connect: how, askMs, answerMs, missedMax } = this.#options
    const failed = (problem: string): void =>
      log.error('a watcher of a node threw', { error: problem })
    const limits = { askMs, answerMs, missedMax }
    this.#detector = connectionDetector({ clock, random, ask, limits, failed })
    const verbs = {
      connect,
      isWanted: (node: string) => this.#isWanted(node),
      isLost: (node: string) => this.#entries.get(node)?.member.state === 'gone',
      notReached: (node: string, problem: string) => this.#notReached(node, problem),
    }
    this.#mesh = how === 'mesh' ? new Mesh(verbs, clock, random) : undefined
  }

  /** For registries and routing: findings of the connections of this node. */
  get detector(): Detector {
    return this.#detector
  }

  /** The network is open and the registrar has been started. */
  start(): void {
    for (const node of this.#parts.named) {
      this.#step(node, {
        kind: 'said',
        said: 'up',
        creation: 0,
        reason: 'the option peers names it',
      })
    }
    this.#reconcile()
  }

  stop(): void {
    this.#timers.sweep()
    this.#timers.reconcile()
    this.#mesh?.stop()
    for (const { unwatch } of this.#entries.values()) unwatch()
    this.#detector.stop()
  }

  /** The network tells of a connection. */
  noticed(notice: ConnectionNotice): void {
    const { node } = notice
    if (notice.kind === 'node-up') {
      this.#entry(node, true)
      this.#mark(node)
    }
    this.#detector.noticed(notice)
  }

  /** The network has met two programs of one name. */
  clashed({ node, places, problem }: NameClash): void {
    this.#claimed({ node, places, problem })
  }

  /** The registrar tells. */
  told(event: RegistrarEvent): void {
    if (event.kind === 'node-duplicate') {
      const { node, problem } = event
      this.#claimed({ node, places: this.#placesOf(node), problem })
      return
    }
    const input = saidBy(event)
    if (input !== undefined) this.#step(input.node, input.said)
  }

  members(): readonly MemberInfo[] {
    return [...this.#entries.values()].flatMap((entry) => this.#info(entry) ?? [])
  }

  member(node: string): MemberInfo | undefined {
    const entry = this.#entries.get(node)
    return entry === undefined ? undefined : this.#info(entry)
  }

  /** A loop that stands still falls behind further: probes of the network know by how much. */
  #info(entry: Entry): MemberInfo | undefined {
    const { node, state } = entry.member
    if (state === 'unresponsive') {
      entry.loopDelayMs = this.#parts.peer(node)?.loopDelayMs ?? entry.loopDelayMs
    }
    return infoOf(entry)
  }

  coverage(): Coverage {
    return coverageOf(this.#entries.values(), this.#options.expected)
  }

  duplicates(): readonly DuplicateInfo[] {
    return this.#duplicates.list()
  }

  #step(node: string, input: MemberInput): void {
    if (node === this.#parts.own) return
    const entry = this.#entry(node, input.kind === 'found')
    if (entry === undefined) return
    const { clock, publish } = this.#parts
    const step = memberStep(entry.member, input)
    const wallMs = clock.wallMs()
    moveOn(entry, step, wallMs, clock.nowMs())
    if (step.member.state === undefined) this.#forget(node)
    else if (step.changes.length > 0) this.#note(node, entry)
    for (const change of step.changes) {
      publish(Object.freeze({ kind: 'member-changed', node, ...change, atMs: wallMs }))
    }
    this.#mesh?.consider(node)
  }

  #found(node: string, finding: DetectorFinding): void {
    const entry = this.#entries.get(node)
    if (entry !== undefined) measure(entry, finding)
    this.#step(node, { kind: 'found', finding })
    if (entry !== undefined && finding.kind === 'responding') this.#compare(node, entry)
  }

  /** A life answers although a later one has been known for longer than an answer takes. */
  #compare(node: string, { member, saidNowMs }: Entry): void {
    const { said, saidCreation, foundCreation } = member
    const isOther = said === 'up' && saidCreation > foundCreation
    const forMs = this.#parts.clock.nowMs() - saidNowMs
    if (!isOther || forMs <= this.#options.answerMs) return
    const problem = 'the registrar knows a later life of it, and the earlier one answers here'
    this.#claimed({ node, places: this.#placesOf(node), problem })
  }

  #claimed(claim: Claim): void {
    const { clock, log, publish } = this.#parts
    const atMs = clock.wallMs()
    const news = this.#duplicates.seen(claim, atMs)
    if (news === undefined) return
    const { node, places, problem, count } = news
    const where = places.length === 0 ? '' : ` (${places.join(' and ')})`
    const { message, code } = new TroupeError('NODE_NAME_TAKEN', { node, problem: problem + where })
    log.error(message, { code, node, places, count })
    publish(Object.freeze({ kind: 'node-duplicate', node, places, problem, atMs }))
  }

  /** Where it is connected from here, and where it is registered. */
  #placesOf(node: string): readonly string[] {
    if (node === this.#parts.own) return ['here']
    const remote = this.#parts.peer(node)?.remote
    const route = this.#parts.listed().find((one) => one.node === node)
    const registered = (route?.addresses ?? []).map(
      ({ transport, host, port, path }) => `${transport}://${path || `${host}:${port}`}`,
    )
    return [remote ?? '', ...registered.slice(0, 1)].filter((place) => place !== '')
  }

  /** The row of a node, made at the first word; undefined: there is no room for it. */
  #entry(node: string, isMetNow: boolean): Entry | undefined {
    const known = this.#entries.get(node)
    if (known !== undefined || node === this.#parts.own) return known
    if (this.#entries.size >= MEMBERS_MAX && !this.#makeRoom() && !isMetNow) return undefined
    const { clock } = this.#parts
    const entry = newEntry(unknownMember(node), clock.wallMs(), clock.nowMs())
    this.#entries.set(node, entry)
    entry.unwatch = this.#detector.watch(routeOf(node), (finding) => this.#found(node, finding))
    return entry
  }

  /** Who is gone longest goes; false: nobody is. */
  #makeRoom(): boolean {
    const [longest] = this.#gone
    if (longest !== undefined) this.#forget(longest)
    else if (!this.#isFull) {
      this.#isFull = true
      const told = `more than ${MEMBERS_MAX} nodes are said to be there; the others are left out`
      this.#parts.log.warning(told)
    }
    return longest !== undefined
  }

  #forget(node: string): void {
    this.#entries.get(node)?.unwatch()
    this.#entries.delete(node)
    this.#gone.delete(node)
  }

  /** Keeps the order of those that are gone. */
  #note(node: string, entry: Entry): void {
    this.#gone.delete(node)
    if (entry.member.state !== 'gone') return
    if (entry.hidden) this.#forget(node)
    else this.#gone.add(node)
    if (this.#gone.size === 1) this.#sweepLater()
  }

  /** A tool that dials is seen while it is here, and is no part of the cluster. */
  #mark(node: string): void {
    const entry = this.#entries.get(node)
    if (entry !== undefined) entry.hidden = this.#parts.peer(node)?.hidden ?? false
  }

  #sweepLater(): void {
    this.#timers.sweep()
    const [longest] = this.#gone
    const entry = longest === undefined ? undefined : this.#entries.get(longest)
    if (entry === undefined) return
    const { clock } = this.#parts
    const dueMs = entry.sinceNowMs + this.#options.keepGoneMs - clock.nowMs()
    const waitMs = Math.min(Math.max(dueMs, 1), DAY_MS)
    this.#timers.sweep = clock.after(waitMs, () => this.#sweep())
  }

  #sweep(): void {
    const limitMs = this.#parts.clock.nowMs() - this.#options.keepGoneMs
    for (const node of [...this.#gone]) {
      const entry = this.#entries.get(node)
      if (entry !== undefined && entry.sinceNowMs > limitMs) break
      this.#forget(node)
    }
    this.#sweepLater()
  }

  /** Repairs what was missed. It adds, and never takes away. */
  #reconcile(): void {
    const { clock, peers, listed, own } = this.#parts
    this.#timers.reconcile = clock.after(RECONCILE_MS, () => this.#reconcile())
    for (const { node, creation } of peers()) {
      const entry = this.#entries.get(node)
      const isMissed = entry === undefined || !isMet(entry.member)
      if (isMissed && creation !== 0) this.noticed({ kind: 'node-up', node, creation })
    }
    for (const route of listed()) {
      if (route.node !== own && !this.#isLostLately(route.node)) {
        this.#step(route.node, saidOf(route))
      }
    }
  }

  /** A registrar may need a while to see what the network has found. */
  #isLostLately(node: string): boolean {
    const entry = this.#entries.get(node)
    if (entry === undefined || entry.member.state !== 'gone') return false
    return this.#parts.clock.nowMs() - entry.sinceNowMs < RECONCILE_MS
  }

  #isWanted(node: string): boolean {
    const entry = this.#entries.get(node)
    if (entry === undefined || entry.hidden || isMet(entry.member)) return false
    const { said, leaving } = entry.member
    return !leaving && (said === 'up' || said === 'suspect')
  }

  #notReached(node: string, problem: string): void {
    const entry = this.#entries.get(node)
    if (entry !== undefined) entry.problem = problem
  }
}

/** A node of which only the name is known. */
const routeOf = (node: string): NodeRoute => ({
  ...{ node, creation: 0, addresses: [], liveness: undefined, version: '', state: 'up' },
})
