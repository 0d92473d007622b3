/**
 * Contenders around one etcd, by seeds: never two lead, terms grow, and somebody leads in the end.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seedOf } from './campaign-seeds.js'

const SEEDS = Number(process.env['TROUPE_SEEDS'] ?? 1_000)
const FROM = Number(process.env['TROUPE_SEED'] ?? 1)

describe('contenders around one etcd, with cuts, freezes, lost answers, restores and hands', () => {
  it(`never lead two at a time and always come to a leader, in ${SEEDS} seeds`, (t) => {
    let leads = 0
    let healedMs = 0
    for (let seed = FROM; seed < FROM + SEEDS; seed += 1) {
      const world = seedOf(seed)
      assert.deepEqual(world.faults, [], `seed ${seed}`)
      leads += world.led.length
      healedMs = Math.max(healedMs, world.healedMs)
    }
    assert.ok(leads > 3 * SEEDS, `${leads} leads`)
    t.diagnostic(`${leads} leads, at most ${Math.round(healedMs)} ms to a leader in peace`)
  })
})
