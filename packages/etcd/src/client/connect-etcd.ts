/**
 * client/connect-etcd: the client of an etcd over gRPC.
 *
 * Makes the parts and hands each verb to the one that can do it.
 */
import { TroupeError } from 'troupe'
import { requireOption } from 'troupe/registrar'
import { unary } from './attempt.js'
import { tokensOf } from './auth.js'
import { Calls } from './calls.js'
import { catchUp } from './catch-up.js'
import type { CallAsk } from './course.js'
import { Endpoints } from './endpoints.js'
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
} from './etcd-client.js'
import { KeptLease } from './lease.js'
import { rangeAnswer, rangeMessage, txnAnswer, txnMessage } from './messages.js'
import { type CompleteEtcd, completeEtcd, type EtcdOptions, printedEndpoint } from './options.js'
import { readAll } from './pages.js'
import { type Answers, type MethodName, methodOf } from './proto.js'
import { Watch } from './watch.js'
import { type EtcdWorld, MACHINE } from './world.js'

const LEASE_GONE = /lease not found/

/**
 * Makes a client; answers at once, and dials when something is asked. Throws OPTION_INVALID.
 *
 * @example const etcd = connectEtcd({ endpoints: ['localhost:2379'] })
 * @source etcd v3.4 API reference
 */
export function connectEtcd(options: EtcdOptions = {}, world: EtcdWorld = MACHINE): EtcdClient {
  return new GrpcEtcd(completeEtcd(options), world)
}

interface Question {
  readonly operation: string
  readonly message: object
  readonly repeatable: boolean
}

class GrpcEtcd implements EtcdClient {
  readonly endpoints: readonly string[]
  readonly #options: CompleteEtcd
  readonly #world: EtcdWorld
  readonly #calls: Calls
  readonly #going = new Set<Running>()

  constructor(options: CompleteEtcd, world: EtcdWorld) {
    this.endpoints = options.endpoints
    this.#options = options
    this.#world = world
    // Clients that are given the same list do not all begin with its first.
    const first = world.random.below(options.endpoints.length)
    this.#calls = new Calls(new Endpoints(options, first), options, world)
    const { username, password } = options
    if (username !== undefined && password !== undefined) {
      this.#calls.tokens = tokensOf({ username, password }, this.#calls)
    }
  }

  nowMs(): number {
    return this.#world.clock.nowMs()
  }

