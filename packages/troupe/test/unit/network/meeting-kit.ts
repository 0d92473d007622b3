/** meeting-kit: nodes in this program that meet over real lines, and what each of them logs. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { TestContext } from 'node:test'
import {
  type MemorySink,
  memorySink,
  type NetworkOptions,
  type Node,
  startNode,
  TroupeError,
} from 'troupe'

export const COOKIE = 'a cookie for tests and nothing else'

/** A node of a test. */
export interface Met {
  readonly node: Node
  readonly log: MemorySink
  /** Where it takes lines, as other nodes are told. */
  readonly at: string
}

/** Starts a node that ends with the test; it listens on any free port of the loopback. */
export async function met(
  t: TestContext,
  name: string,
  network: NetworkOptions = {},
): Promise<Met> {
  const log = memorySink({ level: 'info' })
  const node = await startNode(name, {
    handleSignals: false,
    logSinks: [log],
    network: {
      cookie: COOKIE,
      acceptors: [{ port: 0, portRange: 1 }],
      unixSocket: false,
      ...network,
    },
  })
  t.after(() => node.stop())
  const [address] = node.network.addresses
  return { node, log, at: `${address?.transport}://${address?.host}:${address?.port}` }
}

/** What the caller is told who wants to be connected: the code, and that of its cause. */
export async function refusalOf(wanting: Promise<unknown>): Promise<readonly [string, string]> {
  const thrown = await wanting.then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(TroupeError.is(thrown), String(thrown))
  const { cause } = thrown
  return [thrown.code, TroupeError.is(cause) ? cause.code : String(cause)]
}

/** Settles when a node has logged something; each test has its own limit of time. */
export async function logged({ log }: Met, pattern: RegExp): Promise<string> {
  for (;;) {
    const found = log.messages().find((message) => pattern.test(message))
    if (found !== undefined) return found
    await turn()
  }
}

/** Settles when it holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn()
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Ports that were free a moment ago: for nodes that have to know each other from the start. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
