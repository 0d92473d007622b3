/**
 * cluster/leader/elector: acquaintance with the others who take part, and what is known of the
 * lead.
 *
 * Who leads is decided elsewhere (`Deciding`); here words are read and carried, the others are
 * greeted and watched. A process of its own, so that a handler of the actor it elects for, however
 * slow, delays no heartbeat. The actor reads its state.
 *
 * Limit: whoever cannot be reached is written to once in `quietMs`.
 *
 * @source Raft 3, 9.6; ergo-features 24
 */
import {
  type Contender,
  crashOf,
  type Down,
  type EventMessage,
  formatTarget,
  Pid,
  type ProcessContext,
  processName,
  TroupeError,
} from '#contract'
import type { Decider, Deciding } from './deciding.js'
import {
  type ElectionSight,
  type Envelope,
  electionProtocol,
  electorName,
  readEnvelope,
} from './elector-protocol.js'
import { LeadChanges } from './lead-changes.js'
import type { Seen } from './notices.js'
import { Peers } from './peers.js'

/** What an elector is made of. */
export interface ElectorParts {
  readonly decider: Decider
  /** The process it elects for. */
  readonly owner: Pid
  /** Something that `seen` shows is another. */
  readonly changed: () => void
}

/** Greets whom it has not heard this often. */
const GREET_MS = 1_000

export class Elector {
  readonly #context: ProcessContext
  readonly #parts: ElectorParts
  readonly #deciding: Deciding
  readonly #peers: Peers
  readonly #joined = new Set<string>()
  /** Nodes that could not be reached, and until when nothing is sent to them. */
  readonly #quiet = new Map<string, number>()
  readonly #counts = { 'foreign-cluster': 0, malformed: 0, 'not-proved': 0, unsent: 0 }
  readonly #leads: LeadChanges
  /** The voters of whom it has taken notice. */
  #known: readonly string[]
  #seen: Seen
  #hasEnded = false
  #ending: Promise<void> | undefined = undefined

  /** Stands for election; it is looked at and speaks only after `begin`. */
  static async open(context: ProcessContext, parts: ElectorParts): Promise<Elector> {
    let elector: Elector | undefined
    const { decider, owner } = parts
    const deciding = await decider.stand({
      ...contenderOf(context, decider, owner),
      peerAt: (node) => elector?.peerAt(node),
      say: (node, word) => elector?.say(node, word),
      changed: () => elector?.changed(),
      failed: (thrown) => {
        if (TroupeError.is(thrown, 'PROCESS_REVOKED')) return
        context.stop(crashOf(thrown))
      },
    })
    elector = new Elector(context, parts, deciding)
    return elector
  }

