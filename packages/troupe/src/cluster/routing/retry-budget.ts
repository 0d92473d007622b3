/**
 * cluster/routing/retry-budget: how many tries may be added to those that are made anyhow.
 *
 * When everything fails, tries again multiply the load of what is failing. Each first try therefore
 * pays a share into a bucket, and each further one takes a whole token out of it; a second bucket
 * fills with time, so that a quiet service can try again, too.
 * Limit: `SAVED_MAX` tokens of shares, one second's worth of the others.
 *
 * @source Finagle "RetryBudget"; "Addressing Cascading Failures" (Site Reliability Engineering, 22)
 */

/** Tokens that calm times may lay by. */
export const SAVED_MAX = 100

/** The share of each first try, and the tokens of each second. */
export interface BudgetRates {
  readonly budget: number
  readonly budgetPerSecond: number
}

export class RetryBudget {
  readonly #rates: BudgetRates
  #saved = 0
  #ofTime: number
  #sinceMs: number

  constructor(rates: BudgetRates, nowMs: number) {
    this.#rates = rates
    this.#ofTime = rates.budgetPerSecond
    this.#sinceMs = nowMs
  }

  /** A first try is made. */
  earn(): void {
    const saved = this.#saved + this.#rates.budget
    this.#saved = saved > SAVED_MAX ? SAVED_MAX : saved
  }

  /** Takes a token for one more try; false: there is none. */
  take(nowMs: number): boolean {
    const { budgetPerSecond } = this.#rates
    const grown = this.#ofTime + (Math.max(0, nowMs - this.#sinceMs) / 1_000) * budgetPerSecond
    this.#ofTime = Math.min(budgetPerSecond, grown)
    this.#sinceMs = nowMs
    if (this.#ofTime >= 1) this.#ofTime -= 1
    else if (this.#saved >= 1) this.#saved -= 1
    else return false
    return true
  }
}
