/**
 * scenarios/semantics-random: what must hold of links, monitors, calls and counts whatever happens.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { live, seen } from '#test/scenarios/random-life'

describe('random lives', () => {
  for (const from of [0, 100, 200, 300]) {
    it(`keep links, monitors, calls and counts whole, seeds ${from} to ${from + 99}`, async () => {
      for (let seed = from; seed < from + 100; seed += 1) {
        await live(seed).catch((error: unknown) => {
          throw new Error(`seed ${seed}`, { cause: error })
        })
      }
    })
  }

  it('were eventful', (t) => {
    t.diagnostic(JSON.stringify(seen))
    assert.ok(Math.min(...Object.values(seen)) > 100, JSON.stringify(seen))
  })
})
