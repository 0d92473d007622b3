/**
 * The stages on which the two ways of Troupe to decide who leads play the conformance suite.
 */
import type { Ballot, BallotStorage, Node } from 'troupe'
import {
  type LeaderStage,
  type MemoryArbiter,
  memoryArbiter,
  type SimulatedCluster,
  simulatedCluster,
} from 'troupe/testing'

const HOSTS = ['n1', 'n2', 'n3', 'n4']
const SEED = 7

const hostOf = (node: string): string => node.split('@')[0] ?? ''

type Parts = Pick<LeaderStage, 'patienceMs' | 'handOverMs' | 'electionOf'>

/** Nodes of a simulated cluster; `cluster` is there once it has begun. */
function simulatedStage(partsOf: (cluster: SimulatedCluster) => Parts): LeaderStage {
  let started: (node: Node) => Promise<void> = async () => {}
  const cluster = simulatedCluster({
    ...{ seed: SEED, hosts: HOSTS },
    started: ({ node }) => started(node),
  })
  const { clock, network } = cluster
  return {
    ...partsOf(cluster),
    ...{ nodes: HOSTS.map((host) => `${host}@sim`), stepMs: 5 },
    async begin(given) {
      started = given
      await cluster.start()
    },
    pass: (ms) => clock.advance(ms),
    until: (promise) => clock.until(promise),
    kill: (node) => cluster.crash(hostOf(node), { how: 'reset' }),
    restart: (node) => cluster.restart(hostOf(node)),
    freeze: (node) => network.host(hostOf(node)).block(),
    thaw: (node) => network.host(hostOf(node)).unblock(),
    cutOff: (node) =>
      network.partition(
        [hostOf(node)],
        HOSTS.filter((host) => host !== hostOf(node)),
      ),
    mend: () => network.heal(),
    close: () => cluster.stop(),
  }
}

export async function voteStage(): Promise<LeaderStage> {
  // Outlasts the crashes of hosts.
  const disk = new Map<string, Ballot>()
  const storageOf = (file: string): BallotStorage => ({
    load: async () => disk.get(file),
    save: async (ballot) => void disk.set(file, ballot),
  })
  const electionOf: LeaderStage['electionOf'] = (node, clusterId) => ({
    storage: storageOf(`${node} ${clusterId}`),
  })
  return simulatedStage(() => ({ patienceMs: 1_000, handOverMs: 100, electionOf }))
}

/** Terms that jump, as those of a store do that counts more than leads. */
const nextTerm = (before: number): number => before * 5 + 17

export async function memoryStage(): Promise<LeaderStage> {
  let arbiter: MemoryArbiter | undefined
  const stage = simulatedStage(({ clock }) => {
    const made = memoryArbiter({ clock, leaseMs: 300, nextTerm })
    arbiter = made
    return { patienceMs: 800, handOverMs: 100, electionOf: () => ({ arbiter: made }) }
  })
  return {
    ...stage,
    // The nodes still hear each other.
    cutOff: (node) => arbiter?.cutOff(node),
    mend: (node) => arbiter?.mend(node),
  }
}
