/**
 * The calendar of a node: when jobs run, what their actions do, what a preview shows.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type CronJob, type ExitReason, Pid, type SendFailure, TroupeError } from '#contract'
import type { CronVerbs } from '#runtime/cron/index'
import {
  code,
  DAY,
  HOUR,
  held,
  MINUTE,
  make,
  noting,
  SECOND,
  spawnable,
  start,
} from '#test/unit/cron-kit'

describe('a cron job', () => {
  it('runs at each of its times', async () => {
    const { clock, cron } = make()
    const { job, seconds } = noting({ spec: '*/15 * * * * *' })
    cron.add(job)
    await clock.advance(MINUTE)
    assert.deepEqual(seconds, [15, 30, 45, 60])
  })

  it('may wait longer than a timer of the machine can', async () => {
    const { clock, cron } = make()
    const { job, seconds } = noting({ spec: '0 0 1 3 *' })
    cron.add(job)
    await clock.advance(59 * DAY - 1)
    assert.deepEqual(seconds, [])
    await clock.advance(1)
    assert.deepEqual(seconds, [(59 * DAY) / SECOND])
  })

  it('keeps one timer, for the earliest job alone', async () => {
    const { clock, cron } = make()
    for (let i = 0; i < 50; i += 1) cron.add(noting({ name: `${i}`, spec: `${i} * * * * *` }).job)
    assert.equal(clock.pending(), 1)
    await clock.advance(10 * SECOND)
    assert.equal(clock.pending(), 1)
    for (const { name } of cron.jobs()) cron.remove(name)
    assert.equal(clock.pending(), 0)
  })

  it('runs before a later one that was added first', async () => {
    const { clock, cron } = make()
    const late = noting({ name: 'late', spec: '0 1 * * *' })
    const early = noting({ name: 'early', spec: '30 0 * * *' })
    cron.add(late.job)
    cron.add(early.job)
    await clock.advance(HOUR)
    assert.deepEqual([early.seconds, late.seconds], [[1_800], [3_600]])
  })

  it('runs together with others due at the same time, in the order they were added', async () => {
    const { clock, cron } = make()
    const order: string[] = []
    for (const name of ['c', 'a', 'b']) {
      const run = (): void => void order.push(name)
      cron.add({ name, spec: '* * * * *', timeZone: 'UTC', action: { kind: 'run', run } })
    }
    await clock.advance(2 * MINUTE)
    assert.deepEqual(order, ['c', 'a', 'b', 'c', 'a', 'b'])
  })

  it('that is disabled does not run, and runs on when enabled', async () => {
    const { clock, cron } = make()
    const { job, seconds } = noting({ spec: '* * * * *', enabled: false })
    cron.add(job)
    await clock.advance(MINUTE)
    assert.equal(cron.jobs()[0]?.nextRunMs, undefined)
    cron.enable('job')
    await clock.advance(MINUTE)
    cron.disable('job')
    await clock.advance(MINUTE)
    cron.enable('job')
    cron.enable('job')
    await clock.advance(MINUTE)
    assert.deepEqual(seconds, [120, 240])
    assert.equal(cron.jobs()[0]?.missed, 0)
  })

  it('that is removed runs no more, and its name is free', async () => {
    const { clock, cron } = make()
    const { job, seconds } = noting({ spec: '* * * * *' })
    cron.add(job)
    assert.throws(() => cron.add(job), code('NAME_TAKEN'))
    cron.remove('job')
    await clock.advance(MINUTE)
    cron.add(job)
    await clock.advance(MINUTE)
    assert.deepEqual(seconds, [120])
  })

  it('may remove itself and add others while it runs', async () => {
    const { clock, cron } = make()
    const next = noting({ name: 'next', spec: '* * * * *' })
    const run = (): void => {
      cron.remove('first')
      cron.add(next.job)
    }
    const action = { kind: 'run', run } as const
    cron.add({ name: 'first', spec: '* * * * *', timeZone: 'UTC', action })
    await clock.advance(3 * MINUTE)
    assert.deepEqual(next.seconds, [120, 180])
  })

  it('tells what it has done and when it is next due', async () => {
    const { clock, cron } = make()
    cron.add(noting({ spec: '* * * * *' }).job)
    await clock.advance(90 * SECOND)
    assert.deepEqual(cron.jobs(), [
      {
        name: 'job',
        spec: '* * * * *',
        timeZone: 'UTC',
        enabled: true,
        running: 0,
        runs: 1,
        failures: 0,
        missed: 0,
        skipped: 0,
        lastRunMs: start + MINUTE,
        lastError: undefined,
        nextRunMs: start + 2 * MINUTE,
      },
    ])
  })

  it('is refused with the option that is wrong', () => {
    const { cron } = make()
    const { job } = noting({ spec: '* * * * *' })
    const wrong: readonly [string, object][] = [
      ['job.name', { name: '' }],
      ['job.spec', { spec: 5 }],
      ['job.timeZone', { timeZone: 'Mars/Base' }],
      ['job.misfire', { misfire: 'twice' }],
      ['job.misfireMs', { misfireMs: 0 }],
      ['job.overlap', { overlap: 'kill' }],
      ['job.enabled', { enabled: 'yes' }],
      ['job.action.kind', { action: undefined }],
      ['job.action.kind', { action: { kind: 'email' } }],
      ['job.action.message', { action: { kind: 'send', to: 'x' } }],
      ['job.action.start', { action: { kind: 'spawn', start: {} } }],
      ['job.action.run', { action: { kind: 'run' } }],
    ]
    for (const [option, change] of wrong) {
      assert.throws(
        () => cron.add({ ...job, ...change } as CronJob),
        (thrown) => TroupeError.is(thrown, 'OPTION_INVALID') && thrown.detail.option === option,
        option,
      )
    }
    assert.throws(() => cron.add({ ...job, spec: 'x' }), code('CRON_SPEC_INVALID'))
    assert.throws(() => cron.add({ ...job, spec: '0 0 30 2 *' }), code('CRON_SPEC_INVALID'))
    assert.deepEqual(cron.jobs(), [])
  })

  it('that is not there is told by CRON_JOB_UNKNOWN', () => {
    const { cron } = make()
    for (const verb of ['remove', 'enable', 'disable'] as const) {
      assert.throws(() => cron[verb]('nobody'), code('CRON_JOB_UNKNOWN'))
    }
    assert.throws(() => cron.preview(0, 1, 'nobody'), code('CRON_JOB_UNKNOWN'))
  })
})

