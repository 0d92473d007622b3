/**
 * runtime/scheduler: which process runs next, and for how long.
 *
 * One run queue in order of arrival. A turn has a budget of reductions, charged for messages
 * handled and for messages sent; what a turn used beyond its budget is a debt, worked off before
 * the next turn, so a fast producer cannot bury its consumer. The queue is drained from a
 * microtask within a slice of `SLICE_MS`, then from the next round of the event loop, so that
 * timers and sockets are served under any load.
 *
 * The clock is read every so many reductions, adaptively: often when handlers are slow, rarely
 * when they are quick. The turn behind a reading is timed, and how long its message has waited is
 * noted: that is how turns and waits are sampled, always, without a price for each message.
 *
 * @source OTP "The BEAM book: Scheduling" (reductions); ergo-features 4
 */
import type { Clock } from '#base/clock'
import { Ring } from '#base/ring'
import { Envelope, type Origin } from './message.js'
import { DEBT_SHIFT, FLAGS_MASK, PRIORITY, type Process } from './process.js'
import { Spread } from './spread.js'

/** Reductions of one turn. */
const BUDGET = 256
/** Most reductions a process can owe: what fits the bits above the flags. */
const DEBT_MAX = 8_191
/** Most reductions between two readings of the clock. */
const CHECK_MAX = 1024
/** Longest stretch without giving the event loop a round, in milliseconds. */
const SLICE_MS = 2
/** Most readings in one slice: a clock that stands still, as in a test, must not hold the loop. */
const SLICE_CHECKS_MAX = 256
/** Slots kept of a run queue that was long: an event to a million subscribers comes again. */
const QUEUE_SLOTS_KEPT_MAX = 4_194_304
/** Between two readings: above the one read more often, below the other less often. */
const CHECK_LONG_MS = 0.5
const CHECK_SHORT_MS = 0.125
/** A stretch that took longer is told as one turn: quick ones do not add up to it. */
const STRETCH_MS = 8 * CHECK_LONG_MS
/** Of drains within one round of the event loop one of so many is timed. */
const TIMED_DRAINS_MASK = 63
/** Running time that is charged for one timed turn; less would cost more than it tells. */
const CHARGE_MS_MIN = CHECK_SHORT_MS

/** How to go on: nothing is left, after a round of the event loop, or at once. */
type Onward = 'idle' | 'round' | 'soon'

/** What the scheduler asks of the rest of the node. */
export interface SchedulerVerbs {
  readonly runTurn: RunTurn
  /**
   * Told at a reading of the clock who has the turn, and the time since the last reading; `among`:
   * messages that were handled, and sent, in this time.
   */
  readonly sample: (process: Process, elapsedMs: number, among: number) => void
  /** What has been made since the last reading and wants to be told the time. */
  readonly stamped: { readonly fresh: number; stamp(nowMs: number): void }
}

/** Runs one process until it has nothing to do or the budget is used; see turn. */
export type RunTurn = (process: Process) => void

export class Scheduler {
  /** What is left of the running turn; sends and handled messages take from it. */
  reductions = 0
  /** Processes with an async handler in flight: their promises need microtasks to go on. */
  suspended = 0
  /** Whole milliseconds since the start of the node, as of the last reading of the clock. */
  coarseMs = 0
  /** The process that has the turn: what sampled running time is charged to. */
  turnOf: Process | undefined = undefined
  /** Turns since the start; those of the running stretch come with its end. */
  turns = 0
  /** How long turns took, and messages waited for theirs; sampled. */
  readonly turnMs = new Spread()
  readonly waitMs = new Spread()

