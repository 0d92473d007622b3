/**
 * coordinator/coordinator: the process of each coordinator; one of them leads the jobs.
 *
 * Carries words between the reign of its term, workers, clients and the other coordinators.
 * Decides nothing itself.
 */
import { setMaxListeners } from 'node:events'
import {
  type ElectionOptions,
  type LeaderContext,
  leader,
  NoReply,
  type PayloadOf,
  Pid,
  type ReplyOf,
  type RequestNameOf,
} from 'troupe'
import type { JobsFault } from '#jobs/job/faults'
import type { Book } from '#jobs/store/book'
import { CapacityPlan, type CapacityPolicy } from './capacity-plan.js'
import { Coordinator, type Unavailable } from './coordinator-protocol.js'
import { JobTraces } from './job-traces.js'
import type { NodeVerbs } from './node-verbs.js'
import { unavailable } from './orders.js'
import { type Office, Reign } from './reign.js'
import { Relay, type Seat } from './relay.js'
import type { SchedulePolicy } from './schedule-policy.js'
import { worldOfReign } from './world-of-reign.js'

/** What a coordinator is made of. */
export interface CoordinatorSources {
  readonly election: ElectionOptions
  readonly coordinators: readonly string[]
  readonly verbs: NodeVerbs
  openBook(term: number, context: LeaderContext, signal: AbortSignal): Promise<Book>
  /** Why nothing is to be answered here, whoever leads. */
  refusal?(): JobsFault | undefined
  readonly capacity?: Partial<CapacityPolicy>
  readonly policy?: Partial<SchedulePolicy>
  /** Gives what the configuration changes, now and later, until it is called off. */
  follow?(take: (changes: PolicyChanges) => void): () => void
}

export interface PolicyChanges {
  readonly capacity?: Partial<CapacityPolicy>
  readonly policy?: Partial<SchedulePolicy>
}

interface State extends CoordinatorSources {
  readonly plan: CapacityPlan
  readonly waiting: Set<() => void>
  policy: Partial<SchedulePolicy>
  relay: Relay<Reign> | undefined
  reign: Reign | undefined
  leader: Pid | undefined
  unfollow: () => void
  /** Ends what was handed on to a leader that leads no longer. */
  handedOn: AbortController
  /** In which traces jobs came. */
  readonly traces: JobTraces
}

const TERM_OVER = unavailable('NO_LEADER', 'its term is over')

type Asking = RequestNameOf<typeof Coordinator>
type Reply<K extends Asking> = ReplyOf<typeof Coordinator, K>

/** Any number of requests hang on it. */
function newController(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}

/** Another one leads, or nobody: what the last one has not answered is asked of the next. */
function changeLeader(state: State, known: Pid | undefined): void {
  const { leader: before, handedOn } = state
  state.leader = known
  if (before !== undefined && (known === undefined || !Pid.equals(before, known))) {
    state.handedOn = newController()
    handedOn.abort()
  }
  tellWaiting(state)
}

/** Whoever waits for somebody that leads looks again. */
function tellWaiting({ waiting }: State): void {
  const all = [...waiting]
  waiting.clear()
  for (const one of all) one()
}

function seatOf(state: State, context: LeaderContext): Seat<Reign> {
  const { reign, leader: known } = state
  const refusal = state.refusal?.()
  if (refusal !== undefined) {
    return { kind: 'opening', code: 'STORE_OTHER', problem: refusal.message }
  }
  if (reign?.office !== undefined && context.leadership.isLeader) {
    return { kind: 'here', office: reign }
  }
  if (reign !== undefined) {
    const code = reign.isStoreLost ? 'STORE_LOST' : 'TAKING_OVER'
    return { kind: 'opening', code, problem: reign.problem }
  }
  if (known === undefined || Pid.equals(known, context.self)) return { kind: 'nowhere' }
  return { kind: 'there', leader: known }
}

function begin(state: State, context: LeaderContext): void {
  state.relay = new Relay<Reign>({
    nowMs: () => context.nowMs(),
    seat: () => seatOf(state, context),
    news: (timeoutMs) =>
      new Promise((resolve) => {
        const done = (): void => {
          timer.cancel()
          state.waiting.delete(done)
          resolve()
        }
        const timer = context.after(timeoutMs, done)
        state.waiting.add(done)
      }),
  })
  if (state.follow === undefined) return
  state.unfollow = state.follow(({ capacity = {}, policy = {} }) => {
    state.plan.change(capacity)
    state.policy = { ...state.policy, ...policy }
    state.reign?.office?.schedule.change(policy)
  })
}

function beginReign(state: State, term: number, context: LeaderContext): void {
  endReign(state)
  const world = worldOfReign({
    ...{ context, verbs: state.verbs, coordinators: state.coordinators },
    openBook: (of, signal) => state.openBook(of, context, signal),
    roomOf: (node) => state.reign?.office?.schedule.crew.roomOf(node) ?? 0,
    within: (job) => state.traces.of(job),
    asked: (job, node) => state.reign?.office?.schedule.asked(job, node),
  })
  const { plan, policy } = state
  state.reign = new Reign({ term, world, plan, policy, changed: () => tellWaiting(state) })
  changeLeader(state, context.self)
  state.reign.begin()
}

function endReign(state: State): void {
  state.reign?.end()
  state.reign = undefined
}

