/**
 * contract/wire: the two halves between a node and its network: what goes out, what comes in.
 *
 * The runtime hands over what is addressed to another node and never learns how it travels; the
 * network hands over what has arrived and never learns what a mailbox is. The simulated world and
 * the real one plug in here.
 *
 * @source ergo-features 5, 7, 8, 19
 */
import type { Clock } from '#base/clock'
import type { WireInsight } from './connection.js'
import type { TroupeError } from './errors.js'
import type { Address, Alias, Pid, ProcessName, Ref, Target } from './identity.js'
import type { Priority } from './limits.js'
import type { Logger } from './logger.js'
import type { NodeNetwork } from './network.js'
import type { AnyProtocol } from './protocol.js'
import type { ExitReason } from './reason.js'
import type { SendFailure } from './sender.js'
import type { EventMessage } from './signal.js'

/** Where the answer of a far request goes; both answer false when nobody waits any more. */
export interface WireAnswers {
  /** `by`: who answers, as far as that is known. */
  reply(value: unknown, by?: Pid): boolean
  reject(error: TroupeError): boolean
  /** False once the caller has an outcome. */
  readonly waiting: boolean
}

/** What a far node is told that has joined an event. */
export interface FarJoin {
  readonly missed: readonly EventMessage[]
  /** The event has a buffer. */
  readonly buffers: boolean
}

/** Carries a publication to another node, with what travels of its trace. */
export type EventPush = (publication: EventMessage, trace: string | undefined) => void

/** What became of a subscription to a far event. */
export interface SubscribeAnswers {
  /**
   * From now on publications come; `missed` is what the buffer of the event holds. `buffers`:
   * it has one, so that each further subscriber has to ask for what that holds then.
   */
  joined(missed: readonly EventMessage[], buffers: boolean): void
  /** EVENT_UNKNOWN, NO_ROUTE, NO_CONNECTION. */
  refused(error: TroupeError): void
}

/** What one confirmed send asks of the far node: to queue it now, or as soon as there is room. */
export type Confirmation = 'important' | 'when-room'

/** How an exit signal came about: a link, a program's `exit`, or a `kill`. */
export type ExitCause = 'link' | 'program' | 'kill'

/** The way to other nodes. What it answers at once is local; what happens later is told. */
export interface Wire {
  /** More may not wait in one mailbox when a message of another node comes: it is refused. */
  readonly mailboxMax: number
  /** What the program sees of its network. */
  readonly control: NodeNetwork
  /** What can be seen of it. */
  readonly insight: WireInsight
  /** Names the node it serves; called once, before anything else. Settles when it can be used. */
  start(home: WireHome): Promise<void>
  /** A one-way message to an address of another node. */
  send(
    node: string,
    to: Address,
    message: string,
    payload: unknown,
    from: Pid | undefined,
    priority: Priority,
    trace: string | undefined,
  ): SendFailure | undefined
  /**
   * A request; exactly one function of `answers` is called, unless a failure is returned.
   * `leftMs`: how long its caller waits; Infinity for ever.
   */
  call(
    node: string,
    to: Address,
    request: string,
    payload: unknown,
    from: Pid | undefined,
    priority: Priority,
    trace: string | undefined,
    leftMs: number,
    answers: WireAnswers,
  ): SendFailure | undefined
  /**
   * A failure when the message does not leave; otherwise settles when the far node has queued it,
   * or with what became of it.
   */
  sendConfirmed(
    node: string,
    to: Address,
    message: string,
    payload: unknown,
    from: Pid | undefined,
    priority: Priority,
    how: Confirmation,
    trace: string | undefined,
  ): SendFailure | Promise<SendFailure | undefined>
  /** An exit signal; `from` undefined is the node itself. Lost silently when there is no way. */
  exit(node: string, from: Pid | undefined, to: Pid, reason: ExitReason, cause: ExitCause): void
  /** One half of a link between two processes; its end comes back as `WireHome.linkEnded`. */
  link(node: string, from: Pid, to: Pid): SendFailure | undefined
  unlink(node: string, from: Pid, to: Pid): void
  /** One-way watch; its end comes back as `WireHome.watchEnded`. */
  watch(node: string, watcher: Pid, target: Target, ref: Ref): SendFailure | undefined
  unwatch(node: string, watcher: Pid, ref: Ref): void
  /**
   * Joins the subscribers of a far event; exactly one function of `answers` is called.
   * Publications come back as `WireHome.published`, once for all subscribers of this node.
   */
  subscribe(node: string, event: string, answers: SubscribeAnswers): void
  /** Nobody here listens to the event any more. */
  unsubscribe(node: string, event: string): void
  stop(): Promise<void>
}

/** An address of this node, as it came in: by id, by name, or by alias. */
export type HomeAddress = Pid | Alias | ProcessName

/** A request of another node that waits for its answer; `cancel`: nobody there waits any more. */
export interface FarRequest {
  cancel(): void
}

/** A far watcher of something at this node; `cancel` withdraws it without telling. */
export interface FarWatch {
  cancel(): unknown
}

