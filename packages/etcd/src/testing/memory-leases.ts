/**
 * testing/memory-leases: when the leases of an etcd in memory end.
 *
 * Counts time and nothing else: that a lease has ended is said to who keeps the keys. While an
 * etcd has no leader no lease ends, and all of them begin anew when it has one again.
 * Limit: whole seconds; not less than an etcd grants, two seconds if it is not told otherwise.
 *
 * @source etcd v3.4 lessor (minimum of TTL, extension at a change of leader)
 */
import type { Cancel, Clock } from 'troupe/registrar'

interface Counted {
  readonly ttlMs: number
  dueMs: number
  cancel: Cancel
}

/** A lease as it stands. */
export interface LeaseView {
  readonly lease: string
  readonly ttlMs: number
  /** Until it ends, if nobody keeps it. */
  readonly leftMs: number
}

/** Ids as etcd gives them: beyond 2^53, so that a number would not do. */
const FIRST_ID = 7_587_862_042_127_500_000n
const SECOND_MS = 1_000

export class MemoryLeases {
  readonly #clock: Clock
  readonly #minMs: number
  readonly #ended: (lease: string) => void
  readonly #leases = new Map<string, Counted>()
  #count = 0n
  #isCounting = true

  constructor(clock: Clock, minMs: number, ended: (lease: string) => void) {
    this.#clock = clock
    this.#minMs = minMs
    this.#ended = ended
  }

  grant(ttlMs: number): { readonly lease: string; readonly ttlMs: number } {
    this.#count += 1n
    const lease = String(FIRST_ID + this.#count * 17n)
    const whole = Math.ceil(Math.max(ttlMs, this.#minMs) / SECOND_MS) * SECOND_MS
    this.add(lease, whole)
    return { lease, ttlMs: whole }
  }

  /** Begins to count, in full. */
  add(lease: string, ttlMs: number): void {
    this.remove(lease)
    const counted = { ttlMs, dueMs: 0, cancel: () => false }
    this.#leases.set(lease, counted)
    this.#begin(lease, counted)
  }

  /** Its time to live, which begins anew; 0: there is no such lease. */
  renew(lease: string): number {
    const counted = this.#leases.get(lease)
    if (counted === undefined) return 0
    this.#begin(lease, counted)
    return counted.ttlMs
  }

  /** Until a lease ends, if nobody keeps it, in whole seconds as etcd tells it; 0: it has ended. */
  leftMs(lease: string): number {
    const counted = this.#leases.get(lease)
    return counted === undefined ? 0 : Math.ceil(this.#leftOf(counted) / SECOND_MS) * SECOND_MS
  }

  remove(lease: string): void {
    this.#leases.get(lease)?.cancel()
    this.#leases.delete(lease)
  }

  clear(): void {
    for (const lease of [...this.#leases.keys()]) this.remove(lease)
  }

  /** There is no leader: time does not count. */
  pause(): void {
    this.#isCounting = false
    for (const { cancel } of this.#leases.values()) cancel()
  }

  resume(): void {
    this.#isCounting = true
    for (const [lease, counted] of this.#leases) this.#begin(lease, counted)
  }

  view(): readonly LeaseView[] {
    return [...this.#leases].map(([lease, counted]) => ({
      lease,
      ttlMs: counted.ttlMs,
      leftMs: this.#leftOf(counted),
    }))
  }

  #leftOf({ ttlMs, dueMs }: Counted): number {
    return this.#isCounting ? dueMs - this.#clock.nowMs() : ttlMs
  }

  #begin(lease: string, counted: Counted): void {
    counted.cancel()
    counted.dueMs = this.#clock.nowMs() + counted.ttlMs
    if (!this.#isCounting) return
    counted.cancel = this.#clock.after(counted.ttlMs, () => {
      this.#leases.delete(lease)
      this.#ended(lease)
    })
  }
}
