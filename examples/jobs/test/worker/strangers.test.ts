/**
 * examples/jobs/test/worker/strangers.test: words of other nodes that a worker must not heed.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Node, processName, TroupeError } from 'troupe'
import { simulatedCluster } from 'troupe/testing'
import { newMemory } from '#jobs/worker/desk'
import type { WorkerSources } from '#jobs/worker/worker'
import { workerActor } from '#jobs/worker/worker'
import { WORKER_APPLICATION, Worker } from '#jobs/worker/worker-protocol'
import { FakeTasks } from '#test/worker/fake-tasks'
import { assignmentOf, bytesOf, fakeLeader, type Heard } from '#test/worker/stage'

const worker = processName(WORKER_APPLICATION, Worker, 'worker@sim')

interface Stage {
  readonly coordinator: Node
  readonly follower: Node
  readonly stranger: Node
  readonly heard: Heard
  readonly tasks: FakeTasks
  readonly ordered: string[]
  until<T>(promise: Promise<T>): Promise<T>
  advance(ms: number): Promise<void>
}

const HOSTS = ['coordinator', 'follower', 'worker', 'stranger']

/** What a worker is made of that notes its orders and runs nothing. */
const sourcesOf = (tasks: FakeTasks, ordered: string[]): WorkerSources => ({
  coordinators: ['coordinator@sim', 'follower@sim'],
  tasks,
  memory: newMemory(),
  effects: undefined,
  followConcurrency: (take) => {
    take(2)
    return () => {}
  },
  weigh: () => void ordered.push('weigh'),
  leave: () => void ordered.push('leave'),
})

async function withCluster(run: (stage: Stage) => Promise<void>): Promise<void> {
  const cluster = simulatedCluster({ seed: 6, hosts: HOSTS })
  await cluster.start()
  const nodeOf = (host: string): Node => {
    const member = cluster.member(host)
    if (member === undefined) throw new Error(`${host} has crashed`)
    return member.node
  }
  const coordinator = nodeOf('coordinator')
  const tasks = new FakeTasks()
  const ordered: string[] = []
  const { heard } = await cluster.clock.until(fakeLeader(coordinator))
  const spawning = nodeOf('worker').spawn(workerActor, {
    name: WORKER_APPLICATION,
    args: [sourcesOf(tasks, ordered)],
  })
  await cluster.clock.until(spawning)
  await run({
    ...{
      coordinator,
      follower: nodeOf('follower'),
      stranger: nodeOf('stranger'),
      heard,
      tasks,
      ordered,
    },
    until: (promise) => cluster.clock.until(promise),
    advance: (ms) => cluster.clock.advance(ms),
  })
  await cluster.stop()
}

/** The code a promise rejects with; undefined when it does not. */
async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise
    return undefined
  } catch (thrown) {
    return thrown instanceof TroupeError ? thrown.code : String(thrown)
  }
}

const leaderOf = (node: Node) => {
  const pid = node.whereis('coordinator')
  if (pid === undefined) throw new Error('nobody leads there')
  return pid
}

/** Each makes an assignment one that nobody could mean. */
const NONSENSE: readonly object[] = [
  { job: '' },
  { job: 'x'.repeat(100_000) },
  { job: 7 },
  { attempt: 0 },
  { attempt: Number.NaN },
  { term: -1 },
  { term: 2 ** 60 },
  { term: '9' },
  { kind: null },
  { parameters: null },
  { parameters: [1] },
  { parameters: { n: '2' } },
  { parameters: Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`p${at}`, 1])) },
  { bytes: -1 },
  { bytes: 2 ** 40 },
  { sha256: 'short' },
  { holders: 'jobs1@localhost' },
  { holders: new Array(1_000).fill('a@b') },
  { leader: undefined },
  { leader: { kind: 'pid?' } },
]

