/**
 * cluster/membership/duplicates: node names that two programs have claimed.
 *
 * Remembers and counts; tells when something is news: a name, a place, or a minute in which it
 * went on. Limit: the `NAMES_MAX` names that were seen last, `PLACES_MAX` places of each.
 *
 * @source elixir-cluster 3.3 (duplicate ids are merged silently: not here)
 */
import type { DuplicateInfo } from '#contract'

export const NAMES_MAX = 100
export const PLACES_MAX = 8
/** A claim that goes on is told again after this time, in milliseconds. */
const QUIET_MS = 60_000

/** Somebody claims a name that somebody else has. */
export interface Claim {
  readonly node: string
  readonly places: readonly string[]
  readonly problem: string
}

interface Known extends DuplicateInfo {
  readonly toldMs: number
}

export class Duplicates {
  readonly #known = new Map<string, Known>()

  /** The names that were seen last, the latest one last. */
  list(): readonly DuplicateInfo[] {
    return [...this.#known.values()].map(({ toldMs: _, ...info }) => Object.freeze(info))
  }

  /** Answers what is to be told; undefined: that was told not long ago. */
  seen({ node, places, problem }: Claim, wallMs: number): DuplicateInfo | undefined {
    const before = this.#known.get(node)
    const all = [...new Set([...(before?.places ?? []), ...places])].filter((one) => one !== '')
    const isNews = before === undefined || all.length > before.places.length
    const isDue = isNews || Math.abs(wallMs - before.toldMs) >= QUIET_MS
    const known: Known = {
      ...{ node, problem, places: all.slice(-PLACES_MAX) },
      count: (before?.count ?? 0) + 1,
      firstMs: before?.firstMs ?? wallMs,
      lastMs: wallMs,
      toldMs: isDue ? wallMs : before.toldMs,
    }
    this.#known.delete(node)
    this.#known.set(node, known)
    this.#dropOldest()
    return isDue ? known : undefined
  }

  #dropOldest(): void {
    const [oldest] = this.#known.keys()
    if (this.#known.size > NAMES_MAX && oldest !== undefined) this.#known.delete(oldest)
  }
}
