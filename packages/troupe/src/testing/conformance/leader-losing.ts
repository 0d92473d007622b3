/**
 * testing/conformance/leader-losing: facts of a lead that is lost.
 */
import assert from 'node:assert/strict'
import { whereIs } from './leader-keeper.js'
import type { LeaderFact, LeaderPlay } from './leader-stage.js'

/** Longer than whatever is left to be told when one leads. */
const CALM_MS = 100

/** What it was told, without those who come and go. */
const toldOfLead = (play: LeaderPlay, name: string, from = 0): readonly string[] =>
  play
    .lines(name)
    .slice(from)
    .filter((line) => !/^[+-]/.test(line))

export const LOSING_FACTS: readonly LeaderFact[] = Object.freeze([
  {
    title:
      'a leader whose program dies is followed by another one, and follows it in its next life',
    needs: ['killing'],
    async play(play) {
      const { leader, others } = await play.keepers()
      const { term } = play.leadership(leader)
      await play.kill(leader)
      const next = await play.led(others)
      assert.ok(play.leadership(next).term > term)
      const own = `-${leader.split('@')[0]}`
      await play.passUntil(() => play.lines(next).includes(own), 'its end is told')
      const before = play.lines(next).length
      await play.restart(leader)
      const isBack = (): boolean => !play.hasEnded(leader) && play.leadership(leader) !== undefined
      await play.passUntil(isBack, 'it begins again')
      await play.led()
      const back = `+${leader.split('@')[0]}`
      const isKnown = (): boolean => play.lines(next).slice(before).includes(back)
      await play.passUntil(isKnown, 'it is known again')
    },
  },
  {
    title: 'a leader that is cut off leads no longer before another one does',
    needs: ['cutting'],
    async play(play) {
      const { leader, others } = await play.keepers()
      const { term } = play.leadership(leader)
      await play.cutOff(leader)
      // Two at a time would be seen on the way.
      await play.leadsSoon(others)
      assert.equal(play.leadership(leader).isLeader, false)
      const next = await play.led(others)
      assert.ok(play.leadership(next).term > term)
      await play.pass(CALM_MS)
      assert.match(toldOfLead(play, leader).at(-1) ?? '', /^follows/)
      await play.mend(leader)
      await play.led()
      await play.pass(CALM_MS)
      assert.deepEqual(
        toldOfLead(play, leader).filter((line) => line.startsWith('leads')),
        [`leads ${term}`],
      )
    },
  },
  {
    title: 'nobody leads while nobody reaches whoever decides, and one does afterwards',
    needs: ['cutting'],
    async play(play) {
      const { leader } = await play.keepers()
      const { term } = play.leadership(leader)
      for (const name of play.names()) await play.cutOff(name)
      await play.passUntil(() => play.leaders.length === 0, 'nobody leads')
      for (let at = 0; at < 4; at += 1) {
        await play.pass(play.stage.patienceMs / 4)
        assert.deepEqual(play.leaders, [])
      }
      for (const name of play.names()) await play.mend(name)
      assert.ok(play.leadership(await play.led()).term > term)
    },
  },
  {
    title: 'a follower that is cut off changes nothing, and knows afterwards who leads',
    needs: ['cutting'],
    async play(play) {
      const { leader, others } = await play.keepers()
      const [cut = ''] = others
      await play.cutOff(cut)
      await play.pass(play.stage.patienceMs)
      assert.deepEqual(play.leaders, [leader])
      await play.mend(cut)
      await play.led()
    },
  },
  {
    title: 'a busy process hears late what isLeader knows at once',
    needs: ['cutting'],
    async play(play) {
      const { leader, others } = await play.keepers()
      await play.pass(CALM_MS)
      play.node(leader).send('keeper', 'wait')
      await play.passUntil(() => play.lines(leader).at(-1) === 'work begins', 'it works')
      const { length } = play.lines(leader)
      await play.cutOff(leader)
      await play.led(others)
      assert.equal(play.leadership(leader).isLeader, false)
      assert.equal(play.lines(leader).length, length, 'it is not told in its handler')
      await play.mend(leader)
      play.diary(leader).release()
      await play.led()
      await play.pass(CALM_MS)
      const [first, ...rest] = toldOfLead(play, leader, length)
      assert.equal(first, 'work ends, leads: false')
      assert.match(rest[0] ?? '', /^follows/)
      assert.ok(!rest.some((line) => line.startsWith('leads')), rest.join())
    },
  },
  {
    title: 'a leader that stood still knows that it leads no longer before anything else runs',
    needs: ['freezing'],
    async play(play) {
      const { leader, others } = await play.keepers()
      await play.pass(CALM_MS)
      await play.freeze(leader)
      const next = await play.led(others)
      // Nothing of it has run since: whoever asks now is a handler that was interrupted.
      assert.equal(play.leadership(leader).isLeader, false)
      assert.equal(play.leadership(leader).leaseLeftMs, 0)
      const { length } = play.lines(leader)
      await play.thaw(leader)
      await play.led()
      await play.pass(CALM_MS)
      assert.match(toldOfLead(play, leader, length)[0] ?? '', /^follows/)
      assert.equal(whereIs(play.leadership(leader).leader), next.split('@')[0])
    },
  },
  {
    title: 'terms only grow, whatever becomes of those who lead',
    needs: ['killing', 'cutting'],
    async play(play) {
      let { leader } = await play.keepers()
      const terms = [play.leadership(leader).term]
      for (const blow of ['cut', 'step', 'kill', 'end'] as const) {
        if (blow === 'cut') await play.cutOff(leader)
        else if (blow === 'step') play.leadership(leader).stepDown()
        else if (blow === 'kill') await play.kill(leader)
        else play.node(leader).send('keeper', 'fail', 'normal')
        const struck = leader
        leader = await play.led(play.alive.filter((name) => name !== struck))
        terms.push(play.leadership(leader).term)
        if (blow === 'cut') await play.mend(struck)
        if (blow === 'kill') await play.restart(struck)
        if (blow !== 'end') await play.led()
      }
      assert.deepEqual(
        terms,
        [...new Set(terms)].sort((one, other) => one - other),
      )
    },
  },
])
