/**
 * testing/simulation/election-trial: one story of voters by its seed, and what was wrong in it.
 *
 * The same seed is the same story, on every machine. After the faults all heals, and a majority
 * must have a leader within ten election timeouts.
 *
 * @source design 9; issue 6, section 2
 */
import { type Random, seededRandom } from '#base/random'
import { ELECTION_DEFAULTS } from '#contract'
import { ELECTION_SCENARIOS, faultOf } from './election-faults.js'
import { ElectionJudge, type SeenLeader } from './election-judge.js'
import { ElectionStage } from './election-stage.js'
import { type ElectionWeather, ElectionWorld } from './election-world.js'

export interface ElectionTrialOptions {
  readonly seed: number
  /** One of `ELECTION_SCENARIOS`; default by seed. */
  readonly scenario?: string
  /** Lines of the transcript that are kept; default none. */
  readonly transcriptMax?: number
}

export interface ElectionTrial {
  readonly seed: number
  readonly scenario: string
  readonly voters: number
  readonly isDurable: boolean
  readonly violations: readonly string[]
  readonly leaders: readonly SeenLeader[]
  readonly words: number
  /** From each kill of a leader to the next one. */
  readonly failoversMs: readonly number[]
  /** From the end of all faults to a leader. */
  readonly healedMs: number | undefined
  readonly transcript: readonly string[]
}

/** A line within one place. */
export const FAIR: ElectionWeather = Object.freeze({
  ...{ delayMinMs: 0.05, delayMaxMs: 1, lateShare: 0, lateMs: 0, lossShare: 0, twiceShare: 0 },
  ...{ stallMs: 1, saveMaxMs: 2, saveFailShare: 0 },
})

const ROUGH: ElectionWeather = Object.freeze({
  ...{ delayMinMs: 0.1, delayMaxMs: 5, lateShare: 0.1, lateMs: 250, lossShare: 0.05 },
  ...{ twiceShare: 0.05, stallMs: 10, saveMaxMs: 20, saveFailShare: 0.02 },
})

/** Lines so slow that those who stand do not hear of each other in time. */
const SLOW: ElectionWeather = Object.freeze({
  ...{ delayMinMs: 5, delayMaxMs: 60, lateShare: 0.05, lateMs: 100, lossShare: 0.01 },
  ...{ twiceShare: 0.02, stallMs: 5, saveMaxMs: 30, saveFailShare: 0 },
})

const FAULTS_MIN = 4
const FAULTS_MORE = 12
const PAUSE_MAX_MS = 600
/** How many of the longer election timeouts a healed majority may be without a leader. */
const HEAL_TIMEOUTS = 10
/** So many more if somebody has to remember first. */
const WAKE_TIMEOUTS = 2
/** Where nothing but what the scenario names goes wrong. */
const STEADY: readonly string[] = ['flapping', 'kills']
const IN_MEMORY = 'forgetting'
/** Voters change only where they are kept. */
const ON_DISK: readonly string[] = ['voters', 'plots', 'disks']
const SPARES = ['y', 'z']
const FOUNDERS = ['a', 'b', 'c', 'd', 'e']

function stageOf(random: Random, scenario: string, say: (line: string) => void): ElectionStage {
  const size = [1, 2, 3, 3, 3, 4, 5, 5][random.below(8)] ?? 3
  const founders = FOUNDERS.slice(0, size)
  const isDurable = ON_DISK.includes(scenario) || (scenario !== IN_MEMORY && random.below(2) === 0)
  const drawn = [FAIR, FAIR, ROUGH, ROUGH, SLOW][random.below(5)] ?? FAIR
  const weather = STEADY.includes(scenario) ? FAIR : drawn
  const clockDriftMax = [0.02, 0.05, 0.2][random.below(3)] ?? 0.05
  const { electionTimeoutMinMs, electionTimeoutMaxMs, heartbeatMs } = ELECTION_DEFAULTS
  const times = { electionTimeoutMinMs, electionTimeoutMaxMs, heartbeatMs, clockDriftMax }
  const settings = { ...times, voters: founders, isDurable }
  const names = [...founders, ...SPARES.slice(0, random.below(3))]
  const world = new ElectionWorld({ random, names, settings, weather })
  const judge = new ElectionJudge(world, say)
  world.watcher = judge
  return new ElectionStage(world, judge, { random, founders })
}

