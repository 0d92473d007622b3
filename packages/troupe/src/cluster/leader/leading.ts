/**
 * cluster/leader/leading: the behaviour of an actor, with an elector that lives as long as it does.
 *
 * The handlers stay as they are: what they see of the lead hangs on their context. Only `init`,
 * the end and `inspect` are another.
 */
import type { Behaviour, ElectionOptions, Leadership, Pid, ProcessContext } from '#contract'
import { custom, isCalm } from '#contract'
import { deciderOf } from './decider.js'
import { spawnElector } from './elector-process.js'
import { LeaderSeat, type Tell } from './leader-seat.js'

/** The context of a process that takes part in an election. */
export interface LeaderContext extends ProcessContext {
  readonly leadership: Leadership
}

/** The term before and after a change. */
export interface TermChange {
  readonly before: number
  readonly after: number
}

type Call<S, D> = ((state: S, given: D, context: LeaderContext) => unknown) | undefined

/** How it is elected, and what is called when. */
export interface LeaderCalls<S> {
  readonly election: (args: readonly unknown[]) => ElectionOptions
  readonly becomeLeader: Call<S, number>
  readonly becomeFollower: Call<S, Pid | undefined>
  readonly peerJoined: Call<S, Pid>
  readonly peerLeft: Call<S, Pid>
  readonly termChanged: Call<S, TermChange>
}

/** What a process that takes part keeps beside its state. */
interface Place {
  readonly seat: LeaderSeat
  /** Undefined: it has not begun. */
  elector: Pid | undefined
  isEnding: boolean
}

const places = new WeakMap<ProcessContext, Place>()

/** The behaviour of an actor that takes part in an election. */
export function leading<S>(base: Behaviour<S>, calls: LeaderCalls<S>): Behaviour<S> {
  return Object.freeze({
    ...base,
    init: (context: ProcessContext, args: readonly unknown[]) => begin(base, calls, context, args),
    terminate: (state: S, reason: Parameters<NonNullable<typeof base.terminate>>[1], context) => {
      end(context)
      return base.terminate?.(state, reason, context)
    },
    inspect: (state: S, context: ProcessContext) => ({
      leadership: places.get(context)?.seat.inspect(),
      ...base.inspect?.(state, context),
    }),
  } satisfies Behaviour<S>)
}

async function begin<S>(
  base: Behaviour<S>,
  calls: LeaderCalls<S>,
  context: ProcessContext,
  args: readonly unknown[],
): Promise<S> {
  const decider = deciderOf(context.self, calls.election(args))
  const { clusterId, voters = [context.node] } = decider
  const place: Place = {
    seat: new LeaderSeat(context, clusterId, voters),
    elector: undefined,
    isEnding: false,
  }
  places.set(context, place)
  const { seat } = place
  Object.defineProperty(context, 'leadership', { value: seat, configurable: true })
  const state = await base.init(context, args)
  const tell = tellOf(calls, state, context as LeaderContext)
  const elector = await spawnElector(context, {
    owner: context.self,
    decider,
    begun: (elector) => seat.begin(elector),
    changed: () => seat.ask(tell),
  })
  place.elector = elector
  watch(context, place, elector)
  return state
}

/** The lead is given up before anything else, so that another one has it soon. */
function end(context: ProcessContext): void {
  const place = places.get(context)
  if (place?.elector === undefined) return
  place.isEnding = true
  place.seat.end()
  context.exit(place.elector, 'shutdown')
}

/** Without its elector a process would never know again who leads. */
function watch(context: ProcessContext, place: Place, elector: Pid): void {
  void context.ended(elector).then((reason) => {
    if (place.isEnding) return
    try {
      // After a kill of it nobody else says that this process leads no longer.
      place.seat.end()
      context.stop(isCalm(reason) ? custom('elector-ended') : reason)
    } catch {
      // It has ended itself.
    }
  })
}

function tellOf<S>(calls: LeaderCalls<S>, state: S, context: LeaderContext): Tell {
  return (notice) => {
    switch (notice.kind) {
      case 'become-leader':
        return calls.becomeLeader?.(state, notice.term, context)
      case 'become-follower':
        return calls.becomeFollower?.(state, notice.leader, context)
      case 'peer-joined':
        return calls.peerJoined?.(state, notice.pid, context)
      case 'peer-left':
        return calls.peerLeft?.(state, notice.pid, context)
      case 'term-changed': {
        const { before, after } = notice
        return calls.termChanged?.(state, { before, after }, context)
      }
    }
  }
}
