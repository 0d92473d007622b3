/**
 * Two thousand nodes connected to one, idle, then a flood of strangers: all stay, and what calls
 * between others take is told beside what they took before.
 *
 * Needs 2,300 file descriptors in each of two programs. Ten thousand bare lines: many-lines.soak.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Node, processName, startNode } from 'troupe'
import { Busy, type Ready } from './busy-node-child.js'

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const COOKIE = 'a cookie for tests and nothing else'
const PEER = 'honest@localhost'
const NODES = 2_000
const CALLS = 2_000
/** Far above what a connection costs: a leak shows, a figure is told. */
const CONNECTION_BYTES_MAX = 262_144

type Count = { readonly closed: number; readonly strangers: number }

async function counted(child: ChildProcess): Promise<Count> {
  child.send('count')
  const [count] = (await once(child, 'message')) as [Count]
  return count
}

/** What a call of the other node takes, at its 99th percentile, in milliseconds. */
async function p99Of(node: Node): Promise<number> {
  const busy = processName('busy', Busy, PEER)
  const tookMs: number[] = []
  for (let i = 0; i < CALLS; i += 1) {
    const beginMs = performance.now()
    await node.call(busy, 'add', 1)
    tookMs.push(performance.now() - beginMs)
  }
  return tookMs.sort((a, b) => a - b)[Math.floor(CALLS * 0.99)] ?? 0
}

describe('one node', () => {
  it('keeps 2,000 idle connections, and serves others in a flood', {
    timeout: 120_000,
  }, async (t) => {
    const honest = fork(fileOf('./busy-node-child.js'), [PEER, COOKIE])
    t.after(() => honest.kill('SIGKILL'))
    const [{ host, port }] = (await once(honest, 'message')) as [Ready]
    const node = await startNode('many@localhost', {
      handleSignals: false,
      logSinks: [],
      network: {
        ...{ cookie: COOKIE, unixSocket: false, acceptors: [{ port: 0 }] },
        handshakeTimeoutMs: 60_000,
        peers: { [PEER]: `tcp://${host}:${port}` },
      },
    })
    t.after(() => node.stop())
    const p99OfCalls = (): Promise<number> => p99Of(node)
    await p99OfCalls()
    const alone = await p99OfCalls()
    const before = process.memoryUsage().rss
    const own = String(node.network.addresses[0]?.port)
    const many = fork(fileOf('./many-nodes-dialler.js'), [own, String(NODES), COOKIE])
    t.after(() => many.kill('SIGKILL'))
    await once(many, 'message')
    const bytesEach = Math.round((process.memoryUsage().rss - before) / NODES)
    const cpu = process.cpuUsage()
    const beganMs = performance.now()
    const idle = await p99OfCalls()
    const { user, system } = process.cpuUsage(cpu)
    const share = (user + system) / 1_000 / (performance.now() - beganMs)
    many.send('flood')
    const flooded = await p99OfCalls()
    const { closed, strangers } = await counted(many)
    const ratio = (ms: number): string => `${ms.toFixed(3)} ms (${(ms / alone).toFixed(1)} x)`
    t.diagnostic(`${bytesEach} bytes per connection, one core busy by ${share.toFixed(2)}`)
    t.diagnostic(`p99 of a call: alone ${ratio(alone)}, with all ${ratio(idle)}`)
    t.diagnostic(`with ${strangers} strangers too ${ratio(flooded)}`)
    assert.equal(closed, 0)
    assert.equal(node.network.nodes().length, NODES + 1)
    assert.ok(bytesEach < CONNECTION_BYTES_MAX, `${bytesEach} bytes`)
    assert.ok((node.network.refused()['HANDSHAKE_INVALID'] ?? 0) > 0)
  })
})
