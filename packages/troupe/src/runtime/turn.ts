/**
 * runtime/turn: one process handles its messages until its budget is used.
 *
 * Takes an entry, finds its handler, runs it, and passes on what came back. Knows the current
 * message, so that the context can tell who sent it and hand it on.
 *
 * @source OTP gen_server loop; ergo-features 4, 34
 */
import type { ExitReason, Untyped } from '#contract'
import { releaseBacklog } from './backlog.js'
import { KeyedBox, type Progress } from './extension.js'
import { takePriority } from './mailbox.js'
import { Call, type EntryName, Envelope, type Origin } from './message.js'
import type { Outcomes } from './outcome.js'
import {
  AWAITED,
  DEAD,
  ENDING,
  EXITING,
  HOT,
  KEYED,
  PRIORITY,
  type Process,
  RUNNING,
  SCHEDULED,
  STARTING,
  SUSPENDED,
  WATCHED,
} from './process.js'
import type { Scheduler } from './scheduler.js'
import type { Suspensions } from './suspension.js'
import { handling } from './tracing-words.js'
import { watchedOf } from './watched.js'

const RESTLESS = DEAD | SUSPENDED | STARTING | ENDING

/** Whose turn was interrupted, and its message. */
export interface Outer {
  readonly process: Process | undefined
  readonly from: Origin
  readonly name: EntryName
  readonly payload: unknown
  readonly progress: Progress
}

/** What a turn asks of the rest of the node. */
export interface TurnVerbs {
  readonly outcomes: Outcomes
  readonly suspensions: Suspensions
  /** Ends a process that was told to. */
  end(process: Process, reason: ExitReason): void
  /** A message has left a mailbox somebody waits for. */
  admit(process: Process): void
}

export class Turn {
  /** The process whose handler is on the stack, and its message. */
  process: Process | undefined = undefined
  from: Origin = undefined
  name: EntryName = ''
  payload: unknown = undefined
  progress: Progress = 'open'

  readonly #scheduler: Scheduler
  readonly #outcomes: Outcomes
  readonly #suspensions: Suspensions
  readonly #verbs: TurnVerbs

  constructor(scheduler: Scheduler, verbs: TurnVerbs) {
    this.#scheduler = scheduler
    this.#outcomes = verbs.outcomes
    this.#suspensions = verbs.suspensions
    this.#verbs = verbs
  }

  /** 1 while a message is taken and its handler on the stack, which may ask; else 0. */
  get taken(): number {
    const isTaken = this.progress === 'open' || this.progress === 'handed-on'
    return this.process !== undefined && isTaken ? 1 : 0
  }

  /** Runs a process from the run queue; puts it back when it has more to do. */
  run(process: Process): void {
    if ((process.flags & RESTLESS) !== 0) return
    process.wakeUps += 1
    process.flags |= RUNNING
    const scheduler = this.#scheduler
    do {
      if ((process.flags & EXITING) !== 0) break
      if (!this.#handleNext(process)) break
    } while (--scheduler.reductions > 0)
    this.process = undefined
    this.from = undefined
    this.payload = undefined
    process.flags &= ~RUNNING
    this.rest(process)
  }

  /** Makes `process` the one that acts, without a message, for `init` and `terminate`. */
  enter(process: Process): Outer {
    const { process: before, from, name, payload, progress } = this
    this.process = process
    this.from = undefined
    this.progress = 'none'
    return { process: before, from, name, payload, progress }
  }

  /** Gives the turn back to whom it was taken from. */
  leave(outer: Outer): void {
    this.process = outer.process
    this.from = outer.from
    this.name = outer.name
    this.payload = outer.payload
    this.progress = outer.progress
  }

  /** After the last handler of a turn: exit, wait for a promise, go on later, or sleep. */
  rest(process: Process): void {
    const flags = process.flags
    if ((flags & RESTLESS) !== 0) return
    if ((flags & EXITING) !== 0) {
      this.#verbs.end(process, process.extension?.exitReason ?? 'normal')
    } else if (
      process.firstName !== undefined ||
      process.backlog !== undefined ||
      (flags & PRIORITY) !== 0
    ) {
      process.flags = flags | SCHEDULED
      this.#scheduler.ready(process)
    } else process.flags = flags & ~SCHEDULED
  }

  /** Takes and handles one entry; false when the turn is over for this process. */
  #handleNext(process: Process): boolean {
    const mail = (process.flags & PRIORITY) === 0 ? undefined : takePriority(process)
    if (mail !== undefined) return this.#taken(process, mail.from, mail.name, mail.payload)
    const name = process.firstName
    if (name !== undefined) {
      const from = process.firstFrom
      const payload = process.firstPayload
      process.firstName = undefined
      process.firstFrom = undefined
      process.firstPayload = undefined
      return this.#taken(process, from, name, payload)
    }
    const backlog = process.backlog
    if (backlog === undefined) return false
    const places = backlog.places
    const head = backlog.head
    const from = places[head] as Origin
    const nextName = places[head + 1] as EntryName
    const payload = places[head + 2]
    backlog.shift()
    if (backlog.head === backlog.tail) {
      process.backlog = undefined
      process.flags &= ~HOT
      releaseBacklog(backlog)
    }
    return this.#taken(process, from, nextName, payload)
  }

