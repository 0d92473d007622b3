/**
 * cluster/remote/process-insight: what is behind a process, and why it does not go on: plain data.
 * Times are milliseconds.
 *
 * @source ergo-features 17, 25, 28 and weakness 25; elixir-cluster 6.2 to 6.5
 */
import type { Pid, Priority, ProcessState } from '#contract'

/** A timer of a process. */
export interface TimerSheet {
  readonly kind: 'send' | 'event' | 'run' | 'cron'
  /** The message it sends, or what it is for. */
  readonly what: string
  readonly to: string | undefined
  readonly leftMs: number
  readonly everyMs: number | undefined
}

/** A call that waits for its answer. */
export interface CallSheet {
  readonly from: Pid | undefined
  readonly to: string
  /** The process it led to, when it is one of this node. */
  readonly toPid: Pid | undefined
  readonly request: string
  readonly waitedMs: number
  readonly leftMs: number
}

/** A send that waits for room, or for the word of another node. */
export interface SendSheet {
  readonly to: string
  readonly message: string
  readonly waitedMs: number
}

/** What a process did with messages of one name, while it was looked at. */
export interface RateSheet {
  readonly message: string
  readonly count: number
  readonly perSecond: number
  readonly meanMs: number
  readonly maxMs: number
  readonly failed: number
}

/** An end of a child, told by its supervisor. */
export interface ExitSheet {
  /** Wall clock, since 1970. */
  readonly timeMs: number
  /** Undefined: it did not start. */
  readonly pid: Pid | undefined
  readonly child: string
  /** Printed, with its stack cut. */
  readonly reason: string
  /** What was done about it. */
  readonly verdict: 'restarted' | 'backing-off' | 'left' | 'gave-up'
}

/** A child that is to be started again, after a wait. */
export interface ChildWaitSheet {
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

/** What is behind the more costly parts of a process; asked apart from `process`. */
export interface ProcessInsight {
  readonly pid: Pid
  readonly timers: readonly TimerSheet[]
  /** Its calls that wait, and those of others that it has not answered; at most 50 of each. */
  readonly calls: readonly CallSheet[]
  readonly owes: readonly CallSheet[]
  /** Sends of it that wait: `sendWhenRoom`, `sendImportant`. */
  readonly sends: readonly SendSheet[]
  /** Calls of the node that were not looked at, as more wait than are read at once. */
  readonly callsUnread: number
  /** Since it is looked at: the counting begins with the first question and ends a minute after. */
  readonly rates: readonly RateSheet[]
  readonly watchedForMs: number
  /** Ends of this child under earlier pids, and of its children when it is a supervisor. */
  readonly exits: readonly ExitSheet[]
  readonly childExits: readonly ExitSheet[]
  /** Its children that are to come back, when it is a supervisor. */
  readonly childWaits: readonly ChildWaitSheet[]
  /** Share of the last seconds it spent in handlers: 0 to 1; at the first look that of its life. */
  readonly utilisation: number
  /** How long its `init` took; 0 when that was below a millisecond or not timed. */
  readonly initMs: number
  /** Of the messages it sends. */
  readonly priority: Priority
  /** What the oldest handler that has not settled works on, and for how long. */
  readonly handling: { readonly message: string; readonly sinceMs: number } | undefined
  /** Handlers that have not settled; a reentrant process may have many. */
  readonly handlers: number
}

/** Why a process does not go on, each named once. */
export type StuckCause =
  | 'waiting-for-call'
  | 'waiting-for-room'
  | 'answer-put-off'
  | 'deadlock'
  | 'slow-callee'
  | 'no-credit'
  | 'loop-blocked'
  | 'handler-busy'
  | 'handler-unsettled'
  | 'restart-back-off'
  | 'zombie'
  | 'no-messages'
  | 'starting'
  | 'ending'
  | 'not-stuck'

/** One step of the explanation: what is so, of whom, for how long. */
export interface WhyStep {
  readonly cause: StuckCause
  /** Printed: a process, a node, a mailbox, a child that is to come back. */
  readonly subject: string
  readonly pid: Pid | undefined
  readonly node: string
  readonly state: ProcessState | 'zombie' | 'restarting' | undefined
  /** How long it has been so, in milliseconds. */
  readonly forMs: number
  /** One sentence, with the figures in it. */
  readonly text: string
  /** What one would do about it. */
  readonly remedy: string
}

/** Why is it stuck? The steps lead from the process that was asked for to what holds it up. */
export interface WhySheet {
  readonly pid: Pid | undefined
  readonly asked: string
  /** The last step: what all waits for. */
  readonly verdict: WhyStep
  readonly steps: readonly WhyStep[]
  /** Where it could not be followed further, and why. */
  readonly unknown: string | undefined
}

/** Which process: by pid, by name, or a name that is to come back. */
export interface WhyQuestion {
  /** Of any node: that of another one is asked there. */
  readonly pid?: Pid
  readonly name?: string
  /** On which node the name is; default the one that is asked. */
  readonly node?: string
  /** Given by a node that follows a chain; not needed otherwise. */
  readonly chain?: WhyChain
}

/** What has been found out so far, told to the next node. */
export interface WhyChain {
  /** Processes that wait for each other so far, the first one first; at most 64. */
  readonly path: readonly Pid[]
  /** How long each of them waits. */
  readonly waitsMs: readonly number[]
  /** The longest that anybody waits, messages in their mailboxes included. */
  readonly longestMs: number
  /** Nodes asked so far. */
  readonly nodes: number
  /** Who wants to know: all nodes on the way; each of them has to be one that may look. */
  readonly askers: readonly string[]
  /** The request that is waited for. */
  readonly request: string | undefined
  /** So long the answer may take. */
  readonly withinMs: number
}
