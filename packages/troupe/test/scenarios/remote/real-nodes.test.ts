/** Remote operations between two nodes as programs start them, over real sockets. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, type Node, type Pid, protocol, request, startNode } from 'troupe'

const COOKIE = 'a cookie for tests only'
const Child = protocol('child', { double: request<number, number>() })
const child = actor(Child, {
  init: (factor: number) => ({ factor }),
  on: { double: ({ factor }, n) => n * factor },
})

const Parent = protocol('parent', { spawn: request<string, Pid<typeof Child>>() })
const parent = actor(Parent, {
  on: {
    spawn: (_state, node, context) =>
      context.spawnAt(node, 'child', { args: [3], link: true }) as Promise<Pid<typeof Child>>,
  },
})

async function twoNodes(run: (a: Node, b: Node) => Promise<void>): Promise<void> {
  const common = { logSinks: [], handleSignals: false, stopTimeoutMs: 20_000 }
  const b = await startNode('b@localhost', {
    ...common,
    network: { cookie: COOKIE, unixSocket: false, acceptors: [{ port: 0 }] },
  })
  const port = b.network.addresses[0]?.port
  const peers = { 'b@localhost': `tcp://127.0.0.1:${port}` }
  const a = await startNode('a@localhost', {
    ...common,
    network: { cookie: COOKIE, unixSocket: false, mode: 'hidden', peers },
  })
  try {
    await run(a, b)
  } finally {
    await a.stop()
    await b.stop()
  }
}

describe('two nodes with real sockets', () => {
  it('ping, show, spawn, start, stop and ask each other', () =>
    twoNodes(async (a, b) => {
      const peer = a.peer('b@localhost')
      const answer = await peer.ping()
      assert.equal(answer.creation, b.creation)
      assert.ok(Math.abs(answer.clockOffsetMs) <= answer.roundTripMs + 5, 'one host, one clock')
      assert.equal((await peer.info()).name, 'b@localhost')

      await assert.rejects(peer.spawn('child'), { code: 'SPAWN_UNKNOWN' })
      b.remote.allowSpawn('child', child, { nodes: ['*@localhost'] })
      const made = (await peer.spawn('child', { name: 'kid', args: [2] })) as Pid<typeof Child>
      assert.equal(await a.call(made, 'double', 21), 42)
      const { complete, values } = await a.multicall<number>(['b@localhost'], 'kid', 'double', 4)
      assert.deepEqual([complete, values], [true, [8]])

      b.loadApplication({ name: 'shop', members: [{ start: child, args: [1] }] })
      await assert.rejects(peer.startApplication('shop'), { code: 'NOT_ALLOWED' })
      b.remote.allowApplication('shop')
      await peer.startApplication('shop')
      assert.equal((await peer.applicationInfo('shop'))?.state, 'running')
      await peer.stopApplication('shop')
      assert.equal(b.applicationInfo('shop')?.state, 'loaded')
    }))

  it('end a linked child with the node of its parent, and a parent with that of its child', () =>
    twoNodes(async (a, b) => {
      b.remote.allowSpawn('child', child)
      const pid = await a.spawn(parent)
      const made = await a.call(pid, 'spawn', 'b@localhost')
      const ended = b.ended(made)
      const lone = await a.spawn(parent)
      const left = await a.call(lone, 'spawn', 'b@localhost')
      b.kill(left)
      assert.equal(await a.ended(lone), 'killed')
      await a.stop()
      // In order: the parent is stopped before the connection goes.
      assert.equal(await ended, 'shutdown')
    }))
})
