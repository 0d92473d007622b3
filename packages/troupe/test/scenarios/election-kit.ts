/**
 * Voters in a script: a line is what happens, the answer is what they claim then, one line each.
 */
import { seededRandom } from '#base/random'
import { isLeading } from '#cluster/leader/election'
import { describeElection } from '#cluster/leader/election-state'
import { ELECTION_DEFAULTS } from '#contract'
import { ElectionJudge } from '#testing/simulation/election-judge'
import { FAIR } from '#testing/simulation/election-trial'
import { ElectionWorld, type SimulatedVoter } from '#testing/simulation/election-world'

interface StageOptions {
  readonly voters?: readonly string[]
  /** Nodes that do not vote at first. */
  readonly others?: readonly string[]
  readonly isDurable?: boolean
  readonly seed?: number
}

/** What is played with; the verbs are those of the script. */
export class VotersOnStage {
  readonly world: ElectionWorld
  readonly judge: ElectionJudge

  constructor({ voters = ['a', 'b', 'c'], others = [], isDurable, seed = 1 }: StageOptions = {}) {
    const { electionTimeoutMinMs, electionTimeoutMaxMs, heartbeatMs, clockDriftMax } =
      ELECTION_DEFAULTS
    const times = { electionTimeoutMinMs, electionTimeoutMaxMs, heartbeatMs, clockDriftMax }
    const settings = { ...times, voters, isDurable: isDurable ?? true }
    const names = [...voters, ...others]
    this.world = new ElectionWorld({ random: seededRandom(seed), names, settings, weather: FAIR })
    this.judge = new ElectionJudge(this.world, () => {})
    this.world.watcher = this.judge
  }

  /** Starts all, or these, and lets a second pass. */
  start(...names: readonly string[]): this {
    const chosen = names.length > 0 ? names : [...this.world.voters.keys()]
    for (const name of chosen) this.world.start(name)
    return this.pass(1_000)
  }

  pass(forMs: number): this {
    this.world.run(this.world.nowMs + forMs)
    return this
  }

  /** Silent walls between those named and all others; `one-way`: only what they say is lost. */
  cut(names: readonly string[], how: 'both' | 'one-way' = 'both'): this {
    for (const inside of names) {
      for (const outside of this.world.voters.keys()) {
        if (names.includes(outside)) continue
        this.world.cut(inside, outside)
        if (how === 'both') this.world.cut(outside, inside)
      }
    }
    return this
  }

  mend(): this {
    this.world.mend()
    return this
  }

  /** Who leads by its own claim, if it is one alone. */
  get leader(): string {
    const claimants = this.judge.claimants()
    return claimants.length === 1 ? (claimants[0] as SimulatedVoter).name : `${claimants.length}`
  }

  /** All that run, by name: what they are, and whether they claim to lead at this instant. */
  get told(): readonly string[] {
    const lines: string[] = []
    for (const voter of this.world.voters.values()) {
      const { election, name } = voter
      if (election === undefined) lines.push(`${name}: does not run`)
      else {
        const claim = isLeading(election, this.world.localMs(voter)) ? ', lease' : ''
        lines.push(`${describeElection(election)}${claim}`)
      }
    }
    return lines
  }

  change(verb: 'add' | 'remove', node: string): this {
    const [leader] = this.judge.claimants()
    if (leader !== undefined) this.world.give(leader, { kind: 'change', id: 1, verb, node })
    return this
  }

  stepDown(): this {
    const [leader] = this.judge.claimants()
    if (leader !== undefined) this.world.give(leader, { kind: 'step-down' })
    return this
  }
}
