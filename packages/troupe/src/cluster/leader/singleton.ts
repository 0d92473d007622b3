/**
 * cluster/leader/singleton: a process that runs on one node of the cluster, wherever the lead is.
 *
 * A keeper on every voter takes part in an election. The one that leads starts the process, and
 * ends it when it leads no longer: by an exit first, `stopMs` after the end of its lease by a kill.
 * A new leader waits that long before it starts its own, so the old one is gone by then; one that
 * leads again starts it when its own old one has ended. A program that stands still
 * cannot be stopped: for it there is the term, which the process gets as an argument.
 *
 * @source Akka cluster singleton; issue 6, section 2
 */
import type { ActorDefinition } from '#actor'
import {
  type Answer,
  type AnySpawnable,
  type ElectionOptions,
  formatTarget,
  Pid,
  protocol,
  request,
  requireObject,
  requireOption,
  type Timer,
} from '#contract'
import { clockDriftOf, isFirstTerm } from './decider.js'
import { leader } from './leader.js'
import type { LeaderContext } from './leading.js'

/** What a keeper of a singleton answers. */
export const Singleton = protocol('singleton', {
  /** Where the process runs, asked of any keeper; undefined: nowhere at the moment. */
  where: request<void, Pid | undefined>(),
})

/** What runs once, and how it is decided where. */
export interface SingletonOptions extends ElectionOptions {
  /** The actor, or whatever can be spawned. */
  readonly start: AnySpawnable
  /** The arguments of its spawn; default the term alone. It is the fencing token of its life. */
  readonly args?: (term: number) => readonly unknown[]
  /** How long it has for its end, and for its init, in milliseconds. Default 1,000. */
  readonly stopMs?: number
  /** When it is started again after it has ended by itself, in milliseconds. Default 1,000. */
  readonly restartMs?: number
}

/** What the options of a singleton leave open. */
export const SINGLETON_DEFAULTS = Object.freeze({
  args: (term: number): readonly unknown[] => [term],
  stopMs: 1_000,
  restartMs: 1_000,
})

interface Kept {
  readonly start: AnySpawnable
  readonly args: (term: number) => readonly unknown[]
  readonly stopMs: number
  readonly waitMs: number
  readonly restartMs: number
  /** The term in which it is to run; undefined: not here. */
  term: number | undefined
  child: Pid | undefined
  /** Its time has come; it waits for the end of an old one. */
  isDue: boolean
  /** Starts it. */
  timer: Timer | undefined
  /** Kills the child that is to end; set: it has been told to. */
  killTimer: Timer | undefined
  /** The lease held until then, as it was last seen; a blocked program sees it late. */
  leaseEndMs: number
  leaseTimer: Timer | undefined
}

/**
 * Defines the keeper of a process that runs once in the cluster; spawn it on each voter.
 *
 * Throws OPTION_INVALID for times that cannot be. Not for what may run twice for a moment without
 * harm: a supervisor is enough for that.
 *
 * @example
 * const sweeping = singleton({ clusterId: 'sweeper', voters, start: sweeper })
 * await node.spawn(sweeping, { name: 'sweeper' })
 * @source Akka cluster singleton
 */
