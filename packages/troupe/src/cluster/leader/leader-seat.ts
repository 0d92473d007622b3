/**
 * cluster/leader/leader-seat: what a process that takes part sees and may do, as `Leadership`.
 *
 * Reads the state of its elector, which is of the same node, at the instant it is asked: so
 * `isLeader` turns false while a handler runs. Before the elector has begun, and after it has
 * ended, nobody is known.
 */
import type { Leadership, Pid, ProcessContext } from '#contract'
import { isNodeName, processName, requireOption, TroupeError } from '#contract'
import type { Elector } from './elector.js'
import { nextNotice, SEEN_AT_FIRST, type Seen, type Telling } from './notices.js'

const NOBODY: readonly Pid[] = Object.freeze([])

/** What an actor is told of. */
export type Tell = (notice: Telling['notice']) => unknown

export class LeaderSeat implements Leadership {
  readonly clusterId: string
  readonly #context: ProcessContext
  readonly #voters: readonly string[]
  /** Nodes to be greeted once there is an elector. */
  readonly #joined = new Set<string>()
  #elector: Elector | undefined = undefined
  #told: Seen = SEEN_AT_FIRST
  #isAsked = false

  constructor(context: ProcessContext, clusterId: string, voters: readonly string[]) {
    this.#context = context
    this.clusterId = clusterId
    this.#voters = voters
  }

  /** From now on this elector speaks for the process. */
  begin(elector: Elector): void {
    this.#elector = elector
    for (const node of this.#joined) elector.join(node)
    this.#joined.clear()
  }

  /** The process ends: it leads no longer, and the others are told. */
  end(): void {
    void this.#elector?.end()
  }

  /** A few values for an observer. */
  inspect(): Readonly<Record<string, unknown>> {
    return this.#elector?.inspect() ?? { clusterId: this.clusterId }
  }

  /** Asks for a turn in which the process is told what has changed; one is enough for all. */
  ask(tell: Tell): void {
    if (this.#isAsked || this.#next() === undefined) return
    // After a kill its elector learns of that a moment later.
    if (this.#context.mailboxLength(this.#context.self) === undefined) return
    this.#isAsked = true
    this.#context.after(0, () => this.#turn(tell), { priority: 'max' })
  }

  /** One notice for each turn: in between the process may end, or more urgent things come. */
  #turn(tell: Tell): unknown {
    this.#isAsked = false
    const telling = this.#next()
    if (telling === undefined) return undefined
    this.#told = telling.told
    this.ask(tell)
    return tell(telling.notice)
  }

  #next(): Telling | undefined {
    const elector = this.#elector
    return elector === undefined ? undefined : nextNotice(this.#told, elector.seen)
  }

  get isLeader(): boolean {
    return this.leaseLeftMs > 0
  }

  get leader(): Pid | undefined {
    return this.#elector?.leader
  }

  get term(): number {
    return this.#elector?.term ?? 0
  }

  get leaseLeftMs(): number {
    return this.#elector?.leaseLeftMs ?? 0
  }

  get voters(): readonly string[] {
    return this.#elector?.voters ?? this.#voters
  }

  get peers(): readonly Pid[] {
    return this.#elector?.seen.peers ?? NOBODY
  }

  hasPeer(peer: Pid): boolean {
    const { id, node, creation } = peer
    return this.peers.some((one) => one.id === id && one.node === node && one.creation === creation)
  }

  broadcast(message: string, payload?: unknown): number {
    return this.peers.filter((pid) => this.#send(pid, message, payload)).length
  }

  broadcastVoters(message: string, payload?: unknown): number {
    const { name, node: own } = this.#context
    const others = this.voters.filter((node) => node !== own)
    return others.filter((node) => {
      const known = this.peers.find((pid) => pid.node === node)
      if (known !== undefined) return this.#send(known, message, payload)
      if (name === undefined) return false
      return this.#send(processName(name, undefined, node), message, payload)
    }).length
  }

  #send(to: Parameters<ProcessContext['send']>[0], message: string, payload: unknown): boolean {
    return this.#context.send(to, message, payload) === undefined
  }

  join(node: string): void {
    requireNode(node)
    if (this.#elector === undefined) this.#joined.add(node)
    else this.#elector.join(node)
  }

  async addVoter(node: string): Promise<void> {
    requireNode(node)
    return this.#leading().changeVoters('add', node)
  }

  async removeVoter(node: string): Promise<void> {
    requireNode(node)
    return this.#leading().changeVoters('remove', node)
  }

  #leading(): Elector {
    const elector = this.#elector
    if (elector !== undefined) return elector
    throw new TroupeError('NOT_LEADER', { clusterId: this.clusterId, leader: 'not known' })
  }

  stepDown(): void {
    this.#elector?.stepDown()
  }
}

function requireNode(node: string): void {
  const isNode = typeof node === 'string' && isNodeName(node)
  requireOption(isNode, 'node', node, 'give the name of a node: name@host')
}
