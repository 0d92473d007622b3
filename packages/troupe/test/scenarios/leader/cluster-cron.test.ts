/**
 * Jobs of the calendar that run once for a whole cluster: who runs them, and what a fail-over does.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import {
  actor,
  type ClusterCronJob,
  type ClusterCronTick,
  clusterCron,
  type ElectionOptions,
  message,
  processName,
  protocol,
  TroupeError,
} from 'troupe'
import { type SimulatedCluster, simulatedCluster, testNode } from 'troupe/testing'
import { HOSTS, VOTERS } from '#test/scenarios/leader/keeper'

type Times = Omit<ClusterCronJob, 'action'>
const TENS: Times = { name: 'tens', spec: '*/10 * * * * *', misfireMs: 60_000 }

interface Town {
  readonly cluster: SimulatedCluster
  readonly startMs: number
  readonly ran: ClusterCronTick[]
  /** What ran, as `job second`. */
  seconds(): readonly string[]
  /** Lets time pass until so many seconds after the start. */
  until(seconds: number): Promise<void>
  inspected(host: string): Readonly<Record<string, unknown>>
  leader(): string
}

interface TownOptions {
  readonly seed: number
  readonly jobs?: readonly Times[]
  readonly windowMs?: number
  readonly election?: Partial<ElectionOptions>
  /** Hosts that vote not. */
  readonly others?: readonly string[]
}

async function town(t: TestContext, options: TownOptions): Promise<Town> {
  const { seed, jobs = [TENS], election, others = [] } = options
  const ran: ClusterCronTick[] = []
  const window = options.windowMs === undefined ? {} : { windowMs: options.windowMs }
  const cluster = simulatedCluster({
    ...{ seed, hosts: [...HOSTS, ...others] },
    async started({ host, node }) {
      if (others.includes(host.name)) return
      const run = (tick: ClusterCronTick): unknown => ran.push(tick)
      const acting = jobs.map((job) => ({ ...job, action: { kind: 'run' as const, run } }))
      const given = { clusterId: 'cron', voters: VOTERS, jobs: acting, ...window, ...election }
      await node.spawn(clusterCron(given), { name: 'cron' })
    },
  })
  const startMs = cluster.clock.wallMs()
  await cluster.start()
  t.after(() => cluster.stop())
  const until = async (seconds: number): Promise<void> => {
    await cluster.clock.advance(startMs + seconds * 1_000 - cluster.clock.wallMs())
  }
  await until(3)
  const inspected = (host: string): Readonly<Record<string, unknown>> => {
    const node = cluster.member(host)?.node
    const pid = node?.whereis('cron')
    return (pid && node?.processInfo(pid)?.inspected) ?? {}
  }
  const seconds = (): readonly string[] =>
    ran.map(({ job, timeMs }) => `${job} ${(timeMs - startMs) / 1_000}`)
  const leader = (): string => {
    const alive = cluster.members.filter(
      ({ isAlive, host }) => isAlive && HOSTS.includes(host.name),
    )
    const names = alive.map(({ host }) => host.name)
    const leading = names.filter((name) => inspected(name)['term'] !== undefined)
    assert.equal(leading.length, 1, leading.join())
    return leading[0] ?? ''
  }
  return { cluster, startMs, ran, seconds, until, inspected, leader }
}

