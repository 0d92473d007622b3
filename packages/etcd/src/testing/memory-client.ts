/**
 * testing/memory-client: the client of an etcd in memory: every verb with its deadline.
 *
 * Keeps the contract of `EtcdClient` to the letter, so that what is tested with it may rely on the
 * same of the real one. Reads come again by themselves when the line is mended within their time.
 *
 * @source client/etcd-client
 */

import { TroupeError } from 'troupe'
import type { Clock } from 'troupe/registrar'
import type {
  EndpointStatus,
  EtcdCallOptions,
  EtcdClient,
  Grant,
  HeldLease,
  KeyRange,
  RangeAnswer,
  RangeAsk,
  Running,
  Txn,
  TxnAnswer,
  WatchAsk,
} from '#etcd/client/etcd-client'
import { MemoryHeldLease } from './memory-held-lease.js'
import type { MemoryLeases } from './memory-leases.js'
import type { MemoryLine } from './memory-line.js'
import type { MemoryStore } from './memory-store.js'
import { MemoryWatch } from './memory-watch.js'

/** How a client in memory waits. Times are milliseconds. */
export interface MemoryClientOptions {
  /** Longest wait of one request; default 10,000. */
  readonly requestTimeoutMs?: number
  /** From sign of life to sign of life of a lease; default a third of it, 1,000 at least. */
  readonly keepAliveMs?: number
}

/** What a client knows of the etcd it talks to. */
export interface ClientEnd {
  readonly clock: Clock
  readonly line: MemoryLine
  readonly store: MemoryStore
  readonly leases: MemoryLeases
  readonly version: string
  watching(watch: MemoryWatch): void
  closed(watch: MemoryWatch): void
}

/** One verb under way. */
interface Errand {
  readonly operation: string
  readonly isWrite: boolean
}

export const MEMORY_CLIENT_DEFAULTS = Object.freeze({ requestTimeoutMs: 10_000 })

const ENDPOINT = 'memory:2379'
const KEEP_ALIVE_MIN_MS = 1_000

export class MemoryClient implements EtcdClient {
  readonly endpoints: readonly string[] = Object.freeze([ENDPOINT])
  readonly #end: ClientEnd
  readonly #requestTimeoutMs: number
  readonly #keepAliveMs: number | undefined
  readonly #watches = new Set<MemoryWatch>()
  readonly #leases = new Set<MemoryHeldLease>()
  readonly #calls = new Set<(error: TroupeError) => void>()
  #isClosed = false

  constructor(end: ClientEnd, options: MemoryClientOptions) {
    const { requestTimeoutMs, keepAliveMs } = { ...MEMORY_CLIENT_DEFAULTS, ...options }
    this.#end = end
    this.#requestTimeoutMs = requestTimeoutMs
    this.#keepAliveMs = keepAliveMs
  }

  nowMs(): number {
    return this.#end.clock.nowMs()
  }

  range(ask: RangeAsk, options: EtcdCallOptions = {}): Promise<RangeAnswer> {
    const { store } = this.#end
    const act = () => ({ ...store.range(ask), revision: store.revision })
    return this.#call({ operation: 'range', isWrite: false }, act, options)
  }

  rangeAll(range: KeyRange, options: EtcdCallOptions = {}): Promise<RangeAnswer> {
    const { store } = this.#end
    const act = () => ({ ...store.rangeAll(range), revision: store.revision })
    return this.#call({ operation: 'range', isWrite: false }, act, options)
  }

  txn(txn: Txn, options: EtcdCallOptions = {}): Promise<TxnAnswer> {
    const acts = [...(txn.acts ?? []), ...(txn.otherwise ?? [])]
    const isWrite = acts.some(({ kind }) => kind !== 'range')
    const act = () => this.#end.store.txn(txn)
    return this.#call({ operation: 'txn', isWrite }, act, options)
  }

  grant(ttlMs: number, options: EtcdCallOptions = {}): Promise<Grant> {
    const { leases, store } = this.#end
    const act = () => {
      const grant = leases.grant(ttlMs)
      store.addLease(grant.lease)
      return grant
    }
    return this.#call({ operation: 'grant', isWrite: true }, act, options)
  }

  revoke(lease: string, options: EtcdCallOptions = {}): Promise<void> {
    const { leases, store } = this.#end
    const act = () => {
      // A lease that was ended twice is as ended as one that was ended once.
      if (store.leases.includes(lease)) store.endLease(lease)
      leases.remove(lease)
    }
    return this.#call({ operation: 'revoke', isWrite: true }, act, { ...options, retry: true })
  }

