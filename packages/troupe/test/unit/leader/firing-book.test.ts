/**
 * Which times are settled, and which are run by who begins to lead.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AHEAD_MS_MAX, FiringBook } from '#cluster/leader/firing-book'
import { calendar } from '#contract/calendar'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.UTC(2025, 0, 1)

function bookOf(windowMs = HOUR, misfire: 'once' | 'skip' = 'once'): FiringBook {
  const given = { name: 'fives', spec: '*/5 * * * *', timeZone: 'UTC' }
  return new FiringBook(
    [{ name: 'fives', misfire, misfireMs: 1_000, calendar: calendar(given) }],
    windowMs,
  )
}

const minutes = (book: FiringBook, nowMs: number): readonly number[] => {
  const { firings, jobs } = book.due(nowMs)
  book.settle(jobs, nowMs)
  return firings.map(({ timeMs }) => (timeMs - START) / MINUTE)
}

describe('the book of a cluster’s jobs', () => {
  it('begins where the last leader ended, not further back than the window', () => {
    for (const [windowMs, missed] of [
      [HOUR, 6],
      [12 * MINUTE, 2],
      [0, 0],
    ] as const) {
      const book = bookOf(windowMs)
      assert.equal(book.heard({ job: 'fives', untilMs: START }, START), undefined)
      book.begin(START + 32 * MINUTE, 0)
      assert.deepEqual(minutes(book, START + 32 * MINUTE), missed > 0 ? [30] : [])
      assert.equal(book.missed, missed)
      assert.deepEqual(minutes(book, START + 35 * MINUTE), [35])
    }
  })

  it('begins with its own begin when nobody has told anything', () => {
    const book = bookOf(HOUR)
    assert.deepEqual(book.marks, [])
    book.begin(START + 12 * MINUTE, START + 9 * MINUTE)
    assert.deepEqual(minutes(book, START + 12 * MINUTE), [10])
    assert.deepEqual(book.marks, [{ job: 'fives', untilMs: START + 12 * MINUTE }])
  })

  it('gives again what was not settled, to whoever begins anew', () => {
    const book = bookOf(HOUR)
    book.begin(START, START)
    assert.equal(book.due(START + 5 * MINUTE).firings.length, 1)
    book.begin(START + 6 * MINUTE, 0)
    assert.deepEqual(minutes(book, START + 6 * MINUTE), [5])
    book.begin(START + 7 * MINUTE, 0)
    assert.deepEqual(minutes(book, START + 7 * MINUTE), [])
  })

  it('believes the clock of another voter up to a minute ahead', () => {
    const book = bookOf()
    book.begin(START, START)
    const ahead = { job: 'fives', untilMs: START + AHEAD_MS_MAX }
    assert.equal(book.heard({ ...ahead, untilMs: ahead.untilMs + 1 }, START), 'future')
    assert.equal(book.heard(ahead, START), undefined)
    // What was run there already is not run here when its time comes.
    const fives = { job: 'fives', untilMs: START + 5 * MINUTE }
    assert.equal(book.heard(fives, START + 4.5 * MINUTE), undefined)
    assert.equal(book.nextMs, START + 10 * MINUTE)
    // A mark that is older changes nothing.
    assert.equal(book.heard({ job: 'fives', untilMs: START }, START), undefined)
    assert.deepEqual(book.marks, [fives])
  })

  it('starts afresh when the clock is set back by more than a minute', () => {
    const book = bookOf()
    book.begin(START + HOUR, START + HOUR)
    assert.deepEqual(minutes(book, START + HOUR + 5 * MINUTE), [65])
    assert.deepEqual(minutes(book, START + 2 * MINUTE), [])
    assert.equal(book.nextMs, START + 5 * MINUTE)
  })
})
