/**
 * runtime/calls: the requests whose callers wait, in order of their deadlines.
 *
 * Calls with the same time-out form a list in the order they were made, which is the order of
 * their deadlines; there is one timer for all. Ending a call takes it out of its list. A new call
 * gets its deadline at the next reading of the clock, so that making one reads no clock, and a
 * thread that was blocked before takes nothing from its time.
 *
 * @source OTP gen_server:call; ergo-features 5; Varghese and Lauck, "timing wheels", scheme 4
 */
import type { Clock } from '#base/clock'
import { type Address, type ErrorCode, formatTarget, TroupeError } from '#contract'
import type { Call } from './message.js'

/**
 * Time-outs this close share a list, so that inherited deadlines, each of its own length, do not
 * make a list each. Such a call may be told up to this much late.
 */
const LIST_WIDTH_MS = 16

/** The deadline of a call that has none yet. */
export const UNSTAMPED = -1

/** Calls that share a time-out. */
class CallList {
  head: Call | undefined = undefined
  tail: Call | undefined = undefined
}

export class Calls {
  /** Answers that came when nobody waited any more. */
  unwanted = 0
  /** Calls that wait now, and those of them that other nodes have made. */
  pending = 0
  pendingFromAfar = 0
  /** Calls that ended with an error, by where they went; and those that other nodes had made. */
  readonly failed = { local: 0, remote: 0 }
  failedFromAfar = 0
  readonly #clock: Clock
  /** Told of an answer to a request whose node was lost. */
  readonly #tooLate: (call: Call) => void
  /** True for an address of another node. */
  readonly #isFar: (to: unknown) => boolean
  /** Requests that were withdrawn and not answered since. */
  readonly #withdrawn = new WeakSet<Call>()
  readonly #lists = new Map<number, CallList>()
  /** New calls, whose deadline counts from the next reading of the clock. */
  #fresh: Call[] = []
  #lastTimeoutMs = -1
  #lastList: CallList = new CallList()
  #timerDueMs = Number.POSITIVE_INFINITY
  #closed = false
  #cancelTimer: () => boolean = () => false

  constructor(
    clock: Clock,
    tooLate: (call: Call) => void = () => {},
    isFar: (to: unknown) => boolean = () => false,
  ) {
    this.#clock = clock
    this.#tooLate = tooLate
    this.#isFar = isFar
  }

  /** Calls that wait for a reading of the clock. */
  get fresh(): number {
    return this.#fresh.length
  }

  /** Gives the new calls their deadlines. */
  stamp(nowMs: number): void {
    const fresh = this.#fresh
    for (let i = 0; i < fresh.length; i += 1) {
      const call = fresh[i] as Call
      call.deadlineMs = nowMs + call.timeoutMs
      if (call.resolve !== undefined) this.#watchFor(call)
    }
    fresh.length = 0
  }

