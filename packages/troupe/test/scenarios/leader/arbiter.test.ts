/**
 * An arbiter decides who leads: what only then can befall a leader, and all that rests on it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Arbiter,
  actor,
  type Candidacy,
  locks,
  message,
  type Pid,
  protocol,
  singleton,
  TroupeError,
} from 'troupe'
import {
  type MemoryArbiter,
  type MemoryArbiterOptions,
  memoryArbiter,
  type TestNode,
  testNode,
} from 'troupe/testing'
import {
  assertInOrder,
  type Diary,
  type KeeperGiven,
  keeper,
  NEWS,
  newDiary,
} from '#testing/conformance/leader-keeper'

const LEASE_MS = 300
const NODE = 'test@localhost'

interface Alone {
  readonly test: TestNode
  readonly arbiter: MemoryArbiter
  readonly diary: Diary
  readonly pid: Pid
  readonly given: KeeperGiven
}

/** A keeper on a node without others, which leads. */
async function alone(options: MemoryArbiterOptions = {}): Promise<Alone> {
  const test = await testNode()
  const { node, clock } = test
  node.registerEvent(NEWS, { open: true })
  const arbiter = memoryArbiter({ clock, leaseMs: LEASE_MS, ...options })
  const diary = newDiary()
  const given: KeeperGiven = { diary, election: { clusterId: 'keep', arbiter } }
  const pid = await clock.until(node.spawn(keeper, { name: 'keeper', args: [given] }))
  await clock.advance(50)
  return { test, arbiter, diary, pid, given }
}

const leads = ({ lines }: Diary): readonly string[] =>
  lines.filter((line) => line.startsWith('leads'))

/** What was thrown first. */
function firstCause(error: unknown): string | undefined {
  if (!(error instanceof TroupeError)) return undefined
  return firstCause(error.cause) ?? error.code
}

describe('a leader by an arbiter', () => {
  it('leads in terms of the arbiter, whose first one need not be 1', async () => {
    let at = 0
    const nextTerm = () => [1, 17, 90][at++] ?? 0
    const { test, diary } = await alone({ nextTerm })
    for (let times = 0; times < 2; times += 1) {
      diary.leadership?.stepDown()
      assert.equal(diary.leadership?.isLeader, false)
      await test.clock.advance(2 * LEASE_MS)
    }
    assert.deepEqual(leads(diary), ['leads 1', 'leads 17', 'leads 90'])
    assert.ok(diary.lines.includes('term 1>17'))
    await test.stop()
  })

  it('leads to the end of its lease when the arbiter is lost, and then again', async () => {
    const { test, arbiter, diary } = await alone()
    const { clock } = test
    const { leadership } = diary
    arbiter.lose()
    await clock.advance(LEASE_MS / 2)
    assert.equal(leadership?.isLeader, true)
    await clock.advance(LEASE_MS / 2)
    assert.equal(leadership?.isLeader, false)
    await clock.advance(60_000)
    assert.equal(leadership?.isLeader, false)
    assert.equal(diary.lines.at(-1), 'follows nobody')
    arbiter.restore()
    await clock.advance(2 * LEASE_MS)
    assert.equal(leadership?.isLeader, true)
    assert.equal(leads(diary).length, 2)
    assertInOrder(diary.lines)
    await test.stop()
  })

  it('leads not while the arbiter answers later than a lease lasts, and then again', async () => {
    const { test, arbiter, diary } = await alone()
    const { clock } = test
    arbiter.slow(LEASE_MS)
    await clock.advance(LEASE_MS)
    for (let times = 0; times < 50; times += 1) {
      assert.equal(diary.leadership?.isLeader, false)
      await clock.advance(LEASE_MS / 5)
    }
    arbiter.slow(1)
    await clock.advance(5 * LEASE_MS)
    assert.equal(diary.leadership?.isLeader, true)
    assertInOrder(diary.lines)
    await test.stop()
  })

  it('takes no lease back that ran out, though the arbiter waited longer for it', async () => {
    const { test, arbiter, diary } = await alone({ clockDriftMax: 0.5 })
    const { clock } = test
    arbiter.cutOff(NODE)
    await clock.advance(LEASE_MS * 0.6)
    assert.equal(diary.leadership?.isLeader, false)
    assert.ok(arbiter.news('keep').leader !== undefined, 'the arbiter still waits for it')
    arbiter.mend(NODE)
    await clock.advance(2 * LEASE_MS)
    assert.deepEqual(leads(diary), ['leads 1', 'leads 2'])
    assertInOrder(diary.lines)
    await test.stop()
  })

  it('gives the lead up in the arbiter before it has ended, and when it was killed', async () => {
    for (const how of ['exit', 'kill', 'elector'] as const) {
      const { test, arbiter, diary, pid } = await alone()
      const { node, clock } = test
      if (how === 'elector') {
        // It cannot end before its handler has.
        node.send('keeper', 'wait')
        await clock.settle()
        node.kill(node.whereis('election/keep') as Pid)
      } else if (how === 'kill') node.kill(pid)
      else node.exit(pid, 'shutdown')
      await clock.advance(10)
      assert.equal(diary.leadership?.isLeader, false)
      assert.equal(arbiter.news('keep').leader, undefined, how)
      assert.deepEqual(arbiter.news('keep').voters, [], how)
      diary.release()
      await test.stop()
    }
  })

  it('waits three seconds at most until the arbiter hears of its end', async () => {
    const { test, arbiter, pid, given } = await alone()
    const { node, clock } = test
    arbiter.lose()
    node.exit(pid, 'shutdown')
    await clock.advance(2_900)
    assert.ok(node.whereis('election/keep') !== undefined)
    const again = node.spawn(keeper, { name: 'keeper', args: [given] })
    await clock.advance(200)
    await clock.until(again)
    arbiter.restore()
    await clock.advance(3 * LEASE_MS)
    assert.equal(given.diary.leadership?.isLeader, true)
    await test.stop()
    assert.deepEqual(
      test.log.filter(({ level }) => level === 'error'),
      [],
    )
  })

  it('stands no more when its elector has ended before the arbiter had answered', async () => {
    await using test = await testNode()
    const { node, clock } = test
    node.registerEvent(NEWS, { open: true })
    let ends = 0
    const candidacy: Candidacy = {
      ...{ term: 0, leadsIn: undefined, leader: undefined, leaseLeftMs: 0, voters: [NODE] },
      changeVoters: async () => {},
      stepDown() {},
      async end() {
        ends += 1
      },
      inspect: () => ({}),
    }
    const answer = (): Promise<Candidacy> =>
      new Promise((resolve) => void clock.after(100, () => resolve(candidacy)))
    const arbiter: Arbiter = { kind: 'slow', stand: answer }
    const args: [KeeperGiven] = [{ diary: newDiary(), election: { clusterId: 'keep', arbiter } }]
    const spawning = assert.rejects(node.spawn(keeper, { args }))
    await clock.advance(10)
    node.kill(node.whereis('election/keep') as Pid)
    await clock.advance(200)
    await spawning
    assert.equal(ends, 1)
  })

  it('says once that another node votes', async () => {
    const { test, pid } = await alone()
    const { node, clock } = test
    const word = { kind: 'join', term: 3, round: 1 }
    const said = { clusterId: 'keep', pid, said: word }
    const to = { kind: 'name', name: 'election/keep', node: NODE } as const
    for (let at = 0; at < 3; at += 1) node.send(to, 'word', said)
    await clock.settle()
    const told = test.log.filter(({ message: text }) => text.includes('a node votes'))
    assert.equal(told.length, 1)
    const elector = node.whereis('election/keep') as Pid
    assert.deepEqual(node.processInfo(elector)?.inspected?.['counts'], {
      ...{ 'foreign-cluster': 0, malformed: 0, 'not-proved': 0, unsent: 0, votes: 3 },
    })
    await test.stop()
  })

  it('does not start where the arbiter refuses it, or with options of a vote', async () => {
    await using test = await testNode()
    const { node, clock } = test
    node.registerEvent(NEWS, { open: true })
    const refusing: Arbiter = {
      kind: 'refusing',
      stand: async () => {
        throw new TroupeError('OPTION_INVALID', { option: 'a', value: 1, problem: 'it cannot be' })
      },
    }
    const arbiter = memoryArbiter({ clock })
    for (const election of [
      { clusterId: 'keep', arbiter: refusing },
      { clusterId: 'keep', arbiter, heartbeatMs: 50 },
    ]) {
      const args = [{ diary: newDiary(), election }] as [KeeperGiven]
      await assert.rejects(
        clock.until(node.spawn(keeper, { args })),
        (error) => firstCause(error) === 'OPTION_INVALID',
      )
    }
  })
})

