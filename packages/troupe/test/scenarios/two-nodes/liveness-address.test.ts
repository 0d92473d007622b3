/**
 * two nodes: a silent one is asked whether it lives at the address that it advertises, by the nodes
 * that `startNode` makes, over real sockets.
 */
import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { it, type TestContext } from 'node:test'
import { type NetworkOptions, startNode } from 'troupe'
import { Cable } from './cable.js'

const COOKIE = 'a cookie for tests only'
/** A silence is noticed soon, and a line that stands still is not taken for a broken one. */
const SOON: NetworkOptions = {
  registrar: 'none',
  ...{ cookie: COOKIE, unixSocket: false, keepAliveMs: 40, silenceMs: 120 },
}

/** A UDP port where nobody answers, and where probes can be seen. */
async function quietPort(
  t: TestContext,
): Promise<{ readonly socket: Socket; readonly port: number }> {
  const socket = createSocket('udp4')
  t.after(() => socket.close())
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { socket, port: socket.address().port }
}

it('a silent node is asked at the liveness address it advertises', {
  timeout: 20_000,
}, async (t) => {
  const { socket, port } = await quietPort(t)
  const cable = new Cable()
  t.after(() => cable.close())
  const cablePort = await cable.open()
  const quiet = { logSinks: [], stopTimeoutMs: 200 }
  const b = await startNode('b@stage', {
    ...quiet,
    network: {
      ...SOON,
      acceptors: [{ port: 0, advertisedPort: cablePort }],
      liveness: { advertisedHost: '127.0.0.1', advertisedPort: port },
    },
  })
  t.after(() => b.stop())
  cable.to = b.network.listening[0]?.port ?? 0
  const peers = { 'b@stage': `tcp://127.0.0.1:${cablePort}` }
  const a = await startNode('a@stage', { ...quiet, network: { ...SOON, mode: 'hidden', peers } })
  t.after(() => a.stop())
  await a.network.connect('b@stage')
  cable.stall()
  const isSuspect = (): boolean => a.network.peer('b@stage')?.state === 'suspect'
  while (!isSuspect()) await once(socket, 'message')
  const [datagram] = (await once(socket, 'message')) as [Buffer]
  assert.ok(datagram.length > 0)
})
