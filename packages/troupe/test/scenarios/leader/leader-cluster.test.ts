/**
 * Leader actors on three nodes of a simulated cluster, in virtual time.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { HOSTS, keepers } from '#test/scenarios/leader/keeper'
import { NEWS } from '#testing/conformance/leader-keeper'

const othersThan = (leader: string): readonly string[] => HOSTS.filter((host) => host !== leader)

/** Three keepers, one of which leads. */
async function three(t: TestContext, options: Omit<Parameters<typeof keepers>[1], 'hosts'>) {
  const made = await keepers(t, options)
  const leader = await made.led()
  const [one = ''] = othersThan(leader)
  return { ...made, leader, one }
}

describe('leader actors on three nodes', () => {
  it('elect another one within two election timeouts when the leader crashes', async (t) => {
    const { cluster, leader, led } = await three(t, { seed: 2 })
    await cluster.clock.advance(2_000)
    const sinceMs = cluster.clock.nowMs()
    cluster.crash(leader, { how: 'reset' })
    await led(othersThan(leader))
    assert.ok(cluster.clock.nowMs() - sinceMs <= 600)
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

async function inspected(
  cluster: Awaited<ReturnType<typeof keepers>>['cluster'],
  host: string,
): Promise<{ readonly counts: Readonly<Record<string, number>> }> {
  const node = cluster.member(host)?.node
  const pid = node?.whereis('election/keep')
  assert.ok(node !== undefined && pid !== undefined)
  return node.processInfo(pid)?.inspected as never
}
