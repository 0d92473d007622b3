/**
 * testing/simulation/election-plots: faults that are one story each, for what chance seldom finds.
 *
 * @source "Bug in single-server membership changes" (Ongaro, raft-dev 2015)
 */
import type { ElectionStage } from './election-stage.js'
import type { SimulatedVoter } from './election-world.js'

interface Cast {
  readonly leader: SimulatedVoter
  readonly voters: readonly string[]
  /** The other voters, in an order of chance. */
  readonly others: readonly string[]
}

function castOf({ judge, random }: ElectionStage): Cast | undefined {
  const leader = judge.claimants()[0]
  const voters = leader?.election?.electorate.voters
  if (leader === undefined || voters === undefined) return undefined
  const others = voters.filter((name) => name !== leader.name)
  for (let place = others.length - 1; place > 0; place -= 1) {
    const other = random.below(place + 1)
    const name = others[place] as string
    others[place] = others[other] as string
    others[other] = name
  }
  return { leader, voters, others }
}

function part({ world }: ElectionStage, side: readonly string[]): void {
  world.mend()
  for (const from of world.voters.keys()) {
    for (const to of world.voters.keys()) {
      if (side.includes(from) !== side.includes(to)) world.cut(from, to)
    }
  }
}

function change(stage: ElectionStage, verb: 'add' | 'remove', node: string): void {
  const leader = stage.judge.claimants()[0]
  if (leader === undefined) return
  stage.world.give(leader, { kind: 'change', id: stage.nextId(), verb, node })
}

const pass = (stage: ElectionStage, leastMs: number, moreMs: number): void =>
  stage.world.run(stage.world.nowMs + leastMs + stage.random.unit() * moreMs)

/** A voter of the leader's lease loses its memory, or time, while another one is free to stand. */
export function bypass(stage: ElectionStage): void {
  const cast = castOf(stage)
  if (cast === undefined) return
  const { world, random } = stage
  const { leader, others } = cast
  const free = others.slice(0, Math.floor(others.length / 2))
  for (const name of free) {
    world.cut(name, leader.name)
    world.cut(leader.name, name)
  }
  pass(stage, 200, 300)
  for (const name of others.slice(free.length)) {
    const voter = world.voter(name)
    if (random.below(2) === 0) world.jump(name, 2 * world.settings.heartbeatMs + 100)
    else if (stage.mayForget(voter, !world.settings.isDurable)) {
      // The next heartbeat would bind it again.
      if (random.below(4) > 0) world.cut(leader.name, name)
      world.crash(name, false)
      world.after(random.unit() * 5, () => world.start(name))
    }
  }
  pass(stage, 150, 100)
  world.mend()
}

/** A leader that is cut off takes voters out one by one until it is its own majority. */
export function rush(stage: ElectionStage): void {
  const cast = castOf(stage)
  if (cast === undefined || cast.others.length < 2) return
  const [first = '', ...rest] = cast.others
  const spare = [...stage.world.voters.keys()].find((name) => !cast.voters.includes(name))
  if (spare !== undefined) {
    // The voters are its own from then on.
    change(stage, 'add', spare)
    pass(stage, 250, 100)
    rest.push(spare)
  }
  part(stage, [cast.leader.name, first])
  for (const node of rest) {
    change(stage, 'remove', node)
    pass(stage, 1, 2)
  }
  pass(stage, 500, 300)
  stage.world.mend()
}

/** The voter that is left alone by a change begins another life at that moment. */
export function orphan(stage: ElectionStage): void {
  const { world, random } = stage
  for (let round = 0; round < 4; round += 1) {
    const cast = castOf(stage)
    if (cast === undefined || cast.others.length === 0) return
    const { leader, others } = cast
    const [heir = '', ...rest] = others
    if (rest.length === 0) {
      change(stage, 'remove', leader.name)
      pass(stage, 45, 60)
      world.crash(heir, false)
      world.after(random.unit() * 5, () => world.start(heir))
      pass(stage, 200, 100)
      return
    }
    change(stage, 'remove', rest[0] as string)
    pass(stage, 250, 100)
  }
}

/** Somebody who knows only the first voters asks one who knows more of them. */
export function creep(stage: ElectionStage): void {
  const cast = castOf(stage)
  const spares = [...stage.world.voters.keys()].filter((name) => !cast?.voters.includes(name))
  if (cast === undefined || cast.voters.length > 3 || cast.others.length < 2) return
  const [unaware = '', aware = ''] = cast.others
  part(stage, [unaware])
  for (const spare of spares) {
    change(stage, 'add', spare)
    pass(stage, 250, 100)
  }
  part(stage, [unaware, aware])
  pass(stage, 600, 400)
  stage.world.mend()
}

/** A leader that is cut off adds a voter, the next one removes one: both have a majority. */
export function fork(stage: ElectionStage): void {
  const cast = castOf(stage)
  const spare = [...stage.world.voters.keys()].find((name) => !cast?.voters.includes(name))
  if (cast === undefined || spare === undefined || cast.voters.length !== 4) return
  part(stage, [cast.leader.name, spare])
  change(stage, 'add', spare)
  pass(stage, 700, 300)
  const next = castOf(stage)
  const removed = next?.others.find((name) => cast.others.includes(name))
  if (next === undefined || removed === undefined || next.leader === cast.leader) return
  part(stage, [cast.leader.name, spare, removed])
  change(stage, 'remove', removed)
  pass(stage, 800, 400)
  stage.world.mend()
}

/** Whoever votes begins another life at that moment, for a while. */
export function amnesia(stage: ElectionStage): void {
  const { world, random } = stage
  world.voted = (name) => {
    if (random.below(2) === 0) return
    world.after(random.unit() * 2, () => {
      const voter = world.voter(name)
      if (voter.life === 0 || !stage.mayForget(voter, !world.settings.isDurable)) return
      world.crash(name, random.below(2) === 0)
      world.after(random.unit() * 30, () => world.start(name))
    })
  }
  const leader = stage.judge.claimants()[0]
  if (leader !== undefined) world.give(leader, { kind: 'step-down' })
  world.after(1_500, () => {
    world.voted = () => {}
  })
}
