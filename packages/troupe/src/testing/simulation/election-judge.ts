/**
 * testing/simulation/election-judge: what must never be seen of voters, looked at from outside.
 *
 * It goes by what nodes claim to whoever asks them at an instant of true time, by the words on the
 * wire, and by which of them came through: not by what the elections think themselves.
 *
 * @source design 7; issue 6, section 2
 */
import { isLeading } from '#cluster/leader/election'
import type { ElectionEffect, ElectionInput } from '#cluster/leader/election-state'
import { laterVoters, type Word } from '#cluster/leader/election-words'
import type { ElectionWatcher, ElectionWorld, SimulatedVoter } from './election-world.js'

/** A leader as it was seen. */
export interface SeenLeader {
  readonly node: string
  readonly life: number
  readonly term: number
  readonly atMs: number
}

const VIOLATIONS_MAX = 20
/** After so many of the longer election timeouts nobody stands any more who did, by any clock. */
const OVER_TIMEOUTS = 1.5
const TERM_MAX = 1_000_000_000

export class ElectionJudge implements ElectionWatcher {
  readonly violations: string[] = []
  readonly leaders: SeenLeader[] = []
  readonly #world: ElectionWorld
  readonly #all: readonly SimulatedVoter[]
  readonly #say: (line: string) => void
  /** Who was seen to lead in a term. */
  readonly #ledBy = new Map<number, string>()
  /** For whom a node has voted in a term, as it said on the wire, and when. */
  readonly #votes = new Map<string, { readonly candidate: string; readonly atMs: number }>()
  /** When the newest word of one was sent that the other has taken. */
  readonly #heardMs = new Map<string, number>()
  /** When the newest word was sent of which the sender knows that the other has taken it. */
  readonly #reachedMs = new Map<string, number>()
  /** Which lives were told that they lead, and are not yet told of its end. */
  readonly #told = new Set<string>()
  highestSettled = { term: 0, change: 0 }
  #marks: number[] = []

  constructor(world: ElectionWorld, say: (line: string) => void) {
    this.#world = world
    this.#all = [...world.voters.values()]
    this.#say = say
  }

  /** Nodes that claim now to lead. */
  claimants(): readonly SimulatedVoter[] {
    return this.#all.filter((voter) => this.#isClaiming(voter))
  }

  #isClaiming({ election, offsetMs, pace }: SimulatedVoter): boolean {
    return election !== undefined && isLeading(election, offsetMs + this.#world.nowMs * pace)
  }

  stepped(voter: SimulatedVoter, input: ElectionInput, effects: readonly ElectionEffect[]): void {
    for (const effect of effects) this.#effect(voter, effect)
    if (input.kind === 'word' || input.kind === 'tick' || input.kind === 'start') {
      this.#claims(voter)
    }
  }

