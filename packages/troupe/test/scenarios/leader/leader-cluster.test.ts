/**
 * Leader actors on three nodes of a simulated cluster, in virtual time.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { Pid, TroupeError } from 'troupe'
import { HOSTS, keepers, NEWS } from '#test/scenarios/leader/keeper'

const othersThan = (leader: string, hosts = HOSTS): readonly string[] =>
  hosts.filter((host) => host !== leader)

/** Three keepers, one of which leads. */
async function three(t: TestContext, options: Omit<Parameters<typeof keepers>[1], 'hosts'>) {
  const made = await keepers(t, options)
  const leader = await made.led()
  const [one, other] = othersThan(leader) as [string, string]
  return { ...made, leader, one, other }
}

describe('leader actors on three nodes', () => {
  it('elect one; all know it and each other', async (t) => {
    const { cluster, diary, leader, leaders } = await three(t, { seed: 1 })
    await cluster.clock.advance(2_000)
    assert.deepEqual(leaders(), [leader])
    const pid = diary(leader).leadership?.leader
    for (const host of HOSTS) {
      const { leadership } = diary(host)
      assert.ok(isSame(leadership?.leader, pid))
      assert.equal(leadership?.peers.length, 2)
      assert.equal(leadership?.term, diary(leader).leadership?.term)
    }
    assert.ok(diary(leader).lines.some((line) => line.startsWith('leads ')))
    const never = `follows ${leader}`
    assert.equal(diary(leader).lines.includes(never), false, 'a leader never follows itself')
    const [other = ''] = othersThan(leader)
    assert.ok(diary(other).lines.includes(`follows ${leader}`))
  })

  it('elect another one when the leader crashes, within two election timeouts', async (t) => {
    const { cluster, diary, leader, led } = await three(t, { seed: 2 })
    await cluster.clock.advance(2_000)
    const before = diary(leader).leadership?.term ?? 0
    const sinceMs = cluster.clock.nowMs()
    cluster.crash(leader, { how: 'reset' })
    const next = await led(othersThan(leader))
    assert.notEqual(next, leader)
    assert.ok(cluster.clock.nowMs() - sinceMs <= 600)
    assert.ok((diary(next).leadership?.term ?? 0) > before)
    await cluster.clock.advance(5_000)
    assert.ok(diary(next).lines.includes(`-${leader}`))
    cluster.restart(leader)
    await led()
    await cluster.clock.advance(2_000)
    assert.ok(diary(next).lines.filter((line) => line === `+${leader}`).length >= 2)
    assert.equal(diary(leader).leadership?.peers.length, 2)
  })

  it('have no leader in a minority: it steps down before the majority elects', async (t) => {
    const { cluster, diary, leader, one, other, leaders } = await three(t, { seed: 3 })
    await cluster.clock.advance(1_000)
    cluster.network.partition([leader], [one, other])
    let steps = 0
    for (let ms = 0; ms < 2_000; ms += 1) {
      await cluster.clock.advance(1)
      const now = leaders()
      assert.ok(now.length <= 1, `two lead: ${now.join(' ')}`)
      if (now.length === 0) steps += 1
      if (now[0] === one || now[0] === other) break
    }
    assert.ok(steps > 0, 'there was a time without a leader')
    assert.equal(diary(leader).leadership?.isLeader, false)
    assert.equal(leaders().length, 1)
    assert.equal(diary(leader).lines.at(-1)?.startsWith('follows'), true)
    cluster.network.heal()
  })

  it('have none at all while no side has a majority', async (t) => {
    const { cluster, leaders, led } = await three(t, { seed: 4 })
    cluster.network.partition(['n1'], ['n2'], ['n3'])
    await cluster.clock.advance(1_000)
    assert.deepEqual(leaders(), [])
    await cluster.clock.advance(3_000)
    assert.deepEqual(leaders(), [])
    cluster.network.heal()
    await led()
  })

  it('hand the lead over in order when the leader ends: sooner than any timeout', async (t) => {
    const { cluster, diary, leader, led } = await three(t, { seed: 5 })
    await cluster.clock.advance(2_000)
    const member = cluster.member(leader)
    assert.ok(member !== undefined)
    const sinceMs = cluster.clock.nowMs()
    member.node.send('keeper', 'fail', 'shutdown')
    await led(othersThan(leader))
    const tookMs = cluster.clock.nowMs() - sinceMs
    assert.ok(tookMs <= 50, `${tookMs} ms`)
    assert.equal(diary(leader).lines.at(-1), 'ends shutdown, leads: false')
  })

  it('learn late in a busy actor what isLeader knows at once', async (t) => {
    const { cluster, diary, leader, one, other, led } = await three(t, { seed: 6 })
    await cluster.clock.advance(1_000)
    cluster.member(leader)?.node.send('keeper', 'work', 10_000)
    await cluster.clock.advance(1_000)
    assert.equal(diary(leader).leadership?.isLeader, true, 'a busy actor leads on')
    cluster.network.partition([leader], [one, other])
    await led([one, other])
    assert.equal(diary(leader).leadership?.isLeader, false)
    assert.equal(diary(leader).lines.at(-1), 'work begins', 'it is not told in its handler')
    cluster.network.heal()
    await cluster.clock.advance(8_000)
    await led()
    await cluster.clock.advance(2_000)
    const lines = diary(leader).lines
    const ended = lines.indexOf('work ends, leads: false')
    assert.ok(ended > 0)
    const rest = lines.slice(ended + 1).filter((line) => !/^[+-]/.test(line))
    assert.equal(rest[0]?.startsWith('follows'), true, rest.join(', '))
    assert.equal(rest.filter((line) => line.startsWith('leads')).length, 0, rest.join(', '))
  })

  it('know after a standstill, before anything else runs, that they lead no longer', async (t) => {
    const { cluster, diary, leader, one, other, led } = await three(t, { seed: 11 })
    await cluster.clock.advance(1_000)
    const host = cluster.network.host(leader)
    host.block()
    await led([one, other])
    // Nothing of it has run since: whoever asks now is a handler that was interrupted.
    assert.equal(diary(leader).leadership?.isLeader, false)
    assert.equal(diary(leader).leadership?.leaseLeftMs, 0)
    const { lines } = diary(leader)
    const told = lines.length
    host.unblock()
    await led()
    await cluster.clock.advance(10)
    assert.match(lines[told] ?? '', /^follows/)
  })

  it('are told of events and down notices while elections come and go', async (t) => {
    const { cluster, diary, leader, one } = await three(t, { seed: 7 })
    cluster.member(one)?.node.publish(NEWS, 'before')
    cluster.crash(leader, { how: 'reset' })
    for (let at = 0; at < 10; at += 1) {
      cluster.member(one)?.node.publish(NEWS, `news ${at}`)
      await cluster.clock.advance(50)
    }
    const heard = diary(one).lines.filter((line) => line.startsWith('event'))
    assert.deepEqual(heard, [
      'event before',
      ...Array.from({ length: 10 }, (_, at) => `event news ${at}`),
    ])
  })

  it('go on in a later term when a supervisor starts the leader again', async (t) => {
    const { cluster, diary, leader, led } = await three(t, { seed: 8, supervised: true })
    await cluster.clock.advance(1_000)
    const before = diary(leader).leadership?.term ?? 0
    cluster.member(leader)?.node.send('keeper', 'fail', 'throw')
    await cluster.clock.advance(100)
    await led()
    await cluster.clock.advance(2_000)
    assert.ok((diary(leader).leadership?.term ?? 0) > before)
    assert.equal(diary(leader).lines.filter((line) => line === 'started').length, 2)
    for (const host of HOSTS) assert.equal(diary(host).leadership?.peers.length, 2, host)
  })

  it('step down on request, and another one leads', async (t) => {
    const { cluster, diary, leader, led } = await three(t, { seed: 9 })
    await cluster.clock.advance(1_000)
    diary(leader).leadership?.stepDown()
    assert.equal(diary(leader).leadership?.isLeader, false)
    assert.notEqual(await led(), leader)
  })

  it('count words of another cluster and of strangers, and take none', async (t) => {
    const { cluster, diary, leader, one, leaders } = await three(t, { seed: 10 })
    await cluster.clock.advance(1_000)
    const far = { kind: 'name', name: 'election/keep', node: `${leader}@sim` } as const
    const from = cluster.member(one)?.node
    const pid = diary(one).leadership?.peers[0]
    const word = { kind: 'heartbeat', term: 99, round: 1, electorate: { term: 0, change: 0 } }
    from?.send(far, 'word', { clusterId: 'other', pid, said: word })
    from?.send(far, 'word', { clusterId: 'keep', pid: diary(one).leadership?.leader, said: word })
    from?.send(far, 'word', { clusterId: 'keep' })
    from?.send(far, 'word', 'nonsense')
    await cluster.clock.advance(100)
    assert.deepEqual(leaders(), [leader])
    const elector = cluster.member(leader)?.node.whereis('election/keep')
    assert.ok(elector !== undefined)
    const { counts } = await inspected(cluster, leader)
    assert.deepEqual(
      { foreign: counts['foreign-cluster'], malformed: counts['malformed'] },
      { foreign: 1, malformed: 2 },
    )
    assert.equal(counts['not-proved'], 1)
  })
})

