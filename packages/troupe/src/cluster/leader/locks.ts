/**
 * cluster/leader/locks: locks that one process of the whole cluster holds at a time.
 *
 * A leader actor keeps the table of who holds what; its followers hand requests on to it. A lock is
 * a lease: it ends with its time, with its holder, or when it is given back. What is done under it
 * outside carries the token, for the store to refuse a lower one: a holder that stood still may
 * believe for a moment that it holds what another one has.
 *
 * @source Gray and Cheriton, "Leases"; Chubby (Burrows); Kleppmann (fencing tokens); issue 6, 2
 */
import type { ActorDefinition } from '#actor'
import {
  type Answer,
  type ElectionOptions,
  formatTarget,
  NoReply,
  Pid,
  protocol,
  type Ref,
  type Replier,
  request,
  requireOption,
  type Timer,
  TroupeError,
} from '#contract'
import { clockDriftOf, isFirstTerm } from './decider.js'
import { leader } from './leader.js'
import type { LeaderContext } from './leading.js'
import { LockTable, type LockVerdict, TOKEN_TERM_MAX } from './lock-table.js'

/** A wish for a lock; of one key at most 512 characters. */
export interface LockAsk {
  readonly key: string
  /** For how long it is held unless it is renewed, from when it was asked for, in milliseconds. */
  readonly ttlMs: number
  /** How long to wait for it, in milliseconds; default 0. The call must wait longer. */
  readonly waitMs?: number
}

/** What one holds, or says again. */
export interface LockClaim {
  readonly key: string
  readonly token: number
  readonly ttlMs: number
}

/** `token` grows with every grant of any key. `holder`: as far as it is known. */
export type LockAnswer =
  | { readonly kind: 'held'; readonly token: number; readonly ttlMs: number }
  | { readonly kind: 'busy'; readonly holder: Pid | undefined }

/**
 * What a process that keeps locks understands. All of them reject with NOT_LEADER while none leads;
 * `renew` with LOCK_UNSETTLED for a while after a fail-over, `acquire` with NOT_ALLOWED when the
 * terms are so high that no token is left.
 */
export const Locks = protocol('locks', {
  acquire: request<LockAsk, LockAnswer>(),
  /** Whether it is held for `ttlMs` more, from when this was asked. */
  renew: request<LockClaim, boolean>(),
  /** Whether the asker held it until now. */
  release: request<Pick<LockClaim, 'key' | 'token'>, boolean>(),
})

/** How locks are kept, and who keeps them. */
export interface LocksOptions extends ElectionOptions {
  /**
   * The longest `ttlMs` of all locks; after a fail-over no lock is given or confirmed for so long.
   * Without a `storage` after each start of a leader: it may be another one. Default 10,000.
   */
  readonly ttlMaxMs?: number
}

/** What the options of locks leave open. */
export const LOCKS_DEFAULTS = Object.freeze({ ttlMaxMs: 10_000 })

const KEY_LENGTH_MAX = 512

interface Asker {
  readonly pid: Pid | undefined
  /** Where it asked; without a pid that node asked itself. */
  readonly node?: string
  readonly replier?: Replier<LockAnswer>
}

interface Keeper {
  readonly table: LockTable<Asker>
  readonly ttlMaxMs: number
  readonly graceMs: number
  /** Whoever holds or waits, and how it is watched. */
  readonly watched: Map<string, Ref>
  leads: boolean
  timer: Timer | undefined
}

const isSame = (left: Asker, right: Asker): boolean =>
  left.pid !== undefined &&
  right.pid !== undefined &&
  formatTarget(left.pid) === formatTarget(right.pid)

/** A node that asks itself is told from another one; within it the token tells. */
const isOwner = (left: Asker, right: Asker): boolean =>
  isSame(left, right) ||
  (left.pid === undefined && right.pid === undefined && left.node === right.node)

