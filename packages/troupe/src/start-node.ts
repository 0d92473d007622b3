/**
 * start-node: the one entry of a program: a node in the real world.
 *
 * Here the rooms meet: the runtime, the machine's clock and chance, the signals of the program.
 */
import { keepAlive } from '#base/clock'
import { systemRandom } from '#base/random'
import { NODE_DEFAULTS, type Node, type NodeOptions } from '#contract'
import { openNetwork } from '#network'
import { createNode } from '#runtime'

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
  const world =
    network === undefined ? {} : { wire: await openNetwork(name, network, systemRandom) }
  const node = await createNode(name, options, world)
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
