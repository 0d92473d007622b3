/**
 * What probes find and what the line tells are weighed together.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import type { Finding } from '#network/liveness/suspicion'
import { Vigil } from '#network/peer/vigil'

function stage() {
  const clock = virtualClock()
  const told: string[] = []
  const busied: number[] = []
  let heardMs = clock.nowMs()
  let find: (finding: Finding) => void = () => {}
  const vigil = new Vigil(
    clock,
    { resumeWindowMs: 2_000, silenceMs: 1_500 },
    {
      suspect: (reason) => void told.push(`suspect: ${reason}`),
      well: () => void told.push('well'),
      late: () => {},
      busy: (loopDelayMs) => void busied.push(loopDelayMs),
      stuck: () => void told.push('stuck'),
      down: (reason) => void told.push(`down: ${reason}`),
      silentMs: () => clock.nowMs() - heardMs,
    },
  )
  const watch = { heard() {}, lost() {}, askOn: () => void told.push('asked on'), end() {} }
  vigil.begin((taker) => {
    find = taker
    return watch
  })
  const hear = (): void => {
    heardMs = clock.nowMs()
  }
  return { clock, told, busied, vigil, hear, find: (finding: Finding) => find(finding) }
}

const busy = (loopDelayMs: number): Finding => ({ kind: 'busy', loopDelayMs })
const silent: Finding = { kind: 'down', cause: 'silent' }

describe('a vigil over another node', () => {
  it('gives a line up that carries nothing while its node answers and is not late', async () => {
    const { clock, told, find } = stage()
    await clock.advance(2_999)
    find(busy(20))
    assert.deepEqual(told, [])
    await clock.advance(1)
    find(busy(20))
    assert.deepEqual(told, ['stuck'])
  })

  it('keeps the line of a node whose loop is late, or that was heard meanwhile', async () => {
    const { clock, told, find, hear } = stage()
    await clock.advance(5_000)
    find(busy(4_900))
    hear()
    find(busy(20))
    assert.deepEqual(told, [])
  })

  it('says that its line broke, not that it was silent for no time at all', () => {
    const { told, vigil, find } = stage()
    vigil.lineLost('it was reset')
    find({ kind: 'suspect', silentMs: 0 })
    vigil.lineBack()
    find({ kind: 'well' })
    find({ kind: 'suspect', silentMs: 1_500.4 })
    const expected = ['suspect: its connection broke: it was reset', 'well']
    assert.deepEqual(told, [...expected, 'suspect: silent for 1500 ms'])
  })

  it('tells once for each suspicion that its loop is blocked', () => {
    const { busied, find } = stage()
    find({ kind: 'suspect', silentMs: 1_500 })
    find(busy(499))
    find(busy(500))
    find(busy(2_000))
    find({ kind: 'well' })
    find({ kind: 'suspect', silentMs: 1_500 })
    find(busy(1_499))
    assert.deepEqual(busied, [500, 1_499])
  })

  it('gives no line up that is broken already', async () => {
    const { clock, told, vigil, find } = stage()
    vigil.lineLost('it was reset')
    await clock.advance(1_900)
    find(busy(600))
    await clock.advance(1_900)
    find(busy(20))
    assert.deepEqual(told, [])
  })

  it('takes silence for the end while there is a line, and asks on while there is none', () => {
    const { told, vigil, find } = stage()
    vigil.lineLost('it was reset')
    find(silent)
    assert.deepEqual(told, ['asked on'])
    vigil.lineBack()
    find(silent)
    assert.deepEqual(told.slice(1), ['down: it fell silent and answered no probe'])
  })
})