describe('what rests on a leader by an arbiter', () => {
  it('waits also in term 1, which need not be the first', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const arbiter = memoryArbiter({ clock, leaseMs: LEASE_MS })
    const ttlMaxMs = 2_000
    const pid = await clock.until(node.spawn(locks({ clusterId: 'locks', arbiter, ttlMaxMs })))
    const Idler = protocol('idler', { idle: message() })
    let begunMs = 0
    const start = actor(Idler, {
      init() {
        begunMs = clock.nowMs()
      },
      on: { idle() {} },
    })
    const given = { clusterId: 'idler', arbiter, start, args: () => [], stopMs: 1_000 }
    const sinceMs = clock.nowMs()
    await clock.until(node.spawn(singleton(given)))
    await clock.advance(10)
    const take = () => clock.until(node.call(pid, 'acquire', { key: 'k', ttlMs: 100 }))
    assert.equal((await take()).kind, 'busy')
    await clock.advance(ttlMaxMs)
    assert.equal((await take()).kind, 'busy', 'clocks may differ')
    await clock.advance(0.06 * ttlMaxMs)
    assert.equal((await take()).kind, 'held')
    assert.ok(begunMs - sinceMs >= 1_000 / 0.95, `${begunMs - sinceMs} ms`)
  })

  it('waits longer where the arbiter says that clocks differ more', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const arbiter = memoryArbiter({ clock, leaseMs: LEASE_MS, clockDriftMax: 0.5 })
    const pid = await clock.until(node.spawn(locks({ clusterId: 'l', arbiter, ttlMaxMs: 1_000 })))
    await clock.advance(1_900)
    const take = () => clock.until(node.call(pid, 'acquire', { key: 'k', ttlMs: 100 }))
    assert.equal((await take()).kind, 'busy')
    await clock.advance(200)
    assert.equal((await take()).kind, 'held')
  })
})

describe('an arbiter in memory', () => {
  it('is refused when its times cannot be', () => {
    for (const options of [
      { leaseMs: 0 },
      { leaseMs: Number.NaN },
      { latencyMs: -1 },
      { clockDriftMax: 0.6 },
    ]) {
      assert.throws(
        () => memoryArbiter(options),
        (error) => TroupeError.is(error, 'OPTION_INVALID'),
      )
    }
  })
})
