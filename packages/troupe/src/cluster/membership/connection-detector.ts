/**
 * cluster/membership/connection-detector: the detector that goes by the connections of a node.
 *
 * What the network tells of a connection and what the loop at its other end answers become
 * findings, for everybody who watches that node. It makes no connection: of a node that nobody
 * talks to it finds nothing. Loops are asked only where somebody watches.
 *
 * @source design 5, 6; ergo-features weakness 22
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import { type Detector, type DetectorFinding, describeThrown, type NodeRoute } from '#contract'
import { Asking, type AskingLimits, type AskingVerbs } from './asking.js'
import { findingOf, type Pulse, type PulseInput, pulseStep } from './pulse.js'

/** What it works with. */
export interface DetectorParts {
  readonly clock: Clock
  readonly random: Random
  readonly ask: AskingVerbs['ask']
  readonly limits: AskingLimits & { readonly missedMax: number }
  /** A watcher threw; the others are told all the same. */
  readonly failed: (problem: string) => void
}

/** What the network tells of one node; answers and failures come from questions of our own. */
export type ConnectionNotice = Exclude<PulseInput, { readonly kind: 'answered' | 'missed' }>

/** One `watch`. */
interface Watcher {
  readonly take: (finding: DetectorFinding) => void
  isTold: boolean
}

/** A detector that is told what becomes of connections. */
export interface ConnectionDetector extends Detector {
  noticed(notice: ConnectionNotice): void
  stop(): void
}

/**
 * Makes a detector that goes by connections.
 *
 * @source design 6
 */
export const connectionDetector = (parts: DetectorParts): ConnectionDetector =>
  new ByConnections(parts)

class ByConnections implements ConnectionDetector {
  readonly #parts: DetectorParts
  readonly #asking: Asking
  readonly #pulses = new Map<string, Pulse>()
  readonly #watchers = new Map<string, Set<Watcher>>()

  constructor(parts: DetectorParts) {
    this.#parts = parts
    const { ask, limits, clock, random } = parts
    const verbs = {
      ask,
      answered: (node: string, answer: Pulse['last'] & object) =>
        this.#take(node, { kind: 'answered', answer, wallMs: clock.wallMs() }),
      missed: (node: string, problem: string) => this.#take(node, { kind: 'missed', problem }),
    }
    this.#asking = new Asking(verbs, limits, clock, random)
  }

  watch({ node }: NodeRoute, taker: (finding: DetectorFinding) => void): () => void {
    const watcher: Watcher = { take: taker, isTold: false }
    const watchers = this.#watchers.get(node) ?? new Set()
    this.#watchers.set(node, watchers.add(watcher))
    if (watchers.size === 1 && this.#pulses.has(node)) this.#asking.begin(node)
    this.#parts.clock.soon(() => {
      const pulse = this.#pulses.get(node)
      const isNews = watchers.has(watcher) && !watcher.isTold
      if (isNews && pulse !== undefined) this.#tellFirst(watcher, pulse)
    })
    return () => {
      watchers.delete(watcher)
      if (watchers.size > 0 || this.#watchers.get(node) !== watchers) return
      this.#watchers.delete(node)
      this.#asking.end(node)
    }
  }

  noticed(notice: ConnectionNotice): void {
    this.#take(notice.node, notice)
  }

  stop(): void {
    this.#asking.stop()
    this.#watchers.clear()
    this.#pulses.clear()
  }

  #take(node: string, input: PulseInput): void {
    const before = this.#pulses.get(node)
    const { pulse, finding } = pulseStep(before, input, this.#parts.limits.missedMax)
    if (pulse === undefined) this.#pulses.delete(node)
    else this.#pulses.set(node, pulse)
    this.#askAfter(node, input, pulse)
    if (finding !== undefined) this.#tell(node, finding)
  }

  /** A new connection and a silence that is over are asked at once; silence is not asked. */
  #askAfter(node: string, { kind }: PulseInput, pulse: Pulse | undefined): void {
    if (!this.#watchers.has(node)) return
    if (pulse === undefined || pulse.line !== 'up') this.#asking.end(node)
    else if (kind === 'node-up' || kind === 'node-well') this.#asking.begin(node)
  }

  #tell(node: string, finding: DetectorFinding): void {
    for (const watcher of [...(this.#watchers.get(node) ?? [])]) {
      if (this.#watchers.get(node)?.has(watcher)) this.#tellOne(node, watcher, finding)
    }
  }

  /** Who has not been told yet of a connection is told of nothing that follows from it. */
  #tellOne(node: string, watcher: Watcher, finding: DetectorFinding): void {
    const pulse = this.#pulses.get(node)
    if (watcher.isTold || finding.kind === 'connected') this.#hand(watcher, finding)
    else if (pulse !== undefined) this.#tellFirst(watcher, pulse)
  }

  /** Whoever comes late is told of the connection first, as everybody was. */
  #tellFirst(watcher: Watcher, pulse: Pulse): void {
    const { creation } = pulse
    const finding = findingOf(pulse, this.#parts.limits.missedMax)
    this.#hand(watcher, { kind: 'connected', creation, reason: 'there is a connection' })
    if (finding.kind !== 'connected') this.#hand(watcher, finding)
  }

  #hand(watcher: Watcher, finding: DetectorFinding): void {
    watcher.isTold = true
    try {
      watcher.take(finding)
    } catch (thrown) {
      this.#parts.failed(describeThrown(thrown))
    }
  }
}
