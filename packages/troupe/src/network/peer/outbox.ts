/**
 * network/peer/outbox: what the runtime wants done at another node, as messages of the session.
 *
 * A message is encoded straight into the session's memory. One that cannot be encoded leaves no
 * trace; one that is large is encoded apart and leaves in pieces.
 *
 * @source docs/reference/wire.md
 */
import {
  type Address,
  Alias,
  type Confirmation,
  type EventMessage,
  type ExitCause,
  type ExitReason,
  type FarJoin,
  formatTarget,
  Pid,
  type Priority,
  type SendFailure,
  type Target,
  TroupeError,
} from '#contract'
import type { Encoder } from '#network/codec/encoder'
import type { Outgoing } from '#network/session/outgoing'
import type { CompressionCount } from './compression.js'
import { bareError, bareReason, sentReason } from './endings.js'
import { KIND, ROUTE } from './kinds.js'
import { eventLane, laneKey } from './lanes.js'
import { MessageWriter } from './message-writer.js'
import type { ToldProtocol } from './protocols.js'
import { PIECE_BYTES, type Transfers } from './transfers.js'

const PRIORITY: Readonly<Record<Priority, number>> = Object.freeze({
  normal: 0,
  high: 1 << ROUTE.priorityShift,
  max: 2 << ROUTE.priorityShift,
})

/** Exit causes, by their number on the wire. */
export const EXIT_CAUSES = Object.freeze(['program', 'kill'] as const)

/** Where a message goes, from whom and how urgent. */
export interface Route {
  readonly to: Address
  readonly from: Pid | undefined
  readonly priority: Priority
  readonly trace: string | undefined
}

/** What an outbox has to be given. */
export interface OutboxParts {
  readonly encoder: Encoder
  readonly outgoing: Outgoing
  readonly transfers: Transfers
  /** The own node: only its processes may be named as senders. */
  readonly home: string
  readonly node: string
  /** The largest message the other node takes, and how much may be kept for it. */
  readonly limits: { messageMaxBytes: number; readonly sendBufferMaxBytes: number }
  /** So much is kept for the other node that it cannot be answered any more. */
  readonly overrun: () => void
}

/** Answers and signals, which nobody refuses, may be kept up to so many times the limit. */
const OVERRUN_TIMES = 2

export class Outbox {
  /** The life of the other node; 0 while it is not known. */
  creation = 0
  /** Targets at the other node that take no more for now, as printed, and since when. */
  readonly held = new Map<string, number>()
  readonly #writer: MessageWriter
  readonly #parts: OutboxParts
  readonly #encoder: Encoder
  readonly #outgoing: Outgoing

  constructor(parts: OutboxParts) {
    this.#parts = parts
    this.#writer = new MessageWriter(parts)
    this.#encoder = parts.encoder
    this.#outgoing = parts.outgoing
  }

  /** Why the last message could not be sent. */
  get problem(): TroupeError | undefined {
    return this.#writer.problem
  }

  get compressed(): CompressionCount {
    return this.#writer.compressed
  }

  /** From now on messages of more bytes than this travel compressed. */
  compressAbove(bytes: number): void {
    this.#writer.compressAboveBytes = bytes
  }

