/**
 * A process that runs on one node of a cluster at a time, wherever the lead is.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { actor, message, type Pid, protocol, Singleton, singleton, TroupeError } from 'troupe'
import { type SimulatedCluster, simulatedCluster, testNode } from 'troupe/testing'
import { HOSTS, VOTERS } from '#test/scenarios/leader/keeper'

const Sweeper = protocol('sweeper', { sweep: message() })

/** How long it takes to its end. */
const STOPS_MS = 150
/** Longer than a lease, shorter than what it may take to the end. */
const CUT_MS = 300

/** Who runs, as `host term`; added in init, taken out at the end. */
type Running = Set<string>

const sweeperOf = (host: string, running: Running, seen: string[], endsMs = STOPS_MS) =>
  actor(Sweeper, {
    init(term: number) {
      const own = `${host} ${term}`
      running.add(own)
      seen.push(own)
      return own
    },
    on: {
      sweep() {},
    },
    async terminate(own, _reason, context) {
      await context.sleep(endsMs)
      running.delete(own)
    },
  })

interface Town {
  readonly cluster: SimulatedCluster
  readonly running: Running
  /** All that ever ran, in order. */
  readonly seen: string[]
}

const TIMES = { stopMs: 200, endsMs: STOPS_MS }

async function town(t: TestContext, seed: number, times = TIMES): Promise<Town> {
  const running: Running = new Set()
  const seen: string[] = []
  const cluster = simulatedCluster({
    ...{ seed, hosts: HOSTS },
    async started({ host, node }) {
      const start = sweeperOf(host.name, running, seen, times.endsMs)
      const options = { clusterId: 'sweep', voters: VOTERS, start, stopMs: times.stopMs }
      await node.spawn(singleton(options), { name: 'sweep' })
    },
  })
  await cluster.start()
  t.after(() => cluster.stop())
  await cluster.clock.advance(1_500)
  return { cluster, running, seen }
}

describe('a singleton', () => {
  it('is killed at once where the lease ended longer ago than `stopMs`', async (t) => {
    const { cluster, running } = await town(t, 5)
    const [name = ''] = [...running][0]?.split(' ') ?? []
    const member = cluster.member(name)
    const keeper = member?.node.whereis('sweep')
    assert.ok(member !== undefined && keeper !== undefined)
    const pid = (await cluster.clock.until(
      member.node.call(keeper as never, 'where' as never),
    )) as unknown as Pid
    assert.ok(member.node.processInfo(pid) !== undefined)
    member.host.block()
    await cluster.clock.advance(900)
    member.host.unblock()
    await cluster.clock.advance(20)
    assert.equal(member.node.processInfo(pid), undefined)
  })

  it('that has not ended yet when the lead is back is killed, and begins anew', async (t) => {
    // It would take minutes to its end.
    const { cluster, running, seen } = await town(t, 3, { stopMs: 1_000, endsMs: 200_000 })
    const [host = ''] = [...running][0]?.split(' ') ?? []
    // Everybody is alone, so that the one that led may win again.
    cluster.network.partition(...HOSTS.map((one) => [one]))
    await cluster.clock.advance(CUT_MS)
    cluster.network.heal()
    await cluster.clock.advance(4_000)
    assert.equal(seen.length, 2, seen.join())
    assert.equal(seen[1]?.split(' ')[0], host)
  })

  it('is started again where it was when it has ended', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const running: Running = new Set()
    const seen: string[] = []
    const start = sweeperOf('here', running, seen)
    const keeper = await clock.until(node.spawn(singleton({ clusterId: 'one', start })))
    await clock.advance(10)
    const pid = await clock.until(node.call(keeper, 'where'))
    assert.ok(pid !== undefined)
    node.exit(pid, 'shutdown')
    await clock.advance(500)
    assert.equal(await clock.until(node.call(keeper, 'where')), undefined)
    await clock.advance(800)
    assert.deepEqual(seen, ['here 1', 'here 1'])
    node.exit(keeper, 'shutdown')
    await clock.advance(300)
    assert.equal(running.size, 0)
    assert.ok(Singleton.messages.where !== undefined)
  })

  it('is refused when its times cannot be', () => {
    const start = sweeperOf('x', new Set(), [])
    for (const stopMs of [0, -1, Number.NaN, Infinity]) {
      assert.throws(
        () => singleton({ clusterId: 'x', start, stopMs }),
        (error) => error instanceof TroupeError && error.code === 'OPTION_INVALID',
      )
    }
  })
})
