/** hub/ears: follows that nobody waits for are ended at their node, and no others. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import { Ears } from '#observer/hub/ears'

const NODE = 'b@localhost'

function earsInTime() {
  const clock = virtualClock()
  const ended: string[] = []
  const ears = new Ears({
    nowMs: () => clock.nowMs(),
    unfollow: (node, follow) => void ended.push(`${follow} ${node}`),
  })
  const tell = (follow: unknown, more = {}) => ears.followed({ follow, ...more }, NODE)
  return { clock, ended, ears, tell }
}

describe('a follow that nobody waits for', () => {
  it('is ended when it goes on for longer than a ticket takes, and only once', async () => {
    const { clock, ended, tell } = earsInTime()
    for (let at = 0; at < 24; at += 1) {
      tell(7)
      await clock.advance(200)
    }
    assert.deepEqual(ended, [])
    await clock.advance(1_000)
    for (let at = 0; at < 24; at += 1) {
      tell(7)
      await clock.advance(200)
    }
    assert.deepEqual(ended, ['7 b@localhost'])
  })

  it('is left alone when its ticket comes after its first message', async () => {
    const { clock, ended, ears, tell } = earsInTime()
    tell(7)
    let count = 0
    ears.addFollow(NODE, 7, () => {
      count += 1
    })
    await clock.advance(10_000)
    tell(7)
    assert.deepEqual([count, ended], [1, []])
  })

  it('is nothing that a node could make up to have the Observer ask it much', async () => {
    const { clock, ended, tell } = earsInTime()
    for (let round = 0; round < 3; round += 1) {
      for (let at = 0; at < 1_000; at += 1) tell(at)
      for (const follow of ['7', undefined, 1.5, {}]) tell(follow)
      await clock.advance(6_000)
    }
    assert.equal(ended.length, 2 * 64)
  })

  it('that has ended by itself is forgotten', async () => {
    const { clock, ended, tell } = earsInTime()
    tell(7)
    await clock.advance(6_000)
    tell(7, { ended: 'it went on for an hour' })
    assert.deepEqual(ended, [])
  })
})
