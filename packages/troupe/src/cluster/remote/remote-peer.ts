/**
 * cluster/remote/remote-peer: another node as a handle: each verb is one question to it.
 *
 * @source ergo-features 19 (RemoteNode)
 */
import {
  type ApplicationInfo,
  checkStartOptions,
  type Node,
  type NodeInfo,
  type PeerInfo,
  type Pid,
  type PingAnswer,
  PROCESS_DEFAULTS,
  type RemoteNode,
  type RemoteSpawnOptions,
  type RemoteStartOptions,
  readObject,
  requireDuration,
  requireText,
} from '#contract'
import type { RemoteOperations } from './remote-operations.js'

/** Longest wait for an answer that is there at once, in milliseconds. */
const ASK_MS = PROCESS_DEFAULTS.callTimeoutMs

/** Longest wait for an application that starts or stops, in milliseconds. */
const APPLICATION_MS = 15_000
/** The other node says itself that a stop took too long. */
const GRACE_MS = 2_000

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

  spawn(factory: string, options?: RemoteSpawnOptions): Promise<Pid> {
    return this.#operations.spawn(undefined, this.name, factory, options)
  }

  async startApplication(name: string, options: RemoteStartOptions = {}): Promise<void> {
    requireText('name', name)
    const { timeoutMs = APPLICATION_MS, ...given } = readObject('options', options)
    requireDuration('timeoutMs', timeoutMs)
    checkStartOptions(given)
    const asked = { name, options: given }
    await this.#operations.ask(this.name, 'startApplication', asked, timeoutMs)
  }

  async stopApplication(
    name: string,
    options: { readonly timeoutMs?: number } = {},
  ): Promise<void> {
    requireText('name', name)
    const { timeoutMs = APPLICATION_MS } = readObject('options', options)
    requireDuration('timeoutMs', timeoutMs)
    const asked = { name, timeoutMs }
    await this.#operations.ask(this.name, 'stopApplication', asked, timeoutMs + GRACE_MS)
  }

  #ask(question: string, payload?: unknown): Promise<unknown> {
    return this.#operations.ask(this.name, question, payload, ASK_MS)
  }
}
