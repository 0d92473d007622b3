/**
 * How a leader is found, lost and followed, told as short stories.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { VotersOnStage } from '#test/scenarios/election-kit'

/** One of the three that does not lead. */
const follower = (stage: VotersOnStage): string =>
  ['a', 'b', 'c'].find((name) => name !== stage.leader) ?? ''

describe('an election', () => {
  it('gives three voters one leader within a second of their start', () => {
    const stage = new VotersOnStage().start()
    assert.deepEqual(stage.told, [
      'a: follower of c, term 1',
      'b: follower of c, term 1',
      'c: leader, term 1, lease',
    ])
  })

  it('without disks begins as soon as the third voter is there', () => {
    const stage = new VotersOnStage({ isDurable: false }).start('a', 'b')
    assert.deepEqual(stage.told, [
      'a: remembering, term 0',
      'b: remembering, term 0',
      'c: does not run',
    ])
    stage.world.start('c')
    stage.pass(500)
    assert.equal(stage.told.filter((line) => line.includes('lease')).length, 1)
    assert.match(stage.told.join(), /term 1, lease/)
  })

  it('without disks goes on with two of three, in a term far above all that was', () => {
    const stage = new VotersOnStage({ isDurable: false }).start('a', 'b').pass(4_000)
    assert.match(stage.told.join(), /leader, term 1000001, lease/)
  })

  it('gives one voter alone the lead at once', () => {
    const stage = new VotersOnStage({ voters: ['a'] })
    stage.world.start('a')
    stage.pass(10)
    assert.deepEqual(stage.told, ['a: leader, term 1, lease'])
  })

  it('is decided at the second try when votes are split', () => {
    // The lines are so slow that all stand before they hear of each other.
    const stage = new VotersOnStage()
    stage.world.weather = { ...stage.world.weather, delayMinMs: 35, delayMaxMs: 40 }
    for (const name of ['a', 'b', 'c']) stage.world.start(name)
    stage.pass(3_000)
    assert.equal(stage.told.filter((line) => line.includes('lease')).length, 1)
    assert.deepEqual(stage.judge.violations, [])
  })

  it('takes the lead from a leader that is cut off before it gives it to another one', () => {
    const stage = new VotersOnStage().start()
    stage.cut(['c']).pass(150)
    assert.deepEqual(stage.judge.claimants(), [])
    stage.pass(350)
    assert.equal(stage.told[1], 'b: leader, term 2, lease')
    assert.match(stage.told[2] ?? '', /^c: (follower|waiter)/)
    stage.mend().pass(100)
    assert.deepEqual(stage.told, [
      'a: follower of b, term 2',
      'b: leader, term 2, lease',
      'c: follower of b, term 2',
    ])
  })

  it('deposes a leader that nobody hears, though it hears all', () => {
    const stage = new VotersOnStage().start()
    stage.cut(['c'], 'one-way').pass(600)
    assert.deepEqual(stage.told, [
      'a: follower of b, term 2',
      'b: leader, term 2, lease',
      'c: follower of b, term 2',
    ])
  })

  it('leaves no lease to a leader that wakes from a freeze', () => {
    const stage = new VotersOnStage().start()
    stage.world.freeze('c')
    stage.pass(1_000)
    assert.deepEqual(stage.told, [
      'a: follower of b, term 2',
      'b: leader, term 2, lease',
      'c: leader, term 1',
    ])
    stage.world.thaw('c')
    assert.equal(stage.told[2], 'c: follower of b, term 2')
  })

  it('gives a killed leader a successor within 200 ms, and lets it follow when it is back', () => {
    const stage = new VotersOnStage().start()
    stage.world.crash('c', true)
    stage.pass(200)
    assert.deepEqual(stage.told, [
      'a: leader, term 2, lease',
      'b: follower of a, term 2',
      'c: does not run',
    ])
    stage.world.start('c')
    stage.pass(60)
    assert.equal(stage.told[2], 'c: follower of a, term 2')
  })

  it('hands over at once when a leader steps down', () => {
    const stage = new VotersOnStage().start().stepDown()
    assert.deepEqual(stage.judge.claimants(), [])
    stage.pass(20)
    assert.match(stage.leader, /^[ab]$/)
    assert.deepEqual(stage.judge.violations, [])
  })

  it('takes no notice of a voter that comes and goes', () => {
    const stage = new VotersOnStage().start()
    const flapping = follower(stage)
    for (let round = 0; round < 10; round += 1) stage.cut([flapping]).pass(400).mend().pass(100)
    assert.deepEqual(stage.told, [
      'a: follower of c, term 1',
      'b: follower of c, term 1',
      'c: leader, term 1, lease',
    ])
  })
})

describe('a voter that begins another life', () => {
  it('without a disk follows at once, and votes when it has found out what it promised', () => {
    const stage = new VotersOnStage({ isDurable: false }).start()
    const name = follower(stage)
    stage.world.crash(name, true)
    stage.world.start(name)
    stage.pass(500)
    assert.match(stage.told.join(), new RegExp(`${name}: remembering, term 1`))
    stage.pass(300)
    assert.match(stage.told.join(), new RegExp(`${name}: follower of c, term 1`))
  })

  it('with a disk keeps its term and its vote', () => {
    const stage = new VotersOnStage().start()
    const name = follower(stage)
    stage.world.crash(name, true)
    stage.world.start(name)
    const { election } = stage.world.voter(name)
    assert.equal(election?.term, 1)
    assert.equal(election?.votedFor, 'c')
    assert.equal(election?.waking.isAwake, true)
  })

  it('whose disk fails neither votes nor stands, and does when it is mended', () => {
    const stage = new VotersOnStage().start()
    for (const name of ['a', 'b']) stage.world.voter(name).isDiskBroken = true
    stage.world.crash('c', true)
    stage.pass(3_000)
    assert.deepEqual(stage.judge.claimants(), [])
    for (const name of ['a', 'b']) stage.world.voter(name).isDiskBroken = false
    stage.pass(1_500)
    assert.match(stage.leader, /^[ab]$/)
    assert.deepEqual(stage.judge.violations, [])
  })
})

describe('the voters of a cluster', () => {
  it('are changed one at a time, and one that votes no longer follows', () => {
    const stage = new VotersOnStage({ others: ['d'] }).start().change('add', 'd').pass(1_000)
    const leader = stage.world.voter(stage.leader).election
    assert.deepEqual(leader?.electorate, { term: 1, change: 1, voters: ['a', 'b', 'c', 'd'] })
    const gone = follower(stage)
    stage.change('remove', gone).pass(1_000)
    assert.match(stage.told.join(), new RegExp(`${gone}: observer of ${stage.leader}, term 1`))
    assert.deepEqual(stage.judge.violations, [])
  })

  it('can lose their leader, which hands over when a majority knows', () => {
    const stage = new VotersOnStage().start()
    const { leader } = stage
    stage.change('remove', leader).pass(300)
    assert.notEqual(stage.leader, leader)
    assert.match(stage.told.join(), new RegExp(`${leader}: observer of ${stage.leader}, term 2`))
  })

  it('stay as they are when nobody hears the one that is added', () => {
    const stage = new VotersOnStage({ others: ['d'] }).start('a', 'b', 'c')
    const { leader } = stage
    stage.change('add', 'd').pass(1_000)
    assert.equal(stage.leader, leader)
    const kept = stage.world.voter(leader).election?.electorate.voters
    assert.deepEqual(kept, ['a', 'b', 'c', 'd'])
  })
})