describe('a worker among strangers', () => {
  it('obeys no node that is no coordinator', async () => {
    await withCluster(async ({ coordinator, stranger, tasks, ordered, until, advance }) => {
      const assignment = assignmentOf(bytesOf('text'), { leader: leaderOf(coordinator) })
      await until(coordinator.call(worker, 'run', assignment))
      const { pid: leader } = await until(fakeLeader(stranger))
      const asked = [
        stranger.call(worker, 'run', { ...assignment, job: 'b', term: 9, leader }),
        stranger.call(worker, 'run', { ...assignment, job: 'b', term: 9 }),
        stranger.call(worker, 'adopt', { term: 9, leader }),
        stranger.call(worker, 'weigh', { weight: 0 }),
        stranger.call(worker, 'drain', { deadlineMs: 0 }),
      ]
      const codes = await until(Promise.all(asked.map(codeOf)))
      assert.deepEqual(codes, new Array(asked.length).fill('NOT_ALLOWED'))
      stranger.send(worker, 'cancel', { job: 'job1', attempt: 1, term: 9 })
      await advance(100)
      assert.equal(tasks.at(0).surroundings.signal.aborted, false)
      tasks.at(0).end({ kind: 'done', result: 1 })
      await advance(100)
      stranger.send(worker, 'thanks', { job: 'job1', attempt: 1 })
      await advance(100)
      const adopted = await until(
        coordinator.call(worker, 'adopt', { term: 2, leader: leaderOf(coordinator) }),
      )
      assert.equal(adopted.kind === 'adopted' && adopted.held.length, 1)
      assert.deepEqual(ordered, [])
    })
  })

  it('is thanked by the node that leads alone', async () => {
    await withCluster(async ({ coordinator, follower, heard, tasks, until, advance }) => {
      const assignment = assignmentOf(bytesOf('text'), { leader: leaderOf(coordinator) })
      await until(coordinator.call(worker, 'run', assignment))
      tasks.at(0).end({ kind: 'done', result: 1 })
      await advance(300)
      follower.send(worker, 'thanks', { job: 'job1', attempt: 1 })
      await advance(1_000)
      const before = heard.of('finished').length
      await advance(10_000)
      assert.notEqual(heard.of('finished').length, before)
      coordinator.send(worker, 'thanks', { job: 'job1', attempt: 1 })
      await advance(100)
      const after = heard.of('finished').length
      await advance(10_000)
      assert.equal(heard.of('finished').length, after)
    })
  })

  it('follows no leader at a node that is no coordinator, whoever names it', async () => {
    await withCluster(async ({ coordinator, stranger, until }) => {
      const { pid: leader } = await until(fakeLeader(stranger))
      const asking = coordinator.call(worker, 'adopt', { term: 9, leader })
      assert.equal(await until(codeOf(asking)), 'NOT_ALLOWED')
    })
  })

  it('refuses nonsense from a coordinator and goes on', async () => {
    await withCluster(async ({ coordinator, heard, tasks, until, advance }) => {
      const leader = leaderOf(coordinator)
      const good = assignmentOf(bytesOf('text'), { leader })
      const untyped = processName(WORKER_APPLICATION, undefined, 'worker@sim')
      for (const wrong of NONSENSE) {
        const asking = coordinator.call(untyped, 'run', { ...good, ...wrong })
        assert.equal(await until(codeOf(asking)), 'MESSAGE_INVALID', JSON.stringify(wrong))
      }
      for (const request of ['run', 'adopt', 'weigh', 'drain']) {
        const asking = coordinator.call(untyped, request, 'nonsense')
        assert.equal(await until(codeOf(asking)), 'MESSAGE_INVALID', request)
      }
      for (const name of ['thanks', 'cancel']) coordinator.send(untyped, name, null)
      await advance(2_000)
      assert.equal(tasks.begun.length, 0)
      assert.equal((await until(coordinator.call(worker, 'run', good))).kind, 'accepted')
      assert.notEqual(heard.of('capacity').length, 0)
    })
  })

  it('answers a kind and parameters that it does not know with an outcome', async () => {
    await withCluster(async ({ coordinator, tasks, until }) => {
      const odd = { kind: 'mine-coins' as 'gzip', parameters: { price: 1e300 } }
      const assignment = assignmentOf(bytesOf('text'), { leader: leaderOf(coordinator), ...odd })
      assert.equal((await until(coordinator.call(worker, 'run', assignment))).kind, 'accepted')
      assert.equal(tasks.at(0).task.kind, 'mine-coins')
    })
  })
})