  /** When a call ends unanswered, by the clock of the node; Infinity for never. */
  deadlineOf(call: Call): number {
    if (call.deadlineMs === UNSTAMPED) this.stamp(this.#clock.nowMs())
    return call.deadlineMs
  }

  /** Puts a new call into the list of its time-out. */
  add(call: Call): void {
    this.pending += 1
    if (call.deadlineMs === UNSTAMPED) this.#fresh.push(call)
    else this.#watchFor(call)
    const list = this.#listOf(call.timeoutMs)
    const tail = list.tail
    if (tail === undefined) list.head = call
    else {
      tail.next = call
      call.previous = tail
    }
    list.tail = call
  }

  #watchFor(call: Call): void {
    // After the stop a call is refused at once; a timer for it would keep the program alive.
    if (call.deadlineMs < this.#timerDueMs && !this.#closed) this.#arm(call.deadlineMs)
  }

  /** Answers the caller; false when nobody waits any more. */
  answer(call: Call, value: unknown): boolean {
    const resolve = call.resolve
    if (resolve === undefined) {
      this.unwanted += 1
      if (this.#withdrawn.delete(call)) this.#tooLate(call)
      return false
    }
    this.#remove(call)
    resolve(value)
    return true
  }

  /** Rejects the caller; false when nobody waits any more. */
  reject(call: Call, error: TroupeError): boolean {
    const reject = call.reject
    if (reject === undefined) return false
    this.#remove(call)
    this.failed[this.#isFar(call.to) ? 'remote' : 'local'] += 1
    reject(error)
    return true
  }

  /** The node of the caller is lost: nobody is told, and an answer is one to nobody. */
  withdraw(call: Call): void {
    if (call.resolve === undefined) return
    this.#withdrawn.add(call)
    this.#remove(call)
    this.pendingFromAfar -= 1
  }

  /** Rejects every caller that still waits: the node stops. */
  rejectAll(makeError: (call: Call) => TroupeError): void {
    this.#closed = true
    for (const list of this.#lists.values()) {
      for (let call = list.head; call !== undefined; call = list.head) {
        this.reject(call, makeError(call))
      }
    }
    this.#cancelTimer()
    this.#timerDueMs = Number.POSITIVE_INFINITY
  }

  /** Calls that wait, `mostEach` of each time-out, the oldest first; none may end meanwhile. */
  *waiting(mostEach: number): Generator<Call> {
    this.stamp(this.#clock.nowMs())
    for (const list of this.#lists.values()) {
      let left = mostEach
      for (let call = list.head; call !== undefined && left > 0; call = call.next) {
        left -= 1
        yield call
      }
    }
  }

  #listOf(timeoutMs: number): CallList {
    if (timeoutMs === this.#lastTimeoutMs) return this.#lastList
    const key = Math.ceil(timeoutMs / LIST_WIDTH_MS)
    let list = this.#lists.get(key)
    if (list === undefined) {
      list = new CallList()
      this.#lists.set(key, list)
    }
    this.#lastTimeoutMs = timeoutMs
    this.#lastList = list
    return list
  }

  #remove(call: Call): void {
    const { previous, next } = call
    const list = this.#listOf(call.timeoutMs)
    if (previous === undefined) list.head = next
    else previous.next = next
    if (next === undefined) list.tail = previous
    else next.previous = previous
    call.previous = undefined
    call.next = undefined
    call.resolve = undefined
    call.reject = undefined
    this.pending -= 1
    call.release?.()
  }

  #arm(dueMs: number): void {
    this.#cancelTimer()
    this.#timerDueMs = dueMs
    const delayMs = dueMs - this.#clock.nowMs()
    this.#cancelTimer = this.#clock.after(Math.max(0, delayMs), () => this.#expire())
  }

  #expire(): void {
    this.#timerDueMs = Number.POSITIVE_INFINITY
    const nowMs = this.#clock.nowMs()
    this.stamp(nowMs)
    let nextMs = Number.POSITIVE_INFINITY
    for (const [key, list] of this.#lists) {
      for (let call = list.head; call !== undefined && call.deadlineMs <= nowMs; call = list.head) {
        this.reject(call, callError('CALL_TIMEOUT', call))
      }
      if (list.head !== undefined) nextMs = Math.min(nextMs, list.head.deadlineMs)
      else if (list !== this.#lastList) this.#lists.delete(key)
    }
    if (nextMs < this.#timerDueMs) this.#arm(nextMs)
  }
}

/** The error of a call that got no answer, by its code. */
export function callError(
  code: 'CALL_TIMEOUT' | 'CALL_ABORTED' | 'CALL_SELF',
  call: Call,
): TroupeError<ErrorCode> {
  const to = formatTarget(call.to as Address)
  const request = call.request
  if (code === 'CALL_TIMEOUT') {
    return new TroupeError(code, { to, request, timeoutMs: Math.round(call.timeoutMs) })
  }
  return code === 'CALL_SELF'
    ? new TroupeError(code, { to })
    : new TroupeError(code, { to, request })
}