  constructor(context: ProcessContext, parts: ElectorParts, deciding: Deciding) {
    this.#context = context
    this.#parts = parts
    this.#deciding = deciding
    this.#known = deciding.voters
    this.#leads = new LeadChanges(() => context.wallMs())
    this.#peers = new Peers({
      monitor: (pid) => context.monitor(pid),
      demonitor: (ref) => void context.demonitor(ref),
    })
    this.#seen = this.#look()
  }

  /** Greets the others. */
  begin(): void {
    this.#greetAll()
    this.#deciding.begin()
    this.changed()
  }

  get seen(): Seen {
    return this.#seen
  }

  get term(): number {
    return this.#deciding.term
  }

  get leader(): Pid | undefined {
    return this.#deciding.leader
  }

  get voters(): readonly string[] {
    return this.#deciding.voters
  }

  /** Until the lease ends; 0 when it does not lead. */
  get leaseLeftMs(): number {
    return this.#hasEnded ? 0 : this.#deciding.leaseLeftMs
  }

  peerAt(node: string): Pid | undefined {
    return this.#peers.at(node)
  }

  /** All that is known of its part. */
  sight(): ElectionSight {
    const { decider, owner } = this.#parts
    const { clusterId } = decider
    const { role, decidedBy } = this.#deciding
    const { term, leader, leaseLeftMs, voters } = this
    const lead = { role, decidedBy, term, leader, leaseLeftMs }
    const known = { voters: [...voters], heard: [...this.#seen.peers] }
    return { clusterId, owner, ...lead, ...known, changes: this.#leads.list }
  }

  /** A few values for an observer. */
  inspect(): Readonly<Record<string, unknown>> {
    const { term, leader, peers } = this.#seen
    return {
      ...{ clusterId: this.#parts.decider.clusterId, term, ...this.#deciding.inspect() },
      leader: leader === undefined ? undefined : formatTarget(leader),
      leaseLeftMs: Math.round(this.leaseLeftMs),
      ...{ voters: this.voters, peers: peers.map(formatTarget) },
      counts: { ...this.#counts, ...this.#deciding.counts },
    }
  }

  /** Something came from an elector, or from whoever says so. */
  heard(given: unknown): void {
    const { fromNode } = this.#context
    const heard = readEnvelope(given, this.#parts.decider.clusterId, fromNode)
    if (heard.kind === 'refused') {
      this.#counts[heard.fault] += 1
      return
    }
    const { pid, said } = heard
    this.#quiet.delete(fromNode)
    const isNew = this.#peers.heard(pid)
    if (said === 'good-day') this.say(fromNode, 'welcome')
    else if (said !== 'welcome') this.#deciding.heard(fromNode, said)
    if (isNew) this.#deciding.peerUp(fromNode)
    this.changed()
  }

  /** A process that was heard has ended, or its node is lost. */
  ended({ ref }: Down): void {
    const node = this.#peers.ended(ref)
    if (node !== undefined) this.#deciding.peerDown(node)
    this.changed()
  }

  /** Something is known of another node. */
  noticed({ message }: EventMessage): void {
    const { kind, node } = message as { readonly kind: string; readonly node: string }
    if (kind === 'node-suspect') this.#deciding.peerDown(node)
    if (kind !== 'node-up') return
    this.#quiet.delete(node)
    if (this.#isMeant(node)) this.say(node, 'good-day')
  }

  join(node: string): void {
    if (node === this.#context.node) return
    this.#joined.add(node)
    if (this.#peers.at(node) === undefined) this.say(node, 'good-day')
    this.#deciding.joined(node)
  }

  /** True when it led. */
  stepDown(): boolean {
    if (this.#hasEnded) return false
    const led = this.#deciding.leadsIn !== undefined
    this.#deciding.stepDown()
    this.changed()
    return led
  }

  changeVoters(verb: 'add' | 'remove', node: string): Promise<void> {
    return this.#deciding.changeVoters(verb, node)
  }

  /** The process ends: what it led it gives up. Settles when whoever decides knows that. */
  end(): Promise<void> | undefined {
    if (this.#hasEnded) return this.#ending
    this.#hasEnded = true
    this.#ending = this.#deciding.end()
    this.#seen = { ...this.#seen, leadsIn: undefined }
    return this.#ending
  }

  say(node: string, said: Envelope['said']): void {
    const nowMs = this.#context.nowMs()
    if ((this.#quiet.get(node) ?? 0) > nowMs) return
    const { decider, owner } = this.#parts
    const envelope: Envelope = { clusterId: decider.clusterId, pid: owner, said }
    const to = processName(electorName(decider.clusterId), electionProtocol, node)
    if (this.#context.send(to, 'word', envelope, { priority: 'high' }) === undefined) return
    this.#counts.unsent += 1
    this.#quiet.set(node, nowMs + decider.quietMs)
  }

  #isMeant(node: string): boolean {
    const isOther = node !== this.#context.node
    return isOther && (this.#joined.has(node) || this.voters.includes(node))
  }

  /** Greets all that were not heard, and again after a while. */
  #greetAll(): void {
    this.#greet([...this.voters, ...this.#joined])
    this.#context.after(GREET_MS, () => this.#greetAll())
  }

  #greet(nodes: readonly string[]): void {
    for (const node of new Set(nodes)) {
      if (this.#isMeant(node) && this.#peers.at(node) === undefined) this.say(node, 'good-day')
    }
  }

  /** Looks what holds now, and says so when it is news. */
  changed(): void {
    if (this.#hasEnded) return
    this.#greetNew()
    const before = this.#seen
    const seen = this.#look()
    if (isSameSight(before, seen)) return
    this.#seen = seen
    this.#leads.see(seen.leader, seen.term)
    this.#parts.changed()
  }

  /** Voters that were none before are not left to wait for the next round. */
  #greetNew(): void {
    const { voters } = this
    if (voters === this.#known) return
    const before = this.#known
    this.#known = voters
    this.#greet(voters.filter((node) => !before.includes(node)))
  }

  #look(): Seen {
    const { term, leadsIn, leader } = this.#deciding
    return { term, leadsIn, leader, peers: this.#peers.pids }
  }
}

/** What whoever decides may ask of the process, as far as it has nothing to do with others. */
function contenderOf(
  context: ProcessContext,
  { clusterId, voters }: Decider,
  self: Pid,
): Omit<Contender, 'changed'> {
  return {
    ...{ clusterId, self, voters, log: context.log },
    nowMs: () => context.nowMs(),
    random: () => context.random(),
    after: (delayMs, run) => context.after(delayMs, run, { priority: 'max' }),
  }
}

const isSameSight = (one: Seen, other: Seen): boolean =>
  one.term === other.term &&
  one.leadsIn === other.leadsIn &&
  isSamePid(one.leader, other.leader) &&
  one.peers === other.peers

const isSamePid = (one: Pid | undefined, other: Pid | undefined): boolean =>
  one === other || (one !== undefined && other !== undefined && Pid.equals(one, other))
