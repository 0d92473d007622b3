/**
 * A leader actor on a node without others: all that an actor has, and what it is told of the lead.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ballotFile, supervisor, TroupeError } from 'troupe'
import { testNode } from 'troupe/testing'
import { type KeeperGiven, keeper, NEWS, newDiary } from '#testing/conformance/leader-keeper'

const given = (changes: Partial<KeeperGiven> = {}): KeeperGiven => ({
  diary: newDiary(),
  election: { clusterId: 'keep' },
  ...changes,
})

describe('a leader actor alone', () => {
  it('leads at once, and handles messages, requests, events and logs as any actor', async () => {
    await using test = await testNode()
    const { node, clock } = test
    node.registerEvent(NEWS, { open: true })
    const own = given()
    const pid = await clock.until(node.spawn(keeper, { name: 'keeper', args: [own] }))
    await clock.advance(1)
    assert.deepEqual(own.diary.lines, ['started', 'leads 1'])
    assert.equal(await clock.until(node.call(pid, 'leads')), true)
    node.send(pid, 'note', 'hello')
    node.publish(NEWS, 'rain')
    await clock.settle()
    assert.deepEqual(own.diary.lines.slice(2), ['note hello', 'event rain'])
    const { leadership } = own.diary
    assert.equal(leadership?.term, 1)
    assert.deepEqual(leadership?.leader, pid)
    assert.deepEqual(leadership?.voters, ['test@localhost'])
    assert.deepEqual(leadership?.peers, [])
  })

  it('leads on while an asynchronous handler runs for ten seconds', async () => {
    await using test = await testNode()
    const { node, clock } = test
    node.registerEvent(NEWS, { open: true })
    const own = given()
    const pid = await clock.until(node.spawn(keeper, { args: [own] }))
    await clock.advance(1)
    node.send(pid, 'work', 10_000)
    await clock.advance(10_001)
    assert.deepEqual(own.diary.lines.slice(2), ['work begins', 'work ends, leads: true'])
  })

  it('gives the lead up before terminate runs, and its elector ends with it', async () => {
    await using test = await testNode()
    const { node, clock } = test
    node.registerEvent(NEWS, { open: true })
    const own = given()
    const pid = await clock.until(node.spawn(keeper, { args: [own] }))
    await clock.advance(1)
    assert.ok(node.whereis('election/keep'))
    node.send(pid, 'fail', 'normal')
    await clock.settle()
    assert.deepEqual(own.diary.lines.slice(2), ['ends normal, leads: false'])
    assert.equal(node.whereis('election/keep'), undefined)
    assert.equal(own.diary.leadership?.isLeader, false)
  })

  it('that throws when it becomes leader ends with that reason and leads no more', async () => {
    await using test = await testNode()
    const { node, clock } = test
    node.registerEvent(NEWS, { open: true })
    const leads = (): never => {
      throw new Error('no book')
    }
    const own = given({ leads })
    const pid = await clock.until(node.spawn(keeper, { args: [own] }))
    const reason = await clock.until(node.ended(pid))
    assert.ok(typeof reason === 'object' && reason.kind === 'crash')
    assert.match(reason.message, /no book/)
    assert.equal(own.diary.leadership?.isLeader, false)
    await clock.settle()
    assert.equal(node.whereis('election/keep'), undefined)
  })

  it('is started again by a supervisor, also after a kill, in a later term', async () => {
    await using test = await testNode()
    const { node, clock } = test
    node.registerEvent(NEWS, { open: true })
    const own = given()
    const children = [{ name: 'keeper', start: keeper, args: [own] as [KeeperGiven] }]
    await clock.until(node.spawn(supervisor({ type: 'one-for-one', children })))
    await clock.advance(1)
    node.send('keeper', 'fail', 'throw')
    await clock.advance(1_000)
    const again = node.whereis('keeper')
    assert.ok(again !== undefined)
    node.kill(again)
    await clock.advance(1_000)
    assert.deepEqual(
      own.diary.lines.filter((line) => line.startsWith('leads')),
      ['leads 1', 'leads 2', 'leads 3'],
    )
  })

  it('ends when its elector does, also when it traps exits', async () => {
    await using test = await testNode()
    const { node, clock } = test
    node.registerEvent(NEWS, { open: true })
    for (const trapExit of [false, true]) {
      const pid = await clock.until(node.spawn(keeper, { trapExit, args: [given()] }))
      const elector = node.whereis('election/keep')
      assert.ok(elector !== undefined)
      node.kill(elector)
      assert.equal(await clock.until(node.ended(pid)), 'killed')
    }
  })

  it('that was killed gives the lead up without a fault of its elector', async () => {
    await using test = await testNode()
    const { node, clock, log } = test
    node.registerEvent(NEWS, { open: true })
    const own = given()
    const pid = await clock.until(node.spawn(keeper, { args: [own] }))
    await clock.advance(1)
    node.kill(pid)
    own.diary.leadership?.stepDown()
    await clock.advance(1_000)
    assert.equal(own.diary.leadership?.isLeader, false)
    assert.equal(node.whereis('election/keep'), undefined)
    assert.deepEqual(
      log.filter(({ level }) => level === 'error'),
      [],
    )
  })

  it('gets the exits it traps, and none of its own elector', async () => {
    await using test = await testNode()
    const { node, clock } = test
    node.registerEvent(NEWS, { open: true })
    const own = given()
    const pid = await clock.until(node.spawn(keeper, { trapExit: true, args: [own] }))
    await clock.advance(1)
    node.exit(pid, 'normal')
    await clock.settle()
    assert.deepEqual(own.diary.lines.slice(2), ['exit normal'])
    assert.equal(own.diary.leadership?.isLeader, true)
  })

  it('is the only one of its cluster on a node', async () => {
    await using test = await testNode()
    const { node, clock } = test
    node.registerEvent(NEWS, { open: true })
    await clock.until(node.spawn(keeper, { args: [given()] }))
    await assert.rejects(
      clock.until(node.spawn(keeper, { args: [given()] })),
      (error) => TroupeError.is(error, 'INIT_FAILED') && TroupeError.is(error.cause, 'NAME_TAKEN'),
    )
  })

  it('is refused with options that cannot be, naming them', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const election = { clusterId: 'keep', electionTimeoutMinMs: 60 }
    await assert.rejects(
      clock.until(node.spawn(keeper, { args: [given({ election })] })),
      (error) =>
        TroupeError.is(error, 'INIT_FAILED') &&
        TroupeError.is(error.cause, 'OPTION_INVALID') &&
        error.cause.detail.option === 'election.electionTimeoutMinMs',
    )
  })

  it('does not start with a ballot that cannot be read', async () => {
    await using test = await testNode()
    const { node, clock } = test
    node.registerEvent(NEWS, { open: true })
    const election = { clusterId: 'keep', storage: ballotFile({ path: '/' }) }
    await assert.rejects(node.spawn(keeper, { args: [given({ election })] }), (error) =>
      TroupeError.is(error, 'INIT_FAILED'),
    )
    await clock.settle()
    assert.equal(node.whereis('election/keep'), undefined)
  })

  it('whose ballot cannot be kept does not lead, says so once, and leads later', async () => {
    await using test = await testNode()
    const { node, clock, log } = test
    node.registerEvent(NEWS, { open: true })
    let isFull = true
    const storage = {
      load: async () => undefined,
      save: async () => {
        if (isFull) throw new Error('ENOSPC: no space left on device')
      },
    }
    const own = given({ election: { clusterId: 'keep', storage } })
    await clock.until(node.spawn(keeper, { args: [own] }))
    await clock.advance(5_000)
    assert.deepEqual(own.diary.lines, ['started'])
    const told = log.filter(({ message }) => message.includes('abstains'))
    assert.equal(told.length, 1)
    assert.match(JSON.stringify(told[0]?.fields), /ENOSPC/)
    isFull = false
    await clock.advance(1_000)
    assert.match(own.diary.lines[1] ?? '', /^leads \d+$/)
  })

  it('drops nothing silently: what its protocol does not name is a dead letter', async () => {
    await using test = await testNode()
    const { node, clock } = test
    node.registerEvent(NEWS, { open: true })
    const pid = await clock.until(node.spawn(keeper, { args: [given()] }))
    await clock.advance(1)
    const before = node.account().dropped['message-unknown']
    node.send(pid as never, 'nonsense' as never)
    await clock.settle()
    assert.equal(node.account().dropped['message-unknown'], before + 1)
  })
})
