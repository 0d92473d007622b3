/**
 * cluster/leader/elector: one voter's election, carried out: words, the ballot, the one timer.
 *
 * What is decided is decided by `step`; here it is done. A process of its own, so that a handler
 * of the actor it elects for, however slow, delays no heartbeat. The actor reads its state.
 *
 * Limit: whoever cannot be reached is written to once in `quietMs`.
 *
 * @source Raft 3, 9.6; ergo-features 24
 */
import {
  type Ballot,
  type BallotStorage,
  crashOf,
  type Down,
  describeThrown,
  type EventMessage,
  formatTarget,
  type Pid,
  type ProcessContext,
  processName,
  type Timer,
  TroupeError,
} from '#contract'
import { isLeading, leaseLeftMs, step, wakeAtMs } from './election.js'
import {
  describeElection,
  type Election,
  type ElectionEffect,
  type ElectionInput,
} from './election-state.js'
import {
  type Envelope,
  electionProtocol,
  electorName,
  readEnvelope,
  type WordFault,
} from './elector-protocol.js'
import type { Seen } from './notices.js'
import { Peers } from './peers.js'

/** What an elector is made of. */
export interface ElectorParts {
  readonly clusterId: string
  /** The process it elects for. */
  readonly owner: Pid
  readonly election: Election
  readonly storage: BallotStorage
  /** A node that sends no sign is left alone for so long. */
  readonly quietMs: number
  /** Something that `seen` shows is another. */
  readonly changed: () => void
}

/** Why something was not taken or not sent, with how often. */
export type ElectorCounts = Readonly<Record<WordFault | 'unsent', number>>

/** Who waits for a change of the voters. */
interface Change {
  readonly node: string
  readonly resolve: () => void
  readonly reject: (error: TroupeError) => void
}

type Told<K extends ElectionEffect['kind']> = Extract<ElectionEffect, { readonly kind: K }>

/** Greets whom it has not heard this often. */
const GREET_MS = 1_000

export class Elector {
  readonly #context: ProcessContext
  readonly #parts: ElectorParts
  readonly #peers: Peers
  readonly #joined = new Set<string>()
  /** Nodes that could not be reached, and until when nothing is sent to them. */
  readonly #quiet = new Map<string, number>()
  readonly #counts = { 'foreign-cluster': 0, malformed: 0, 'not-proved': 0, unsent: 0 }
  readonly #election: Election
  /** Of `changeVoters`, by the number that the election answers with. */
  readonly #changes = new Map<number, Change>()
  #lastChange = 0
  /** The term it was told that it leads in. */
  #leadsIn: number | undefined = undefined
  #seen: Seen
  #timer: Timer | undefined = undefined
  #armedMs: number | undefined = undefined
  /** Why the last ballot could not be kept. */
  #problem: string | undefined = undefined
  #hasEnded = false

