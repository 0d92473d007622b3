/**
 * runtime/post: brings a message from its sender to a mailbox, or says why not.
 *
 * The hot path of the node: a pid of this node is the receiver itself, a first message lies in
 * three fields of it. Everything else (limits, names, other nodes) is off that path.
 *
 * @source ergo-features 5
 */
import {
  type Address,
  Alias,
  type FallbackMessage,
  Pid,
  type Priority,
  type Routing,
  requirePriority,
  type SendFailure,
  Service,
  type Wire,
  type WireAnswers,
} from '#contract'
import { takeBacklog } from './backlog.js'
import type { DeadLetters } from './dead-letters.js'
import { KeyedBox, type Limit, type Mail } from './extension.js'
import { boundedLength, pushMain, pushPriority, takeOldestMessage } from './mailbox.js'
import { Call, type EntryName, Envelope, LOG, type Origin, senderOf } from './message.js'
import { causeOf, isAddress, keyOf } from './post-words.js'
import {
  BOUNDED,
  DEAD,
  ENDING,
  HOT,
  type Home,
  Process,
  SCHEDULED,
  STARTING,
  SUSPENDED,
} from './process.js'
import type { Scheduler } from './scheduler.js'
import type { Table } from './table.js'

/** Places above which a backlog is long: 4,096 messages. */
const HOT_PLACES = 16_384
/** Nothing it has waiting is handled until a promise has settled. */
const PAUSED = SUSPENDED | STARTING | ENDING
/** What a send has to look at. */
const SPECIAL = DEAD | BOUNDED | HOT | PAUSED
/** Reductions a sender pays on top for a message to a long backlog. */
const HOT_SURCHARGE = 8

/** A failure, or the process that was found. */
type Found = Process | SendFailure | 'REMOTE' | 'SERVICE'

export class Post {
  /** Messages brought here since the start, whatever became of them. */
  sent = 0
  /** Messages that were not accepted, by where they were to go; requests are told apart. */
  readonly failed = { local: 0, remote: 0 }
  /** False once the node has stopped: everything is refused. */
  open = true
  readonly #home: Home
  readonly #scheduler: Scheduler
  readonly #table: Table
  readonly #letters: DeadLetters
  readonly #wire: Wire
  /** Tells a caller that its request was dropped at a full mailbox. */
  readonly #rejectCall: (call: Call, to: Process) => void
  readonly #answersOf: (call: Call) => WireAnswers
  /** How long a caller still waits. */
  readonly #leftMs: (call: Call) => number
  /** Where a message to a service goes. */
  readonly #choose: Routing['choose']

  constructor(
    home: Home,
    parts: {
      readonly scheduler: Scheduler
      readonly table: Table
      readonly letters: DeadLetters
      readonly wire: Wire
      readonly rejectCall: (call: Call, to: Process) => void
      readonly answersOf: (call: Call) => WireAnswers
      readonly leftMs: (call: Call) => number
      readonly choose: Routing['choose']
    },
  ) {
    this.#home = home
    this.#scheduler = parts.scheduler
    this.#table = parts.table
    this.#letters = parts.letters
    this.#wire = parts.wire
    this.#rejectCall = parts.rejectCall
    this.#answersOf = parts.answersOf
    this.#leftMs = parts.leftMs
    this.#choose = parts.choose
  }

  /** Sends with normal priority. */
  send(from: Origin, to: Address, name: EntryName, payload: unknown): SendFailure | undefined {
    const process = to instanceof Process && to.home === this.#home ? to : this.#resolve(to)
    if (!(process instanceof Process)) return this.#elsewhere(process, from, to, name, payload)
    const flags = process.flags
    this.sent += 1
    const scheduler = this.#scheduler
    scheduler.reductions -= 1
    if ((flags & SPECIAL) !== 0) {
      // It has no turn soon, in which the clock would be read for what waits.
      if ((flags & PAUSED) !== 0) scheduler.refresh()
      if ((flags & HOT) !== 0) scheduler.reductions -= HOT_SURCHARGE
      if ((flags & (DEAD | BOUNDED)) !== 0) {
        const refused = this.#refusal(process, from, name, payload, 'normal')
        if (refused !== 'accept') return refused
      }
    }
    let backlog = process.backlog
    if (backlog === undefined) {
      if (process.firstName === undefined) {
        process.firstFrom = from
        process.firstName = name
        process.firstPayload = payload
        if ((flags & SCHEDULED) === 0) {
          process.flags = flags | SCHEDULED
          scheduler.ready(process)
        }
        process.firstSince = scheduler.coarseMs
        return undefined
      }
      backlog = takeBacklog()
      process.backlog = backlog
    }
    backlog.push(from, name, payload, scheduler.coarseMs)
    if (backlog.mask > HOT_PLACES) process.flags |= HOT
    return undefined
  }