describe('the action of a job', () => {
  it('sends a message, by default with the tick', async () => {
    const { clock, cron, sent } = make()
    const base = { spec: '* * * * *', timeZone: 'UTC' }
    cron.add({ ...base, name: 'a', action: { kind: 'send', to: 'report', message: 'make' } })
    const payload = { full: true }
    cron.add({
      ...base,
      name: 'b',
      action: { kind: 'send', to: 'report', message: 'make', payload },
    })
    await clock.advance(MINUTE)
    const tick = { node: 'unit@test', job: 'a', timeMs: start + MINUTE }
    assert.deepEqual(sent, [
      { to: 'report', message: 'make', payload: tick },
      { to: 'report', message: 'make', payload },
    ])
  })

  it('spawns a process that finds node, job and time in its environment', async () => {
    const spawned: unknown[] = []
    const spawn: CronVerbs['spawn'] = async (given, options) => {
      spawned.push([given, options])
      return Pid.of('unit@test', 1, 1)
    }
    const { clock, cron } = make({ spawn })
    const options = { name: 'nightly', args: [1], env: { region: 'eu' } }
    const action = { kind: 'spawn', start: spawnable, options } as const
    cron.add({ name: 'job', spec: '* * * * *', timeZone: 'UTC', action })
    await clock.advance(MINUTE)
    const told = { CRON_NODE: 'unit@test', CRON_JOB: 'job', CRON_TIME_MS: start + MINUTE }
    assert.deepEqual(spawned, [[spawnable, { ...options, env: { ...told, region: 'eu' } }]])
  })

  it('that spawns goes on until the process has ended', async () => {
    let end: (reason: ExitReason) => void = () => {}
    const ended = (): Promise<ExitReason> => new Promise((resolve) => (end = resolve))
    const { clock, cron } = make({ ended })
    const action = { kind: 'spawn', start: spawnable } as const
    cron.add({ name: 'job', spec: '* * * * *', timeZone: 'UTC', action, overlap: 'skip' })
    await clock.advance(2 * MINUTE)
    assert.deepEqual(
      cron.jobs().map(({ runs, running, skipped }) => [runs, running, skipped]),
      [[1, 1, 1]],
    )
    end({ kind: 'crash', message: 'Error: boom', code: undefined, stack: undefined })
    await clock.settle()
    assert.equal(cron.jobs()[0]?.running, 0)
    assert.equal(cron.jobs()[0]?.lastError, 'crash (Error: boom)')
  })

  it('that fails is counted, logged and runs again', async () => {
    const failures: (() => unknown)[] = [
      () => {
        throw new TypeError('boom')
      },
      () => Promise.reject('later'),
      () => 'fine',
    ]
    const { clock, cron, logged } = make()
    const action = { kind: 'run', run: () => failures.shift()?.() } as const
    cron.add({ name: 'job', spec: '* * * * *', timeZone: 'UTC', action })
    await clock.advance(3 * MINUTE)
    const [info] = cron.jobs()
    assert.equal(info?.runs, 3)
    assert.equal(info?.failures, 2)
    assert.equal(info?.lastError, 'later')
    assert.deepEqual(logged, [
      ['a cron job failed', { job: 'job', problem: 'TypeError: boom' }],
      ['a cron job failed', { job: 'job', problem: 'later' }],
    ])
  })

  it('that cannot send or spawn is a failure', async () => {
    const send = (): SendFailure => 'NAME_UNKNOWN'
    const spawn = (): Promise<Pid> =>
      Promise.reject(new TroupeError('NAME_TAKEN', { name: 'x', holder: 'y' }))
    const { clock, cron } = make({ send, spawn })
    const base = { spec: '* * * * *', timeZone: 'UTC' }
    cron.add({ ...base, name: 'a', action: { kind: 'send', to: 'nobody', message: 'm' } })
    cron.add({ ...base, name: 'b', action: { kind: 'spawn', start: spawnable } })
    await clock.advance(MINUTE)
    const [a, b] = cron.jobs()
    assert.equal(a?.lastError, 'NAME_UNKNOWN')
    assert.match(b?.lastError ?? '', /the name x is held by y/)
    assert.deepEqual([a?.failures, b?.failures], [1, 1])
  })
})

