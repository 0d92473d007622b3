/**
 * cluster/remote/remote-operations: what this node asks of others: the asking side.
 *
 * Every question goes to the process `system.remote` of the other node, in the name of this node.
 * Limit: estimates of `NODES_MAX` nodes; of further ones the oldest are forgotten.
 *
 * @source ergo-features 19 (RemoteNode), 23
 */
import {
  type ClusterHome,
  isNodeName,
  type Pid,
  type PingAnswer,
  printed,
  processName,
  type RemoteNode,
  type RemoteSpawnOptions,
  requireDuration,
  TroupeError,
} from '#contract'
import { ClockEstimate, sampleOf } from './clock-estimate.js'
import { type Ask, FarSpawning } from './far-spawning.js'
import { RemotePeer } from './remote-peer.js'
import { type Pong, REMOTE_NAME } from './remote-protocol.js'

const NODES_MAX = 10_000

export class RemoteOperations {
  #home: ClusterHome | undefined = undefined
  readonly #estimates = new Map<string, ClockEstimate>()

  start(home: ClusterHome): void {
    this.#home = home
  }

  /** Makes a process at another node; `parent` undefined: of this node itself. */
  async spawn(
    parent: Pid | undefined,
    node: string,
    factory: string,
    options: RemoteSpawnOptions | undefined,
  ): Promise<Pid> {
    if (!isNodeName(node)) throw new TroupeError('NODE_NAME_INVALID', { name: printed(node) })
    const ask: Ask = (...question) => this.ask(...question)
    return new FarSpawning(this.home, ask).spawn(parent, node, factory, options)
  }

  /** A handle of another node; nothing is sent. */
  peer(node: string): RemoteNode {
    return new RemotePeer(node, this.home.node, this)
  }

  /** The estimates for a node; undefined before its first answer. */
  estimate(node: string): ClockEstimate | undefined {
    return this.#estimates.get(node)
  }

  /**
   * Asks the loop of another node, before all else that waits there. Rejects with CALL_TIMEOUT,
   * NO_ROUTE, NO_CONNECTION; NOT_ALLOWED when that node answers no such questions.
   */
  async ping(node: string, timeoutMs: number): Promise<PingAnswer> {
    requireDuration('timeoutMs', timeoutMs)
    const { clock } = this.home
    const [sentMs, sentWallMs] = [clock.nowMs(), clock.wallMs()]
    const pong = pongOf(node, await this.ask(node, 'ping', undefined, timeoutMs))
    const sample = sampleOf(sentWallMs, clock.nowMs() - sentMs, pong.wallMs)
    this.#estimateOf(node).add(pong.creation, sample)
    return { node, creation: pong.creation, ...sample, loopDelayMs: pong.loopDelayMs }
  }

  /** One question to the process that answers there. */
  async ask(node: string, question: string, payload: unknown, timeoutMs: number): Promise<unknown> {
    const to = processName(REMOTE_NAME, undefined, node)
    const priority = question === 'ping' ? 'max' : 'normal'
    try {
      return await this.home.node.call(to, question, payload, { timeoutMs, priority })
    } catch (thrown) {
      const isDeaf = TroupeError.is(thrown, 'NAME_UNKNOWN') && thrown.detail.name === REMOTE_NAME
      if (!isDeaf) throw thrown
      const problem = `${node} has no application "system", which answers other nodes`
      throw new TroupeError('NOT_ALLOWED', { operation: question, problem }, thrown)
    }
  }

  /** The node that asks. */
  get home(): ClusterHome {
    if (this.#home !== undefined) return this.#home
    const problem = 'the cluster of this node has not started'
    throw new TroupeError('NOT_ALLOWED', { operation: 'peer', problem })
  }

  #estimateOf(node: string): ClockEstimate {
    const known = this.#estimates.get(node)
    if (known !== undefined) return known
    const made = new ClockEstimate()
    this.#estimates.set(node, made)
    if (this.#estimates.size > NODES_MAX) {
      for (const oldest of this.#estimates.keys()) {
        this.#estimates.delete(oldest)
        break
      }
    }
    return made
  }
}

/** What a node answered to a ping; it may say anything. */
function pongOf(node: string, value: unknown): Pong {
  const { creation, wallMs, loopDelayMs } = (value ?? {}) as Partial<Pong>
  if (Number.isFinite(creation) && Number.isFinite(wallMs) && Number.isFinite(loopDelayMs)) {
    return value as Pong
  }
  const problem = `${node} answered what is no answer to it`
  throw new TroupeError('MESSAGE_INVALID', { message: 'ping', problem })
}
