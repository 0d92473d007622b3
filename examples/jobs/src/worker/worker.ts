/**
 * worker/worker: the process that takes tries, has them done in threads, and tells the leader.
 *
 * The desk decides; here it is carried out. Nobody but a coordinator is obeyed. An outcome is told
 * until it is thanked for, to whoever leads by then. Limits: those of the desk.
 */
import {
  actor,
  type NoReply,
  Pid,
  type ProcessContext,
  type Ref,
  type Timer,
  TroupeError,
} from 'troupe'
import { coordinatorAt } from '#jobs/coordinator/coordinator-protocol'
import { replicaAt } from '#jobs/store/replica-protocol'
import { Desk, type HeldTry, type WorkerMemory } from './desk.js'
import type { PostEffect } from './effects.js'
import type { TaskRunner } from './thread-pool.js'
import { runTry, type TryEnd } from './try-run.js'
import { type Capacity, Worker } from './worker-protocol.js'

/** Signs of life of each try, and of a worker without a leader, in milliseconds. */
export const BEAT_MS = 1_000

/** Beats between two words about its room when nothing has changed. */
const CAPACITY_BEATS = 5

/** Until an outcome is told again, doubled up to the limit, in milliseconds. */
const TELL_MS = 250
const TELL_MAX_MS = 5_000

/** The longest wait for one part of a text, in milliseconds. */
const READ_MS = 5_000

/** What a worker is made of; all of it outlives the process. */
export interface WorkerSources {
  /** Nodes that may lead: nobody else is obeyed. */
  readonly coordinators: readonly string[]
  readonly tasks: TaskRunner
  readonly memory: WorkerMemory
  readonly effects: PostEffect | undefined
  /** Gives how many tries may run at once, now and whenever it changes, until called off. */
  followConcurrency(take: (concurrency: number) => void): () => void
  /** Changes the weight of the application. */
  weigh(weight: number): void
  /** Nothing is held any more, or the deadline has come: the node goes. */
  leave(deadlineMs: number): void
}

interface State extends WorkerSources {
  readonly desk: Desk
  /** What calls a try off, for as long as it runs. */
  readonly running: Map<HeldTry, AbortController>
  readonly tellings: Map<HeldTry, Timer>
  watched: { readonly leader: Pid; readonly ref: Ref } | undefined
  /** The leader is known, and its node has not been lost since. */
  hasLeader: boolean
  beats: number
  leaving: { readonly untilMs: number; readonly timer: Timer } | undefined
  hasLeft: boolean
}

function begin(state: State, context: ProcessContext): void {
  // Of an earlier life that was killed: nobody waits for these any more.
  const { memory } = state
  for (const controller of memory.open) controller.abort()
  memory.open.clear()
  memory.unfollow()
  memory.unfollow = state.followConcurrency((concurrency) => {
    // Whoever follows the configuration is outside of this process.
    context.after(0, () => {
      if (state.desk.concurrency === concurrency) return
      state.desk.concurrency = concurrency
      announce(state, context)
    })
  })
  context.every(BEAT_MS, () => beat(state, context))
  announce(state, context)
}

function beat(state: State, context: ProcessContext): void {
  state.beats += 1
  const { leader } = state.desk
  for (const { assignment, term, progress, outcome } of state.desk.tries()) {
    if (outcome !== undefined || leader === undefined) continue
    const { job, attempt } = assignment
    context.send(leader, 'progressed', { job, attempt, term, progress })
  }
  if (!state.hasLeader || state.beats % CAPACITY_BEATS === 0) announce(state, context)
}

/** Tells the leader what room there is; without one, everybody who may be it. */
function announce(state: State, context: ProcessContext): void {
  const { desk, coordinators } = state
  const word: Capacity = {
    worker: context.self,
    capacity: desk.concurrency,
    running: desk.running,
    draining: desk.isDraining,
  }
  if (state.hasLeader && desk.leader !== undefined) context.send(desk.leader, 'capacity', word)
  else for (const node of coordinators) context.send(coordinatorAt(node), 'capacity', word)
}

