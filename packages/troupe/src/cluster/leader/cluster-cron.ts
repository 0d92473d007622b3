/**
 * cluster/leader/cluster-cron: jobs that run at times of the calendar, once for the whole cluster.
 *
 * A leader actor on every voter has the same jobs; the one that leads runs them, by its own wall
 * clock, and tells the others then. A new leader asks first what the others know, and begins where
 * that ends. Who dies between a run and its telling makes the next one run it again: a run carries
 * a key and the term, for whoever takes it to refuse the second one.
 *
 * Limit: `JOBS_MAX` jobs.
 *
 * @source ergo-features 15; issue 6, section 2
 */
import type { ActorDefinition } from '#actor'
import {
  type Address,
  CRON_DEFAULTS,
  type CronJob,
  type CronTick,
  describeThrown,
  ELECTION_DEFAULTS,
  type ElectionOptions,
  message,
  Pid,
  protocol,
  requireObject,
  requireOption,
  type Timer,
  TroupeError,
} from '#contract'
import { calendar } from '#contract/calendar'
import { isText, requireCronTimes, withoutUndefined } from '#contract/cron-check'
import { LOOK_MS_MAX } from '#contract/misfire'
import {
  type BookedJob,
  type DueFiring,
  FiringBook,
  type FiringMark,
  type MarkFault,
} from './firing-book.js'
import { leader } from './leader.js'
import type { LeaderContext } from './leading.js'

/** What a run of a job of the cluster is told; `node` is the one that led. */
export interface ClusterCronTick extends CronTick {
  /** The term of the leader that ran it, for a `termFence`. */
  readonly term: number
  /** `job@timeMs`: the same when it is run again after a fail-over. */
  readonly key: string
}

/** What a job does, on the node that leads: send a message with the tick, or run a function. */
export type ClusterCronAction =
  | { readonly kind: 'send'; readonly to: Address; readonly message: string }
  | { readonly kind: 'run'; readonly run: (tick: ClusterCronTick) => unknown }

/** A job of the cluster: when is said as for the calendar of a node. The same on all voters. */
export interface ClusterCronJob
  extends Pick<CronJob, 'name' | 'spec' | 'timeZone' | 'misfire' | 'misfireMs'> {
  readonly action: ClusterCronAction
}

/** What voters tell each other of their jobs. */
export const ClusterCron = protocol('cluster-cron', {
  /** Up to when which job is settled. Heard of voters only; anything else is counted. */
  settled: message<{ readonly clusterId: string; readonly marks: readonly FiringMark[] }>(),
})

/** What runs once for the cluster, and how it is decided where. */
export interface ClusterCronOptions extends ElectionOptions {
  readonly jobs: readonly ClusterCronJob[]
  /**
   * How far back a new leader looks for what was due while nobody led, in milliseconds. Default
   * an hour.
   */
  readonly windowMs?: number
}

/** What the options leave open. */
export const CLUSTER_CRON_DEFAULTS = Object.freeze({ windowMs: 3_600_000 })

const JOBS_MAX = 1_000

type KnownJob = BookedJob & Pick<ClusterCronJob, 'action' | 'spec'>

interface Keeper {
  readonly jobs: ReadonlyMap<string, KnownJob>
  readonly book: FiringBook
  /** A new leader hears the others for so long before it runs anything. */
  readonly hearMs: number
  /** When it began, wall clock: what was due before it cannot know of. */
  sinceMs: number
  readonly ignored: Record<MarkFault | 'stranger', number>
  /** The term it leads in; undefined: it does not. */
  term: number | undefined
  timer: Timer | undefined
  runs: number
  failures: number
}

/**
 * Defines the process that keeps the jobs of a cluster: spawn it on each voter, under one name.
 *
 * Each time runs once, on the node that leads; around a fail-over at least once, with the same
 * `key`. What was due while nobody led is decided by `misfire` of its job, within `windowMs`. A
 * promise that a function gives is not waited for; that it failed is logged and counted.
 *
 * Throws OPTION_INVALID, NAME_TAKEN, CRON_SPEC_INVALID. Not for what each node does for itself:
 * that is `node.cron`.
 *
 * @example
 * const nightly = clusterCron({
 *   clusterId: 'nightly',
 *   voters,
 *   jobs: [
 *     {
 *       name: 'report',
 *       spec: '0 3 * * *',
 *       timeZone: 'Europe/Berlin',
 *       misfire: 'once',
 *       action: { kind: 'send', to: 'reporter', message: 'report' },
 *     },
 *   ],
 * })
 * await node.spawn(nightly, { name: 'nightly' })
 * @source ergo-features 15
 */
