/**
 * contract/process-facts: what is behind a process: its timers, its calls, its handlers.
 *
 * Facts only, taken at one moment; what follows from them is decided by who looks. Times are
 * milliseconds.
 *
 * @source ergo-features 17, 25, 28 and weakness 25
 */
import type { Address, Pid } from './identity.js'
import type { Priority } from './limits.js'

/** A timer of a process. */
export interface TimerFact {
  readonly kind: 'send' | 'run'
  /** The message it sends, or the name of the function it runs. */
  readonly what: string
  readonly to: Address | undefined
  readonly leftMs: number
  readonly everyMs: number | undefined
}

/** A request whose caller waits. */
export interface CallFact {
  readonly from: Pid | undefined
  /** As the caller gave it. */
  readonly to: Address
  /** The process of this node that has it now, also when it was forwarded. */
  readonly holder: Pid | undefined
  readonly request: string
  readonly waitedMs: number
  readonly leftMs: number
}

/** A handler that has not settled. */
export interface HandlingFact {
  readonly message: string
  readonly from: Pid | undefined
  /** For so long. */
  readonly sinceMs: number
}

/** A request of another that a process has not answered. */
export interface OwedFact extends CallFact {
  /** It works on it, has put the answer off with `replyLater`, or has not come to it yet. */
  readonly place: 'handling' | 'put-off' | 'waiting'
}

/** A send that waits: for room in a mailbox, or for the word of another node. */
export interface SendFact {
  readonly to: Address
  /** The process of this node whose mailbox is full. */
  readonly holder: Pid | undefined
  readonly message: string
  readonly how: 'when-room' | 'important'
  readonly waitedMs: number
}

/** A handler that went on when its process had ended. */
export interface ZombieFact {
  readonly pid: Pid
  readonly name: string | undefined
  readonly behaviour: string
  readonly message: string
  readonly handlingMs: number
  readonly endedForMs: number
}

/** A turn that held the event loop. */
export interface LongTurnFact {
  readonly pid: Pid
  readonly name: string | undefined
  readonly behaviour: string
  readonly message: string
  readonly tookMs: number
  /** It ended so long ago. */
  readonly agoMs: number
  /** Messages handled, and sent, in this time; above 1 the last one handled is named. */
  readonly among: number
}

/** What was done with messages of one name, while the process was looked at. */
export interface RateFact {
  readonly message: string
  readonly count: number
  readonly totalMs: number
  readonly maxMs: number
  readonly failed: number
}

/** What is behind a process; lists are cut at a limit. */
export interface ProcessFacts {
  readonly timers: readonly TimerFact[]
  /** Its own calls that wait, the oldest first. */
  readonly calls: readonly CallFact[]
  /** Calls of the node that were not looked at, as there were too many. */
  readonly callsUnread: number
  /** Requests of others that it has not answered, those it works on first. */
  readonly owes: readonly OwedFact[]
  /** Its sends that wait, the oldest first. */
  readonly sends: readonly SendFact[]
  /** Handlers that have not settled; a reentrant process may have many. */
  readonly handling: readonly HandlingFact[]
  readonly rates: readonly RateFact[]
  readonly watchedForMs: number
  /** No message was taken for so long, as far as it was looked at. */
  readonly quietForMs: number
  /** Share of the last seconds it spent in handlers: 0 to 1. */
  readonly utilisation: number
  /** How long its `init` took; 0 when that was below a millisecond or not timed. */
  readonly initMs: number
  /** Of the messages it sends. */
  readonly priority: Priority
  /** Ends of this child under earlier pids; of its children, when it has some. */
  readonly exits: readonly ChildEnd[]
  readonly childExits: readonly ChildEnd[]
  readonly childWaits: readonly ChildWait[]
}

/** How one process is looked at. */
export interface FactsQuestion {
  /** So many of each kind. */
  readonly limit: number
  /** From now on, and for a minute, its messages are counted and timed by their names. */
  readonly watch: boolean
  /** Nothing but these: the waiting calls of the node are then not looked through. */
  readonly only?: 'owes' | 'children'
}

/** What a supervisor did about the end of a child. */
export type EndVerdict = 'restarted' | 'backing-off' | 'left' | 'gave-up'

/** The end of a child. */
export interface ChildEnd {
  /** Wall clock, since 1970. */
  readonly timeMs: number
  /** Undefined: it did not start. */
  readonly pid: Pid | undefined
  readonly child: string
  /** Printed, and cut. */
  readonly reason: string
  readonly verdict: EndVerdict
}

/** A child that is to be started again, after a wait. */
export interface ChildWait {
  readonly child: string
  /** Its last life; undefined when it never ran. */
  readonly pid: Pid | undefined
  /** Failures in a row. */
  readonly attempt: number
  readonly waitedMs: number
  readonly leftMs: number
  /** Why it ended, printed and cut. */
  readonly reason: string
}

/** What a supervisor, a pool or a router remembers of its children; bounded. */
export interface Upbringing {
  /** The newest first; of one child, those under its earlier pids. */
  ends(child?: Pid): readonly ChildEnd[]
  waits(): readonly ChildWait[]
}
