/** ports/websocket: whoever is silent, slow or too many is let go, in time, and counted. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import {
  clientOf,
  connectionIn,
  frame,
  openClient,
  rawOf,
  rawOpen,
  served,
  servedInNoTime,
  until,
} from '#test/unit/ports/websocket/ws-kit'

describe('a WebSocket connection', { timeout: 120_000 }, () => {
  it('pings a peer that is silent, and keeps one that answers', async (t) => {
    const { told, url, clock, node } = await servedInNoTime(t, { pingIntervalMs: 1_000 })
    const { ws } = await openClient(t, url)
    await until(() => told.connected.length === 1)
    for (let i = 1; i <= 5; i += 1) {
      const pinged = once(ws, 'ping')
      await clock.advance(1_000)
      await pinged
      const answered = () => node.call(connectionIn(told), 'counters')
      await until(async () => (await answered()).pongsReceived === i)
    }
    assert.deepEqual(told.all, ['connected'])
  })

  it('ends with peer-silent when a ping is not answered', async (t) => {
    const limits = { pingIntervalMs: 1_000, pongTimeoutMs: 500 }
    const { told, port, clock, node, sockets } = await servedInNoTime(t, limits)
    const raw = await rawOpen(t, port)
    await until(() => told.connected.length === 1)
    const before = raw.got().length
    await clock.advance(1_000)
    await until(() => raw.got().length > before)
    await clock.advance(499)
    assert.deepEqual(told.all, ['connected'])
    await clock.advance(1)
    await raw.closed
    await until(() => told.disconnected.length === 1)
    const { end, code } = told.disconnected[0] ?? assert.fail()
    assert.deepEqual([end, code], ['peer-silent', 1006])
    assert.deepEqual((await node.call(sockets, 'counters')).ended, { 'peer-silent': 1 })
  })

  it('gives a large message more time than an answer, but not for ever', async (t) => {
    const limits = { pingIntervalMs: 1_000, pongTimeoutMs: 500, messageTimeoutMs: 3_000 }
    const { told, port, clock, node } = await servedInNoTime(t, limits)
    const raw = await rawOpen(t, port)
    await until(() => told.connected.length === 1)
    const bytes = frame({ opcode: 1, body: 'x'.repeat(1_000) })
    raw.socket.write(bytes.subarray(0, 100))
    await clock.advance(1_000)
    const dripped = async (count: number): Promise<void> => {
      raw.socket.write(bytes.subarray(count, count + 1))
      // What is said later on another connection is answered later: by then the byte has come.
      const other = await rawOf(t, port)
      other.socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
      await until(() => other.got().length > 0)
      other.socket.destroy()
      for (let i = 0; i < 50; i += 1) await node.call(connectionIn(told), 'counters')
    }
    await dripped(100)
    await clock.advance(2_000)
    await dripped(101)
    assert.deepEqual(told.all, ['connected'])
    await clock.advance(1_000)
    await raw.closed
    await until(() => told.disconnected.length === 1)
    assert.equal(told.disconnected[0]?.end, 'message-too-slow')
    assert.deepEqual(raw.codes(), [1008])
  })

  it('ends with idle when no message goes either way, pings or not', async (t) => {
    const limits = { pingIntervalMs: 1_000, idleTimeoutMs: 2_500 }
    const { told, url, clock, node } = await servedInNoTime(t, limits)
    const { ws, closed, got } = await openClient(t, url)
    await until(() => told.connected.length === 1)
    await clock.advance(2_000)
    node.send(connectionIn(told), 'send', 'life')
    await until(() => got.length === 1)
    const pinged = once(ws, 'ping')
    await clock.advance(2_400)
    await pinged
    assert.deepEqual(told.all, ['connected'])
    await clock.advance(100)
    assert.equal((await closed).code, 1001)
    await until(() => told.disconnected.length === 1)
    assert.equal(told.disconnected[0]?.end, 'idle')
  })

  it('lets a client go that does not read, and says how much was never sent', async (t) => {
    const { told, port, node, sockets } = await served(t, { writeQueueBytesMax: 200_000 })
    const raw = await rawOpen(t, port)
    raw.socket.pause()
    await until(() => told.connected.length === 1)
    const connection = connectionIn(told)
    const push = Buffer.alloc(50_000)
    const ended = node.ended(connection)
    let isOver = false
    void ended.then(() => {
      isOver = true
    })
    let sent = 0
    while (!isOver && sent < 2_000) {
      node.send(connection, 'send', push)
      sent += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
    const reason = await ended
    assert.ok(typeof reason === 'object' && reason.kind === 'custom')
    assert.equal(reason.name, 'peer-too-slow')
    await until(() => told.disconnected.length === 1)
    assert.deepEqual(
      [told.disconnected[0]?.end, told.disconnected[0]?.code],
      ['peer-too-slow', 1013],
    )
    const counters = await node.call(sockets, 'counters')
    assert.deepEqual(counters.ended, { 'peer-too-slow': 1 })
    assert.ok(counters.unsentMessages > 0 && counters.unsentMessages <= 5)
    assert.ok(counters.refusedMessages >= 1)
  })

  it('ends with peer-too-slow when nothing of what waits is taken in time', async (t) => {
    const limits = { writeTimeoutMs: 1_000, writeQueueBytesMax: 100_000_000 }
    const { told, port, node, clock } = await servedInNoTime(t, limits)
    const raw = await rawOpen(t, port)
    raw.socket.pause()
    await until(() => told.connected.length === 1)
    const connection = connectionIn(told)
    node.send(connection, 'send', Buffer.alloc(30_000_000))
    const waiting = node.call(connection, 'write', 'behind it', { timeoutMs: 60_000 })
    const rejected = assert.rejects(waiting, (error) => TroupeError.is(error))
    await node.call(connection, 'counters')
    await clock.advance(999)
    assert.deepEqual(told.all, ['connected'])
    await clock.advance(1)
    await until(() => told.disconnected.length === 1)
    assert.equal(told.disconnected[0]?.end, 'peer-too-slow')
    await clock.advance(1_000)
    await rejected
  })

  it('counts its answers to pings as what waits, so that a flood fills nothing', async (t) => {
    const { told, port } = await served(t, { writeQueueBytesMax: 10_000 })
    const raw = await rawOpen(t, port)
    raw.socket.pause()
    await until(() => told.connected.length === 1)
    const flood = Buffer.concat(
      Array.from({ length: 500 }, () => frame({ opcode: 9, body: 'x'.repeat(125) })),
    )
    let floods = 0
    while (told.disconnected.length === 0 && floods < 500) {
      if (raw.socket.writableLength < 1_000_000) {
        raw.socket.write(flood)
        floods += 1
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.equal(told.disconnected[0]?.end, 'peer-too-slow')
  })

  it('rejects a write that does not fit', async (t) => {
    const { told, port, node } = await served(t, { writeQueueBytesMax: 1_000 })
    const raw = await rawOpen(t, port)
    raw.socket.pause()
    await until(() => told.connected.length === 1)
    const connection = connectionIn(told)
    // One alone may be larger; the next one has to wait for it.
    const first = node.call(connection, 'write', Buffer.alloc(20_000_000), { timeoutMs: 60_000 })
    const second = node.call(connection, 'write', Buffer.alloc(2_000), { timeoutMs: 60_000 })
    await assert.rejects(second, (error) => TroupeError.is(error, 'WRITE_REFUSED'))
    raw.socket.resume()
    assert.equal(await first, 20_000_000)
  })

  it('ends with 1013 when nobody reads it in time', async (t) => {
    const { told, url, node, reader, clock } = await servedInNoTime(t, { readerTimeoutMs: 400 })
    const { closed } = await openClient(t, url)
    await until(() => told.connected.length === 1)
    const connection = connectionIn(told)
    node.kill(reader)
    await node.ended(reader)
    const ended = node.ended(connection)
    for (let i = 0; i < 6; i += 1) await clock.advance(100)
    assert.equal((await closed).code, 1013)
    const reason = await ended
    assert.ok(typeof reason === 'object' && reason.kind === 'custom')
    assert.equal(reason.name, 'reader-gone')
  })

  it('gives a client that does not answer the closing frame some time, and no more', async (t) => {
    const { told, port, node, clock } = await servedInNoTime(t, { closeTimeoutMs: 700 })
    const raw = await rawOpen(t, port)
    await until(() => told.connected.length === 1)
    const connection = connectionIn(told)
    node.send(connection, 'close')
    await until(() => raw.codes().length === 1)
    const ended = node.ended(connection)
    await clock.advance(700)
    await ended
    await raw.closed
    assert.deepEqual(raw.codes(), [1000])
  })
})

describe('a WebSocket port', { timeout: 120_000 }, () => {
  it('refuses one connection more than it may have with 503, and counts it', async (t) => {
    const { url, node, sockets } = await served(t, { connectionsMax: 2 })
    const { ws } = await openClient(t, url)
    await openClient(t, url)
    const third = clientOf(t, url)
    const [error] = (await once(third.ws, 'error')) as [Error]
    assert.match(error.message, /503/)
    assert.equal((await node.call(sockets, 'counters')).connectionsRefused, 1)
    ws.close()
    await until(async () => (await node.call(sockets, 'counters')).connected === 1)
    await openClient(t, url)
  })

  it('answers 408 when checkOrigin takes too long', async (t) => {
    const checkOrigin = (): Promise<boolean> => new Promise(() => {})
    const { url, clock, node, sockets } = await servedInNoTime(t, { checkOrigin })
    const { ws } = clientOf(t, url)
    const refused = once(ws, 'error')
    await until(async () => (await node.call(sockets, 'counters')).handshakes === 1)
    await clock.advance(14_999)
    assert.equal((await node.call(sockets, 'counters')).handshakesTooSlow, 0)
    await clock.advance(1)
    const [error] = (await refused) as [Error]
    assert.match(error.message, /408/)
    assert.equal((await node.call(sockets, 'counters')).handshakesTooSlow, 1)
  })

  it('counts a handshake that breaks off while checkOrigin thinks', async (t) => {
    const checkOrigin = (): Promise<boolean> => new Promise(() => {})
    const { url, node, sockets, listener } = await served(t, { checkOrigin })
    clientOf(t, url)
    await until(async () => (await node.call(sockets, 'counters')).handshakes === 1)
    await listener.close()
    await until(async () => (await node.call(sockets, 'counters')).handshakesAborted === 1)
  })
})