export function clusterCron(options: ClusterCronOptions): ActorDefinition<typeof ClusterCron, []> {
  requireObject('clusterCron', options)
  const { jobs: given, windowMs, ...election } = { ...CLUSTER_CRON_DEFAULTS, ...options }
  const isTime = Number.isFinite(windowMs) && windowMs >= 0
  requireOption(isTime, 'windowMs', windowMs, 'give milliseconds, at least 0')
  const jobs = knownJobs(given)
  const hearMs = election.electionTimeoutMinMs ?? ELECTION_DEFAULTS.electionTimeoutMinMs
  return leader(ClusterCron, {
    election: () => election,
    init: (): Keeper => ({
      ...{ jobs, hearMs, sinceMs: 0, book: new FiringBook([...jobs.values()], windowMs) },
      ...{ ignored: { malformed: 0, unknown: 0, future: 0, stranger: 0 } },
      ...{ term: undefined, timer: undefined, runs: 0, failures: 0 },
    }),
    started: start,
    on: { settled },
    handleBecomeLeader(keeper, term, context) {
      keeper.term = term
      later(keeper, context, keeper.hearMs, () => begin(keeper, context))
    },
    handleBecomeFollower(keeper, known, context) {
      keeper.term = undefined
      keeper.timer?.cancel()
      if (known !== undefined) tell(keeper, context, known)
    },
    handlePeerJoined(keeper, peer, context) {
      if (keeper.term !== undefined) tell(keeper, context, peer)
    },
    inspect: ({ book, term, runs, failures, ignored }) => ({
      ...{ term, runs, failures, missed: book.missed, ignored: { ...ignored } },
      nextMs: term === undefined ? undefined : book.nextMs,
    }),
  })
}

function knownJobs(given: readonly ClusterCronJob[]): ReadonlyMap<string, KnownJob> {
  const isList = Array.isArray(given) && given.length <= JOBS_MAX
  requireOption(isList, 'jobs', given, `give at most ${JOBS_MAX} jobs`)
  const jobs = new Map<string, KnownJob>()
  for (const one of given) {
    requireObject('job', one)
    const job = { ...CRON_DEFAULTS, ...withoutUndefined(one) }
    requireCronTimes(job)
    requireAction(job.action)
    const { name, spec, misfire, misfireMs, action } = job
    if (jobs.has(name)) throw new TroupeError('NAME_TAKEN', { name, holder: 'a cron job' })
    jobs.set(name, { name, spec, misfire, misfireMs, action, calendar: calendar(job) })
  }
  return jobs
}

function requireAction(action: ClusterCronAction): void {
  requireObject('job.action', action)
  const { kind } = action
  requireOption(kind === 'send' || kind === 'run', 'job.action.kind', kind, 'send or run')
  if (kind === 'send') {
    const { to, message: name } = action
    requireOption(to !== undefined, 'job.action.to', to, 'give an address')
    requireOption(isText(name), 'job.action.message', name, 'give its name')
  } else {
    const { run } = action
    requireOption(typeof run === 'function', 'job.action.run', run, 'give a function')
  }
}

function start(keeper: Keeper, context: LeaderContext): void {
  keeper.sinceMs = context.wallMs()
  for (const { name, spec, calendar: times } of keeper.jobs.values()) {
    if (times.next(keeper.sinceMs) !== undefined) continue
    const problem = 'it is never due, however long one waits'
    throw new TroupeError('CRON_SPEC_INVALID', { name, spec, problem })
  }
}

/** Its lease holds, and no newer term has come of which it was not told yet. */
const leads = ({ term }: Keeper, { leadership }: LeaderContext): boolean =>
  term !== undefined && leadership.isLeader && leadership.term === term