describe('a leader actor that does not vote', () => {
  const four = ['n1', 'n2', 'n3', 'n4']

  it('joins, follows, is a peer of the leader, and never leads', async (t) => {
    const { cluster, diary, led } = await keepers(t, { seed: 20, hosts: four })
    const leader = await led()
    assert.notEqual(leader, 'n4')
    diary('n4').leadership?.join(`${leader}@sim`)
    await cluster.clock.advance(2_000)
    assert.ok(diary(leader).lines.includes('+n4'))
    assert.ok(isSame(diary('n4').leadership?.leader, diary(leader).leadership?.leader))
    for (const host of ['n1', 'n2', 'n3'].filter((one) => one !== leader)) {
      cluster.crash(host, { how: 'reset' })
    }
    await cluster.clock.advance(2_000)
    assert.equal(diary(leader).leadership?.isLeader, false, 'one of three is no majority')
    assert.equal(diary('n4').leadership?.isLeader, false)
  })

  it('becomes a voter, and another one is taken out, one at a time', async (t) => {
    const { cluster, diary, led } = await keepers(t, { seed: 21, hosts: four })
    const leader = await led()
    await cluster.clock.advance(1_000)
    const { leadership } = diary(leader)
    assert.ok(leadership !== undefined)
    const adding = leadership.addVoter('n4@sim')
    const twice = leadership.removeVoter('n4@sim')
    await assert.rejects(cluster.clock.until(twice), isCode('VOTERS_CHANGING'))
    await cluster.clock.until(adding)
    assert.deepEqual(
      [...leadership.voters].sort(),
      four.map((host) => `${host}@sim`),
    )
    await cluster.clock.advance(500)
    assert.equal(diary('n4').leadership?.voters.length, 4)
    const gone = ['n1', 'n2', 'n3'].find((host) => host !== leader) as string
    await cluster.clock.until(leadership.removeVoter(`${gone}@sim`))
    assert.equal(leadership.voters.includes(`${gone}@sim`), false)
    const follower = ['n1', 'n2', 'n3'].find((host) => host !== leader && host !== gone) as string
    await assert.rejects(
      cluster.clock.until(diary(follower).leadership?.addVoter('n9@sim') as Promise<void>),
      isCode('NOT_LEADER'),
    )
  })
})

const isSame = (one: Pid | undefined, other: Pid | undefined): boolean =>
  one !== undefined && other !== undefined && Pid.equals(one, other)

const isCode = (code: 'VOTERS_CHANGING' | 'NOT_LEADER') => (error: unknown) =>
  TroupeError.is(error, code)

async function inspected(
  cluster: Awaited<ReturnType<typeof keepers>>['cluster'],
  host: string,
): Promise<{ readonly counts: Readonly<Record<string, number>> }> {
  const node = cluster.member(host)?.node
  const pid = node?.whereis('election/keep')
  assert.ok(node !== undefined && pid !== undefined)
  return node.processInfo(pid)?.inspected as never
}
