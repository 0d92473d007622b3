/**
 * coordinator/world-of-reign: the surroundings of a leader, by its process and its node.
 */
import { type ChooseCandidate, type LeaderContext, type Pid, processName, service } from 'troupe'
import type { Book } from '#jobs/store/book'
import { type Assignment, WORKER_APPLICATION, Worker } from '#jobs/worker/worker-protocol'
import { WorkerChoice } from './choose-worker.js'
import type { Within } from './job-traces.js'
import type { NodeVerbs } from './node-verbs.js'
import type { ReignWorld } from './reign-world.js'

/** The longest waits for a worker, in milliseconds. */
const RUN_MS = 3_000
const ADOPT_MS = 2_000
const ORDER_MS = 3_000

export interface WorldParts {
  readonly context: LeaderContext
  readonly verbs: NodeVerbs
  readonly coordinators: readonly string[]
  openBook(term: number, signal: AbortSignal): Promise<Book>
  /** The trace a job came in. */
  within(job: string): Within
  /** Tries that a node could take now. */
  roomOf(node: string): number
  /** This node is asked to take a try of the job. */
  asked(job: string, node: string): void
}

const workerAt = (node: string) => processName(WORKER_APPLICATION, Worker, node)

export function worldOfReign(parts: WorldParts): ReignWorld {
  const { context, verbs, coordinators, openBook, roomOf, asked, within } = parts
  // Never by itself to another one: a try is given to one worker only.
  const choice = new WorkerChoice(roomOf, asked)
  const choose: ChooseCandidate = (candidates, { payload }) =>
    choice.choose(candidates, (payload as Assignment).job)
  const policy = { kind: 'own' as const, choose }
  const workers = service(WORKER_APPLICATION, Worker, { policy, retry: 'off' })
  const self = context.self as Pid
  return {
    ...verbs,
    self,
    log: context.log,
    openBook,
    nowMs: () => context.nowMs(),
    wallMs: () => context.wallMs(),
    random: () => context.random(),
    after: (delayMs, run) => context.after(delayMs, run),
    every: (periodMs, run) => context.every(periodMs, run),
    holders: () => [self.node, ...coordinators.filter((node) => node !== self.node)],
    run: (assignment) =>
      within(assignment.job)(() =>
        context.call(workers, 'run', assignment, { timeoutMs: RUN_MS }),
      ).finally(() => choice.answered(assignment.job)),
    adopt: (node, adoption) =>
      context.call(workerAt(node), 'adopt', adoption, { timeoutMs: ADOPT_MS }),
    cancel: (node, name) => void context.send(workerAt(node), 'cancel', name),
    thank: (node, name) => void context.send(workerAt(node), 'thanks', name),
    weigh: (node, weight) =>
      context.call(workerAt(node), 'weigh', { weight }, { timeoutMs: ORDER_MS }),
    drain: (node, deadlineMs) =>
      context.call(workerAt(node), 'drain', { deadlineMs }, { timeoutMs: ORDER_MS }),
    watch: (worker) => watched(context, worker),
    stepDown: (reason) => {
      context.log.warning('gives the lead up', { reason })
      context.leadership.stepDown()
    },
  }
}

function watched(context: LeaderContext, worker: Pid): () => void {
  const ref = context.monitor(worker)
  return () => void context.demonitor(ref)
}
