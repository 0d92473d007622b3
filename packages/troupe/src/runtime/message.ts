/**
 * runtime/message: what lies in a mailbox beside a name and a payload.
 *
 * A plain message needs no object of its own: its sender, name and payload lie in the mailbox.
 * Where more travels (a deadline, a trace, a caller who waits) the sender's place holds an
 * `Envelope`, and for a request a `Call`, which is one.
 */
import { type OpenSpan, type Pid, requireOption } from '#contract'

/** Names of entries that no user can send: they are symbols. */
export const DOWN = Symbol('down')
export const EXIT = Symbol('exit')
export const EVENT = Symbol('event')
export const GAP = Symbol('event-gap')
export const INTEREST = Symbol('event-interest')
export const LOG = Symbol('log')
export const TIMER = Symbol('timer')

/** The name of a mailbox entry: a message of a protocol, or one of the signals above. */
export type EntryName = string | symbol

/** What the place of the sender can hold. */
export type Origin = Pid | Envelope | undefined

/** A sender with what else travels with its message. */
export class Envelope {
  readonly from: Pid | undefined
  /** Clock time (`nowMs`) after which nobody waits; Infinity without a deadline. */
  deadlineMs: number
  /** The step of a trace that it is, or undefined. */
  trace: OpenSpan | undefined
  /** Position among the messages of one sender, receiver and priority; 0 when local. */
  sequence: number
  /** The life of the node it came from; 0 when local. */
  incarnation: number

  constructor(from: Pid | undefined, deadlineMs: number) {
    this.from = from
    this.deadlineMs = deadlineMs
    this.trace = undefined
    this.sequence = 0
    this.incarnation = 0
  }
}

/** Ends a wait: with a value, or with an error. */
export type Settle = (value: unknown) => void

/**
 * One request whose caller waits. It is its own entry in the list of pending calls, ordered by
 * deadline, so that a call needs no timer of its own.
 */
export class Call extends Envelope {
  resolve: Settle | undefined
  reject: Settle | undefined
  readonly to: unknown
  readonly request: string
  readonly timeoutMs: number
  previous: Call | undefined
  next: Call | undefined
  /** Takes a listener off an AbortSignal; set only where a signal was given. */
  release: (() => void) | undefined

  constructor(
    from: Pid | undefined,
    to: unknown,
    request: string,
    deadlineMs: number,
    timeoutMs: number,
  ) {
    super(from, deadlineMs)
    this.resolve = undefined
    this.reject = undefined
    this.to = to
    this.request = request
    this.timeoutMs = timeoutMs
    this.previous = undefined
    this.next = undefined
    this.release = undefined
  }
}

/** The process behind an origin; what another node itself has sent comes from its id 0. */
export function senderOf(origin: Origin): Pid | undefined {
  const from = origin instanceof Envelope ? origin.from : origin
  return from?.id === 0 ? undefined : from
}

/** The node behind an origin; undefined: this one itself. */
export const nodeOf = (origin: Origin): string | undefined =>
  origin instanceof Envelope ? origin.from?.node : origin?.node

/** OPTION_INVALID for what cannot name a message; without a name nobody could handle it. */
export function requireMessageName(name: unknown): void {
  requireOption(typeof name === 'string', 'message', name, 'give the name of a message')
}

/** The printed name of an entry: signals in brackets. */
export const describeEntry = (name: EntryName): string =>
  typeof name === 'string' ? name : `[${name.description}]`
