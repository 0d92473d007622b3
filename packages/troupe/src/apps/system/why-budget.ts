/**
 * apps/system/why-budget: the turns of an explanation, taken from the work that the node shares
 * out to all who look at it.
 *
 * Knows nothing of what is explained. INSPECTION_LIMITED when too much waits already.
 */
import type { Access, Asker } from './access.js'
import type { Work } from './work.js'

/** Told to whoever finds too much waiting, in milliseconds. */
const RETRY_MS = 100

export class WhyBudget {
  readonly #work: Work
  readonly #access: Access
  readonly #asker: Asker
  readonly #isWanted: () => boolean

  constructor(work: Work, access: Access, asker: Asker, isWanted: () => boolean) {
    this.#work = work
    this.#access = access
    this.#asker = asker
    this.#isWanted = isWanted
  }

  /** One short look. */
  look<R>(run: () => R): Promise<R> {
    return new Promise((resolve, reject) => {
      const isTaken = this.#work.addQuick(() => {
        try {
          resolve(run())
        } catch (thrown) {
          reject(thrown)
        }
      })
      if (!isTaken) reject(this.#limited('too many questions wait'))
    })
  }

  /** Slice by slice until `step` says that it is over. */
  walk(step: () => boolean): Promise<void> {
    const { node } = this.#asker
    const isWanted = this.#isWanted
    return new Promise((resolve, reject) => {
      const isTaken = this.#work.addScan({
        node,
        get wanted() {
          return isWanted()
        },
        step: () => {
          try {
            if (!step()) return false
            resolve()
          } catch (thrown) {
            reject(thrown)
          }
          return true
        },
        abandon: () => reject(this.#limited('nobody waits for it any more')),
      })
      if (!isTaken) reject(this.#limited('too many scans wait'))
    })
  }

  #limited(problem: string): Error {
    return this.#access.limited(this.#asker, problem, RETRY_MS)
  }
}
