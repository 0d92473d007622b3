/**
 * A broken line has its time to come back; who is blocked has more, who is gone has less.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import { Mending } from '#network/peer/mending'

const WINDOW_MS = 2_000

function stage() {
  const clock = virtualClock()
  const lost: string[] = []
  const mending = new Mending(clock, WINDOW_MS, (reason) => {
    lost.push(reason)
  })
  return { clock, lost, mending }
}

describe('a broken line', () => {
  it('is given up at the end of its window, once and with its reason', async () => {
    const { clock, lost, mending } = stage()
    mending.begin('it was reset')
    await clock.advance(WINDOW_MS - 1)
    assert.deepEqual(lost, [])
    await clock.advance(WINDOW_MS * 2)
    assert.deepEqual(lost, ['it was reset'])
  })

  it('is not given up once it is mended', async () => {
    const { clock, lost, mending } = stage()
    mending.begin('it was reset')
    await clock.advance(WINDOW_MS - 1)
    mending.end()
    mending.unanswered('silent')
    mending.unreached()
    await clock.advance(WINDOW_MS * 2)
    assert.deepEqual(lost, [])
  })

  it('is given up at once when neither probes nor dials find anybody, in either order', () => {
    const first = stage()
    first.mending.begin('it was reset')
    first.mending.unanswered('silent')
    assert.deepEqual(first.lost, [])
    first.mending.unreached()
    assert.deepEqual(first.lost, ['silent'])

    const second = stage()
    second.mending.begin('it was reset')
    second.mending.unreached()
    assert.deepEqual(second.lost, [])
    second.mending.unanswered('silent')
    assert.deepEqual(second.lost, ['silent'])
  })

  it('is not given up for a silence that a late answer took back', async () => {
    const { clock, lost, mending } = stage()
    mending.begin('it was reset')
    mending.unanswered('silent')
    await clock.advance(WINDOW_MS - 100)
    mending.blocked(true)
    mending.unreached()
    await clock.advance(1_000)
    assert.deepEqual(lost, [])
    mending.unanswered('silent')
    assert.deepEqual(lost, ['silent'])
  })

  it('forgets what was found out about an earlier break', () => {
    const { lost, mending } = stage()
    mending.begin('it was reset')
    mending.unreached()
    mending.end()
    mending.begin('it was reset again')
    mending.unanswered('silent')
    assert.deepEqual(lost, [])
  })
})

describe('a node whose loop is blocked', () => {
  it('is waited for while it answers probes', async () => {
    const { clock, lost, mending } = stage()
    mending.begin('it was reset')
    mending.blocked(true)
    await clock.advance(WINDOW_MS * 5)
    assert.deepEqual(lost, [])
  })

  it('has the whole window from the moment it is free', async () => {
    const { clock, lost, mending } = stage()
    mending.begin('it was reset')
    mending.blocked(true)
    await clock.advance(WINDOW_MS * 1.9)
    mending.blocked(false)
    await clock.advance(WINDOW_MS - 1)
    assert.deepEqual(lost, [])
    await clock.advance(1)
    assert.deepEqual(lost, ['it was reset'])
  })

  it('is given up after a minute however often it comes free', async () => {
    const { clock, lost, mending } = stage()
    mending.begin('it was reset')
    for (let spentMs = 0; spentMs < 61_000; spentMs += 1_000) {
      mending.blocked(spentMs % 2_000 === 0)
      await clock.advance(1_000)
    }
    assert.deepEqual(lost, ['it was reset'])
  })
})
