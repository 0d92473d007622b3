/**
 * client/lease: a lease that is kept alive, from question to question.
 *
 * Every question is one of its own, so that one endpoint that is silent holds up none. While etcd
 * does not answer the lease may live on in it: a lease does not end while there is no leader, and
 * begins anew after a restart. So an outage makes it doubtful, `untilMs` lies in the past, and only
 * etcd's word ends it.
 *
 * @source etcd v3.4 lease (LeaseKeepAlive answers a TTL of 0 for one that is gone)
 */
import { TroupeError } from 'troupe'
import type { Cancel } from 'troupe/registrar'
import { firstOfStream } from './attempt.js'
import type { Calls } from './calls.js'
import { catchUp } from './catch-up.js'
import type { Grant, HeldLease } from './etcd-client.js'
import { methodOf } from './proto.js'
import { backoffMs, type EtcdWorld } from './world.js'

/** Why nobody keeps it any more. */
type Ending = 'expired' | 'revoked' | 'closed'

export interface LeaseNeeds {
  readonly calls: Calls
  readonly world: EtcdWorld
  readonly keepAliveMs: number | undefined
  revoke(lease: string): Promise<void>
  /** It needs no care any more. */
  ended(): void
}

const BEAT_MS_MIN = 1_000
const RETRY_MS_MAX = 1_000

export class KeptLease implements HeldLease {
  readonly id: string
  readonly ttlMs: number
  readonly ended: Promise<Ending>
  readonly #needs: LeaseNeeds
  readonly #beatMs: number
  #untilMs: number
  #cancel: Cancel | undefined
  #failures = 0
  #isEnded = false
  #settle: (ending: Ending) => void = () => {}

  constructor(grant: Grant, sentMs: number, needs: LeaseNeeds) {
    this.id = grant.lease
    this.ttlMs = grant.ttlMs
    this.#needs = needs
    this.#untilMs = sentMs + grant.ttlMs
    const wishedMs = needs.keepAliveMs ?? Math.max(BEAT_MS_MIN, grant.ttlMs / 3)
    this.#beatMs = Math.min(wishedMs, grant.ttlMs / 2)
    this.ended = new Promise((resolve) => {
      this.#settle = resolve
    })
    this.#plan(sentMs + this.#beatMs)
  }

  get untilMs(): number {
    return this.#untilMs
  }

  #plan(atMs: number): void {
    if (this.#isEnded) return
    const { clock } = this.#needs.world
    this.#cancel = clock.after(Math.max(0, atMs - clock.nowMs()), () => void this.#beat())
  }

  async #beat(): Promise<void> {
    const { clock, random } = this.#needs.world
    try {
      const sentMs = await this.#ask()
      if (sentMs === undefined) return this.#end('expired')
      this.#failures = 0
      this.#plan(sentMs + this.#beatMs)
    } catch (thrown) {
      if (TroupeError.is(thrown, 'ETCD_CLOSED')) return this.#end('closed')
      this.#plan(clock.nowMs() + backoffMs(random, this.#failures, RETRY_MS_MAX))
      this.#failures += 1
    }
  }

  /** When the question that was answered had been sent; undefined: etcd has no such lease. */
  async #ask(): Promise<number | undefined> {
    const first = await this.#askOnce()
    if (first !== undefined) return first
    // A new leader that has not yet read all of its own log does not know the lease either.
    await catchUp(this.#needs.calls, { timeoutMs: this.#patienceMs() })
    return this.#askOnce()
  }

  async #askOnce(): Promise<number | undefined> {
    const send = firstOfStream(methodOf('Lease/LeaseKeepAlive'), { ID: this.id })
    const ask = { operation: 'keep alive', send, repeatable: true }
    const { answer, sentMs } = await this.#needs.calls.ask(ask, { timeoutMs: this.#patienceMs() })
    const ttlMs = Number(answer.TTL) * 1_000
    if (ttlMs <= 0) return undefined
    if (!this.#isEnded) this.#untilMs = Math.max(this.#untilMs, sentMs + ttlMs)
    return sentMs
  }

  #patienceMs(): number {
    return Math.max(BEAT_MS_MIN, this.ttlMs - this.#beatMs)
  }

  async revoke(): Promise<void> {
    if (this.#isEnded) return
    this.#stop()
    try {
      await this.#needs.revoke(this.id)
      this.#settle('revoked')
    } finally {
      this.#settle('closed')
    }
  }

  close(): void {
    this.#end('closed')
  }

  #end(ending: Ending): void {
    if (this.#isEnded) return
    this.#stop()
    this.#settle(ending)
  }

  #stop(): void {
    this.#isEnded = true
    this.#cancel?.()
    this.#needs.ended()
  }
}
