/**
 * Locks of a whole cluster: asked for anywhere, kept over a fail-over, freed with their holders.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import {
  actor,
  type LockAnswer,
  Locks,
  locks,
  type Pid,
  processName,
  protocol,
  request,
  TroupeError,
} from 'troupe'
import { type SimulatedCluster, simulatedCluster, testNode } from 'troupe/testing'
import { HOSTS, VOTERS } from '#test/scenarios/leader/keeper'

const TTL_MS = 2_000
const PATIENCE = { timeoutMs: 20_000 }
const KEEPER = processName('locks', Locks)

const User = protocol('user', {
  take: request<{ readonly key: string; readonly waitMs: number }, LockAnswer>(),
  keep: request<{ readonly key: string; readonly token: number }, boolean | string>(),
  give: request<{ readonly key: string; readonly token: number }, boolean>(),
})

/** Asks the keeper of its own node, whoever leads. */
const user = actor(User, {
  on: {
    take: (_state, { key, waitMs }, context) =>
      context.call(KEEPER, 'acquire', { key, ttlMs: TTL_MS, waitMs }, PATIENCE),
    keep: (_state, { key, token }, context) =>
      context
        .call(KEEPER, 'renew', { key, token, ttlMs: TTL_MS })
        .catch((error: TroupeError) => error.code),
    give: (_state, { key, token }, context) => context.call(KEEPER, 'release', { key, token }),
  },
})

interface Town {
  readonly cluster: SimulatedCluster
  /** A process on each host that asks for locks. */
  readonly users: ReadonlyMap<string, Pid<typeof User>>
  take(host: string, key: string, waitMs?: number): Promise<LockAnswer>
  leader(): string | undefined
}

async function town(t: TestContext, seed: number): Promise<Town> {
  const users = new Map<string, Pid<typeof User>>()
  const cluster = simulatedCluster({
    ...{ seed, hosts: HOSTS },
    async started({ host, node }) {
      const options = { clusterId: 'locks', voters: VOTERS, ttlMaxMs: TTL_MS }
      await node.spawn(locks(options), { name: 'locks' })
      users.set(host.name, await node.spawn(user))
    },
  })
  await cluster.start()
  t.after(() => cluster.stop())
  // Without a storage every first term is quiet.
  await cluster.clock.advance(1_500 + 2 * TTL_MS)
  const nodeOf = (host: string) => {
    const node = cluster.member(host)?.node
    assert.ok(node !== undefined)
    return node
  }
  const take = (host: string, key: string, waitMs = 0): Promise<LockAnswer> =>
    nodeOf(host).call(users.get(host) as Pid<typeof User>, 'take', { key, waitMs }, PATIENCE)
  const leader = (): string | undefined => {
    const leads = ({ node }: { node: ReturnType<typeof nodeOf> }): boolean => {
      const pid = node.whereis('locks')
      return pid !== undefined && node.processInfo(pid)?.inspected?.['leads'] === true
    }
    return cluster.members.find((member) => member.isAlive && leads(member))?.host.name
  }
  return { cluster, users, take, leader }
}

const tokenOf = (answer: LockAnswer): number => {
  assert.ok(answer.kind === 'held')
  return answer.token
}