describe('cron of a cluster', () => {
  it('goes on with the next leader, which runs nothing again that it was told of', async (t) => {
    const { cluster, ran, seconds, until, leader } = await town(t, { seed: 2 })
    await until(10.05)
    const first = leader()
    cluster.crash(first, { how: 'reset' })
    await until(22)
    assert.deepEqual(seconds(), ['tens 10', 'tens 20'])
    assert.equal(ran[0]?.node, `${first}@sim`)
    assert.notEqual(ran[1]?.node, ran[0]?.node)
    assert.ok((ran[1]?.term ?? 0) > (ran[0]?.term ?? 0))
  })

  it('makes up once for what was due between two leaders, or skips it', async (t) => {
    const jobs: readonly Times[] = [
      { name: 'once', spec: '8-10 * * * * *', misfire: 'once', misfireMs: 100 },
      { name: 'skip', spec: '8-10 * * * * *', misfire: 'skip', misfireMs: 100 },
    ]
    // Nobody leads for two seconds and more.
    const election = { electionTimeoutMinMs: 3_000, electionTimeoutMaxMs: 3_300, heartbeatMs: 500 }
    const { cluster, ran, seconds, until, inspected, leader } = await town(t, {
      ...{ seed: 3, jobs, election },
    })
    await until(7.9)
    cluster.crash(leader(), { how: 'reset' })
    await until(25)
    assert.deepEqual(seconds(), ['once 10'])
    assert.equal(inspected(leader())['missed'], 6)
    assert.equal(ran[0]?.node, `${leader()}@sim`)
    await until(68.5)
    assert.deepEqual(seconds(), ['once 10', 'once 68', 'skip 68'])
  })

  it('looks no further back than its window', async (t) => {
    const jobs = [{ ...TENS, misfire: 'once' as const, misfireMs: 100 }]
    const election = { electionTimeoutMinMs: 3_000, electionTimeoutMaxMs: 3_300, heartbeatMs: 500 }
    const given = { seed: 4, jobs, election, windowMs: 500 }
    const { cluster, seconds, until, leader } = await town(t, given)
    await until(8.5)
    cluster.crash(leader(), { how: 'reset' })
    await until(22)
    assert.deepEqual(seconds(), ['tens 20'])
  })

  it('runs nothing on the side of a minority', async (t) => {
    const { cluster, ran, seconds, until, leader } = await town(t, { seed: 5 })
    await until(8)
    const alone = leader()
    const rest = HOSTS.filter((host) => host !== alone)
    cluster.network.partition([alone], rest)
    await until(22)
    assert.deepEqual(seconds(), ['tens 10', 'tens 20'])
    for (const { node } of ran) assert.notEqual(node, `${alone}@sim`)
    cluster.network.heal()
    await until(32)
    assert.deepEqual(seconds(), ['tens 10', 'tens 20', 'tens 30'])
  })

  it('runs nothing when a leader wakes up that stood still over the time', async (t) => {
    const { cluster, ran, seconds, until, leader } = await town(t, { seed: 7 })
    await until(9.9)
    const first = leader()
    cluster.network.host(first).block()
    await until(12)
    cluster.network.host(first).unblock()
    await until(15)
    assert.deepEqual(seconds(), ['tens 10'])
    assert.notEqual(ran[0]?.node, `${first}@sim`)
  })

  it('asks all others first what has been run, whoever leads next', async (t) => {
    for (const seed of [11, 12, 13, 14]) {
      const { cluster, seconds, until, leader } = await town(t, { seed })
      await until(9.99)
      const first = leader()
      const [deaf = ''] = HOSTS.filter((host) => host !== first)
      cluster.network.partition([first], [deaf])
      await until(10.05)
      cluster.crash(first, { how: 'reset' })
      cluster.network.heal()
      await until(15)
      assert.deepEqual(seconds(), ['tens 10'], `seed ${seed}: ${deaf} heard nothing`)
      await cluster.stop()
    }
  })

  it('ignores and counts notices of those who do not vote, and of times to come', async (t) => {
    const { cluster, startMs, seconds, until, inspected } = await town(t, {
      ...{ seed: 6, others: ['n4'] },
    })
    const aMinute = startMs + 60_000
    const say = (from: string, payload: unknown): void => {
      for (const host of HOSTS) {
        if (host === from) continue
        const to = processName('cron', undefined, `${host}@sim`)
        cluster.member(from)?.node.send(to, 'settled', payload as never)
      }
    }
    const marks = [{ job: 'tens', untilMs: aMinute }]
    say('n4', { clusterId: 'cron', marks })
    await until(4)
    for (const host of HOSTS) {
      assert.deepEqual(inspected(host)['ignored'], ZEROS({ stranger: 1 }))
    }
    say('n1', { clusterId: 'cron', marks: [{ job: 'tens', untilMs: aMinute + 3_600_000 }] })
    say('n1', { clusterId: 'cron', marks: [{ job: 'tens', untilMs: Number.NaN }, null] })
    say('n1', { clusterId: 'cron', marks: [{ job: 'other', untilMs: 5 }] })
    say('n1', { clusterId: 'other', marks })
    say('n1', 'nonsense')
    await until(5)
    const counts = ZEROS({ stranger: 1, future: 1, malformed: 3, unknown: 2 })
    for (const host of ['n2', 'n3']) assert.deepEqual(inspected(host)['ignored'], counts)
    await until(22)
    assert.deepEqual(seconds(), ['tens 10', 'tens 20'])
  })
})

const ZEROS = (some: object) => ({ malformed: 0, unknown: 0, future: 0, stranger: 0, ...some })

const Report = protocol('report', { make: message<ClusterCronTick>() })

describe('a job of a cluster', () => {
  it('sends its tick, and its failures are counted', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const made: string[] = []
    const report = actor(Report, { on: { make: (_state, { key }) => void made.push(key) } })
    const every = { spec: '* * * * *' }
    const to = processName('report', Report)
    const jobs: readonly ClusterCronJob[] = [
      { ...every, name: 'send', action: { kind: 'send', to, message: 'make' } },
      { ...every, name: 'nobody', action: { kind: 'send', to: 'gone', message: 'make' } },
      { ...every, name: 'late', action: { kind: 'run', run: () => Promise.reject('late') } },
      {
        ...every,
        name: 'throws',
        action: {
          kind: 'run',
          run() {
            throw 'on purpose'
          },
        },
      },
    ]
    await clock.until(node.spawn(report, { name: 'report' }))
    const pid = await clock.until(node.spawn(clusterCron({ clusterId: 'one', jobs })))
    await clock.advance(61_000)
    assert.deepEqual(made, [`send@${Date.UTC(2025, 0, 1, 0, 1)}`])
    const seen = node.processInfo(pid)?.inspected
    assert.equal(seen?.['runs'], 4)
    assert.equal(seen?.['failures'], 3)
  })

  it('that cannot be is refused', async () => {
    const action = { kind: 'run' as const, run: () => {} }
    const good = { name: 'x', spec: '* * * * *', action }
    const refused = (code: string, jobs: readonly object[], more: object = {}): void =>
      assert.throws(
        () => clusterCron({ clusterId: 'x', jobs: jobs as ClusterCronJob[], ...more }),
        (error) => TroupeError.is(error) && error.code === code,
      )
    refused('CRON_SPEC_INVALID', [{ ...good, spec: '* * *' }])
    refused('NAME_TAKEN', [good, good])
    refused('OPTION_INVALID', [{ ...good, timeZone: 'Nowhere/Town' }])
    refused('OPTION_INVALID', [{ ...good, misfire: 'twice' }])
    refused('OPTION_INVALID', [{ ...good, action: { kind: 'spawn' } }])
    refused('OPTION_INVALID', [good], { windowMs: -1 })
    await using test = await testNode()
    const never = clusterCron({ clusterId: 'x', jobs: [{ ...good, spec: '0 0 30 2 *' }] })
    await assert.rejects(test.clock.until(test.node.spawn(never)))
  })
})
