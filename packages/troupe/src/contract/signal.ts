/**
 * contract/signal: what a process is told about others: down, exit, event; and dead letters.
 *
 * @source OTP "Processes: Signals"; ergo-features 7 and 8
 */
import type { Address, EventName, Pid, Ref, Target } from './identity.js'
import type { ExitReason } from './reason.js'

/** A monitored target has ended, got lost or gave up its name. Told once for each monitor. */
export interface Down {
  readonly kind: 'down'
  /** What `monitor` answered. */
  readonly ref: Ref
  /** What was monitored, as it was given. */
  readonly target: Target
  readonly reason: ExitReason
}

/** An exit signal that a trapping process receives as a message. */
export interface Exit {
  readonly kind: 'exit'
  /** Who has ended or sent the signal: a process, or what the link was made to. */
  readonly from: Target
  readonly reason: ExitReason
}

/** One publication of an event. */
export interface EventMessage<T = unknown> {
  readonly kind: 'event-message'
  readonly event: EventName<T>
  /** When it was published: wall clock, milliseconds since 1970. */
  readonly timeMs: number
  readonly message: T
}

/**
 * Tells a subscriber with `resubscribe` that it listens again after its node was lost: what was
 * published in between did not come, except for what the event still keeps.
 *
 * @source design 4.14
 */
export interface EventGap<T = unknown> {
  readonly kind: 'event-gap'
  readonly event: EventName<T>
  /** The new monitor of the event: the old one told of the loss. */
  readonly ref: Ref
  /** When the node was lost and when it was back: wall clock here, milliseconds since 1970. */
  readonly sinceMs: number
  readonly untilMs: number
  /** The event's buffer, oldest first; may repeat what came before the gap. */
  readonly missed: readonly EventMessage<T>[]
}

/**
 * True when a publication is of this event; its message then has the type of the event.
 *
 * `handleEvent` gets what is published by all events a process subscribes to. An event without a
 * node is that of any node.
 *
 * @example if (isEventOf(publication, prices)) total += publication.message.cents
 */
export function isEventOf<T>(
  publication: EventMessage,
  event: EventName<T>,
): publication is EventMessage<T> {
  const { name, node } = publication.event
  return name === event.name && (event.node === undefined || event.node === node)
}

/** Tells the owner of an event with `notify` that the first came or the last one left. */
export interface EventInterest {
  readonly kind: 'event-interest'
  readonly event: EventName
  /** True: the first has come; false: the last has left. */
  readonly subscribed: boolean
}

/**
 * Why a message was not handled. Every drop is counted under exactly one of these.
 *
 * `process-unknown`: nobody behind the address. `process-ended`: it waited when its receiver
 * ended. `process-revoked`: its sender was killed. `mailbox-full`, `-oldest`, `-replaced`: at a
 * limit, by policy. `message-unknown`: no handler. `message-refused`: by a schema or on purpose.
 * `handler-failed`: its handler threw. `pool-saturated`, `route-failed`: not handed on. To other
 * nodes: `no-route`; `connection-full`, more waits than `sendBufferMaxBytes`; `connection-lost`,
 * sent and not acknowledged when the node went down; `payload-refused`, cannot be encoded.
 */
export const DROP_CAUSES = Object.freeze([
  'process-unknown',
  'process-ended',
  'process-revoked',
  'mailbox-full',
  'mailbox-oldest',
  'mailbox-replaced',
  'message-unknown',
  'message-refused',
  'handler-failed',
  'pool-saturated',
  'route-failed',
  'no-route',
  'connection-full',
  'connection-lost',
  'payload-refused',
  'node-stopped',
] as const)
/** One of `DROP_CAUSES`. */
export type DropCause = (typeof DROP_CAUSES)[number]

/** One message, or several of a kind, that nobody handled; published as `dead-letter`. */
export interface DeadLetter {
  readonly kind: 'dead-letter'
  readonly cause: DropCause
  readonly from: Pid | undefined
  /** As the sender gave it, or the pid it led to. */
  readonly to: Address
  /** The name of the message, or a word in brackets for a signal. */
  readonly message: string
  /** How many this record stands for: above 1 when a long mailbox died with its owner. */
  readonly count: number
}
