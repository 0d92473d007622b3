/**
 * cluster/leader/lead-changes: who led when, as one process that takes part has seen it.
 *
 * A change is told once; while nobody is known to lead, a term that grows is none.
 * Limit: the last `CHANGES_MAX`.
 */
import type { Pid } from '#contract'

/** From here on this node led, or nobody as far as was known. */
export interface LeadChange {
  /** Wall clock, milliseconds since 1970. */
  readonly timeMs: number
  readonly term: number
  readonly leader: string | undefined
}

export const CHANGES_MAX = 20

export class LeadChanges {
  readonly #wallMs: () => number
  /** The newest first. */
  #list: readonly LeadChange[] = []

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs
  }

  get list(): readonly LeadChange[] {
    return this.#list
  }

  /** Takes what holds now. */
  see(leader: Pid | undefined, term: number): void {
    const [last] = this.#list
    const isSame = last?.leader === leader?.node && (leader === undefined || last?.term === term)
    if (isSame) return
    const change = { timeMs: this.#wallMs(), term, leader: leader?.node }
    this.#list = [change, ...this.#list].slice(0, CHANGES_MAX)
  }
}
