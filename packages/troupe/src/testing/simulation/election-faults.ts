/**
 * testing/simulation/election-faults: what befalls voters, by the name of the scenario.
 *
 * A fault lasts a while and mends itself. Without disks no majority may be without memory at one
 * time: that is what an election in memory promises, and no more.
 */

import { ELECTION_DEFAULTS } from '#contract'
import { amnesia, bypass, creep, fork, orphan, rush } from './election-plots.js'
import type { ElectionStage } from './election-stage.js'
import type { SimulatedVoter } from './election-world.js'

/** Begins one fault; the answer is how long the story waits before the next one at most. */
type ElectionFault = (stage: ElectionStage) => void

/** Within this a killed leader is followed by another one, with the default times and clocks. */
const KILL_LIMIT_MS = 220
/** Clocks that are more wrong than turns are apart may split the votes once. */
const SPLIT_LIMIT_MS = KILL_LIMIT_MS + ELECTION_DEFAULTS.electionTimeoutMaxMs
/** Until the one that was killed has found out what it had promised. */
const WAKE_MS = 1_200

const pick = <T>(stage: ElectionStage, of: readonly T[]): T | undefined =>
  of[stage.random.below(Math.max(1, of.length))]

const between = (stage: ElectionStage, lowMs: number, highMs: number): number =>
  lowMs + stage.random.unit() * (highMs - lowMs)

/** The one who leads, in half of the cases, else any who runs. */
function victim(stage: ElectionStage): SimulatedVoter | undefined {
  const leader = stage.judge.claimants()[0]
  return stage.random.below(2) === 0 && leader !== undefined ? leader : pick(stage, stage.running())
}

function notice(stage: ElectionStage, voter: SimulatedVoter): void {
  if (stage.random.below(2) === 0) stage.world.breakLines(voter.name)
}

const split: ElectionFault = (stage) => {
  const names = [...stage.world.voters.keys()]
  const side = new Set(names.filter(() => stage.random.below(2) === 0))
  for (const from of names) {
    for (const to of names) if (side.has(from) !== side.has(to)) stage.world.cut(from, to)
  }
  const leader = stage.judge.claimants()[0]
  if (leader !== undefined) notice(stage, leader)
  stage.world.after(between(stage, 50, 1_500), () => stage.world.mend())
}

/** One node hears nobody, or nobody hears it, or both. */
const isolate: ElectionFault = (stage) => {
  const one = victim(stage)
  if (one === undefined) return
  const how = stage.random.below(3)
  for (const name of stage.world.voters.keys()) {
    if (how !== 0) stage.world.cut(one.name, name)
    if (how !== 1) stage.world.cut(name, one.name)
  }
  notice(stage, one)
  stage.world.after(between(stage, 50, 1_500), () => stage.world.mend())
}

/** Single lines of one direction. */
const cutLines: ElectionFault = (stage) => {
  const names = [...stage.world.voters.keys()]
  for (const from of names) {
    for (const to of names) if (stage.random.below(3) === 0) stage.world.cut(from, to)
  }
  stage.world.after(between(stage, 50, 1_500), () => stage.world.mend())
}

const crash: ElectionFault = (stage) => {
  const one = victim(stage)
  if (one === undefined || !stage.mayForget(one, !stage.world.settings.isDurable)) return
  stage.world.crash(one.name, stage.random.below(3) > 0)
  const quick = stage.random.below(2) === 0
  stage.world.after(between(stage, 1, quick ? 100 : 2_000), () => stage.world.start(one.name))
}

/** The disk comes back empty. */
const loseDisk: ElectionFault = (stage) => {
  const one = victim(stage)
  if (one === undefined || !stage.mayForget(one, true)) return
  stage.world.crash(one.name, true)
  one.disk = undefined
  one.forgotMs = stage.world.nowMs
  stage.world.after(between(stage, 1, 500), () => stage.world.start(one.name))
}

const breakDisk: ElectionFault = (stage) => {
  const one = victim(stage)
  if (one === undefined) return
  one.isDiskBroken = true
  stage.world.after(between(stage, 100, 1_500), () => {
    one.isDiskBroken = false
  })
}

const freeze: ElectionFault = (stage) => {
  const one = victim(stage)
  if (one === undefined) return
  stage.world.freeze(one.name)
  const long = stage.random.below(2) === 0
  stage.world.after(between(stage, 20, long ? 3_000 : 250), () => stage.world.thaw(one.name))
}

const jump: ElectionFault = (stage) => {
  const one = victim(stage)
  if (one === undefined) return
  const { heartbeatMs } = stage.world.settings
  const long = stage.random.below(2) === 0
  stage.world.jump(one.name, between(stage, 2 * heartbeatMs + 1, long ? 10_000 : 300))
}

