/**
 * test/unit/network/peer/two: two nodes in one program that reach each other through a pipe.
 */
import { randomBytes } from 'node:crypto'
import { type Clock, systemClock } from '#base/clock'
import { systemRandom } from '#base/random'
import { NETWORK_DEFAULTS, type NetworkOptions, type Node, type Wire } from '#contract'
import { SUSPICION_DEFAULTS } from '#network/liveness/options'
import { Prober } from '#network/liveness/prober'
import { Network } from '#network/network'
import type { Liveness, NetworkWorld } from '#network/options'
import { createNode } from '#runtime'
import { Pipes } from './pipe.js'

/** A node with its network. */
export interface Peered {
  readonly node: Node
  readonly network: Network
}

/** Starts a node that listens at `port` of the pipes and knows others by their ports. */
export async function peered(
  pipes: Pipes,
  name: string,
  port: number,
  known: Readonly<Record<string, number>>,
  options: NetworkOptions = {},
  resolve: NetworkWorld['resolve'] = () => [],
): Promise<Peered> {
  const peers = new Map(
    Object.entries(known).map(([node, at]) => [
      node,
      { transport: 'tcp', host: '127.0.0.1', port: at, path: '' },
    ]),
  )
  const network = new Network(
    {
      ...NETWORK_DEFAULTS,
      cookie: 'a cookie for tests only',
      ...options,
      peers,
      acceptors: [{ port }],
      transports: new Map([['tcp', pipes]]),
      unixPath: '',
    },
    {
      random: systemRandom,
      randomBytes: (length) => randomBytes(length),
      resolve,
      openLiveness: async ({ key }, clock) => noLiveness(key, clock),
    },
  )
  const wire: Wire = network
  const node = await createNode(name, { logSinks: [] }, { clock: systemClock, wire })
  return { node, network }
}

/** Nobody answers for these nodes. */
const noLiveness = (key: Uint8Array, clock: Clock): Liveness => ({
  address: undefined,
  prober: new Prober({
    ...{ key, clock, randomBytes: (length: number) => randomBytes(length) },
    datagrams: { start: () => {}, send: () => {}, close: () => {} },
    limits: SUSPICION_DEFAULTS,
  }),
  loopDelayMs: () => 0,
  stop: async () => {},
})

/** Two nodes, `a@test` and `b@test`. */
export async function pair(options: NetworkOptions = {}): Promise<{
  readonly pipes: Pipes
  readonly a: Peered
  readonly b: Peered
}> {
  const pipes = new Pipes(systemClock)
  const a = await peered(pipes, 'a@test', 1, { 'b@test': 2 }, options)
  const b = await peered(pipes, 'b@test', 2, { 'a@test': 1 }, options)
  return { pipes, a, b }
}
