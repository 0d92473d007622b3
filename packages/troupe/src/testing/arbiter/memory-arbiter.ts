/**
 * testing/arbiter/memory-arbiter: an arbiter in memory, with verbs for all that befalls one.
 *
 * All nodes of one program share it; its time is the clock it is given. What is said to it and by
 * it takes `latencyMs` each way, and is lost on the way to a node that is cut off.
 *
 * @source contract/arbiter; design 9
 */
import { type Cancel, type Clock, systemClock } from '#base/clock'
import {
  type Arbiter,
  type Candidacy,
  type Contender,
  requireDuration,
  requireObject,
  requireOption,
} from '#contract'
import { Court, type CourtAnswer, type CourtNews, type CourtWish } from './court.js'
import { MemoryCandidacy } from './memory-candidacy.js'

/** How an arbiter in memory is made. Times are milliseconds. */
export interface MemoryArbiterOptions {
  /** Its time; default that of the machine. */
  readonly clock?: Clock
  /** Whoever is not heard for so long leads no longer; default 1,000. */
  readonly leaseMs?: number
  /** How long a word is on its way, to it and from it; default 1. */
  readonly latencyMs?: number
  /** How wrong the pace of two clocks may be, as a share; default 0.05. */
  readonly clockDriftMax?: number
  /** The term that follows one, higher than it; 0 before the first. Default one more. */
  readonly nextTerm?: (before: number) => number
}

/** What the options of an arbiter in memory leave open. */
export const MEMORY_ARBITER_DEFAULTS = Object.freeze({
  leaseMs: 1_000,
  latencyMs: 1,
  clockDriftMax: 0.05,
  nextTerm: (before: number): number => before + 1,
})

/** What a contender is told: what it asked, and what holds. */
export interface MemoryReply {
  readonly answer: CourtAnswer
  readonly news: CourtNews
}

/** Lines of one contender to its arbiter, as it sees them. */
export interface MemoryLine {
  /** The reply comes as a turn of the contender, or never. */
  ask(wish: CourtWish, reply: (reply: MemoryReply) => void): void
  /** Like `ask` for the last wish of all: whoever asks has no turns any more. */
  leave(): Promise<void>
}

/** One cluster: its court, and who listens. */
interface Cluster {
  readonly court: Court
  readonly listeners: Map<Contender, (news: CourtNews) => void>
  /** The news that all have been told. */
  told: number
}

/**
 * Makes an arbiter for tests; give the same one to all nodes.
 *
 * @example
 * const arbiter = memoryArbiter({ clock, leaseMs: 300 })
 * const election = { clusterId: 'keeper', arbiter }
 */
export function memoryArbiter(options: MemoryArbiterOptions = {}): MemoryArbiter {
  requireObject('options', options)
  return new MemoryArbiter(options)
}

export class MemoryArbiter implements Arbiter {
  readonly kind = 'memory'
  readonly clockDriftMax: number
  readonly leaseMs: number
  readonly #clock: Clock
  readonly #nextTerm: (before: number) => number
  readonly #clusters = new Map<string, Cluster>()
  readonly #cut = new Set<string>()
  #latencyMs: number
  #isLost = false
  #wait: Cancel | undefined = undefined

  constructor(given: MemoryArbiterOptions) {
    const { clock = systemClock, ...options } = { ...MEMORY_ARBITER_DEFAULTS, ...given }
    const { leaseMs, latencyMs, clockDriftMax, nextTerm } = options
    requireDuration('leaseMs', leaseMs)
    requireDuration('latencyMs', latencyMs)
    const isShare = typeof clockDriftMax === 'number' && clockDriftMax >= 0 && clockDriftMax <= 0.5
    requireOption(isShare, 'clockDriftMax', clockDriftMax, 'give a share from 0 to 0.5')
    this.#clock = clock
    this.#nextTerm = nextTerm
    this.leaseMs = leaseMs
    this.clockDriftMax = clockDriftMax
    this.#latencyMs = latencyMs
  }

