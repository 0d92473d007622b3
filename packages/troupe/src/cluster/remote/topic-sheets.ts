/**
 * cluster/remote/topic-sheets: one event of a node, and what is published on it: plain data.
 *
 * @source ergo-features 8, 28
 */
import type { EventInfo, Pid } from '#contract'

/** A publication of an event that is followed: a record of the topic `event`. */
export interface PublicationSheet {
  readonly event: string
  /** How many were published before and with it since the event was registered. */
  readonly number: number
  readonly timeMs: number
  /** Undefined unless the option `system.payloads` allows to show it; cut. */
  readonly payload: unknown
}

/** Which event, by its name on this node. */
export interface TopicQuestion {
  readonly event: string
}

/** One event, who publishes it and who listens. */
export interface TopicSheet {
  readonly info: EventInfo
  /** Who owns it, and so publishes; undefined: the node. Any process may, where it is open. */
  readonly owner: TopicMember | undefined
  /** Processes of this node; at most 100. */
  readonly subscribers: readonly TopicMember[]
  /** Other nodes where somebody listens. */
  readonly nodes: number
}

/** A process that has to do with an event. */
export interface TopicMember {
  readonly pid: Pid
  readonly name: string | undefined
  readonly behaviour: string
}
