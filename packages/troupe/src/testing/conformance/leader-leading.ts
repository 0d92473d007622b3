/**
 * testing/conformance/leader-leading: facts of who leads, and of the lead that is given up.
 */
import assert from 'node:assert/strict'
import { Pid, TroupeError } from '#contract'
import { type Diary, keeper, newDiary, whereIs } from './leader-keeper.js'
import type { LeaderFact } from './leader-stage.js'

/** Longer than whatever is left to be told when one leads. */
const CALM_MS = 100

export const LEADING_FACTS: readonly LeaderFact[] = Object.freeze([
  {
    title: 'one leads, and all know which',
    async play(play) {
      const { leader, others } = await play.keepers()
      await play.pass(CALM_MS)
      assert.deepEqual(play.leaders, [leader])
      const { term, leader: pid } = play.leadership(leader)
      assert.ok(pid !== undefined && Pid.equals(pid, play.keeperOf(leader)))
      for (const name of play.names()) {
        const leadership = play.leadership(name)
        assert.ok(leadership.leader !== undefined && Pid.equals(leadership.leader, pid), name)
        assert.equal(leadership.term, term)
        assert.deepEqual([...leadership.voters].sort(), [...play.names()].sort())
      }
      const own = play.lines(leader)
      assert.equal(own.filter((line) => line === `leads ${term}`).length, 1, own.join())
      assert.ok(!own.includes(`follows ${whereIs(pid)}`), 'a leader never follows itself')
      for (const name of others) assert.ok(play.lines(name).includes(`follows ${whereIs(pid)}`))
    },
  },
  {
    title: 'one that is alone leads',
    async play(play) {
      const { leader } = await play.keepers({ count: 1, voters: 'any' })
      await play.pass(CALM_MS)
      assert.deepEqual(play.leadership(leader).voters, [leader])
      assert.deepEqual(play.leadership(leader).peers, [])
      assert.equal(await play.until(play.node(leader).call(play.keeperOf(leader), 'leads')), true)
    },
  },
  {
    title: 'the lead stays where it is as long as nothing befalls anybody',
    async play(play) {
      const { leader } = await play.keepers()
      const { term } = play.leadership(leader)
      play.node(leader).send('keeper', 'wait')
      await play.pass(2 * play.stage.patienceMs)
      assert.deepEqual(play.leaders, [leader])
      assert.equal(play.leadership(leader).term, term)
      const { leaseLeftMs } = play.leadership(leader)
      assert.ok(leaseLeftMs > 0 && leaseLeftMs <= play.stage.patienceMs, `${leaseLeftMs} ms`)
      for (const name of play.names()) {
        if (name !== leader) assert.equal(play.leadership(name).leaseLeftMs, 0)
      }
      play.diary(leader).release()
    },
  },
  {
    title: 'who steps down leads no longer at once, and another one does, in a higher term',
    async play(play) {
      let { leader } = await play.keepers()
      for (let times = 0; times < 2; times += 1) {
        const { term } = play.leadership(leader)
        play.leadership(leader).stepDown()
        assert.equal(play.leadership(leader).isLeader, false)
        assert.equal(play.leadership(leader).leaseLeftMs, 0)
        const next = await play.led()
        assert.notEqual(next, leader)
        assert.ok(play.leadership(next).term > term)
        leader = next
      }
    },
  },
  {
    title: 'a leader that ends gives the lead up before it terminates, and another one leads soon',
    async play(play) {
      const { leader, others } = await play.keepers()
      await play.pass(CALM_MS)
      play.node(leader).send('keeper', 'fail', 'shutdown')
      const tookMs = await play.leadsSoon(others)
      assert.ok(tookMs <= play.stage.handOverMs, `${tookMs} ms`)
      assert.equal(play.lines(leader).at(-1), 'ends shutdown, leads: false')
      await play.led(others)
    },
  },
  {
    title: 'a leader whose node stops hands the lead over soon',
    async play(play) {
      const { leader, others } = await play.keepers()
      await play.pass(CALM_MS)
      await play.stop(leader)
      const tookMs = await play.leadsSoon(others)
      assert.ok(tookMs <= play.stage.handOverMs, `${tookMs} ms`)
    },
  },
  {
    title: 'a leader that is killed leads no longer, and another one leads soon',
    async play(play) {
      const { leader, others } = await play.keepers()
      await play.pass(CALM_MS)
      play.node(leader).kill(play.keeperOf(leader))
      const tookMs = await play.leadsSoon(others)
      assert.ok(tookMs <= play.stage.handOverMs, `${tookMs} ms`)
      assert.equal(play.leadership(leader).isLeader, false)
    },
  },
  {
    title: 'a leader that throws when it is told ends with that reason, and gives the lead up',
    async play(play) {
      let isFirst = true
      const leads = (): void => {
        const fails = isFirst
        isFirst = false
        assert.ok(!fails, 'no book')
      }
      await play.start({ leads })
      const failed = (): readonly string[] => play.names().filter((name) => play.hasEnded(name))
      await play.passUntil(() => failed().length > 0, 'it ends')
      const [name = ''] = failed()
      const next = await play.led(play.names().filter((one) => one !== name))
      assert.match(play.lines(name).at(-1) ?? '', /^ends .*leads: false$/)
      assert.ok(play.leadership(next).term > termOf(play.lines(name)))
    },
  },
  {
    title: 'a leader that is started again takes part again, in a later term if it leads',
    async play(play) {
      const { leader } = await play.keepers({ supervised: true })
      const { term } = play.leadership(leader)
      play.node(leader).send('keeper', 'fail', 'throw')
      const isBack = (): boolean =>
        play.lines(leader).filter((line) => line === 'started').length > 1
      await play.passUntil(isBack, 'it was started again')
      const next = await play.led()
      assert.ok(play.leadership(next).term > term)
      const knows = (name: string): boolean => play.leadership(name).peers.length === 2
      await play.passUntil(() => play.names().every(knows), 'all know each other again')
    },
  },
  {
    title: 'one process of a cluster takes part on a node, and its next life after it',
    async play(play) {
      const { leader } = await play.keepers()
      const node = play.node(leader)
      const args = play.argsOf(node, newDiary(), {})
      await assert.rejects(
        play.until(node.spawn(keeper, { args })),
        (error) =>
          TroupeError.is(error, 'INIT_FAILED') && TroupeError.is(error.cause, 'NAME_TAKEN'),
      )
      node.kill(play.keeperOf(leader))
      await play.until(play.keep(node))
      await play.led()
      const leads = await play.until(node.call(play.keeperOf(leader), 'leads'))
      assert.equal(leads, play.leadership(leader).isLeader)
    },
  },
  {
    title: 'clusters of two names have nothing to do with each other',
    async play(play) {
      const { leader } = await play.keepers()
      await play.pass(CALM_MS)
      const before = play.names().map((name) => play.lines(name).length)
      const diaries = play.names().map(newDiary)
      for (const [at, name] of play.names().entries()) {
        const args = play.argsOf(play.node(name), diaries[at] as Diary, { clusterId: 'keep2' })
        await play.until(play.node(name).spawn(keeper, { args }))
      }
      const leads = (): readonly Diary[] => diaries.filter((one) => one.leadership?.isLeader)
      await play.passUntil(() => leads().length === 1, 'one leads the other cluster')
      assert.deepEqual(play.leaders, [leader])
      const after = play.names().map((name) => play.lines(name).length)
      assert.deepEqual(after, before)
    },
  },
])

const termOf = (lines: readonly string[]): number =>
  Math.max(...lines.map((line) => Number(/^leads (\d+)$/.exec(line)?.[1] ?? 0)))