export function singleton(options: SingletonOptions): ActorDefinition<typeof Singleton, []> {
  requireObject('singleton', options)
  const { start, args, stopMs, restartMs, ...election } = { ...SINGLETON_DEFAULTS, ...options }
  for (const [name, ms] of Object.entries({ stopMs, restartMs })) {
    requireOption(Number.isFinite(ms) && ms > 0, name, ms, 'give milliseconds above 0')
  }
  const drift = clockDriftOf(election)
  const waitMs = stopMs / (1 - drift)
  return leader(Singleton, {
    election: () => election,
    init: (): Kept => ({
      ...{ start, args, stopMs, waitMs, restartMs },
      ...{ term: undefined, child: undefined, timer: undefined },
      ...{ isDue: false, killTimer: undefined, leaseEndMs: 0, leaseTimer: undefined },
    }),
    options: { trapExit: true },
    on: { where },
    handleBecomeLeader(kept, term, context) {
      kept.term = term
      followLease(kept, context)
      // Nobody led before the first term.
      later(kept, context, isFirstTerm(election, term) ? 0 : kept.waitMs)
    },
    handleBecomeFollower: (kept, _leader, context) => leave(kept, context),
    handleExit(kept, { from, reason }, context) {
      // Its parent ends it without asking; whatever else is linked to it does not.
      const isChild = Pid.is(from) && kept.child !== undefined && isSame(from, kept.child)
      if (!isChild) return Pid.is(from) ? undefined : context.stop(reason)
      ended(kept, context)
    },
    terminate(kept) {
      // The link ends the process with this one.
      for (const timer of [kept.timer, kept.killTimer, kept.leaseTimer]) timer?.cancel()
    },
    inspect: ({ term, child }) => ({ term, child: child && formatTarget(child) }),
  })
}

const isSame = (left: Pid, right: Pid): boolean => formatTarget(left) === formatTarget(right)

function later(kept: Kept, context: LeaderContext, delayMs: number): void {
  kept.timer?.cancel()
  kept.isDue = false
  kept.timer = context.after(delayMs, () => begin(kept, context))
}

/** Starts it, unless the lead has gone meanwhile. */
function begin(kept: Kept, context: LeaderContext): void {
  const { term, start } = kept
  kept.isDue = true
  if (term === undefined || kept.child !== undefined || !context.leadership.isLeader) return
  const options = { args: kept.args(term), link: true, initTimeoutMs: kept.stopMs }
  // Not awaited: the end of the lead must be heard while it begins.
  context.spawnAny(start, options).then(
    (pid) => began(kept, context, pid, term),
    (error: unknown) => {
      context.log.error('the singleton did not start', { error })
      if (kept.term === term) later(kept, context, kept.restartMs)
    },
  )
}

function began(kept: Kept, context: LeaderContext, pid: Pid, term: number): void {
  if (kept.term === term && context.leadership.isLeader) kept.child = pid
  else context.kill(pid)
}

/** The process has ended. */
function ended(kept: Kept, context: LeaderContext): void {
  kept.child = undefined
  // It was told to, as the lead was gone: if it is back, it begins anew when that is due.
  const wasTold = kept.killTimer !== undefined
  kept.killTimer?.cancel()
  kept.killTimer = undefined
  if (wasTold) {
    if (kept.isDue) begin(kept, context)
    return
  }
  if (kept.term !== undefined) later(kept, context, kept.restartMs)
}

/** Sees when the lease ends; looks again before it does, as it grows meanwhile. */
function followLease(kept: Kept, context: LeaderContext): void {
  const leftMs = context.leadership.leaseLeftMs
  if (kept.term === undefined || leftMs === 0) return
  kept.leaseEndMs = context.nowMs() + leftMs
  kept.leaseTimer?.cancel()
  const again = (): void => followLease(kept, context)
  kept.leaseTimer = context.after(Math.max(1, leftMs / 2), again, { priority: 'max' })
}

/** It runs here no longer. */
function leave(kept: Kept, context: LeaderContext): void {
  kept.term = undefined
  kept.isDue = false
  kept.timer?.cancel()
  kept.leaseTimer?.cancel()
  const { child } = kept
  if (child === undefined || kept.killTimer !== undefined) return
  // The next leader waits from the end of the lease, not from when that was seen here.
  const nowMs = context.nowMs()
  const leftMs = Math.min(nowMs, kept.leaseEndMs) + kept.stopMs - nowMs
  if (leftMs > 0) context.exit(child, 'shutdown')
  else context.kill(child)
  kept.killTimer = context.after(Math.max(1, leftMs), () => context.kill(child))
}

function where(kept: Kept, _given: unknown, context: LeaderContext): Answer<Pid | undefined> {
  const { isLeader, leader: known } = context.leadership
  if (isLeader || known === undefined || isSame(known, context.self)) return kept.child
  return context.forward(known)
}
