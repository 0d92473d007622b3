/**
 * cluster/leader/leader-class: a leader actor as a class: its methods are handlers and callbacks.
 *
 * Built on the base class of actors, whose behaviour it takes part in an election with.
 */
import { Actor, type ActorClass, type ActorInstance, type ReservedWord } from '#actor'
import {
  type AnyProtocol,
  type Behaviour,
  behaviourOf,
  type ElectionOptions,
  type Leadership,
  type NameOf,
  type Pid,
  type ProcessOptions,
  requireObject,
  requireOption,
  TroupeError,
} from '#contract'
import { type LeaderCalls, type LeaderContext, leading, type TermChange } from './leading.js'

/** The methods that a class may add to those of an actor; all are optional. */
export interface LeaderLifecycle {
  /** It leads, in this term; a throw ends the process, and the lead is given up. */
  handleBecomeLeader?(term: number): unknown
  /** It leads no longer, or another one does; undefined: nobody is known to lead. */
  handleBecomeFollower?(leader: Pid | undefined): unknown
  handlePeerJoined?(peer: Pid): unknown
  handlePeerLeft?(peer: Pid): unknown
  /** Not for the first term. */
  handleTermChanged?(change: TermChange): unknown
}

/** What an instance of a leader class has. */
export interface LeaderInstance extends ActorInstance, LeaderLifecycle {
  readonly context: LeaderContext
  readonly leadership: Leadership
}

/** What `Leader.of` gives: extend it. */
export interface LeaderClass<P extends AnyProtocol> {
  new (): LeaderInstance
  readonly [behaviourOf]: Behaviour<never>
  /** For types only: the protocol it speaks. */
  readonly speaks?: P
}

/** How the processes of a class are elected, and their defaults. */
export interface LeaderOptions extends ProcessOptions {
  /** What is led and by whom; gets the arguments of spawn, before `init`. */
  readonly election: (...args: never[]) => ElectionOptions
}

const CALLBACKS = [
  'handleBecomeFollower',
  'handleBecomeLeader',
  'handlePeerJoined',
  'handlePeerLeft',
  'handleTermChanged',
  'leadership',
] as const

/** A word that a protocol of a leader class may not use as a message name. */
export type LeaderWord = ReservedWord | (typeof CALLBACKS)[number]

/** Refuses, in words, a protocol that names a message like a method of the base class. */
type Unreserved<P extends AnyProtocol> = [NameOf<P> & LeaderWord] extends [never]
  ? unknown
  : string extends NameOf<P>
    ? unknown
    : `the message ${NameOf<P> & LeaderWord} is a method of Leader; rename it or use leader()`

/**
 * A leader actor as a class: `Leader.of(protocol, { election })` is `Actor.of` with the callbacks
 * of `leader()` as methods, and `this.leadership`.
 *
 * @example
 * class Keeping extends Leader.of(Keeper, { election: () => ({ clusterId: 'keeper' }) }) {
 *   lead() { return this.leadership.isLeader }
 *   override handleBecomeLeader(term: number) { this.log.info('leads', { term }) }
 * }
 * @source ergo-features 24
 */
export const Leader = Object.freeze({
  of<P extends AnyProtocol>(protocol: P & Unreserved<P>, options: LeaderOptions): LeaderClass<P> {
    requireObject('options', options)
    const { election, ...rest } = options
    requireOption(typeof election === 'function', 'election', election, 'give a function')
    for (const word of CALLBACKS) {
      if (Object.hasOwn(protocol.messages, word)) {
        throw new TroupeError('HANDLER_RESERVED', { protocol: protocol.name, message: word })
      }
    }
    return baseClassOf<P>(protocol, election as ElectionOf, rest)
  },
})

/** An instance of a leader class, whatever its protocol. */
export type Leader = LeaderInstance

type ElectionOf = (...args: readonly unknown[]) => ElectionOptions

function baseClassOf<P extends AnyProtocol>(
  protocol: P,
  election: ElectionOf,
  options: ProcessOptions,
): LeaderClass<P> {
  const Base = (Actor.of as (given: AnyProtocol, options: ProcessOptions) => ActorClass<P>)(
    protocol,
    options,
  )
  const made = new WeakMap<object, Behaviour<object>>()
  class ProtocolLeader extends Base {
    get leadership(): Leadership {
      return (this.context as LeaderContext).leadership
    }
  }
  Object.defineProperty(ProtocolLeader, behaviourOf, {
    get(this: object): Behaviour<object> {
      const known = made.get(this)
      if (known !== undefined) return known
      const actual = Reflect.get(Base, behaviourOf, this) as unknown as Behaviour<object>
      const behaviour = leading(actual, callsOf(election))
      made.set(this, behaviour)
      return behaviour
    },
  })
  return ProtocolLeader as unknown as LeaderClass<P>
}

const callsOf = (election: ElectionOf): LeaderCalls<object> => ({
  election: (args) => election(...args),
  becomeLeader: (state, term) => (state as LeaderLifecycle).handleBecomeLeader?.(term),
  becomeFollower: (state, leader) => (state as LeaderLifecycle).handleBecomeFollower?.(leader),
  peerJoined: (state, peer) => (state as LeaderLifecycle).handlePeerJoined?.(peer),
  peerLeft: (state, peer) => (state as LeaderLifecycle).handlePeerLeft?.(peer),
  termChanged: (state, change) => (state as LeaderLifecycle).handleTermChanged?.(change),
})