function later(keeper: Keeper, context: LeaderContext, delayMs: number, run: () => void): void {
  keeper.timer?.cancel()
  keeper.timer = context.after(delayMs, run)
}

/** Begins where the last leader ended, as far as anybody has told. */
function begin(keeper: Keeper, context: LeaderContext): void {
  const { book, sinceMs, hearMs } = keeper
  if (keeper.term === undefined) return
  if (!leads(keeper, context)) {
    later(keeper, context, hearMs, () => begin(keeper, context))
    return
  }
  book.begin(context.wallMs(), sinceMs)
  spread(context, book.marks)
  look(keeper, context)
}

function look(keeper: Keeper, context: LeaderContext): void {
  const { book, hearMs } = keeper
  const nowMs = context.wallMs()
  const { firings, jobs } = leads(keeper, context) ? book.due(nowMs) : NOTHING
  for (const firing of firings) {
    // A function may have taken longer than the lease: the rest is for the next leader.
    if (!leads(keeper, context)) break
    fire(keeper, context, firing)
    spread(context, book.settle([firing.job], firing.timeMs))
  }
  if (!leads(keeper, context)) {
    later(keeper, context, hearMs, () => begin(keeper, context))
    return
  }
  const marks = book.settle(jobs, nowMs)
  // Of a job without a run nobody has told the others yet.
  if (firings.length < jobs.length) spread(context, marks)
  const { nextMs } = book
  if (nextMs === undefined) return
  const waitMs = Math.max(0, nextMs - context.wallMs())
  later(keeper, context, Math.min(waitMs, LOOK_MS_MAX), () => look(keeper, context))
}

const NOTHING = Object.freeze({ firings: Object.freeze([]), jobs: Object.freeze([]) })

function fire(keeper: Keeper, context: LeaderContext, { job, timeMs }: DueFiring): void {
  const { jobs, term = 0 } = keeper
  const action = jobs.get(job)?.action
  if (action === undefined) return
  const key = `${job}@${timeMs}`
  const tick: ClusterCronTick = Object.freeze({ node: context.node, job, timeMs, term, key })
  // Read now: a promise may fail when this process has ended.
  const { log } = context
  const failed = (problem: string): void => {
    keeper.failures += 1
    log.error('a cron job of the cluster failed', { job, key, problem })
  }
  keeper.runs += 1
  try {
    if (action.kind === 'send') {
      const failure = context.send(action.to, action.message, tick)
      if (failure !== undefined) failed(failure)
    } else {
      const told = (thrown: unknown): void => failed(describeThrown(thrown))
      void Promise.resolve(action.run(tick)).then(undefined, told)
    }
  } catch (thrown) {
    failed(describeThrown(thrown))
  }
}

/** Tells all other voters. */
function spread(context: LeaderContext, marks: readonly FiringMark[]): void {
  if (marks.length === 0) return
  const { clusterId } = context.leadership
  context.leadership.broadcastVoters('settled', { clusterId, marks })
}

/** Tells one of the others all that is known here. */
function tell({ book }: Keeper, context: LeaderContext, to: Pid): void {
  const { marks } = book
  if (marks.length === 0 || Pid.equals(to, context.self)) return
  context.send(to, 'settled', { clusterId: context.leadership.clusterId, marks })
}

function settled(keeper: Keeper, given: unknown, context: LeaderContext): void {
  const { book, ignored } = keeper
  const { leadership, fromNode, node } = context
  const nowMs = context.wallMs()
  if (fromNode === node || !leadership.voters.includes(fromNode)) {
    ignored.stranger += 1
    return
  }
  const notice = (typeof given === 'object' && given !== null ? given : {}) as Partial<Notice>
  const { clusterId, marks } = notice
  const isList = Array.isArray(marks) && marks.length <= JOBS_MAX
  if (!isList || clusterId !== leadership.clusterId) {
    ignored[isList ? 'unknown' : 'malformed'] += 1
    return
  }
  for (const mark of marks) {
    const fault = book.heard(mark, nowMs)
    if (fault !== undefined) ignored[fault] += 1
  }
}

interface Notice {
  readonly clusterId: unknown
  readonly marks: readonly unknown[]
}
