/**
 * testing/memory-etcd: an etcd in memory, with verbs for what may befall it.
 *
 * Several clients share it, each by a name; faults name a client. Its time is the clock it is
 * given, its chance comes from a seed: so a test with it repeats itself exactly. What it answers is
 * what a real etcd answers: the same list of cases holds for both.
 * Limit: one member; no users, no TLS: those are tested with a real etcd.
 *
 * @source etcd v3.4 API reference; design 9
 */

import {
  type Clock,
  type Random,
  requireDuration,
  seededRandom,
  systemClock,
} from 'troupe/registrar'
import type { Bytes, EtcdClient, KeyRange, KeyValue } from '#etcd/client/etcd-client'
import { keyText } from './key-text.js'
import { MemoryClient, type MemoryClientOptions } from './memory-client.js'
import { type LeaseView, MemoryLeases } from './memory-leases.js'
import { type CutOptions, type LineDelay, type LineEnd, MemoryLine } from './memory-line.js'
import { MemoryStore, type StoreState } from './memory-store.js'
import type { MemoryWatch } from './memory-watch.js'

/** How an etcd in memory is made. Times are milliseconds. */
export interface MemoryEtcdOptions {
  /** Its time; default that of the machine. */
  readonly clock?: Clock
  /** Of its chance; default 1. */
  readonly seed?: number
  /** How long a question and its answer are on their way together; default 1. */
  readonly latencyMs?: number
  /** How long what a watch is told is on its way; default 1. */
  readonly watchMs?: number
  /** At most so much more for everything, by chance; default 0. */
  readonly jitterMs?: number
  /** The shortest lease that is granted; default 2,000, as of an etcd with its usual options. */
  readonly leaseMinMs?: number
  /** What it says its version is; default 3.4.23. */
  readonly version?: string
}

/** What the options of an etcd in memory leave open. */
export const MEMORY_ETCD_DEFAULTS = Object.freeze({
  seed: 1,
  latencyMs: 1,
  watchMs: 1,
  jitterMs: 0,
  leaseMinMs: 2_000,
  version: '3.4.23',
})

/** All of an etcd at one moment. */
export interface EtcdSnapshot {
  readonly revision: number
  readonly store: StoreState
  readonly leases: readonly LeaseView[]
}

/**
 * Makes an etcd in memory.
 *
 * @example
 * const etcd = memoryEtcd({ clock })
 * const client = etcd.client('a@host')
 * etcd.cutOff('a@host')
 */
export function memoryEtcd(options: MemoryEtcdOptions = {}): MemoryEtcd {
  return new MemoryEtcd(options)
}

export class MemoryEtcd implements LineEnd {
  readonly clock: Clock
  readonly random: Random
  readonly #store = new MemoryStore()
  readonly #leases: MemoryLeases
  readonly #lines = new Map<string, MemoryLine>()
  readonly #watches = new Set<MemoryWatch>()
  readonly #delay: LineDelay
  readonly #version: string
  #isFrozen = false
  #waiting: (() => void)[] = []

