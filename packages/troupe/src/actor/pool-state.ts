/**
 * actor/pool-state: a running pool: it chooses a worker for each message and hands it on.
 *
 * A message that finds no worker alive waits for one that is being started, if there is one.
 * Subscriptions that are lost with the owner of their event are renewed.
 */
import {
  type Down,
  EventName,
  formatTarget,
  NoReply,
  type Pid,
  type ProcessContext,
  requireOption,
  TroupeError,
} from '#contract'
import { backoffMs } from './backoff.js'
import { Child } from './child.js'
import type { CheckedChild } from './child-spec.js'
import { Crew, type CrewRules } from './crew.js'
import type { PoolStats, PoolStrategy } from './pool-protocol.js'

/** What a pool is made of. */
export interface PoolParts {
  readonly worker: CheckedChild
  readonly size: number
  readonly strategy: PoolStrategy
  readonly rules: CrewRules
  readonly subscribe: readonly EventName[]
  readonly manageFrom: readonly string[]
}

export class PoolState {
  readonly crew: Crew
  readonly #context: ProcessContext
  readonly #parts: PoolParts
  /** Workers that take messages, in the order of their turns. */
  #running: Pid[] = []
  #next = 0
  #forwarded = 0
  #saturated = 0

  constructor(context: ProcessContext, parts: PoolParts) {
    this.#context = context
    this.#parts = parts
    this.crew = new Crew(context, parts.rules, () => this.#refresh())
  }

  /** Other nodes that may change it. */
  get manageFrom(): readonly string[] {
    return this.#parts.manageFrom
  }

  /** Starts all workers, then subscribes; rejects with what stands in the way. */
  async begin(): Promise<void> {
    await this.#hire(this.#parts.size)
    for (const event of this.#parts.subscribe) await this.#context.subscribe(event)
    this.crew.begun()
  }

  #refresh(): void {
    const running: Pid[] = []
    for (const child of this.crew.members) {
      if (child.state === 'running' && child.pid !== undefined) running.push(child.pid)
    }
    this.#running = running
  }

  async #hire(count: number): Promise<void> {
    const hired = Array.from({ length: count }, () => this.crew.hire(new Child(this.#parts.worker)))
    const failed = (await Promise.allSettled(hired)).find((one) => one.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  /** Hands the current message to a worker, or refuses it. */
  forward(): unknown {
    if (this.#handOn()) return NoReply
    const starting = this.#running.length > 0 ? undefined : this.#starting()
    if (starting === undefined) return this.#refuse()
    return starting.then(() => (this.#handOn() ? NoReply : this.#refuse()))
  }

  #handOn(): boolean {
    const running = this.#running
    const count = running.length
    const first = this.#parts.strategy === 'least-loaded' ? this.#leastLoaded() : this.#next
    for (let tried = 0; tried < count; tried += 1) {
      const at = (first + tried) % count
      const worker = running[at]
      if (worker === undefined || this.#context.tryForward(worker) !== undefined) continue
      this.#next = (at + 1) % count
      this.#forwarded += 1
      return true
    }
    return false
  }

  /** The place of a worker with the least to do; among equals the one longest without. */
  #leastLoaded(): number {
    const running = this.#running
    let best = this.#next
    let leastLoad = Number.POSITIVE_INFINITY
    for (let tried = 0; tried < running.length && leastLoad > 0; tried += 1) {
      const at = (this.#next + tried) % running.length
      const worker = running[at]
      const load = worker === undefined ? undefined : this.#context.loadOf(worker)
      if (load === undefined || load >= leastLoad) continue
      best = at
      leastLoad = load
    }
    return best
  }

  /** A start that is under way. */
  #starting(): Promise<unknown> | undefined {
    for (const { starting } of this.crew.members) if (starting !== undefined) return starting
    return undefined
  }

  #refuse(): NoReply {
    this.#saturated += 1
    const to = this.#context.name ?? formatTarget(this.#context.self)
    const error = new TroupeError('POOL_SATURATED', { to, workers: this.crew.members.size })
    return this.#context.refuse('pool-saturated', error)
  }

  /** Adds workers; gives the new size. */
  async grow(count: number): Promise<number> {
    requireCount(count)
    await this.#hire(count)
    return this.crew.members.size
  }

  /** Lets workers go, those started last first; gives the new size. */
  async shrink(count: number): Promise<number> {
    requireCount(count)
    const members = [...this.crew.members]
    if (count >= members.length) {
      const pool = this.#context.name ?? formatTarget(this.#context.self)
      throw new TroupeError('POOL_EMPTY', { pool })
    }
    for (const child of members.slice(-count)) this.crew.letGo(child)
    return this.crew.members.size
  }

  /** The owner of an event has ended: subscribes again as soon as there is a new one. */
  lost({ target }: Down): void {
    if (EventName.is(target)) this.#resubscribe(target, 1)
  }

  #resubscribe(event: EventName, attempt: number): void {
    const { backoff } = this.#parts.rules
    const delayMs = backoffMs(backoff, attempt + backoff.immediate, this.#context.random())
    this.#context.after(delayMs, async () => {
      try {
        await this.#context.subscribe(event)
      } catch (refused) {
        if (!TroupeError.is(refused, 'EVENT_UNKNOWN')) throw refused
        this.#resubscribe(event, attempt + 1)
      }
    })
  }

  stats(): PoolStats {
    let waiting = 0
    for (const { pid } of [...this.crew.members, ...this.crew.leaving]) {
      waiting += (pid && this.#context.mailboxLength(pid)) ?? 0
    }
    return Object.freeze({
      size: this.crew.members.size,
      running: this.#running.length,
      leaving: this.crew.leaving.size,
      strategy: this.#parts.strategy,
      forwarded: this.#forwarded,
      saturated: this.#saturated,
      restarts: this.crew.restarts,
      waiting,
    })
  }

  end(): Promise<void> {
    return this.crew.end()
  }
}

function requireCount(count: unknown): void {
  const holds = Number.isSafeInteger(count) && (count as number) > 0
  requireOption(holds, 'count', count, 'give a whole number above 0')
}