/** Plays the story of one seed. */
export function runElectionTrial(options: ElectionTrialOptions): ElectionTrial {
  const { seed, transcriptMax = 0 } = options
  const random = seededRandom(seed)
  const names = Object.keys(ELECTION_SCENARIOS)
  const scenario = options.scenario ?? names[seed % names.length] ?? 'mix'
  const transcript: string[] = []
  const say = (line: string): void => {
    if (transcript.length >= transcriptMax) return
    transcript.push(`${stage.world.nowMs.toFixed(3).padStart(10)} ${line}`)
  }
  const stage = stageOf(random, scenario, say)
  play(stage, scenario, say)
  const healedMs = heal(stage, say)
  const { world, judge, founders } = stage
  return {
    ...{ seed, scenario, voters: founders.length, isDurable: world.settings.isDurable },
    ...{ violations: judge.violations, leaders: judge.leaders, words: world.words },
    ...{ failoversMs: stage.failoversMs, healedMs, transcript },
  }
}

function play(stage: ElectionStage, scenario: string, say: (line: string) => void): void {
  const { world, random, judge } = stage
  for (const name of world.voters.keys()) {
    world.at(random.unit() * 500, () => world.start(name))
  }
  const kinds = (ELECTION_SCENARIOS[scenario] ?? []).filter(
    (kind) => kind !== 'changeVoters' || world.settings.isDurable,
  )
  const faults = FAULTS_MIN + random.below(FAULTS_MORE)
  world.run(700 + random.unit() * 800)
  while (STEADY.includes(scenario) && judge.claimants().length === 0 && world.nowMs < 5_000) {
    world.run(world.nowMs + 10)
  }
  const before = judge.leaders.length
  for (let fault = 0; fault < faults; fault += 1) {
    const kind = kinds[random.below(kinds.length)]
    if (kind === undefined) break
    say(`-- ${kind}`)
    faultOf(kind)(stage)
    world.run(world.nowMs + random.unit() * PAUSE_MAX_MS)
  }
  if (scenario === 'flapping' && judge.leaders.length !== before) {
    judge.violate('a node that comes and goes deposed the leader')
  }
}

/** All faults end; how long it then takes until somebody leads. */
function heal(stage: ElectionStage, say: (line: string) => void): number | undefined {
  const { world, judge } = stage
  // Whatever was to mend itself has done so by then.
  world.run(world.nowMs + 500)
  world.weather = FAIR
  world.mend()
  for (const voter of world.voters.values()) {
    voter.isDiskBroken = false
    world.thaw(voter.name)
    world.start(voter.name)
  }
  say('-- all is well')
  const healedMs = world.nowMs
  const { isDurable, electionTimeoutMaxMs } = world.settings
  const someWake = !isDurable || stage.running().some(({ election }) => !election?.waking.isAwake)
  const timeouts = HEAL_TIMEOUTS + (someWake ? WAKE_TIMEOUTS : 0)
  const limitMs = healedMs + timeouts * electionTimeoutMaxMs
  while (judge.claimants().length === 0 && world.nowMs < limitMs) world.run(world.nowMs + 5)
  const tookMs = world.nowMs - healedMs
  if (judge.claimants().length === 0) {
    judge.violate(`nobody leads ${tookMs.toFixed(0)} ms after all was well`)
    return undefined
  }
  stays(stage)
  return tookMs
}

/** Where all is well nobody is deposed, and everybody comes to know the leader. */
function stays({ world, judge }: ElectionStage): void {
  const { electionTimeoutMaxMs } = world.settings
  // Somebody who was in a later term may still bring that.
  world.run(world.nowMs + 6 * electionTimeoutMaxMs)
  const before = judge.leaders.length
  world.run(world.nowMs + 2 * electionTimeoutMaxMs)
  if (judge.leaders.length !== before) judge.violate('somebody else leads though all was well')
  const leader = judge.claimants()[0]
  if (leader === undefined) {
    judge.violate('nobody leads any more though all was well')
    return
  }
  for (const { name, election } of world.voters.values()) {
    if (election?.electorate.voters.includes(name) && election.leader !== leader.name) {
      judge.violate(`${name} follows ${election.leader} and not ${leader.name}`)
    }
  }
}
