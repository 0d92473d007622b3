/**
 * Three coordinators and some workers in one program and in virtual time.
 *
 * Stores are in memory and outlive their program. Workers play: what they do with a job is said by
 * the beginning of its id (`poison`, `silent`, `late`, `lie`, `slow`, `wrong`).
 */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { memoryEtcd } from '@troupe/etcd/testing'
import {
  type AnySpawnable,
  actor,
  type Node,
  NoReply,
  type Pid,
  type ReplyOf,
  supervisor,
} from 'troupe'
import {
  type ClusterMember,
  type MemoryHub,
  memoryHub,
  memoryRegistrar,
  type SimulatedCluster,
  simulatedCluster,
} from 'troupe/testing'
import type { CapacityPolicy } from '#jobs/coordinator/capacity-plan'
import { type CoordinatorSources, coordinatorActor } from '#jobs/coordinator/coordinator'
import {
  type ClusterView,
  COORDINATOR_NAME,
  type Coordinator,
  coordinatorAt,
  type Submission,
} from '#jobs/coordinator/coordinator-protocol'
import { type Keeping, keptByCoordinators } from '#jobs/coordinator/keeping'
import { keptWith } from '#jobs/coordinator/kept-in-etcd'
import { nodeVerbs } from '#jobs/coordinator/node-verbs'
import type { Job } from '#jobs/job/job'
import { placesOf } from '#jobs/store/etcd/job-places'
import { type JobStore, openJobStore } from '#jobs/store/job-store'
import { MemoryDisk, memoryShelf } from '#jobs/store/memory-shelf'
import { replicaActor } from '#jobs/store/replica'
import { REPLICA_NAME } from '#jobs/store/replica-protocol'
import type { StoreFolder } from '#jobs/store/store-folder'
import { TextVault } from '#jobs/store/text-vault'
import {
  type Assignment,
  type Held,
  type Outcome,
  WORKER_APPLICATION,
  Worker,
} from '#jobs/worker/worker-protocol'

const COORDINATORS = ['c1', 'c2', 'c3']
const NODES = COORDINATORS.map((host) => `${host}@sim`)
/** Of no text that is there: nobody reads it. */
export const DIGEST = 'ab'.repeat(32)
const WORK_MS = 400
const SLOW_MS = 8_000
const CAPACITY = 2

/** A try that a worker has taken. */
export interface Taken {
  readonly node: string
  readonly job: string
  readonly attempt: number
  readonly term: number
}

interface PlayedTry {
  readonly given: Assignment
  outcome: Outcome | undefined
}

interface Played {
  readonly taken: Taken[]
  readonly tries: Map<string, PlayedTry>
  term: number
  leader: Pid<typeof Coordinator> | undefined
  draining: boolean
  readonly stop: () => void
}

const isKind = ({ job }: Assignment, kind: string): boolean => job.startsWith(kind)

