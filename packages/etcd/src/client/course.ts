/**
 * client/course: one call over several attempts: which endpoint, how long each, and again or not.
 *
 * The endpoint that answered last is asked first. While nothing was done the next one is asked. A
 * question that does no harm twice is put to the next one also when an endpoint is silent for its
 * part of the time; whoever answers first is heard, so that no frozen endpoint and no slow one ends
 * the call. Any other question, once sent, is waited for. While no endpoint can be reached at
 * all a call waits `dialTimeoutMs`; while members have no leader, until its deadline.
 */
import { TroupeError } from 'troupe'
import { type AttemptAsk, attempt, metadataOf, type Outcome, type Send } from './attempt.js'
import type { Calls } from './calls.js'
import type { Endpoint } from './endpoints.js'
import type { Fault } from './faults.js'
import type { Patience } from './patience.js'
import { backoffMs } from './world.js'

export interface CallAsk<A> {
  readonly operation: string
  readonly send: Send<A>
  /** A read, or what does no harm twice. */
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

export interface CourseNeeds {
  readonly patience: Patience
  readonly calls: Calls
  readonly retry: boolean
}

const ROUND_WAIT_MS_MAX = 1_000
/** However much time there is, an endpoint that is silent for so long is not waited for alone. */
const PART_MS_MAX = 5_000

type Failed = Exclude<Fault, { readonly kind: 'refused' | 'stale' }>
type Decision<A> =
  | { readonly kind: 'answered'; readonly found: Answered<A> }
  | { readonly kind: 'failed'; readonly error: unknown }

export class Course<A> {
  readonly #ask: CallAsk<A>
  readonly #needs: CourseNeeds
  readonly #isRepeatable: boolean
  readonly #flying = new Map<Endpoint, Promise<void>>()
  readonly #decided: Promise<void>
  #decision: Decision<A> | undefined
  #wake: () => void = () => {}
  #token: string | undefined
  /** A token that is old is renewed once. */
  #renewing: Promise<void> | undefined
  /** Of the round that runs. */
  #faults: Failed[] = []
  #problem: string | undefined
  #lost: Endpoint | undefined