describe('a preview', () => {
  it('lists the runs of all enabled jobs, or of one, and runs nothing', async () => {
    const { cron } = make()
    const a = noting({ name: 'a', spec: '0 */8 * * *' })
    const b = noting({ name: 'b', spec: '0 4 * * *' })
    const off = noting({ name: 'off', spec: '0 5 * * *', enabled: false })
    for (const { job } of [a, b, off]) cron.add(job)
    const runs = cron.preview(start, start + DAY)
    assert.deepEqual(
      runs.map(({ name, timeMs }) => [name, (timeMs - start) / HOUR]),
      [
        ['a', 0],
        ['b', 4],
        ['a', 8],
        ['a', 16],
      ],
    )
    assert.equal(cron.preview(start, start + DAY, 'off').length, 1)
    assert.deepEqual(a.seconds, [])
  })

  it('has an end', () => {
    const { cron } = make()
    cron.add(noting({ spec: '* * * * * *' }).job)
    assert.equal(cron.preview(start, start + 300 * DAY).length, 10_000)
    assert.throws(() => cron.preview(Number.NaN, 1), code('OPTION_INVALID'))
  })
})

describe('the end of a calendar', () => {
  it('runs nothing more, gives up what waits and refuses further jobs', async () => {
    const { clock, cron } = make()
    const { job, ticks, open } = held({ overlap: 'queue' })
    cron.add(job)
    await clock.advance(2 * MINUTE)
    cron.stop()
    open[0]?.()
    await clock.advance(HOUR)
    assert.deepEqual(ticks, [1])
    assert.equal(clock.pending(), 0)
    assert.throws(() => cron.add({ ...job, name: 'late' }), code('NODE_STOPPED'))
  })
})
