/**
 * cluster/leader/leading: the behaviour of an actor, with an elector that lives as long as it does.
 *
 * The handlers stay as they are: what they see of the lead hangs on their context. Only `init`,
 * the end and `inspect` are another.
 */
import type { Behaviour, ElectionOptions, Exit, Leadership, Pid, ProcessContext } from '#contract'
import { Pid as Pids } from '#contract'
import { ballotMemory } from './ballot-memory.js'
import { electionSettings } from './election-settings.js'
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
    handleExit: (state: S, exit: Exit, context: ProcessContext) => {
      // It traps: the end of its elector, which was none of its doing, ends it all the same.
      if (!isElector(context, exit.from)) return base.handleExit?.(state, exit, context)
      context.stop(exit.reason)
      return undefined
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
  const options = calls.election(args)
  const settings = electionSettings(context.node, options)
  const { clusterId, voters } = settings
  const place: Place = { seat: new LeaderSeat(context, clusterId, voters), elector: undefined }
  places.set(context, place)
  const { seat } = place
  Object.defineProperty(context, 'leadership', { value: seat, configurable: true })
  const state = await base.init(context, args)
  const tell = tellOf(calls, state, context as LeaderContext)
  place.elector = await spawnElector(context, {
    owner: context.self,
    settings,
    storage: options.storage ?? ballotMemory(context.self, clusterId),
    begun: (elector) => seat.begin(elector),
    changed: () => seat.ask(tell),
  })
  return state
}

/** The lead is given up before anything else, so that another one has it soon. */
function end(context: ProcessContext): void {
  const place = places.get(context)
  if (place?.elector === undefined) return
  place.seat.end()
  context.unlink(place.elector)
  context.exit(place.elector, 'shutdown')
}

const isElector = (context: ProcessContext, from: unknown): boolean => {
  const elector = places.get(context)?.elector
  return elector !== undefined && Pids.is(from) && Pids.equals(from, elector)
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