  /** Sends into the system or urgent queue. */
  sendPriority(
    from: Origin,
    to: Address,
    name: EntryName,
    payload: unknown,
    priority: Priority,
  ): SendFailure | undefined {
    if (priority === 'normal') return this.send(from, to, name, payload)
    requirePriority(priority)
    const process = this.#resolve(to)
    if (!(process instanceof Process)) {
      return this.#elsewhere(process, from, to, name, payload, priority)
    }
    this.sent += 1
    this.#scheduler.reductions -= 1
    this.#scheduler.refresh()
    if ((process.flags & (DEAD | BOUNDED)) !== 0) {
      const refused = this.#refusal(process, from, name, payload, priority)
      if (refused !== 'accept') return refused
    }
    pushPriority(process, priority, { from, name, payload, sinceMs: this.#scheduler.coarseMs })
    this.#wake(process)
    return undefined
  }

  /**
   * Puts a signal (down, trapped exit, event, timer) behind what is in main, or in the queue of a
   * priority; never refused.
   */
  signal(
    from: Origin,
    process: Process,
    name: symbol,
    payload: unknown,
    priority: Priority = 'normal',
  ): void {
    this.sent += 1
    if ((process.flags & DEAD) !== 0) {
      this.#letters.drop('process-unknown', from, process, name)
      return
    }
    this.#scheduler.refresh()
    const sinceMs = this.#scheduler.coarseMs
    if (priority === 'normal') pushMain(process, from, name, payload, sinceMs)
    else pushPriority(process, priority, { from, name, payload, sinceMs })
    this.#wake(process)
  }

  /** Puts a log record into the queue that is served last. */
  log(process: Process, record: unknown): void {
    if ((process.flags & DEAD) !== 0) return
    this.sent += 1
    this.#scheduler.refresh()
    const sinceMs = this.#scheduler.coarseMs
    pushPriority(process, 'log', { from: undefined, name: LOG, payload: record, sinceMs })
    this.#wake(process)
  }

  /** Like `send` to a local process, but counts nothing and says so when it is not accepted. */
  tryForward(
    from: Origin,
    to: Address,
    name: EntryName,
    payload: unknown,
  ): SendFailure | undefined {
    const process = this.#resolve(to)
    if (!(process instanceof Process)) {
      const isElsewhere = process === 'REMOTE' || process === 'SERVICE'
      return isElsewhere ? this.#elsewhere(process, from, to, name, payload) : process
    }
    if ((process.flags & DEAD) !== 0) return 'PROCESS_UNKNOWN'
    if (this.isFull(process)) return 'MAILBOX_FULL'
    return this.send(from, process, name, payload)
  }

  /** Counts a message that cannot be sent and gives its code back. */
  refuse(failure: SendFailure, from: Origin, to: Address, name: EntryName): SendFailure {
    this.sent += 1
    if (!(from instanceof Call)) this.failed[this.#sideOf(to)] += 1
    this.#letters.drop(causeOf(failure), from, to, name)
    return failure
  }

  /** Where an address is; of what is none, and of services, here. */
  #sideOf(to: Address): 'local' | 'remote' {
    return isAddress(to) && !this.#table.isLocal(to) ? 'remote' : 'local'
  }

  /** The local process behind an address, or undefined. */
  find(to: Address): Process | undefined {
    const found = this.#resolve(to)
    return found instanceof Process ? found : undefined
  }

  #wake(process: Process): void {
    if ((process.flags & SCHEDULED) !== 0) return
    process.flags |= SCHEDULED
    this.#scheduler.ready(process)
  }

  #resolve(to: Address): Found {
    if (!this.open) return 'NODE_STOPPED'
    if (typeof to === 'string') return this.#table.named(to) ?? 'NAME_UNKNOWN'
    if (to instanceof Process && to.home === this.#home) return to
    if (!isAddress(to)) return Service.is(to) ? 'SERVICE' : 'PROCESS_UNKNOWN'
    if (!this.#table.isLocal(to)) return 'REMOTE'
    if (Pid.is(to)) {
      if (to.creation !== this.#home.creation) return 'PROCESS_INCARNATION'
      return this.#table.find(to) ?? 'PROCESS_UNKNOWN'
    }
    if (Alias.is(to)) return this.#table.aliased(to) ?? 'ALIAS_UNKNOWN'
    return this.#table.named(to.name) ?? 'NAME_UNKNOWN'
  }

  /** To another node, or nowhere. */
  #elsewhere(
    found: SendFailure | 'REMOTE' | 'SERVICE',
    from: Origin,
    to: Address,
    name: EntryName,
    payload: unknown,
    priority: Priority = 'normal',
  ): SendFailure | undefined {
    if (found === 'SERVICE') {
      const chosen = this.#choose(to as Service, String(name), payload)
      return typeof chosen === 'string'
        ? this.refuse(chosen, from, to, name)
        : this.sendPriority(from, chosen, name, payload, priority)
    }
    if (found !== 'REMOTE') return this.refuse(found, from, to, name)
    const node = (to as Pid).node
    const sender = senderOf(from)
    const message = String(name)
    const span = from instanceof Envelope ? from.trace : undefined
    const trace = span?.header
    if (!(from instanceof Call)) {
      const failure = this.#wire.send(node, to, message, payload, sender, priority, trace)
      if (failure !== undefined) return this.refuse(failure, from, to, name)
      span?.left()
      span?.end()
      return undefined
    }
    const leftMs = this.#leftMs(from)
    const answers = this.#answersOf(from)
    const request = [node, to, message, payload, sender, priority, trace, leftMs, answers] as const
    const failure = this.#wire.call(...request)
    if (failure === undefined) span?.left()
    return failure === undefined ? undefined : this.refuse(failure, from, to, name)
  }

  /** Ended, or at its limit: refuses, makes room, replaces, or accepts after all. */
  #refusal(
    process: Process,
    from: Origin,
    name: EntryName,
    payload: unknown,
    priority: Priority,
  ): SendFailure | undefined | 'accept' {
    if ((process.flags & DEAD) !== 0) {
      const cause = this.open ? 'process-unknown' : 'node-stopped'
      if (!(from instanceof Call)) this.failed.local += 1
      this.#letters.drop(cause, from, process, name)
      return this.open ? 'PROCESS_UNKNOWN' : 'NODE_STOPPED'
    }
    const limit = process.extension?.limit
    if (limit === undefined) return 'accept'
    const sinceMs = this.#scheduler.coarseMs
    if (limit.policy === 'latest-by-key') {
      return this.#keyed(process, limit, { from, name, payload, sinceMs }, priority)
    }
    if (boundedLength(process) < limit.lengthMax) return 'accept'
    switch (limit.policy) {
      case 'drop-oldest': {
        const oldest = takeOldestMessage(process)
        if (oldest === undefined) return this.#full(process, from, name)
        this.#letters.drop('mailbox-oldest', oldest.from, process, oldest.name)
        if (oldest.from instanceof Call) this.#rejectCall(oldest.from, process)
        return 'accept'
      }
      case 'drop-newest':
        this.#letters.drop('mailbox-full', from, process, name)
        if (from instanceof Call) this.#rejectCall(from, process)
        return undefined
      default:
        return this.#fallBack(process, limit, from, name, payload)
    }
  }

  /** Gives a message that found no room to the process that stands in, or refuses it. */
  #fallBack(
    process: Process,
    limit: Limit,
    from: Origin,
    name: EntryName,
    payload: unknown,
  ): SendFailure | undefined {
    const { fallback } = limit
    const standIn = fallback === undefined ? undefined : this.#table.named(fallback.name)
    if (
      standIn === undefined ||
      standIn === process ||
      this.isFull(standIn) ||
      typeof name !== 'string' ||
      from instanceof Call
    ) {
      return this.#full(process, from, name)
    }
    const told: FallbackMessage = {
      to: process,
      tag: fallback?.tag ?? '',
      message: name,
      payload,
    }
    // It was counted as sent to the full mailbox, and this is the same message.
    this.sent -= 1
    return this.send(from, standIn, 'fallback', told)
  }

