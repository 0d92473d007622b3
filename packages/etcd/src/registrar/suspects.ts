/**
 * registrar/suspects: how long nodes have been missed while etcd could be seen.
 *
 * The time during which it could not is not counted: a registrar that is blind says nothing of
 * others. After each blind time everybody has a moment to come back. A little chance in each wait,
 * so that not all nodes give up the same one in the same moment.
 *
 * @source ergo-features 21 (SuspectGrace)
 */
import type { Cancel, Clock, NodeLife, Random } from 'troupe/registrar'

/** A fifth more or less. */
const JITTER = 0.2
/** So long at least a node is waited for after etcd is seen again. */
const RETURN_MS = 5_000

export interface SuspectsGiven {
  readonly clock: Clock
  readonly random: Random
  readonly graceMs: number
  /** A node has been missed for its whole grace. */
  readonly due: (life: NodeLife) => void
}

interface Wait {
  readonly life: NodeLife
  leftMs: number
  sinceMs: number
  cancel: Cancel | undefined
}

export class Suspects {
  readonly #given: SuspectsGiven
  readonly #waits = new Map<string, Wait>()
  #isSeeing = false

  constructor(given: SuspectsGiven) {
    this.#given = given
  }

  /** A node is missed; the second time it is asked again, after `graceMs`. */
  add(life: NodeLife, graceMs = this.#grace()): void {
    this.remove(life.node)
    const wait: Wait = { life, leftMs: graceMs, sinceMs: 0, cancel: undefined }
    this.#waits.set(life.node, wait)
    if (this.#isSeeing) this.#run(wait)
  }

  remove(node: string): void {
    this.#waits.get(node)?.cancel?.()
    this.#waits.delete(node)
  }

  /** Etcd can be seen; or it cannot, and the waits stand still. */
  see(isSeeing: boolean): void {
    if (isSeeing === this.#isSeeing) return
    this.#isSeeing = isSeeing
    const leastMs = Math.min(RETURN_MS, this.#given.graceMs)
    for (const wait of this.#waits.values()) {
      if (isSeeing) {
        wait.leftMs = Math.max(wait.leftMs, leastMs)
        this.#run(wait)
      } else this.#halt(wait)
    }
  }

  clear(): void {
    for (const node of [...this.#waits.keys()]) this.remove(node)
  }

  #run(wait: Wait): void {
    const { clock, due } = this.#given
    wait.sinceMs = clock.nowMs()
    wait.cancel = clock.after(wait.leftMs, () => {
      this.#waits.delete(wait.life.node)
      due(wait.life)
    })
  }

  #halt(wait: Wait): void {
    if (wait.cancel?.() !== true) return
    wait.cancel = undefined
    wait.leftMs -= this.#given.clock.nowMs() - wait.sinceMs
  }

  #grace(): number {
    const { random, graceMs } = this.#given
    return graceMs * (1 - JITTER + 2 * JITTER * random.unit())
  }
}
