/** ports/tcp: what clients do wrong costs them their connection, and nobody else anything. */
import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { type Chunking, LINES, openTcp, type TcpPortOptions, TroupeError } from 'troupe'
import { testNode } from 'troupe/testing'
import { clientOf, connectionIn, served, servedBy, until } from '#test/unit/ports/tcp/tcp-kit'

/** A client of which nothing but its end matters. */
const closes = async (t: TestContext, port: number, bytes: string): Promise<void> => {
  const { socket, closed } = clientOf(t, port)
  socket.write(bytes, 'latin1')
  await closed
}

describe('a TCP port and bad clients', { timeout: 120_000 }, () => {
  it('ends a connection with a word for what was wrong with its chunks', async (t) => {
    const cases: [Chunking, string, string, number][] = [
      [{ ...LINES, chunkBytesMax: 4 } as Chunking, 'ok\ntoo long', 'chunk-too-large', 8],
      [{ kind: 'length', lengthBytes: 4 }, '\xff\xff\xff\xffx', 'chunk-too-large', 5],
      [
        { kind: 'length', lengthBytes: 2, lengthIncludesHeader: true },
        '\0\x01',
        'chunk-invalid',
        2,
      ],
    ]
    for (const [chunking, bytes, end, undeliveredBytes] of cases) {
      const { node, told, port, counters } = await served(t, { chunking })
      const other = clientOf(t, port)
      await until(() => told.connected.length === 1)
      await closes(t, port, bytes)
      await until(() => told.disconnected.length === 1)
      assert.deepEqual(
        [told.disconnected[0]?.end, told.disconnected[0]?.undeliveredBytes],
        [end, undeliveredBytes],
      )
      const { ended, connected, ...counted } = await counters()
      assert.deepEqual([ended, connected], [{ [end]: 1 }, 1])
      assert.equal(counted.undeliveredBytes, undeliveredBytes)
      assert.equal(other.socket.destroyed, false)
      await node.stop()
    }
  })

  it('ends with the word as the reason, which a monitor sees', async (t) => {
    const { node, told, port } = await served(t, { chunking: { kind: 'length', lengthBytes: 4 } })
    const { socket } = clientOf(t, port)
    await until(() => told.connected.length === 1)
    const ended = node.ended(connectionIn(told))
    socket.write('\xff\xff\xff\xff', 'latin1')
    const reason = await ended
    assert.ok(typeof reason === 'object' && reason.kind === 'custom')
    assert.equal(reason.name, 'chunk-too-large')
  })

  it('tells of a chunk that was cut off', async (t) => {
    const { told, port } = await served(t, { chunking: LINES })
    const { socket, closed } = clientOf(t, port)
    socket.end('whole\ncut')
    await closed
    await until(() => told.disconnected.length === 1)
    assert.deepEqual(told.data, ['whole'])
    const [disconnected] = told.disconnected
    assert.deepEqual([disconnected?.end, disconnected?.undeliveredBytes], ['chunk-truncated', 3])
  })

  it('hands on what came before a reset, which is no failure of the port', async (t) => {
    const { told, port, counters } = await served(t, { chunking: LINES })
    const { socket } = clientOf(t, port)
    socket.write('one\n')
    await until(() => told.data.length === 1)
    socket.resetAndDestroy()
    await until(() => told.disconnected.length === 1)
    assert.equal(told.disconnected[0]?.end, 'connection-lost')
    assert.deepEqual((await counters()).ended, { 'connection-lost': 1 })
  })

  it('reads what comes byte by byte', async (t) => {
    const chunking: Chunking = { kind: 'length', lengthBytes: 2 }
    const { told, port } = await served(t, { chunking })
    const { socket } = clientOf(t, port)
    socket.setNoDelay(true)
    for (const byte of Buffer.from('\0\x03one\0\0\0\x03two', 'latin1')) {
      await new Promise<void>((resolve) => socket.write(Buffer.from([byte]), () => resolve()))
    }
    await until(() => told.data.length === 3)
    assert.deepEqual(told.data, ['one', '', 'two'])
  })

  it('ends a client that never reads, and tells how much was not sent', async (t) => {
    const { node, told, port, counters } = await served(t, { writeQueueBytesMax: 1_000_000 })
    const { socket } = clientOf(t, port)
    socket.pause()
    await until(() => told.connected.length === 1)
    const connection = connectionIn(told)
    const ended = node.ended(connection)
    let sentBytes = 0
    const bytes = Buffer.alloc(100_000)
    // The kernels of both sides take some megabytes first; 100 are more than they ever do.
    for (let i = 0; i < 1_000; i += 1) {
      if (node.send(connection, 'send', bytes) !== undefined) break
      sentBytes += bytes.length
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.ok(sentBytes < 1_000 * bytes.length, 'the queue has a limit')
    const reason = await ended
    assert.ok(typeof reason === 'object' && reason.kind === 'custom')
    assert.equal(reason.name, 'peer-too-slow')
    await until(() => told.disconnected.length === 1)
    const counted = await counters()
    assert.deepEqual(counted.ended, { 'peer-too-slow': 1 })
    assert.ok(counted.unsentBytes > 0 && counted.refusedBytes >= bytes.length)
    const { sentBytes: taken, unsentBytes, refusedBytes } = counted
    // What was in the mailbox when the connection ended is a dead letter.
    assert.ok(taken + unsentBytes + refusedBytes <= sentBytes + bytes.length)
  })

  it('rejects a write that does not fit, and goes on', async (t) => {
    const { node, told, port } = await served(t, { writeQueueBytesMax: 1_000 })
    const client = clientOf(t, port)
    await until(() => told.connected.length === 1)
    const connection = connectionIn(told)
    // Alone it may be larger than the queue.
    const first = node.call(connection, 'write', 'x'.repeat(2_000))
    const second = node.call(connection, 'write', 'y')
    await assert.rejects(second, (error) => TroupeError.is(error, 'WRITE_REFUSED'))
    assert.equal(await first, 2_000)
    assert.equal(await node.call(connection, 'write', 'z'), 1)
    await until(() => client.got().length === 2_001)
    assert.equal((await node.call(connection, 'counters')).refusedBytes, 1)
  })

  it('refuses what is no bytes, and goes on', async (t) => {
    const { node, told, port } = await served(t)
    const client = clientOf(t, port)
    await until(() => told.connected.length === 1)
    const connection = connectionIn(told)
    for (const wrong of [7, null, undefined, {}, [1], new ArrayBuffer(1)]) {
      node.send(connection, 'send', wrong as never)
      await assert.rejects(node.call(connection, 'write', wrong as never), (error) =>
        TroupeError.is(error, 'MESSAGE_INVALID'),
      )
    }
    node.send(connection, 'send', 'fine')
    await until(() => client.got() === 'fine')
  })

  it('refuses connections beyond the limit, ten thousand of them, and serves on', async (t) => {
    const wanted = 10_000
    const { listener, told, port } = await served(t, { listen: { connectionsMax: 20 } })
    const open = new Set<Socket>()
    t.after(() => {
      for (const socket of open) socket.destroy()
    })
    // Not all at once: this process has both ends, and files are limited.
    for (let begun = 0; begun < wanted; begun += 100) {
      for (let i = 0; i < 100; i += 1) {
        const socket = connect(port, '127.0.0.1')
        open.add(socket)
        socket.on('error', () => {})
        socket.on('close', () => open.delete(socket))
        // A socket that is not read never learns of its end.
        socket.resume()
      }
      await until(() => listener.counters().connections === begun + 100 && open.size <= 20)
    }
    const { connections, connectionsOpen, connectionsRefused } = listener.counters()
    assert.deepEqual([connections, connectionsOpen, connectionsRefused], [wanted, 20, wanted - 20])
    await until(() => told.connected.length === 20)
    for (const socket of open) socket.destroy()
    await until(() => listener.counters().connectionsOpen === 0)
    clientOf(t, port).socket.write('served')
    await until(() => told.data.length === 1)
  })

  it('is held by no client that comes and goes at once', async (t) => {
    const { listener, told, counters, port } = await served(t)
    for (let i = 0; i < 300; i += 1)
      connect(port, '127.0.0.1')
        .on('error', () => {})
        .destroy()
    for (let i = 0; i < 100; i += 1) {
      const socket = connect(port, '127.0.0.1', () => socket.resetAndDestroy())
      socket.on('error', () => {})
    }
    const { socket, closed } = clientOf(t, port)
    socket.end('fine')
    await closed
    await until(() => told.data.includes('fine'))
    await until(async () => (await counters()).connected === 0)
    await until(() => listener.counters().connectionsOpen === 0)
  })
})

describe('a TCP port and time', { timeout: 60_000 }, () => {
  const inVirtualTime = async (t: TestContext, options: Partial<TcpPortOptions>) => {
    const { node, clock, stop } = await testNode()
    t.after(stop)
    return { clock, ...(await servedBy(t, node, options)) }
  }

  it('closes idle clients', async (t) => {
    const { clock, told, port } = await inVirtualTime(t, { idleTimeoutMs: 1_000 })
    const { closed } = clientOf(t, port)
    await until(() => told.connected.length === 1)
    await clock.advance(999)
    assert.equal(told.disconnected.length, 0)
    await clock.advance(1)
    await closed
    await until(() => told.disconnected.length === 1)
    assert.equal(told.disconnected[0]?.end, 'idle')
  })

  it('closes clients whose chunk takes too long', async (t) => {
    const options = { chunking: LINES, chunkTimeoutMs: 1_000 }
    const { clock, told, counters, port } = await inVirtualTime(t, options)
    const { socket, closed } = clientOf(t, port)
    socket.write('fine\nslow')
    await until(() => told.data.length === 1)
    await clock.advance(900)
    socket.write('er')
    await until(async () => (await counters()).receivedBytes === 11)
    assert.equal(told.disconnected.length, 0)
    await clock.advance(100)
    await closed
    await until(() => told.disconnected.length === 1)
    assert.equal(told.disconnected[0]?.end, 'chunk-too-slow')
  })

  it('closes clients that take nothing of what waits for them', async (t) => {
    const options = { writeTimeoutMs: 1_000, writeQueueBytesMax: 100_000_000 }
    const { node, clock, told, counters, port } = await inVirtualTime(t, options)
    const { socket } = clientOf(t, port)
    socket.pause()
    await until(() => told.connected.length === 1)
    node.send(connectionIn(told), 'send', Buffer.alloc(50_000_000))
    await until(async () => (await counters()).connected === 1)
    await clock.advance(1_000)
    await until(async () => (await counters()).ended['peer-too-slow'] === 1)
    assert.equal((await counters()).unsentBytes, 50_000_000)
  })

  it('sends its keep-alive bytes as they are', async (t) => {
    const { clock, told, port } = await inVirtualTime(t, {
      chunking: LINES,
      framing: 'both',
      keepAlive: { bytes: '.', periodMs: 100 },
    })
    const { got } = clientOf(t, port)
    await until(() => told.connected.length === 1)
    await clock.advance(350)
    await until(() => got() === '...')
  })

  it('closes who is served by nobody in time', async (t) => {
    const { clock, stop } = await testNode()
    t.after(stop)
    const listener = await openTcp({ port: 0, handshakeTimeoutMs: 500 }, clock)
    t.after(() => listener.close())
    const { closed } = clientOf(t, listener.port)
    await until(() => listener.counters().connectionsOpen === 1)
    await clock.advance(500)
    await closed
    assert.equal(listener.counters().unserved, 1)
  })
})
