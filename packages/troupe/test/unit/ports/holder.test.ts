/** ports: a listener, and each path of it, belongs to one port at a time. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { actor, protocol, startNode, supervisor, TroupeError } from 'troupe'
import {
  openTcp,
  openUdp,
  openWeb,
  ssePort,
  tcpPort,
  udpPort,
  webPort,
  webSocketPort,
} from '#ports'
import { until } from '#test/unit/ports/ports-kit'

const Silent = protocol('silent', {})

async function started(t: TestContext) {
  const node = await startNode('holder@localhost', { handleSignals: false, logSinks: [] })
  t.after(() => node.stop())
  const reader = (await node.spawn(actor(Silent, { on: {} }), { name: 'reader' })) as never
  const listeners = {
    tcp: await openTcp({ port: 0 }),
    udp: await openUdp({ port: 0 }),
    web: await openWeb({ port: 0, closeTimeoutMs: 50 }),
  }
  t.after(() => Promise.all(Object.values(listeners).map((listener) => listener.close())))
  const { tcp, udp, web } = listeners
  const target = { kind: 'process', to: reader } as const
  const fetch = (): Response => new Response('hello')
  const spawns = {
    tcp: () => node.spawn(tcpPort, { args: [{ listener: tcp, reader }] }),
    udp: () => node.spawn(udpPort, { args: [{ socket: udp, target }] }),
    web: () => node.spawn(webPort, { args: [{ listener: web, fetch }] }),
    sse: () => node.spawn(ssePort, { args: [{ listener: web, path: '/events', reader }] }),
    webSocket: () => node.spawn(webSocketPort, { args: [{ listener: web, reader }] }),
  }
  return { node, listeners, spawns: Object.entries(spawns), fetch }
}

/** The code of what a spawn failed with. */
const causeOf = (error: unknown): string =>
  TroupeError.is(error, 'INIT_FAILED') && TroupeError.is(error.cause) ? error.cause.code : ''

describe('a listener', { timeout: 60_000 }, () => {
  it('is refused to a second port while the first one lives, and not after', async (t) => {
    const { node, spawns } = await started(t)
    for (const [name, spawn] of spawns) {
      const first = await spawn()
      await assert.rejects(spawn(), (error) => causeOf(error) === 'PORT_IN_USE', name)
      const ended = node.ended(first)
      node.exit(first, 'shutdown')
      await ended
      const second = await spawn()
      node.kill(second)
      await spawn()
    }
  })

  it('comes back to a port that its supervisor starts again, however it ended', async (t) => {
    const { node, listeners, fetch } = await started(t)
    const args = [{ listener: listeners.web, fetch }] as const
    await node.spawn(supervisor({ children: [{ name: 'web', start: webPort, args }] }))
    const first = node.whereis('web')
    assert.ok(first)
    node.kill(first)
    await until(() => node.whereis('web') !== undefined && node.whereis('web') !== first)
    const response = await globalThis.fetch(`http://127.0.0.1:${listeners.web.port}/`)
    assert.equal(await response.text(), 'hello')
  })

  it('that is closed is refused to any port', async (t) => {
    const { listeners, spawns } = await started(t)
    await Promise.all(Object.values(listeners).map((listener) => listener.close()))
    for (const [name, spawn] of spawns) {
      await assert.rejects(spawn(), (error) => causeOf(error) === 'PORT_FAILED', name)
    }
  })

  it('of another kind is refused, by the compiler and by the port', async (t) => {
    const { node, listeners, fetch } = await started(t)
    const { tcp, udp, web } = listeners
    const refused = (spawned: Promise<unknown>) =>
      assert.rejects(spawned, (error) => causeOf(error) === 'OPTION_INVALID')
    // @ts-expect-error a TCP listener serves no HTTP
    await refused(node.spawn(webPort, { args: [{ listener: tcp, fetch }] }))
    // @ts-expect-error a UDP socket serves no HTTP
    await refused(node.spawn(webPort, { args: [{ listener: udp, fetch }] }))
    // @ts-expect-error a web listener is one of HTTP
    await refused(node.spawn(tcpPort, { args: [{ listener: web, reader: 'reader' }] }))
    const target = { kind: 'process', to: 'reader' } as const
    // @ts-expect-error a web listener takes no datagrams
    await refused(node.spawn(udpPort, { args: [{ socket: web, target }] }))
    // @ts-expect-error a TCP listener knows no paths
    await refused(node.spawn(ssePort, { args: [{ listener: tcp, reader: 'reader' }] }))
    // @ts-expect-error a TCP listener knows no paths
    await refused(node.spawn(webSocketPort, { args: [{ listener: tcp, reader: 'reader' }] }))
  })
})
