/**
 * contract/inspection: what the runtime shows of a node to the application `system`.
 *
 * Everything that may be long is walked in pieces, so that whoever looks decides how much of it is
 * looked at in one turn. Nothing here changes the node.
 *
 * @source ergo-features 2, 3 (introspection)
 */
import type { Clock } from '#base/clock'
import type { ApplicationInfo, ApplicationSpec } from './application.js'
import type { BehaviourKind } from './behaviour.js'
import type { ConnectionInfo, WireFacts, WireFigures } from './connection.js'
import type { Pid } from './identity.js'
import type { EventInfo, Node, NodeInfo, ProcessInfo, ProcessState } from './node.js'
import type { FactsQuestion, LongTurnFact, ProcessFacts, ZombieFact } from './process-facts.js'
import type { DeadLetter } from './signal.js'

/** One line of a list of processes. */
export interface ProcessRow {
  readonly pid: Pid
  readonly name: string | undefined
  readonly behaviour: string
  readonly kind: BehaviourKind
  readonly application: string | undefined
  readonly state: ProcessState
  readonly parent: Pid | undefined
  readonly leader: Pid | undefined
  /** Messages waiting in all queues. */
  readonly mailbox: number
  /** How long the oldest message of the main queue has waited, in milliseconds. */
  readonly oldestWaitMs: number
  readonly messagesIn: number
  readonly messagesOut: number
  readonly wakeUps: number
  readonly runningMs: number
  readonly uptimeMs: number
  readonly restarts: number
}

/** One process as a scan passes it; valid within the call only. */
export interface ProcessGlance extends ProcessRow {
  readonly id: number
  /** The name of the protocol it speaks; undefined: it declares none. */
  readonly protocol: string | undefined
  /** Its birth, in milliseconds since the start of the node. */
  readonly bornMs: number
  /** How long its `init` took; 0 when that was below a millisecond or not timed. */
  readonly initMs: number
  /** How many living ancestors it has within a tree; -1 when it is not in it. At most 64. */
  depthIn(tree: TreeOf): number
}

/** A supervision tree: of one application, below one process, or of the whole node. */
export interface TreeOf {
  readonly application: string | undefined
  readonly below: Pid | undefined
}

/** One waiting message as an observer sees it. */
export interface WaitingMessage {
  readonly queue: 'urgent' | 'system' | 'main' | 'log'
  /** The name of the message, or a word in brackets for a signal. */
  readonly message: string
  readonly from: Pid | undefined
  readonly isRequest: boolean
  readonly waitedMs: number
  readonly payload: unknown
}

/** One topic with its subscribers, cut at a limit. */
export interface EventView {
  readonly info: EventInfo
  /** Processes of this node. */
  readonly subscribers: readonly Pid[]
  /** Other nodes where somebody listens. */
  readonly nodes: number
}

/** One process with its relations, cut at a limit. */
export interface ProcessView {
  /** What is known of it; of its links and monitors so many. */
  readonly info: ProcessInfo
  /** Links and monitors beyond that. */
  readonly leftOut: number
  /** Its parent, the parent of that, and so on. */
  readonly ancestors: readonly Pid[]
  /** Who monitors it by its pid. */
  readonly watchedBy: readonly Pid[]
  readonly env: ReadonlyMap<string, unknown>
}

/** One of what was counted, of which a trace tells more. */
export interface SpreadExample {
  /** Which of the counts it is among. */
  readonly place: number
  readonly valueMs: number
  readonly traceId: string
  /** Wall clock, milliseconds since 1970. */
  readonly timeMs: number
}

/** How long something took: how many below each bound; see `SpreadSheet`. */
export interface SpreadFigures {
  readonly boundsMs: readonly number[]
  readonly counts: readonly number[]
  readonly count: number
  readonly sumMs: number
  readonly maxMs: number
  /** The last of each range whose trace is kept. */
  readonly examples: readonly SpreadExample[]
}

/** What a node counts of itself, always. */
export interface NodeFigures {
  /** Messages that were not accepted, and calls that ended with an error, by where they went. */
  readonly sendFailed: { readonly local: number; readonly remote: number }
  readonly callFailed: { readonly local: number; readonly remote: number }
  /** Calls of this node that wait for their answer. */
  readonly calls: number
  readonly published: number
  readonly eventsReceived: number
  readonly eventsDelivered: number
  readonly eventsSentAway: number
  readonly runQueue: number
  readonly suspended: number
  readonly turns: number
  readonly turnMs: SpreadFigures
  readonly waitMs: SpreadFigures
  readonly network: WireFigures
}

/** The node as the application `system` sees it. */
export interface NodeInspection {
  readonly node: Node
  readonly clock: Clock
  /** Places for processes; some may be empty. */
  readonly slots: number
  /**
   * Shows the processes of the places from `from` up to, not at, `to`, until `visit` answers false;
   * gives the place behind the last one that was looked at.
   */
  scan(from: number, to: number, visit: (glance: ProcessGlance) => boolean): number
  /** One process; undefined when it has ended. */
  glance(pid: Pid): ProcessGlance | undefined
  /** `node.info()` without looking at each mailbox: what waits is worked out from the rest. */
  info(): NodeInfo
  /** What is counted always: without a look at any process. */
  figures(): NodeFigures
  /** How its network is set, and all that is known of one connection. */
  network(): WireFacts
  connection(node: string): ConnectionInfo | undefined
  /** Registered names, as they came. */
  names(): Iterator<string>
  /** All topics, as they came. */
  events(): Iterator<EventInfo>
  /** One topic, with `limit` of its subscribers; undefined when there is none of this name. */
  event(name: string, limit: number): EventView | undefined
  /** One process, with `limit` of each of its relations. Asks its `inspect`. */
  view(pid: Pid, limit: number): ProcessView | undefined
  /** What is behind a process; undefined when it has ended. */
  facts(pid: Pid, question: FactsQuestion): ProcessFacts | undefined
  /** Handlers that went on when their processes had ended, the newest first; bounded. */
  zombies(): readonly ZombieFact[]
  /** Turns that held the event loop lately, the longest first; bounded. */
  longTurns(): readonly LongTurnFact[]
  /** All applications that are loaded; `processes` is 0. */
  applications(): readonly ApplicationInfo[]
  /** The oldest messages of each queue, `limit` together. */
  mailbox(pid: Pid, limit: number): readonly WaitingMessage[] | undefined
  /** The environment of the node. */
  env(): ReadonlyMap<string, unknown>
  /** From now on `tap` is told of every dead letter, at once; it must be quick and not throw. */
  tapDeadLetters(tap: (letter: DeadLetter) => void): void
  /** Any value as JSON can hold it, without secrets, cut to a size; never throws. */
  plain(value: unknown): unknown
}

/** Makes the application `system` of a node. */
export type MakeSystem = (inspection: NodeInspection) => ApplicationSpec
