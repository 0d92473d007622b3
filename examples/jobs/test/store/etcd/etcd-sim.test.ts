/**
 * test/store/etcd/etcd-sim: stories of crashes, outages and relieved leaders end well.
 */
import { deepEqual, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tellEtcd } from '#test/store/etcd/etcd-story'

const SEEDS = 10

describe('books in etcd in simulated trouble', () => {
  it('have every settled write and none of a relieved leader, whatever the seed', async () => {
    let [settled, opened, crashes, unconfirmed] = [0, 0, 0, 0]
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const story = await tellEtcd(seed)
      deepEqual(story.breaches, [], `seed ${seed}`)
      settled += story.settled
      opened += story.opened
      crashes += story.crashes
      unconfirmed += story.unconfirmed
    }
    // A simulation in which nothing happens finds nothing.
    ok(settled > 15 * SEEDS, `${settled} settled`)
    ok(opened > 2 * SEEDS, `${opened} opened`)
    ok(crashes > SEEDS, `${crashes} crashes`)
    ok(unconfirmed > SEEDS, `${unconfirmed} unconfirmed`)
  })

  it('tell the same story again for the same seed', async () => {
    deepEqual(await tellEtcd(3), await tellEtcd(3))
  })
})
