/**
 * One story of a world, by a seed: what was promised and did not hold.
 */
import { seededRandom } from 'troupe/testing'
import type { Schedule, ScheduleParts } from '#jobs/coordinator/schedule'
import { World } from './world.js'

const STEPS = 400
const JOBS = 12
/** Poison ends the worker of a try, which is a loss. */
const LOSSES_MAX = 20

/** The breaches of one seed. */
export function trial(seed: number, make: new (parts: ScheduleParts) => Schedule): string[] {
  const random = seededRandom(seed)
  const world = new World(random, make)
  const poison = [world.submit(true), world.submit(true)]
  for (let step = 0; step < STEPS; step++) {
    if (step % Math.floor(STEPS / JOBS) === 0) world.submit()
    world.step()
  }
  world.calm(900)
  return [...world.breaches, ...accountOf(world, poison)]
}

function accountOf({ disk, schedule, workers }: World, poison: readonly string[]): string[] {
  const breaches: string[] = []
  for (const { id, state, tries, result } of disk.values()) {
    const isPoison = poison.includes(id)
    const isOver = state === 'done' || state === 'parked' || state === 'deleted'
    if (!isOver) breaches.push(`${id} is ${state} and nobody goes on with it`)
    if (isPoison && state === 'done') breaches.push(`${id} is done and cannot be`)
    if (isPoison && state === 'parked' && tries !== LOSSES_MAX) {
      breaches.push(`${id} is parked after ${tries} tries`)
    }
    if (tries > LOSSES_MAX) breaches.push(`${id} is tried ${tries} times`)
    if (state === 'done' && result !== id) breaches.push(`${id} has the result ${String(result)}`)
  }
  for (const { node, held } of workers) {
    if (held.size > 0) breaches.push(`${node} has ${held.size} tries that nobody wants`)
  }
  if (schedule.size !== 0) breaches.push(`${schedule.size} jobs are open at the end`)
  return breaches
}
