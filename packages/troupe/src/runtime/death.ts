/**
 * runtime/death: how a process ends, and who is told.
 *
 * `terminate` first (unless killed), within its time. Then, in this order: the name, aliases,
 * subscriptions and events are given up; what waits in the mailbox and in calls is told; links and
 * watchers are told, once; timers end. Nothing here recurses: who is told gets a signal.
 *
 * @source OTP "Processes: Termination"; ergo-features 3; design 4.11
 */
import {
  describeReason,
  describeThrown,
  type ExitReason,
  isCalm,
  type Logger,
  PROCESS_DEFAULTS,
  type ProcessContext,
  type ProcessName,
  type Target,
} from '#contract'
import type { Calls } from './calls.js'
import type { DeadLetters } from './dead-letters.js'
import { PUBLISHED_SINGLY_MAX } from './dead-letters.js'
import type { Extension, Mail } from './extension.js'
import type { FarTopics } from './far-topics.js'
import { drainMailbox, extend } from './mailbox.js'
import { Call } from './message.js'
import type { Outcomes } from './outcome.js'
import { Preserved } from './preserved.js'
import { DEAD, ENDING, EXITING, Process, SCHEDULED, STARTING, SUSPENDED } from './process.js'
import type { Relations } from './relations.js'
import type { Room } from './room.js'
import type { Scheduler } from './scheduler.js'
import type { Suspensions } from './suspension.js'
import type { Table } from './table.js'
import type { Timers } from './timers.js'
import type { Topics } from './topics.js'
import type { Tracing } from './tracing.js'
import { isThenable, type Turn } from './turn.js'

const NOTHING: readonly never[] = Object.freeze([])

/** Before and after the handlers: while `init` or `terminate` runs. */
const BOUNDS = STARTING | ENDING

/** What a death asks of the rest of the node. */
export interface DeathParts {
  readonly table: Table
  readonly scheduler: Scheduler
  readonly turn: Turn
  readonly timers: Timers
  readonly calls: Calls
  readonly letters: DeadLetters
  readonly relations: Relations
  readonly topics: Topics
  readonly farTopics: FarTopics
  readonly room: Room
  readonly outcomes: Outcomes
  readonly suspensions: Suspensions
  readonly traces: { readonly traceEnds: Tracing | undefined }
  logOf(process: Process): Logger
  /** Tells the log, so that a process that was a sink leaves. */
  ended(process: Process): void
}

export class Deaths {
  count = 0
  /** Messages kept for next incarnations. */
  preserved = 0
  readonly #parts: DeathParts

  constructor(parts: DeathParts) {
    this.#parts = parts
  }

  /** Ends a process in order: `terminate`, then everything else. */
  end(process: Process, reason: ExitReason): void {
    if ((process.flags & (DEAD | ENDING)) !== 0) return
    process.flags = (process.flags | ENDING | SCHEDULED) & ~(SUSPENDED | EXITING)
    this.#logEnd(process, reason)
    const { terminate } = process.program.behaviour
    if (terminate === undefined) {
      this.#parts.traces.traceEnds?.ending(process, () => {})
      this.#finish(process, reason)
      return
    }
    const { turn } = this.#parts
    const outer = turn.enter(process)
    try {
      const run = (): unknown =>
        terminate(process.state as never, reason, process.context as ProcessContext)
      const { traceEnds } = this.#parts.traces
      const waits = traceEnds === undefined ? run() : traceEnds.ending(process, run)
      if (isThenable(waits)) {
        this.#finishLater(process, reason, Promise.resolve(waits))
        return
      }
    } catch (thrown) {
      this.#terminateFailed(process, thrown)
    } finally {
      turn.leave(outer)
    }
    this.#finish(process, reason)
  }

  /** Ends a process at once, whatever it is doing; what it still does is void. */
  kill(process: Process): void {
    if ((process.flags & STARTING) !== 0) this.endUnborn(process, 'killed')
    else this.#finish(process, 'killed')
  }

