/**
 * embedded-trial: a machine whose registrar is taken over again and again, judged by all its nodes.
 */
import assert from 'node:assert/strict'
import { type Resident, Town } from './embedded-kit.js'

/** Longest time in which nobody serves, in milliseconds: what is promised. */
const TAKEOVER_MS_MAX = 1_000

/** How one trial goes. */
export interface TrialOptions {
  readonly nodes: number
  readonly changes: number
}

/** A machine with nodes that all know each other. */
export async function townOf(seed: number, nodes: number): Promise<Town> {
  const town = new Town(seed)
  for (let at = 0; at < nodes; at += 1) town.start(`n${at}`)
  const wholeMs = await town.until(() => town.isWhole, 2_000)
  assert.notEqual(wholeMs, undefined, `seed ${seed}: all know each other`)
  return town
}

/** Who serves is taken away several times. Gives how long each took; throws what was wrong. */
export async function trial(seed: number, { nodes, changes }: TrialOptions): Promise<number[]> {
  const town = await townOf(seed, nodes)
  const took: number[] = []
  for (let at = 0; at < changes; at += 1) took.push(await change(town, seed))
  assert.deepEqual(town.wrong, [], `seed ${seed}`)
  assert.ok(Math.max(...took) < TAKEOVER_MS_MAX, `seed ${seed}: ${took.join(' ')}`)
  return took
}

/** One change of server: one blow, or a second one to any node at about the same time. */
async function change(town: Town, seed: number): Promise<number> {
  const { server, random } = town
  assert.ok(server !== undefined, `seed ${seed}: somebody serves`)
  town.stir()
  const struck: (() => void)[] = [strike(town, server)]
  const second = town.running[random.below(town.running.length)]
  if (random.below(2) === 0 && second !== undefined) {
    await town.clock.advance(random.below(2) * random.below(30))
    struck.push(strike(town, second))
  }
  town.stir()
  const isChanged = () => town.isWhole && town.server !== undefined && town.server !== server
  const tookMs = await town.until(isChanged, 3_000)
  assert.notEqual(tookMs, undefined, `seed ${seed}: all are whole again`)
  town.stir()
  await town.clock.advance(random.below(3_500))
  for (const restore of struck) restore()
  const restMs = await town.until(() => town.isWhole && town.areRoutesRight, 3_000)
  assert.notEqual(restMs, undefined, `seed ${seed}: who comes again is known, with what it runs`)
  await town.clock.advance(2_500)
  assert.ok(town.isWhole && town.areRoutesRight, `seed ${seed}: and stays so`)
  town.forgivenAll()
  return tookMs as number
}

/** A node dies or freezes; gives what brings it back. */
function strike(town: Town, victim: Resident): () => void {
  if (town.random.below(2) === 0) {
    town.crash(victim)
    return () => void town.start(victim.host.name)
  }
  town.pardon(victim)
  town.freeze(victim)
  return () => town.thaw(victim)
}