  timeToLive(lease: string, options: EtcdCallOptions = {}): Promise<number> {
    const act = () => this.#end.leases.leftMs(lease)
    return this.#call({ operation: 'timeToLive', isWrite: false }, act, options)
  }

  async hold(ttlMs: number, options: EtcdCallOptions = {}): Promise<HeldLease> {
    const sentAtMs = this.nowMs()
    // One that was granted and not heard of ends by itself.
    const grant = await this.grant(ttlMs, { ...options, retry: true })
    const third = Math.max(grant.ttlMs / 3, KEEP_ALIVE_MIN_MS)
    const wishedMs = this.#keepAliveMs ?? third
    const lease = new MemoryHeldLease(grant, sentAtMs, {
      clock: this.#end.clock,
      keepAliveMs: Math.min(wishedMs, grant.ttlMs / 2),
      renew: (id) => this.#renew(id, grant.ttlMs),
      revoke: (id) => this.revoke(id),
      ended: (one) => {
        this.#leases.delete(one)
        this.#end.line.unlisten(one)
      },
    })
    this.#leases.add(lease)
    this.#end.line.listen(lease)
    return lease
  }

  watch(ask: WatchAsk): Running {
    this.#requireOpen()
    const { clock, line, store } = this.#end
    const closed = (one: MemoryWatch): void => {
      this.#watches.delete(one)
      this.#end.closed(one)
    }
    const watch = new MemoryWatch(ask, { clock, line, store, closed })
    this.#watches.add(watch)
    this.#end.watching(watch)
    return watch
  }

  status(endpoint: string, options: EtcdCallOptions = {}): Promise<EndpointStatus> {
    const { store, version } = this.#end
    const act = (): EndpointStatus => {
      const { revision, bytes } = store
      const ids = { clusterId: 'cdf818194e3a8c32', memberId: '8e9e05c52164694d' }
      return { endpoint, version, ...ids, isLeader: true, revision, dbBytes: bytes }
    }
    return this.#call({ operation: 'status', isWrite: false }, act, options)
  }

  compact(revision: number, options: EtcdCallOptions = {}): Promise<void> {
    const act = () => this.#end.store.compact(revision)
    return this.#call({ operation: 'compact', isWrite: true }, act, options)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const watch of [...this.#watches]) watch.close()
    for (const lease of [...this.#leases]) lease.close()
    for (const fail of [...this.#calls]) fail(this.#closedError())
  }

  #renew(lease: string, timeoutMs: number): Promise<number> {
    const act = () => this.#end.leases.renew(lease)
    // A keep-alive changes nothing that could be lost with its answer.
    return this.#call({ operation: 'keepAlive', isWrite: false }, act, { timeoutMs })
  }

  async #call<T>(errand: Errand, act: () => T, options: EtcdCallOptions): Promise<T> {
    this.#requireOpen()
    const { operation } = errand
    const { timeoutMs = this.#requestTimeoutMs, signal, retry = false } = options
    const aborted = new TroupeError('CALL_ABORTED', { request: operation, to: ENDPOINT })
    if (signal?.aborted === true) throw aborted
    let isOver = false
    return new Promise<T>((settle, reject) => {
      const late = { endpoint: ENDPOINT, operation, timeoutMs }
      const over = (): void => {
        isOver = true
        cancel()
        this.#calls.delete(fail)
        signal?.removeEventListener('abort', abort)
      }
      const fail = (error: TroupeError): void => {
        over()
        reject(error)
      }
      const abort = (): void => fail(aborted)
      const cancel = this.#end.clock.after(timeoutMs, () => {
        fail(new TroupeError('ETCD_TIMEOUT', late))
      })
      this.#calls.add(fail)
      signal?.addEventListener('abort', abort)
      this.#end.line.send({
        ...errand,
        retry,
        isOver: () => isOver,
        act,
        answer: (value) => {
          over()
          settle(value as T)
        },
        refused: (problem, how) => fail(refusalOf(operation, problem, how)),
      })
    })
  }

  #requireOpen(): void {
    if (this.#isClosed) throw this.#closedError()
  }

  #closedError(): TroupeError {
    return new TroupeError('ETCD_CLOSED', { endpoints: this.endpoints.join(', ') })
  }
}

const refusalOf = (operation: string, problem: string, how: 'refused' | 'unsent'): TroupeError =>
  how === 'refused'
    ? new TroupeError('ETCD_REFUSED', { endpoint: ENDPOINT, operation, problem })
    : new TroupeError('ETCD_UNREACHABLE', { endpoints: ENDPOINT, problem })
