/**
 * testing/memory-held-lease: a lease that a client of an etcd in memory keeps alive.
 *
 * While nothing is heard of it nothing is certain: it is asked for again and again, and has ended
 * when etcd says so.
 *
 * @source etcd v3.4 LeaseKeepAlive; client/etcd-client
 */

import type { Cancel, Clock } from 'troupe/registrar'
import type { Grant, HeldLease } from '#etcd/client/etcd-client'
import type { LineListener } from './memory-line.js'

/** What a held lease asks of its client. */
export interface LeaseKeeper {
  readonly clock: Clock
  /** From sign of life to sign of life. */
  readonly keepAliveMs: number
  /** Its time to live, which begins anew; 0: it is there no more. Rejects when nothing is heard. */
  renew(lease: string): Promise<number>
  revoke(lease: string): Promise<void>
  ended(lease: MemoryHeldLease): void
}

type Ending = 'expired' | 'revoked' | 'closed'

export class MemoryHeldLease implements HeldLease, LineListener {
  readonly id: string
  readonly ttlMs: number
  readonly ended: Promise<Ending>
  readonly #keeper: LeaseKeeper
  #untilMs: number
  #settle: (ending: Ending) => void = () => {}
  #cancel: Cancel = () => false
  #isOpen = true

  constructor({ lease, ttlMs }: Grant, sentAtMs: number, keeper: LeaseKeeper) {
    this.id = lease
    this.ttlMs = ttlMs
    this.#keeper = keeper
    this.#untilMs = sentAtMs + ttlMs
    this.ended = new Promise((settle) => {
      this.#settle = settle
    })
    this.#wait()
  }

  get untilMs(): number {
    return this.#untilMs
  }

  async revoke(): Promise<void> {
    if (!this.#isOpen) return
    this.#letGo()
    try {
      await this.#keeper.revoke(this.id)
      this.#settle('revoked')
    } finally {
      this.#settle('closed')
    }
  }

  close(): void {
    this.#letGo()
    this.#settle('closed')
  }

  lineLost(): void {}

  lineBack(): void {
    if (this.#isOpen) this.#keep()
  }

  #wait(): void {
    this.#cancel()
    this.#cancel = this.#keeper.clock.after(this.#keeper.keepAliveMs, () => this.#keep())
  }

  #keep(): void {
    this.#wait()
    const sentAtMs = this.#keeper.clock.nowMs()
    this.#keeper.renew(this.id).then(
      (ttlMs) => this.#take(ttlMs, sentAtMs),
      () => {}, // What is not answered is asked again.
    )
  }

  #take(ttlMs: number, sentAtMs: number): void {
    if (!this.#isOpen) return
    if (ttlMs > 0) {
      this.#untilMs = Math.max(this.#untilMs, sentAtMs + ttlMs)
      return
    }
    this.#letGo()
    this.#settle('expired')
  }

  #letGo(): void {
    this.#isOpen = false
    this.#cancel()
    this.#keeper.ended(this)
  }
}
