/**
 * test/store/sim: hundreds of stories of crashes, partitions and lost disks end well.
 */
import { deepEqual, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tell } from '#test/store/sim-story'

const SEEDS = 60

describe('books in simulated trouble', () => {
  it('have every settled write, whatever the seed', async () => {
    let [settled, opened, lostDisks] = [0, 0, 0]
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const story = await tell(seed)
      deepEqual(story.breaches, [], `seed ${seed}`)
      settled += story.settled
      opened += story.opened
      lostDisks += story.lostDisks
    }
    // A simulation in which nothing happens finds nothing.
    ok(settled > 20 * SEEDS, `${settled} settled`)
    ok(opened > 3 * SEEDS, `${opened} opened`)
    ok(lostDisks > SEEDS / 4, `${lostDisks} disks lost`)
  })

  it('tell the same story again for the same seed', async () => {
    deepEqual(await tell(3), await tell(3))
  })
})