  constructor(context: ProcessContext, parts: ElectorParts) {
    this.#context = context
    this.#parts = parts
    this.#election = parts.election
    this.#peers = new Peers({
      monitor: (pid) => context.monitor(pid),
      demonitor: (ref) => void context.demonitor(ref),
    })
    this.#seen = this.#look()
  }

  /** Begins to vote with what it has promised before, and greets the others. */
  begin(ballot: Ballot | undefined): void {
    this.#greetAll()
    this.#feed({ kind: 'start', ballot })
  }

  get seen(): Seen {
    return this.#seen
  }

  get voters(): readonly string[] {
    return this.#election.electorate.voters
  }

  /** Until the lease ends; 0 when it does not lead. */
  get leaseLeftMs(): number {
    const nowMs = this.#context.nowMs()
    if (this.#hasEnded || !isLeading(this.#election, nowMs)) return 0
    return leaseLeftMs(this.#election, nowMs)
  }

  /** A few values for an observer. */
  inspect(): Readonly<Record<string, unknown>> {
    const { term, leader, peers } = this.#seen
    return {
      ...{ clusterId: this.#parts.clusterId, term, state: describeElection(this.#election) },
      leader: leader === undefined ? undefined : formatTarget(leader),
      leaseLeftMs: Math.round(this.leaseLeftMs),
      ...{ voters: this.voters, peers: peers.map(formatTarget) },
      ...{ counts: { ...this.#counts, ...this.#election.counts }, abstains: this.#problem },
    }
  }

  /** Something came from an elector, or from whoever says so. */
  heard(given: unknown): void {
    const { fromNode } = this.#context
    const heard = readEnvelope(given, this.#parts.clusterId, fromNode)
    if (heard.kind === 'refused') {
      this.#counts[heard.fault] += 1
      return
    }
    const { pid, said } = heard
    this.#quiet.delete(fromNode)
    const isNew = this.#peers.heard(pid)
    if (said === 'good-day') this.#say(fromNode, 'welcome')
    else if (said !== 'welcome') this.#feed({ kind: 'word', from: fromNode, word: said })
    if (isNew) this.#feed({ kind: 'peer-up', node: fromNode })
  }

  /** A process that was heard has ended, or its node is lost. */
  ended({ ref }: Down): void {
    const node = this.#peers.ended(ref)
    if (node !== undefined) this.#feed({ kind: 'peer-down', node })
  }

  /** Something is known of another node. */
  noticed({ message }: EventMessage): void {
    const { kind, node } = message as { readonly kind: string; readonly node: string }
    if (kind === 'node-suspect') this.#feed({ kind: 'peer-down', node })
    if (kind !== 'node-up') return
    this.#quiet.delete(node)
    if (this.#isMeant(node)) this.#say(node, 'good-day')
  }

  join(node: string): void {
    if (node === this.#context.node) return
    this.#joined.add(node)
    if (this.#peers.at(node) === undefined) this.#say(node, 'good-day')
    this.#feed({ kind: 'join', node })
  }

  stepDown(): void {
    this.#feed({ kind: 'step-down' })
  }

  /** Settles when a majority has it. */
  changeVoters(verb: 'add' | 'remove', node: string): Promise<void> {
    this.#lastChange += 1
    const id = this.#lastChange
    return new Promise((resolve, reject) => {
      this.#changes.set(id, { node, resolve, reject })
      this.#feed({ kind: 'change', id, verb, node })
    })
  }

  /** The process ends: what it led it gives up. */
  end(): void {
    if (this.#hasEnded) return
    this.stepDown()
    this.#hasEnded = true
    this.#leadsIn = undefined
    this.#seen = { ...this.#seen, leadsIn: undefined }
    for (const id of this.#changes.keys()) this.#unchanged({ id, code: 'LEADERSHIP_LOST' })
  }

  #feed(input: ElectionInput): void {
    if (this.#hasEnded) return
    for (const effect of step(this.#election, input, this.#context.nowMs())) {
      this.#carryOut(effect)
    }
    this.#arm()
    this.#changed()
  }

  #carryOut(effect: ElectionEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#say(effect.to, effect.word)
        return
      case 'save':
        void this.#save(effect)
        return
      case 'elected':
        this.#leadsIn = effect.term
        return
      case 'deposed':
        this.#leadsIn = undefined
        return
      case 'changed':
        this.#changes.get(effect.id)?.resolve()
        this.#changes.delete(effect.id)
        return
      case 'unchanged':
        this.#unchanged(effect)
        return
      case 'following':
      case 'term':
      case 'voters':
      case 'refused':
        // Read from the state, where the newest of them stands.
        return
    }
  }

  /** One timer: the newest time holds. */
  #arm(): void {
    const dueMs = wakeAtMs(this.#election)
    if (dueMs === this.#armedMs) return
    this.#armedMs = dueMs
    this.#timer?.cancel()
    if (dueMs === Number.POSITIVE_INFINITY) return
    const delayMs = Math.max(0, dueMs - this.#context.nowMs())
    this.#timer = this.#context.after(delayMs, () => this.#due(), { priority: 'max' })
  }

  #due(): void {
    this.#armedMs = undefined
    this.#feed({ kind: 'tick' })
  }

  #say(node: string, said: Envelope['said']): void {
    const nowMs = this.#context.nowMs()
    if ((this.#quiet.get(node) ?? 0) > nowMs) return
    const { clusterId, owner, quietMs } = this.#parts
    const envelope: Envelope = { clusterId, pid: owner, said }
    const to = processName(electorName(clusterId), electionProtocol, node)
    if (this.#context.send(to, 'word', envelope, { priority: 'high' }) === undefined) return
    this.#counts.unsent += 1
    this.#quiet.set(node, nowMs + quietMs)
  }

  #isMeant(node: string): boolean {
    const isOther = node !== this.#context.node
    return isOther && (this.#joined.has(node) || this.voters.includes(node))
  }

  /** Greets all that were not heard, and again after a while. */
  #greetAll(): void {
    for (const node of new Set([...this.voters, ...this.#joined])) {
      if (this.#isMeant(node) && this.#peers.at(node) === undefined) this.#say(node, 'good-day')
    }
    this.#context.after(GREET_MS, () => this.#greetAll())
  }

  async #save({ id, ballot }: Told<'save'>): Promise<void> {
    try {
      await this.#parts.storage.save(ballot)
    } catch (thrown) {
      this.#tellSaved(describeThrown(thrown))
      this.#feedLater({ kind: 'save-failed', id })
      return
    }
    this.#tellSaved(undefined)
    this.#feedLater({ kind: 'saved', id })
  }

  /** Outside of a turn nobody else would hear of a throw. */
  #feedLater(input: ElectionInput): void {
    try {
      this.#feed(input)
    } catch (thrown) {
      if (this.#hasEnded || TroupeError.is(thrown, 'PROCESS_REVOKED')) return
      this.#context.stop(crashOf(thrown))
    }
  }

  /** Says once that this voter abstains, and once that it votes again. */
  #tellSaved(problem: string | undefined): void {
    const before = this.#problem
    this.#problem = problem
    if (this.#hasEnded || (before === undefined) === (problem === undefined)) return
    const { clusterId } = this.#parts
    if (problem === undefined) this.#context.log.info('the ballot is kept again', { clusterId })
    else {
      const told = 'the ballot could not be kept: this voter abstains'
      this.#context.log.error(told, { clusterId, problem })
    }
  }

  #unchanged({ id, code }: Pick<Told<'unchanged'>, 'id' | 'code'>): void {
    const change = this.#changes.get(id)
    this.#changes.delete(id)
    change?.reject(this.#faultOf(code, change.node))
  }

  #faultOf(code: Told<'unchanged'>['code'], node: string): TroupeError {
    const { clusterId } = this.#parts
    const { leader } = this.#seen
    switch (code) {
      case 'VOTERS_CHANGING':
      case 'VOTERS_UNREACHED':
      case 'LEADERSHIP_LOST':
        return new TroupeError(code, { clusterId })
      case 'OPTION_INVALID': {
        const problem = 'it cannot be added or taken out: it votes, or votes not, or is the last'
        return new TroupeError('OPTION_INVALID', { option: 'node', value: node, problem })
      }
      case 'NOT_LEADER': {
        const known = leader === undefined ? 'not known' : formatTarget(leader)
        return new TroupeError('NOT_LEADER', { clusterId, leader: known })
      }
    }
  }

  #changed(): void {
    const before = this.#seen
    const seen = this.#look()
    if (isSameSight(before, seen)) return
    this.#seen = seen
    this.#parts.changed()
  }

  /** What holds now. */
  #look(): Seen {
    const { term } = this.#election
    const leadsIn = this.#leadsIn
    return { term, leadsIn, leader: this.#leader(), peers: this.#peers.pids }
  }

  #leader(): Pid | undefined {
    const { leader } = this.#election
    if (leader === undefined) return undefined
    if (leader !== this.#context.node) return this.#peers.at(leader)
    // Elected, and without a lease yet: nobody leads.
    return this.#leadsIn === undefined ? undefined : this.#parts.owner
  }
}

const isSameSight = (one: Seen, other: Seen): boolean =>
  one.term === other.term &&
  one.leadsIn === other.leadsIn &&
  one.leader === other.leader &&
  one.peers === other.peers
