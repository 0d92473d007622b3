/**
 * How many restarts are too many: the sliding window, against a plain count.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { RestartWindow } from '#actor/restart-window'

/** The definition itself: remembers every restart for ever. */
class PlainWindow {
  readonly #timesMs: number[] = []
  readonly #restarts: number
  readonly #withinMs: number

  constructor(restarts: number, withinMs: number) {
    this.#restarts = restarts
    this.#withinMs = withinMs
  }

  admit(nowMs: number): boolean {
    const recent = this.#timesMs.filter((timeMs) => nowMs - timeMs <= this.#withinMs)
    if (recent.length >= this.#restarts) return false
    this.#timesMs.push(nowMs)
    return true
  }
}

describe('the restart window', () => {
  it('admits as many restarts as are allowed, and not one more', () => {
    const window = new RestartWindow({ restarts: 2, withinMs: 100 })
    assert.deepEqual([window.admit(0), window.admit(50), window.admit(100)], [true, true, false])
  })

  it('slides: a restart counts no more when it is older than the window', () => {
    const window = new RestartWindow({ restarts: 2, withinMs: 100 })
    assert.deepEqual([window.admit(0), window.admit(50)], [true, true])
    assert.equal(window.admit(101), true)
    assert.equal(window.count(101), 2)
    assert.equal(window.admit(149), false)
    assert.equal(window.admit(151), true)
  })

  it('admits nothing with a limit of 0, and everything with a limit of Infinity', () => {
    assert.equal(new RestartWindow({ restarts: 0, withinMs: 100 }).admit(0), false)
    const open = new RestartWindow({ restarts: Number.POSITIVE_INFINITY, withinMs: 100 })
    for (let at = 0; at < 1_000; at += 1) assert.equal(open.admit(0), true)
  })

  it('starts anew after clear', () => {
    const window = new RestartWindow({ restarts: 1, withinMs: 100 })
    window.admit(0)
    window.clear()
    assert.equal(window.admit(1), true)
    assert.equal(window.admit(2), false)
  })

  it('agrees with a plain count of all restarts', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 })
    const check = (restarts: number, withinMs: number, delays: readonly number[]): void => {
      const fast = new RestartWindow({ restarts, withinMs })
      const plain = new PlainWindow(restarts, withinMs)
      let nowMs = 0
      for (const delayMs of delays) {
        nowMs += delayMs
        assert.equal(fast.admit(nowMs), plain.admit(nowMs))
      }
    }
    fc.assert(fc.property(fc.nat(6), fc.integer({ min: 1, max: 200 }), steps, check), { seed: 7 })
  })
})
