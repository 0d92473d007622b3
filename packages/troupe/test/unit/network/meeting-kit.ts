/** meeting-kit: nodes in this program that meet over real lines, and what each of them logs. */
import assert from 'node:assert/strict'
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
      registrar: 'none',
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

/** Longest wait for a line of a log: far above what any test needs, also where all is slow. */
const LOGGED_MS_MAX = 30_000

/** Settles when a node has logged something; fails with all that it has logged instead. */
export async function logged({ log }: Pick<Met, 'log'>, pattern: RegExp, ms = LOGGED_MS_MAX) {
  const endMs = performance.now() + ms
  for (;;) {
    const found = log.messages().find((message) => pattern.test(message))
    if (found !== undefined) return found
    if (performance.now() >= endMs) assert.fail(unlogged(pattern, log.messages(), ms))
    await turn()
  }
}

const unlogged = (pattern: RegExp, lines: readonly string[], ms: number): string =>
  `nothing like ${pattern} was logged in ${ms} ms, but ${lines.length} lines:\n${lines.join('\n')}`

/** Settles when it holds; fails when it does not for long. */
export async function until(holds: () => boolean, ms = LOGGED_MS_MAX): Promise<void> {
  const endMs = performance.now() + ms
  while (!holds()) {
    assert.ok(performance.now() < endMs, `after ${ms} ms this does not hold: ${holds}`)
    await turn()
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