  /** A claim begins only in a turn of its node, so it is enough to look at them then. */
  #claims(voter: SimulatedVoter): void {
    if (!this.#isClaiming(voter) || voter.election === undefined) return
    const { term } = voter.election
    for (const other of this.#all) {
      if (other === voter || !this.#isClaiming(other)) continue
      this.violate(`two leases: ${nameOf(voter)} in ${term} and ${nameOf(other)}`)
    }
    this.#isOnDisk(voter, term)
    const by = this.#ledBy.get(term)
    if (by === undefined) this.#ledBy.set(term, nameOf(voter))
    else if (by !== nameOf(voter)) {
      this.violate(`two leaders in term ${term}: ${by} and ${nameOf(voter)}`)
    }
    if (!this.#told.has(nameOf(voter))) this.violate(`${nameOf(voter)} leads and was not told`)
    this.#reach(voter, voter.election.electorate.voters)
  }

  /** Who leads has voted for itself: that must be on its disk. */
  #isOnDisk({ name, disk }: SimulatedVoter, term: number): void {
    if (!this.#world.settings.isDurable || (disk !== undefined && disk.term >= term)) return
    this.violate(`${name} leads in ${term}, and did not save its vote`)
  }

  /** A majority must have answered something that was said within the shorter timeout. */
  #reach(voter: SimulatedVoter, voters: readonly string[]): void {
    const { nowMs, settings } = this.#world
    const leaseMs = settings.electionTimeoutMinMs * (1 - settings.clockDriftMax)
    // The last digit is that of the arithmetic.
    const sinceMs = nowMs - leaseMs / voter.pace - 0.001
    const reached = voters.filter((node) => {
      if (node === voter.name) return true
      return (this.#reachedMs.get(`${nameOf(voter)} ${node}`) ?? -Infinity) >= sinceMs
    })
    if (reached.length * 2 > voters.length) return
    this.violate(`${nameOf(voter)} leads and has reached ${reached.length} of ${voters.length}`)
  }

  #effect(voter: SimulatedVoter, effect: ElectionEffect): void {
    const { nowMs } = this.#world
    if (effect.kind === 'elected') {
      this.#told.add(nameOf(voter))
      const { term } = effect
      const last = this.leaders.at(-1)
      if (last !== undefined && term <= last.term) {
        this.violate(`${nameOf(voter)} leads in ${term} after ${last.node} in ${last.term}`)
      }
      this.leaders.push({ node: voter.name, life: voter.life, term, atMs: nowMs })
    }
    if (effect.kind === 'following' && effect.leader !== undefined) {
      if (!this.#world.voters.has(effect.leader)) this.violate(`${voter.name} follows a stranger`)
    }
    if (effect.kind === 'term' && effect.after > TERM_MAX) {
      this.violate(`${voter.name} believes that the term is ${effect.after}`)
    }
    if (effect.kind === 'deposed') this.#told.delete(nameOf(voter))
    if (effect.kind === 'changed') {
      const electorate = voter.election?.electorate
      if (electorate === undefined) return
      if (laterVoters(electorate, this.highestSettled) < 0) {
        this.violate(`${nameOf(voter)} settled voters that are older than others settled before`)
      }
      this.highestSettled = electorate
    }
    if (effect.kind === 'send' || effect.kind === 'save') return
    if (effect.kind === 'refused') return
    this.#say(`${voter.name} ${JSON.stringify(effect)}`)
  }

  sent(from: SimulatedVoter, to: string, word: Word): number {
    if (word.kind === 'ask' && !word.pre) this.#vote(from, from.name, word.term)
    if (word.kind === 'answer' && !word.pre && word.granted) this.#vote(from, to, word.term)
    this.#marks.push(this.#heardMs.get(`${from.name} ${to}`) ?? -Infinity)
    return this.#marks.length - 1
  }

  /** One vote a term; and what was said is on the disk, for who has one. */
  #vote({ name, disk, forgotMs }: SimulatedVoter, candidate: string, term: number): void {
    const { nowMs, settings } = this.#world
    const key = `${name} ${term}`
    const before = this.#votes.get(key)
    this.#votes.set(key, { candidate, atMs: nowMs })
    const isKept = disk !== undefined && disk.term >= term
    if (settings.isDurable && (!isKept || (disk.term === term && disk.votedFor !== candidate))) {
      this.violate(`${name} votes for ${candidate} in term ${term}, and did not save that`)
    }
    if (before === undefined || before.candidate === candidate) return
    // Without a disk a later life cannot know; but by then whoever had the vote stands no more.
    const sinceMs = nowMs - before.atMs
    const hasForgotten = !settings.isDurable || forgotMs >= before.atMs
    if (hasForgotten && sinceMs > settings.electionTimeoutMaxMs * OVER_TIMEOUTS) return
    this.violate(`${name} voted for ${before.candidate} and for ${candidate} in term ${term}`)
  }

  delivered(from: string, to: SimulatedVoter, mark: number, sentMs: number): void {
    keepNewest(this.#heardMs, `${to.name} ${from}`, sentMs)
    keepNewest(this.#reachedMs, `${nameOf(to)} ${from}`, this.#marks[mark] ?? -Infinity)
  }

  violate(what: string): void {
    const line = `${this.#world.nowMs.toFixed(3)} ms: ${what}`
    this.#say(`VIOLATED ${what}`)
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push(line)
  }
}

/** A node in one of its lives. */
const nameOf = ({ name, life }: SimulatedVoter): string => `${name}#${life}`

function keepNewest(times: Map<string, number>, key: string, atMs: number): void {
  const before = times.get(key)
  if (before === undefined || before < atMs) times.set(key, atMs)
}
