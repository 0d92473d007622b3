/**
 * cluster/leader/leader: an actor of which one leads among several nodes.
 *
 * All that an actor has, and what it is told of the lead. Around the behaviour of an actor only
 * its begin and its end are another: they make and end its elector.
 *
 * @source ergo-features 24, weakness 1; design 7
 */
import { type ActorDefinition, type ActorSpec, actor } from '#actor'
import {
  type Answer,
  type AnyProtocol,
  type Behaviour,
  behaviourOf,
  type Down,
  type ElectionOptions,
  type EventGap,
  type EventInterest,
  type EventMessage,
  type Exit,
  type ExitReason,
  type LogRecord,
  type NameOf,
  type PayloadOf,
  type Pid,
  type ProcessOptions,
  type ReplyOf,
  requireObject,
  requireOption,
  type Untyped,
} from '#contract'
import { type LeaderCalls, type LeaderContext, leading, type TermChange } from './leading.js'

/** One function for each name of a protocol, with the context of a leader. */
export type LeaderFunctions<P extends AnyProtocol, S> = {
  readonly [K in NameOf<P>]: P['messages'][K] extends { readonly kind: 'request' }
    ? (state: S, payload: PayloadOf<P, K>, context: LeaderContext) => Answer<ReplyOf<P, K>>
    : (state: S, payload: PayloadOf<P, K>, context: LeaderContext) => unknown
}

/** What `leader()` takes beside the protocol: an actor, how it is elected, what it is told. */
export interface LeaderSpec<P extends AnyProtocol, S, A extends readonly unknown[]> {
  /** Shown in logs and listings; default the name of the protocol. */
  readonly name?: string
  /** What is led and by whom; gets the arguments of spawn, before `init`. */
  readonly election: (...args: NoInfer<A>) => ElectionOptions
  /** Makes the state from the arguments of spawn, as in `actor()`. */
  readonly init?: (...args: A) => S | Promise<S>
  /** The second half of init. It stands for election only after this. */
  readonly started?: (state: S, context: LeaderContext) => unknown
  /** The handlers, one for each name of the protocol. */
  readonly on: LeaderFunctions<P, S>
  /**
   * It leads, in this term: the fencing token of all it does from now on. A throw ends the process
   * with that reason, and the lead is given up.
   */
  readonly handleBecomeLeader?: (state: S, term: number, context: LeaderContext) => unknown
  /** It leads no longer, or another one does; undefined: nobody is known to lead. */
  readonly handleBecomeFollower?: (
    state: S,
    leader: Pid | undefined,
    context: LeaderContext,
  ) => unknown
  /** A process of another node takes part. */
  readonly handlePeerJoined?: (state: S, peer: Pid, context: LeaderContext) => unknown
  /** It has ended, or its node is lost. */
  readonly handlePeerLeft?: (state: S, peer: Pid, context: LeaderContext) => unknown
  /** Not for the first term. */
  readonly handleTermChanged?: (state: S, change: TermChange, context: LeaderContext) => unknown
  /** Runs once at the end, unless the process was killed. The lead is given up before. */
  readonly terminate?: (state: S, reason: ExitReason, context: LeaderContext) => unknown
  /** An exit signal, when the option `trapExit` is set. */
  readonly handleExit?: (state: S, exit: Exit, context: LeaderContext) => unknown
  /** A monitored target has ended. */
  readonly handleDown?: (state: S, down: Down, context: LeaderContext) => unknown
  /** A publication of a subscribed event. */
  readonly handleEvent?: (state: S, event: EventMessage, context: LeaderContext) => unknown
  /** A subscription with `resubscribe` is back after its node was lost. */
  readonly handleEventGap?: (state: S, gap: EventGap, context: LeaderContext) => unknown
  /** The first subscriber of an own event came, or the last one left. */
  readonly handleEventInterest?: (
    state: S,
    interest: EventInterest,
    context: LeaderContext,
  ) => unknown
  /** A log record, when the process is a sink of the log. */
  readonly handleLog?: (state: S, record: LogRecord, context: LeaderContext) => unknown
  /** A message that the protocol does not name. */
  readonly handleMessage?: (state: S, message: Untyped, context: LeaderContext) => unknown
  /** A request that the protocol does not name. */
  readonly handleCall?: (state: S, request: Untyped, context: LeaderContext) => unknown
  /** A few values for an observer; `leadership` is added to them. */
  readonly inspect?: (state: S, context: LeaderContext) => Readonly<Record<string, unknown>>
  /** Defaults for processes of this actor; spawn options override them. */
  readonly options?: ProcessOptions
}

/**
 * Defines an actor of which at most one leads among the voters of a cluster.
 *
 * Spawn one on each node that votes, or joins. Which of them leads is decided by a majority of the
 * voters; `context.leadership` tells it at every instant, and the callbacks in turn with all other
 * messages, so a busy process hears late of what `isLeader` knows already. Whatever leaves the
 * process carries the term, for the place that takes it to refuse a lower one (`termFence`).
 *
 * Throws as `actor()` does; spawning it rejects with INIT_FAILED when the options of the election
 * cannot be, its ballot cannot be read, or another process of the node takes part in the same
 * cluster. Times are milliseconds. To have one process somewhere, without a role in it, use a
 * singleton.
 *
 * @example
 * const keeper = leader(Keeper, {
 *   election: () => ({ clusterId: 'keeper', voters: ['a@host', 'b@host', 'c@host'] }),
 *   init: () => ({ term: 0 }),
 *   on: { lead: (_state, _given, { leadership }) => leadership.isLeader },
 *   handleBecomeLeader(state, term) { state.term = term },
 * })
 * @source ergo-features 24; Raft 3
 */
export function leader<P extends AnyProtocol, S = undefined, A extends readonly unknown[] = []>(
  protocol: P,
  spec: LeaderSpec<P, S, A>,
): ActorDefinition<P, A> {
  requireObject('leader', spec)
  const { election } = spec
  requireOption(typeof election === 'function', 'election', election, 'give a function')
  const definition = actor(protocol, spec as unknown as ActorSpec<P, S, A>)
  const calls: LeaderCalls<S> = {
    election: (args) => election(...(args as A)),
    becomeLeader: spec.handleBecomeLeader,
    becomeFollower: spec.handleBecomeFollower,
    peerJoined: spec.handlePeerJoined,
    peerLeft: spec.handlePeerLeft,
    termChanged: spec.handleTermChanged,
  }
  const behaviour = leading(definition[behaviourOf] as unknown as Behaviour<S>, calls)
  return Object.freeze({ [behaviourOf]: behaviour as unknown as Behaviour<never>, protocol })
}
