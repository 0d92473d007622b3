/**
 * testing/unit-contract: what a unit kit promises its user.
 *
 * Types only; `UnitStage` keeps the promises.
 *
 * @source ergo-features 29 (unit), weakness 28
 */
import type {
  Address,
  AnyProtocol,
  AnySpawnable,
  CallOptions,
  Down,
  EventInterest,
  EventName,
  EventOptions,
  EventToken,
  ExitReason,
  Given,
  LogRecord,
  LogThreshold,
  MessageNameOf,
  Node,
  NodeOptions,
  PayloadOf,
  Pid,
  ReplyOf,
  RequestNameOf,
  SendFailure,
  SendOptions,
  SpawnArgs,
  SpawnOptions,
  Target,
} from '#contract'
import type { Expect } from './expectation.js'
import type { Mark, Recorded } from './journal.js'
import type { HasPid } from './matching.js'
import type { Probe } from './probe.js'
import type { CallStub, SendStub, SpawnStubber } from './stubs.js'
import type { VirtualClock } from './virtual-clock.js'

/** What the world around a subject is made of. */
export interface UnitOptions {
  /** Seed of the node's chance; default 1. */
  readonly seed?: number
  /** Wall clock at the start, in milliseconds since 1970. */
  readonly startWallMs?: number
  /** What the subject logs from this level on is in the journal; default `trace`. */
  readonly logLevel?: LogThreshold
  /** Further options of the node, such as `env`. */
  readonly node?: Omit<NodeOptions, 'logSinks' | 'logLevel' | 'handleSignals'>
}

/** How the subject is spawned. */
export type StartOptions<A extends readonly unknown[]> = SpawnArgs<A> & {
  readonly options?: SpawnOptions
}

export type StartGiven<A extends readonly unknown[]> = [] extends A
  ? [start?: StartOptions<A>]
  : [start: StartOptions<A>]

export type UnitGiven<A extends readonly unknown[]> = [] extends A
  ? [options?: UnitOptions & StartOptions<A>]
  : [options: UnitOptions & StartOptions<A>]

/** Whom a message is to come from; default the tester. */
export interface FromProbe {
  readonly from?: Probe
}

/** Signals handed to the subject, each as a turn of its own; settles when all has settled. */
export interface Deliver {
  /**
   * An exit signal. From a probe it is a real one: the subject ends unless it traps; one from
   * `kit.parent` cannot be trapped. From any other target its `handleExit` is given it.
   */
  exit(reason: ExitReason, options?: { readonly from?: Probe | Target }): Promise<void>
  /** A down notice, for targets that no probe can stand for; otherwise end the probe. */
  down(down: Pick<Down, 'target' | 'reason'> & Partial<Down>): Promise<void>
  /** A publication, as from a subscribed event; for a real one see `kit.event`. */
  event<T>(event: EventName<T> | string, message: T): Promise<void>
  /** The first subscriber of an own event came, or the last one left. */
  interest(interest: Omit<EventInterest, 'kind'>): Promise<void>
  log(record: LogRecord): Promise<void>
}

/** A topic of the kit that the subject can subscribe to. */
export interface KitEvent<T = unknown> {
  readonly event: EventName<T>
  readonly token: EventToken<T>
  /** Publishes and lets everything settle. */
  publish(message: T): Promise<void>
}

/** One subject and everything around it. Made by `unitKit` and `prepareUnit`. */
export interface UnitKit<
  P extends AnyProtocol = AnyProtocol,
  A extends readonly unknown[] = readonly unknown[],
> {
  readonly node: Node
  readonly clock: VirtualClock
  /** The pid of the subject; NOT_ALLOWED before it has been started. */
  readonly pid: Pid<P>
  /** What `init` made: the state of an `actor()`, the instance of a class. */
  readonly state: unknown
  /** Spawns the subject. Rejects as `spawn` does. */
  start(...start: StartGiven<A>): Promise<Pid<P>>

  /** The process that spawned the subject. */
  readonly parent: Probe
  /** Whom messages come from unless a test says otherwise. */
  readonly tester: Probe
  /** Probes that `onSpawn(...).giveProbes()` gave the subject, in order. */
  readonly children: readonly Probe[]
  /** A process that records what it gets, under a registered name when one is given. */
  probe(name?: string): Promise<Probe>
  /** Makes a topic. */
  event<T = unknown>(event: EventName<T> | string, options?: EventOptions): Promise<KitEvent<T>>

  /** Sends the subject a message and lets everything settle. */
  send<const K extends MessageNameOf<P>>(
    message: K,
    ...payload: Given<PayloadOf<P, K>, [options?: SendOptions & FromProbe]>
  ): Promise<SendFailure | undefined>
  /** Calls the subject. An answer that needs time to pass: `kit.until(kit.call(...))`. */
  call<const K extends RequestNameOf<P>>(
    request: K,
    ...payload: Given<PayloadOf<P, K>, [options?: CallOptions & FromProbe]>
  ): Promise<ReplyOf<P, K>>
  readonly deliver: Deliver

  /** Lets milliseconds pass, running each timer at its time. */
  advance(ms: number): Promise<void>
  /** Lets everything run that needs no time to pass. */
  settle(): Promise<void>
  /** Lets as much time pass as the promise needs. */
  until<T>(promise: Promise<T>): Promise<T>

  /** What calls of the subject to this receiver come to; of any name without a request. */
  onCall(to: Address | HasPid, request?: string): CallStub
  /** What sends of the subject to this receiver come to. */
  onSend(to: Address | HasPid, message?: string): SendStub
  /** What it comes to when the subject spawns this definition, or anything without one. */
  onSpawn(definition?: AnySpawnable): SpawnStubber

  /** What the test says the subject did. */
  readonly expect: Expect
  /** Everything that happened so far, in order. */
  readonly journal: readonly Recorded[]
  /** This point in the journal, for `expect.sent(...).since(mark)`. */
  mark(): Mark
  /** The journal as text, one line each. */
  print(): string

  /**
   * Stops the node. Rejects with an AssertionError when an expectation was written without its
   * verb (`kit.expect.sent(...)` alone asserts nothing).
   */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
