/**
 * When cron expressions are due: seconds, special days, time zones, changes of clocks.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { TroupeError } from '#contract'
import { calendar } from '#contract/calendar'

const at = (text: string): number => Date.parse(text)

/** The next due times as ISO text without milliseconds. */
function due(spec: string, timeZone: string, from: string, count: number): readonly string[] {
  const times: string[] = []
  const { next } = calendar({ name: 'job', spec, timeZone })
  for (let timeMs = next(at(from)); timeMs !== undefined; timeMs = next(timeMs)) {
    times.push(new Date(timeMs).toISOString().replace('.000Z', 'Z'))
    if (times.length === count) break
  }
  return times
}

describe('a cron expression', () => {
  it('of five fields is due at second 0, of six at the seconds it names', () => {
    assert.deepEqual(due('5 * * * *', 'UTC', '2025-01-01T00:00:00Z', 2), [
      '2025-01-01T00:05:00Z',
      '2025-01-01T01:05:00Z',
    ])
    assert.deepEqual(due('*/20 * * * * *', 'UTC', '2025-01-01T00:00:00Z', 3), [
      '2025-01-01T00:00:20Z',
      '2025-01-01T00:00:40Z',
      '2025-01-01T00:01:00Z',
    ])
  })

  it('knows the last day, the n-th weekday, the nearest working day and macros', () => {
    const from = '2025-01-01T00:00:00Z'
    assert.deepEqual(due('0 0 L * *', 'UTC', from, 2), [
      '2025-01-31T00:00:00Z',
      '2025-02-28T00:00:00Z',
    ])
    assert.deepEqual(due('0 0 * * 5#2', 'UTC', from, 1), ['2025-01-10T00:00:00Z'])
    assert.deepEqual(due('0 0 * * 5L', 'UTC', from, 1), ['2025-01-31T00:00:00Z'])
    assert.deepEqual(due('0 0 1W 2 *', 'UTC', from, 1), ['2025-02-03T00:00:00Z'])
    assert.deepEqual(due('@daily', 'UTC', from, 1), ['2025-01-02T00:00:00Z'])
    assert.deepEqual(due('@hourly', 'UTC', from, 1), ['2025-01-01T01:00:00Z'])
    assert.deepEqual(due('0 0 * * MON', 'UTC', from, 1), ['2025-01-06T00:00:00Z'])
    assert.deepEqual(due('0 0 * * 7', 'UTC', from, 1), ['2025-01-05T00:00:00Z'])
  })

  it('with both day fields is due when either fits', () => {
    assert.deepEqual(due('0 0 15 * 1', 'UTC', '2025-01-12T00:00:00Z', 3), [
      '2025-01-13T00:00:00Z',
      '2025-01-15T00:00:00Z',
      '2025-01-20T00:00:00Z',
    ])
  })

  it('that cannot be read is refused with CRON_SPEC_INVALID and the problem', () => {
    const bad = ['', '* * * *', '61 * * * *', '* * * * * * 2025', '2025-01-01T00:00:00', '@reboot']
    for (const spec of bad) {
      assert.throws(
        () => calendar({ name: 'job', spec, timeZone: 'UTC' }),
        (thrown) => TroupeError.is(thrown, 'CRON_SPEC_INVALID') && thrown.detail.name === 'job',
        spec,
      )
    }
  })

  it('that is never due has no next time', () => {
    assert.deepEqual(due('0 0 30 2 *', 'UTC', '2025-01-01T00:00:00Z', 1), [])
  })
})

describe('a time zone', () => {
  it('decides when a day begins', () => {
    assert.deepEqual(due('0 0 * * *', 'Asia/Tokyo', '2025-01-01T00:00:00Z', 1), [
      '2025-01-01T15:00:00Z',
    ])
    assert.deepEqual(due('0 0 * * *', 'Asia/Kolkata', '2025-01-01T00:00:00Z', 1), [
      '2025-01-01T18:30:00Z',
    ])
  })
})

describe('when clocks go forward', () => {
  // Berlin: 02:00 becomes 03:00 on 30 March 2025, at 01:00 UTC.
  it('a time in the skipped hour does not run', () => {
    assert.deepEqual(due('30 2 * * *', 'Europe/Berlin', '2025-03-29T00:00:00Z', 3), [
      '2025-03-29T01:30:00Z',
      '2025-03-31T00:30:00Z',
      '2025-04-01T00:30:00Z',
    ])
    assert.deepEqual(due('0 30 1-3 * * *', 'Europe/Berlin', '2025-03-29T23:00:00Z', 3), [
      '2025-03-30T00:30:00Z',
      '2025-03-30T01:30:00Z',
      '2025-03-30T23:30:00Z',
    ])
  })

  it('a job that leaves the hour open goes on without a gap', () => {
    assert.deepEqual(due('*/30 * * * *', 'Europe/Berlin', '2025-03-30T00:00:00Z', 4), [
      '2025-03-30T00:30:00Z',
      '2025-03-30T01:00:00Z',
      '2025-03-30T01:30:00Z',
      '2025-03-30T02:00:00Z',
    ])
  })

  it('at midnight a daily job at midnight waits for the next day', () => {
    // São Paulo until 2018: 00:00 became 01:00.
    assert.deepEqual(due('0 0 * * *', 'America/Sao_Paulo', '2018-11-02T12:00:00Z', 2), [
      '2018-11-03T03:00:00Z',
      '2018-11-05T02:00:00Z',
    ])
  })
})

