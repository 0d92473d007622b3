/**
 * nodes/mirror: the positions of another program's table, as far as the map shows them.
 *
 * It is as old as the last look; while the other program is away, it stays as it is.
 */

import type { ProcessContext, ProcessName } from 'troupe'
import type { Report } from '#traffic/store/position-table'
import type { Lookout, Sight } from './lookout.js'

/** The longest wait for a look, in milliseconds; the map stands still meanwhile. */
const LOOK_TIMEOUT_MS = 1_000

export class Mirror {
  readonly #lookout: ProcessName<typeof Lookout>
  readonly #reports = new Map<number, Report>()
  #slots = 0
  /** Nothing is known for certain: everything has to be told. */
  #isAnew = true

  constructor(lookout: ProcessName<typeof Lookout>) {
    this.#lookout = lookout
  }

  get slots(): number {
    return this.#slots
  }

  at(slot: number): Report | undefined {
    return this.#reports.get(slot)
  }

  readonly refresh = async (context: ProcessContext): Promise<void> => {
    const options = { timeoutMs: LOOK_TIMEOUT_MS }
    const asked = { anew: this.#isAnew }
    // An answer that does not come may have been given: then it is missing.
    this.#isAnew = true
    const sight = await context.call(this.#lookout, 'look', asked, options).catch(() => undefined)
    if (sight === undefined) return
    this.take(sight)
    this.#isAnew = false
  }

  take({ look, slots }: Sight): void {
    if (look.isAnew) this.#reports.clear()
    for (const slot of look.gone) this.#reports.delete(slot)
    for (const { slot, report } of look.moved) this.#reports.set(slot, report)
    this.#slots = slots
  }
}
