/**
 * Who leads by an etcd in memory: elections, ends, hands of others, restores, voters, fences.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { etcdArbiter } from '#etcd/leader/etcd-arbiter'
import { CLUSTER, Contenders, FOLDER, type Standing } from './contenders.js'

const NAMES = ['a@sim', 'b@sim', 'c@sim']
const KEY = `${FOLDER}leader`

const termOf = ({ candidacy }: Standing): number => candidacy.leadsIn ?? 0

async function holds(world: Contenders, one: Standing, term: number): Promise<boolean> {
  const when = one.arbiter.fence(CLUSTER, term)
  const answer = world.etcd.client('someone').txn({ when, acts: [] })
  return (await world.clock.until(answer)).held
}

describe('three contenders around an etcd', () => {
  it('have one leader, whom all know, under a key that people can read', async () => {
    const world = await Contenders.of(NAMES)
    const { leader } = world
    for (const { candidacy } of world.all) assert.deepEqual(candidacy.leader, leader.pid)
    for (const { candidacy } of world.all) assert.equal(candidacy.term, termOf(leader))
    const read = JSON.parse(world.etcd.texts()[KEY] ?? '') as Record<string, unknown>
    assert.equal(read['node'], leader.name)
    assert.equal(read['id'], leader.pid.id)
    assert.equal(read['creation'], leader.pid.creation)
    assert.equal(world.etcd.get(KEY)?.createRevision, termOf(leader))
  })

  it('know all that take part when no voters are given', async () => {
    const world = await Contenders.of(NAMES)
    for (const { candidacy } of world.all) assert.deepEqual(candidacy.voters, NAMES)
    const { voters } = world.leader.candidacy
    assert.equal(world.leader.candidacy.voters, voters)
    await world.clock.until(world.other.candidacy.end())
    await world.clock.advance(100)
    assert.equal(world.leader.candidacy.voters.length, 2)
  })

  it('have another leader at once when theirs ends in order, in a higher term', async () => {
    const world = await Contenders.of(NAMES)
    const { leader } = world
    const term = termOf(leader)
    const ending = leader.candidacy.end()
    assert.equal(leader.candidacy.leadsIn, undefined)
    assert.equal(leader.candidacy.leaseLeftMs, 0)
    await world.clock.until(ending)
    await world.clock.advance(100)
    assert.ok(termOf(world.leader) > term)
  })

  it('have another leader when theirs is cut off: only after it leads no longer', async () => {
    const world = await Contenders.of(NAMES)
    const { leader } = world
    const term = termOf(leader)
    world.etcd.cutOff(leader.name)
    await world.pass(3_000)
    assert.notEqual(world.leader, leader)
    assert.ok(termOf(world.leader) > term)
    assert.equal(leader.candidacy.leader, undefined)
    assert.equal(leader.seen.at(-1), '-')
    world.etcd.mend(leader.name)
    await world.pass(3_000)
    assert.deepEqual(leader.candidacy.leader, world.leader.pid)
  })

  it('have no leader while etcd stands still, and one in a new term after it', async () => {
    const world = await Contenders.of(NAMES)
    const before = world.leader
    const term = termOf(before)
    world.etcd.freeze()
    await world.pass(2_000)
    assert.equal(world.leaders().length, 0)
    for (const { candidacy } of world.all) assert.equal(candidacy.leader, undefined)
    await world.pass(60_000)
    world.etcd.thaw()
    await world.pass(3_000)
    assert.ok(termOf(world.leader) > term, 'a lead that has lapsed does not come back')
    assert.deepEqual(before.seen.slice(0, 2), [String(term), '-'])
  })

  it('let one who steps down rest until another one leads', async () => {
    const world = await Contenders.of(NAMES)
    const { leader } = world
    world.call(() => leader.candidacy.stepDown())
    assert.equal(leader.candidacy.leadsIn, undefined)
    await world.pass(200)
    assert.notEqual(world.leader, leader)
  })

  it('know that one whose answer was lost leads', async () => {
    const world = new Contenders()
    const one = await world.stand('a@sim')
    await world.clock.advance(3)
    world.etcd.loseAnswer('a@sim', 2)
    await world.pass(6_000)
    assert.equal(world.leader, one)
  })
})

describe('a contender alone', () => {
  it('leads again in a higher term a lease after it stepped down', async () => {
    const world = await Contenders.of(['a@sim'])
    const term = termOf(world.leader)
    world.leader.candidacy.stepDown()
    await world.pass(1_500)
    assert.equal(world.leaders().length, 0)
    await world.pass(1_000)
    assert.ok(termOf(world.leader) > term)
  })

  it('says so once while etcd is away, and leads when it comes', async () => {
    const world = new Contenders()
    world.etcd.cutOff('a@sim', { as: 'unreachable' })
    const one = await world.stand('a@sim')
    await world.pass(10_000)
    assert.equal(one.logs.length, 1)
    world.etcd.mend('a@sim')
    await world.pass(2_000)
    assert.equal(world.leader, one)
    assert.equal(one.logs.length, 2)
  })
})

describe('the key of the leader in the hands of somebody else', () => {
  it('deleted: its holder leads again, in a higher term, and nobody beside it', async () => {
    const world = await Contenders.of(NAMES)
    const { leader } = world
    const term = termOf(leader)
    world.etcd.delete({ key: KEY })
    await world.pass(4_000)
    assert.equal(world.leader, leader)
    assert.ok(termOf(leader) > term)
  })

  it('deleted while its holder hears nothing: nobody leads before its lease is over', async () => {
    const world = await Contenders.of(NAMES)
    const { leader } = world
    world.etcd.cutOff(leader.name)
    world.etcd.delete({ prefix: FOLDER })
    await world.pass(6_000)
    assert.notEqual(world.leader, leader)
  })

  for (const value of ['', 'no JSON', '{"node":7}', '[]', 'null', '\u0000'.repeat(1_000_000)]) {
    it(`overwritten with ${JSON.stringify(value.slice(0, 9))}: another lead begins`, async () => {
      const world = await Contenders.of(NAMES)
      const term = termOf(world.leader)
      world.etcd.put(KEY, value)
      await world.pass(100)
      assert.equal(world.leaders().length, 0)
      assert.equal(world.other.candidacy.leader, undefined)
      await world.pass(6_000)
      assert.ok(termOf(world.leader) > term)
      assert.match(world.other.logs.join(), /another hand/)
    })
  }

  it('garbage beside it changes nothing', async () => {
    const world = await Contenders.of(NAMES)
    const { leader } = world
    const term = termOf(leader)
    for (const name of ['base', 'voters', 'candidates/%zz', 'candidates/no node', 'more']) {
      world.etcd.put(`${FOLDER}${name}`, '{"base":-1,"voters":[7]')
    }
    world.etcd.put(Buffer.concat([Buffer.from(FOLDER), Buffer.from([0, 255, 254])]), 'x')
    await world.pass(5_000)
    assert.equal(termOf(leader), term)
    world.etcd.expire(world.etcd.get(KEY)?.lease ?? '')
    await world.pass(1_000)
    assert.ok(termOf(world.leader) > term)
  })

  it('that names a node by marks that nobody sees makes it no voter', async () => {
    const world = await Contenders.of(NAMES)
    const before = world.leader.candidacy.voters
    // A Hangul filler and a blank of Braille: they print as nothing, and are no blanks.
    const looksLikeOne = ['a\u3164@sim', 'a\u2800@sim']
    for (const name of looksLikeOne) world.etcd.put(`${FOLDER}candidates/${name}`, '{}')
    await world.pass(1_000)
    for (const { candidacy } of world.all) assert.deepEqual(candidacy.voters, before)
    world.etcd.put(`${FOLDER}voters`, JSON.stringify({ voters: [...NAMES, ...looksLikeOne] }))
    await world.pass(1_000)
    for (const { candidacy } of world.all) assert.deepEqual(candidacy.voters, before)
  })
})

describe('an old snapshot that is restored', () => {
  it('lets no term come again: the base is raised, and the log says so', async () => {
    const world = await Contenders.of(NAMES)
    const snapshot = world.etcd.snapshot()
    for (let at = 0; at < 40; at += 1) world.etcd.put('other', String(at))
    world.leader.candidacy.stepDown()
    await world.pass(2_500)
    const term = termOf(world.leader)
    world.etcd.freeze()
    await world.pass(3_000)
    world.etcd.thaw()
    world.etcd.restore(snapshot)
    await world.pass(8_000)
    assert.ok(world.etcd.revision < term)
    assert.ok(termOf(world.leader) > term)
    assert.match(world.all.flatMap(({ logs }) => logs).join(), /went back/)
    for (const { candidacy } of world.all) assert.equal(candidacy.term, termOf(world.leader))
  })
})

describe('a fence', () => {
  it('holds for the term that leads, and for none before or after it', async () => {
    const world = await Contenders.of(NAMES)
    const { leader, other } = world
    const term = termOf(leader)
    assert.ok(await holds(world, leader, term))
    assert.ok(await holds(world, other, term), 'who follows can fence for whom it follows')
    assert.ok(!(await holds(world, leader, term + 1)))
    assert.ok(!(await holds(world, leader, 0)))
    leader.candidacy.stepDown()
    assert.ok(!(await holds(world, leader, term)))
    await world.pass(100)
    assert.ok(!(await holds(world, leader, term)))
    assert.ok(await holds(world, leader, termOf(world.leader)))
  })

  it('does not hold for a key that was written by another hand', async () => {
    const world = await Contenders.of(NAMES)
    const { leader } = world
    const term = termOf(leader)
    world.etcd.put(KEY, 'mine')
    assert.ok(!(await holds(world, leader, term)))
  })

  it('of a cluster that nobody stands for never holds', async () => {
    const world = new Contenders()
    const arbiter = etcdArbiter({ client: world.etcd.client('a@sim') })
    const when = arbiter.fence('unknown', 1)
    const { held } = await world.clock.until(world.etcd.client('b').txn({ when }))
    assert.ok(!held)
  })
})

describe('voters that were given', () => {
  it('are those who may lead; all others follow', async () => {
    const world = await Contenders.of(NAMES, ['b@sim'])
    assert.equal(world.leader.name, 'b@sim')
    await world.clock.until(world.leader.candidacy.end())
    await world.pass(5_000)
    assert.equal(world.leaders().length, 0)
  })

  it('are changed by the leader, for all', async () => {
    const world = await Contenders.of(NAMES, ['b@sim'])
    const { leader, clock } = world
    await clock.until(leader.candidacy.changeVoters('add', 'a@sim'))
    await world.pass(100)
    for (const { candidacy } of world.all) {
      assert.deepEqual([...candidacy.voters].sort(), ['a@sim', 'b@sim'])
    }
    await clock.until(leader.candidacy.changeVoters('remove', 'b@sim'))
    await world.pass(200)
    assert.equal(world.leader.name, 'a@sim')
  })

  it('are made by the first change when none were given', async () => {
    const world = await Contenders.of(NAMES)
    const { leader, other, clock } = world
    await clock.until(leader.candidacy.changeVoters('remove', other.name))
    await world.pass(100)
    const left = NAMES.filter((name) => name !== other.name)
    for (const { candidacy } of world.all) assert.deepEqual(candidacy.voters, left)
    await clock.until(leader.candidacy.changeVoters('add', 'd@sim'))
    await world.pass(100)
    assert.deepEqual(other.candidacy.voters, [...left, 'd@sim'])
  })

  it('are changed by nobody else, and not in every way', async () => {
    const world = await Contenders.of(NAMES, ['a@sim', 'b@sim'])
    const { leader, other, clock } = world
    const code = async (change: Promise<void>): Promise<string> => {
      const failed = change.then(
        () => '',
        (thrown: unknown) => (thrown as TroupeError).code,
      )
      return clock.until(failed)
    }
    assert.equal(await code(other.candidacy.changeVoters('add', 'c@sim')), 'NOT_LEADER')
    assert.equal(await code(leader.candidacy.changeVoters('add', 'a@sim')), 'OPTION_INVALID')
    assert.equal(await code(leader.candidacy.changeVoters('add', 'no node')), 'OPTION_INVALID')
    assert.equal(await code(leader.candidacy.changeVoters('remove', 'x@sim')), 'OPTION_INVALID')
    const first = leader.candidacy.changeVoters('add', 'c@sim')
    assert.equal(await code(leader.candidacy.changeVoters('add', 'd@sim')), 'VOTERS_CHANGING')
    await clock.until(first)
    const late = leader.candidacy.changeVoters('add', 'd@sim')
    leader.candidacy.stepDown()
    assert.equal(await code(late), 'LEADERSHIP_LOST')
  })
})

describe('an arbiter', () => {
  it('serves several clusters of one node, each with its own leader', async () => {
    const world = new Contenders()
    const client = world.etcd.client('a@sim')
    const arbiter = etcdArbiter({ client, leaseTtlMs: 2_000 })
    const one = await world.standBy(arbiter, 'a@sim')
    await world.pass(200)
    assert.equal(world.leader, one)
    await world.clock.until(one.candidacy.end())
    const again = await world.standBy(arbiter, 'a@sim')
    await world.pass(200)
    assert.equal(world.leader, again)
    assert.equal(world.etcd.leases().length, 1)
  })

  it('ends within a second when etcd is away', async () => {
    const world = await Contenders.of(['a@sim'])
    world.etcd.cutOff('a@sim')
    const beforeMs = world.clock.nowMs()
    await world.clock.until(world.leader.candidacy.end())
    assert.ok(world.clock.nowMs() - beforeMs <= 1_000)
  })

  it('of a client that was closed makes nobody fail, and nobody leader', async () => {
    const world = new Contenders()
    const client = world.etcd.client('a@sim')
    const one = await world.standBy(etcdArbiter({ client, leaseTtlMs: 2_000 }), 'a@sim')
    await world.pass(100)
    assert.equal(world.leader, one)
    client.close()
    await world.pass(5_000)
    assert.equal(world.leaders().length, 0)
    assert.match(one.logs.join(), /cannot be asked/)
    await world.clock.until(one.candidacy.end())
  })

  it('refuses options that cannot be', () => {
    const refused = (options: object): void => {
      assert.throws(
        () => etcdArbiter(options),
        (thrown) => TroupeError.is(thrown, 'OPTION_INVALID'),
      )
    }
    refused({ leaseTtl: 3_000 })
    refused({ leaseTtlMs: 10 })
    refused({ leaseTtlMs: Number.NaN })
    refused({ cluster: '' })
    refused({ cluster: 'a/b' })
    refused({ prefix: '/services' })
    refused({ clockDriftMax: 1 })
    refused({ client: {} })
    refused({ endpoints: ['nowhere'] })
    refused({ endpoints: ['localhost:2379'], client: new Contenders().etcd.client('a') })
  })
})