  #taken(process: Process, from: Origin, name: EntryName, payload: unknown): boolean {
    process.messagesIn += 1
    if ((process.flags & (AWAITED | KEYED | WATCHED)) === 0) {
      return this.#handle(process, from, name, payload)
    }
    if ((process.flags & AWAITED) !== 0) this.#verbs.admit(process)
    if (!(payload instanceof KeyedBox)) return this.#counted(process, from, name, payload)
    process.extension?.limit?.boxes.delete(payload.key)
    return this.#counted(process, payload.from, payload.name, payload.payload)
  }

  /** The same, timed while somebody looks; what is not over yet is counted when it settles. */
  #counted(process: Process, from: Origin, name: EntryName, payload: unknown): boolean {
    const watched = (process.flags & WATCHED) === 0 ? undefined : watchedOf(process)
    if (watched === undefined) return this.#handle(process, from, name, payload)
    const pending = unsettled(process)
    const startMs = watched.nowMs()
    const goesOn = this.#handle(process, from, name, payload)
    const endMs = watched.nowMs()
    watched.ran(startMs, endMs)
    if (unsettled(process) <= pending) watched.done(name, endMs - startMs, !goesOn)
    return goesOn
  }

  #handle(process: Process, from: Origin, name: EntryName, payload: unknown): boolean {
    const program = process.program
    const entry = name === program.lastName ? program.lastEntry : program.find(name)
    this.process = process
    this.from = from
    this.name = name
    this.payload = payload
    this.progress = 'open'
    let result: unknown
    let promise: Promise<unknown> | undefined
    // Most messages are plain: one look tells them from requests and from what is traced.
    const isEnvelope = from instanceof Envelope
    if (isEnvelope && from.trace !== undefined) this.from = handling(process, from, from.trace)
    try {
      if (entry !== undefined && entry.isRequest === (isEnvelope && from instanceof Call)) {
        result = entry.run(process.state, payload, process.context as never)
      } else if (entry === undefined && isUntyped(process, from, name)) {
        result = this.#runUntyped(process, from, name, payload)
      } else {
        this.#outcomes.unknown(process, from, name)
        return true
      }
      // Inside the try: an answer may be an object whose `then` throws, or a proxy of a promise.
      if (result !== undefined && isThenable(result)) promise = Promise.resolve(result)
    } catch (thrown) {
      this.process = undefined
      this.#outcomes.failed(process, this.from, name, thrown, this.progress)
      return false
    }
    if (promise !== undefined) {
      return this.#suspensions.await(process, this.from, name, payload, this.progress, promise)
    }
    // The trace of a plain message may have begun in its handler: then it has another origin.
    if (isEnvelope || this.from !== from || this.progress !== 'open') {
      this.#outcomes.done(process, this.from, result, this.progress)
    } else this.#outcomes.handled += 1
    return true
  }

  #runUntyped(process: Process, from: Origin, message: string, payload: unknown): unknown {
    const { handleCall, handleMessage } = process.program.behaviour
    const untyped: Untyped = { message, payload }
    const run = from instanceof Call ? handleCall : handleMessage
    return run?.(process.state, untyped, process.context as never)
  }
}

/** How many of its handlers have not settled. */
function unsettled(process: Process): number {
  const pause = process.extension?.pause
  if (pause === undefined) return 0
  return pause.flight.size + (pause.current === undefined ? 0 : 1)
}

/** True when the behaviour takes messages that its protocol does not name. */
function isUntyped(process: Process, from: Origin, name: EntryName): name is string {
  if (typeof name !== 'string') return false
  const { handleCall, handleMessage } = process.program.behaviour
  return (from instanceof Call ? handleCall : handleMessage) !== undefined
}

/** True for anything that can be awaited. */
export const isThenable = (value: unknown): boolean =>
  value instanceof Promise ||
  (((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as PromiseLike<unknown>).then === 'function')
