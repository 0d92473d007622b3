/**
 * Leader actors that write down all they are told, on every host of a simulated cluster.
 */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import {
  type ClusterMember,
  type SimulatedCluster,
  type StageElection,
  simulatedCluster,
  type VirtualClock,
} from 'troupe/testing'
import {
  type Diary,
  type KeeperGiven,
  keeper,
  NEWS,
  newDiary,
  whereIs,
} from '#testing/conformance/leader-keeper'

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
  /** Who decides, for a life of a host; default a vote that keeps nothing. */
  readonly electionOf?: (host: string, clock: VirtualClock) => StageElection
}

/** Starts a keeper on every host. */
export async function keepers(
  t: TestContext,
  options: KeeperClusterOptions,
): Promise<KeeperCluster> {
  const { seed, electionOf = () => ({}) } = options
  const diaries = new Map<string, Diary>()
  const started = async (member: ClusterMember): Promise<void> => {
    const diary = newDiary()
    diaries.set(member.host.name, diary)
    await startKeeper(member, diary, electionOf(member.host.name, cluster.clock))
  }
  const cluster = simulatedCluster({ seed, hosts: HOSTS, started })
  await cluster.start()
  t.after(() => cluster.stop())
  const diary = (host: string): Diary => diaries.get(host) ?? newDiary()
  const leaders = (): readonly string[] =>
    cluster.members
      .filter(({ isAlive, host }) => isAlive && diary(host.name).leadership?.isLeader === true)
      .map(({ host }) => host.name)
  const led = async (of: readonly string[] = HOSTS, limitMs = 5_000): Promise<string> => {
    for (let ms = 0; ms < limitMs; ms += 10) {
      const [one] = leaders().filter((host) => of.includes(host))
      const isFollowed = of.every((host) => {
        const known = diary(host).leadership?.leader
        return cluster.member(host) === undefined || whereIs(known) === one
      })
      if (one !== undefined && isFollowed) return one
      await cluster.clock.advance(10)
    }
    assert.fail(`nobody leads ${of.join(' ')} after ${limitMs} ms`)
  }
  return { cluster, diary, leaders, led, stop: () => cluster.stop() }
}

async function startKeeper(
  { node }: ClusterMember,
  diary: Diary,
  given: StageElection,
): Promise<void> {
  node.registerEvent(NEWS, { open: true })
  const args: [KeeperGiven] = [{ diary, election: { clusterId: 'keep', voters: VOTERS, ...given } }]
  await node.spawn(keeper, { name: 'keeper', args })
}
