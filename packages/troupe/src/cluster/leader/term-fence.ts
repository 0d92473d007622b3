/**
 * cluster/leader/term-fence: what a store needs so that no old leader spoils a new one's work.
 *
 * Knowing who leads is not enough: a program may stand still for seconds between the look at
 * `isLeader` and the write that follows. So each write carries the term of its leader, and the
 * place that takes it refuses a lower term than the highest it has seen.
 *
 * Limit: `keysMax` keys of their own; the highest of those that were forgotten holds for all
 * others.
 *
 * @source Kleppmann, "How to do distributed locking" (fencing tokens); design 7
 */
import { requireObject, requireOption, TroupeError } from '#contract'

/** What a fence begins with and keeps. */
export interface TermFenceOptions {
  /** The highest term that was admitted before, from the store; default 0. */
  readonly term?: number
  /** Keys that are told apart; default 10,000. */
  readonly keysMax?: number
}

/** What the options of a fence leave open. */
export const TERM_FENCE_DEFAULTS: Required<TermFenceOptions> = Object.freeze({
  term: 0,
  // About a megabyte; beyond it the fence becomes stricter, not larger.
  keysMax: 10_000,
})

/** Refuses the writes of leaders that have been followed by another. Made by `termFence`. */
export interface TermFence {
  /** The highest term of all: keep it with the data, and begin with it after a restart. */
  readonly term: number
  /** The highest term of one key. */
  termOf(key: string): number
  /**
   * Lets a write of this term pass, and all lower ones never again; with a key only for it.
   * Throws TERM_STALE for a lower one, OPTION_INVALID for what is no term.
   */
  admit(term: number, key?: string): void
  /** The same as an answer: false for a stale one. */
  admits(term: number, key?: string): boolean
}

/**
 * Makes a fence: what stands before a store that several leaders may write to, one after another.
 *
 * Without a key a term closes the whole store to lower ones. With keys each is closed by itself,
 * so that a late write to one thing passes while nobody newer has touched it.
 *
 * @example
 * const fence = termFence()
 * fence.admit(4)
 * fence.admits(3) // false: a leader of term 4 was here
 * @source design 7
 */
export function termFence(options: TermFenceOptions = {}): TermFence {
  requireObject('options', options)
  const { term, keysMax } = { ...TERM_FENCE_DEFAULTS, ...options }
  requireTerm('term', term)
  const isSize = Number.isSafeInteger(keysMax) && keysMax > 0
  requireOption(isSize, 'keysMax', keysMax, 'give a whole number above 0')
  return new Fence(term, keysMax)
}

function requireTerm(option: string, term: unknown): void {
  const isTerm = typeof term === 'number' && Number.isSafeInteger(term) && term >= 0
  requireOption(isTerm, option, term, 'give a whole number, 0 or more')
}

class Fence implements TermFence {
  readonly #keysMax: number
  readonly #byKey = new Map<string, number>()
  /** Holds for every key that has none of its own. */
  #floor: number
  #highest: number

  constructor(term: number, keysMax: number) {
    this.#floor = term
    this.#highest = term
    this.#keysMax = keysMax
  }

  get term(): number {
    return this.#highest
  }

  termOf(key: string): number {
    return Math.max(this.#floor, this.#byKey.get(key) ?? 0)
  }

  admits(term: number, key?: string): boolean {
    requireTerm('term', term)
    const highest = key === undefined ? this.#highest : this.termOf(key)
    if (term < highest) return false
    this.#highest = Math.max(this.#highest, term)
    if (key === undefined) this.#raise(term)
    else this.#keep(key, term)
    return true
  }

  admit(term: number, key?: string): void {
    if (this.admits(term, key)) return
    const highest = key === undefined ? this.#highest : this.termOf(key)
    throw new TroupeError('TERM_STALE', { term, highest })
  }

  #raise(term: number): void {
    this.#floor = term
    this.#byKey.clear()
  }

  /** The key that was used longest ago goes; its term then holds for all without their own. */
  #keep(key: string, term: number): void {
    this.#byKey.delete(key)
    this.#byKey.set(key, term)
    if (this.#byKey.size <= this.#keysMax) return
    const [oldest] = this.#byKey.entries()
    if (oldest === undefined) return
    this.#byKey.delete(oldest[0])
    this.#floor = Math.max(this.#floor, oldest[1])
  }
}
