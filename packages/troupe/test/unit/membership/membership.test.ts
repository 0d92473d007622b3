/**
 * The table of members: who is in it, how long, what is told, and what it comes to.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MEMBERS_MAX } from '#cluster/membership/membership'
import { membershipStage, OWN, routeOf } from './membership-kit.js'

const B = 'b@host'
const C = 'c@host'

describe('a membership', () => {
  it('tells each state of a node once, from hearsay to an answer to the end', async () => {
    const { clock, membership, told, notices, joined, up, down } = membershipStage()
    membership.start()
    joined(B)
    joined(B)
    up(B)
    await clock.advance(5)
    down(B)
    down(B)
    const expected = ['discovering', 'connected', 'responding', 'gone']
    assert.deepEqual(
      told,
      expected.map((state) => `${B} ${state}`),
    )
    const [, second] = notices
    assert.equal(second?.kind === 'member-changed' && second.before, 'discovering')
    membership.stop()
  })

  it('shows when it came into its state, when it was met, and how its loop is', async () => {
    const { clock, membership, joined, up } = membershipStage()
    joined(B)
    await clock.advance(100)
    up(B, 7)
    const startMs = membership.member(B)?.knownSinceMs ?? 0
    assert.equal(membership.member(B)?.roundTripMs, -1)
    await clock.advance(50)
    const info = membership.member(B)
    assert.equal(info?.creation, 7)
    assert.equal(info?.roundTripMs, 1)
    assert.equal(info?.answeredMs, startMs + 101)
    assert.equal(info?.sinceMs, startMs + 101)
    assert.equal(membership.member('nobody@host'), undefined)
    membership.stop()
  })

  it('loses nobody when the registrar is away or says that a connected node is lost', async () => {
    const { clock, membership, told, joined, up, say } = membershipStage()
    joined(B)
    joined(C)
    up(B)
    await clock.advance(5)
    const before = [...told]
    say({ kind: 'registrar-disconnected', server: 's', problem: 'it is down' })
    say({ kind: 'config-invalid', item: 'x', problem: 'it is no number' })
    say({ kind: 'node-suspect', node: B, creation: 1 })
    say({ kind: 'node-left', node: B, creation: 1, cause: 'lost' })
    await clock.advance(120_000)
    assert.deepEqual(told, before)
    assert.equal(membership.member(B)?.state, 'responding')
    assert.equal(membership.member(C)?.state, 'discovering')
    membership.stop()
  })

  it('shows who is gone for keepGoneMs and no longer', async () => {
    const { clock, membership, up, down } = membershipStage({ keepGoneMs: 10_000 })
    up(B)
    down(B)
    await clock.advance(4_000)
    up(C)
    down(C)
    await clock.advance(5_999)
    assert.deepEqual(membership.coverage().gone, [B, C])
    await clock.advance(2)
    assert.deepEqual(membership.coverage().gone, [C])
    await clock.advance(4_000)
    assert.deepEqual(membership.members(), [])
    membership.stop()
  })

  it('keeps who came back', async () => {
    const { clock, membership, up, down } = membershipStage({ keepGoneMs: 10_000 })
    up(B)
    down(B)
    await clock.advance(9_000)
    up(B, 2)
    await clock.advance(9_000)
    assert.equal(membership.member(B)?.state, 'responding')
    membership.stop()
  })

  it('is never a member of itself', () => {
    const { membership, joined, listed } = membershipStage()
    listed.push(routeOf(OWN))
    joined(OWN)
    membership.start()
    assert.deepEqual(membership.members(), [])
    membership.stop()
  })

  it('knows from its start who is named and who is listed', () => {
    const { membership, listed } = membershipStage({}, { named: [B] })
    listed.push(routeOf(C, { state: 'suspect' }), routeOf('d@host', { state: 'leaving' }))
    membership.start()
    const states = membership.members().map(({ node, state, leaving }) => [node, state, leaving])
    assert.deepEqual(states, [
      [B, 'discovering', false],
      [C, 'suspect', false],
      ['d@host', 'discovering', true],
    ])
    membership.stop()
  })

  it('believes the registrar that a lost node is there once it says so for a while', async () => {
    const { clock, membership, listed, up, down } = membershipStage()
    listed.push(routeOf(B))
    membership.start()
    up(B)
    await clock.advance(29_000)
    down(B)
    await clock.advance(30_000)
    assert.equal(membership.member(B)?.state, 'gone')
    await clock.advance(2_000)
    assert.equal(membership.member(B)?.state, 'discovering')
    membership.stop()
  })
})

describe('a full membership', () => {
  it('gives the places of those gone longest, and always one to a connection', () => {
    const { membership, joined, up, down, logged } = membershipStage()
    for (const node of ['gone-1@host', 'gone-2@host']) {
      up(node)
      down(node)
    }
    for (let i = 2; i < MEMBERS_MAX; i += 1) joined(`n${i}@host`)
    assert.equal(membership.members().length, MEMBERS_MAX)
    joined(B)
    assert.equal(membership.member(B)?.state, 'discovering')
    assert.deepEqual(membership.coverage().gone, ['gone-2@host'])
    joined(C)
    joined('d@host')
    joined('e@host')
    assert.equal(membership.member('d@host'), undefined)
    assert.equal(membership.members().length, MEMBERS_MAX)
    up('d@host')
    assert.equal(membership.member('d@host')?.state, 'connected')
    assert.equal(logged.filter((text) => text.includes('left out')).length, 1)
    membership.stop()
  })
})

describe('the coverage of a membership', () => {
  it('counts the own node, and names who is not well', async () => {
    const { clock, membership, joined, up, down, deaf } = membershipStage({
      ...{ askMs: 1_000, answerMs: 500, missedMax: 2 },
    })
    deaf.add('d@host')
    up(B)
    up(C)
    up('d@host')
    up('e@host')
    joined('f@host')
    down('e@host')
    await clock.advance(5_000)
    membership.noticed({ kind: 'node-suspect', node: C, reason: 'silent for 1500 ms' })
    assert.deepEqual(membership.coverage(), {
      ...{ expected: 5, connected: 4, responding: 2 },
      ...{ suspect: [C], unresponsive: ['d@host'], gone: ['e@host'] },
    })
    membership.stop()
  })

  it('expects what the option says', () => {
    const { membership } = membershipStage({ expected: 12 })
    assert.equal(membership.coverage().expected, 12)
    membership.stop()
  })

  it('leaves tools out, which are seen while they are here', async () => {
    const { clock, membership, up, down } = membershipStage({}, { hidden: ['cli@host'] })
    up('cli@host')
    await clock.advance(5)
    assert.equal(membership.member('cli@host')?.hidden, true)
    assert.deepEqual(membership.coverage().expected, 1)
    assert.deepEqual(membership.coverage().connected, 1)
    down('cli@host')
    assert.equal(membership.member('cli@host'), undefined)
    membership.stop()
  })
})

describe('two programs of one name', () => {
  it('are told with both places, logged with a code, and counted', () => {
    const { membership, told, logged, notices, listed, up, say } = membershipStage()
    listed.push(routeOf(B))
    up(B)
    say({ kind: 'node-duplicate', node: B, problem: 'another program registers it' })
    say({ kind: 'node-duplicate', node: B, problem: 'another program registers it' })
    assert.deepEqual(told, [`${B} connected`, `${B} duplicate`])
    const notice = notices.at(-1)
    const places = [`tcp://${B}`, 'tcp://10.0.0.9:11144']
    assert.deepEqual(notice?.kind === 'node-duplicate' && notice.places, places)
    assert.equal(logged.length, 1)
    assert.match(logged[0] ?? '', /b@host.*another program.*tcp:\/\/b@host and tcp:\/\/10/)
    assert.equal(membership.duplicates()[0]?.count, 2)
    assert.equal(membership.member(B)?.state, 'connected')
    membership.stop()
  })

  it('are found when a life answers after a later one has been announced', async () => {
    const { clock, membership, told, joined, up } = membershipStage({ askMs: 1_000, answerMs: 500 })
    joined(B, 1)
    up(B, 1)
    await clock.advance(3_000)
    joined(B, 2)
    await clock.advance(400)
    assert.ok(!told.includes(`${B} duplicate`))
    await clock.advance(5_000)
    assert.equal(told.filter((line) => line === `${B} duplicate`).length, 1)
    assert.equal(membership.member(B)?.creation, 1)
    membership.stop()
  })

  it('are told again after a minute in which it goes on, and for another place', async () => {
    const { clock, membership, told, notices } = membershipStage()
    const clash = (...places: string[]): void =>
      membership.clashed({ kind: 'name-clash', node: OWN, places, problem: 'it dialled us' })
    clash('here', 'tcp://10.0.0.1:5')
    clash('here', 'tcp://10.0.0.1:5')
    clash('here', 'tcp://10.0.0.2:5')
    assert.equal(told.length, 2)
    await clock.advance(60_000)
    clash('here', 'tcp://10.0.0.2:5')
    assert.equal(told.length, 3)
    const last = notices.at(-1)
    assert.equal(last?.kind === 'node-duplicate' && last.places.length, 3)
    membership.stop()
  })
})

describe('a mesh', () => {
  it('connects with every node that is named or listed, and a lazy one with none', async () => {
    for (const connect of ['mesh', 'lazy'] as const) {
      const { clock, membership, dialled, listed, reachable, joined } = membershipStage(
        ...[{ connect }, { named: [B] }],
      )
      for (const node of [B, C, 'd@host']) reachable.add(node)
      listed.push(routeOf(C))
      membership.start()
      joined('d@host')
      await clock.advance(100)
      const expected = connect === 'mesh' ? [B, C, 'd@host'] : []
      assert.deepEqual([...dialled].sort(), expected)
      assert.equal(membership.coverage().responding, expected.length + 1)
      membership.stop()
    }
  })

  it('tries a node that refuses ever more seldom, and tells why it is not connected', async () => {
    const { clock, membership, dialled, reachable, joined } = membershipStage({ connect: 'mesh' })
    joined(B)
    await clock.advance(60_000)
    assert.ok(dialled.length > 5 && dialled.length < 20, `${dialled.length} dials`)
    assert.match(membership.member(B)?.reason ?? '', /not reached: .*refused/)
    reachable.add(B)
    await clock.advance(16_000)
    assert.equal(membership.member(B)?.state, 'responding')
    assert.doesNotMatch(membership.member(B)?.reason ?? '', /not reached/)
    membership.stop()
  })

  it('lets a node go that leaves or has left, and comes back to one that was lost', async () => {
    const { clock, membership, dialled, reachable, joined, down, say } = membershipStage({
      connect: 'mesh',
    })
    for (const node of [B, C]) {
      reachable.add(node)
      joined(node)
    }
    await clock.advance(100)
    say({ kind: 'node-leaving', node: B, creation: 1 })
    down(B)
    joined(B)
    down(C)
    await clock.advance(60_000)
    assert.equal(dialled.filter((node) => node === B).length, 1)
    assert.equal(dialled.filter((node) => node === C).length, 2)
    assert.equal(membership.member(B)?.state, 'gone')
    joined(B, 2)
    await clock.advance(100)
    assert.equal(dialled.filter((node) => node === B).length, 2)
    membership.stop()
  })

  it('dials a lost node after a moment, in which others may tell that it has left', async () => {
    const { clock, membership, dialled, reachable, joined, down, say } = membershipStage({
      connect: 'mesh',
    })
    reachable.add(B)
    joined(B)
    await clock.advance(100)
    down(B)
    await clock.advance(200)
    say({ kind: 'node-left', node: B, creation: 1, cause: 'left' })
    await clock.advance(10_000)
    assert.equal(dialled.length, 1)
    joined(B, 2)
    await clock.advance(25)
    assert.equal(dialled.length, 2)
    down(B, 2)
    joined(B, 3)
    await clock.advance(25)
    assert.equal(dialled.length, 3, 'another life is there at once')
    membership.stop()
  })

  it('dials so many at a time and no more', async () => {
    const { clock, membership, dialled, joined } = membershipStage({ connect: 'mesh' })
    for (let i = 0; i < 100; i += 1) joined(`n${i}@host`)
    await clock.advance(21)
    assert.equal(new Set(dialled).size, 100)
    membership.stop()
  })
})
