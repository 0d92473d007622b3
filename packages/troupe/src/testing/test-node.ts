/**
 * testing/test-node: a whole node in virtual time with seeded chance, for scenarios.
 *
 * Everything of the runtime is real; only the clock, the chance and the log's way out are not.
 */
import { systemApplication } from '#apps'
import { type Random, seededRandom } from '#base/random'
import { NodeRouting } from '#cluster'
import type { LogRecord, LogSink, Node, NodeOptions } from '#contract'
import { createNode } from '#runtime'
import { makeTracer } from '#tracing'
import { type VirtualClock, virtualClock } from './virtual-clock.js'

/**
 * How a test node is started; times are virtual milliseconds. The application `system`, which
 * every node of `startNode` runs, runs here when the option `system` is given: `{}` will do.
 */
export interface TestNodeOptions extends Omit<NodeOptions, 'handleSignals'> {
  /** Default `test@localhost`. */
  readonly name?: string
  /** Seed of the node's chance; default 1. */
  readonly seed?: number
  /** Wall clock at the start, in milliseconds since 1970. */
  readonly startWallMs?: number
  /** A clock shared by several nodes; otherwise each has its own. */
  readonly clock?: VirtualClock
}

/** A node, its clock and what it logged. */
export interface TestNode {
  readonly node: Node
  readonly clock: VirtualClock
  readonly random: Random
  /** Records in order; nothing is printed. */
  readonly log: readonly LogRecord[]
  /** Stops the node, letting as much time pass as that needs. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts a node in virtual time. Its log goes to `log` and is not printed; sinks that are given
 * get it as well.
 *
 * @example
 * await using test = await testNode({ seed: 7 })
 * const pid = await test.node.spawn(counterActor, { args: [0] })
 * await test.clock.advance(1_000)
 */
export async function testNode(options: TestNodeOptions = {}): Promise<TestNode> {
  const { name = 'test@localhost', seed = 1, startWallMs, clock: given, ...rest } = options
  const clock = given ?? virtualClock(startWallMs === undefined ? {} : { startWallMs })
  const random = seededRandom(seed)
  const log: LogRecord[] = []
  const memory: LogSink = { name: 'test-log', write: (record) => void log.push(record) }
  const logSinks = [memory, ...(rest.logSinks ?? [])]
  const { system: shown } = rest
  const system =
    shown === undefined ? undefined : systemApplication({ options: shown, serving: undefined })
  const world = { clock, random, routing: new NodeRouting(), system, makeTracer }
  const starting = createNode(name, { ...rest, logSinks, handleSignals: false }, world)
  // Applications of the node may need time to start.
  const node = await clock.until(starting)
  const stop = async (): Promise<void> => {
    await clock.until(node.stop())
  }
  return Object.freeze({ node, clock, random, log, stop, [Symbol.asyncDispose]: stop })
}