  async range(ask: RangeAsk, options?: EtcdCallOptions): Promise<RangeAnswer> {
    const question = { operation: 'range', message: rangeMessage(ask), repeatable: true }
    return rangeAnswer((await this.#unary('KV/Range', question, options)).answer)
  }

  rangeAll(range: KeyRange, options?: EtcdCallOptions): Promise<RangeAnswer> {
    // However much there is to read, it is read once: a page that came gives time for the next.
    return readAll(range, (ask) => this.range(ask, options))
  }

  async txn(txn: Txn, options?: EtcdCallOptions): Promise<TxnAnswer> {
    const { acts = [], otherwise = [] } = txn
    const isRead = [...acts, ...otherwise].every(({ kind }) => kind === 'range')
    const question = { operation: 'txn', message: txnMessage(txn), repeatable: isRead }
    return txnAnswer((await this.#unary('KV/Txn', question, options)).answer)
  }

  async grant(ttlMs: number, options?: EtcdCallOptions): Promise<Grant> {
    return (await this.#grant(ttlMs, options)).grant
  }

  async #grant(ttlMs: number, options?: EtcdCallOptions) {
    requireOption(ttlMs > 0 && ttlMs < 9e12, 'etcd.ttlMs', ttlMs, 'give milliseconds above 0')
    const message = { TTL: Math.ceil(ttlMs / 1_000) }
    const question = { operation: 'grant', message, repeatable: false }
    const found = await this.#unary('Lease/LeaseGrant', question, options)
    const { ID, TTL, error } = found.answer
    if (error !== '') {
      const { address } = found.endpoint
      throw new TroupeError('ETCD_REFUSED', {
        endpoint: address,
        operation: 'grant',
        problem: error,
      })
    }
    return { grant: { lease: ID, ttlMs: Number(TTL) * 1_000 }, sentMs: found.sentMs }
  }

  async revoke(lease: string, options?: EtcdCallOptions): Promise<void> {
    const message = { ID: requireLease(lease) }
    const question = { operation: 'revoke', message, repeatable: true }
    try {
      await this.#unary('Lease/LeaseRevoke', question, options)
    } catch (thrown) {
      // A lease that was ended twice is as ended as one that was ended once.
      const isGone = TroupeError.is(thrown, 'ETCD_REFUSED') && LEASE_GONE.test(thrown.message)
      if (!isGone) throw thrown
    }
  }

  async timeToLive(lease: string, options?: EtcdCallOptions): Promise<number> {
    const { timeoutMs = this.#options.requestTimeoutMs } = options ?? {}
    const untilMs = this.nowMs() + timeoutMs
    const left = (): EtcdCallOptions => {
      return { ...options, timeoutMs: Math.max(1, untilMs - this.nowMs()) }
    }
    const first = await this.#leftMs(lease, options)
    if (first > 0) return first
    // A new leader that has not yet read all of its own log does not know the lease either.
    await catchUp(this.#calls, left())
    return this.#leftMs(lease, left())
  }

  async #leftMs(lease: string, options: EtcdCallOptions | undefined): Promise<number> {
    const message = { ID: requireLease(lease) }
    const question = { operation: 'time to live', message, repeatable: true }
    const { answer } = await this.#unary('Lease/LeaseTimeToLive', question, options)
    // Whole seconds that are left, so 0 in the last one, and -1 when it is gone.
    const [left, granted] = [Number(answer.TTL), Number(answer.grantedTTL)]
    return left < 0 ? 0 : Math.min(left + 1, granted) * 1_000
  }

  async hold(ttlMs: number, options?: EtcdCallOptions): Promise<HeldLease> {
    // One that was granted and not heard of ends by itself.
    const { grant, sentMs } = await this.#grant(ttlMs, { ...options, retry: true })
    if (this.#calls.closed) throw this.#calls.closedError()
    const lease = new KeptLease(grant, sentMs, {
      calls: this.#calls,
      world: this.#world,
      keepAliveMs: this.#options.keepAliveMs,
      revoke: (id) => this.revoke(id),
      ended: () => this.#going.delete(lease),
    })
    this.#going.add(lease)
    return lease
  }

  watch(ask: WatchAsk): Running {
    if (this.#calls.closed) throw this.#calls.closedError()
    const { fromRevision } = ask
    const holds = Number.isSafeInteger(fromRevision) && fromRevision >= 0
    requireOption(holds, 'etcd.fromRevision', fromRevision, 'give a revision, or 0: what comes')
    const watch = new Watch(ask, {
      calls: this.#calls,
      world: this.#world,
      ended: () => this.#going.delete(watch),
    })
    this.#going.add(watch)
    return watch
  }

  async status(address: string, options?: EtcdCallOptions): Promise<EndpointStatus> {
    const only = this.#calls.endpoints.at(address)
    const known = this.endpoints.join(', ')
    const told = printedEndpoint(address)
    requireOption(only !== undefined, 'etcd.endpoint', told, `give one of ${known}`)
    const question = { operation: 'status', message: {}, repeatable: true }
    const extra = { needsLeader: false, ...(only === undefined ? {} : { only }) }
    const { answer } = await this.#unary('Maintenance/Status', question, options, extra)
    const { cluster_id = '0', member_id = '0', revision = '0' } = answer.header ?? {}
    return {
      endpoint: address,
      version: answer.version,
      clusterId: BigInt(cluster_id).toString(16),
      memberId: BigInt(member_id).toString(16),
      isLeader: member_id !== '0' && answer.leader === member_id,
      revision: Number(revision),
      dbBytes: Number(answer.dbSize),
    }
  }

  async compact(revision: number, options?: EtcdCallOptions): Promise<void> {
    const question = { operation: 'compact', message: { revision }, repeatable: false }
    await this.#unary('KV/Compact', question, options)
  }

  close(): void {
    if (this.#calls.closed) return
    this.#calls.close()
    for (const one of [...this.#going]) one.close()
    this.#calls.endpoints.close()
  }

  #unary<N extends MethodName>(
    name: N,
    { message, ...question }: Question,
    options: EtcdCallOptions | undefined,
    extra: Partial<CallAsk<Answers[N]>> = {},
  ) {
    const send = unary(methodOf(name), message)
    return this.#calls.ask<Answers[N]>({ ...question, ...extra, send }, options)
  }
}

/** Etcd's ids of leases are whole numbers of 64 bits, as text. */
function requireLease(lease: string): string {
  const holds = typeof lease === 'string' && /^-?[0-9]{1,19}$/.test(lease)
  requireOption(holds, 'etcd.lease', lease, 'give the id of a lease, as it was granted')
  return lease
}
