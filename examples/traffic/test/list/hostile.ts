/** Hostile clients: whatever comes at which port, packets go on and nobody is shut out. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { it, type TestContext } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { rawPacket } from '#test/raw-packet'
import { startSender } from '#test/sender/sender-process'
import { SystemProcess, udpClient } from '#test/system-process'
import { assertAccount, isSettled, type Setting, usageOf } from './setting.js'

/** A packet goes in and is found, and a question is answered. */
async function assertServes(system: SystemProcess, t: TestContext): Promise<void> {
  const { stored } = await system.stats()
  await udpClient(t, system.udpPort)(rawPacket('still-here', 5, 5))
  await system.statsWhen((now) => now.stored > stored && isSettled(now))
  assert.equal((await system.nearest(5, 5))[0]?.ID, 'still-here')
}

/** Sends these bytes and waits until the other side has closed, or this one is done waiting. */
async function poke(port: number, bytes: Uint8Array | string): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.resume().once('close', resolve))
  socket.end(bytes)
  await closed
}

function garbage(): void {
  it('garbage, TLS and plain text at the wrong port harm nobody', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data')
    const hello = Buffer.concat([Buffer.from('16030100f1010000ed0303', 'hex'), randomBytes(64)])
    const pieces = [randomBytes(3_000), hello, 'GET / HTTP/1.0\r\n\r\n', '\0'.repeat(100)]
    const send = udpClient(t, system.udpPort)
    for (const bytes of pieces) {
      for (const port of [system.webPort, system.tcpPort]) await poke(port, bytes)
      await send(Buffer.from(bytes))
    }
    await assertServes(system, t)
    const stats = await system.statsWhen((now) => now.sent === 5 && isSettled(now))
    assert.deepEqual([stats.stored, stats.rejected], [1, 4])
    assert.ok(Object.values(stats.restarts).every((count) => count === 0))
  })

  it('TLS at a plain port of HTTP harms nobody', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet')
    const hello = Buffer.concat([Buffer.from('16030100f1010000ed0303', 'hex'), randomBytes(64)])
    await poke(system.webPort, hello)
    await assertServes(system, t)
  })

  it('a header without end is refused, and the next question answered', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data')
    const options = { port: system.webPort, host: '127.0.0.1', rejectUnauthorized: false }
    const socket = connectTls(options)
    t.after(() => socket.destroy())
    socket.on('error', () => {})
    await once(socket, 'secureConnect')
    const closed = new Promise((resolve) => socket.resume().once('close', resolve))
    const bomb = Array.from({ length: 1_000 }, (_, i) => `X-Bomb-${i}: ${'x'.repeat(100)}\r\n`)
    socket.write(`GET / HTTP/1.1\r\nHost: h\r\n${bomb.join('')}`)
    await closed
    const stats = await system.stats()
    assert.equal(stats.web.headersTooLarge, 1)
    await assertServes(system, t)
  })
}

function idle({ idleConnections }: Setting): void {
  it(`${idleConnections} idle connections shut nobody out`, async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data')
    const before = await usageOf(system)
    const sockets: Socket[] = []
    t.after(() => {
      for (const socket of sockets) socket.destroy()
    })
    for (let i = 0; i < idleConnections; i += 1) {
      const port = i % 2 === 0 ? system.webPort : system.tcpPort
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      sockets.push(socket)
      // A few at a time, or the kernel has no room for so many that nobody has accepted yet.
      if (i % 100 === 99) await once(socket, 'connect')
    }
    await assertServes(system, t)
    const after = await usageOf(system)
    const open = sockets.filter(({ readyState }) => readyState === 'open').length
    t.diagnostic(
      `${open} open; ${before?.residentMB.toFixed()} -> ${after?.residentMB.toFixed()} MB`,
    )
  })
}

/** Pages of the map that are served at once; one more is told to come again. */
const PAGES_MAX = 1_000

/** Asks for the feed of the map; gives the status once it is known. */
async function watchMap(t: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write('GET /map/feed HTTP/1.1\r\nHost: h\r\n\r\n')
  return socket
}

function watchers({ calmRate, judgesSpeed }: Setting): void {
  it(`${PAGES_MAX} pages that never read cost no packet and little memory`, async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet', '--level', 'silent')
    const flow = { port: system.udpPort, rate: calmRate, seconds: 0, vehicles: 10_000 }
    const sender = startSender(flow)
    t.after(() => sender.stop())
    const { stored } = await system.statsWhen((now) => now.stored > calmRate)
    const before = await usageOf(system)
    for (let page = 0; page < PAGES_MAX; page += 1) (await watchMap(t, system.webPort)).pause()
    await system.statsWhen((now) => now.web.connectionsOpen > PAGES_MAX)
    const [answer] = await once(await watchMap(t, system.webPort), 'data')
    assert.match(String(answer), /^HTTP\/1\.1 503 /)
    await system.statsWhen((now) => now.stored > stored + 5 * calmRate)
    const after = await usageOf(system)
    sender.stop()
    const { sent } = await sender.ended
    const stats = await system.statsWhen((now) => now.sent >= sent && isSettled(now))
    assertAccount(stats, sent)
    t.diagnostic(`${before?.residentMB.toFixed()} -> ${after?.residentMB.toFixed()} MB`)
    if (!judgesSpeed || before === undefined || after === undefined) return
    assert.equal(stats.dropped, 0)
    assert.ok(after.residentMB < before.residentMB + 250, 'pages that do not read hoard memory')
  })
}

export function hostileFacts(setting: Setting): void {
  garbage()
  idle(setting)
  watchers(setting)
}
