/**
 * Cron on a real node in virtual time: messages, processes, failures, the stop of the node.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, type CronTick, message, protocol } from 'troupe'
import { testNode } from 'troupe/testing'

const Report = protocol('report', { make: message<CronTick>() })

const report = actor(Report, {
  init: (ticks: CronTick[]) => ticks,
  on: { make: (ticks, tick) => void ticks.push(tick) },
})

const Nightly = protocol('nightly', {})
const nightly = actor(Nightly, {
  init: (seen: unknown[]) => seen,
  started: (seen, context) => {
    seen.push([context.env('CRON_JOB'), context.env('cron_time_ms'), context.name])
    context.after(90_000, () => context.stop('normal'))
  },
  on: {},
})

const MINUTE = 60_000
const start = Date.UTC(2025, 0, 1)
const each = { spec: '* * * * *', timeZone: 'UTC' }

describe('cron on a node', () => {
  it('sends a message to a name at the times of the calendar', async () => {
    const ticks: CronTick[] = []
    const action = { kind: 'send', to: 'report', message: 'make' } as const
    await using test = await testNode({ cronJobs: [{ ...each, name: 'hourly', action }] })
    await test.node.spawn(report, { name: 'report', args: [ticks] })
    await test.clock.advance(2 * MINUTE)
    assert.deepEqual(ticks, [
      { node: 'test@localhost', job: 'hourly', timeMs: start + MINUTE },
      { node: 'test@localhost', job: 'hourly', timeMs: start + 2 * MINUTE },
    ])
  })

  it('counts and logs a message that nobody could take', async () => {
    await using test = await testNode()
    const { node, clock, log } = test
    const action = { kind: 'send', to: 'nobody', message: 'make' } as const
    node.cron.add({ ...each, name: 'lost', action })
    await clock.advance(MINUTE)
    assert.equal(node.cron.jobs()[0]?.failures, 1)
    assert.equal(node.account().dropped['process-unknown'], 1)
    const record = log.find(({ message: said }) => said === 'a cron job failed')
    assert.deepEqual(record?.fields, { job: 'lost', problem: 'NAME_UNKNOWN' })
  })

  it('spawns a process, which counts as running until it has ended', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const seen: unknown[] = []
    const options = { name: 'nightly', args: [seen] }
    const action = { kind: 'spawn', start: nightly, options } as const
    node.cron.add({ ...each, name: 'job', action, overlap: 'skip' })
    await clock.advance(2 * MINUTE)
    assert.deepEqual(seen, [['job', start + MINUTE, 'nightly']])
    assert.equal(node.cron.jobs()[0]?.running, 1)
    assert.equal(node.cron.jobs()[0]?.skipped, 1)
    await clock.advance(MINUTE)
    assert.equal(node.cron.jobs()[0]?.runs, 2)
  })

  it('ends with its node', async () => {
    const test = await testNode()
    let runs = 0
    const run = (): void => {
      runs += 1
    }
    test.node.cron.add({ ...each, name: 'job', action: { kind: 'run', run } })
    await test.stop()
    await test.clock.advance(10 * MINUTE)
    assert.equal(runs, 0)
    assert.equal(test.clock.pending(), 0)
  })

  it('of a node with a job that cannot be read is told at once', async () => {
    const action = { kind: 'run', run: () => {} } as const
    const starting = testNode({ cronJobs: [{ name: 'bad', spec: 'never', action }] })
    await assert.rejects(starting, /the cron expression never of bad cannot be read/)
  })
})