  /** Ends a process before its `init` is done: only its spawner hears of it, by a rejection. */
  endUnborn(process: Process, reason: ExitReason): void {
    if ((process.flags & DEAD) !== 0) return
    const { parent } = process.lineage
    if (parent !== undefined) this.#parts.relations.separate(process, parent)
    this.#finish(process, reason)
    this.count -= 1
  }

  /** Ends a process whose `init` failed: neither `terminate` nor a log record. */
  discard(process: Process, reason: ExitReason): void {
    if ((process.flags & DEAD) !== 0) return
    this.#finish(process, reason)
    this.count -= 1
  }

  /** Settles when the process has ended; at once when it has. */
  whenEnded(process: Process | undefined): Promise<ExitReason> {
    if (process === undefined) return Promise.resolve('no-process')
    if ((process.flags & DEAD) !== 0) {
      return Promise.resolve(process.extension?.exitReason ?? 'no-process')
    }
    const extension = extend(process)
    return new Promise((resolve) => {
      extension.endWaiters ??= []
      extension.endWaiters.push(resolve)
    })
  }

  #finishLater(process: Process, reason: ExitReason, waits: Promise<unknown>): void {
    const { timers, scheduler, suspensions } = this.#parts
    const timeoutMs =
      process.extension?.options?.terminateTimeoutMs ?? PROCESS_DEFAULTS.terminateTimeoutMs
    // It may have killed itself before its first `await`.
    if ((process.flags & DEAD) !== 0) this.#addZombie(process, '[terminate]')
    else process.flags |= SUSPENDED
    scheduler.suspended += 1
    const wait = timers.after(timeoutMs, () => {
      if ((process.flags & DEAD) !== 0) return
      this.#parts.logOf(process).error('terminate did not finish in time', { timeoutMs })
      this.#finish(process, reason)
    })
    const settled = (): void => {
      scheduler.suspended -= 1
      timers.cancel(wait)
      if ((process.flags & DEAD) !== 0) suspensions.zombies.settled(process)
      process.flags &= ~SUSPENDED
      this.#finish(process, reason)
    }
    Promise.prototype.then.call(waits, settled, (thrown: unknown) => {
      this.#terminateFailed(process, thrown)
      settled()
    })
  }

  /** What of it goes on began at its birth, or now: nothing older is known of a `terminate`. */
  #addZombie(process: Process, what: '[init]' | '[terminate]'): void {
    const { suspensions, scheduler } = this.#parts
    const sinceMs = what === '[init]' ? process.bornMs : scheduler.sinceStartMs()
    suspensions.zombies.add(process, what, sinceMs, process)
  }

  #terminateFailed(process: Process, thrown: unknown): void {
    this.#parts.logOf(process).error('terminate failed', { error: describeThrown(thrown) })
  }

  #logEnd(process: Process, reason: ExitReason): void {
    if (isCalm(reason) || typeof reason === 'string') return
    const stack = reason.kind === 'crash' ? { stack: reason.stack } : {}
    this.#parts.logOf(process).error(`ended: ${describeReason(reason)}`, stack)
  }

  #finish(process: Process, reason: ExitReason): void {
    if ((process.flags & DEAD) !== 0) return
    const parts = this.#parts
    // Its init or its terminate goes on, although nobody waits for it any more.
    const isUnsettled = (process.flags & SUSPENDED) !== 0 && (process.flags & BOUNDS) !== 0
    const isInit = (process.flags & STARTING) !== 0
    if (isUnsettled) this.#addZombie(process, isInit ? '[init]' : '[terminate]')
    process.flags = DEAD | SCHEDULED
    this.count += 1
    parts.table.remove(process)
    process.state = undefined
    parts.traces.traceEnds?.ended(process)
    if (process.extension === undefined) {
      this.#loseMailbox(process, reason)
      return
    }
    process.extension.exitReason = reason
    const gone = this.#giveUp(process, process.extension)
    this.#loseMailbox(process, reason)
    if (process.extension.pause !== undefined) {
      parts.suspensions.abandon(process, describeReason(reason))
    }
    if (process.extension.deferred !== undefined) this.#loseCalls(process, reason)
    parts.relations.ended(process, reason)
    for (const target of gone) parts.relations.gone(target, reason)
    this.#cleanUp(process, process.extension, reason)
  }

  /** Gives up name, aliases, subscriptions and events; answers what has gone with them. */
  #giveUp(process: Process, extension: Extension): readonly Target[] {
    const { name, relations } = extension
    if (name === undefined && relations === undefined) return NOTHING
    const { table, topics } = this.#parts
    const gone: Target[] = []
    if (name !== undefined) {
      table.dropName(name)
      gone.push(nameTarget(name))
    }
    if (relations === undefined) return gone
    this.#parts.farTopics.ended(process)
    for (const token of topics.ended(process)) {
      topics.unregister(token, process)
      gone.push(token.event)
    }
    for (const alias of relations.aliases ?? NOTHING) {
      table.dropAlias(alias)
      gone.push(alias)
    }
    return gone
  }

  #loseMailbox(process: Process, reason: ExitReason): void {
    if (
      process.firstName === undefined &&
      process.backlog === undefined &&
      process.extension?.queues === undefined
    ) {
      return
    }
    const mails = drainMailbox(process)
    if (this.#keeps(process, reason)) {
      this.#keep(process, mails)
      return
    }
    if (mails.length > 0) this.#lose(process, mails, describeReason(reason))
  }

  #lose(process: Process, mails: readonly Mail[], told: string): void {
    const { letters, outcomes } = this.#parts
    for (const [at, mail] of mails.entries()) {
      const { from, name } = mail
      if (at < PUBLISHED_SINGLY_MAX) letters.drop('process-ended', from, process, name)
      if (from instanceof Call) outcomes.rejectEnded(process, from, told)
    }
    const last = mails.at(-1)
    const rest = mails.length - PUBLISHED_SINGLY_MAX
    if (last !== undefined && rest > 0) {
      letters.drop('process-ended', last.from, process, last.name, rest)
    }
  }

  #keeps(process: Process, reason: ExitReason): boolean {
    const isAsked = process.extension?.options?.preserveMailbox === true
    return isAsked && !isCalm(reason) && process.lineage.parent instanceof Process
  }

  #keep(process: Process, mails: readonly Mail[]): void {
    const parent = process.lineage.parent as Process
    if (mails.length === 0 || (parent.flags & DEAD) !== 0) {
      this.#lose(process, mails, 'ended')
      return
    }
    const extension = extend(parent)
    extension.preserved ??= new Map()
    const { preserved } = extension
    const left = new Preserved(mails, {
      kept: (count) => {
        this.preserved += count
        // What is given out is kept no longer; what comes back is kept again.
        if (count < 0) preserved.delete(process.id)
        else preserved.set(process.id, left)
      },
      lost: (lost) => this.#lose(process, lost, 'ended'),
    })
    this.preserved += mails.length
    preserved.set(process.id, left)
  }

  #loseCalls(process: Process, reason: ExitReason): void {
    const deferred = process.extension?.deferred
    const told = describeReason(reason)
    for (const call of deferred ?? []) this.#parts.outcomes.rejectEnded(process, call, told)
    deferred?.clear()
  }

  #cleanUp(process: Process, extension: Extension, reason: ExitReason): void {
    const { timers, preserved, endWaiters } = extension
    if (timers !== undefined) for (const timer of timers) timer.cancel()
    if (preserved !== undefined) for (const left of [...preserved.values()]) left.drop()
    if (extension.limit !== undefined) this.#parts.room.abandon(process)
    this.#parts.ended(process)
    if (endWaiters === undefined) return
    extension.endWaiters = undefined
    for (const tell of endWaiters) tell(reason)
  }
}

const nameTarget = (name: string): ProcessName => ({ kind: 'name', name, node: undefined })