/**
 * What other nodes are to the program: told on the node's event `node`. `node-suspect`: nothing
 * comes from it, and it is asked whether it lives; `node-busy`: it does, and its loop is blocked;
 * `node-well`: it speaks again.
 */
export type PeerNotice =
  | { readonly kind: 'node-up'; readonly node: string; readonly creation: number }
  | {
      readonly kind: 'node-down'
      readonly node: string
      readonly creation: number
      readonly reason: string
    }
  | { readonly kind: 'node-suspect'; readonly node: string; readonly reason: string }
  | { readonly kind: 'node-busy'; readonly node: string; readonly loopDelayMs: number }
  | { readonly kind: 'node-well'; readonly node: string }

/** Two programs say that they are the node `node`, which may be this one. */
export interface NameClash {
  readonly kind: 'name-clash'
  readonly node: string
  /** Where they are: first the one that is known here. */
  readonly places: readonly string[]
  readonly problem: string
}

/** The node a wire serves: what the network does at home with what has arrived. */
export interface WireHome {
  readonly name: string
  readonly creation: number
  readonly clock: Clock
  readonly log: Logger
  /** True while the node has more to run than it gets done: arrivals should wait. */
  readonly behind: boolean
  /** What its processes speak, or spoke, by name. */
  readonly protocols: ReadonlyMap<string, AnyProtocol>

  /** The process of this node with this id and life, as the quickest address of it. */
  local(id: number, creation: number): Pid | undefined
  /** All ways to write the process behind an address of this node: its id, name and aliases. */
  ways(to: HomeAddress): Iterable<HomeAddress>
  /**
   * Puts a message into a mailbox; its failure is counted here. `from` has the id 0 where the other
   * node itself has sent it; here and below.
   */
  deliver(
    to: HomeAddress,
    message: string,
    payload: unknown,
    from: Pid | undefined,
    priority: Priority,
    trace: string | undefined,
  ): SendFailure | undefined
  /**
   * Puts a request into a mailbox; exactly one function of `answers` is called, unless it is
   * cancelled. An answer that comes after that is a dead letter.
   */
  request(
    to: HomeAddress,
    request: string,
    payload: unknown,
    from: Pid | undefined,
    priority: Priority,
    trace: string | undefined,
    leftMs: number,
    answers: WireAnswers,
  ): FarRequest
  /** Puts a message into a mailbox as soon as there is room. */
  deliverWhenRoom(
    to: HomeAddress,
    message: string,
    payload: unknown,
    from: Pid | undefined,
    priority: Priority,
    trace: string | undefined,
  ): Promise<SendFailure | undefined>
  /** True for a process of Troupe itself, which no other node may end or link with. */
  isOwn(pid: Pid): boolean
  /** An exit signal from a far process, or from the far node itself. */
  exit(from: Target, to: Pid, reason: ExitReason, cause: 'program' | 'kill'): void

  /** The far half of a link; a reason when there is no such process to link with. */
  linked(from: Pid, to: Pid): ExitReason | undefined
  unlinked(from: Pid, to: Pid): void
  /** A far process has ended that is linked with one of ours. */
  linkEnded(from: Pid, to: Pid, reason: ExitReason): void

  /** A far process watches something here; `tell` is called once, perhaps at once. */
  watched(watcher: Pid, target: Target, tell: (reason: ExitReason) => void): FarWatch
  /** The far target of one of our watches has ended. */
  watchEnded(node: string, ref: Ref, reason: ExitReason): void

  /** A far node subscribes to an event of ours; what its buffer holds. Throws EVENT_UNKNOWN. */
  subscribed(event: string, push: EventPush): FarJoin
  unsubscribed(event: string, push: EventPush): void
  /** A publication of a far event, for its subscribers here. */
  published(node: string, event: string, publication: EventMessage, trace: string | undefined): void

  /**
   * How many messages wait in the mailbox behind an address, and for room in it; undefined when
   * nobody is there.
   */
  waiting(to: HomeAddress): number | undefined
  /** A message of this node, named in words, could not be written for another one. */
  unsent(node: string, failure: SendFailure, message: string): void
  /** Counts messages that were on their way when a connection was lost. */
  lost(node: string, count: number): void
  /** The first connection of a life of a node. */
  peerUp(node: string, creation: number): void
  /** The last word on a life of a node: everything with it ends with `no-connection`. */
  peerDown(node: string, creation: number, reason: string): void
  /** A node could not be reached: what was begun with it ends with `no-connection`. */
  peerMissing(node: string): void
  /** True while somebody here waits for the return of a lost node. */
  awaits(node: string): boolean
  peerSuspect(node: string, reason: string): void
  /** A suspect one lives, and its loop is blocked: once for each time. */
  peerBusy(node: string, loopDelayMs: number): void
  /** One that was suspect speaks again. */
  peerWell(node: string): void
  /** Two programs say that they are one node. */
  nameClash(clash: NameClash): void
}
