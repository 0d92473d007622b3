/** ports/websocket: what clients send reaches its reader, in order, whatever is restarted. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import {
  openWeb,
  TroupeError,
  type WebSocketPortOptions,
  type WebSocketPush,
  webPort,
  webSocketPort,
} from 'troupe'
import {
  clientOf,
  connectionIn,
  nothingTold,
  openClient,
  rawOpen,
  readerFor,
  served,
  started,
  until,
} from '#test/unit/ports/websocket/ws-kit'

const isCode = (code: 'OPTION_INVALID' | 'PORT_IN_USE') => (error: unknown) =>
  TroupeError.is(error, code) || (error instanceof Error && TroupeError.is(error.cause, code))

describe('a WebSocket port', { timeout: 120_000 }, () => {
  it('tells its reader of a connection, its messages and its end, in this order', async (t) => {
    const { told, url, node, sockets } = await served(t)
    const { ws, closed } = await openClient(t, `${url}room?id=7`, { headers: { 'x-who': 'ann' } })
    ws.send('one')
    ws.send(Buffer.from([1, 2, 3]))
    ws.send('')
    ws.close(4001, 'enough')
    await closed
    await until(() => told.disconnected.length === 1)
    assert.deepEqual(told.all, ['connected', 'text', 'binary', 'text', 'peer-closed'])
    assert.deepEqual(told.bodies, ['one', Uint8Array.of(1, 2, 3), ''])
    const { connection, remote, headers, ...rest } = told.connected[0] ?? assert.fail()
    assert.deepEqual(rest, { url: '/room?id=7', protocol: '', security: undefined, again: false })
    assert.equal(remote.host, '127.0.0.1')
    assert.equal(headers['x-who'], 'ann')
    assert.deepEqual(told.disconnected, [
      { connection, end: 'peer-closed', code: 4001, reason: 'enough', undeliveredMessages: 0 },
    ])
    const counters = await node.call(sockets, 'counters')
    assert.deepEqual(counters.ended, { 'peer-closed': 1 })
    assert.equal(counters.receivedMessages, 3)
    assert.equal(counters.receivedBytes, 6)
    assert.equal(counters.connected, 0)
  })

  it('sends what anybody pushes to the pid of a connection', async (t) => {
    const { told, url, node } = await served(t)
    const { ws, got } = await openClient(t, url)
    const controls: string[] = []
    ws.on('ping', (body) => controls.push(`ping ${body}`))
    ws.on('pong', (body) => controls.push(`pong ${body}`))
    await until(() => told.connected.length === 1)
    const connection = connectionIn(told)
    const pushes: WebSocketPush[] = [
      'text',
      Uint8Array.of(9),
      { kind: 'text', body: Buffer.from('ü') },
      { kind: 'binary', body: 'as bytes' },
      { kind: 'ping', body: 'a' },
      { kind: 'pong' },
    ]
    for (const push of pushes) node.send(connection, 'send', push)
    assert.equal(await node.call(connection, 'write', 'last'), 4)
    await until(() => got.length === 5)
    assert.deepEqual(got, [
      'text',
      Uint8Array.of(9),
      'ü',
      Uint8Array.from(Buffer.from('as bytes')),
      'last',
    ])
    assert.deepEqual(controls, ['ping a', 'pong '])
    const counters = await node.call(connection, 'counters')
    assert.deepEqual([counters.sentMessages, counters.queuedBytes], [5, 0])
  })

  it('answers pings by itself, and tells of them when asked to', async (t) => {
    const { told, url } = await served(t, { controlFrames: true })
    const { ws } = await openClient(t, url)
    ws.ping('are you there')
    const [body] = (await once(ws, 'pong')) as [Buffer]
    assert.equal(body.toString(), 'are you there')
    await until(() => told.all.includes('ping'))
    assert.deepEqual(told.bodies, [Uint8Array.from(Buffer.from('are you there'))])
  })

  it('closes with the code and reason that are asked for', async (t) => {
    const { told, url, node } = await served(t)
    const { closed, got } = await openClient(t, url)
    await until(() => told.connected.length === 1)
    const connection = connectionIn(told)
    node.send(connection, 'send', 'before')
    node.send(connection, 'close', { code: 4100, reason: 'kicked' })
    assert.deepEqual(await closed, { code: 4100, reason: 'kicked' })
    assert.deepEqual(got, ['before'])
    await until(() => told.disconnected.length === 1)
    const { end, code, reason } = told.disconnected[0] ?? assert.fail()
    assert.deepEqual([end, code, reason], ['closed', 4100, 'kicked'])
    assert.equal(await node.ended(connection), 'normal')
  })

  it('closes with 1000 by exit, and with a frame of the kind close', async (t) => {
    const { told, url, node } = await served(t)
    const first = await openClient(t, url)
    const second = await openClient(t, url)
    await until(() => told.connected.length === 2)
    node.exit(connectionIn(told, 0), 'shutdown')
    node.send(connectionIn(told, 1), 'send', { kind: 'close', code: 3000, reason: 'bye' })
    assert.deepEqual(await first.closed, { code: 1000, reason: '' })
    assert.deepEqual(await second.closed, { code: 3000, reason: 'bye' })
    await until(() => told.disconnected.length === 2)
    assert.deepEqual(
      told.disconnected.map(({ end }) => end),
      ['closed', 'closed'],
    )
  })

  it('closes the socket of a connection that is killed', async (t) => {
    const { told, url, node, sockets } = await served(t)
    const { closed } = await openClient(t, url)
    await until(() => told.connected.length === 1)
    node.kill(connectionIn(told))
    assert.equal((await closed).code, 1006)
    await until(async () => (await node.call(sockets, 'counters')).connected === 0)
  })

  it('refuses what cannot be sent, and goes on', async (t) => {
    const { told, url, node } = await served(t)
    const { got } = await openClient(t, url)
    await until(() => told.connected.length === 1)
    const connection = connectionIn(told)
    const bad: unknown[] = [
      42,
      null,
      { kind: 'text', body: Uint8Array.of(0xff) },
      { kind: 'ping', body: 'x'.repeat(126) },
      { kind: 'close', code: 1006 },
      { kind: 'close', reason: 'x'.repeat(124) },
      { kind: 'other', body: '' },
    ]
    for (const one of bad) node.send(connection, 'send', one as string)
    node.send(connection, 'close', { code: 12 })
    for (const one of bad) {
      const refused = node.call(connection, 'write', one as string)
      await assert.rejects(refused, (error) => TroupeError.is(error, 'MESSAGE_INVALID'))
    }
    await node.call(connection, 'write', 'fine')
    await until(() => got.length === 1)
    assert.equal((await node.call(connection, 'counters')).refusedMessages, 2 * bad.length + 1)
  })

  it('takes readers in turn, and each keeps the connections it got', async (t) => {
    const { told, url, node } = await served(t, { readers: ['reader', 'other'] })
    await node.spawn(readerFor(told, { number: 1 }), { name: 'other' })
    const clients = []
    for (let i = 0; i < 4; i += 1) {
      clients.push(await openClient(t, url))
      await until(() => told.connected.length === i + 1)
    }
    assert.deepEqual(told.by, [0, 1, 0, 1])
    for (const { ws } of clients) ws.send('again')
    await until(() => told.bodies.length === 4)
    assert.deepEqual(told.by.slice(4).sort(), [0, 0, 1, 1])
  })

  it('keeps its connections while the reader is restarted, and tells the new one', async (t) => {
    const { told, url, node, reader, definition } = await served(t)
    const { ws } = await openClient(t, url)
    ws.send('one')
    await until(() => told.bodies.length === 1)
    node.kill(reader)
    await node.ended(reader)
    for (const body of ['two', 'three', 'four']) ws.send(body)
    await node.spawn(definition, { name: 'reader' })
    await until(() => told.bodies.length === 4)
    assert.deepEqual(told.all, ['connected', 'text', 'again', 'text', 'text', 'text'])
    assert.deepEqual(told.bodies, ['one', 'two', 'three', 'four'])
  })

  it('does not read while its reader has no room, and loses nothing', async (t) => {
    let letGo: () => void = () => {}
    const gate = new Promise<undefined>((resolve) => {
      letGo = () => resolve(undefined)
    })
    // Before the node is stopped, which would wait for the reader.
    t.after(() => letGo())
    const as = { mailbox: { lengthMax: 2, policy: 'fail' as const }, reply: () => gate }
    const { told, url, node } = await served(t, { as })
    const { ws } = await openClient(t, url)
    const body = 'x'.repeat(10_000)
    const count = 2_000
    let taken = 0
    for (let i = 0; i < count; i += 1) {
      ws.send(body, () => {
        taken += 1
      })
    }
    await until(() => told.bodies.length === 1)
    // The kernel takes no more: what is sent waits on the other side.
    let before = -1
    await until(async () => {
      const isStill = taken === before
      before = taken
      for (let i = 0; i < 20; i += 1) await node.call(connectionIn(told), 'counters')
      return isStill && taken > 0
    })
    assert.ok(taken < count, 'all was read')
    const { undeliveredMessages } = await node.call(connectionIn(told), 'counters')
    assert.ok(undeliveredMessages < 50, `${undeliveredMessages} messages wait in this process`)
    letGo()
    await until(() => told.bodies.length === count)
  })

  it('picks the first of its subprotocols that is offered', async (t) => {
    const { told, url } = await served(t, { protocols: ['chat.2', 'chat.1'] })
    const { ws } = await openClient(t, url, { protocols: ['chat.1', 'chat.2'] })
    await until(() => told.connected.length === 1)
    assert.equal(ws.protocol, 'chat.2')
    assert.equal(told.connected[0]?.protocol, 'chat.2')
  })

  it('shares a listener with a web port, each with its path', async (t) => {
    const { listener, node, url, told } = await served(t, { path: '/socket' })
    const serve = (_request: unknown, response: { end(body: string): void }) => response.end('page')
    await node.spawn(webPort, { args: [{ listener, serve }] })
    await openClient(t, `${url}socket/room`)
    await until(() => told.connected.length === 1)
    const page = await fetch(`http://127.0.0.1:${listener.port}/`)
    assert.equal(await page.text(), 'page')
    const { ws } = clientOf(t, `${url}other`)
    const [error] = (await once(ws, 'error')) as [Error]
    assert.match(error.message, /404/)
  })

  it('ends its connections with 1001 when it ends, and its listener when it owns it', async (t) => {
    const node = await started(t)
    const told = nothingTold()
    await node.spawn(readerFor(told), { name: 'reader' })
    const free = await openWeb({ port: 0 })
    const { port } = free
    await free.close()
    const args = [{ listener: { port }, reader: 'reader' }] as const
    const sockets = await node.spawn(webSocketPort, { args })
    const { closed } = await openClient(t, `ws://127.0.0.1:${port}/`)
    await until(() => told.connected.length === 1)
    node.exit(sockets, 'shutdown')
    assert.equal((await closed).code, 1001)
    await node.ended(sockets)
    await until(() => told.disconnected.length === 1)
    assert.equal(told.disconnected[0]?.end, 'port-ended')
    await (await openWeb({ port })).close()
  })

  it('is restarted on a listener that outlives it', async (t) => {
    const { node, sockets, listener, told, url } = await served(t)
    await openClient(t, url)
    await until(() => told.connected.length === 1)
    node.kill(sockets)
    await node.ended(sockets)
    const { ws } = clientOf(t, url)
    const [error] = (await once(ws, 'error')) as [Error]
    assert.match(error.message, /503/)
    await node.spawn(webSocketPort, { args: [{ listener, reader: 'reader' }] })
    await openClient(t, url)
    await until(() => told.connected.length === 2)
  })

  it('says that a port is in use', async (t) => {
    const { node, port } = await served(t)
    const args = [{ listener: { port }, reader: 'reader' }] as const
    await assert.rejects(node.spawn(webSocketPort, { args }), isCode('PORT_IN_USE'))
  })

  it('refuses options that cannot be, by name', async (t) => {
    const node = await started(t)
    const listener = await openWeb({ port: 0 })
    t.after(() => listener.close())
    const bad: [string, Partial<WebSocketPortOptions>][] = [
      ['messageBytesMax', { messageBytesMax: 0 }],
      ['messageBytesMax', { messageBytesMax: 2 ** 31 }],
      ['fragmentsMax', { fragmentsMax: 1.5 }],
      ['readQueueBytesMax', { readQueueBytesMax: 100 }],
      ['writeQueueBytesMax', { writeQueueBytesMax: -1 }],
      ['idleTimeoutMs', { idleTimeoutMs: 0 }],
      ['pingIntervalMs', { pingIntervalMs: Number.NaN }],
      ['connectionsMax', { connectionsMax: 0 }],
      ['handshakeTimeoutMs', { handshakeTimeoutMs: -1 }],
      ['compression', { compression: 'yes' as never }],
      ['checkOrigin', { checkOrigin: 'all' as never }],
      ['checkOrigin', { checkOrigin: ['example.com'] }],
      ['protocols', { protocols: ['a b'] }],
      ['protocols', { protocols: ['a', 'a'] }],
      ['path', { path: 'chat' }],
      ['readers', { readers: [] }],
    ]
    for (const [option, given] of bad) {
      const spawned = node.spawn(webSocketPort, { args: [{ listener, reader: 'r', ...given }] })
      await assert.rejects(spawned, (error: Error) => {
        const told = `${error.message} ${(error.cause as Error | undefined)?.message ?? ''}`
        return isCode('OPTION_INVALID')(error) && told.includes(option)
      })
    }
  })

  it('lets each connection end by itself, however many break off at once', async (t) => {
    const { told, node, sockets, port } = await served(t)
    const raws = await Promise.all(Array.from({ length: 50 }, () => rawOpen(t, port)))
    for (const { socket } of raws) socket.resetAndDestroy()
    await until(() => told.disconnected.length === 50)
    assert.ok(
      told.disconnected.every(({ end, code }) => end === 'connection-lost' && code === 1006),
    )
    assert.deepEqual((await node.call(sockets, 'counters')).ended, { 'connection-lost': 50 })
  })
})
