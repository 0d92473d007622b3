/**
 * The registrar of one host with many nodes, and with many seeds, as long as `TROUPE_SOAK_MS` lets.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { townOf, trial } from './embedded-trial.js'

const FIRST = Number(process.env['TROUPE_SEED'] ?? 1)
const SOAK_MS = Number(process.env['TROUPE_SOAK_MS'] ?? 20_000)

describe('the registrar of one host, for long', () => {
  it('is taken over among 500 nodes, by one of them, and nobody is lost', async (t) => {
    const town = await townOf(FIRST, 500)
    for (const how of ['crash', 'freeze'] as const) {
      const { server } = town
      assert.ok(server !== undefined)
      if (how === 'freeze') town.pardon(server)
      town[how](server)
      const isChanged = () => town.isWhole && town.server !== undefined && town.server !== server
      const tookMs = await town.until(isChanged, 3_000)
      t.diagnostic(`${how}: ${tookMs} ms`)
      assert.ok(tookMs !== undefined && tookMs < 1_000)
      assert.equal(town.running.filter(({ member }) => member.isServing).length, 1)
      await town.clock.advance(3_000)
    }
    assert.deepEqual(town.wrong, [])
  })

  it('is taken over with every seed', async (t) => {
    const endMs = performance.now() + SOAK_MS
    let seed = FIRST
    for (; performance.now() < endMs; seed += 1) await trial(seed, { nodes: 7, changes: 6 })
    t.diagnostic(`seeds ${FIRST} to ${seed - 1}`)
  })
})
