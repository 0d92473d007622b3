/**
 * contract/inspection: what the runtime shows of a node to the application `system`.
 *
 * Everything that may be long is walked in pieces, so that whoever looks decides how much of it is
 * looked at in one turn. Nothing here changes the node.
 *
 * @source ergo-features 2, 3 (introspection)
 */
import type { Clock } from '#base/clock'
import type { ApplicationSpec } from './application.js'
import type { BehaviourKind } from './behaviour.js'
import type { Pid } from './identity.js'
import type { EventInfo, Node, NodeInfo, ProcessState } from './node.js'
import type { DeadLetter } from './signal.js'

/** One process as a scan passes it; valid within the call only. */
export interface ProcessGlance {
  readonly pid: Pid
  readonly id: number
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
  /** Its birth, in milliseconds since the start of the node. */
  readonly bornMs: number
  readonly restarts: number
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

/** Who is related to a process and cannot be read from its `ProcessInfo`; cut at a limit. */
export interface ProcessRelations {
  /** Its parent, the parent of that, and so on. */
  readonly ancestors: readonly Pid[]
  /** Who monitors it by its pid. */
  readonly watchedBy: readonly Pid[]
  readonly env: ReadonlyMap<string, unknown>
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
  /** Registered names, as they came. */
  names(): Iterator<string>
  /** All topics, as they came. */
  events(): Iterator<EventInfo>
  relations(pid: Pid, limit: number): ProcessRelations | undefined
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
