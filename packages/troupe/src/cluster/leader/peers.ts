/**
 * cluster/leader/peers: the processes of others that take part, one for each node.
 *
 * Known is who was heard and has not ended. Limit: `PEERS_MAX`; who comes then is not kept.
 */
import { Pid, type Ref } from '#contract'

/** So many processes of others are known at most. */
export const PEERS_MAX = 1_000

/** What peers ask of their process. */
export interface PeerVerbs {
  monitor(pid: Pid): Ref
  demonitor(ref: Ref): void
}

interface Known {
  readonly pid: Pid
  readonly ref: Ref
}

export class Peers {
  readonly #verbs: PeerVerbs
  readonly #byNode = new Map<string, Known>()
  #pids: readonly Pid[] | undefined = undefined

  constructor(verbs: PeerVerbs) {
    this.#verbs = verbs
  }

  /** All of them; the same list until one comes or goes. */
  get pids(): readonly Pid[] {
    this.#pids ??= Object.freeze([...this.#byNode.values()].map(({ pid }) => pid))
    return this.#pids
  }

  at(node: string): Pid | undefined {
    return this.#byNode.get(node)?.pid
  }

  /** One was heard; true: it was not known. A later process of the same node takes its place. */
  heard(pid: Pid): boolean {
    const known = this.#byNode.get(pid.node)
    if (known !== undefined && Pid.equals(known.pid, pid)) return false
    if (known === undefined && this.#byNode.size >= PEERS_MAX) return false
    if (known !== undefined) this.#verbs.demonitor(known.ref)
    this.#byNode.set(pid.node, { pid, ref: this.#verbs.monitor(pid) })
    this.#pids = undefined
    return true
  }

  /** The target of a monitor has ended; its node when it was one of these. */
  ended(ref: Ref): string | undefined {
    for (const [node, known] of this.#byNode) {
      if (known.ref.id !== ref.id) continue
      this.#byNode.delete(node)
      this.#pids = undefined
      return node
    }
    return undefined
  }
}