describe('locks of a cluster', () => {
  it('are given at once only where a storage knows that the term is the first', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const pid = await clock.until(node.spawn(locks({ clusterId: 'forgets', ttlMaxMs: TTL_MS })))
    await clock.advance(10)
    const take = () => clock.until(node.call(pid, 'acquire', { key: 'k', ttlMs: 100 }))
    assert.equal((await take()).kind, 'busy')
    await clock.advance(TTL_MS - 100)
    assert.equal((await take()).kind, 'busy')
    await clock.advance(300)
    assert.equal((await take()).kind, 'held')
  })

  it('are asked for at any node, and held by one process of all', async (t) => {
    const { cluster, take } = await town(t, 1)
    const { clock } = cluster
    const first = tokenOf(await clock.until(take('n1', 'report')))
    for (const host of ['n2', 'n3']) {
      const answer = await clock.until(take(host, 'report'))
      assert.equal(answer.kind, 'busy')
    }
    assert.ok(tokenOf(await clock.until(take('n2', 'other'))) > first)
  })

  it('are given back by who holds them, not by who knows the token', async (t) => {
    const { cluster, users, take } = await town(t, 6)
    const { clock } = cluster
    const lock = { key: 'report', token: tokenOf(await clock.until(take('n1', 'report'))) }
    const give = (host: string) => {
      const node = cluster.member(host)?.node
      assert.ok(node !== undefined)
      return clock.until(node.call(users.get(host) as Pid<typeof User>, 'give', lock))
    }
    assert.equal(await give('n2'), false)
    assert.equal((await clock.until(take('n2', 'report'))).kind, 'busy')
    assert.equal(await give('n1'), true)
  })

  it('are free when their holder ends, for who waited first', async (t) => {
    const { cluster, users, take } = await town(t, 2)
    const { clock } = cluster
    const first = tokenOf(await clock.until(take('n1', 'report')))
    const waiting = take('n2', 'report', 10_000)
    await clock.advance(100)
    cluster.member('n1')?.node.kill(users.get('n1') as Pid)
    assert.ok(tokenOf(await clock.until(waiting)) > first)
  })

  it('end with their time, unless they are renewed', async (t) => {
    const { cluster, users, take } = await town(t, 3)
    const { clock } = cluster
    const token = tokenOf(await clock.until(take('n1', 'report')))
    const node = cluster.member('n1')?.node
    assert.ok(node !== undefined)
    const own = users.get('n1') as Pid<typeof User>
    await clock.advance(TTL_MS - 200)
    assert.equal(await clock.until(node.call(own, 'keep', { key: 'report', token })), true)
    await clock.advance(TTL_MS - 200)
    assert.equal((await clock.until(take('n2', 'report'))).kind, 'busy')
    await clock.advance(300)
    assert.equal(await clock.until(node.call(own, 'keep', { key: 'report', token })), false)
    assert.equal((await clock.until(take('n2', 'report'))).kind, 'held')
  })

  it('stay with their holder when the keeper dies, who says so again', async (t) => {
    const { cluster, users, take, leader } = await town(t, 4)
    const { clock } = cluster
    const dying = leader()
    assert.ok(dying !== undefined)
    const [holder = '', other = ''] = HOSTS.filter((host) => host !== dying)
    const token = tokenOf(await clock.until(take(holder, 'report')))
    cluster.crash(dying, { how: 'reset' })
    await clock.advance(800)
    assert.notEqual(leader(), dying)
    const node = cluster.member(holder)?.node
    assert.ok(node !== undefined)
    const own = users.get(holder) as Pid<typeof User>
    const keep = () => node.call(own, 'keep', { key: 'report', token })
    assert.equal(await clock.until(keep()), 'LOCK_UNSETTLED')
    const waiting = take(other, 'report', 15_000)
    const answers: unknown[] = []
    for (let round = 0; round < 4; round += 1) {
      await clock.advance(700)
      answers.push(await clock.until(keep()))
    }
    // It is told only when all that held something must have been heard or have ended.
    assert.deepEqual(answers, ['LOCK_UNSETTLED', 'LOCK_UNSETTLED', true, true])
    assert.ok(tokenOf(await clock.until(waiting)) > token)
  })

  it('are refused with a code while nobody leads, and for what cannot be', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const voters = ['test@localhost', 'absent@localhost']
    const lost = await clock.until(node.spawn(locks({ clusterId: 'lost', voters })))
    const asked = node.call(lost, 'acquire', { key: 'k', ttlMs: 100 })
    await assert.rejects(clock.until(asked), isCode('NOT_LEADER'))
    const storage = { load: async () => undefined, save: async () => {} }
    const pid = await clock.until(node.spawn(locks({ clusterId: 'alone', storage })))
    await clock.advance(10)
    for (const wrong of [
      { key: '', ttlMs: 100 },
      { key: 'k'.repeat(513), ttlMs: 100 },
      { key: 'k', ttlMs: 0 },
      { key: 'k', ttlMs: 10_001 },
      { key: 'k', ttlMs: Number.NaN },
    ]) {
      await assert.rejects(clock.until(node.call(pid, 'acquire', wrong)), isCode('OPTION_INVALID'))
    }
    assert.throws(() => locks({ clusterId: 'x', ttlMaxMs: 0 }), isCode('OPTION_INVALID'))
    const alone = await clock.until(node.call(pid, 'acquire', { key: 'k', ttlMs: 100 }))
    // A node that asks itself gives back by its token.
    const token = tokenOf(alone)
    const renewed = await clock.until(node.call(pid, 'renew', { key: 'k', token, ttlMs: 100 }))
    assert.equal(renewed, true)
    assert.equal(await clock.until(node.call(pid, 'release', { key: 'k', token })), true)
  })
})

const isCode = (code: TroupeError['code']) => (error: unknown) =>
  error instanceof TroupeError && error.code === code