  readonly #clock: Clock
  readonly #startMs: number
  #runTurn: RunTurn = () => {}
  #sample: SchedulerVerbs['sample'] = () => {}
  #stamped: SchedulerVerbs['stamped'] = { fresh: 0, stamp: () => {} }
  readonly #queue = new Ring<Process>(QUEUE_SLOTS_KEPT_MAX)
  #armed = false
  #draining = false
  #nowMs: number
  #roundStartMs = 0
  #roundMarked = false
  #drains = 0
  #checkEvery = CHECK_MAX
  /** Reductions since the last reading when the queue ran empty, and who had the last turn. */
  #untimed = 0
  #untimedOf: Process | undefined = undefined
  readonly #drain = (): void => this.#drainSlice()
  readonly #endRound = (): void => {
    this.#roundMarked = false
    if (this.#untimed > 0) this.#timeLast()
  }

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startMs = clock.nowMs()
    this.#nowMs = this.#startMs
  }

  /** Set once, when the node is put together. */
  connect(verbs: SchedulerVerbs): void {
    this.#runTurn = verbs.runTurn
    this.#sample = verbs.sample
    this.#stamped = verbs.stamped
  }

  /** True when the last slice ended with processes still waiting for their turn. */
  behind = false

  /** True when no slice runs and none is to come. */
  get resting(): boolean {
    return !this.#armed && !this.#draining
  }

  /** Milliseconds since the start of the node, read anew. */
  sinceStartMs(): number {
    return this.#clock.nowMs() - this.#startMs
  }

  /** Processes that wait for their turn. */
  get waiting(): number {
    return this.#queue.size
  }

  /** Appends a process that has become ready; the caller has set SCHEDULED. */
  ready(process: Process): void {
    this.#queue.push(process)
    if (!this.#armed) {
      this.#armed = true
      this.refresh()
      this.#clock.soon(this.#drain)
    }
  }

  /**
   * Reads the clock when nothing has run in this round of the event loop: the last reading may be
   * of long ago, and what is stamped now is not.
   */
  refresh(): void {
    if (!this.#roundMarked) this.#readClock()
  }

  #readClock(): void {
    this.#nowMs = this.#clock.nowMs()
    this.coarseMs = (this.#nowMs - this.#startMs) | 0
    if (this.#stamped.fresh > 0) this.#stamped.stamp(this.#nowMs)
  }

  #drainSlice(): void {
    this.#draining = true
    if (this.#untimed > 0) this.#timeLast()
    else this.#readClock()
    this.#drains += 1
    let isTimed = (this.#drains & TIMED_DRAINS_MASK) === 0
    if (!this.#roundMarked) {
      isTimed = true
      this.#roundMarked = true
      this.#roundStartMs = this.#nowMs
      this.#clock.later(this.#endRound)
    } else if (this.#nowMs - this.#roundStartMs > SLICE_MS) {
      // Many short drains in a row, as of calls that are awaited one by one, fill a slice too.
      this.#draining = false
      this.behind = true
      this.#clock.later(this.#drain)
      return
    }
    let onward: Onward = 'round'
    try {
      onward = this.#runUntilCheck(isTimed)
    } finally {
      // What is thrown here is a fault of Troupe; the other processes go on all the same.
      this.#draining = false
      this.behind = onward === 'round'
      this.turnOf = undefined
      if (onward === 'idle' && this.#stamped.fresh > 0) this.#readClock()
      if (onward === 'idle') this.#armed = false
      else if (onward === 'round') this.#clock.later(this.#drain)
      else this.#clock.soon(this.#drain)
    }
  }

  #runUntilCheck(isTimed: boolean): Onward {
    let left = this.#checkEvery
    let ran = 0
    let checks = 0
    if (isTimed) left = this.#runTimed(left)
    let started = left
    for (;;) {
      const process = this.#queue.take()
      if (process === undefined) {
        if (ran > 0) this.#ranEmpty(ran, started - left)
        return 'idle'
      }
      const budget = left < BUDGET ? left : BUDGET
      if (process.flags >= 1 << DEBT_SHIFT) {
        this.#workOff(process, budget)
        left -= 1
      } else {
        ran += 1
        this.reductions = budget
        this.turnOf = process
        this.#runTurn(process)
        if (this.reductions < 0) {
          process.flags += Math.min(-this.reductions, DEBT_MAX) << DEBT_SHIFT
        }
        left -= budget - this.reductions
      }
      if (left > 0) continue
      this.#adapt(ran, started - left)
      ran = 0
      checks += 1
      if (this.#nowMs - this.#roundStartMs > SLICE_MS || checks === SLICE_CHECKS_MAX) return 'round'
      if (this.suspended > 0) return 'soon'
      left = this.#checkEvery
      if (left > 1) left = this.#runTimed(left)
      else this.#noteWait(this.#queue.first)
      started = left
    }
  }

  /**
   * One turn right behind a reading of the clock, with another reading behind it; gives what is
   * left of the reductions up to the next one. Who is in debt is not timed.
   */
  #runTimed(left: number): number {
    const process = this.#queue.first
    if (process === undefined || process.flags >= 1 << DEBT_SHIFT) return left
    this.#queue.take()
    this.#noteWait(process)
    const budget = left < BUDGET ? left : BUDGET
    this.reductions = budget
    this.turnOf = process
    this.#runTurn(process)
    const rest = left - budget + this.reductions
    if (this.reductions < 0) process.flags += Math.min(-this.reductions, DEBT_MAX) << DEBT_SHIFT
    const before = this.#nowMs
    this.#readClock()
    this.turns += 1
    const tookMs = this.#nowMs - before
    this.turnMs.record(tookMs, this.coarseMs)
    if (tookMs >= CHARGE_MS_MIN) this.#sample(process, tookMs, left - rest)
    return rest > 0 ? rest : 1
  }

  #ranEmpty(ran: number, used: number): void {
    this.turns += ran
    this.#untimed = used
    this.#untimedOf = this.turnOf
  }

  /** What ran since the last reading is charged to the last of it, when it took long. */
  #timeLast(): void {
    const process = this.#untimedOf
    const used = this.#untimed
    const before = this.#nowMs
    this.#untimed = 0
    this.#untimedOf = undefined
    this.#readClock()
    const tookMs = this.#nowMs - before
    if (process !== undefined && tookMs > STRETCH_MS) this.#sample(process, tookMs, used)
  }

  /** How long the message that comes next has waited, in whole milliseconds. */
  #noteWait(process: Process | undefined): void {
    if (process === undefined || (process.flags & PRIORITY) !== 0) return
    const { backlog } = process
    if (process.firstName !== undefined) {
      this.#noted(this.coarseMs - process.firstSince, process.firstFrom)
    } else if (backlog !== undefined) {
      const sinceMs = backlog.places[backlog.head + 3] as number
      this.#noted(this.coarseMs - sinceMs, backlog.places[backlog.head] as Origin)
    }
  }

  #noted(waitedMs: number, from: Origin): void {
    this.waitMs.record(waitedMs, this.coarseMs)
    const trace = from instanceof Envelope ? from.trace : undefined
    if (trace?.recording === true) this.waitMs.example(waitedMs, trace.traceId, this.coarseMs)
  }

  /** A process in debt loses this turn and goes to the end of the queue. */
  #workOff(process: Process, budget: number): void {
    const rest = process.flags - (budget << DEBT_SHIFT)
    process.flags = rest > 0 ? rest : process.flags & FLAGS_MASK
    this.#queue.push(process)
  }

  #adapt(ran: number, used: number): void {
    const before = this.#nowMs
    this.#readClock()
    const elapsedMs = this.#nowMs - before
    this.turns += ran
    // Each of many that took this long together is timed from now on; one alone would be missed.
    if (ran === 1 || elapsedMs > STRETCH_MS) this.turnMs.record(elapsedMs, this.coarseMs)
    if (this.turnOf !== undefined) this.#sample(this.turnOf, elapsedMs, used)
    if (elapsedMs > CHECK_LONG_MS) {
      // One handler may have taken all of it: then look at the clock after each.
      this.#checkEvery = elapsedMs > STRETCH_MS ? 1 : Math.max(1, this.#checkEvery >> 1)
    } else if (elapsedMs < CHECK_SHORT_MS && ran > 0 && this.#checkEvery < CHECK_MAX) {
      this.#checkEvery <<= 1
    }
  }
}
