/**
 * testing/simulation/election-world: voters, their clocks, disks and lines, in one true time.
 *
 * Nothing but the pure election of each node runs here, so a second of a cluster takes well below
 * a millisecond. Words are late, lost, doubled and out of order as the weather says; lines are cut
 * one way or both; nodes crash, freeze and have clocks of their own.
 *
 * @source design 9; Jepsen's nemeses
 */
import { assert } from '#base/assert'
import { Heap, type HeapItem } from '#base/heap'
import type { Random } from '#base/random'
import { step, wakeAtMs } from '#cluster/leader/election'
import {
  type Election,
  type ElectionEffect,
  type ElectionInput,
  type ElectionSettings,
  openElection,
} from '#cluster/leader/election-state'
import type { Word } from '#cluster/leader/election-words'
import type { Ballot } from '#contract'

/** What befalls words, saves and timers; shares are of 1. */
export interface ElectionWeather {
  readonly delayMinMs: number
  readonly delayMaxMs: number
  /** So many words are late by up to `lateMs`. */
  readonly lateShare: number
  readonly lateMs: number
  readonly lossShare: number
  readonly twiceShare: number
  /** How late a timer of a node fires at most. */
  readonly stallMs: number
  readonly saveMaxMs: number
  readonly saveFailShare: number
}

/** One node over all its lives. */
export interface SimulatedVoter {
  readonly name: string
  /** How many of its milliseconds pass in one true one. */
  readonly pace: number
  offsetMs: number
  /** 0: it does not run. */
  life: number
  lives: number
  election: Election | undefined
  isFrozen: boolean
  readonly queue: (() => void)[]
  wakeMs: number
  disk: Ballot | undefined
  /** Is being written: it may be there after a crash, or not. */
  writing: Ballot | undefined
  isDiskBroken: boolean
  /** When its disk was lost with all that was on it. */
  forgotMs: number
}

/** Who looks on from outside. */
export interface ElectionWatcher {
  stepped(voter: SimulatedVoter, input: ElectionInput, effects: readonly ElectionEffect[]): void
  sent(from: SimulatedVoter, to: string, word: Word): number
  delivered(from: string, to: SimulatedVoter, mark: number, sentMs: number): void
}

export interface ElectionWorldOptions {
  readonly random: Random
  readonly names: readonly string[]
  readonly settings: Omit<ElectionSettings, 'self'>
  readonly weather: ElectionWeather
}

interface Due extends HeapItem {
  readonly run: () => void
}

export class ElectionWorld {
  readonly voters = new Map<string, SimulatedVoter>()
  readonly random: Random
  readonly settings: Omit<ElectionSettings, 'self'>
  weather: ElectionWeather
  nowMs = 0
  words = 0
  /** Is called when a vote has left. */
  voted: (name: string) => void = () => {}
  watcher: ElectionWatcher | undefined
  readonly #all: readonly SimulatedVoter[]
  readonly #due = new Heap<Due>()
  readonly #cut = new Set<string>()
  #order = 0

  constructor({ random, names, settings, weather }: ElectionWorldOptions) {
    this.random = random
    this.settings = settings
    this.weather = weather
    const drift = settings.clockDriftMax / 2
    for (const name of names) {
      // Half of the clocks stand at one end of what is allowed.
      const share = random.below(2) === 0 ? random.unit() * 2 - 1 : random.below(2) * 2 - 1
      this.voters.set(name, {
        ...{ name, pace: 1 + drift * share, offsetMs: random.unit() * 1_000_000 },
        ...{ life: 0, lives: 0, election: undefined, isFrozen: false, queue: [] },
        ...{
          wakeMs: Infinity,
          disk: undefined,
          writing: undefined,
          isDiskBroken: false,
          forgotMs: -Infinity,
        },
      })
    }
    this.#all = [...this.voters.values()]
  }

  localMs = (voter: SimulatedVoter): number => voter.offsetMs + this.nowMs * voter.pace

