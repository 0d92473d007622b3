/**
 * cluster/routing/service-call: one request to a service, with all its tries.
 *
 * A try that fails is made again elsewhere when that is safe, when there is time and when the
 * budget allows it; a second node may be asked as well while the first is silent. Whoever answers
 * first is taken; what the others answer is counted. The time limit and the signal of the caller
 * hold for all tries together.
 *
 * @source design 4.7, 6; "The Tail at Scale" (Dean and Barroso, 2013) on hedged requests
 */
import type { Cancel, Clock } from '#base/clock'
import type { Random } from '#base/random'
import {
  formatTarget,
  type RoutedCall,
  type RouteFailure,
  TroupeError,
  type TryTaker,
} from '#contract'
import { isIdempotent } from './call-plan.js'
import type { Choice } from './choice-set.js'
import type { NodeRecord } from './node-record.js'
import { retryWaitMs } from './retry-wait.js'
import type { ServiceRecord } from './service-record.js'
import type { ServiceView } from './service-view.js'
import { type TryFailure, tryFailure } from './try-failure.js'

/** How the promise of a caller ends. */
export interface CallerOfService {
  resolve(value: unknown): void
  reject(thrown: unknown): void
}

/** What a request works with. */
export interface ServiceCallParts {
  readonly record: ServiceRecord
  readonly view: ServiceView
  readonly clock: Clock
  readonly random: Random
}

const NEVER: Cancel = () => false

export class ServiceCall {
  readonly #asked: RoutedCall
  readonly #parts: ServiceCallParts
  readonly #caller: CallerOfService
  readonly #startMs: number
  readonly #tried: NodeRecord[] = []
  /** Tries that have not ended. */
  #open = 0
  #isSettled = false
  #cancelHedge = NEVER
  #cancelWait = NEVER

  constructor(asked: RoutedCall, parts: ServiceCallParts, caller: CallerOfService) {
    this.#asked = asked
    this.#parts = parts
    this.#caller = caller
    this.#startMs = parts.clock.nowMs()
  }

  /** Makes the first try; rejects what cannot be sent to anybody. */
  start(): void {
    const { record, view, clock } = this.#parts
    const { request, payload } = this.#asked
    const choice = view.choose({ message: request, payload }, true)
    if (typeof choice === 'string') {
      record.unrouted += 1
      this.#settle(() => this.#caller.reject(this.#asked.refuse(choice)))
      return
    }
    view.budget?.earn()
    const { hedgeAfterMs } = view.plan
    if (hedgeAfterMs !== undefined && isIdempotent(view.plan, request)) {
      this.#cancelHedge = clock.after(hedgeAfterMs, () => this.#hedge())
    }
    this.#try(choice)
  }

  answered(value: unknown): void {
    this.#open -= 1
    if (this.#isSettled) this.#parts.record.late += 1
    else this.#settle(() => this.#caller.resolve(value))
  }

  failed(thrown: unknown, failure: TryFailure): void {
    this.#open -= 1
    // Somebody else may still answer.
    if (this.#isSettled || this.#open > 0) return
    const waitMs = this.#retryWaitMs(failure)
    if (waitMs === undefined) this.#settle(() => this.#caller.reject(thrown))
    else this.#wait(waitMs, thrown)
  }

  #leftMs(): number {
    return this.#asked.timeoutMs - (this.#parts.clock.nowMs() - this.#startMs)
  }

  #try(choice: Choice): void {
    const { record, view } = this.#parts
    const { tryTimeoutMs } = view.plan
    const leftMs = this.#tried.length === 0 ? this.#asked.timeoutMs : this.#leftMs()
    this.#tried.push(choice.record)
    this.#open += 1
    const oneTry = new ServiceTry(this, choice, record, view)
    this.#asked.attempt(choice.to, Math.min(tryTimeoutMs, leftMs), oneTry)
    oneTry.isSent = true
  }

