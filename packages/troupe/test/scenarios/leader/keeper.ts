/**
 * A leader actor that writes down all it is told, on every host of a simulated cluster.
 */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import {
  type BallotStorage,
  type ElectionOptions,
  type ExitReason,
  eventName,
  type Leadership,
  leader,
  message,
  Pid,
  protocol,
  request,
  supervisor,
} from 'troupe'
import { type ClusterMember, type SimulatedCluster, simulatedCluster } from 'troupe/testing'

export const Keeper = protocol('keeper', {
  note: message<string>(),
  work: message<number>(),
  leads: request<void, boolean>(),
  fail: message<ExitReason | 'throw'>(),
})

export const NEWS = eventName<string>('news')

/** What one process has seen, for a test to look at. */
export interface Diary {
  readonly lines: string[]
  leadership: Leadership | undefined
}

export interface KeeperGiven {
  readonly diary: Diary
  readonly election: ElectionOptions
  /** Called with the term when it leads; may throw, or wait. */
  readonly leads?: (term: number) => unknown
}

/** Node of a pid, without its host's ending. */
const where = (pid: Pid | undefined): string => pid?.node.split('@')[0] ?? 'nobody'

export const keeper = leader(Keeper, {
  name: 'Keeper',
  election: ({ election }) => election,
  init: (given: KeeperGiven) => given,
  async started({ diary }, context) {
    diary.lines.push('started')
    diary.leadership = context.leadership
    assert.equal(context.leadership.isLeader, false)
    await context.subscribe(NEWS)
  },
  on: {
    note: ({ diary }, text) => void diary.lines.push(`note ${text}`),
    async work({ diary }, ms, context) {
      diary.lines.push('work begins')
      await context.sleep(ms)
      diary.lines.push(`work ends, leads: ${context.leadership.isLeader}`)
    },
    leads: (_state, _given, { leadership }) => leadership.isLeader,
    fail(_state, reason, context) {
      if (reason === 'throw') throw new Error('on purpose')
      context.stop(reason)
    },
  },
  handleBecomeLeader({ diary, leads }, term) {
    diary.lines.push(`leads ${term}`)
    return leads?.(term)
  },
  handleBecomeFollower: ({ diary }, pid) => void diary.lines.push(`follows ${where(pid)}`),
  handlePeerJoined: ({ diary }, pid) => void diary.lines.push(`+${where(pid)}`),
  handlePeerLeft: ({ diary }, pid) => void diary.lines.push(`-${where(pid)}`),
  handleTermChanged: ({ diary }, { before, after }) =>
    void diary.lines.push(`term ${before}>${after}`),
  handleEvent: ({ diary }, { message: news }) => void diary.lines.push(`event ${String(news)}`),
  handleLog: ({ diary }, record) => void diary.lines.push(`log ${record.message}`),
  handleDown: ({ diary }, { target }) =>
    void diary.lines.push(`down ${Pid.is(target) ? where(target) : 'something'}`),
  handleExit: ({ diary }, { reason }) => void diary.lines.push(`exit ${String(reason)}`),
  terminate: ({ diary }, reason, { leadership }) =>
    void diary.lines.push(`ends ${String(reason)}, leads: ${leadership.isLeader}`),
  inspect: ({ diary }) => ({ lines: diary.lines.length }),
})

export const newDiary = (): Diary => ({ lines: [], leadership: undefined })

export const HOSTS: readonly string[] = ['n1', 'n2', 'n3']
export const VOTERS: readonly string[] = HOSTS.map((host) => `${host}@sim`)

export interface KeeperCluster {
  readonly cluster: SimulatedCluster
  /** The diary of the newest life of a host. */
  diary(host: string): Diary
  /** Hosts whose process leads now. */
  leaders(): readonly string[]
  /** Lets time pass until one leads and those others follow it; its host. */
  led(hosts?: readonly string[], limitMs?: number): Promise<string>
  stop(): Promise<void>
}

interface KeeperClusterOptions {
  readonly seed: number
  readonly hosts?: readonly string[]
  readonly voters?: readonly string[]
  readonly leads?: KeeperGiven['leads']
  readonly election?: Partial<ElectionOptions>
  /** What each host keeps over its lives; default nothing. */
  readonly storageOf?: (host: string) => BallotStorage
  readonly supervised?: boolean
}

/** Starts a keeper on every host. */
export async function keepers(
  t: TestContext,
  options: KeeperClusterOptions,
): Promise<KeeperCluster> {
  const { seed, hosts = HOSTS } = options
  const diaries = new Map<string, Diary>()
  const started = async (member: ClusterMember): Promise<void> => {
    const diary = newDiary()
    diaries.set(member.host.name, diary)
    await startKeeper(member, diary, options)
  }
  const cluster = simulatedCluster({ seed, hosts, started })
  await cluster.start()
  t.after(() => cluster.stop())
  const diary = (host: string): Diary => diaries.get(host) ?? newDiary()
  const leaders = (): readonly string[] =>
    cluster.members
      .filter(({ isAlive, host }) => isAlive && diary(host.name).leadership?.isLeader === true)
      .map(({ host }) => host.name)
  const led = async (of: readonly string[] = hosts, limitMs = 5_000): Promise<string> => {
    for (let ms = 0; ms < limitMs; ms += 10) {
      const [one] = leaders().filter((host) => of.includes(host))
      const isFollowed = of.every((host) => {
        const known = diary(host).leadership?.leader
        return cluster.member(host) === undefined || where(known) === one
      })
      if (one !== undefined && isFollowed) return one
      await cluster.clock.advance(10)
    }
    assert.fail(`nobody leads ${of.join(' ')} after ${limitMs} ms`)
  }
  return { cluster, diary, leaders, led, stop: () => cluster.stop() }
}

async function startKeeper(
  { node, host }: ClusterMember,
  diary: Diary,
  { voters = VOTERS, leads, election, storageOf, supervised = false }: KeeperClusterOptions,
): Promise<void> {
  node.registerEvent(NEWS, { open: true })
  const kept = storageOf === undefined ? {} : { storage: storageOf(host.name) }
  const given: KeeperGiven = {
    diary,
    election: { clusterId: 'keep', voters, ...election, ...kept },
    ...(leads === undefined ? {} : { leads }),
  }
  if (supervised) {
    const children = [{ name: 'keeper', start: keeper, args: [given] as [KeeperGiven] }]
    await node.spawn(supervisor({ type: 'one-for-one', children }))
  } else await node.spawn(keeper, { name: 'keeper', args: [given] })
}
