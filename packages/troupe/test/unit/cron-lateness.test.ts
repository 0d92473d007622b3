/**
 * Runs that are missed, clocks that are set back, runs that overlap.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CronJob } from '#contract'
import { type Calendar, calendar } from '#contract/calendar'
import { verdictWhenDue } from '#contract/misfire'
import { DAY, HOUR, held, MINUTE, make, noting, SECOND, start } from '#test/unit/cron-kit'

describe('a run that is missed', () => {
  /** A loop that was blocked: the wall clock has gone on, no timer has fired. */
  async function afterSleep(job: Omit<CronJob, 'action' | 'name'>, sleptMs: number) {
    const { clock, cron } = make()
    const noted = noting(job)
    cron.add(noted.job)
    clock.jumpWall(sleptMs)
    await clock.advance(5 * MINUTE)
    cron.disable('job')
    return { info: cron.jobs()[0], seconds: noted.seconds }
  }

  it('is skipped and counted by default', async () => {
    const { info, seconds } = await afterSleep({ spec: '0 * * * *' }, 3 * HOUR + 30 * MINUTE)
    assert.deepEqual(seconds, [])
    assert.equal(info?.missed, 3)
  })

  it('under "once" is made up for by one run for all, due when the last one was', async () => {
    const job = { spec: '0 * * * *', misfire: 'once' } as const
    const { info, seconds } = await afterSleep(job, 3 * HOUR + 30 * MINUTE)
    assert.deepEqual(seconds, [(3 * HOUR) / SECOND])
    assert.equal(info?.missed, 3)
    assert.equal(info?.runs, 1)
  })

  it('is not missed while it is late by no more than misfireMs', async () => {
    const job = { spec: '0 * * * *', misfireMs: 2 * HOUR } as const
    const { info, seconds } = await afterSleep(job, 3 * HOUR + 30 * MINUTE)
    assert.deepEqual(seconds, [(2 * HOUR) / SECOND, (3 * HOUR) / SECOND])
    assert.equal(info?.missed, 1)
  })

  it('is noticed within five minutes after the machine has slept', async () => {
    const { clock, cron } = make()
    const { job, seconds } = noting({ spec: '0 12 * * *', misfire: 'once' })
    cron.add(job)
    clock.jumpWall(14 * HOUR)
    await clock.advance(5 * MINUTE)
    assert.deepEqual(seconds, [(12 * HOUR) / SECOND])
  })

  it('by the million costs neither time nor memory', async () => {
    const { clock, cron } = make()
    const { job, seconds } = noting({ spec: '* * * * * *', misfire: 'once' })
    cron.add(job)
    clock.jumpWall(300 * DAY)
    await clock.advance(SECOND)
    assert.deepEqual(seconds, [(300 * DAY) / SECOND, (300 * DAY) / SECOND + 1])
    assert.equal(cron.jobs()[0]?.missed, 1_000)
  })

  it('has one verdict for each case', () => {
    const each: Calendar = calendar({ name: 'j', spec: '* * * * *', timeZone: 'UTC' })
    const minute = (count: number): number => start + count * MINUTE
    const cases = [
      // misfire, misfireMs, due, now, runs, missed, next
      ['skip', 1_000, 1, minute(1), [1], 0, 2],
      ['once', 1_000, 1, minute(1), [1], 0, 2],
      ['skip', 1_000, 1, minute(1) + 1_000, [1], 0, 2],
      ['skip', 1_000, 1, minute(1) + 1_001, [], 1, 2],
      ['once', 1_000, 1, minute(1) + 1_001, [1], 1, 2],
      ['skip', 1_000, 1, minute(3), [3], 2, 4],
      ['once', 1_000, 1, minute(3), [3], 2, 4],
      ['skip', 1_000, 1, minute(3) + 5_000, [], 3, 4],
      ['once', 1_000, 1, minute(3) + 5_000, [3], 3, 4],
      ['skip', 90_000, 1, minute(4), [3, 4], 2, 5],
      ['once', 90_000, 1, minute(4), [3, 4], 2, 5],
    ] as const
    for (const [misfire, misfireMs, due, nowMs, runs, missed, next] of cases) {
      assert.deepEqual(
        verdictWhenDue(each, { misfire, misfireMs }, minute(due), nowMs),
        { runs: runs.map(minute), missed, nextMs: minute(next) },
        `${misfire} ${misfireMs} ${nowMs - start}`,
      )
    }
  })
})

