/**
 * Simulated clusters whose nodes tell what they hold of each other, with a registrar in memory.
 */
import assert from 'node:assert/strict'
import {
  actor,
  eventName,
  MEMBERSHIP_EVENT,
  type MembershipNotice,
  type MembershipOptions,
  type Node,
  protocol,
} from 'troupe'
import {
  type ClusterMember,
  type MemoryHub,
  memoryHub,
  memoryRegistrar,
  type SimulatedCluster,
  type SimulatedClusterOptions,
  simulatedCluster,
} from 'troupe/testing'

/** What one node was told, with the time of the world. */
export interface Told {
  readonly atMs: number
  readonly by: string
  readonly notice: MembershipNotice
}

export interface Scene {
  readonly cluster: SimulatedCluster
  readonly hub: MemoryHub
  readonly told: Told[]
  node(host: string): Node
  /** What one node was told of another since `sinceMs`, as states. */
  states(by: string, about: string, sinceMs?: number): readonly string[]
  /** The one notice of that state. */
  notice(by: string, about: string, state: string, sinceMs?: number): Told
  /** The state a node has for another. */
  state(by: string, about: string): string | undefined
  pass(ms: number): Promise<void>
  crash(host: string): void
  stop(): Promise<void>
}

export interface SceneOptions extends Partial<SimulatedClusterOptions> {
  readonly membership?: MembershipOptions
  /** False: nodes know each other by the option `peers`. */
  readonly hasHub?: boolean
}

const Ear = protocol('ear', {})
const stateOf = (notice: MembershipNotice): string =>
  notice.kind === 'member-changed' ? notice.state : 'duplicate'

/** Subscribes to the event of a life. */
async function listen({ node, host }: ClusterMember, take: (told: Omit<Told, 'atMs'>) => void) {
  const ear = actor(Ear, {
    started: async (_state, context) => {
      const { missed } = await context.subscribe(eventName(MEMBERSHIP_EVENT))
      for (const { message } of missed) {
        take({ by: host.name, notice: message as MembershipNotice })
      }
    },
    on: {},
    handleEvent: (_state, event) =>
      take({ by: host.name, notice: event.message as MembershipNotice }),
  })
  await node.spawn(ear)
}

/** Nodes that have started, and met where they are a mesh. */
export async function scene(hosts: readonly string[], options: SceneOptions = {}): Promise<Scene> {
  const { membership = { connect: 'mesh' }, hasHub = true, ...given } = options
  const told: Told[] = []
  const hubs: MemoryHub[] = []
  const cluster: SimulatedCluster = simulatedCluster({
    ...{ seed: 7, hosts, ...given },
    network: { membership, ...given.network },
    started: (member) =>
      listen(member, (one) => void told.push({ ...one, atMs: cluster.clock.nowMs() })),
    ...(hasHub ? { registrar: () => memoryRegistrar(hub()) } : {}),
  })
  const hub = (): MemoryHub => {
    hubs[0] ??= memoryHub({ clock: cluster.clock })
    return hubs[0]
  }
  await cluster.start()
  await cluster.clock.advance(500)
  return sceneOf(cluster, hub(), told)
}

function sceneOf(cluster: SimulatedCluster, hub: MemoryHub, told: Told[]): Scene {
  const about = (by: string, host: string, sinceMs: number): readonly Told[] =>
    told.filter((one) => one.by === by && one.notice.node === `${host}@sim` && one.atMs >= sinceMs)
  const node = (host: string): Node => {
    const member = cluster.member(host)
    assert.ok(member !== undefined, `${host} lives`)
    return member.node
  }
  return {
    ...{ cluster, hub, told, node },
    states: (by, host, sinceMs = 0) =>
      about(by, host, sinceMs).map(({ notice }) => stateOf(notice)),
    notice: (by, host, state, sinceMs = 0) => {
      const found = about(by, host, sinceMs).filter(({ notice }) => stateOf(notice) === state)
      assert.equal(found.length, 1, `${state} of ${host} is told once to ${by}`)
      return found[0] as Told
    },
    state: (by, host) => node(by).cluster.member(`${host}@sim`)?.state,
    pass: (ms) => cluster.clock.advance(ms),
    crash: (host) => {
      hub.kill(`${host}@sim`)
      cluster.crash(host, { how: 'silent' })
    },
    stop: async () => {
      for (const host of cluster.network.hosts) {
        host.thaw()
        host.unblock()
      }
      await cluster.stop()
    },
  }
}
