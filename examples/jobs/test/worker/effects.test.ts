/**
 * examples/jobs/test/worker/effects.test: what a worker tells the store of effects of its tries.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { termFence } from 'troupe'
import type { Effect, EffectAnswer, PostEffect } from '#jobs/worker/effects'
import { DONE, withStage, worker } from '#test/worker/worker-stage'

describe('the effect of a try', () => {
  const answering = (answers: readonly EffectAnswer[]) => {
    const posted: { readonly term: number; readonly digest: string }[] = []
    const post: PostEffect = async (effect) => {
      posted.push(effect)
      return answers[posted.length - 1] ?? 'again'
    }
    return { posted, post }
  }

  it('is brought before the outcome is told, again until the store has it', async () => {
    const { posted, post } = answering(['again', 'again', 'taken'])
    await withStage(
      async ({ test, heard, tasks, run }) => {
        await run({})
        tasks.at(0).end(DONE)
        await test.clock.advance(60)
        assert.equal(heard.of('finished').length, 0)
        await test.clock.advance(1_000)
        assert.equal(posted.length, 3)
        assert.notEqual(heard.of('finished').length, 0)
      },
      { effects: post },
    )
  })

  it('of an earlier term ends the try without a word', async () => {
    const { post } = answering(['stale'])
    await withStage(
      async ({ test, heard, tasks, run }) => {
        await run({})
        tasks.at(0).end(DONE)
        await test.clock.advance(5_000)
        assert.equal(heard.of('finished').length, 0)
        assert.equal(heard.of('capacity').at(-1)?.running, 0)
        assert.equal(await run({ job: 'b' }), 'accepted')
      },
      { effects: post },
    )
  })

  it('carries the term under which the try was given, whoever has adopted it', async () => {
    const { posted, post } = answering(['again', 'taken'])
    await withStage(
      async ({ test, heard, leader, tasks, run }) => {
        await run({ term: 1 })
        tasks.at(0).end(DONE)
        await test.clock.advance(1)
        await test.node.call(worker, 'adopt', { term: 4, leader })
        await test.clock.advance(1_000)
        assert.deepEqual(
          posted.map(({ term }) => term),
          [1, 1],
        )
        assert.equal(heard.of('finished').at(-1)?.term, 4)
      },
      { effects: post },
    )
  })

  it('of an old try is refused after a newer one, also when a leader has adopted it', async () => {
    const store = termFence()
    const posted: Effect[] = []
    const post: PostEffect = async (effect) => {
      posted.push(effect)
      return store.admits(effect.term, effect.job) ? 'taken' : 'stale'
    }
    await withStage(
      async ({ test, heard, leader, tasks, run }) => {
        await run({ job: 'a', attempt: 1, term: 1 })
        // Another worker had the second try under the next leader, who then asks this one.
        assert.ok(store.admits(2, 'a'))
        await test.node.call(worker, 'adopt', { term: 2, leader })
        tasks.at(0).end(DONE)
        await test.clock.advance(5_000)
        assert.deepEqual([posted.length, heard.of('finished').length], [1, 0])
      },
      { effects: post },
    )
  })

  it('is not sent again after it was refused, also when a leader adopts it meanwhile', async () => {
    const answers: ((answer: EffectAnswer) => void)[] = []
    const post: PostEffect = () => new Promise((resolve) => void answers.push(resolve))
    await withStage(
      async ({ test, heard, leader, tasks, run }) => {
        await run({ term: 1 })
        tasks.at(0).end(DONE)
        await test.clock.advance(1)
        await test.node.call(worker, 'adopt', { term: 2, leader })
        answers[0]?.('stale')
        await test.clock.advance(5_000)
        assert.deepEqual([answers.length, heard.of('finished').length], [1, 0])
        assert.equal(heard.of('capacity').at(-1)?.running, 0)
      },
      { effects: post },
    )
  })

  it('is not brought for a try that failed', async () => {
    const { posted, post } = answering([])
    await withStage(
      async ({ test, heard, tasks, run }) => {
        await run({})
        tasks.at(0).end({ kind: 'failed', problem: 'no UTF-8' })
        await test.clock.advance(1)
        assert.equal(heard.of('finished').length, 1)
        assert.equal(posted.length, 0)
      },
      { effects: post },
    )
  })
})
