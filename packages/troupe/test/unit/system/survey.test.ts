/**
 * test/unit/system/survey: one scan over all processes and events: lists, ranges, sums.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, eventName, type Node, protocol, request, type SurveySheet } from 'troupe'
import { CountSpread } from '#apps/system/count-spread'
import { TopList } from '#apps/system/top-list'
import { InitTimes } from '#runtime/init-times'
import { type AloneStage, aloneStage, systemStage } from '#test/unit/system/system-kit'

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

  it('names the processes whose init took longest, and no quick one', async () => {
    await aloneStage(async (stage) => {
      const Quiet = protocol('quiet', {})
      const wait = (): Promise<void> => new Promise((done) => void stage.clock.after(250, done))
      const slow = actor(Quiet, { init: wait, on: {} })
      const quick = actor(Quiet, { init: () => ({}), on: {} })
      await stage.settle(stage.b.spawn(slow, { name: 'slow' }))
      const pid = await stage.settle(stage.b.spawn(slow, { name: 'slower' }))
      await stage.settle(stage.b.spawn(quick, { name: 'quick' }))
      const { initMaxMs, tops } = await survey(stage)
      assert.equal(initMaxMs, 250)
      assert.deepEqual(
        tops.init.map(({ name, value }) => [name, value]),
        [
          ['slow', 250],
          ['slower', 250],
        ],
      )
      stage.b.kill(pid)
      await stage.pass(1)
      assert.equal((await survey(stage)).tops.init.length, 1)
    })
  })

  it('counts of each event how often it was sent to other nodes', async () => {
    await systemStage(async (stage) => {
      const { a, b, settle } = stage
      const token = b.registerEvent('news')
      b.registerEvent('local')
      const Ear = protocol('ear', {})
      const ear = actor(Ear, {
        started: (_state, context) => context.subscribe(eventName('news', b.name)),
        on: {},
        handleEvent: () => {},
      })
      await settle(a.spawn(ear))
      await settle(a.spawn(ear))
      for (let at = 0; at < 3; at += 1) b.publish(token, at)
      const { events } = await stage.ask('survey', {})
      assert.deepEqual(
        events.tops['sent-away'].map(({ event, value }) => [event, value]),
        [['news', 3]],
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

describe('the clock at births', () => {
  it('is read for few that are quick, and for all that follow one that was slow', () => {
    let nowMs = 0
    let readings = 0
    const scheduler = {
      sinceStartMs: () => {
        readings += 1
        return nowMs
      },
    }
    const times = new InitTimes(scheduler as never)
    const program = {}
    const birth = (tookMs: number): number => {
      const process = { program }
      const beganMs = times.begin(program as never)
      nowMs += tookMs
      times.end(process as never, beganMs)
      return times.of(process as never)
    }
    for (let at = 0; at < 1_000; at += 1) assert.equal(birth(0.01), 0)
    assert.ok(readings <= 2 * (4 + 16), `${readings} readings`)
    readings = 0
    const found = Array.from({ length: 200 }, () => birth(5))
    assert.ok(found.filter((ms) => ms >= 5).length >= 200 - 64)
    assert.ok(readings >= 2 * (200 - 64))
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
