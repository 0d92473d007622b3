/**
 * client/calls: every call of a client, from its question to its answer or its coded error.
 *
 * @source design 11 (etcd v3: deadlines on every call, several endpoints)
 */
import { TroupeError } from 'troupe'
import { requireDuration } from 'troupe/registrar'
import { type Answered, type CallAsk, Course } from './course.js'
import type { Endpoints } from './endpoints.js'
import type { EtcdCallOptions } from './etcd-client.js'
import type { CompleteEtcd } from './options.js'
import { Patience } from './patience.js'
import type { Headed } from './proto.js'
import type { EtcdWorld } from './world.js'

/** Where the token comes from; `renew` is told which one was refused. */
export interface Tokens {
  current(): string | undefined | Promise<string | undefined>
  renew(refused: string | undefined): Promise<string | undefined>
}

/** What tells one history of a store from another one. */
export interface StoreMark {
  readonly clusterId: string
  /** Counts elections: in one history it never goes back. */
  readonly term: number
}

export const markOf = ({ header }: Headed): StoreMark => ({
  clusterId: header?.cluster_id ?? '',
  term: Number(header?.raft_term ?? 0),
})

/** Whether both may be of one history, the first one later. */
export const follows = (mark: StoreMark, before: StoreMark | undefined): boolean =>
  before === undefined || (mark.clusterId === before.clusterId && mark.term >= before.term)

export class Calls {
  readonly endpoints: Endpoints
  readonly options: CompleteEtcd
  readonly world: EtcdWorld
  tokens: Tokens = { current: () => undefined, renew: async () => undefined }
  /** Of the store that answered last. */
  store: StoreMark | undefined
  readonly #open = new Set<Patience>()
  #closed = false

  constructor(endpoints: Endpoints, options: CompleteEtcd, world: EtcdWorld) {
    this.endpoints = endpoints
    this.options = options
    this.world = world
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
    return new TroupeError('ETCD_CLOSED', { endpoints: this.options.endpoints.join(', ') })
  }

  async ask<A extends Headed>(
    ask: CallAsk<A>,
    options: EtcdCallOptions = {},
  ): Promise<Answered<A>> {
    if (this.#closed) throw this.closedError()
    const { timeoutMs = this.options.requestTimeoutMs, signal, retry = false } = options
    requireDuration('etcd.timeoutMs', timeoutMs)
    const patience = new Patience(this.world.clock, timeoutMs, signal)
    this.#open.add(patience)
    try {
      const found = await new Course(ask, { patience, calls: this, retry }).run()
      if (ask.needsLeader !== false && found.answer.header !== null) {
        this.store = markOf(found.answer)
      }
      return found
    } catch (thrown) {
      throw patience.over === 'closed' ? this.closedError() : thrown
    } finally {
      this.#open.delete(patience)
      // Whatever is still on the line of this call is taken back.
      patience.giveUp('done')
    }
  }
}