  constructor(given: MemoryEtcdOptions) {
    const {
      clock = systemClock,
      seed,
      leaseMinMs,
      version,
      ...delay
    } = {
      ...MEMORY_ETCD_DEFAULTS,
      ...given,
    }
    requireDuration('leaseMinMs', leaseMinMs)
    this.clock = clock
    this.random = seededRandom(seed)
    this.#delay = delay
    this.#version = version
    this.#leases = new MemoryLeases(clock, leaseMinMs, (lease) => {
      this.#store.endLease(lease)
      this.changed()
    })
  }

  get revision(): number {
    return this.#store.revision
  }

  get isFrozen(): boolean {
    return this.#isFrozen
  }

  /** Makes a client; those of one name suffer the same faults. */
  client(name: string, options: MemoryClientOptions = {}): EtcdClient {
    const end = {
      clock: this.clock,
      line: this.#lineOf(name),
      store: this.#store,
      leases: this.#leases,
      version: this.#version,
      watching: (watch: MemoryWatch) => void this.#watches.add(watch),
      closed: (watch: MemoryWatch) => void this.#watches.delete(watch),
    }
    return new MemoryClient(end, options)
  }

  /** This etcd and a client do not hear each other from now on. */
  cutOff(name: string, options: CutOptions = {}): void {
    this.#lineOf(name).cutOff(options)
  }

  /** They hear each other again. */
  mend(name: string): void {
    this.#lineOf(name).mend()
  }

  /** How long things are on their way between this etcd and a client. */
  delay(name: string, delay: Partial<LineDelay>): void {
    this.#lineOf(name).delay(delay)
  }

  /** The next writes of a client happen, and it never hears of it: ETCD_TIMEOUT. */
  loseAnswer(name: string, count = 1): void {
    this.#lineOf(name).loseAnswers(count)
  }

  /** Refuses all that a client asks, as etcd does without permission; its watches end. */
  refuse(name: string, problem: string): void {
    this.#lineOf(name).refuse(problem)
  }

  /** Refuses a client nothing any more. */
  admit(name: string): void {
    this.#lineOf(name).refuse(undefined)
  }

  /**
   * It has no leader: nothing is answered and no lease ends. What was asked meanwhile happens late,
   * when it has one again, and every lease begins anew, in full.
   */
  freeze(): void {
    if (this.#isFrozen) return
    this.#isFrozen = true
    this.#leases.pause()
    for (const line of this.#lines.values()) line.lost('etcd has no leader')
  }

  thaw(): void {
    if (!this.#isFrozen) return
    this.#isFrozen = false
    this.#leases.resume()
    const waiting = this.#waiting
    this.#waiting = []
    for (const arrive of waiting) arrive()
    for (const line of this.#lines.values()) line.back()
  }

  /** Forgets what was before a revision; default: all but what holds now. */
  compact(revision = this.#store.revision): void {
    this.#store.compact(revision)
  }

  /** All there is, as `etcdctl snapshot save` would keep it. */
  snapshot(): EtcdSnapshot {
    const { revision } = this.#store
    return Object.freeze({ revision, store: this.#store.save(), leases: this.#leases.view() })
  }

  /** All is as it was then, the revision too: the lines break, and every lease begins anew. */
  restore({ store, leases }: EtcdSnapshot): void {
    for (const line of this.#lines.values()) line.lost('etcd was restored')
    this.#store.load(store)
    for (const watch of this.#watches) watch.restored(store.revision)
    this.#leases.clear()
    for (const { lease, ttlMs } of leases) this.#leases.add(lease, ttlMs)
    for (const line of this.#lines.values()) line.back()
  }

  /** A lease ends at once, whoever keeps it. */
  expire(lease: string): void {
    this.#leases.remove(lease)
    this.#store.endLease(lease)
    this.changed()
  }

  /** Sets a key, as `etcdctl put` does. */
  put(key: Bytes, value: Bytes, { lease }: { readonly lease?: string } = {}): number {
    const under = lease === undefined ? {} : { lease }
    const { revision } = this.#store.txn({ acts: [{ kind: 'put', key, value, ...under }] })
    this.changed()
    return revision
  }

  /** Removes keys, as `etcdctl del` does. */
  delete(range: KeyRange): void {
    this.#store.txn({ acts: [{ kind: 'delete', range }] })
    this.changed()
  }

  get(key: Bytes): KeyValue | undefined {
    return this.#store.get(keyText(key))
  }

  /** Keys that begin so, and what stands there, as text. */
  texts(prefix = ''): Readonly<Record<string, string>> {
    const { keys } = this.#store.rangeAll({ prefix })
    return Object.fromEntries(keys.map(({ key, value }) => [key.toString(), value.toString()]))
  }

  /** The leases that are alive. */
  leases(): readonly LeaseView[] {
    return this.#leases.view()
  }

  /** Tells every watch up to where nothing more has happened. */
  progress(): void {
    for (const watch of [...this.#watches]) watch.progress()
  }

  /** Called by lines: what was asked while it is frozen. */
  wait(arrive: () => void): void {
    this.#waiting.push(arrive)
  }

  /** Called by lines: something may have changed. */
  changed(): void {
    for (const watch of [...this.#watches]) watch.changed()
  }

  #lineOf(name: string): MemoryLine {
    const known = this.#lines.get(name)
    if (known !== undefined) return known
    const line = new MemoryLine(this, this.#delay)
    this.#lines.set(name, line)
    return line
  }
}
