/**
 * campaign-etcd: an etcd of a campaign's world: keys, leases that end, a queue of what is to come.
 */
import type { Txn } from '#etcd/client/etcd-client'
import { readChange, type ViewChange } from '#etcd/leader/campaign-view'
import { type LeaderKeys, leaderKeys } from '#etcd/leader/leader-keys'
import { MemoryStore } from '#etcd/testing/memory-store'

export const TTL_MS = 2_000
export const KEYS: LeaderKeys = leaderKeys('services/troupe', 'default', 'test')

interface Due {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

/** What is to come, in order. */
export class Queue {
  readonly #dues: Due[] = []
  #order = 0

  add(atMs: number, run: () => void): void {
    this.#order += 1
    const due = { atMs, order: this.#order, run }
    let at = this.#dues.length
    // The earliest stands last.
    while (at > 0 && isBefore(this.#dues[at - 1] as Due, due)) at -= 1
    this.#dues.splice(at, 0, due)
  }

  /** What comes next up to `limitMs`; undefined: nothing does. */
  take(limitMs: number): Due | undefined {
    const due = this.#dues.at(-1)
    return due === undefined || due.atMs > limitMs ? undefined : this.#dues.pop()
  }
}

const isBefore = (one: Due, other: Due): boolean =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)

export class CampaignEtcd {
  readonly #store = new MemoryStore()
  readonly #leases = new Map<string, { readonly ttlMs: number; dueMs: number }>()
  readonly #told: () => void
  #count = 0
  #snapshot: ReturnType<MemoryStore['save']> | undefined = undefined
  isDown = false

  /** `told`: something may have changed. */
  constructor(told: () => void) {
    this.#told = told
  }

  get revision(): number {
    return this.#store.revision
  }

  txn(txn: Txn): ReturnType<MemoryStore['txn']> {
    return this.#store.txn(txn)
  }

  changesFrom(revision: number): readonly ViewChange[] {
    return (this.#store.changesFrom(revision) ?? []).flatMap(({ entry, key, revision: at }) => {
      const gone = { kind: 'delete' as const, key: Buffer.from(key), modRevision: at }
      const read = readChange(KEYS, entry === undefined ? gone : { kind: 'put', entry })
      return read === undefined ? [] : [read]
    })
  }

  grant(ttlMs: number, nowMs: number): string {
    this.#count += 1
    const id = String(1_000_000 + this.#count)
    this.#store.addLease(id)
    this.#leases.set(id, { ttlMs, dueMs: nowMs + ttlMs })
    return id
  }

  /** Whether there is such a lease, which begins anew. */
  renew(id: string, nowMs: number): boolean {
    const lease = this.#leases.get(id)
    if (lease !== undefined) lease.dueMs = nowMs + lease.ttlMs
    return lease !== undefined
  }

  leftMs(id: string, nowMs: number): number {
    const left = (this.#leases.get(id)?.dueMs ?? nowMs) - nowMs
    return Math.ceil(left / 1_000) * 1_000
  }

  expire(nowMs: number): void {
    if (this.isDown) return
    for (const [id, { dueMs }] of this.#leases) if (dueMs <= nowMs) this.endLease(id)
  }

  endLease(id: string): void {
    if (!this.#leases.delete(id)) return
    this.#store.endLease(id)
    this.#told()
  }

  /** It has a leader again: every lease begins anew. */
  up(nowMs: number): void {
    this.isDown = false
    for (const lease of this.#leases.values()) lease.dueMs = nowMs + lease.ttlMs
    this.#told()
  }

  save(): void {
    this.#snapshot = this.#store.save()
  }

  /** All is as it was when it was saved. */
  restore(): void {
    const snapshot = this.#snapshot
    if (snapshot === undefined) return
    this.#store.load(snapshot)
    this.#leases.clear()
    for (const id of snapshot.leases.keys()) this.#leases.set(id, { ttlMs: TTL_MS, dueMs: 0 })
  }

  /** A person with etcdctl: takes the key of the leader away, or writes over one. */
  byHand(kind: number, garbage: string): void {
    const { leader, base, folder } = KEYS
    const put = (key: string) => ({ acts: [{ kind: 'put' as const, key, value: garbage }] })
    if (kind === 0) this.#store.txn({ acts: [{ kind: 'delete', range: { key: leader } }] })
    if (kind === 1) this.#store.txn(put(leader))
    if (kind === 2) this.#store.txn(put(base))
    if (kind === 3) this.#store.txn({ acts: [{ kind: 'delete', range: { prefix: folder } }] })
    this.#told()
  }
}
