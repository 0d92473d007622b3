/**
 * examples/jobs/test/worker/worker.test: what a worker says to leaders, in virtual time.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pid } from 'troupe'
import { HELD_MAX, newMemory } from '#jobs/worker/desk'
import { WORKER_APPLICATION } from '#jobs/worker/worker-protocol'
import { fakeLeader } from '#test/worker/stage'
import { DONE, NODE, withStage, worker } from '#test/worker/worker-stage'

describe('a worker', () => {
  it('tells everybody of its room each second until it knows a leader', async () => {
    await withStage(async ({ test, heard, run }) => {
      await test.clock.advance(3_500)
      assert.equal(heard.of('capacity').length, 4)
      const [first] = heard.of('capacity')
      assert.deepEqual([first?.capacity, first?.running, first?.draining], [2, 0, false])
      assert.equal(await run({}), 'accepted')
      await test.clock.advance(0)
      assert.equal(heard.of('capacity').at(-1)?.running, 1)
      const before = heard.of('capacity').length
      await test.clock.advance(10_000)
      assert.equal(heard.of('capacity').length - before, 2)
    })
  })

  it('gives a sign of life of each try every second', async () => {
    await withStage(async ({ test, heard, tasks, run }) => {
      await run({})
      await test.clock.advance(1_500)
      tasks.at(0).surroundings.progress(0.5)
      tasks.at(0).surroundings.progress(0.4)
      await test.clock.advance(1_500)
      const told = heard.of('progressed').map(({ progress }) => progress)
      assert.deepEqual(told, [0, 0.5, 0.5])
    })
  })

  it('tells an outcome with growing waits until it is thanked for', async () => {
    await withStage(async ({ test, heard, tasks, run }) => {
      await run({})
      tasks.at(0).end(DONE)
      await test.clock.advance(4_000)
      const toldAt = heard.words.filter(({ kind }) => kind === 'finished').map((w) => w.atMs)
      const [first = 0] = toldAt
      assert.deepEqual(
        toldAt.map((atMs) => atMs - first),
        [0, 250, 750, 1_750, 3_750],
      )
      test.node.send(worker, 'thanks', { job: 'job1', attempt: 1 })
      await test.clock.advance(30_000)
      assert.equal(heard.of('finished').length, 5)
      assert.equal(heard.of('capacity').at(-1)?.running, 0)
    })
  })

  it('is not thanked by the number of another try', async () => {
    await withStage(async ({ test, heard, tasks, run }) => {
      await run({ attempt: 2 })
      tasks.at(0).end(DONE)
      await test.clock.advance(1)
      test.node.send(worker, 'thanks', { job: 'job1', attempt: 1 })
      await test.clock.advance(1_000)
      assert.equal(heard.of('finished').length, 3)
    })
  })

  it('runs the same try once, however often it is given', async () => {
    await withStage(async ({ tasks, run }) => {
      assert.equal(await run({}), 'accepted')
      assert.equal(await run({}), 'accepted')
      assert.equal(tasks.begun.length, 1)
    })
  })

  it('ends a try when a later one of the same job comes, and heeds no earlier one', async () => {
    await withStage(async ({ test, heard, tasks, run }) => {
      await run({})
      assert.equal(await run({ attempt: 2 }), 'accepted')
      assert.equal(tasks.at(0).surroundings.signal.aborted, true)
      assert.notEqual(await run({}), 'accepted')
      tasks.at(1).end(DONE)
      await test.clock.advance(1)
      assert.deepEqual([...new Set(heard.of('finished').map(({ attempt }) => attempt))], [2])
    })
  })

  it('says that it is full, and cuts nothing when it may run less', async () => {
    await withStage(async ({ test, heard, tasks, run, setConcurrency }) => {
      assert.equal(await run({ job: 'a' }), 'accepted')
      assert.equal(await run({ job: 'b' }), 'accepted')
      assert.equal(await run({ job: 'c' }), 'full')
      setConcurrency(1)
      await test.clock.advance(1)
      assert.equal(heard.of('capacity').at(-1)?.capacity, 1)
      assert.equal(tasks.begun.filter(({ surroundings }) => surroundings.signal.aborted).length, 0)
      tasks.at(0).end(DONE)
      await test.clock.advance(1)
      assert.equal(await run({ job: 'c' }), 'full')
      tasks.at(1).end(DONE)
      await test.clock.advance(1)
      assert.equal(await run({ job: 'c' }), 'accepted')
    })
  })

  it('holds no more than its limit of outcomes that nobody thanks for', async () => {
    await withStage(async ({ test, tasks, run }) => {
      for (let job = 0; job < HELD_MAX; job += 1) {
        assert.equal(await run({ job: `j${job}` }), 'accepted')
        tasks.at(job).end(DONE)
        await test.clock.advance(0)
      }
      assert.equal(await run({ job: 'one-more' }), 'full')
    })
  })

  it('remembers the highest term and gives an earlier one back', async () => {
    const memory = newMemory()
    await withStage(
      async ({ test, leader, tasks, run }) => {
        await run({ term: 7 })
        assert.equal(await run({ job: 'other', term: 6 }), 'stale')
        const adopted = await test.node.call(worker, 'adopt', { term: 6, leader })
        assert.deepEqual(adopted, { kind: 'stale', term: 7 })
        test.node.send(worker, 'cancel', { job: 'job1', attempt: 1, term: 6 })
        await test.clock.advance(1)
        assert.equal(tasks.at(0).surroundings.signal.aborted, false)
      },
      { memory },
    )
    assert.equal(memory.term, 7)
    await withStage(async ({ run }) => assert.equal(await run({ term: 6 }), 'stale'), { memory })
  })

  it('heeds one leader in a term', async () => {
    await withStage(async ({ test, leader, run }) => {
      await run({ term: 3 })
      const other = Pid.of(NODE, leader.id + 1_000, leader.creation)
      assert.equal(await run({ job: 'b', term: 3, leader: other }), 'stale')
      const adopted = await test.node.call(worker, 'adopt', { term: 4, leader: other })
      assert.equal(adopted.kind, 'adopted')
    })
  })

  it('goes on under the term of the leader that adopts it, and tells that one', async () => {
    await withStage(async ({ test, heard, tasks, run }) => {
      await run({ job: 'a', term: 1 })
      await run({ job: 'b', term: 1 })
      tasks.at(0).surroundings.progress(0.25)
      tasks.at(1).end(DONE)
      await test.clock.advance(1)
      const later = await fakeLeader(test.node, 'later')
      const adoption = { term: 5, leader: later.pid }
      const answer = await test.node.call(worker, 'adopt', adoption)
      assert.equal(answer.kind, 'adopted')
      const held = answer.kind === 'adopted' ? answer.held : []
      assert.deepEqual(
        held.map(({ job, term, progress, outcome }) => [job, term, progress, outcome?.kind]),
        [
          ['a', 5, 0.25, undefined],
          ['b', 5, 1, 'done'],
        ],
      )
      const before = heard.words.length
      tasks.at(0).end({ kind: 'crashed', problem: 'out of memory' })
      await test.clock.advance(2_000)
      assert.deepEqual([...new Set(later.heard.of('finished').map(({ term }) => term))], [5])
      assert.deepEqual(
        new Set(later.heard.of('finished').map(({ job }) => job)),
        new Set(['a', 'b']),
      )
      assert.equal(heard.words.length, before)
    })
  })

  it('asks everybody for a leader again when its leader has ended', async () => {
    await withStage(async ({ test, heard }) => {
      const later = await fakeLeader(test.node, 'later')
      await test.node.call(worker, 'adopt', { term: 2, leader: later.pid })
      await test.clock.advance(3_000)
      const before = heard.of('capacity').length
      test.node.kill(later.pid)
      await test.clock.advance(3_000)
      assert.ok(heard.of('capacity').length >= before + 3)
    })
  })

  it('ends a try that is cancelled and tells nobody', async () => {
    await withStage(async ({ test, heard, tasks, run }) => {
      await run({})
      test.node.send(worker, 'cancel', { job: 'job1', attempt: 1, term: 1 })
      await test.clock.advance(5_000)
      assert.equal(tasks.at(0).surroundings.signal.aborted, true)
      assert.equal(heard.of('finished').length, 0)
      assert.equal(heard.of('capacity').at(-1)?.running, 0)
    })
  })

  it('calls its tries off when it ends, also those of one that was killed', async () => {
    const memory = newMemory()
    await withStage(
      async ({ test, tasks, run }) => {
        await run({})
        const pid = test.node.whereis(WORKER_APPLICATION)
        if (pid !== undefined) test.node.kill(pid)
        await test.clock.advance(1)
        assert.equal(tasks.at(0).surroundings.signal.aborted, false)
        assert.equal(memory.open.size, 1)
      },
      { memory },
    )
    await withStage(async () => assert.equal(memory.open.size, 0), { memory })
  })

  it('brings the weight it is given to its application', async () => {
    await withStage(async ({ test, weights }) => {
      await test.node.call(worker, 'weigh', { weight: 10 })
      assert.deepEqual(weights, [10])
    })
  })
})

describe('a worker that is drained', () => {
  it('leaves routing at once, takes nothing more, and goes when all is thanked for', async () => {
    await withStage(async ({ test, heard, tasks, weights, left, run }) => {
      await run({})
      await test.node.call(worker, 'drain', { deadlineMs: 30_000 })
      assert.deepEqual(weights, [0])
      assert.equal(await run({ job: 'b' }), 'draining')
      assert.equal(await run({}), 'accepted')
      await test.clock.advance(1_000)
      assert.equal(heard.of('capacity').at(-1)?.draining, true)
      tasks.at(0).end(DONE)
      await test.clock.advance(1_000)
      assert.deepEqual(left, [])
      test.node.send(worker, 'thanks', { job: 'job1', attempt: 1 })
      await test.clock.advance(1)
      assert.equal(left.length, 1)
    })
  })

  it('goes at its deadline, whatever runs', async () => {
    await withStage(async ({ test, left, run }) => {
      await run({})
      await test.node.call(worker, 'drain', { deadlineMs: 5_000 })
      await test.node.call(worker, 'drain', { deadlineMs: 60_000 })
      await test.clock.advance(4_999)
      assert.deepEqual(left, [])
      await test.clock.advance(1)
      assert.deepEqual(left, [0])
    })
  })

  it('goes at once when it has nothing', async () => {
    await withStage(async ({ test, left }) => {
      await test.node.call(worker, 'drain', { deadlineMs: 5_000 })
      assert.deepEqual(left, [5_000])
    })
  })
})
