/**
 * The loop is kept awake only where that has been worth it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BusyPoll } from '#network/busy-poll'

const LIMIT_MS = 0.05

/** A loop that turns by hand. */
function loop() {
  let nowMs = 0
  let turns: (() => void)[] = []
  const clock = {
    nowMs: (): number => nowMs,
    later: (run: () => void): void => void turns.push(run),
  }
  const poll = new BusyPoll(clock, LIMIT_MS)
  return {
    poll,
    isAwake: (): boolean => turns.length > 0,
    pass(ms: number): void {
      nowMs += ms
      const due = turns
      turns = []
      for (const turn of due) turn()
    },
  }
}

describe('a loop that may stay awake', () => {
  it('sleeps while reads are far apart', () => {
    const { poll, isAwake, pass } = loop()
    for (let read = 0; read < 10; read += 1) {
      poll.heard()
      assert.equal(isAwake(), false)
      pass(1)
    }
  })

  it('stays awake for its limit after two reads that were near, and no longer', () => {
    const { poll, isAwake, pass } = loop()
    poll.heard()
    pass(0.1)
    poll.heard()
    assert.equal(isAwake(), true)
    pass(LIMIT_MS - 0.01)
    assert.equal(isAwake(), true)
    pass(0.02)
    assert.equal(isAwake(), false)
  })

  it('stays awake through a conversation', () => {
    const { poll, isAwake, pass } = loop()
    poll.heard()
    pass(0.1)
    for (let read = 0; read < 1_000; read += 1) {
      poll.heard()
      assert.equal(isAwake(), true)
      pass(0.01)
    }
  })

  it('tries ever less often where nothing comes of it', () => {
    const { poll, isAwake, pass } = loop()
    let tries = 0
    for (let read = 0; read < 100_000; read += 1) {
      poll.heard()
      if (isAwake()) tries += 1
      pass(LIMIT_MS + 0.01)
    }
    assert.ok(tries > 50 && tries < 150, `${tries} tries`)
  })

  it('takes heart again as soon as a wait was worth it', () => {
    const { poll, isAwake, pass } = loop()
    for (let read = 0; read < 10_000; read += 1) {
      poll.heard()
      pass(LIMIT_MS + 0.01)
    }
    while (!isAwake()) {
      pass(LIMIT_MS + 0.01)
      poll.heard()
    }
    poll.heard()
    pass(LIMIT_MS + 0.01)
    poll.heard()
    assert.equal(isAwake(), true)
  })
})
