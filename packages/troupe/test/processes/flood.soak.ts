/**
 * Strangers connect to a node as fast as they can: what the calls of others take, beside what they
 * take while the same strangers flood a bare server of node in the same program.
 *
 * The strangers need a core of their own, and take it from everybody where there are two: the bare
 * server shows that part. Ratios in one run count, no test asserts a time.
 */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Node, processName, startNode } from 'troupe'
import { Busy, type Ready } from './busy-node-child.js'

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const COOKIE = 'a cookie for tests and nothing else'
const PEER = 'honest@localhost'
const CALLS_MS = 5_000

/** What a call of the other node takes, at its 99th percentile, in milliseconds. */
async function p99Of(node: Node): Promise<number> {
  const busy = processName('busy', Busy, PEER)
  const tookMs: number[] = []
  const endMs = performance.now() + CALLS_MS
  while (performance.now() < endMs) {
    const beginMs = performance.now()
    await node.call(busy, 'add', 1)
    tookMs.push(performance.now() - beginMs)
  }
  return tookMs.sort((a, b) => a - b)[Math.floor(tookMs.length * 0.99)] ?? 0
}

/** The same, while strangers flood a port; from their first one on. */
async function floodedP99(node: Node, port: number): Promise<readonly [number, number]> {
  const strangers = fork(fileOf('./many-nodes-dialler.js'), [String(port), '0', COOKIE])
  await once(strangers, 'message')
  strangers.send('flood')
  const p99 = await p99Of(node)
  strangers.send('count')
  const [{ strangers: count }] = (await once(strangers, 'message')) as [{ strangers: number }]
  strangers.kill('SIGKILL')
  await once(strangers, 'exit')
  return [p99, count]
}

/** A server that answers as a node does: it says no, and ends the line. */
async function bareServer(t: TestContext): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {}).resume()
    socket.end('no')
  })
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1_024 })
  t.after(() => server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function connected(t: TestContext): Promise<Node> {
  const honest = fork(fileOf('./busy-node-child.js'), [PEER, COOKIE])
  t.after(() => honest.kill('SIGKILL'))
  const [{ host, port }] = (await once(honest, 'message')) as [Ready]
  const network = {
    ...{ cookie: COOKIE, unixSocket: false, acceptors: [{ port: 0 }], registrar: 'none' as const },
  }
  const peers = { [PEER]: `tcp://${host}:${port}` }
  const options = { handleSignals: false, logSinks: [], network: { ...network, peers } }
  const node = await startNode('flooded@localhost', options)
  t.after(() => node.stop())
  return node
}

describe('a node that is flooded by strangers', () => {
  it('goes on serving those it knows', { timeout: 120_000 }, async (t) => {
    const node = await connected(t)
    await p99Of(node)
    const alone = await p99Of(node)
    const told = (what: string, ms: number): void =>
      t.diagnostic(`p99 of a call ${what}: ${ms.toFixed(3)} ms, ${(ms / alone).toFixed(1)} x`)
    told('alone', alone)
    const [bare, atBare] = await floodedP99(node, await bareServer(t))
    told(`while ${atBare} strangers flood a bare server in the same program`, bare)
    const own = node.network.addresses[0]?.port ?? 0
    const [flooded, atNode] = await floodedP99(node, own)
    told(`while ${atNode} strangers flood the node`, flooded)
    t.diagnostic(`the node beside the bare server: ${(flooded / bare).toFixed(2)} x`)
    t.diagnostic(JSON.stringify(node.network.refused()))
    assert.deepEqual(node.network.nodes(), [PEER])
    assert.ok((node.network.refused()['LINE_REFUSED'] ?? 0) > 0, 'most are reset')
  })
})
