/**
 * Three coordinators and their workers: what becomes of jobs when things go wrong.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { coordinatorAt } from '#jobs/coordinator/coordinator-protocol'
import { DIGEST, Stage, type Taken } from './stage.js'

const triesOf = (taken: readonly Taken[], id: string): readonly number[] =>
  taken.filter(({ job }) => job === id).map(({ attempt }) => attempt)

describe('three coordinators', () => {
  it('take a job at any of them, and it is done', async (t) => {
    const stage = await Stage.open(t)
    for (const host of ['c1', 'c2', 'c3']) {
      const answer = (await stage.submit(`job-${host}`, host)) as { kind: string }
      assert.equal(answer.kind, 'accepted')
    }
    for (const host of ['c1', 'c2', 'c3']) {
      const job = await stage.until(`job-${host}`, 'done')
      assert.deepEqual(job.result, { of: `job-${host}` })
      assert.equal(job.tries, 1)
    }
  })

  it('know a job that is handed in again, and refuse another one of its id', async (t) => {
    const stage = await Stage.open(t)
    await stage.submit('a')
    const again = (await stage.submit('a', 'c2')) as { kind: string }
    assert.equal(again.kind, 'known')
    const other = { id: 'a', kind: 'gzip', parameters: { level: 1 }, blob: 'b', bytes: 3 } as const
    const answer = await stage.ask((node) =>
      node.call(coordinatorAt('c1@sim'), 'submit', { ...other, sha256: DIGEST }),
    )
    assert.equal(answer.kind, 'conflict')
  })

  it('go on when the leader dies: what was accepted is done', async (t) => {
    const stage = await Stage.open(t)
    const ids = Array.from({ length: 12 }, (_, at) => `slow-${at}`)
    for (const id of ids) await stage.submit(id)
    await stage.pass(1_000)
    const leader = await stage.leader()
    stage.crash(leader)
    const next = await stage.leader()
    assert.notEqual(next, leader)
    for (const id of ids) await stage.until(id, 'done', 120_000)
    // What workers had when the leader died they went on with.
    for (const id of ids) assert.equal(triesOf(stage.taken, id).length, 1, id)
  })

  it('keep what they accepted when leaders die in a write, and give no try twice', async (t) => {
    const stage = await Stage.open(t, { seed: 11 })
    const accepted: string[] = []
    for (let round = 0; round < 3; round++) {
      const leader = await stage.leader()
      const asked = Array.from({ length: 8 }, (_, at) => `job-${round}-${at}`).map(async (id) => {
        const node = stage.node(leader)
        const text = { blob: id, bytes: 3, sha256: DIGEST }
        const given = { id, kind: 'gzip', parameters: {}, ...text } as const
        const answer = await node.call(coordinatorAt(node.name), 'submit', given)
        if (answer.kind === 'accepted') accepted.push(id)
      })
      for (const one of asked) one.catch(() => {})
      await stage.pass(1 + round * 3)
      stage.crash(leader)
      await stage.pass(2_000)
      stage.cluster.restart(leader)
      await stage.pass(2_000)
    }
    for (const id of accepted) await stage.until(id, 'done', 120_000)
    const seen = stage.taken.map(({ job, attempt }) => `${job}#${attempt}`)
    assert.equal(new Set(seen).size, seen.length)
  })

  it('ask the next leader when the one that was asked is frozen', async (t) => {
    const stage = await Stage.open(t)
    const leader = await stage.leader()
    const other = ['c1', 'c2', 'c3'].find((host) => host !== leader) ?? ''
    stage.cluster.network.host(leader).freeze()
    const startMs = stage.cluster.clock.nowMs()
    const answer = (await stage.submit('a', other)) as { kind: string }
    assert.equal(answer.kind, 'accepted')
    assert.ok(stage.cluster.clock.nowMs() - startMs < 5_000)
    stage.cluster.network.host(leader).thaw()
    await stage.until('a', 'done')
    assert.deepEqual(triesOf(stage.taken, 'a'), [1])
  })

  it('say nothing of jobs that they may not know any more', async (t) => {
    const stage = await Stage.open(t)
    const leader = await stage.leader()
    const one = ['c1', 'c2', 'c3'].find((host) => host !== leader) ?? ''
    const frozen = stage.cluster.network.host(leader)
    frozen.freeze()
    await stage.submit('a', one)
    frozen.thaw()
    // It has not heard of anything that happened meanwhile.
    const asked = stage.node(leader).call(coordinatorAt(`${leader}@sim`), 'get', { id: 'a' })
    const answer = await stage.cluster.clock.until(asked)
    assert.ok(answer !== undefined, 'it does not say that there is no such job')
  })

  it('answer in time when nobody leads', async (t) => {
    const stage = await Stage.open(t)
    stage.crash('c2')
    stage.crash('c3')
    await stage.pass(3_000)
    const answer = (await stage.submit('a', 'c1')) as { kind: string; code: string }
    assert.equal(answer.kind, 'unavailable')
    assert.equal(answer.code, 'NO_LEADER')
  })
})

describe('three coordinators on an etcd', () => {
  it('go on when the leader dies, and give no try twice', async (t) => {
    const stage = await Stage.open(t, { onEtcd: true })
    const ids = Array.from({ length: 6 }, (_, at) => `slow-${at}`)
    for (const id of ids) await stage.submit(id)
    await stage.pass(1_000)
    const { leader, term } = await stage.view()
    stage.crash(leader.split('@')[0] ?? '')
    for (const id of ids) await stage.until(id, 'done', 120_000)
    const after = await stage.view()
    assert.notEqual(after.leader, leader)
    assert.ok(after.term > term)
    assert.equal(new Set(stage.taken.map(({ job, attempt }) => `${job}#${attempt}`)).size, 6)
    assert.ok(after.stores.length === 1 && after.coordinators.length === 3)
  })

  it('answer with a code, all of them, when their jobs are not there any more', async (t) => {
    const stage = await Stage.open(t, { onEtcd: true })
    await stage.submit('a')
    stage.emptyEtcd()
    await stage.pass(3_000)
    for (const host of ['c1', 'c2', 'c3']) {
      const answer = (await stage.submit('b', host)) as { kind: string; code: string }
      assert.deepEqual([answer.kind, answer.code], ['unavailable', 'STORE_OTHER'], host)
    }
  })

  it('say nothing of jobs that they may not know any more, cut off from etcd', async (t) => {
    const stage = await Stage.open(t, { onEtcd: true })
    const leader = await stage.leader()
    const other = ['c1', 'c2', 'c3'].find((host) => host !== leader) ?? ''
    stage.cutOff(leader)
    await stage.pass(8_000)
    const answer = (await stage.submit('a', other)) as { kind: string }
    assert.equal(answer.kind, 'accepted')
    // The one that led knows who does now, from the others, or says that it does not know.
    const asked = stage.node(leader).call(coordinatorAt(`${leader}@sim`), 'get', { id: 'a' })
    const told = (await stage.cluster.clock.until(asked)) as { kind?: string } | undefined
    assert.ok(told !== undefined, 'it does not say that there is no such job')
    stage.mend(leader)
    await stage.until('a', 'done')
  })
})

describe('workers that fail', () => {
  it('are called back when they are silent, and the job is tried again', async (t) => {
    const stage = await Stage.open(t)
    await stage.submit('silent-1')
    await stage.pass(20_000)
    const attempts = triesOf(stage.taken, 'silent-1')
    assert.ok(attempts.length >= 2, `${attempts.length} tries`)
    assert.deepEqual(
      attempts,
      attempts.map((_, at) => at + 1),
    )
  })

  it('that a job ends are lost twenty times, then it is parked, and others are done', async (t) => {
    const stage = await Stage.open(t)
    await stage.submit('poison-1')
    await stage.submit('fine')
    const job = await stage.until('poison-1', 'parked', 600_000)
    assert.equal(job.tries, 20)
    await stage.until('fine', 'done')
    assert.equal(
      await stage.ask((n) => n.call(coordinatorAt('c1@sim'), 'revive', { id: 'poison-1' })),
      'revived',
    )
    assert.equal((await stage.job('poison-1'))?.state, 'queued')
  })

  it('are asked when they took a try and did not say so in time', async (t) => {
    const stage = await Stage.open(t)
    await stage.submit('late-1')
    const job = await stage.until('late-1', 'done', 30_000)
    assert.equal(job.tries, 1)
    assert.deepEqual(triesOf(stage.taken, 'late-1'), [1])
  })

  it('leave their jobs to others when their node dies', async (t) => {
    const stage = await Stage.open(t)
    await stage.submit('slow-1')
    await stage.pass(1_000)
    const worker = (await stage.job('slow-1'))?.worker ?? ''
    stage.crash(worker.split('@')[0] ?? '')
    const job = await stage.until('slow-1', 'done')
    assert.equal(job.tries, 2)
    assert.notEqual(job.worker, worker)
  })

  it('fail a job for good when it cannot be done', async (t) => {
    const stage = await Stage.open(t)
    await stage.submit('wrong-1')
    assert.equal((await stage.until('wrong-1', 'failed')).problem, 'no text')
  })
})

describe('the workforce', () => {
  it('is started on bare nodes, one after another, up to what is wanted', async (t) => {
    const stage = await Stage.open(t, { workers: 4, capacity: { workersMin: 2, workersMax: 4 } })
    await stage.pass(2_000)
    const { workers } = await stage.view()
    const states = workers.map(({ state }) => state)
    assert.deepEqual(states, ['running', 'running', 'bare', 'bare'])
  })

  it('grows when jobs wait for long, and shrinks when there is nothing to do', async (t) => {
    const stage = await Stage.open(t, {
      workers: 3,
      capacity: { workersMin: 1, workersMax: 3, idleMs: 5_000 },
    })
    for (let at = 0; at < 20; at++) await stage.submit(`slow-${at}`)
    await stage.pass(12_000)
    const running = async (): Promise<number> =>
      (await stage.view()).workers.filter(({ state }) => state === 'running').length
    assert.equal(await running(), 3)
    await stage.pass(60_000)
    assert.equal(await running(), 1)
    for (let at = 0; at < 20; at++) await stage.until(`slow-${at}`, 'done')
  })

  it('replaces a worker that died by a bare one', async (t) => {
    const stage = await Stage.open(t, { workers: 4, capacity: { workersMin: 3, workersMax: 3 } })
    await stage.pass(2_000)
    stage.crash('worker1')
    await stage.pass(10_000)
    const { workers } = await stage.view()
    const running = workers.filter(({ state }) => state === 'running').map(({ node }) => node)
    assert.deepEqual(running, ['worker2@sim', 'worker3@sim', 'worker4@sim'])
  })

  it('lets a node finish what it has when it is drained', async (t) => {
    const stage = await Stage.open(t)
    await stage.submit('slow-1')
    await stage.pass(1_000)
    const worker = (await stage.job('slow-1'))?.worker ?? ''
    const order = { node: worker, deadlineMs: 30_000 }
    const answer = await stage.ask((node) => node.call(coordinatorAt('c1@sim'), 'drain', order))
    assert.equal(answer, 'draining')
    const job = await stage.until('slow-1', 'done')
    assert.equal(job.tries, 1)
    assert.equal(job.worker, worker)
  })
})