const yieldLead: ElectionFault = (stage) => {
  const leader = stage.judge.claimants()[0]
  if (leader !== undefined) stage.world.give(leader, { kind: 'step-down' })
}

const changeVoters: ElectionFault = (stage) => {
  const leader = stage.judge.claimants()[0]
  const voters = leader?.election?.electorate.voters
  if (leader === undefined || voters === undefined) return
  const node = pick(stage, [...stage.world.voters.keys()])
  if (node === undefined) return
  const verb = voters.includes(node) ? 'remove' : 'add'
  stage.world.give(leader, { kind: 'change', id: stage.nextId(), verb, node })
}

/** A node that does not lead comes and goes: the others take no notice. */
const flap: ElectionFault = (stage) => {
  const leader = stage.judge.claimants()[0]
  if (leader === undefined || stage.founders.length < 3) return
  const others = stage.founders.filter((name) => name !== leader.name)
  const name = stage.flapping ?? pick(stage, others)
  if (name === undefined || name === leader.name) return
  stage.flapping = name
  for (const other of stage.world.voters.keys()) {
    stage.world.cut(name, other)
    stage.world.cut(other, name)
  }
  notice(stage, stage.world.voter(name))
  stage.world.after(between(stage, 100, 1_000), () => stage.world.mend())
}

/** The leader ends, its connections with it; another one leads before long. */
const kill: ElectionFault = (stage) => {
  const leader = stage.judge.claimants()[0]
  if (leader === undefined || stage.founders.length < 3) return
  if (!stage.mayForget(leader, !stage.world.settings.isDurable)) return
  const { world, judge } = stage
  const isUsual = world.settings.clockDriftMax <= ELECTION_DEFAULTS.clockDriftMax
  const limitMs = isUsual ? KILL_LIMIT_MS : SPLIT_LIMIT_MS
  const before = judge.leaders.length
  const killedMs = world.nowMs
  world.crash(leader.name, true)
  world.after(limitMs, () => {
    const next = judge.leaders[before]
    if (next === undefined) judge.violate(`nobody leads ${limitMs} ms after a kill`)
    else stage.failoversMs.push(next.atMs - killedMs)
    world.start(leader.name)
  })
  world.run(world.nowMs + limitMs + WAKE_MS)
}

/** Words of somebody who has no part in it, and terms that cannot be. */
const lie: ElectionFault = (stage) => {
  const one = pick(stage, stage.running())
  const other = pick(stage, stage.running())
  if (one === undefined || other?.election === undefined) return
  const term = other.election.term + stage.random.below(5)
  const { electorate } = other.election
  const { round } = other.election
  const word = { kind: 'heartbeat', term: term + 1, round, electorate } as const
  stage.world.give(one, { kind: 'word', from: 'stranger', word })
  stage.world.give(one, {
    ...{ kind: 'word', from: 'stranger' },
    word: { kind: 'ask', pre: false, term: term + 1, round, electorate },
  })
  const future = { ...word, term: term + 2_000_000_000 }
  stage.world.give(one, { kind: 'word', from: other.name, word: future })
}

const FAULTS = {
  split,
  isolate,
  cutLines,
  crash,
  loseDisk,
  breakDisk,
  freeze,
  jump,
  yieldLead,
  changeVoters,
  lie,
  flap,
  kill,
  amnesia,
  bypass,
  creep,
  fork,
  orphan,
  rush,
}

export type ElectionFaultName = keyof typeof FAULTS

export const faultOf = (name: ElectionFaultName): ElectionFault => FAULTS[name]

/** What may befall voters in each scenario. */
export const ELECTION_SCENARIOS: Readonly<Record<string, readonly ElectionFaultName[]>> =
  Object.freeze({
    partitions: ['split', 'isolate', 'cutLines', 'bypass'],
    crashes: ['crash', 'crash', 'loseDisk', 'amnesia', 'bypass'],
    freezes: ['freeze', 'freeze', 'isolate'],
    clocks: ['jump', 'freeze', 'isolate', 'crash', 'bypass'],
    disks: ['breakDisk', 'crash', 'loseDisk', 'isolate', 'amnesia'],
    forgetting: ['amnesia', 'amnesia', 'isolate', 'crash'],
    voters: ['changeVoters', 'changeVoters', 'crash', 'isolate', 'split'],
    plots: ['creep', 'fork', 'orphan', 'rush', 'changeVoters', 'changeVoters'],
    handovers: ['yieldLead', 'isolate', 'crash', 'lie'],
    flapping: ['flap'],
    kills: ['kill'],
    mix: [
      ...(['split', 'isolate', 'cutLines', 'crash', 'loseDisk', 'breakDisk', 'freeze'] as const),
      ...(['jump', 'yieldLead', 'changeVoters', 'lie'] as const),
    ],
  })
