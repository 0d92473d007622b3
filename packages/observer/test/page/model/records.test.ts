/**
 * page/model/records: records that come as they happen, and the guard against a storm of them.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { afterRecords, NO_STORM, STORM_ABOVE, type Storm } from '#page/model/log-storm'
import { noRecords, withRecords } from '#page/model/record-list'
import type { ToldLog } from '#page/model/told'

const log = (number: number, more: Partial<ToldLog> = {}): ToldLog & { node: string } => ({
  node: 'a@h',
  number,
  timeMs: number,
  level: 'info',
  source: {
    kind: 'process',
    pid: '<a@h.1.1>',
    name: 'shop',
    behaviour: 'shop',
    application: undefined,
  },
  message: `line ${number}`,
  fields: {},
  ...more,
})

const numbers = (rows: readonly { readonly number: number }[]): readonly number[] =>
  rows.map(({ number }) => number)

describe('a list of records', () => {
  it('holds the newest first, however they come', () => {
    const list = withRecords(noRecords<ToldLog>(), [log(1), log(3), log(2)], { lengthMax: 10 })
    assert.deepEqual(numbers(list.rows), [3, 2, 1])
  })

  it('holds each once, though it was kept and told', () => {
    const list = withRecords(noRecords<ToldLog>(), [log(1), log(2)], { lengthMax: 10 })
    const again = withRecords(list, [log(2), log(3)], { lengthMax: 10 })
    assert.deepEqual(numbers(again.rows), [3, 2, 1])
    assert.equal(withRecords(again, [log(3)], { lengthMax: 10 }), again)
  })

  it('tells records of one number of two nodes apart', () => {
    const more = [log(1), { ...log(1), node: 'b@h' }]
    assert.equal(withRecords(noRecords<ToldLog>(), more, { lengthMax: 10 }).rows.length, 2)
  })

  it('never grows above its limit, and keeps the newest', () => {
    const many = Array.from({ length: 30 }, (_, at) => log(at))
    const list = withRecords(noRecords<ToldLog>(), many, { lengthMax: 10, leftOut: 4 })
    assert.equal(list.rows.length, 10)
    assert.deepEqual([list.leftOut, list.rows[0]?.number], [4, 29])
  })
})

/** A guard that has heard `perSecond` records in each of some seconds. */
function heard(storm: Storm, perSecond: number, [from, to]: readonly [number, number]): Storm {
  let now = storm
  for (let second = from; second < to; second += 1) {
    const records = Array.from({ length: perSecond }, (_, at) => log(at))
    now = afterRecords(now, records, { leftOut: 0, timeMs: second * 1_000 })
  }
  return now
}

describe('the guard against a storm', () => {
  it('lets through what can be read', () => {
    assert.equal(heard(NO_STORM, STORM_ABOVE, [1, 10]).raging, false)
  })

  it('counts by level and by who speaks once it is too much', () => {
    const records = Array.from({ length: 80 }, (_, at) =>
      log(at, { level: at < 60 ? 'warning' : 'error' }),
    )
    const storm = afterRecords(NO_STORM, records, { leftOut: 200, timeMs: 5_000 })
    assert.equal(storm.raging, true)
    assert.deepEqual(storm.counts.byLevel, { warning: 60, error: 20 })
    assert.deepEqual(storm.counts.bySource, { shop: 80 })
    assert.deepEqual([storm.counts.leftOut, storm.counts.total], [200, 280])
  })

  it('counts those that were left out on their way', () => {
    const storm = afterRecords(NO_STORM, [], { leftOut: 500, timeMs: 5_000 })
    assert.equal(storm.raging, true)
  })

  it('adds up what comes in pieces within a second', () => {
    let storm = NO_STORM
    for (let at = 0; at < 8; at += 1) {
      const records = Array.from({ length: 10 }, (_, number) => log(number))
      storm = afterRecords(storm, records, { leftOut: 0, timeMs: 5_000 + at * 100 })
    }
    assert.equal(storm.raging, true)
  })

  it('ends after it has been calm for a while, not before', () => {
    const raging = heard(NO_STORM, 400, [1, 4])
    assert.equal(heard(raging, 5, [4, 6]).raging, true)
    assert.equal(heard(raging, 5, [4, 12]).raging, false)
  })

  it('goes on while it only slackens', () => {
    assert.equal(heard(heard(NO_STORM, 400, [1, 4]), 30, [4, 40]).raging, true)
  })

  it('keeps a limited number of sources', () => {
    const records = Array.from({ length: 300 }, (_, at) =>
      log(at, { source: { ...log(0).source, name: `p${at}` } }),
    )
    const storm = afterRecords(NO_STORM, records, { leftOut: 0, timeMs: 1_000 })
    assert.equal(Object.keys(storm.counts.bySource).length, 21)
    assert.equal(storm.counts.bySource['others'], 280)
  })

  it('counts sources that have names like those of objects', () => {
    const source = { ...log(0).source, name: '__proto__' }
    const records = Array.from({ length: 60 }, (_, at) => log(at, { source }))
    const storm = afterRecords(NO_STORM, records, { leftOut: 0, timeMs: 1_000 })
    assert.deepEqual(Object.entries(storm.counts.bySource), [['__proto__', 60]])
  })
})
