/**
 * testing/simulation/election-stage: the voters of one story, its chance, and its judge.
 */
import type { Random } from '#base/random'
import type { ElectionJudge } from './election-judge.js'
import type { ElectionWorld, SimulatedVoter } from './election-world.js'

export class ElectionStage {
  readonly world: ElectionWorld
  readonly judge: ElectionJudge
  readonly random: Random
  /** Nodes that vote from the start. */
  readonly founders: readonly string[]
  /** From the kill of a leader to the next one that leads. */
  readonly failoversMs: number[] = []
  /** The one node that comes and goes. */
  flapping: string | undefined
  #ids = 0

  constructor(
    world: ElectionWorld,
    judge: ElectionJudge,
    given: { readonly random: Random; readonly founders: readonly string[] },
  ) {
    this.world = world
    this.judge = judge
    this.random = given.random
    this.founders = given.founders
  }

  running(): readonly SimulatedVoter[] {
    return [...this.world.voters.values()].filter(({ life }) => life !== 0)
  }

  nextId(): number {
    this.#ids += 1
    return this.#ids
  }

  /** Of all voters that anybody may go by, a majority keeps its memory if this one goes now. */
  mayForget(voter: SimulatedVoter, isForgetting: boolean): boolean {
    if (!isForgetting) return true
    const all = [...this.world.voters.values()]
    const forgetful = new Set(all.filter((one) => one === voter || isForgetful(one)))
    const believed = all.flatMap(({ election, disk, writing }) => [
      ...[election?.electorate.voters, disk?.voters, writing?.voters],
    ])
    for (const voters of [this.founders, ...believed]) {
      if (voters === undefined) continue
      const lost = voters.filter((name) => forgetful.has(this.world.voter(name)))
      if (lost.length * 2 >= voters.length) return false
    }
    return true
  }
}

/** It has nothing to remember by: neither a disk nor a life that has found out. */
function isForgetful({ election, life, lives, disk }: SimulatedVoter): boolean {
  if (life === 0) return lives === 0 || disk === undefined
  return election?.waking.isAwake !== true
}
