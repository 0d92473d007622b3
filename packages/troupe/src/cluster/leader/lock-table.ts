/**
 * cluster/leader/lock-table: who holds which lock until when, and who waits for it.
 *
 * Knows nothing of processes, of the clock or of who leads; whoever keeps it asks for verdicts and
 * tells them. A token is the term of the leader that gave it and a number within that: it grows
 * with every grant, over fail-overs too, so a store can refuse whoever held the lock before.
 *
 * After a fail-over nothing is given away, and nothing confirmed, for as long as a lock may still
 * be held that the leader before gave. Meanwhile whoever says that it holds one is written down; of
 * two the greater token counts, and it is confirmed when that time has ended: only then all have
 * been heard that could know better.
 *
 * Limits: `HELD_MAX` locks, `WAITERS_MAX` who wait, four million grants of one leader, or four
 * thousand where an arbiter counts its terms beyond a billion.
 *
 * @source Gray and Cheriton, "Leases"; Chubby (Burrows) 2.8, 2.9; Kleppmann (fencing tokens)
 */

export const HELD_MAX = 100_000
export const WAITERS_MAX = 100_000
/** A token is a safe integer: so there are many for each of the low terms, few for a high one. */
const LOW_TERMS = 2 ** 30
const TOKENS_OF_LOW = 2 ** 22
const TOKENS_OF_HIGH = 2 ** 12
/** The last term whose tokens are safe integers; none are given above it. */
export const TOKEN_TERM_MAX = LOW_TERMS + 2 ** 40 - 1

const tokensOf = (term: number): number => (term < LOW_TERMS ? TOKENS_OF_LOW : TOKENS_OF_HIGH)

/** All tokens of earlier terms are below it. */
const floorOf = (term: number): number =>
  Math.min(term, LOW_TERMS) * TOKENS_OF_LOW + Math.max(0, term - LOW_TERMS) * TOKENS_OF_HIGH

/** One who holds, or waits; `H` is how the keeper knows it. */
export interface LockWish<H> {
  readonly key: string
  readonly holder: H
  readonly ttlMs: number
  /** Until when it waits. */
  readonly untilMs: number
}

export interface HeldLock<H> {
  readonly key: string
  readonly holder: H
  readonly token: number
  readonly ttlMs: number
  readonly endsAtMs: number
}

/** A wish that is over: it is held now, or has waited long enough. */
export type LockVerdict<H> =
  | { readonly kind: 'held'; readonly wish: LockWish<H>; readonly token: number }
  | { readonly kind: 'busy'; readonly wish: LockWish<H> }

/** `unsettled`: it may be held, which is told when the quiet time is over. */
export type LockRenewal = 'held' | 'lost' | 'unsettled'

export class LockTable<H> {
  readonly #held = new Map<string, HeldLock<H>>()
  readonly #waiting = new Map<string, LockWish<H>[]>()
  readonly #isSame: (left: H, right: H) => boolean
  readonly #isOwner: (left: H, right: H) => boolean
  #waiters = 0
  #term = 0
  #given = 0
  #quietUntilMs = 0

  /** `isOwner`: whether who comes with the token of a lock may be who got it; default as same. */
  constructor(isSame: (left: H, right: H) => boolean, isOwner = isSame) {
    this.#isSame = isSame
    this.#isOwner = isOwner
  }

  get held(): number {
    return this.#held.size
  }

  get waiting(): number {
    return this.#waiters
  }

  /** A leader begins: it knows of no lock, and gives none before `quietUntilMs`. */
  begin(term: number, quietUntilMs: number): void {
    this.#held.clear()
    this.#term = term
    this.#given = 0
    this.#quietUntilMs = quietUntilMs
  }