  /** True when a bounded mailbox has no room. */
  isFull(process: Process): boolean {
    const limit = process.extension?.limit
    return limit !== undefined && boundedLength(process) >= limit.lengthMax
  }

  #full(process: Process, from: Origin, name: EntryName): SendFailure {
    if (!(from instanceof Call)) this.failed.local += 1
    this.#letters.drop('mailbox-full', from, process, name)
    return 'MAILBOX_FULL'
  }

  /** A message takes the place of the waiting one of its key, in whichever queue that is. */
  #keyed(
    process: Process,
    limit: Limit,
    mail: Mail,
    priority: Priority,
  ): SendFailure | undefined | 'accept' {
    const { from, name, payload, sinceMs } = mail
    const isFull = boundedLength(process) >= limit.lengthMax
    const key = keyOf(limit, name, payload)
    if (key === undefined) return isFull ? this.#full(process, from, name) : 'accept'
    const box = limit.boxes.get(key)
    if (box !== undefined) {
      this.#letters.drop('mailbox-replaced', box.from, process, box.name)
      if (box.from instanceof Call) this.#rejectCall(box.from, process)
      box.from = from
      box.name = name
      box.payload = payload
      return undefined
    }
    if (isFull) return this.#full(process, from, name)
    const fresh = new KeyedBox(key, from, name, payload)
    limit.boxes.set(key, fresh)
    if (priority === 'normal') pushMain(process, from, name, fresh, sinceMs)
    else pushPriority(process, priority, { from, name, payload: fresh, sinceMs })
    this.#wake(process)
    return undefined
  }
}
