/**
 * network/quiet-log: what happens again and again fills no log, and its number is told.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import type { Logger } from '#contract'
import { QuietLog } from '#network/quiet-log'

function opened() {
  const clock = virtualClock()
  const lines: string[] = []
  const log = { warning: (text: string) => lines.push(text) } as unknown as Logger
  const quiet = new QuietLog(clock, log, {
    quietMs: 60_000,
    more: (count, last, { code }) => `${count} more ${code}: ${last}`,
  })
  const add = (key: string, told = key): void => quiet.add(key, told, { code: 'X' })
  const addTimes = (count: number, key: string): void => {
    for (let i = 0; i < count; i += 1) add(key, `${key}${i}`)
  }
  return { clock, lines, quiet, add, addTimes }
}

describe('a quiet log', () => {
  it('tells the first of each key at once', () => {
    const { lines, add } = opened()
    for (const key of ['a', 'a', 'b', 'a']) add(key)
    assert.deepEqual(lines, ['a', 'b'])
  })

  it('tells the others of a key as one line in each quiet time, with the last one', async () => {
    const { clock, lines, addTimes } = opened()
    addTimes(31, 'a')
    await clock.advance(59_999)
    assert.deepEqual(lines, ['a0'])
    await clock.advance(1)
    assert.deepEqual(lines.splice(0), ['a0', '30 more X: a30'])
    addTimes(2, 'a')
    assert.deepEqual(lines, [])
    await clock.advance(60_000)
    assert.deepEqual(lines, ['2 more X: a1'])
  })

  it('tells the next one at once when there was none for a quiet time', async () => {
    const { clock, lines, add } = opened()
    add('a')
    await clock.advance(60_000)
    add('a')
    assert.deepEqual(lines, ['a', 'a'])
  })

  it('forgets what was held back of a key that is over', async () => {
    const { clock, lines, quiet, add, addTimes } = opened()
    addTimes(3, 'a')
    quiet.end('a')
    await clock.advance(60_000)
    add('a')
    assert.deepEqual(lines, ['a0', 'a'])
  })

  it('tells what is left when it is closed, and waits for nothing after that', async () => {
    const { clock, lines, quiet, add, addTimes } = opened()
    addTimes(3, 'a')
    quiet.close()
    add('a')
    await clock.advance(60_000)
    assert.deepEqual(lines, ['a0', '2 more X: a2', 'a'])
  })

  it('keeps ten thousand keys, and what is above them as one', () => {
    const { lines, add } = opened()
    for (let i = 0; i < 20_000; i += 1) add(`key ${i}`)
    assert.equal(lines.length, 10_001)
  })
})
