/**
 * test/unit/system/survey: one scan over all processes and events: lists, ranges, sums.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, type Node, protocol, request, type SurveySheet } from 'troupe'
import { CountSpread } from '#apps/system/count-spread'
import { TopList } from '#apps/system/top-list'
import { type AloneStage, aloneStage } from '#test/unit/system/system-kit'

const Stuck = protocol('stuck', { hang: request<void, void>() })
const stuck = actor(Stuck, {
  init: () => ({}),
  on: { hang: () => new Promise<void>(() => {}) },
})

const survey = async (stage: AloneStage, given: unknown = {}): Promise<SurveySheet> =>
  (await stage.askSelf('survey', given)) as SurveySheet

/** A process that hangs in its first message, with so many behind it. */
async function hang(node: Node, name: string, waiting: number): Promise<void> {
  await node.spawn(stuck, { name })
  for (let i = 0; i <= waiting; i += 1) void node.call(name, 'hang').catch(() => {})
}

describe('a survey', () => {
  it('counts processes by the depth of their mailbox and by the wait of its oldest', async () => {
    await aloneStage(async (stage) => {
      await hang(stage.b, 'one', 1)
      await hang(stage.b, 'seven', 7)
      await stage.pass(2_000)
      const { depth, waitMs } = await survey(stage)
      assert.deepEqual(depth.bounds.slice(0, 3), [1, 5, 10])
      assert.deepEqual(depth.counts.slice(0, 4), [1, 0, 1, 0])
      assert.equal(depth.max, 7)
      assert.equal(waitMs.counts[waitMs.bounds.indexOf(5_000)], 2)
      assert.ok(waitMs.max >= 2_000)
    })
  })

  it('names the deepest mailbox and the longest wait first, with who it is', async () => {
    await aloneStage(async (stage) => {
      await hang(stage.b, 'early', 1)
      await stage.pass(1_000)
      await hang(stage.b, 'deep', 5)
      await stage.pass(1_000)
      const { tops } = await survey(stage)
      assert.deepEqual(
        tops.mailbox.map(({ name, value }) => [name, value]),
        [
          ['deep', 5],
          ['early', 1],
        ],
      )
      assert.equal(tops.wait[0]?.name, 'early')
      assert.equal(tops.wait[0]?.behaviour, 'stuck')
      assert.match(tops.wait[0]?.pid ?? '', /^<b@stage\.\d+>$/)
      assert.deepEqual(tops.liveness.map(({ value }) => value)[0], 0)
    })
  })

  it('keeps as many rows as are asked for, and none that are 0', async () => {
    await aloneStage(async (stage) => {
      for (const name of ['x', 'y', 'z']) await hang(stage.b, name, 1)
      assert.equal((await survey(stage, { limit: 2 })).tops.mailbox.length, 2)
      assert.equal((await survey(stage, { limit: 0 })).tops.mailbox.length, 0)
      assert.deepEqual((await survey(stage)).tops.restarts, [])
    })
  })

  it('tells of each event who uses it', async () => {
    await aloneStage(async (stage) => {
      const before = (await survey(stage, { limit: 0 })).events
      stage.b.registerEvent('never')
      const token = stage.b.registerEvent('spoken')
      stage.b.publish(token, 1)
      stage.b.publish(token, 2)
      const { events } = await survey(stage)
      assert.equal(events.count, before.count + 2)
      assert.equal(events.uses.idle, before.uses.idle + 1)
      assert.equal(events.uses.unheard, before.uses.unheard + 1)
      assert.deepEqual(
        events.tops.published.filter(({ event }) => event === 'spoken').map(({ value }) => value),
        [2],
      )
    })
  })

  it('refuses what cannot be asked', async () => {
    await aloneStage(async (stage) => {
      for (const given of [{ limit: 201 }, { limit: -1 }, { top: 'mailbox' }, [], 'all']) {
        await assert.rejects(survey(stage, given), { code: 'OPTION_INVALID' })
      }
    })
  })
})

describe('a top list', () => {
  it('equals a sort of all that was offered', () => {
    const list = new TopList<number>(5)
    const values = Array.from({ length: 500 }, (_, at) => (at * 7_919) % 997)
    for (const value of values) if (list.takes(value)) list.add(value, value)
    const sorted = [...values].sort((a, b) => b - a).slice(0, 5)
    assert.deepEqual(list.rows, sorted)
  })
})

describe('a spread of counts', () => {
  it('counts what equals a bound below it, and what is above all in the last place', () => {
    const spread = new CountSpread([1, 10])
    for (const value of [0, 1, 2, 10, 11]) spread.add(value)
    assert.deepEqual(spread.sheet(), { bounds: [1, 10], counts: [2, 2, 1], max: 11 })
  })
})