  async stand(contender: Contender): Promise<Candidacy> {
    const cluster = this.#clusterOf(contender.clusterId)
    const times = { leaseMs: this.leaseMs, clockDriftMax: this.clockDriftMax }
    const candidacy = new MemoryCandidacy(contender, this.#lineOf(cluster, contender), times)
    cluster.listeners.set(contender, (news) => candidacy.hear(news))
    candidacy.begin()
    return candidacy
  }

  /** The arbiter and a node do not hear each other from now on. */
  cutOff(node: string): void {
    this.#cut.add(node)
  }

  /** They hear each other again. */
  mend(node: string): void {
    this.#cut.delete(node)
  }

  /** It is there for nobody. What it knows it keeps. */
  lose(): void {
    this.#isLost = true
    this.#wait?.()
  }

  /** It is there again; whoever leads by what it knows has a whole lease to be heard. */
  restore(): void {
    if (!this.#isLost) return
    this.#isLost = false
    for (const { court } of this.#clusters.values()) court.renewAll(this.#clock.nowMs())
    this.#arm()
  }

  /** From now on every word takes so long. */
  slow(latencyMs: number): void {
    requireDuration('latencyMs', latencyMs)
    this.#latencyMs = latencyMs
  }

  /** What is known of a cluster. */
  news(clusterId: string): CourtNews {
    return this.#clusterOf(clusterId).court.news
  }

  #clusterOf(clusterId: string): Cluster {
    const known = this.#clusters.get(clusterId)
    if (known !== undefined) return known
    const rules = { leaseMs: this.leaseMs, nextTerm: this.#nextTerm }
    const made: Cluster = { court: new Court(rules), listeners: new Map(), told: 0 }
    this.#clusters.set(clusterId, made)
    return made
  }

  #lineOf(cluster: Cluster, contender: Contender): MemoryLine {
    const { self } = contender
    const ask: MemoryLine['ask'] = (wish, reply) =>
      this.#carry(self.node, () => {
        const answer = cluster.court.take(self, wish, this.#clock.nowMs())
        const told = { answer, news: cluster.court.news }
        this.#carry(self.node, () => turnOf(contender, () => reply(told)))
        this.#settle(cluster)
      })
    const leave = (): Promise<void> =>
      new Promise((resolve) => {
        cluster.listeners.delete(contender)
        this.#carry(self.node, () => {
          cluster.court.take(self, { kind: 'leave' }, this.#clock.nowMs())
          this.#carry(self.node, resolve)
          this.#settle(cluster)
        })
      })
    return { ask, leave }
  }

  /** What is on its way when the line is cut is lost. */
  #carry(node: string, arrive: () => void): void {
    const hears = (): boolean => !this.#isLost && !this.#cut.has(node)
    if (!hears()) return
    this.#clock.after(this.#latencyMs, () => {
      if (hears()) arrive()
    })
  }

  /** Tells all what has changed, and waits for the end of the next lease. */
  #settle(cluster: Cluster): void {
    const { news } = cluster.court
    if (news.number !== cluster.told) {
      cluster.told = news.number
      for (const [contender, hear] of cluster.listeners) {
        this.#carry(contender.self.node, () => turnOf(contender, () => hear(news)))
      }
    }
    this.#arm()
  }

  #arm(): void {
    this.#wait?.()
    const clusters = [...this.#clusters.values()]
    const dueMs = Math.min(...clusters.map(({ court }) => court.dueMs))
    if (this.#isLost || dueMs === Infinity) return
    this.#wait = this.#clock.after(Math.max(0, dueMs - this.#clock.nowMs()), () => {
      for (const cluster of clusters) {
        cluster.court.expire(this.#clock.nowMs())
        this.#settle(cluster)
      }
    })
  }
}

/** A process that has ended, or is about to, hears nothing. */
function turnOf(contender: Contender, run: () => void): void {
  try {
    contender.after(0, run)
  } catch {
    // Its program goes on without it.
  }
}