describe('a clock that is set back', () => {
  it('by little runs no time twice', async () => {
    const { clock, cron } = make()
    const { job, seconds } = noting({ spec: '* * * * *' })
    cron.add(job)
    await clock.advance(MINUTE)
    clock.jumpWall(-30 * SECOND)
    await clock.advance(90 * SECOND)
    assert.deepEqual(seconds, [60, 120])
  })

  it('by an hour runs a job of each minute on and a daily job not again', async () => {
    const { clock, cron } = make()
    const minutes = noting({ name: 'minutes', spec: '* * * * *' })
    const daily = noting({ name: 'daily', spec: '30 0 * * *' })
    cron.add(minutes.job)
    cron.add(daily.job)
    await clock.advance(HOUR)
    assert.equal(minutes.seconds.length, 60)
    clock.jumpWall(-HOUR)
    await clock.advance(HOUR)
    assert.ok(minutes.seconds.length >= 119, `${minutes.seconds.length} runs`)
    assert.deepEqual(daily.seconds, [1_800])
  })

  it('by months starts all jobs afresh', async () => {
    const { clock, cron } = make()
    const daily = noting({ spec: '30 0 * * *' })
    clock.jumpWall(100 * DAY)
    cron.add(daily.job)
    clock.jumpWall(-100 * DAY)
    await clock.advance(HOUR)
    assert.deepEqual(daily.seconds, [1_800])
  })
})

describe('runs that overlap', () => {
  it('are allowed by default', async () => {
    const { clock, cron } = make()
    const { job, ticks } = held({})
    cron.add(job)
    await clock.advance(3 * MINUTE)
    assert.deepEqual(ticks, [1, 2, 3])
    assert.equal(cron.jobs()[0]?.running, 3)
  })

  it('are skipped and counted under "skip"', async () => {
    const { clock, cron } = make()
    const { job, ticks, open } = held({ overlap: 'skip' })
    cron.add(job)
    await clock.advance(3 * MINUTE)
    open[0]?.()
    await clock.advance(MINUTE)
    assert.deepEqual(ticks, [1, 4])
    assert.equal(cron.jobs()[0]?.skipped, 2)
  })

  it('wait under "queue", one at a time, and further ones are skipped', async () => {
    const { clock, cron } = make()
    const { job, ticks, open } = held({ overlap: 'queue' })
    cron.add(job)
    await clock.advance(4 * MINUTE)
    open[0]?.()
    await clock.settle()
    assert.deepEqual(ticks, [1, 2])
    assert.equal(cron.jobs()[0]?.skipped, 2)
    open[1]?.()
    await clock.settle()
    assert.deepEqual(ticks, [1, 2])
    await clock.advance(MINUTE)
    assert.deepEqual(ticks, [1, 2, 5])
  })

  it('of a run that is over at once are none', async () => {
    const { clock, cron, sent } = make()
    const action = { kind: 'send', to: 'x', message: 'm' } as const
    const lateness = { misfireMs: MINUTE, overlap: 'skip' } as const
    cron.add({ name: 'job', spec: '* * * * * *', timeZone: 'UTC', action, ...lateness })
    clock.jumpWall(10 * SECOND)
    await clock.advance(SECOND)
    assert.equal(sent.length, 11)
    assert.equal(cron.jobs()[0]?.skipped, 0)
  })

  it('that wait are given up when the job is disabled or removed', async () => {
    for (const verb of ['disable', 'remove'] as const) {
      const { clock, cron } = make()
      const { job, ticks, open } = held({ overlap: 'queue' })
      cron.add(job)
      await clock.advance(2 * MINUTE)
      cron[verb]('job')
      open[0]?.()
      await clock.advance(2 * MINUTE)
      assert.deepEqual(ticks, [1], verb)
    }
  })
})
