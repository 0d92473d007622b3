/**
 * Three voters in real programs: the leader is killed, frozen and stopped, and another one leads.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { Voters } from './leader-kit.js'

async function votersOf(t: TestContext): Promise<Voters> {
  const voters = await Voters.make()
  t.after(() => voters.end())
  return voters
}

describe('three voters in programs of their own', { concurrency: true }, () => {
  it('have another leader after each kill, in a term of its own', async (t) => {
    const voters = await votersOf(t)
    for (let kills = 0; kills < 3; kills += 1) {
      const { victim, tookMs } = await voters.strike('SIGKILL')
      t.diagnostic(`kill -9 of ${victim.name}: ${Math.round(tookMs)} ms`)
      await voters.restart(victim)
    }
    const { victim, tookMs } = await voters.strike('stop')
    t.diagnostic(`orderly stop of ${victim.name}: ${Math.round(tookMs)} ms`)
  })

  it('whose leader was frozen in its work: what it does late is refused by its term', async (t) => {
    const voters = await votersOf(t)
    voters.work()
    // Frozen while it works, or between two works: after a few times it was the first.
    for (let freezes = 0; freezes < 10 && voters.effects.stale === 0; freezes += 1) {
      await voters.works()
      const { victim, tookMs, term } = await voters.strike('SIGSTOP')
      t.diagnostic(`SIGSTOP of ${victim.name}: ${Math.round(tookMs)} ms`)
      await voters.effectSince(term)
      await voters.thaw(victim)
    }
    const { taken, stale } = voters.effects
    t.diagnostic(`${taken} effects taken, ${stale} late ones refused`)
    assert.ok(taken > 0)
    assert.ok(stale > 0)
  })
})
