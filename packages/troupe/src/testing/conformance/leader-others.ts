/**
 * testing/conformance/leader-others: facts of those who take part, and of who may lead.
 */
import assert from 'node:assert/strict'
import { TroupeError } from '#contract'
import type { LeaderFact } from './leader-stage.js'

/** Longer than whatever is left to be told when one leads. */
const CALM_MS = 100

const isCode = (code: TroupeError['code']) => (error: unknown) => TroupeError.is(error, code)

export const OTHERS_FACTS: readonly LeaderFact[] = Object.freeze([
  {
    title: 'all who take part are peers of each other, and hear what is broadcast',
    async play(play) {
      await play.keepers()
      const [one = '', other = '', third = ''] = play.names()
      const { peers } = play.leadership(one)
      assert.deepEqual(peers.map(({ node }) => node).sort(), [other, third].sort())
      for (const pid of [play.keeperOf(other), play.keeperOf(third)]) {
        assert.ok(play.leadership(one).hasPeer(pid))
      }
      assert.equal(play.leadership(one).hasPeer(play.keeperOf(one)), false)
      assert.equal(play.leadership(one).broadcast('note', 'to peers'), 2)
      assert.equal(play.leadership(one).broadcastVoters('note', 'to voters'), 2)
      const hears = (name: string): boolean =>
        ['to peers', 'to voters'].every((text) => play.lines(name).includes(`note ${text}`))
      await play.passUntil(() => [other, third].every(hears), 'both are heard')
      assert.ok(!hears(one))
    },
  },
  {
    title: 'a process that has ended is a peer no more',
    async play(play) {
      const { leader, others } = await play.keepers()
      const [gone = ''] = others
      const pid = play.keeperOf(gone)
      play.node(gone).send('keeper', 'fail', 'normal')
      const isTold = (): boolean => play.lines(leader).includes(`-${gone.split('@')[0]}`)
      await play.passUntil(isTold, 'its end is told')
      assert.equal(play.leadership(leader).hasPeer(pid), false)
      assert.equal(play.leadership(leader).broadcast('note', 'who is left'), 1)
      await play.pass(CALM_MS)
      assert.deepEqual(play.leaders, [leader], 'the lead stays')
    },
  },
  {
    title: 'one that may not lead follows, is a peer, and never leads',
    async play(play) {
      const { leader } = await play.keepers()
      const fourth = play.stage.nodes[3] ?? ''
      await play.until(play.keep(play.node(fourth)))
      play.leadership(fourth).join(leader)
      const isKnown = (): boolean => play.leadership(leader).hasPeer(play.keeperOf(fourth))
      await play.passUntil(isKnown, 'it is a peer of the leader')
      assert.equal(await play.led(), leader)
      assert.ok(!play.leadership(leader).voters.includes(fourth))
      for (const name of play.names()) play.node(name).kill(play.keeperOf(name))
      await play.pass(2 * play.stage.patienceMs)
      assert.deepEqual(play.leaders, [])
      assert.ok(!play.lines(fourth).some((line) => line.startsWith('leads')))
    },
  },
  {
    title: 'processes of two nodes that may not lead know each other when one joins',
    async play(play) {
      await play.keepers({ count: 1, voters: 1 })
      const [, third = '', fourth = ''] = play.stage.nodes.slice(1)
      for (const name of [third, fourth])
        await play.until(play.keep(play.node(name), { voters: 1 }))
      await play.led()
      play.leadership(third).join(fourth)
      const knows = (one: string, other: string): boolean =>
        play.leadership(one).hasPeer(play.keeperOf(other))
      const areKnown = (): boolean => knows(third, fourth) && knows(fourth, third)
      await play.passUntil(areKnown, 'each is a peer of the other')
    },
  },
  {
    title: 'the leader makes another one a voter and takes it out, and nobody else does',
    needs: ['voters'],
    async play(play) {
      const { leader, others } = await play.keepers()
      const fourth = play.stage.nodes[3] ?? ''
      await play.until(play.keep(play.node(fourth)))
      await play.led()
      const { voters } = play.leadership(leader)
      await play.until(play.leadership(leader).addVoter(fourth))
      const has = (name: string): boolean => play.leadership(name).voters.includes(fourth)
      assert.ok(has(leader))
      await play.passUntil(() => play.alive.every(has), 'all know it')
      const twice = play.leadership(leader).addVoter(fourth)
      await assert.rejects(play.until(twice), isCode('OPTION_INVALID'))
      const [follower = ''] = others
      const notIts = play.leadership(follower).removeVoter(fourth)
      await assert.rejects(play.until(notIts), isCode('NOT_LEADER'))
      await play.until(play.leadership(leader).removeVoter(fourth))
      await play.passUntil(() => !play.alive.some(has), 'all know that, too')
      assert.deepEqual([...play.leadership(leader).voters].sort(), [...voters].sort())
      assert.deepEqual(play.leaders, [leader])
    },
  },
  {
    title: 'one that was made a voter leads when all others are gone from the list',
    needs: ['voters'],
    async play(play) {
      const { leader } = await play.keepers({ count: 1, voters: 1 })
      const [, second = ''] = play.stage.nodes
      await play.until(play.keep(play.node(second), { voters: 1 }))
      await play.led()
      const { term } = play.leadership(leader)
      await play.until(play.leadership(leader).addVoter(second))
      await play.passUntil(
        () => play.leadership(second).voters.includes(second),
        'it knows that it may lead',
      )
      await play.until(play.leadership(leader).removeVoter(leader))
      assert.equal(await play.led(), second)
      assert.ok(play.leadership(second).term > term)
    },
  },
  {
    title: 'two changes of the voters are not made at one time',
    needs: ['voters'],
    async play(play) {
      const { leader } = await play.keepers()
      const fourth = play.stage.nodes[3] ?? ''
      await play.until(play.keep(play.node(fourth)))
      await play.led()
      const adding = play.leadership(leader).addVoter(fourth)
      const twice = play.leadership(leader).removeVoter(fourth)
      await assert.rejects(play.until(twice), isCode('VOTERS_CHANGING'))
      await play.until(adding)
    },
  },
  {
    title: 'where no list says who may lead, all that take part may, and know each other',
    needs: ['no-list'],
    async play(play) {
      const { leader } = await play.keepers({ voters: 'any' })
      const areAll = (name: string): boolean => play.leadership(name).voters.length === 3
      await play.passUntil(() => play.names().every(areAll), 'all are known')
      await play.stop(leader)
      const next = await play.led()
      assert.notEqual(next, leader)
      await play.stop(next)
      const last = await play.led()
      assert.deepEqual(play.leadership(last).voters, [last])
    },
  },
])