  send(
    to: Address,
    message: string,
    payload: unknown,
    from: Pid | undefined,
    priority: Priority,
    trace: string | undefined,
  ): SendFailure | undefined {
    const refused = this.#refusal(to)
    if (refused !== undefined) return refused
    const encoder = this.#encoder
    if (encoder.busy) return this.#writer.nested(to)
    const start = this.#outgoing.begin()
    encoder.mark(PIECE_BYTES)
    let fits = false
    try {
      this.#route(to, from, priority, trace)
      encoder.name(message)
      fits = encoder.value(payload, to)
    } catch (thrown) {
      return this.#writer.unsent(start, thrown)
    }
    if (fits) {
      this.#writer.commit(start, KIND.send)
      return undefined
    }
    const route = { to, from, priority, trace }
    return this.#writer.large(start, KIND.send, this.#lane(route), () =>
      this.#body(route, message, payload),
    )
  }

  call(
    route: Route,
    request: string,
    payload: unknown,
    id: number,
    leftMs: number,
  ): SendFailure | undefined {
    const refused = this.#refusal(route.to)
    if (refused !== undefined) return refused
    return this.#message(KIND.call, route, () => {
      this.#encoder.uint(id)
      this.#encoder.uint(leftMs === Number.POSITIVE_INFINITY ? 0 : Math.max(1, Math.ceil(leftMs)))
      return this.#body(route, request, payload)
    })
  }

  confirm(
    route: Route,
    message: string,
    payload: unknown,
    id: number,
    how: Confirmation,
  ): SendFailure | undefined {
    const refused = how === 'when-room' ? this.#wayRefusal(route.to) : this.#refusal(route.to)
    if (refused !== undefined) return refused
    return this.#message(KIND.confirm, route, () => {
      this.#encoder.uint(id)
      this.#encoder.byte(how === 'important' ? 0 : 1)
      return this.#body(route, message, payload)
    })
  }

  /**
   * The answer of `by` to a request of the process `to`; an error when it cannot be encoded. What
   * `by` sends there afterwards, its end too, comes behind it, however large it is.
   */
  reply(id: number, value: unknown, to?: Pid, by?: Pid, priority: Priority = 'normal'): void {
    const { node, limits } = this.#parts
    if (this.#isFull) {
      const limit = limits.sendBufferMaxBytes
      this.reject(id, new TroupeError('CONNECTION_FULL', { node, limit }))
      return
    }
    const laneOf = (): string =>
      to === undefined || by === undefined
        ? ''
        : this.#lane({ to, from: by, priority, trace: undefined })
    const failure = this.#writer.write(KIND.reply, node, laneOf, () => {
      this.#encoder.uint(id)
      return this.#encoder.value(value, node)
    })
    if (failure !== undefined) this.reject(id, this.#writer.problem as TroupeError)
  }

  reject(id: number, error: TroupeError): void {
    const reject = (told: TroupeError): SendFailure | undefined =>
      this.#plain(KIND.reject, () => {
        this.#encoder.uint(id)
        return this.#encoder.value(told)
      })
    if (reject(error) !== undefined) reject(bareError(error))
  }

  confirmed(id: number, failure: SendFailure | undefined): void {
    this.#plain(KIND.confirmed, () => {
      this.#encoder.uint(id)
      this.#encoder.name(failure ?? '')
      return true
    })
  }

  exit(
    from: Pid | undefined,
    to: Pid,
    reason: ExitReason,
    cause: Exclude<ExitCause, 'link'>,
  ): void {
    this.#ending(KIND.exit, reason, () => {
      this.#encoder.byte(EXIT_CAUSES.indexOf(cause))
      this.#encoder.uint(this.#ownId(from))
      this.#target(to)
    })
  }

  link(kind: typeof KIND.link | typeof KIND.unlink, from: Pid, to: Pid): SendFailure | undefined {
    return this.#plain(kind, () => {
      this.#encoder.uint(from.id)
      this.#target(to)
      return true
    })
  }

  linkEnded(from: Pid, to: Pid, reason: ExitReason): void {
    this.#ending(KIND.linkEnded, reason, () => {
      this.#encoder.uint(from.id)
      this.#target(to)
    })
  }

  watch(ref: number, watcher: Pid, target: Target): SendFailure | undefined {
    return this.#plain(KIND.watch, () => {
      this.#encoder.uint(ref)
      this.#encoder.uint(watcher.id)
      return this.#encoder.value(target)
    })
  }

  unwatch(ref: number): void {
    this.#plain(KIND.unwatch, () => {
      this.#encoder.uint(ref)
      return true
    })
  }

  /** `fromId`: the process that has ended, behind whose messages this comes; 0 for none. */
  down(ref: number, fromId: number, reason: ExitReason): void {
    this.#ending(KIND.down, reason, () => {
      this.#encoder.uint(ref)
      this.#encoder.uint(fromId)
    })
  }

  subscribe(id: number, event: string): SendFailure | undefined {
    return this.#plain(KIND.subscribe, () => {
      this.#encoder.uint(id)
      this.#encoder.name(event)
      return true
    })
  }

  unsubscribe(event: string): void {
    this.#plain(KIND.unsubscribe, () => {
      this.#encoder.name(event)
      return true
    })
  }

  /** The answer to a subscription: what the buffer holds, or why not. */
  subscribed(id: number, event: string, answer: FarJoin | TroupeError): void {
    const failure = this.#published(KIND.subscribed, event, () => {
      this.#encoder.uint(id)
      if (TroupeError.is(answer)) return this.#encoder.value(answer)
      return this.#encoder.value(answer.missed) && this.#encoder.value(answer.buffers)
    })
    if (failure !== undefined) this.subscribed(id, event, this.#writer.problem as TroupeError)
  }

  event(name: string, publication: EventMessage, trace?: string): SendFailure | undefined {
    if (this.#isFull) return 'CONNECTION_FULL'
    return this.#published(KIND.event, name, () => {
      this.#encoder.name(name)
      this.#encoder.value(publication.timeMs)
      const fits = this.#encoder.value(publication.message)
      // Behind what earlier versions read, which stop there.
      if (fits && trace !== undefined) this.#encoder.string(trace)
      return fits
    })
  }

  /** What this node's processes speak. */
  protocols(told: readonly ToldProtocol[]): void {
    this.#plain(KIND.protocols, () => this.#encoder.value(told))
  }

  hold(kind: typeof KIND.hold | typeof KIND.release, target: string): void {
    this.#plain(kind, () => {
      this.#encoder.string(target)
      return true
    })
  }

  /** Large messages that wait do not count here: they leave small ones their way. */
  get #isFull(): boolean {
    const { transfers, limits } = this.#parts
    return this.#outgoing.keptBytes > limits.sendBufferMaxBytes || transfers.full
  }

  /** More is kept than what can be refused could ever have become. */
  get #isOverrun(): boolean {
    const { transfers, limits } = this.#parts
    const bytesMax = limits.sendBufferMaxBytes * OVERRUN_TIMES
    const waitsTooMuch = transfers.waitingBytes > bytesMax + limits.messageMaxBytes
    return this.#outgoing.keptBytes > bytesMax || waitsTooMuch
  }

  /** Why a message to this target cannot be sent now. */
  #refusal(to: Address): SendFailure | undefined {
    if (this.held.size > 0 && this.held.has(formatTarget(to))) return 'MAILBOX_FULL'
    return this.#wayRefusal(to)
  }

  #wayRefusal(to: Address): SendFailure | undefined {
    if (this.#isFull) return 'CONNECTION_FULL'
    const isOfOneLife = Pid.is(to) || Alias.is(to)
    const isOld = this.creation !== 0 && isOfOneLife && to.creation !== this.creation
    return isOld ? 'PROCESS_INCARNATION' : undefined
  }

  #body(route: Route, message: string, payload: unknown): boolean {
    this.#route(route.to, route.from, route.priority, route.trace)
    this.#encoder.name(message)
    return this.#encoder.value(payload, route.to)
  }

  #lane(route: Route): string {
    return laneKey(this.#ownId(route.from), route.to, route.priority)
  }

  #route(to: Address, from: Pid | undefined, priority: Priority, trace: string | undefined): void {
    const encoder = this.#encoder
    const fromId = this.#ownId(from)
    let route = PRIORITY[priority]
    if (fromId !== 0) route |= ROUTE.from
    if (trace !== undefined) route |= ROUTE.traced
    if (typeof to === 'string') throw new TroupeError('PROCESS_UNKNOWN', { to })
    if (Pid.is(to) && this.creation !== 0) {
      encoder.byte(route)
      encoder.uint(to.id)
    } else if (to.kind === 'name') {
      encoder.byte(route | ROUTE.name)
      encoder.name(to.name)
    } else if (Alias.is(to) && this.creation !== 0) {
      encoder.byte(route | ROUTE.alias)
      encoder.uint(to.id)
    } else {
      // The life of the other node is not known yet: it has to look itself.
      encoder.byte(route | ROUTE.address)
      encoder.value(to)
    }
    if (fromId !== 0) encoder.uint(fromId)
    if (trace !== undefined) encoder.string(trace)
  }

  /** A process there, in one of its node's lives. */
  #target(to: Pid): void {
    this.#encoder.uint(to.id)
    this.#encoder.uint(to.creation)
  }

  /** A node speaks only for its own processes: others are not named. */
  #ownId(from: Pid | undefined): number {
    return from === undefined || from.node !== this.#parts.home ? 0 : from.id
  }

  #message(kind: number, route: Route, write: () => boolean): SendFailure | undefined {
    return this.#writer.write(kind, route.to, () => this.#lane(route), write)
  }

  /** A word that something has ended; what of the reason cannot travel does not hold it up. */
  #ending(kind: number, reason: ExitReason, head: () => void): void {
    const tell = (told: ExitReason): SendFailure | undefined =>
      this.#plain(kind, () => {
        head()
        return this.#encoder.value(told)
      })
    if (tell(sentReason(reason)) !== undefined) tell(bareReason(reason))
  }

  /** What belongs to an event keeps its order: first the buffer, then each publication. */
  #published(kind: number, event: string, write: () => boolean): SendFailure | undefined {
    return this.#writer.write(kind, this.#parts.node, () => eventLane(event), write)
  }

  /** A message that belongs to no sender and receiver. */
  #plain(kind: number, write: () => boolean): SendFailure | undefined {
    const { node, overrun } = this.#parts
    if (this.#isOverrun) overrun()
    return this.#writer.write(kind, node, () => '', write)
  }
}
