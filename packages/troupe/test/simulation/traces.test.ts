/**
 * Traces keep together what belongs together, whatever befalls the nodes, seed after seed.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { traceTrial } from './trace-trial.js'

const SEEDS = 15
const SHOWN_MAX = 5

describe('traces over three nodes', () => {
  it(`are one for each cause, with every parent known: ${SEEDS} seeds`, async () => {
    const kinds = new Set<string>()
    let spans = 0
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const verdict = await traceTrial(seed)
      const told = verdict.violations.slice(0, SHOWN_MAX).join('\n  ')
      assert.equal(verdict.violations.length, 0, `seed ${seed}\n  ${told}`)
      for (const kind of verdict.kinds) kinds.add(kind)
      spans += verdict.spans
    }
    assert.ok(spans > SEEDS * 200, `${spans} spans`)
    const all = ['event', 'request', 'response', 'send', 'spawn', 'terminate', 'timer', 'user']
    assert.deepEqual([...kinds].sort(), all)
  })
})
