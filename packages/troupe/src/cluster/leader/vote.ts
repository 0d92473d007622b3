/**
 * cluster/leader/vote: the voters decide: one voter's election, carried out.
 *
 * What is decided is decided by `step`; here it is done: the ballot is kept, words are said, one
 * timer runs.
 *
 * @source Raft 3, 9.6; ergo-features 24
 */
import type { Random } from '#base/random'
import { type Ballot, type BallotStorage, describeThrown, type Pid, type Timer } from '#contract'
import type { Acquaintance, Deciding } from './deciding.js'
import { isLeading, leaseLeftMs, step, wakeAtMs } from './election.js'
import type { ElectionSettings } from './election-settings.js'
import {
  describeElection,
  type Election,
  type ElectionEffect,
  type ElectionInput,
  isVoter,
  openElection,
} from './election-state.js'
import type { Word } from './election-words.js'
import { VoterChanges } from './voter-changes.js'

type Told<K extends ElectionEffect['kind']> = Extract<ElectionEffect, { readonly kind: K }>

export class Vote implements Deciding {
  readonly decidedBy = 'vote'
  readonly #self: Acquaintance
  readonly #storage: BallotStorage
  readonly #ballot: Ballot | undefined
  readonly #election: Election
  readonly #changes: VoterChanges
  /** The term it was told that it leads in. */
  #leadsIn: number | undefined = undefined
  #timer: Timer | undefined = undefined
  #armedMs: number | undefined = undefined
  /** Why the last ballot could not be kept. */
  #problem: string | undefined = undefined
  #hasEnded = false

  /** A vote that goes on with what was promised before; it says nothing yet. */
  static async open(
    self: Acquaintance,
    settings: ElectionSettings,
    storage: BallotStorage,
  ): Promise<Vote> {
    return new Vote(self, settings, storage, await storage.load())
  }

  constructor(
    self: Acquaintance,
    settings: ElectionSettings,
    storage: BallotStorage,
    ballot: Ballot | undefined,
  ) {
    this.#self = self
    this.#changes = new VoterChanges(self.clusterId, () => this.leader)
    this.#storage = storage
    this.#ballot = ballot
    const random: Random = {
      unit: () => self.random(),
      below: (limit) => Math.floor(self.random() * limit),
    }
    const own = { ...settings, self: self.self.node, isDurable: true }
    this.#election = openElection(own, random)
  }

  begin(): void {
    this.#feed({ kind: 'start', ballot: this.#ballot })
  }

  get role(): Deciding['role'] {
    if (this.#leadsIn !== undefined) return 'leader'
    if (!isVoter(this.#election)) return 'observer'
    return this.#election.role === 'follower' ? 'follower' : 'candidate'
  }

  get term(): number {
    return this.#election.term
  }

  get leadsIn(): number | undefined {
    return this.#leadsIn
  }

  get leader(): Pid | undefined {
    const { leader } = this.#election
    const { self } = this.#self
    if (leader === undefined) return undefined
    if (leader !== self.node) return this.#self.peerAt(leader)
    // Elected, and without a lease yet: nobody leads.
    return this.#leadsIn === undefined ? undefined : self
  }

  get leaseLeftMs(): number {
    const nowMs = this.#self.nowMs()
    if (this.#hasEnded || !isLeading(this.#election, nowMs)) return 0
    return leaseLeftMs(this.#election, nowMs)
  }

  get voters(): readonly string[] {
    return this.#election.electorate.voters
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#election.counts
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { state: describeElection(this.#election), abstains: this.#problem }
  }

  heard(from: string, word: Word): void {
    this.#feed({ kind: 'word', from, word })
  }

  peerUp(node: string): void {
    this.#feed({ kind: 'peer-up', node })
  }

  peerDown(node: string): void {
    this.#feed({ kind: 'peer-down', node })
  }

  joined(node: string): void {
    this.#feed({ kind: 'join', node })
  }

  stepDown(): void {
    this.#feed({ kind: 'step-down' })
  }

  /** Settles when a majority has it. */
  changeVoters(verb: 'add' | 'remove', node: string): Promise<void> {
    return this.#changes.ask(node, (id) => this.#feed({ kind: 'change', id, verb, node }))
  }

  /** The others are told with the last words; nobody answers them. */
  end(): undefined {
    this.#hasEnded = true
    this.#tell({ kind: 'step-down' })
    this.#timer?.cancel()
    this.#leadsIn = undefined
    this.#changes.refuseAll('LEADERSHIP_LOST')
  }

  #feed(input: ElectionInput): void {
    if (this.#hasEnded) return
    this.#tell(input)
    this.#arm()
    this.#self.changed()
  }

  #tell(input: ElectionInput): void {
    for (const effect of step(this.#election, input, this.#self.nowMs())) this.#carryOut(effect)
  }

  #carryOut(effect: ElectionEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#self.say(effect.to, effect.word)
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
        this.#changes.done(effect.id)
        return
      case 'unchanged':
        this.#changes.refuse(effect.id, effect.code)
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
    this.#timer = this.#self.after(Math.max(0, dueMs - this.#self.nowMs()), () => this.#due())
  }

  #due(): void {
    this.#armedMs = undefined
    this.#feed({ kind: 'tick' })
  }

  async #save({ id, ballot }: Told<'save'>): Promise<void> {
    try {
      await this.#storage.save(ballot)
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
      if (!this.#hasEnded) this.#self.failed(thrown)
    }
  }

  /** Says once that this voter abstains, and once that it votes again. */
  #tellSaved(problem: string | undefined): void {
    const before = this.#problem
    this.#problem = problem
    if (this.#hasEnded || (before === undefined) === (problem === undefined)) return
    const { clusterId, log } = this.#self
    if (problem === undefined) log.info('the ballot is kept again', { clusterId })
    else log.error('the ballot could not be kept: this voter abstains', { clusterId, problem })
  }
}
