/**
 * Ten thousand nodes with one acceptor, idle for a minute: all stay, and what they cost is told.
 *
 * The ten thousand are lines that have proven themselves and answer signs of life, from two other
 * programs; the one they are connected with is a full node. Needs 10,100 file descriptors there,
 * and 5,100 in each of the two. Ten thousand bare lines: many-lines.soak.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Node, startNode } from 'troupe'

const DIALLER = fileURLToPath(new URL('./many-nodes-dialler.js', import.meta.url))
const COOKIE = 'a cookie for tests and nothing else'
const PROGRAMS = ['a', 'b']
const NODES = 10_000
const IDLE_MS = 60_000
/** Far above what a connection costs: a leak shows, a figure is told. */
const CONNECTION_BYTES_MAX = 262_144

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

/** Resident, and of that what is in use on the heap of JavaScript, in bytes. */
function memory(): { readonly rss: number; readonly heapUsed: number } {
  // What the first one has freed is given back by the second one.
  for (let i = 0; i < 2; i += 1) if (typeof collect === 'function') collect()
  return process.memoryUsage()
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** What has changed between two looks at a program. */
function measured(): () => Readonly<Record<'bytes' | 'heap' | 'cpu' | 'ms', number>> {
  const [before, cpu, ms] = [memory(), cpuMs(), performance.now()]
  return () => {
    const spent = { cpu: cpuMs() - cpu, ms: performance.now() - ms }
    const { rss, heapUsed } = memory()
    return { ...spent, bytes: rss - before.rss, heap: heapUsed - before.heapUsed }
  }
}

async function closedAt(child: ChildProcess): Promise<number> {
  child.send('count')
  const [{ closed }] = (await once(child, 'message')) as [{ readonly closed: number }]
  return closed
}

/** A node with ten thousand others, when all have come. */
async function crowded(node: Node): Promise<readonly ChildProcess[]> {
  const port = String(node.network.addresses[0]?.port)
  const each = String(NODES / PROGRAMS.length)
  const programs = PROGRAMS.map((name) => fork(DIALLER, [port, each, COOKIE, name]))
  await Promise.all(programs.map((program) => once(program, 'message')))
  return programs
}

describe('one acceptor', () => {
  it('keeps 10,000 idle connections up for a minute', { timeout: 300_000 }, async (t) => {
    const network = {
      ...{
        cookie: COOKIE,
        unixSocket: false,
        acceptors: [{ port: 0 }],
        registrar: 'none' as const,
      },
    }
    const node = await startNode('many@localhost', {
      ...{ handleSignals: false, logSinks: [] },
      network: { ...network, handshakeTimeoutMs: 60_000 },
    })
    t.after(() => node.stop())
    const lost: string[] = []
    const all = measured()
    const programs = await crowded(node)
    t.after(() => programs.map((program) => program.kill('SIGKILL')))
    const { bytes, heap, cpu, ms } = all()
    t.diagnostic(`all taken in ${(ms / 1_000).toFixed(1)} s, ${(cpu / NODES).toFixed(2)} ms each`)
    assert.equal(node.network.nodes().length, NODES)
    const idle = measured()
    await wait(IDLE_MS)
    const quiet = idle()
    for (const { node: name, state } of node.network.peers()) if (state !== 'up') lost.push(name)
    const grown = (bytes + quiet.bytes) / NODES
    const kept = (heap + quiet.heap) / NODES
    t.diagnostic(`resident ${Math.round(bytes / NODES)} bytes each, later ${Math.round(grown)}`)
    t.diagnostic(`of that on the heap ${Math.round(heap / NODES)}, later ${Math.round(kept)}`)
    const share = quiet.cpu / quiet.ms
    t.diagnostic(
      `idle: ${share.toFixed(2)} of a core, ${((share / NODES) * 1e6).toFixed(1)} us/s each`,
    )
    assert.deepEqual(await Promise.all(programs.map(closedAt)), [0, 0])
    assert.deepEqual([node.network.nodes().length, lost], [NODES, []])
    assert.deepEqual(node.network.refused(), {})
    assert.ok(grown < CONNECTION_BYTES_MAX, `${grown} bytes`)
    assert.ok(kept < 1.2 * (heap / NODES), `${kept} bytes on the heap`)
  })
})