/** Answers a request, here or by whoever leads; the process goes on meanwhile. */
function ask<K extends Asking>(
  state: State,
  context: LeaderContext,
  request: K,
  payload: PayloadOf<typeof Coordinator, K>,
  here: (office: Office, reign: Reign) => Promise<Reply<K>> | Reply<K>,
): NoReply {
  const replier = context.replyLater<Reply<K> | Unavailable>()
  const { from } = context
  const answer = state.relay?.answer<Reply<K> | Unavailable>({
    isHandedOn: from !== undefined && context.leadership.hasPeer(from),
    here: async (reign) => {
      if (reign.office === undefined) return TERM_OVER
      const reply = await here(reign.office, reign)
      // What was read counts only if nobody else can have led by then.
      return request === 'submit' || context.leadership.isLeader ? reply : TERM_OVER
    },
    there: (to, timeoutMs) =>
      (context.call as (...given: readonly unknown[]) => Promise<Reply<K>>)(
        ...[to, request, payload, { timeoutMs, signal: state.handedOn.signal }],
      ),
  })
  answer?.then(
    (reply) => replier.reply(reply),
    (problem: unknown) => {
      context.log.error('a request has failed', { request, problem: String(problem) })
      replier.reply(unavailable('NO_LEADER', 'it failed; the cause is in the log'))
    },
  )
  return NoReply
}

/** A worker tells something; undefined: this one does not lead. */
function noted(
  { reign }: State,
  context: LeaderContext,
  take: (office: Office, from: Pid) => void,
): void {
  const { from } = context
  if (reign?.office === undefined || from === undefined) return
  take(reign.office, from)
  reign.act()
}

/** How many workers there should be from now on; what cannot be changes nothing. */
function scale({ plan }: State, given: { readonly min: number; readonly max: number }): void {
  const { min, max } = given
  if (isCount(min) && isCount(max) && min <= max) {
    plan.change({ workersMin: min, workersMax: max })
  }
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

export const coordinatorActor = leader(Coordinator, {
  name: 'Coordinator',
  election: ({ election }) => election,
  init: (sources: CoordinatorSources): State => ({
    ...sources,
    plan: new CapacityPlan(sources.capacity),
    policy: sources.policy ?? {},
    waiting: new Set(),
    relay: undefined,
    reign: undefined,
    leader: undefined,
    unfollow: () => {},
    handedOn: newController(),
    traces: new JobTraces(),
  }),
  started: begin,
  on: {
    submit: (state, given, context) => {
      const { tracing } = context
      if (tracing.traceId !== undefined) state.traces.keep(given.id, tracing.keep())
      return ask(state, context, 'submit', given, ({ orders }) => orders.submit(given))
    },
    get: (state, given, context) =>
      ask(state, context, 'get', given, ({ orders }) => orders.get(given.id)),
    list: (state, given, context) =>
      ask(state, context, 'list', given, ({ orders }) => orders.list(given)),
    remove: (state, given, context) =>
      ask(state, context, 'remove', given, ({ orders }) => orders.remove(given.id)),
    revive: (state, given, context) =>
      ask(state, context, 'revive', given, ({ orders }) => orders.revive(given.id)),
    cluster: (state, given, context) =>
      ask(
        ...([state, context, 'cluster', given] as const),
        (_office, reign) => reign.view() ?? TERM_OVER,
      ),
    scale: (state, given, context) =>
      ask(state, context, 'scale', given, () => {
        scale(state, given)
        context.leadership.broadcast('scaled', { min: given.min, max: given.max })
        return 'taken' as const
      }),
    drain: (state, given, context) =>
      ask(state, context, 'drain', given, async ({ workforce }) =>
        (await workforce.drain(given.node, given.deadlineMs)) ? 'draining' : 'unknown',
      ),
    weigh: (state, given, context) =>
      ask(state, context, 'weigh', given, async ({ workforce }) =>
        (await workforce.weigh(given.node, given.weight)) ? 'weighed' : 'unknown',
      ),
    scaled(state, given, context) {
      if (context.from !== undefined && context.leadership.hasPeer(context.from)) {
        scale(state, given)
      }
    },
    progressed: (state, notice, context) =>
      noted(state, context, ({ schedule }, from) => schedule.progressed(notice, from)),
    finished: (state, notice, context) => {
      state.traces.forget(notice.job)
      noted(state, context, ({ schedule }, from) => schedule.finished(notice, from))
    },
    capacity: (state, { capacity, running, draining }, context) =>
      noted(state, context, ({ schedule }, pid) =>
        schedule.reported({ pid, capacity, running, draining }),
      ),
  },
  handleBecomeLeader: beginReign,
  handleBecomeFollower(state, known) {
    endReign(state)
    changeLeader(state, known)
  },
  handleDown({ reign }, { target, reason }) {
    if (Pid.is(target)) reign?.down(target, reason === 'no-connection')
  },
  terminate(state) {
    state.unfollow()
    endReign(state)
  },
  inspect: ({ reign, relay }) => ({
    term: reign?.term,
    serving: reign?.office !== undefined,
    waiting: relay?.waiting ?? 0,
    open: reign?.office?.schedule.size ?? 0,
    ...reign?.office?.schedule.counts,
    refused: reign?.office?.schedule.refused,
  }),
})
