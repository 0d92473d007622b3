/**
 * campaign-seeds: worlds by their seeds, each run to its end.
 */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { seededRandom } from 'troupe/registrar'
import { TTL_MS } from './campaign-etcd.js'
import { World, type WorldOptions } from './campaign-world.js'

const TROUBLE_MS = 20_000
/** Garbage is healed after a lease, a lease that is in doubt is waited for twice. */
const PEACE_MS = 8 * TTL_MS

export function seedOf(seed: number, tell = false): World {
  const random = seededRandom(seed * 7_919)
  const chance = (): boolean => random.unit() < 0.5
  const restores = random.unit() < 0.3
  const options: WorldOptions = {
    ...{ seed, nodes: 2 + random.below(3), withVoters: chance(), restores },
    // Who begins right after a restore knows nothing of the terms before: that is a stated limit.
    restarts: !restores && chance(),
    hands: chance(),
  }
  const world = new World(options)
  world.isTold = tell
  world.run(TROUBLE_MS, PEACE_MS)
  return world
}

/** Plays seeds one after the other, and reports what they came to. */
export function playSeeds(t: TestContext, from: number, count: number): void {
  let leads = 0
  let healedMs = 0
  for (let seed = from; seed < from + count; seed += 1) {
    const world = seedOf(seed)
    assert.deepEqual(world.faults, [], `seed ${seed}`)
    leads += world.led.length
    healedMs = Math.max(healedMs, world.healedMs)
  }
  assert.ok(leads > 3 * count, `${leads} leads`)
  t.diagnostic(`${leads} leads, at most ${Math.round(healedMs)} ms to a leader in peace`)
}