const playedWorker = actor(Worker, {
  init: (taken: Taken[], stop: () => void): Played => ({
    ...{ taken, tries: new Map(), term: 0, leader: undefined, draining: false, stop },
  }),
  started(state, context) {
    const tell = (): void => {
      const word = {
        ...{ worker: context.self, capacity: CAPACITY, running: state.tries.size },
        draining: state.draining,
      }
      for (const node of NODES) context.send(coordinatorAt(node), 'capacity', word)
      for (const { given, outcome } of state.tries.values()) {
        const name = { job: given.job, attempt: given.attempt, term: state.term }
        if (state.leader === undefined || isKind(given, 'silent')) continue
        const progress = isKind(given, 'lie') ? 0.7 : 0.5
        if (outcome === undefined) context.send(state.leader, 'progressed', { ...name, progress })
        else context.send(state.leader, 'finished', { ...name, outcome, worker: context.self })
      }
    }
    context.every(500, tell)
    tell()
  },
  on: {
    run(state, given, context) {
      if (given.term < state.term) return { kind: 'stale' as const, term: state.term }
      if (state.draining) return { kind: 'draining' as const }
      if (state.tries.size >= CAPACITY) return { kind: 'full' as const }
      Object.assign(state, { term: given.term, leader: given.leader })
      if (isKind(given, 'poison')) throw new Error('poison')
      const { job, attempt, term } = given
      state.taken.push({ node: context.node, job, attempt, term })
      const one: PlayedTry = { given, outcome: undefined }
      state.tries.set(job, one)
      if (!isKind(given, 'silent')) {
        context.after(isKind(given, 'slow') ? SLOW_MS : WORK_MS, () => {
          if (state.tries.get(job) !== one) return
          one.outcome = isKind(given, 'wrong')
            ? { kind: 'failed', problem: 'no text' }
            : { kind: 'done', result: { of: job } }
          const name = { job, attempt, term: state.term, outcome: one.outcome }
          const { leader } = state
          if (leader !== undefined) {
            context.send(leader, 'finished', { ...name, worker: context.self })
          }
        })
      }
      if (!isKind(given, 'late')) return { kind: 'accepted' as const, worker: context.self }
      const replier = context.replyLater<ReplyOf<typeof Worker, 'run'>>()
      context.after(4_000, () => replier.reply({ kind: 'accepted', worker: context.self }))
      return NoReply
    },
    adopt(state, { term, leader }, context) {
      if (term < state.term) return { kind: 'stale' as const, term: state.term }
      Object.assign(state, { term, leader })
      const held: Held[] = [...state.tries.values()].map(({ given, outcome }) => {
        return { job: given.job, attempt: given.attempt, term, progress: 0.5, outcome }
      })
      return { kind: 'adopted' as const, worker: context.self, held, capacity: CAPACITY }
    },
    thanks(state, { job, attempt }) {
      if (state.tries.get(job)?.given.attempt === attempt) state.tries.delete(job)
      if (state.draining && state.tries.size === 0) state.stop()
    },
    cancel(state, { job, attempt }) {
      if (state.tries.get(job)?.given.attempt === attempt) state.tries.delete(job)
    },
    weigh: () => undefined,
    drain(state) {
      state.draining = true
      if (state.tries.size === 0) state.stop()
      return undefined
    },
  },
})

export interface StageOptions {
  readonly workers?: number
  readonly capacity?: Partial<CapacityPolicy>
  readonly seed?: number
  /** Jobs are kept in an etcd in memory, which decides who leads. */
  readonly onEtcd?: boolean
}

export class Stage {
  readonly cluster: SimulatedCluster
  /** All tries that workers have taken, in their order. */
  readonly taken: Taken[] = []
  readonly #disks = new Map<string, MemoryDisk>()
  readonly #options: StageOptions
  #hub: MemoryHub | undefined
  readonly #etcd: ReturnType<typeof memoryEtcd> | undefined
  /** Clients of etcd by host, one for each of its lives. */
  readonly #lines = new Map<string, string[]>()