describe('when clocks go back', () => {
  // Berlin: 03:00 becomes 02:00 on 26 October 2025, at 01:00 UTC.
  it('a time in the repeated hour runs once, the first time', () => {
    assert.deepEqual(due('30 2 * * *', 'Europe/Berlin', '2025-10-25T12:00:00Z', 2), [
      '2025-10-26T00:30:00Z',
      '2025-10-27T01:30:00Z',
    ])
    assert.deepEqual(due('*/20 2 * * *', 'Europe/Berlin', '2025-10-25T12:00:00Z', 4), [
      '2025-10-26T00:00:00Z',
      '2025-10-26T00:20:00Z',
      '2025-10-26T00:40:00Z',
      '2025-10-27T01:00:00Z',
    ])
    assert.deepEqual(due('30 1-3 * * *', 'Europe/Berlin', '2025-10-25T12:00:00Z', 4), [
      '2025-10-25T23:30:00Z',
      '2025-10-26T00:30:00Z',
      '2025-10-26T02:30:00Z',
      '2025-10-27T00:30:00Z',
    ])
  })

  it('a job of each second of that hour pauses for the second pass', () => {
    assert.deepEqual(due('* * 2 * * *', 'Europe/Berlin', '2025-10-26T00:59:58Z', 2), [
      '2025-10-26T00:59:59Z',
      '2025-10-27T01:00:00Z',
    ])
  })

  it('a job that leaves the hour open runs in both passes', () => {
    assert.deepEqual(due('*/30 * * * *', 'Europe/Berlin', '2025-10-25T23:30:00Z', 5), [
      '2025-10-26T00:00:00Z',
      '2025-10-26T00:30:00Z',
      '2025-10-26T01:00:00Z',
      '2025-10-26T01:30:00Z',
      '2025-10-26T02:00:00Z',
    ])
  })

  it('by half an hour the rule is the same', () => {
    // Lord Howe: 02:00 becomes 01:30 on 6 April 2025, at 15:00 UTC of the 5th.
    assert.deepEqual(due('45 1 * * *', 'Australia/Lord_Howe', '2025-04-05T00:00:00Z', 2), [
      '2025-04-05T14:45:00Z',
      '2025-04-06T15:15:00Z',
    ])
  })
})

describe('forwards and backwards', () => {
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']
  const specs = ['30 2 * * *', '*/20 1-3 * * *', '0 */6 * * *', '15 * * * *', '0 0 L * *']

  it('the time before the next one is the one before', () => {
    const anyTime = fc.integer({ min: at('2024-01-01'), max: at('2027-01-01') })
    const check = fc.property(
      anyTime,
      fc.constantFrom(...zones),
      fc.constantFrom(...specs),
      (fromMs, timeZone, spec) => {
        const { next, previous } = calendar({ name: 'job', spec, timeZone })
        const first = next(fromMs) ?? Number.NaN
        const second = next(first) ?? Number.NaN
        assert.ok(first > fromMs)
        assert.ok(second > first)
        assert.equal(previous(second), first)
        assert.ok((previous(first) ?? Number.NaN) <= fromMs)
      },
    )
    fc.assert(check, { seed: 7, numRuns: 300 })
  })

  it('a job that names hours is due at each of its local times once, the whole year', () => {
    const [from, to, quarterMs] = [at('2025-01-01'), at('2026-01-01'), 900_000]
    for (const timeZone of zones) {
      const clock = { timeZone, hourCycle: 'h23', dateStyle: 'short', timeStyle: 'short' } as const
      const local = new Intl.DateTimeFormat('en-GB', clock)
      const seen = new Set<string>()
      const expected: number[] = []
      for (let timeMs = from; timeMs < to; timeMs += quarterMs) {
        const text = local.format(timeMs)
        if (!seen.has(text) && /, 0[0-4]:/.test(text)) expected.push(timeMs)
        seen.add(text)
      }
      const { next } = calendar({ name: 'job', spec: '*/15 0-4 * * *', timeZone })
      const found: number[] = []
      let timeMs = next(from - 1)
      while (timeMs !== undefined && timeMs < to) {
        found.push(timeMs)
        timeMs = next(timeMs)
      }
      assert.deepEqual(found, expected, timeZone)
    }
  })
})
