/**
 * conformance-stages: where leaders by an etcd play the suite: simulated nodes around an etcd in
 * memory, and nodes with a network around a real one.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EtcdArbiter, type EtcdClient, etcdArbiter } from '@troupe/etcd'
import { type LocalEtcd, type MemoryEtcd, memoryEtcd } from '@troupe/etcd/testing'
import { embeddedRegistrar, type Node, startNode } from 'troupe'
import { type LeaderStage, simulatedCluster } from 'troupe/testing'
import type { Access } from '#test/registrar/real-stage'
import { Relay } from '#test/relay'

const HOSTS = ['n1', 'n2', 'n3', 'n4']
const SEED = 7
/** The shortest that an etcd grants whose elections take 200 ms. */
const LEASE_MS = 1_000

const hostOf = (node: string): string => node.split('@')[0] ?? ''

/** The client and the arbiter of each node's newest life. */
class Lives {
  readonly etcd: MemoryEtcd
  readonly #lives = new Map<
    string,
    { readonly client: EtcdClient; readonly arbiter: EtcdArbiter }
  >()

  constructor(etcd: MemoryEtcd) {
    this.etcd = etcd
  }

  arbiterOf(node: string): EtcdArbiter {
    const known = this.#lives.get(node)
    if (known !== undefined) return known.arbiter
    const client = this.etcd.client(node, { keepAliveMs: LEASE_MS / 3 })
    const arbiter = etcdArbiter({ client, leaseTtlMs: LEASE_MS })
    this.#lives.set(node, { client, arbiter })
    return arbiter
  }

  /** Its program is gone, and says nothing. */
  kill(node: string): void {
    this.#lives.get(node)?.client.close()
    this.#lives.delete(node)
  }
}

export async function memoryStage(): Promise<LeaderStage> {
  let started: (node: Node) => Promise<void> = async () => {}
  const cluster = simulatedCluster({
    ...{ seed: SEED, hosts: HOSTS },
    started: ({ node }) => started(node),
  })
  const { clock, network } = cluster
  const etcd = memoryEtcd({ clock, leaseMinMs: LEASE_MS })
  const lives = new Lives(etcd)
  return {
    ...{ nodes: HOSTS.map((host) => `${host}@sim`), stepMs: 10 },
    // A lease, what is asked after it, and the wait of one who stepped down.
    ...{ patienceMs: 2_500, handOverMs: 300 },
    electionOf: (node) => ({ arbiter: lives.arbiterOf(node) }),
    async begin(given) {
      started = given
      await cluster.start()
    },
    pass: (ms) => clock.advance(ms),
    until: (promise) => clock.until(promise),
    async kill(node) {
      await cluster.crash(hostOf(node), { how: 'reset' })
      lives.kill(node)
    },
    restart: (node) => cluster.restart(hostOf(node)),
    freeze(node) {
      network.host(hostOf(node)).block()
      // What keeps its lease alive stands still with it.
      etcd.cutOff(node, { late: 'happens' })
    },
    thaw(node) {
      network.host(hostOf(node)).unblock()
      etcd.mend(node)
    },
    cutOff: (node) => etcd.cutOff(node),
    mend: (node) => etcd.mend(node),
    close: () => cluster.stop(),
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
let stages = 0

/** Real nodes of this program; each has a line to the etcd that can be cut. */
export async function realStage(etcd: LocalEtcd, access: Access = {}): Promise<LeaderStage> {
  stages += 1
  const prefix = `leaders${stages}`
  const folder = await mkdtemp(join(tmpdir(), 'troupe-test-'))
  const own = folder.slice(-6).toLowerCase()
  const names = HOSTS.map((host) => `${host}-${own}@localhost`)
  const nodes: Node[] = []
  const relays = new Map<string, Relay>()
  const arbiters = new Map<string, EtcdArbiter>()
  for (const name of names) {
    const relay = await Relay.to(etcd.endpoints[0] ?? '')
    const options = { prefix, leaseTtlMs: LEASE_MS, keepAliveMs: LEASE_MS / 4 }
    relays.set(name, relay)
    arbiters.set(name, etcdArbiter({ endpoints: [relay.endpoint], ...options, ...access }))
  }
  return {
    ...{ nodes: names, patienceMs: 5_000, handOverMs: 700, stepMs: 10 },
    electionOf: (node) => ({ arbiter: arbiters.get(node) as EtcdArbiter }),
    async begin(started) {
      for (const name of names) {
        const registrar = embeddedRegistrar({ folder })
        const cookie = 'a cookie for tests and nothing else'
        const network = { cookie, acceptors: [{ port: 0 }], registrar }
        const node = await startNode(name, { network, logSinks: [], handleSignals: false })
        nodes.push(node)
        await started(node)
      }
    },
    pass: sleep,
    until: (promise) => promise,
    cutOff: (node) => relays.get(node)?.cut(),
    mend: (node) => relays.get(node)?.mend(),
    async close() {
      await Promise.all(nodes.map((node) => node.stop()))
      for (const relay of relays.values()) relay.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
