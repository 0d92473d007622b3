/**
 * client/calls: one call over several attempts: which endpoint, how long each, and again or not.
 *
 * The endpoint that answered last is asked first. While nothing was done the next one is asked;
 * what may have happened is asked again only if it does no harm. While no endpoint can be reached
 * at all a call waits `dialTimeoutMs`; while members have no leader, until its deadline.
 *
 * @source design 11 (etcd v3: deadlines on every call, several endpoints)
 */
import { TroupeError } from 'troupe'
import { requireDuration } from 'troupe/registrar'
import { attempt, metadataOf, type Outcome, type Send } from './attempt.js'
import type { Endpoint, Endpoints } from './endpoints.js'
import type { EtcdCallOptions } from './etcd-client.js'
import type { Fault } from './faults.js'
import type { CompleteEtcd } from './options.js'
import { Patience } from './patience.js'
import type { Headed } from './proto.js'
import { backoffMs, type EtcdWorld } from './world.js'

/** Where the token comes from; `renew` is told which one was refused. */
export interface Tokens {
  current(): string | undefined | Promise<string | undefined>
  renew(refused: string | undefined): Promise<string | undefined>
}

export interface CallAsk<A> {
  readonly operation: string
  readonly send: Send<A>
  /** It does no harm twice. */
  readonly repeatable: boolean
  /** Only this one is asked. */
  readonly only?: Endpoint
  /** Default true: whoever has no leader does not answer. */
  readonly needsLeader?: boolean
  /** Default true. */
  readonly needsToken?: boolean
}

export interface Answered<A> {
  readonly answer: A
  readonly endpoint: Endpoint
  /** When the question that was answered had been sent, on the steady clock. */
  readonly sentMs: number
}

const ROUND_WAIT_MS_MAX = 1_000

type Failed = Exclude<Fault, { readonly kind: 'refused' | 'stale' }>

export class Calls {
  readonly endpoints: Endpoints
  readonly #options: CompleteEtcd
  readonly #world: EtcdWorld
  readonly #open = new Set<Patience>()
  tokens: Tokens = { current: () => undefined, renew: async () => undefined }
  /** Of the store that answered last. */
  clusterId: string | undefined
  #closed = false

