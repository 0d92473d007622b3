/**
 * examples/jobs/test/worker/worker-stage: one worker in virtual time, with fake threads.
 */
import { type Pid, processName } from 'troupe'
import { type TestNode, testNode } from 'troupe/testing'
import { newMemory, type WorkerMemory } from '#jobs/worker/desk'
import type { PostEffect } from '#jobs/worker/effects'
import { type WorkerSources, workerActor } from '#jobs/worker/worker'
import { type Assignment, WORKER_APPLICATION, Worker } from '#jobs/worker/worker-protocol'
import { FakeTasks } from '#test/worker/fake-tasks'
import { assignmentOf, bytesOf, fakeLeader, type Heard } from '#test/worker/stage'

export const NODE = 'test@localhost'
export const worker = processName(WORKER_APPLICATION, Worker)
const TEXT = bytesOf('a text')
export const DONE = { kind: 'done', result: { words: 2 } } as const

/** A worker, the leader it tells, and what tests hold in their hands. */
export interface Stage {
  readonly test: TestNode
  readonly heard: Heard
  readonly leader: Pid
  readonly tasks: FakeTasks
  readonly weights: number[]
  readonly left: number[]
  setConcurrency(concurrency: number): void
  run(given: Partial<Assignment>): Promise<string>
}

/** Runs with one worker that a fake leader has heard of. */
export async function withStage(
  run: (stage: Stage) => Promise<void>,
  given: { effects?: PostEffect; memory?: WorkerMemory } = {},
): Promise<void> {
  await using test = await testNode()
  const { heard, pid: leader } = await fakeLeader(test.node)
  const tasks = new FakeTasks()
  const weights: number[] = []
  const left: number[] = []
  let take = (_concurrency: number): void => {}
  const sources: WorkerSources = {
    coordinators: [NODE],
    tasks,
    memory: given.memory ?? newMemory(),
    effects: given.effects,
    followConcurrency: (told) => {
      take = told
      told(2)
      return () => {}
    },
    weigh: (weight) => void weights.push(weight),
    leave: (deadlineMs) => void left.push(deadlineMs),
  }
  await test.node.spawn(workerActor, { name: WORKER_APPLICATION, args: [sources] })
  await run({
    ...{ test, heard, leader, tasks, weights, left },
    setConcurrency: (concurrency) => take(concurrency),
    run: async (changes) => {
      const assignment = assignmentOf(TEXT, { leader, ...changes })
      return (await test.node.call(worker, 'run', assignment)).kind
    },
  })
}