  at(atMs: number, run: () => void): void {
    const dueMs = Math.max(atMs, this.nowMs)
    this.#due.push({ dueMs, order: this.#order, heapIndex: -1, run })
    this.#order += 1
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.nowMs + delayMs, run)
  }

  /** Lets true time pass. */
  run(untilMs: number): void {
    for (;;) {
      let next: SimulatedVoter | undefined
      let wakeMs = untilMs
      for (const voter of this.#all) {
        if (voter.wakeMs < wakeMs) {
          next = voter
          wakeMs = voter.wakeMs
        }
      }
      const due = this.#due.peek()
      if (due !== undefined && due.dueMs <= wakeMs) {
        this.#due.pop()
        this.nowMs = due.dueMs
        due.run()
      } else if (next !== undefined) {
        this.nowMs = wakeMs
        this.give(next, { kind: 'tick' })
      } else {
        this.nowMs = untilMs
        return
      }
    }
  }

  /** A new life of a node begins. */
  start(name: string): void {
    const voter = this.voter(name)
    if (voter.life !== 0) return
    voter.lives += 1
    voter.life = voter.lives
    voter.offsetMs += this.random.unit() * 1_000
    voter.election = openElection({ ...this.settings, self: name }, this.random)
    const ballot = this.settings.isDurable ? voter.disk : undefined
    this.give(voter, { kind: 'start', ballot })
    for (const other of this.#all) {
      if (other === voter || other.life === 0) continue
      this.#tell(other, { kind: 'peer-up', node: name })
      this.#tell(voter, { kind: 'peer-up', node: other.name })
    }
  }

  /** A life ends without a word; the others may notice that its connections end. */
  crash(name: string, isNoticed: boolean): void {
    const voter = this.voter(name)
    if (voter.life === 0) return
    if (voter.writing !== undefined && this.random.below(2) === 0) voter.disk = voter.writing
    voter.writing = undefined
    voter.life = 0
    voter.election = undefined
    voter.isFrozen = false
    voter.queue.length = 0
    voter.wakeMs = Infinity
    if (isNoticed) this.breakLines(name)
  }

  /** The connections of a node end; the others hear so behind most of what it said. */
  breakLines(name: string): void {
    for (const other of this.#all) {
      if (other.name === name) continue
      const { life } = other
      const tell = (): void => this.give(other, { kind: 'peer-down', node: name })
      this.after(this.weather.delayMaxMs, () => this.#reach(other, life, tell))
    }
  }

  freeze(name: string): void {
    const voter = this.voter(name)
    if (voter.life !== 0) voter.isFrozen = true
    voter.wakeMs = Infinity
  }

  thaw(name: string): void {
    const voter = this.voter(name)
    if (!voter.isFrozen) return
    voter.isFrozen = false
    if (this.random.below(2) === 0) this.give(voter, { kind: 'tick' })
    for (const run of voter.queue.splice(0)) run()
    this.#arm(voter)
  }

  /** The clock of a node goes forward at once. */
  jump(name: string, byMs: number): void {
    const voter = this.voter(name)
    voter.offsetMs += byMs
    this.#arm(voter)
  }

  cut(from: string, to: string): void {
    this.#cut.add(`${from} ${to}`)
  }

  mend(): void {
    this.#cut.clear()
  }

  /** One turn of a node that runs. */
  give(voter: SimulatedVoter, input: ElectionInput): void {
    const { election } = voter
    if (election === undefined || voter.isFrozen) return
    const effects = step(election, input, this.localMs(voter))
    // What it claims is judged before what it says goes out.
    this.watcher?.stepped(voter, input, effects)
    for (const effect of effects) this.#carry(voter, effect)
    this.#arm(voter)
  }

  voter(name: string): SimulatedVoter {
    const voter = this.voters.get(name)
    assert(voter !== undefined, `${name} is one of the nodes of this world`)
    return voter
  }

  #arm(voter: SimulatedVoter): void {
    const { election } = voter
    if (election === undefined || voter.isFrozen) return
    const trueMs = (wakeAtMs(election) - voter.offsetMs) / voter.pace
    const lateMs = this.random.unit() * this.weather.stallMs
    voter.wakeMs = Math.max(this.nowMs + 0.001, trueMs) + lateMs
  }

  #tell(voter: SimulatedVoter, input: ElectionInput): void {
    const { life } = voter
    this.after(this.#delayMs(), () => this.#reach(voter, life, () => this.give(voter, input)))
  }

  /** Something comes to one life of a node; a frozen one finds it when it wakes. */
  #reach(voter: SimulatedVoter, life: number, run: () => void): void {
    if (voter.life !== life || life === 0) return
    if (voter.isFrozen) voter.queue.push(run)
    else run()
  }

  #delayMs(): number {
    const { delayMinMs, delayMaxMs, lateShare, lateMs } = this.weather
    const delayMs = delayMinMs + this.random.unit() * (delayMaxMs - delayMinMs)
    return this.random.unit() < lateShare ? delayMs + this.random.unit() * lateMs : delayMs
  }

  #carry(voter: SimulatedVoter, effect: ElectionEffect): void {
    if (effect.kind === 'save') this.#save(voter, effect.id, effect.ballot)
    if (effect.kind !== 'send') return
    this.words += 1
    const mark = this.watcher?.sent(voter, effect.to, effect.word) ?? 0
    const copies = this.random.unit() < this.weather.twiceShare ? 2 : 1
    const { to, word } = effect
    for (let copy = 0; copy < copies; copy += 1) this.#send(voter, to, word, mark)
    if (word.kind === 'answer' && word.granted && !word.pre) this.voted(voter.name)
  }

  #send(voter: SimulatedVoter, toName: string, word: Word, mark: number): void {
    const to = this.voters.get(toName)
    if (to === undefined || to.life === 0) return
    if (this.#cut.has(`${voter.name} ${toName}`)) return
    if (this.random.unit() < this.weather.lossShare) return
    const { life } = to
    const sentMs = this.nowMs
    const deliver = (): void => {
      if (this.#cut.has(`${voter.name} ${toName}`)) return
      this.#reach(to, life, () => {
        this.watcher?.delivered(voter.name, to, mark, sentMs)
        this.give(to, { kind: 'word', from: voter.name, word })
      })
    }
    this.after(this.#delayMs(), deliver)
  }

  #save(voter: SimulatedVoter, id: number, ballot: Ballot): void {
    const { life } = voter
    const { saveMaxMs, saveFailShare } = this.weather
    const isKept = !voter.isDiskBroken && this.random.unit() >= saveFailShare
    voter.writing = isKept ? ballot : undefined
    this.after(this.random.unit() * saveMaxMs, () => {
      if (voter.life !== life) return
      if (isKept) voter.disk = ballot
      voter.writing = undefined
      const kind = isKept ? 'saved' : 'save-failed'
      this.#reach(voter, life, () => this.give(voter, { kind, id }))
    })
  }
}
