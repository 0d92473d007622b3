/**
 * cluster/remote/remote-peer: another node as a handle: each verb is one question to it.
 *
 * @source ergo-features 19 (RemoteNode)
 */
import {
  type ApplicationInfo,
  type Node,
  type NodeInfo,
  type PeerInfo,
  type Pid,
  type PingAnswer,
  PROCESS_DEFAULTS,
  type RemoteNode,
  type RemoteSpawnOptions,
  type RemoteStartOptions,
  TroupeError,
} from '#contract'
import type { RemoteOperations } from './remote-operations.js'

/** Longest wait for an answer that is there at once, in milliseconds. */
const ASK_MS = PROCESS_DEFAULTS.callTimeoutMs

const missing = (operation: string): TroupeError =>
  new TroupeError('NOT_ALLOWED', { operation, problem: 'it is not built yet' })

export class RemotePeer implements RemoteNode {
  readonly name: string
  readonly #node: Node
  readonly #operations: RemoteOperations

  constructor(name: string, node: Node, operations: RemoteOperations) {
    this.name = name
    this.#node = node
    this.#operations = operations
  }

  get connected(): boolean {
    const state = this.connection?.state
    return state === 'up' || state === 'suspect'
  }

  get connection(): PeerInfo | undefined {
    return this.#node.network.peer(this.name)
  }

  get roundTripMs(): number {
    return this.#operations.estimate(this.name)?.roundTripMs ?? -1
  }

  get clockOffsetMs(): number {
    return this.#operations.estimate(this.name)?.clockOffsetMs ?? 0
  }

  connect(): Promise<PeerInfo> {
    return this.#node.network.connect(this.name)
  }

  disconnect(): boolean {
    return this.#node.network.disconnect(this.name)
  }

  ping(options: { readonly timeoutMs?: number } = {}): Promise<PingAnswer> {
    return this.#operations.ping(this.name, options.timeoutMs ?? ASK_MS)
  }

  async info(): Promise<NodeInfo> {
    return (await this.#ask('info')) as NodeInfo
  }

  async applications(): Promise<readonly ApplicationInfo[]> {
    return (await this.#ask('applications')) as readonly ApplicationInfo[]
  }

  async applicationInfo(name: string): Promise<ApplicationInfo | undefined> {
    return (await this.#ask('applicationInfo', name)) as ApplicationInfo | undefined
  }

  async spawn(_factory: string, _options?: RemoteSpawnOptions): Promise<Pid> {
    throw missing('spawn')
  }

  async startApplication(_name: string, _options?: RemoteStartOptions): Promise<void> {
    throw missing('startApplication')
  }

  async stopApplication(_name: string, _options?: { readonly timeoutMs?: number }): Promise<void> {
    throw missing('stopApplication')
  }

  #ask(question: string, payload?: unknown): Promise<unknown> {
    return this.#operations.ask(this.name, question, payload, ASK_MS)
  }
}
