/**
 * cluster/membership/mesh: connects with every node that is wanted, at a measured pace.
 *
 * Who is wanted is asked each time anew, so that a node that leaves is let go. A node that cannot
 * be reached is tried again later each time; which of two lines between two nodes is kept is the
 * business of the network. Limit: `DIALS_MAX` tries at a time.
 *
 * @source elixir-cluster 1 (libcluster connects with everybody), 9.10
 */
import type { Cancel, Clock } from '#base/clock'
import type { Random } from '#base/random'
import { describeThrown } from '#contract'
import { Lane } from './lane.js'

export const DIALS_MAX = 16
/** First tries are spread over this time, and waits are this long at least and at most. */
const SPREAD_MS = 20
const RETRY_MS_MIN = 250
const RETRY_MS_MAX = 10_000

/** What it asks. */
export interface MeshVerbs {
  readonly connect: (node: string) => Promise<unknown>
  /** It is there, there is no connection, and nothing says that it leaves. */
  readonly isWanted: (node: string) => boolean
  /** It has been lost: whoever ended it may tell more of it soon. */
  readonly isLost: (node: string) => boolean
  readonly notReached: (node: string, problem: string) => void
}

interface Aim {
  retryMs: number
  /** It waits for what else there is to be told. */
  readonly isPatient: boolean
  cancel: Cancel
}

export class Mesh {
  readonly #verbs: MeshVerbs
  readonly #clock: Clock
  readonly #random: Random
  readonly #aims = new Map<string, Aim>()
  readonly #lane = new Lane(DIALS_MAX)

  constructor(verbs: MeshVerbs, clock: Clock, random: Random) {
    this.#verbs = verbs
    this.#clock = clock
    this.#random = random
  }

  /** Something has changed for this node. */
  consider(node: string): void {
    const aim = this.#aims.get(node)
    const isLost = this.#verbs.isLost(node)
    const isBack = aim?.isPatient === true && !isLost
    if (!this.#verbs.isWanted(node) || isBack) this.#drop(node)
    if (this.#verbs.isWanted(node) && !this.#aims.has(node)) this.#aim(node, isLost)
  }

  stop(): void {
    for (const node of [...this.#aims.keys()]) this.#drop(node)
  }

  #aim(node: string, isPatient: boolean): void {
    const aim: Aim = { retryMs: RETRY_MS_MIN, isPatient, cancel: () => false }
    this.#aims.set(node, aim)
    const chance = this.#random.unit()
    this.#after(node, aim, isPatient ? RETRY_MS_MIN * (1 + chance) : SPREAD_MS * chance)
  }

  #drop(node: string): void {
    this.#aims.get(node)?.cancel()
    this.#aims.delete(node)
  }

  #after(node: string, aim: Aim, delayMs: number): void {
    aim.cancel = this.#clock.after(delayMs, () => {
      this.#lane.enter((leave) => void this.#try(node, aim).finally(leave))
    })
  }

  /** Never rejects. */
  async #try(node: string, aim: Aim): Promise<void> {
    if (this.#aims.get(node) !== aim) return
    try {
      await this.#verbs.connect(node)
      if (this.#aims.get(node) === aim) this.#aims.delete(node)
    } catch (thrown) {
      if (this.#aims.get(node) !== aim) return
      // What it came from tells more than that there is no way.
      const cause = thrown instanceof Error ? thrown.cause : undefined
      this.#verbs.notReached(node, describeThrown(cause ?? thrown))
      this.#after(node, aim, aim.retryMs * (1 + this.#random.unit() / 2))
      aim.retryMs = Math.min(RETRY_MS_MAX, aim.retryMs * 2)
    }
  }
}