/** Undefined: whoever asks may. */
function refusal(state: State, context: ProcessContext, leader?: Pid): NoReply | undefined {
  const { coordinators } = state
  const isKnown = (node: string): boolean => coordinators.includes(node)
  const asker = context.fromNode
  const mayAsk = asker === context.node || isKnown(asker)
  if (mayAsk && (leader === undefined || isKnown(leader.node))) return undefined
  const problem = mayAsk ? `${leader?.node} is no coordinator` : `${asker} is no coordinator`
  const operation = 'to lead a worker of jobs'
  return context.refuse('message-refused', new TroupeError('NOT_ALLOWED', { operation, problem }))
}

/** A word of the leader has been heeded: its end is to be noticed. */
function watchLeader(state: State, context: ProcessContext): void {
  const { leader } = state.desk
  if (leader === undefined) return
  state.hasLeader = true
  if (state.watched !== undefined) {
    if (Pid.equals(state.watched.leader, leader)) return
    context.demonitor(state.watched.ref)
  }
  state.watched = { leader, ref: context.monitor(leader) }
}

function start(state: State, held: HeldTry, context: ProcessContext): void {
  const { assignment } = held
  const controller = new AbortController()
  const { signal } = controller
  const within = context.tracing.keep()
  state.running.set(held, controller)
  state.memory.open.add(controller)
  const ended = runTry(assignment, {
    tasks: state.tasks,
    effects: state.effects,
    signal,
    ask: (holder, at, length) => {
      const { blob } = assignment
      const options = { timeoutMs: READ_MS, signal }
      return within(() => context.call(replicaAt(holder), 'read', { blob, at, length }, options))
    },
    progress: (progress) => {
      held.progress = Math.min(1, Math.max(held.progress, progress))
    },
    worker: context.node,
    wallMs: () => context.wallMs(),
    random: () => context.random(),
    wait: async (delayMs) => {
      await context.sleep(delayMs)
      signal.throwIfAborted()
    },
  })
  void ended.then((end) => {
    state.memory.open.delete(controller)
    // Called off: whoever did that has told and forgotten it.
    if (signal.aborted) return
    within(() => context.after(0, () => settle(state, held, end, context)))
  })
}

function settle(state: State, held: HeldTry, end: TryEnd, context: ProcessContext): void {
  if (!state.running.delete(held)) return
  const { job, attempt } = held.assignment
  if (end.kind === 'dropped') {
    context.log.warning('a try was dropped: a later one has been there', { job, attempt })
    forget(state, held, context)
    return
  }
  if (end.kind !== 'done') context.log.info(`a try has ${end.kind}`, { job, attempt, ...end })
  held.outcome = end
  held.progress = end.kind === 'done' ? 1 : held.progress
  tell(state, held, context)
  announce(state, context)
}

/** Tells an outcome, and again until it is thanked for. */
function tell(state: State, held: HeldTry, context: ProcessContext): void {
  const { leader } = state.desk
  const { assignment, term, outcome } = held
  state.tellings.get(held)?.cancel()
  if (outcome === undefined) return
  if (leader !== undefined) {
    const { job, attempt } = assignment
    context.send(leader, 'finished', { job, attempt, term, outcome, worker: context.self })
  }
  const againMs = Math.min(TELL_MAX_MS, TELL_MS * 2 ** Math.min(held.told, 16))
  held.told += 1
  state.tellings.set(
    held,
    context.after(againMs, () => tell(state, held, context)),
  )
}

/** Ends whatever is done for a try, and knows it no more. */
function forget(state: State, held: HeldTry, context: ProcessContext): void {
  drop(state, held)
  state.desk.forget(held)
  announce(state, context)
  leaveWhenEmpty(state, context)
}

function drop(state: State, held: HeldTry): void {
  const controller = state.running.get(held)
  state.running.delete(held)
  controller?.abort()
  state.tellings.get(held)?.cancel()
  state.tellings.delete(held)
}

