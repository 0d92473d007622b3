/**
 * Two hosts of a simulated network with a line between them.
 */

import {
  type SimulatedNetwork,
  type SimulatedNetworkOptions,
  simulatedNetwork,
  type VirtualClock,
  virtualClock,
} from 'troupe/testing'
import { type Random, seededRandom } from '#base/random'
import type { Line } from '#contract'
import { End } from '#testing/conformance/transport-stage'

export const PORT = 11_144

export interface Duo {
  readonly clock: VirtualClock
  readonly random: Random
  readonly network: SimulatedNetwork
  /** Lines that b has taken and nobody has asked for. */
  readonly taken: Line[]
  /** A line from a to b with both ends started. */
  line(): Promise<{ readonly near: End; readonly far: End }>
  /** Dials b from a. */
  dial(timeoutMs?: number): Promise<Line>
  /** b listens; done once, and again after a restart. */
  listen(): Promise<void>
}

export async function duo(seed = 1, options: Partial<SimulatedNetworkOptions> = {}): Promise<Duo> {
  const clock = virtualClock()
  const random = seededRandom(seed)
  const network = simulatedNetwork({ clock, random, ...options })
  const taken: Line[] = []
  const address = { transport: 'simulated', host: 'b', port: PORT, path: '' }
  const dial = (timeoutMs = 60_000): Promise<Line> =>
    network.host('a').transport.dial(address, { timeoutMs })
  const listen = async (): Promise<void> => {
    const accept = (line: Line): void => void taken.push(line)
    const where = { host: 'b', port: PORT, portRange: 1, path: '' }
    await network.host('b').transport.listen({ ...where, accept, refused() {} })
  }
  await listen()
  const line = async (): Promise<{ readonly near: End; readonly far: End }> => {
    const near = new End(await clock.until(dial())).start()
    while (taken.length === 0) await clock.advance(1)
    return { near, far: new End(taken.shift() as Line).start() }
  }
  return { clock, random, network, taken, line, dial, listen }
}