/**
 * Defines the process that keeps locks: spawn it on each voter, under one name; ask any of them.
 *
 * A holder renews in good time and stops its work when that answers false, or when `ttlMs` have
 * passed since it last asked with success. After a fail-over it renews as before: that tells the
 * new leader who holds what, which answers LOCK_UNSETTLED until all have been heard. Throws
 * OPTION_INVALID for times that cannot be.
 *
 * @example
 * await node.spawn(locks({ clusterId: 'locks', voters }), { name: 'locks' })
 * const answer = await context.call('locks', 'acquire', { key: 'report', ttlMs: 5_000 })
 * @source Chubby (Burrows) 2.4
 */
export function locks(options: LocksOptions): ActorDefinition<typeof Locks, []> {
  const { ttlMaxMs, ...election } = { ...LOCKS_DEFAULTS, ...options }
  const isTime = Number.isFinite(ttlMaxMs) && ttlMaxMs > 0
  requireOption(isTime, 'ttlMaxMs', ttlMaxMs, 'give milliseconds above 0')
  const drift = clockDriftOf(election)
  return leader(Locks, {
    election: () => election,
    init: (): Keeper => ({
      ...{ table: new LockTable(isSame, isOwner), ttlMaxMs, graceMs: ttlMaxMs / (1 - drift) },
      ...{ watched: new Map(), leads: false, timer: undefined },
    }),
    on: { acquire, renew, release },
    handleBecomeLeader(keeper, term, context) {
      keeper.leads = true
      // Nobody led before the first term; without a storage it may be one of many first terms.
      const isFirst = isFirstTerm(election, term) && election.storage !== undefined
      const quietMs = isFirst ? 0 : keeper.graceMs
      keeper.table.begin(term, context.nowMs() + quietMs)
    },
    handleBecomeFollower: resign,
    handleDown(keeper, { target }, context) {
      if (!Pid.is(target)) return
      keeper.watched.delete(formatTarget(target))
      keeper.table.gone({ pid: target }, context.nowMs())
      serve(keeper, context)
    },
    inspect: ({ table, leads }) => ({ leads, held: table.held, waiting: table.waiting }),
  })
}

/** Hands on what only the leader answers; undefined: this is the leader. */
function elsewhere(keeper: Keeper, context: LeaderContext): NoReply | undefined {
  const { isLeader, leader: known, clusterId } = context.leadership
  if (isLeader && keeper.leads) return undefined
  const isOther = known !== undefined && formatTarget(known) !== formatTarget(context.self)
  if (isOther) return context.forward(known)
  const told = known === undefined ? 'the next leader, in a moment' : formatTarget(known)
  context.replyLater().reject(new TroupeError('NOT_LEADER', { clusterId, leader: told }))
  return NoReply
}

function faultOf({ key, ttlMs }: LockClaim | LockAsk, keeper: Keeper): TroupeError | undefined {
  const fault = (option: string, value: string | number, problem: string): TroupeError =>
    new TroupeError('OPTION_INVALID', { option, value, problem })
  if (typeof key !== 'string' || key.length === 0 || key.length > KEY_LENGTH_MAX) {
    return fault('key', String(key).slice(0, 50), `give 1 to ${KEY_LENGTH_MAX} characters`)
  }
  if (typeof ttlMs === 'number' && ttlMs > 0 && ttlMs <= keeper.ttlMaxMs) return undefined
  return fault('ttlMs', String(ttlMs), `give milliseconds, at most ${keeper.ttlMaxMs}`)
}

/** Above this term two grants would have one token. */
function spentFault({ leadership: { term } }: LeaderContext): TroupeError | undefined {
  if (term <= TOKEN_TERM_MAX) return undefined
  const problem = `no token is left in term ${term}; begin anew under another clusterId`
  return new TroupeError('NOT_ALLOWED', { operation: 'acquire', problem })
}