  constructor(endpoints: Endpoints, options: CompleteEtcd, world: EtcdWorld) {
    this.endpoints = endpoints
    this.#options = options
    this.#world = world
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Every call that still waits rejects with ETCD_CLOSED, and every later one. */
  close(): void {
    this.#closed = true
    for (const patience of [...this.#open]) patience.giveUp('closed')
  }

  closedError(): TroupeError {
    return new TroupeError('ETCD_CLOSED', { endpoints: this.#told() })
  }

  #told(): string {
    return this.#options.endpoints.join(', ')
  }

  async ask<A>(ask: CallAsk<A>, options: EtcdCallOptions = {}): Promise<Answered<A>> {
    if (this.#closed) throw this.closedError()
    const { timeoutMs = this.#options.requestTimeoutMs, signal } = options
    requireDuration('etcd.timeoutMs', timeoutMs)
    const patience = new Patience(this.#world.clock, timeoutMs, signal)
    this.#open.add(patience)
    const isRepeatable = ask.repeatable || options.retry === true
    const course = new Course({ ...ask, repeatable: isRepeatable }, patience, this)
    try {
      const found = await course.run(this.#options, this.#world)
      this.clusterId = (found.answer as Headed).header?.cluster_id ?? this.clusterId
      return found
    } catch (thrown) {
      throw patience.over === 'closed' ? this.closedError() : thrown
    } finally {
      this.#open.delete(patience)
      patience.end()
    }
  }
}

/** One call on its way: what its attempts have come to so far. */
class Course<A> {
  readonly #ask: CallAsk<A>
  readonly #patience: Patience
  readonly #calls: Calls
  #token: string | undefined
  #renewed = false
  #last: { readonly endpoint: Endpoint; readonly fault: Failed } | undefined
  #lost: Endpoint | undefined

  constructor(ask: CallAsk<A>, patience: Patience, calls: Calls) {
    this.#ask = ask
    this.#patience = patience
    this.#calls = calls
  }

  async run(options: CompleteEtcd, world: EtcdWorld): Promise<Answered<A>> {
    const { only, needsToken = true } = this.#ask
    if (needsToken) await this.#takeToken(() => this.#calls.tokens.current())
    for (let round = 0; this.#patience.over === undefined; round += 1) {
      const order = only === undefined ? this.#calls.endpoints.order() : [only]
      const faults: Failed[] = []
      for (const [at, endpoint] of order.entries()) {
        const partMs = this.#patience.leftMs() / (order.length - at)
        const found = await this.#try(endpoint, partMs, options, world)
        if (found.kind === 'answered') return { ...found, endpoint }
        faults.push(found)
        if (this.#patience.over !== undefined) break
      }
      const isUnsent = faults.every(({ kind }) => kind === 'unsent')
      const isDistrusted = faults.every((fault) => fault.kind === 'unsent' && fault.distrusted)
      if (isDistrusted || (isUnsent && this.#patience.spentMs() >= options.dialTimeoutMs)) break
      await this.#patience.sleep(backoffMs(world.random, round, ROUND_WAIT_MS_MAX))
    }
    throw this.#failure(options)
  }

  /** One endpoint, a second time if only the token was old. */
  async #try(endpoint: Endpoint, partMs: number, options: CompleteEtcd, world: EtcdWorld) {
    const { send, repeatable, needsLeader = true, operation } = this.#ask
    const patience = this.#patience
    for (;;) {
      const outcome: Outcome<A> = await attempt({
        ...{ endpoint, send, patience, clock: world.clock },
        metadata: metadataOf(this.#token, needsLeader),
        dialMs: Math.min(partMs, options.dialTimeoutMs),
        answerMs: repeatable ? partMs : Number.POSITIVE_INFINITY,
      })
      if (outcome.kind === 'answered') {
        this.#calls.endpoints.answered(endpoint)
        return outcome
      }
      if (outcome.kind === 'stale' && !this.#renewed && this.#ask.needsToken !== false) {
        this.#renewed = true
        await this.#takeToken(() => this.#calls.tokens.renew(this.#token))
        continue
      }
      if (outcome.kind === 'refused' || outcome.kind === 'stale') {
        const { problem } = outcome
        throw new TroupeError('ETCD_REFUSED', { endpoint: endpoint.address, operation, problem })
      }
      this.#calls.endpoints.failed(endpoint)
      this.#last = { endpoint, fault: outcome }
      if (outcome.kind === 'lost') {
        this.#lost = endpoint
        if (!repeatable) throw this.#failure(options)
      }
      return outcome
    }
  }

  async #takeToken(get: () => string | undefined | Promise<string | undefined>): Promise<void> {
    const given = get()
    if (typeof given !== 'object') {
      this.#token = given
      return
    }
    let failed: unknown
    const settled = given.then(
      (token) => {
        this.#token = token
      },
      (thrown: unknown) => {
        failed = thrown
      },
    )
    await this.#patience.wait(settled, Number.POSITIVE_INFINITY)
    if (failed !== undefined) throw failed
  }

  /** What is told when no attempt was answered. */
  #failure({ endpoints }: CompleteEtcd): TroupeError {
    const { operation, only } = this.#ask
    if (this.#lost !== undefined) {
      const timeoutMs = Math.round(this.#patience.spentMs())
      const { address } = this.#lost
      return new TroupeError('ETCD_TIMEOUT', { endpoint: address, operation, timeoutMs })
    }
    const told = only === undefined ? endpoints.join(', ') : only.address
    const called = this.#patience.over === 'signal' ? 'it was called off' : 'the time was over'
    const problem = this.#last?.fault.problem ?? called
    return new TroupeError('ETCD_UNREACHABLE', { endpoints: told, problem })
  }
}
