/**
 * cluster/registrar/across/allowance: how many answers each asking address may have.
 *
 * Only who has proven to know the key is counted, so a stranger can use up nobody's share.
 * Limit: `ADDRESSES_MAX` addresses; the one that asked longest ago is forgotten.
 */

const ADDRESSES_MAX = 1_024

interface Credit {
  left: number
  atMs: number
}

export class Allowance {
  readonly #perSecond: number
  readonly #credits = new Map<string, Credit>()

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Takes one answer of an address; false: it has had its share. */
  take(address: string, nowMs: number): boolean {
    const credit = this.#credits.get(address) ?? { left: this.#perSecond, atMs: nowMs }
    this.#credits.delete(address)
    const gained = (Math.max(0, nowMs - credit.atMs) / 1_000) * this.#perSecond
    const left = Math.min(this.#perSecond, credit.left + gained)
    const isAllowed = left >= 1
    this.#credits.set(address, { left: isAllowed ? left - 1 : left, atMs: nowMs })
    if (this.#credits.size > ADDRESSES_MAX) this.#forgetOldest()
    return isAllowed
  }

  #forgetOldest(): void {
    for (const address of this.#credits.keys()) {
      this.#credits.delete(address)
      return
    }
  }
}