function acquire(keeper: Keeper, ask: LockAsk, context: LeaderContext): Answer<LockAnswer> {
  const away = elsewhere(keeper, context)
  if (away !== undefined) return away
  const replier = context.replyLater<LockAnswer>()
  const { key, ttlMs, waitMs = 0 } = ask
  const fault = faultOf(ask, keeper) ?? spentFault(context)
  if (fault !== undefined) {
    replier.reject(fault)
    return NoReply
  }
  if (keeper.table.isSpent) {
    // Millions of grants in one term: the next one has tokens again.
    context.leadership.stepDown()
    const { clusterId } = context.leadership
    replier.reject(
      new TroupeError('NOT_LEADER', { clusterId, leader: 'the next one, in a moment' }),
    )
    return NoReply
  }
  const nowMs = context.nowMs()
  const holder: Asker = { ...askerOf(context), replier }
  watch(keeper, holder, context)
  const untilMs = nowMs + (typeof waitMs === 'number' && waitMs > 0 ? waitMs : 0)
  const verdict = keeper.table.acquire({ key, holder, ttlMs, untilMs }, nowMs)
  if (verdict === undefined) arm(keeper, context)
  else tell(keeper, verdict, context)
  return NoReply
}

function renew(keeper: Keeper, claim: LockClaim, context: LeaderContext): Answer<boolean> {
  const away = elsewhere(keeper, context)
  if (away !== undefined) return away
  if (faultOf(claim, keeper) !== undefined || typeof claim.token !== 'number') return false
  const { key, token, ttlMs } = claim
  const holder = askerOf(context)
  const nowMs = context.nowMs()
  const renewal = keeper.table.renew({ key, holder, token, ttlMs }, nowMs)
  if (renewal !== 'lost') watch(keeper, holder, context)
  if (renewal !== 'unsettled') return renewal === 'held'
  const waitMs = Math.ceil(keeper.table.quietMs(nowMs))
  context.replyLater().reject(new TroupeError('LOCK_UNSETTLED', { key, waitMs }))
  return NoReply
}

function release(
  keeper: Keeper,
  { key, token }: Pick<LockClaim, 'key' | 'token'>,
  context: LeaderContext,
): Answer<boolean> {
  const away = elsewhere(keeper, context)
  if (away !== undefined) return away
  const holder = askerOf(context)
  const wasHeld = keeper.table.release({ key, holder, token }, context.nowMs())
  serve(keeper, context)
  return wasHeld
}

const askerOf = ({ from, fromNode }: LeaderContext): Asker => ({ pid: from, node: fromNode })

/** Its locks end with it. */
function watch(keeper: Keeper, { pid }: Asker, context: LeaderContext): void {
  if (pid === undefined) return
  const name = formatTarget(pid)
  if (!keeper.watched.has(name)) keeper.watched.set(name, context.monitor(pid))
}

function serve(keeper: Keeper, context: LeaderContext): void {
  if (!keeper.leads) return
  for (const verdict of keeper.table.serve(context.nowMs())) tell(keeper, verdict, context)
  arm(keeper, context)
}

function tell(keeper: Keeper, verdict: LockVerdict<Asker>, context: LeaderContext): void {
  const { wish } = verdict
  const { replier } = wish.holder
  if (verdict.kind === 'busy') {
    const holder = keeper.table.holderOf(wish.key, context.nowMs())?.holder.pid
    replier?.reply({ kind: 'busy', holder })
    return
  }
  const { token } = verdict
  // The lease may have ended while this process was busy: then nothing is given.
  const isHeard =
    context.leadership.isLeader && replier?.reply({ kind: 'held', token, ttlMs: wish.ttlMs })
  if (isHeard !== true) keeper.table.release({ ...wish, token }, context.nowMs())
}

/** Comes back when the next lock ends that somebody waits for. */
function arm(keeper: Keeper, context: LeaderContext): void {
  keeper.timer?.cancel()
  const nowMs = context.nowMs()
  const dueMs = keeper.table.dueAtMs(nowMs)
  if (dueMs === undefined) keeper.timer = undefined
  else keeper.timer = context.after(Math.max(1, dueMs - nowMs), () => serve(keeper, context))
}

/** It keeps the locks no longer: who waits asks the next leader. */
function resign(keeper: Keeper, _leader: Pid | undefined, context: LeaderContext): void {
  keeper.leads = false
  keeper.timer?.cancel()
  for (const ref of keeper.watched.values()) context.demonitor(ref)
  keeper.watched.clear()
  const { clusterId } = context.leadership
  for (const { wish } of keeper.table.end()) {
    const error = new TroupeError('NOT_LEADER', { clusterId, leader: 'the next leader' })
    wish.holder.replier?.reject(error)
  }
}
