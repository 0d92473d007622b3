/**
 * hub/cluster-follow-topic: what happens at all nodes, as one stream of records.
 *
 * Each node is followed once. What comes is gathered and told a few times in a second, with the
 * node that told it. Of a storm so much is told as was asked for, of all nodes together; the rest
 * is counted. Nodes that come are followed as well, those that go are let go of.
 * Limit: `NODES_MAX` nodes; the others are named as missing.
 */
import type { Problem } from '#observer/contract/api'
import { Audience, type Missing } from './audience.js'
import { NodeFollow } from './node-follow.js'
import type { Verbs } from './verbs.js'
import type { Viewer } from './viewer.js'

/** Between two frames, and between two looks at who is there. */
const GATHER_MS = 200
const NODES_MS = 5_000
const SECOND_MS = 1_000
export const FOLLOWED_NODES_MAX = 200
const PER_SECOND_USUAL = 100
const PER_SECOND_MAX = 1_000

export interface ClusterFollowParts {
  readonly subject: string
  /** As each node is asked. */
  readonly payload: Readonly<Record<string, unknown>>
  readonly verbs: Verbs
  /** Nodes that the viewers may look at. */
  readonly nodes: () => Promise<readonly string[]>
  /** A record as viewers see it; undefined: it is not for them. */
  readonly shown: (record: unknown, node: string) => unknown
}

const TOO_MANY: Problem = Object.freeze({
  code: 'FOLLOWS_LIMITED',
  message: `no more than ${FOLLOWED_NODES_MAX} nodes are followed at once`,
  remedy: 'follow this node by itself',
})

export class ClusterFollowTopic {
  readonly #parts: ClusterFollowParts
  readonly #audience: Audience
  readonly #follows = new Map<string, NodeFollow>()
  readonly #problems = new Map<string, Problem>()
  readonly #perSecondMax: number
  #records: unknown[] = []
  #leftOut = 0
  /** Some have begun, or who is missing has changed. */
  #isNews = false
  #second = { atMs: Number.NEGATIVE_INFINITY, taken: 0 }
  #gathering: { cancel(): boolean } | undefined
  #looking: { cancel(): boolean } | undefined
  #isOn = false

  constructor(parts: ClusterFollowParts) {
    this.#parts = parts
    this.#audience = new Audience(parts.subject)
    const wanted = Number(parts.payload['perSecondMax'] ?? PER_SECOND_USUAL)
    this.#perSecondMax = Math.min(PER_SECOND_MAX, Math.max(1, wanted))
  }

  get size(): number {
    return this.#audience.size
  }

  add(viewer: Viewer): void {
    this.#audience.add(viewer)
    if (this.#isOn) this.#audience.begin(this.#missing(), viewer)
    else this.#start()
  }

  remove(viewer: Viewer): void {
    if (this.#audience.remove(viewer) && this.#audience.size === 0) this.#stop()
  }

  #start(): void {
    this.#isOn = true
    void this.#look()
  }

  #stop(): void {
    this.#isOn = false
    this.#looking?.cancel()
    this.#gathering?.cancel()
    this.#gathering = undefined
    for (const follow of this.#follows.values()) follow.stop()
    this.#follows.clear()
    this.#problems.clear()
    this.#records = []
    this.#leftOut = 0
    this.#isNews = false
  }

  /** Who is there now. */
  async #look(): Promise<void> {
    const { nodes, verbs } = this.#parts
    try {
      const there = await nodes()
      if (this.#isOn) this.#follow(there)
    } catch {
      // The own node is stopping, or only starts; it is asked again.
    }
    if (!this.#isOn) return
    this.#looking?.cancel()
    this.#looking = verbs.after(NODES_MS, () => void this.#look())
  }

  #follow(there: readonly string[]): void {
    const wanted = new Set(there)
    for (const [node, follow] of this.#follows) {
      if (wanted.has(node)) continue
      follow.stop()
      this.#follows.delete(node)
    }
    for (const node of this.#problems.keys()) if (!wanted.has(node)) this.#setProblem(node)
    for (const node of wanted) {
      if (this.#follows.has(node)) continue
      if (this.#follows.size < FOLLOWED_NODES_MAX) this.#followOne(node)
      else this.#setProblem(node, TOO_MANY)
    }
  }

  #followOne(node: string): void {
    const { payload, verbs } = this.#parts
    const follow = new NodeFollow({
      ...{ node, payload, verbs },
      begun: () => {
        this.#problems.delete(node)
        this.#isNews = true
        this.#gather()
      },
      told: (records, leftOut) => this.#told(node, records, leftOut),
      failed: (problem) => this.#setProblem(node, problem),
    })
    this.#follows.set(node, follow)
    follow.start()
  }

  #setProblem(node: string, problem?: Problem): void {
    const before = this.#problems.get(node)
    if (before?.code === problem?.code) return
    if (problem === undefined) this.#problems.delete(node)
    else this.#problems.set(node, problem)
    this.#isNews = true
    this.#gather()
  }

  #told(node: string, records: readonly unknown[], leftOut: number): void {
    this.#leftOut += leftOut
    for (const record of records) {
      const shown = this.#parts.shown(record, node)
      if (shown === undefined) continue
      if (this.#takes()) this.#records.push(shown)
      else this.#leftOut += 1
    }
    if (this.#records.length > 0 || this.#leftOut > 0) this.#gather()
  }

  /** Whether one more is told in this second. */
  #takes(): boolean {
    const nowMs = this.#parts.verbs.nowMs()
    if (nowMs - this.#second.atMs >= SECOND_MS) this.#second = { atMs: nowMs, taken: 0 }
    this.#second.taken += 1
    return this.#second.taken <= this.#perSecondMax
  }

  #gather(): void {
    this.#gathering ??= this.#parts.verbs.after(GATHER_MS, () => {
      this.#gathering = undefined
      this.#tell()
    })
  }

  #tell(): void {
    const [records, leftOut] = [this.#records, this.#leftOut]
    this.#records = []
    this.#leftOut = 0
    if (this.#isNews) this.#audience.begin(this.#missing())
    this.#isNews = false
    if (records.length > 0 || leftOut > 0) this.#audience.tell(records, leftOut)
  }

  #missing(): Missing {
    return [...this.#problems].map(([node, problem]) => ({ node, problem }))
  }
}