function drain(state: State, deadlineMs: number, context: ProcessContext): void {
  const untilMs = context.nowMs() + deadlineMs
  if (state.hasLeft || (state.leaving !== undefined && state.leaving.untilMs <= untilMs)) return
  state.leaving?.timer.cancel()
  const timer = context.after(deadlineMs, () => leave(state, context))
  state.leaving = { untilMs, timer }
  if (!state.desk.isDraining) {
    state.desk.isDraining = true
    state.weigh(0)
    announce(state, context)
  }
  leaveWhenEmpty(state, context)
}

function leaveWhenEmpty(state: State, context: ProcessContext): void {
  if (state.leaving !== undefined && state.desk.size === 0) leave(state, context)
}

function leave(state: State, context: ProcessContext): void {
  const { leaving } = state
  if (leaving === undefined || state.hasLeft) return
  state.hasLeft = true
  leaving.timer.cancel()
  state.leave(Math.max(0, leaving.untilMs - context.nowMs()))
}

export const workerActor = actor(Worker, {
  init: (sources: WorkerSources): State => ({
    ...sources,
    desk: new Desk(sources.memory),
    running: new Map(),
    tellings: new Map(),
    watched: undefined,
    hasLeader: false,
    beats: 0,
    leaving: undefined,
    hasLeft: false,
  }),
  started: begin,
  on: {
    run(state, assignment, context) {
      const refused = refusal(state, context, assignment.leader)
      if (refused !== undefined) return refused
      const verdict = state.desk.assign(assignment)
      if (verdict.kind === 'stale') return verdict
      watchLeader(state, context)
      if (verdict.kind === 'full' || verdict.kind === 'draining') return { kind: verdict.kind }
      if (verdict.kind === 'begin') {
        if (verdict.ended !== undefined) drop(state, verdict.ended)
        start(state, verdict.begun, context)
        announce(state, context)
      }
      return { kind: 'accepted' as const, worker: context.self }
    },
    adopt(state, adoption, context) {
      const refused = refusal(state, context, adoption.leader)
      if (refused !== undefined) return refused
      const { desk } = state
      if (!desk.adopt(adoption)) return { kind: 'stale' as const, term: desk.term }
      watchLeader(state, context)
      for (const held of desk.tries()) tell(state, held, context)
      const { concurrency: capacity } = desk
      return { kind: 'adopted' as const, worker: context.self, held: desk.held(), capacity }
    },
    thanks(state, thanked, context) {
      if (refusal(state, context, state.desk.leader) !== undefined) return
      // One that led before may have stored it in vain.
      if (context.fromNode !== state.desk.leader?.node) return
      const held = state.desk.find(thanked)
      if (held?.outcome !== undefined) forget(state, held, context)
    },
    cancel(state, cancelled, context) {
      if (refusal(state, context) !== undefined) return
      const held = cancelled.term < state.desk.term ? undefined : state.desk.find(cancelled)
      if (held !== undefined) forget(state, held, context)
    },
    weigh(state, { weight }, context) {
      const refused = refusal(state, context)
      if (refused !== undefined) return refused
      state.weigh(weight)
      return undefined
    },
    drain(state, { deadlineMs }, context) {
      const refused = refusal(state, context)
      if (refused !== undefined) return refused
      drain(state, deadlineMs, context)
      return undefined
    },
  },
  handleDown(state, { ref }, context) {
    if (state.watched?.ref.id !== ref.id) return
    state.watched = undefined
    state.hasLeader = false
    announce(state, context)
  },
  terminate(state) {
    state.memory.unfollow()
    for (const held of state.desk.tries()) drop(state, held)
  },
  inspect: ({ desk, hasLeader }) => ({
    term: desk.term,
    leader: desk.leader?.node,
    hasLeader,
    running: desk.running,
    held: desk.size,
    concurrency: desk.concurrency,
    draining: desk.isDraining,
  }),
})