  private constructor(options: StageOptions) {
    this.#options = options
    const { workers = 3, seed = 7 } = options
    const names = Array.from({ length: workers }, (_, at) => `worker${at + 1}`)
    this.cluster = simulatedCluster({
      ...{ seed, hosts: [...COORDINATORS, ...names] },
      registrar: () => {
        this.#hub ??= memoryHub({ clock: this.cluster.clock })
        return memoryRegistrar(this.#hub)
      },
      started: (member) => this.#begin(member),
    })
    const { clock } = this.cluster
    this.#etcd = options.onEtcd === true ? memoryEtcd({ clock }) : undefined
  }

  static async open(t: TestContext, options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(options)
    t.after(() => stage.cluster.stop())
    await stage.cluster.start()
    await stage.leader()
    return stage
  }

  node(host: string): Node {
    const member = this.cluster.member(host)
    assert.ok(member !== undefined, `${host} is there`)
    return member.node
  }

  /** A host dies; its registrar entry goes with it. */
  crash(host: string): void {
    this.cluster.crash(host)
    this.#hub?.lose(`${host}@sim`)
    this.cutOff(host)
  }

  /** Its etcd and a host do not hear each other any more. */
  cutOff(host: string): void {
    for (const line of this.#lines.get(host) ?? []) this.#etcd?.cutOff(line)
  }

  /** All jobs and what says which they are have gone from etcd. */
  emptyEtcd(): void {
    this.#etcd?.delete({ prefix: placesOf({ cluster: 'c', clusterId: 'jobs' }).all })
  }

  mend(host: string): void {
    const line = this.#lines.get(host)?.at(-1)
    if (line !== undefined) this.#etcd?.mend(line)
  }

  pass(ms: number): Promise<void> {
    return this.cluster.clock.advance(ms)
  }

  /** Asks the coordinator of a host that is there. */
  async ask<R>(asked: (node: Node, host: string) => Promise<R>, host?: string): Promise<R> {
    const there = COORDINATORS.filter((one) => this.cluster.member(one) !== undefined)
    const one = host ?? there[0] ?? ''
    return this.cluster.clock.until(asked(this.node(one), one), { limitMs: 60_000 })
  }

  submit(id: string, host?: string): Promise<unknown> {
    const given: Submission = {
      ...{ id, kind: 'gzip', parameters: { level: 6 }, blob: id, bytes: 3, sha256: DIGEST },
    }
    return this.ask(
      (node, at) => node.call(coordinatorAt(`${at}@sim`), 'submit', given, { timeoutMs: 12_000 }),
      host,
    )
  }

  async job(id: string): Promise<Job | undefined> {
    const found = await this.ask((node, at) =>
      node.call(coordinatorAt(`${at}@sim`), 'get', { id }, { timeoutMs: 12_000 }),
    )
    assert.ok(found?.kind !== 'unavailable', 'somebody leads')
    return found
  }

  /** Lets time pass until a job is in a state. */
  async until(id: string, state: Job['state'], limitMs = 60_000): Promise<Job> {
    for (let ms = 0; ms < limitMs; ms += 200) {
      const job = await this.job(id)
      if (job?.state === state) return job
      await this.pass(200)
    }
    assert.fail(`${id} is ${(await this.job(id))?.state} and not ${state}`)
  }

  async view(): Promise<ClusterView> {
    const view = await this.ask((node, at) =>
      node.call(coordinatorAt(`${at}@sim`), 'cluster', undefined, { timeoutMs: 12_000 }),
    )
    assert.ok(!('kind' in view), 'somebody leads')
    return view
  }

  /** The host that leads and serves. */
  async leader(): Promise<string> {
    for (let turn = 0; turn < 100; turn++) {
      await this.pass(100)
      const there = COORDINATORS.find((one) => this.cluster.member(one) !== undefined) ?? ''
      const asked = this.node(there).call(coordinatorAt(`${there}@sim`), 'cluster', undefined)
      const view = await this.cluster.clock.until(asked, { limitMs: 30_000 })
      if (!('kind' in view)) return view.leader.split('@')[0] ?? ''
    }
    assert.fail('nobody leads')
  }

  async #begin({ node, host }: ClusterMember): Promise<void> {
    if (COORDINATORS.includes(host.name)) await this.#coordinate(node, host.name)
    else this.#work(node)
  }

  async #coordinate(node: Node, host: string): Promise<void> {
    const disk = this.#disks.get(host) ?? new MemoryDisk()
    this.#disks.set(host, disk)
    const store = await openJobStore(memoryShelf({ disk }))
    const keeping = this.#keeping(node, host, store)
    const { capacity } = this.#options
    const sources: CoordinatorSources = {
      election: { clusterId: 'jobs', voters: NODES, ...keeping.election },
      coordinators: NODES,
      verbs: nodeVerbs(node),
      openBook: keeping.openBook,
      refusal: () => keeping.refusal?.(),
      ...(capacity === undefined ? {} : { capacity }),
    }
    const texts = new TextVault(store, undefined)
    for (const { name, start, args } of keeping.children) {
      await node.spawn(start as AnySpawnable, { name, args: args as never })
    }
    const args = [store, texts, NODES, keeping.known] as const
    await node.spawn(replicaActor, { name: REPLICA_NAME, args })
    await node.spawn(coordinatorActor, { name: COORDINATOR_NAME, args: [sources] })
  }

  #keeping(node: Node, host: string, store: JobStore): Keeping {
    const place = { node, coordinators: NODES, clusterId: 'jobs', dataFolder: '' }
    const folder = { store } as StoreFolder
    if (this.#etcd === undefined) {
      // Promises are in memory as well.
      return { ...keptByCoordinators({ ...place, folder }), election: {} }
    }
    const lines = this.#lines.get(host) ?? []
    this.#lines.set(host, [...lines, `${host}#${lines.length + 1}`])
    const client = this.#etcd.client(this.#lines.get(host)?.at(-1) ?? host)
    return keptWith({ client, cluster: 'c' })({ ...place, folder })
  }

  #work(node: Node): void {
    const stop = (): void => void node.stop({ timeoutMs: 100 })
    const args = [this.taken, stop] as const
    const start = supervisor({
      name: 'crew',
      restart: 'permanent',
      intensity: { restarts: 100, withinMs: 1_000 },
      children: [{ name: WORKER_APPLICATION, start: playedWorker, args }],
    })
    node.loadApplication({ name: WORKER_APPLICATION, members: [{ name: 'crew', start }] })
    node.remote.allowApplication(WORKER_APPLICATION, { nodes: NODES })
  }
}
