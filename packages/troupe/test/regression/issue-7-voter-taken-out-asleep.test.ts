/**
 * regression: a node that was taken out of the voters before it had found out what it had promised
 * woke at every instant, for ever.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '#base/random'
import { step, wakeAtMs } from '#cluster/leader/election'
import { openElection } from '#cluster/leader/election-state'
import type { Electorate } from '#cluster/leader/election-words'
import { ELECTION_DEFAULTS } from '#contract'

describe('a voter that is taken out before it wakes', () => {
  it('waits like any other node that does not vote', () => {
    const settings = { ...ELECTION_DEFAULTS, self: 'd', voters: ['a', 'b', 'c'], isDurable: true }
    const election = openElection(settings, seededRandom(3))
    let nowMs = 1_000
    step(election, { kind: 'start', ballot: undefined }, nowMs)
    const hear = (electorate: Electorate): void => {
      nowMs += 10
      const word = { kind: 'heartbeat', term: 1, round: nowMs, electorate } as const
      step(election, { kind: 'word', from: 'a', word }, nowMs)
    }
    hear({ term: 1, change: 1, voters: ['a', 'b', 'c', 'd'] })
    assert.equal(election.waking.isAwake, false)
    hear({ term: 1, change: 2, voters: ['a', 'b', 'c'] })
    for (let times = 0; times < 10; times += 1) {
      const dueMs = wakeAtMs(election)
      assert.ok(dueMs >= nowMs + 1, `it wakes after ${dueMs - nowMs} ms`)
      nowMs = dueMs
      step(election, { kind: 'tick' }, nowMs)
    }
  })
})
