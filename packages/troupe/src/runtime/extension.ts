/**
 * runtime/extension: what most processes never need, made on first use.
 *
 * Only data, in parts by what they serve; mailbox, suspension, relations, lifecycle, topics and
 * timers read and write theirs. A named child of a supervisor has an extension and none of the
 * parts, which keeps it small.
 */
import { Ring } from '#base/ring'
import type {
  Alias,
  EventName,
  EventToken,
  ExitReason,
  Logger,
  MailboxOptions,
  MailboxPolicy,
  Pid,
  PreservedMailbox,
  Priority,
  ProcessOptions,
  SendFailure,
  TimerFact,
} from '#contract'
import type { Lineage } from './lineage.js'
import type { Call, EntryName, Origin } from './message.js'
import type { Watch } from './watch.js'
import type { Watched } from './watched.js'

/** One entry of a high-priority queue. */
export interface Mail {
  readonly from: Origin
  readonly name: EntryName
  readonly payload: unknown
  readonly sinceMs: number
}

/** The queues beside main. */
export class Queues {
  readonly urgent = new Ring<Mail>()
  readonly system = new Ring<Mail>()
  readonly log = new Ring<Mail>()
  /** Messages of urgent and system served in a row while main was waiting. */
  servedInRow = 0
  /** What `messagesIn` of the process is once the last of these has been taken. */
  servedUpTo = 0

  get size(): number {
    return this.urgent.size + this.system.size + this.log.size
  }
}

/** The payload of a keyed mailbox: what a later message of the same key replaces. */
export class KeyedBox {
  readonly key: unknown
  from: Origin
  name: EntryName
  payload: unknown

  constructor(key: unknown, from: Origin, name: EntryName, payload: unknown) {
    this.key = key
    this.from = from
    this.name = name
    this.payload = payload
  }
}

/** A sender that waits for room. */
export interface Waiter {
  readonly from: Origin
  readonly name: EntryName
  readonly payload: unknown
  readonly priority: Priority
  readonly admit: (failure: SendFailure | undefined) => void
}

/** The limit of a mailbox and what happens there. */
export class Limit {
  lengthMax = Number.POSITIVE_INFINITY
  policy: MailboxPolicy = 'fail'
  keyOf: ((message: string, payload: unknown) => unknown) | undefined = undefined
  fallback: MailboxOptions['fallback'] = undefined
  readonly boxes = new Map<unknown, KeyedBox>()
  readonly waiters = new Ring<Waiter>()
}

/** What a process owns or watches; each part made on first use. */
export class Relations {
  /** What this process watches: a list through the watches themselves, oldest first. */
  firstWatch: Watch | undefined = undefined
  lastWatch: Watch | undefined = undefined
  watchCount = 0
  aliases: Set<Alias> | undefined = undefined
  events: Set<EventToken> | undefined = undefined
  /** Names of the topics it is subscribed to. */
  subscriptions: Set<string> | undefined = undefined
  /** Events of other nodes it is subscribed to, by a key of both names. */
  farSubscriptions: Map<string, EventName> | undefined = undefined
}

/**
 * How far the current message is dealt with by its own handler: `open`, what it returns is the
 * answer; `handed-on`, forwarded or kept for later; `dropped`, refused and counted. `none`: there
 * is no message, for `init` or `terminate` is running.
 */
export type Progress = 'open' | 'handed-on' | 'dropped' | 'none'

/** A message whose async handler has not settled. */
export interface Suspended {
  from: Origin
  readonly name: EntryName
  readonly payload: unknown
  progress: Progress
  /** When it began, in whole milliseconds since the start of the node. */
  readonly sinceMs: number
}

/** The async handlers of a process. */
export class Pause {
  /** Resume or end the process: made once, not for each message. */
  settled: (() => void) | undefined = undefined
  failed: ((thrown: unknown) => void) | undefined = undefined
  current: Suspended | undefined = undefined
  /** The same for a reentrant process, which may have many. */
  readonly flight = new Set<Suspended>()
}

/** A timer that ends with its process. */
export interface HeldTimer {
  readonly cancel: () => boolean
  /** For those who look at it. */
  describe(): TimerFact
}

export class Extension {
  name: string | undefined = undefined
  /** The linked process when it is one, as for every child of a supervisor; else a set. */
  links: Pid | Set<Pid> | undefined = undefined
  options: ProcessOptions | undefined = undefined
  queues: Queues | undefined = undefined
  limit: Limit | undefined = undefined
  /** Who watches this process by pid: the watch when it is one, as for most; else by id. */
  watchers: Watch | Map<number, Watch> | undefined = undefined
  relations: Relations | undefined = undefined
  pause: Pause | undefined = undefined
  /** Requests kept for a later answer. */
  deferred: Set<Call> | undefined = undefined
  timers: Set<HeldTimer> | undefined = undefined
  logger: Logger | undefined = undefined
  /** What its children inherit; made at the first child. */
  childLineage: Lineage | undefined = undefined
  exitReason: ExitReason | undefined = undefined
  /** Told when the process has ended. */
  endWaiters: ((reason: ExitReason) => void)[] | undefined = undefined
  /** What its children left behind, by their id. */
  preserved: Map<number, PreservedMailbox> | undefined = undefined
  /** Counts its messages while somebody looks at it. */
  watched: Watched | undefined = undefined
  restarts = 0
  runningMs = 0
}