  /** How long to wait before another try; undefined: there is none. */
  #retryWaitMs({ kind, isFresh }: TryFailure): number | undefined {
    const { record, view, clock, random } = this.#parts
    const { plan } = view
    const isSafe = isFresh || isIdempotent(plan, this.#asked.request)
    const isOfNode = kind === 'unreached' || kind === 'declined' || kind === 'lost'
    const tries = this.#tried.length
    if (plan.retry === undefined || !isSafe || !isOfNode || tries >= plan.retry.tries) return
    if (this.#asked.signal?.aborted === true) return
    const waitMs = retryWaitMs(plan.retry.backoffMs, tries, random)
    if (waitMs >= this.#leftMs()) return
    if (view.budget?.take(clock.nowMs()) === true) return waitMs
    record.overBudget += 1
    return
  }

  #wait(waitMs: number, thrown: unknown): void {
    const { signal } = this.#asked
    const abort = (): void => this.#settle(() => this.#caller.reject(this.#aborted()))
    signal?.addEventListener('abort', abort, { once: true })
    const cancel = this.#parts.clock.after(waitMs, () => {
      signal?.removeEventListener('abort', abort)
      this.#again(thrown)
    })
    this.#cancelWait = () => {
      signal?.removeEventListener('abort', abort)
      return cancel()
    }
  }

  #again(thrown: unknown): void {
    const choice = this.#other('again')
    if (typeof choice === 'string') {
      this.#settle(() => this.#caller.reject(thrown))
      return
    }
    this.#parts.record.retried += 1
    this.#try(choice)
  }

  /** The first node is silent: another one is asked as well. */
  #hedge(): void {
    const { record, view, clock } = this.#parts
    if (this.#isSettled || this.#open === 0) return
    const choice = this.#other('other')
    if (typeof choice === 'string') return
    if (view.budget?.take(clock.nowMs()) !== true) {
      record.overBudget += 1
      return
    }
    record.hedged += 1
    this.#try(choice)
  }

  #other(who: 'again' | 'other'): Choice | RouteFailure {
    const { request, payload } = this.#asked
    const choosing = {
      routed: { message: request, payload },
      isRequest: true,
      tried: this.#tried,
    }
    try {
      const { view } = this.#parts
      return who === 'again' ? view.chooseAgain(choosing) : view.chooseOther(choosing)
    } catch {
      // A function of the user that has thrown now: it was well the first time.
      return 'NO_ROUTE'
    }
  }

  #aborted(): TroupeError {
    const { service, request } = this.#asked
    return new TroupeError('CALL_ABORTED', { to: formatTarget(service), request })
  }

  #settle(end: () => void): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#cancelHedge()
    this.#cancelWait()
    end()
  }
}

/** One try, and what becomes of it for the node it went to. */
class ServiceTry implements TryTaker {
  /** False while it is being sent: what fails then has reached nobody. */
  isSent = false
  readonly #call: ServiceCall
  readonly #choice: Choice
  readonly #service: ServiceRecord
  readonly #view: ServiceView
  readonly #isProbe: boolean

  constructor(call: ServiceCall, choice: Choice, service: ServiceRecord, view: ServiceView) {
    this.#call = call
    this.#choice = choice
    this.#service = service
    this.#view = view
    const { record } = choice
    record.sent += 1
    record.pending += 1
    this.#isProbe = view.plan.breaker !== undefined && record.breaker.state !== 'closed'
    if (this.#isProbe) this.#feed('probe', '')
  }

  answered(value: unknown): void {
    const { record } = this.#choice
    record.pending -= 1
    record.answered += 1
    if (this.#isProbe) this.#feed('probe-answered', '')
    else if (record.breaker.failures > 0) this.#feed('answered', '')
    this.#call.answered(value)
  }

  failed(thrown: unknown): void {
    const { record, to } = this.#choice
    record.pending -= 1
    record.failed += 1
    const failure = tryFailure(thrown, to, !this.isSent)
    const isBlamed = failure.kind === 'unreached' || failure.kind === 'lost'
    const problem = TroupeError.is(thrown) ? thrown.message : ''
    if (isBlamed) this.#feed(this.#isProbe ? 'probe-failed' : 'failed', problem)
    else if (failure.kind !== 'caller')
      this.#feed(this.#isProbe ? 'probe-answered' : 'answered', '')
    else if (this.#isProbe) this.#feed('probe-abandoned', '')
    this.#call.failed(thrown, failure)
  }

  #feed(input: Parameters<ServiceRecord['feed']>[1], problem: string): void {
    const { breaker } = this.#view.plan
    if (breaker !== undefined) this.#service.feed(this.#choice.record, input, breaker, problem)
  }
}
