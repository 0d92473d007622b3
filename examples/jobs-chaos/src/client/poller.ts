/**
 * client/poller: asks about acknowledged jobs, one question after the other.
 *
 * One at a time, so that what was told later is also the later truth; and none that is not
 * acknowledged before the question leaves, so that 404 is never a right answer.
 */
import { STATES } from '#chaos/account/facts'
import type { Chance } from '#chaos/world/chance'
import type { World } from '#chaos/world/world'
import { ask, fieldsOf } from './http.js'
import type { Ledger } from './ledger.js'

export interface PollerOptions {
  readonly ledger: Ledger
  readonly world: World
  readonly chance: Chance
  readonly urls: readonly string[]
  /** Between two questions. */
  readonly everyMs: number
}

/** How long one GET may take. */
const GET_MS = 3_000
/** Jobs of the past that are asked about again. */
const PAST = 0.3

/** Asks until the signal is given. */
export async function poll(options: PollerOptions, stop: AbortSignal): Promise<void> {
  const { ledger, world, chance, urls, everyMs } = options
  while (!stop.aborted) {
    await world.wait(everyMs, stop)
    const isPast = chance.unit() < PAST
    const id = chance.pick(isPast ? ledger.acknowledged : ledger.inFlight())
    const url = chance.pick(urls)
    if (id === undefined || url === undefined) continue
    const answer = await ask({ method: 'GET', url: `${url}/jobs/${id}`, timeoutMs: GET_MS })
    const state = stateOf(answer.status, answer.body)
    if (state !== undefined) ledger.write({ kind: 'told', id, state, url })
  }
}

function stateOf(status: number, body: unknown) {
  if (status === 404) return 'unknown' as const
  const { state } = fieldsOf(body)
  return status === 200 ? STATES.find((known) => known === state) : undefined
}
