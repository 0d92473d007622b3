/**
 * nodes/storage-counts: what storage did with the reports of each life of the intake.
 *
 * Reports come numbered, in their order: a number that was passed over is a report that died on
 * its way. Outlives the process of storage, as the table does, but not its program.
 * Limit: one entry for each life that has sent something.
 */

import type { Hop } from '#traffic/account/ledger'
import type { StoreOutcome } from '#traffic/store/position-table'
import type { Mark, StorageCounts } from '#traffic/store/storage'
import type { Taken } from './page.js'

interface Counts {
  readonly outcomes: Record<StoreOutcome, number>
  readonly seen: Record<Hop['road'], number>
}

export class CountsByLife implements StorageCounts {
  readonly #lives = new Map<number, Counts>()

  stored(outcome: StoreOutcome, hop: Hop): void {
    const { outcomes, seen } = this.#of(hop.life)
    outcomes[outcome] += 1
    seen[hop.road] = Math.max(seen[hop.road], hop.number)
  }

  passed({ life, handed }: Mark): void {
    const { seen } = this.#of(life)
    seen.udp = Math.max(seen.udp, handed.udp)
    seen.tcp = Math.max(seen.tcp, handed.tcp)
  }

  read(): Readonly<Record<string, Taken>> {
    return Object.fromEntries(
      [...this.#lives].map(([life, { outcomes, seen }]) => [
        life,
        { outcomes: { ...outcomes }, seen: { ...seen } },
      ]),
    )
  }

  #of(life: number): Counts {
    let counts = this.#lives.get(life)
    if (counts === undefined) {
      counts = {
        outcomes: { created: 0, moved: 0, superseded: 0, full: 0 },
        seen: { udp: 0, tcp: 0 },
      }
      this.#lives.set(life, counts)
    }
    return counts
  }
}
