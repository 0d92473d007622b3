/**
 * examples/jobs/test/worker/start.test: a bare node becomes a worker by order of a coordinator, and
 * obeys its configuration while it runs.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Node, processName, service, TroupeError } from 'troupe'
import { type MemoryHub, memoryHub, memoryRegistrar, simulatedCluster } from 'troupe/testing'
import { startWorker, type WorkerSettings } from '#jobs/worker/start'
import { WORKER_APPLICATION, Worker } from '#jobs/worker/worker-protocol'
import { fakeLeader, type Heard } from '#test/worker/stage'

interface Stage {
  readonly worker: Node
  readonly coordinator: Node
  readonly stranger: Node
  readonly hub: MemoryHub
  readonly heard: Heard
  until<T>(promise: Promise<T>): Promise<T>
  advance(ms: number): Promise<void>
}

async function withStage(
  given: Omit<WorkerSettings, 'node' | 'coordinators'>,
  run: (stage: Stage) => Promise<void>,
): Promise<void> {
  const hubs: MemoryHub[] = []
  const hub = (): MemoryHub => {
    hubs[0] ??= memoryHub({ clock: cluster.clock })
    return hubs[0]
  }
  const cluster = simulatedCluster({
    seed: 6,
    hosts: ['coordinator', 'worker', 'stranger'],
    registrar: () => memoryRegistrar(hub()),
  })
  await cluster.start()
  const nodeOf = (host: string): Node => {
    const member = cluster.member(host)
    if (member === undefined) throw new Error(`${host} has crashed`)
    return member.node
  }
  const until: Stage['until'] = (promise) => cluster.clock.until(promise)
  const [coordinator, worker] = [nodeOf('coordinator'), nodeOf('worker')]
  const { heard } = await until(fakeLeader(coordinator))
  const settings = { node: worker, coordinators: [coordinator.name], ...given }
  const parts = await until(startWorker(settings))
  await run({
    ...{ worker, coordinator, stranger: nodeOf('stranger'), hub: hub(), heard, until },
    advance: (ms) => cluster.clock.advance(ms),
  })
  await cluster.stop()
  await parts.stop()
}

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (thrown: unknown) => (thrown instanceof TroupeError ? thrown.code : String(thrown)),
  )

describe('a node that can work', () => {
  it('is bare until a coordinator starts it, and again after it was stopped', async () => {
    await withStage({}, async ({ worker, coordinator, stranger, heard, until, advance }) => {
      const peer = coordinator.peer(worker.name)
      assert.equal((await until(peer.applicationInfo(WORKER_APPLICATION)))?.state, 'loaded')
      const asked = stranger.peer(worker.name).startApplication(WORKER_APPLICATION)
      assert.equal(await until(codeOf(asked)), 'NOT_ALLOWED')
      await until(peer.startApplication(WORKER_APPLICATION))
      await advance(100)
      assert.equal(heard.of('capacity').length, 1)
      await until(peer.stopApplication(WORKER_APPLICATION))
      const before = heard.of('capacity').length
      await advance(5_000)
      assert.equal(heard.of('capacity').length, before)
      assert.equal(worker.whereis(WORKER_APPLICATION), undefined)
      await until(peer.startApplication(WORKER_APPLICATION))
      await advance(100)
      assert.notEqual(heard.of('capacity').length, before)
    })
  })

  it('is reached as a service with its weight, its version and its tags', async () => {
    const given = { start: true, weight: 10, version: '1.1.0', tags: ['canary'] }
    await withStage(given, async ({ worker, coordinator, until, advance }) => {
      await advance(100)
      const [route] = coordinator.cluster.applications(WORKER_APPLICATION)
      assert.equal(route?.weight, 10)
      assert.equal(route?.version, '1.1.0')
      assert.deepEqual(route?.tags, ['canary'])
      const canary = service(WORKER_APPLICATION, Worker, { tags: ['canary'] })
      await until(coordinator.call(canary, 'weigh', { weight: 25 }))
      assert.equal(worker.applicationInfo(WORKER_APPLICATION)?.weight, 25)
      await until(coordinator.call(canary, 'weigh', { weight: 0 }))
      await advance(100)
      assert.equal(coordinator.cluster.applications(WORKER_APPLICATION)[0]?.weight, 0)
      const asked = coordinator.call(canary, 'weigh', { weight: 5 })
      assert.equal(await until(codeOf(asked)), 'NO_ROUTE')
    })
  })

  it('runs as many tries as its configuration says, and logs from that level on', async () => {
    await withStage({ start: true }, async ({ worker, hub, heard, advance }) => {
      await advance(10)
      assert.equal(heard.of('capacity').at(-1)?.capacity, 2)
      hub.setConfig({ level: 'global' }, 'jobs.concurrency', 5)
      hub.setConfig({ level: 'global' }, 'log.level', 'debug')
      await advance(10)
      assert.equal(heard.of('capacity').at(-1)?.capacity, 5)
      assert.equal(worker.log.level, 'debug')
      for (const wrong of [-1, 1.5, 65, '5', true]) {
        hub.setConfig({ level: 'global' }, 'jobs.concurrency', wrong)
        await advance(10)
        assert.equal(heard.of('capacity').at(-1)?.capacity, 5, String(wrong))
      }
      hub.setConfig({ level: 'global' }, 'log.level', 'shout')
      await advance(10)
      assert.equal(worker.log.level, 'debug')
      assert.equal(worker.whereis(WORKER_APPLICATION) !== undefined, true)
    })
  })

  it('has the weight that is configured, and its own when none is', async () => {
    await withStage({ start: true, weight: 40 }, async ({ worker, coordinator, hub, advance }) => {
      const weights: unknown[] = []
      for (const weight of [undefined, 10, 'heavy', 0, undefined]) {
        if (weight === undefined) hub.removeConfig({ level: 'global' }, 'jobs.weight')
        else hub.setConfig({ level: 'global' }, 'jobs.weight', weight)
        await advance(100)
        weights.push(worker.applicationInfo(WORKER_APPLICATION)?.weight)
        const [route] = coordinator.cluster.applications(WORKER_APPLICATION)
        assert.equal(route?.weight, weights.at(-1))
      }
      assert.deepEqual(weights, [40, 10, 10, 0, 40])
    })
  })

  it('has another process after one that was killed, which follows its configuration', async () => {
    await withStage({ start: true }, async ({ worker, hub, heard, advance }) => {
      const pid = worker.whereis(WORKER_APPLICATION)
      assert.ok(pid !== undefined)
      worker.kill(pid)
      hub.setConfig({ level: 'global' }, 'jobs.concurrency', 3)
      await advance(1_000)
      const next = worker.whereis(processName(WORKER_APPLICATION).name)
      assert.ok(next !== undefined && next.id !== pid.id)
      hub.setConfig({ level: 'global' }, 'jobs.concurrency', 4)
      await advance(1_000)
      assert.equal(heard.of('capacity').at(-1)?.capacity, 4)
    })
  })
})

describe('a node whose worker is drained', () => {
  it('leaves routing and stops by itself', async () => {
    await withStage({ start: true }, async ({ worker, coordinator, until, advance }) => {
      await advance(100)
      const there = service(WORKER_APPLICATION, Worker)
      await until(coordinator.call(there, 'drain', { deadlineMs: 10_000 }))
      await advance(100)
      const asked = coordinator.call(there, 'weigh', { weight: 5 })
      assert.equal(await until(codeOf(asked)), 'NO_ROUTE')
      await until(worker.stopped)
      assert.equal(worker.running, false)
    })
  })
})