  /** It leads no longer; who waited is told. */
  end(): readonly LockVerdict<H>[] {
    const verdicts = [...this.#waiting.values()].flat().map(busy)
    this.#waiting.clear()
    this.#waiters = 0
    this.#held.clear()
    return verdicts
  }

  /** For how long nothing is given or confirmed; 0: that is over. */
  quietMs(nowMs: number): number {
    return Math.max(0, this.#quietUntilMs - nowMs)
  }

  /** Who holds a lock; undefined: nobody, as far as this leader knows. */
  holderOf(key: string, nowMs: number): HeldLock<H> | undefined {
    const held = this.#held.get(key)
    return held !== undefined && held.endsAtMs > nowMs ? held : undefined
  }

  /** A wish: held now, busy now, or undefined: it waits. */
  acquire(wish: LockWish<H>, nowMs: number): LockVerdict<H> | undefined {
    const held = this.holderOf(wish.key, nowMs)
    const isQuiet = this.quietMs(nowMs) > 0
    if (!isQuiet && held !== undefined && this.#isSame(held.holder, wish.holder)) {
      // It asks again: an answer may have been lost.
      this.#hold({ ...held, ttlMs: wish.ttlMs, endsAtMs: nowMs + wish.ttlMs })
      return { kind: 'held', wish, token: held.token }
    }
    const row = this.#waiting.get(wish.key)
    if (held === undefined && row === undefined && !isQuiet) {
      return this.#grant(wish, nowMs)
    }
    if (wish.untilMs <= nowMs || this.#waiters >= WAITERS_MAX) return busy(wish)
    if (row === undefined) this.#waiting.set(wish.key, [wish])
    else row.push(wish)
    this.#waiters += 1
    return undefined
  }

  #grant(wish: LockWish<H>, nowMs: number): LockVerdict<H> {
    if (this.#held.size >= HELD_MAX) this.#sweep(nowMs)
    const isNone = this.isSpent || this.#term > TOKEN_TERM_MAX
    if (this.#held.size >= HELD_MAX || isNone) return busy(wish)
    this.#given += 1
    const token = floorOf(this.#term) + this.#given
    const { key, holder, ttlMs } = wish
    this.#hold({ key, holder, ttlMs, token, endsAtMs: nowMs + ttlMs })
    return { kind: 'held', wish, token }
  }

  #sweep(nowMs: number): void {
    for (const [key, held] of this.#held) if (held.endsAtMs <= nowMs) this.#held.delete(key)
  }

  #hold(held: HeldLock<H>): void {
    this.#held.set(held.key, held)
  }

  /** Holds on to a lock; while nothing is given, one of an earlier leader is written down. */
  renew(lock: Omit<HeldLock<H>, 'endsAtMs'>, nowMs: number): LockRenewal {
    if (this.quietMs(nowMs) > 0) return this.#claim(lock, nowMs)
    const held = this.holderOf(lock.key, nowMs)
    const isOwn = held?.token === lock.token && this.#isOwner(held.holder, lock.holder)
    if (!isOwn) return 'lost'
    this.#hold({ ...lock, endsAtMs: nowMs + lock.ttlMs })
    return 'held'
  }

  #claim(lock: Omit<HeldLock<H>, 'endsAtMs'>, nowMs: number): LockRenewal {
    const { key, token, holder } = lock
    const isEarlier = Number.isSafeInteger(token) && token > 0 && token < floorOf(this.#term)
    // One that has ended counts too: whoever held the lock before it does not hold it any more.
    const known = this.#held.get(key)
    const isOwn = known?.token === token && this.#isOwner(known.holder, holder)
    const isNewer = known === undefined ? this.#held.size < HELD_MAX : known.token < token
    if (!isEarlier || !(isOwn || isNewer)) return 'lost'
    this.#hold({ ...lock, endsAtMs: nowMs + lock.ttlMs })
    return 'unsettled'
  }

  /** Whether its holder had it until now; who waits is served by `serve`. */
  release({ key, holder, token }: Omit<HeldLock<H>, 'ttlMs' | 'endsAtMs'>, nowMs: number): boolean {
    const held = this.#held.get(key)
    const isOwn = held?.token === token && this.#isOwner(held.holder, holder)
    if (isOwn) this.#end(held, nowMs)
    return isOwn && held.endsAtMs > nowMs
  }

  /** This leader has no token left to give; the next one has. */
  get isSpent(): boolean {
    return this.#given >= tokensOf(this.#term) - 1
  }

  /** While nothing is given its token is kept: an older one must not come after it. */
  #end(held: HeldLock<H>, nowMs: number): void {
    if (this.quietMs(nowMs) > 0) this.#hold({ ...held, endsAtMs: -Infinity })
    else this.#held.delete(held.key)
  }

  /** A holder has ended: what it holds and wishes is gone. */
  gone(holder: H, nowMs: number): void {
    for (const held of this.#held.values()) {
      if (this.#isSame(held.holder, holder)) this.#end(held, nowMs)
    }
    for (const [key, row] of this.#waiting) {
      this.#keep(
        key,
        row.filter((wish) => !this.#isSame(wish.holder, holder)),
      )
    }
  }

  #keep(key: string, row: readonly LockWish<H>[]): void {
    this.#waiters += row.length - (this.#waiting.get(key)?.length ?? 0)
    if (row.length === 0) this.#waiting.delete(key)
    else this.#waiting.set(key, [...row])
  }

  /** Gives what is free to who waits for it, the first one first; tells who has waited enough. */
  serve(nowMs: number): readonly LockVerdict<H>[] {
    const verdicts: LockVerdict<H>[] = []
    const isQuiet = this.quietMs(nowMs) > 0
    for (const [key, row] of this.#waiting) {
      const left = row.filter((wish) => wish.untilMs > nowMs)
      for (const wish of row) if (wish.untilMs <= nowMs) verdicts.push(busy(wish))
      const isFree = !isQuiet && this.holderOf(key, nowMs) === undefined
      const next = isFree ? left.shift() : undefined
      this.#keep(key, left)
      if (next !== undefined) verdicts.push(this.#grant(next, nowMs))
    }
    return verdicts
  }

  /** When `serve` is due; undefined: as long as nobody asks, never. */
  dueAtMs(nowMs: number): number | undefined {
    let dueMs: number | undefined
    const earlier = (atMs: number): void => {
      if (dueMs === undefined || atMs < dueMs) dueMs = Math.max(atMs, nowMs)
    }
    for (const [key, row] of this.#waiting) {
      for (const wish of row) earlier(wish.untilMs)
      const endsAtMs = this.#held.get(key)?.endsAtMs ?? this.#quietUntilMs
      earlier(Math.max(endsAtMs, this.#quietUntilMs))
    }
    return dueMs
  }
}

const busy = <H>(wish: LockWish<H>): LockVerdict<H> => ({ kind: 'busy', wish })