  constructor(ask: CallAsk<A>, needs: CourseNeeds) {
    this.#ask = ask
    this.#needs = needs
    this.#isRepeatable = ask.repeatable || needs.retry
    this.#decided = new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  async run(): Promise<Answered<A>> {
    const { patience, calls } = this.#needs
    if (this.#ask.needsToken !== false) await this.#takeToken(() => calls.tokens.current())
    for (let round = 0; this.#isOpen; round += 1) {
      await this.#round()
      if (!this.#isOpen || this.#isHopeless()) break
      const pause = patience.sleep(backoffMs(calls.world.random, round, ROUND_WAIT_MS_MAX))
      await Promise.race([pause, this.#decided])
    }
    // The time is over, so those that still fly land at once.
    if (this.#decision === undefined) await Promise.all(this.#flying.values())
    const decision = this.#decision
    if (decision?.kind === 'answered') return decision.found
    throw decision === undefined ? this.#failure() : decision.error
  }

  get #isOpen(): boolean {
    return this.#decision === undefined && this.#needs.patience.over === undefined
  }

  #decide(decision: Decision<A>): void {
    this.#decision ??= decision
    this.#wake()
  }

  async #round(): Promise<void> {
    const { patience, calls } = this.#needs
    const { only } = this.#ask
    const all = only === undefined ? calls.endpoints.order() : [only]
    const order = all.filter((endpoint) => !this.#flying.has(endpoint))
    this.#faults = []
    for (const [at, endpoint] of order.entries()) {
      if (!this.#isOpen) return
      const partMs = Math.min(PART_MS_MAX, patience.leftMs() / (order.length - at))
      const flight = this.#fly(endpoint, partMs).finally(() => this.#flying.delete(endpoint))
      this.#flying.set(endpoint, flight)
      if (this.#isRepeatable) await Promise.race([flight, patience.sleep(partMs), this.#decided])
      else await flight
      if (this.#flying.has(endpoint) && this.#isOpen) calls.endpoints.failed(endpoint)
    }
  }

  /** Nobody could be reached, and no waiting mends that, or enough was waited. */
  #isHopeless(): boolean {
    if (this.#flying.size > 0 || this.#faults.length === 0) return false
    const { patience, calls } = this.#needs
    const isUnsent = this.#faults.every(({ kind }) => kind === 'unsent')
    const isDistrusted = this.#faults.every((one) => one.kind === 'unsent' && one.distrusted)
    return isDistrusted || (isUnsent && patience.spentMs() >= calls.options.dialTimeoutMs)
  }

  /** One endpoint, a second time if only the token was old. Never rejects. */
  async #fly(endpoint: Endpoint, partMs: number): Promise<void> {
    for (;;) {
      const token = this.#token
      const outcome = await attempt(this.#attemptOf(endpoint, partMs))
      if (outcome.kind !== 'stale') {
        this.#land(endpoint, outcome)
        return
      }
      try {
        // Those that fly beside each other wait for the same new one.
        if (token === this.#token) {
          this.#renewing ??= this.#renew(token)
          await this.#renewing
        }
      } catch (error) {
        this.#decide({ kind: 'failed', error })
        return
      }
      if (token === this.#token) {
        this.#land(endpoint, { kind: 'refused', problem: outcome.problem })
        return
      }
    }
  }

  #renew(token: string | undefined): Promise<void> {
    return this.#takeToken(() => this.#needs.calls.tokens.renew(token))
  }

  #attemptOf(endpoint: Endpoint, partMs: number): AttemptAsk<A> {
    const { patience, calls } = this.#needs
    const { send, needsLeader = true } = this.#ask
    const { dialTimeoutMs } = calls.options
    return {
      ...{ endpoint, send, patience, clock: calls.world.clock },
      metadata: metadataOf(this.#token, needsLeader),
      dialMs: this.#isRepeatable ? dialTimeoutMs : Math.min(partMs, dialTimeoutMs),
    }
  }

  #land(endpoint: Endpoint, outcome: Exclude<Outcome<A>, { readonly kind: 'stale' }>): void {
    const { endpoints } = this.#needs.calls
    if (outcome.kind === 'answered') {
      endpoints.answered(endpoint)
      const { answer, sentMs } = outcome
      this.#decide({ kind: 'answered', found: { answer, sentMs, endpoint } })
      return
    }
    if (outcome.kind === 'refused' || (outcome.kind === 'lost' && outcome.oversized)) {
      this.#decide({ kind: 'failed', error: this.#refusal(endpoint, outcome) })
      return
    }
    endpoints.failed(endpoint)
    this.#faults.push(outcome)
    this.#problem = outcome.problem
    if (outcome.kind !== 'lost') return
    this.#lost = endpoint
    if (!this.#isRepeatable) this.#decide({ kind: 'failed', error: this.#failure() })
  }

  #refusal(endpoint: Endpoint, { kind, problem }: Fault): TroupeError {
    const { operation, repeatable } = this.#ask
    if (kind === 'lost' && !repeatable) {
      // It was done, and said more than this client takes.
      this.#lost = endpoint
      return this.#failure()
    }
    return new TroupeError('ETCD_REFUSED', { endpoint: endpoint.address, operation, problem })
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
    await this.#needs.patience.wait(settled, Number.POSITIVE_INFINITY)
    if (failed !== undefined) throw failed
  }

  /** What is told when no attempt was answered. */
  #failure(): TroupeError {
    const { operation, only } = this.#ask
    const { patience, calls } = this.#needs
    const told = only === undefined ? calls.options.endpoints.join(', ') : only.address
    if (patience.over === 'signal') {
      return new TroupeError('CALL_ABORTED', { request: operation, to: told })
    }
    if (this.#lost !== undefined) {
      const timeoutMs = Math.round(patience.spentMs())
      const { address } = this.#lost
      return new TroupeError('ETCD_TIMEOUT', { endpoint: address, operation, timeoutMs })
    }
    const problem = this.#problem ?? 'the time was over'
    return new TroupeError('ETCD_UNREACHABLE', { endpoints: told, problem })
  }
}
