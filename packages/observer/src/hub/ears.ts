/**
 * hub/ears: hands on what the process of the Observer is told, to whoever waits for it.
 *
 * A follow that nobody waits for is ended at its node, or it would keep the place of another for an
 * hour. Its ticket may be on its way still, so it is given the time that an answer may take.
 *
 * Limit: `STRAYS_MAX` of those at a time; each is ended once in `STRAY_MS`.
 */
import type { Ref } from 'troupe'

type Fields = Readonly<Record<string, unknown>>

/** Longer than a ticket is waited for. */
const STRAY_MS = 5_000
const STRAYS_MAX = 64

export interface EarsParts {
  nowMs(): number
  /** Ends a follow of the process of the Observer. */
  unfollow(node: string, follow: number): void
}

export class Ears {
  readonly #parts: EarsParts
  /** When a follow that nobody waits for was heard of, or was ended. */
  readonly #strays = new Map<string, number>()
  readonly #follows = new Map<string, (told: Fields) => void>()
  readonly #watches = new Map<number, () => void>()

  constructor(parts: EarsParts) {
    this.#parts = parts
  }

  addFollow(node: string, follow: number, take: (told: Fields) => void): () => void {
    const key = `${follow} ${node}`
    this.#follows.set(key, take)
    this.#strays.delete(key)
    return () => {
      if (this.#follows.get(key) === take) this.#follows.delete(key)
    }
  }

  addWatch(ref: Ref, lost: () => void): () => void {
    this.#watches.set(ref.id, lost)
    return () => this.#watches.delete(ref.id)
  }

  /**
   * `node` is the one that said it, as its connection proved it.
   */
  followed(told: unknown, node: string): void {
    if (typeof told !== 'object' || told === null) return
    const fields = told as Fields
    const { follow } = fields
    const take = this.#follows.get(`${follow} ${node}`)
    if (take !== undefined) take(fields)
    else if (Number.isSafeInteger(follow)) this.#stray(node, follow as number, fields)
  }

  #stray(node: string, follow: number, { ended }: Fields): void {
    const key = `${follow} ${node}`
    const nowMs = this.#parts.nowMs()
    if (ended !== undefined) {
      this.#strays.delete(key)
      return
    }
    const sinceMs = this.#strays.get(key)
    if (sinceMs !== undefined && nowMs - sinceMs < STRAY_MS) return
    if (sinceMs === undefined && !this.#hasRoom(nowMs)) return
    this.#strays.set(key, nowMs)
    if (sinceMs !== undefined) this.#parts.unfollow(node, follow)
  }

  /** What was not heard of again for a while is forgotten; the map has the oldest first. */
  #hasRoom(nowMs: number): boolean {
    if (this.#strays.size < STRAYS_MAX) return true
    for (const [key, sinceMs] of this.#strays) {
      if (nowMs - sinceMs >= 2 * STRAY_MS) this.#strays.delete(key)
    }
    return this.#strays.size < STRAYS_MAX
  }

  down(ref: Ref): void {
    const lost = this.#watches.get(ref.id)
    this.#watches.delete(ref.id)
    lost?.()
  }
}
