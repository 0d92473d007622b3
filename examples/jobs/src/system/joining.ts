/**
 * system/joining: a worker that was started by hand asks for room for itself.
 *
 * The leader keeps as many workers as it was told to; so one more program alone would stay bare.
 */
import type { Node } from 'troupe'
import { coordinatorAt } from '#jobs/coordinator/coordinator-protocol'

const ASK_TIMEOUT_MS = 5_000
const ROUNDS = 3

/** Raises the number of workers so that this node has a place; a sentence that tells what came. */
export async function askForRoom(node: Node, coordinators: readonly string[]): Promise<string> {
  const options = { timeoutMs: ASK_TIMEOUT_MS }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of coordinators) {
      const told = await askOne(node, name, options).catch(() => undefined)
      if (told !== undefined) return told
    }
  }
  return 'no coordinator has answered; PUT /cluster/workers {"min":N,"max":N} raises the number'
}

async function askOne(
  node: Node,
  name: string,
  options: { readonly timeoutMs: number },
): Promise<string | undefined> {
  const coordinator = coordinatorAt(name)
  const view = await node.call(coordinator, 'cluster', undefined, options)
  if ('kind' in view) return undefined
  const there = view.workers.filter((one) => one.state !== 'away' && one.node !== node.name)
  const count = there.length + 1
  const { workersMin, workersMax } = view.wanted
  if (workersMin >= count) return 'there is room for this worker already'
  const wanted = {
    min: workersMin === workersMax ? count : workersMin,
    max: Math.max(workersMax, count),
  }
  const answer = await node.call(coordinator, 'scale', wanted, options)
  return answer === 'taken'
    ? `the cluster has ${wanted.min} to ${wanted.max} workers now`
    : undefined
}
