/**
 * start-node: the one entry of a program: a node in the real world.
 *
 * Here the rooms meet: the runtime, the machine's clock and chance, the signals of the program.
 */
import { randomBytes } from 'node:crypto'
import { systemApplication } from '#apps'
import { keepAlive } from '#base/clock'
import { systemRandom } from '#base/random'
import { ClusterOfNode, embeddedRegistrar, NodeRouting } from '#cluster'
import {
  type NetworkOptions,
  NODE_DEFAULTS,
  type Node,
  type NodeOptions,
  type Registrar,
  type SystemOptions,
} from '#contract'
import { openNetwork, trustedFolder } from '#network'
import { createNode, type World } from '#runtime'
import { makeTracer } from '#tracing'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * Starts a node. It keeps the program running until it is stopped: by `node.stop()`, or by
 * SIGTERM or SIGINT, unless `handleSignals` is false.
 *
 * `name` is of the form name@host. Rejects with NODE_NAME_INVALID, OPTION_INVALID,
 * CRON_SPEC_INVALID, or what the first application that does not start reports.
 *
 * @example
 * const node = await startNode('demo@localhost')
 * const counter = await node.spawn(counterActor, { name: 'counter', args: [0] })
 * await node.stop()
 *
 * @source ergo-features 2
 */
export async function startNode(name: string, options: NodeOptions = {}): Promise<Node> {
  // Untyped callers may give anything; createNode says what is wrong with it.
  const network = (options as NodeOptions | null)?.network
  const routing = new NodeRouting()
  const given = (options as NodeOptions | null)?.system
  const world =
    network === undefined
      ? { system: systemApplication({ options: given, serving: undefined }) }
      : await openWorld(name, network, given, routing)
  const node = await createNode(name, options, { ...world, routing, makeTracer })
  const release = keepAlive()
  const stop = (): void => void node.stop()
  const handles = options.handleSignals ?? NODE_DEFAULTS.handleSignals
  if (handles) for (const signal of SIGNALS) process.on(signal, stop)
  void node.stopped.then(() => {
    release()
    for (const signal of SIGNALS) process.off(signal, stop)
  })
  return node
}

/** The network of a node and its cluster, each of which asks the other for the way to a node. */
async function openWorld(
  name: string,
  options: NetworkOptions,
  system: SystemOptions | undefined,
  routing: NodeRouting,
): Promise<Partial<World>> {
  const wire = await openNetwork(name, options, systemRandom, async (node: string) => {
    const route = await cluster.routeTo(node)
    return route?.addresses ?? []
  })
  const cluster = new ClusterOfNode({
    registrar: registrarOf(options),
    membership: options.membership ?? {},
    routing,
    named: Object.keys(options.peers ?? {}),
    surroundings: {
      hidden: options.mode === 'hidden',
      randomBytes,
      keyFor: (purpose) => wire.keyFor(purpose),
      addresses: () => wire.control.addresses,
      liveness: () => wire.liveness?.address,
      // There only once the network is open.
      side: () => wire.liveness?.side,
      folder: trustedFolder,
    },
    loopDelayMs: () => wire.liveness?.loopDelayMs() ?? 0,
  })
  return { wire, cluster, system: systemApplication({ options: system, serving: cluster.serving }) }
}

/** What finds other nodes, unless the user wants nothing of the kind. */
const registrarOf = ({ registrar = embeddedRegistrar() }: NetworkOptions): Registrar | undefined =>
  registrar === 'none' ? undefined : registrar
