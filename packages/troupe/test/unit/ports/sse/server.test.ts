/** ports/sse: each client of a path is a process that anybody may push to. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { TroupeError } from 'troupe'
import { testNode } from 'troupe/testing'
import { openWeb, ssePort } from '#ports'
import { Client, keeper, type Served, served, startedNode } from '#test/unit/ports/sse/sse-kit'
import { connected, until } from '#test/unit/ports/web/web-kit'

async function joined(
  t: TestContext,
  from: Served,
  headers: Readonly<Record<string, string>> = {},
) {
  const client = new Client(t, from.url, headers)
  const response = await client.opened()
  const connection = from.told.connected.at(-1)?.connection
  assert.ok(connection)
  return { client, response, connection }
}

const codeOf = (error: unknown): string => (TroupeError.is(error) ? error.code : String(error))

describe('an SSE port', { timeout: 60_000 }, () => {
  it('tells its reader who comes, with the request and the last event id', async (t) => {
    const from = await served(t)
    const client = new Client(t, `${from.url}/north?line=7`, { 'last-event-id': '41' })
    const response = await client.opened()
    assert.equal(response.statusCode, 200)
    assert.equal(response.headers['content-type'], 'text/event-stream')
    const [told] = from.told.connected
    assert.equal(told?.lastEventId, '41')
    assert.equal(told?.again, false)
    assert.deepEqual(
      [told?.request.method, told?.request.path, told?.request.query],
      ['GET', '/events/north', 'line=7'],
    )
    assert.equal(told?.request.remoteAddress, '127.0.0.1')
  })

  it('reads a last event id as UTF-8', async (t) => {
    const from = await served(t)
    const socket = await connected(t, from.listener.port)
    socket.write('GET /events HTTP/1.1\r\nhost: x\r\nlast-event-id: \u00e4\u20ac\r\n\r\n')
    await until(() => from.told.connected.length === 1)
    assert.equal(from.told.connected[0]?.lastEventId, '\u00e4\u20ac')
  })

  it('lets anybody push to a client', async (t) => {
    const from = await served(t)
    const { client, connection } = await joined(t, from)
    from.node.send(connection, 'send', { event: 'price', data: 'a\nb', id: '1', retryMs: 5 })
    const bytes = await from.node.call(connection, 'write', { data: '' })
    assert.equal(bytes, Buffer.byteLength('data: \n\n'))
    await client.hears('event: price\nid: 1\nretry: 5\ndata: a\ndata: b\n\ndata: \n\n')
    const counters = await from.node.call(connection, 'counters')
    assert.equal(counters.events, 2)
    assert.equal(counters.sentBytes, Buffer.byteLength(client.heard))
    assert.equal(counters.queuedBytes, 0)
  })

  it('says first how long a client shall wait before it comes again', async (t) => {
    const from = await served(t, { retryMs: 700, headers: { 'access-control-allow-origin': '*' } })
    const { client, response } = await joined(t, from)
    await client.hears('retry: 700\n\n')
    assert.equal(response.headers['access-control-allow-origin'], '*')
  })

  it('refuses what cannot be written, and the connection goes on', async (t) => {
    const from = await served(t)
    const { client, connection } = await joined(t, from)
    const bad = [
      {},
      { event: 'a\nb' },
      { event: '' },
      { id: 'a\0' },
      { id: '1\r' },
      { retryMs: -1 },
    ]
    const nonsense = [...bad, null as never, { data: 1 as never }]
    for (const push of nonsense) {
      from.node.send(connection, 'send', push)
      const written = from.node.call(connection, 'write', push)
      await assert.rejects(written, (error) => codeOf(error) === 'MESSAGE_INVALID')
    }
    from.node.send(connection, 'send', { data: 'fine' })
    await client.hears('data: fine\n\n')
    const counters = await from.node.call(connection, 'counters')
    assert.deepEqual([counters.events, counters.refused], [1, nonsense.length * 2])
  })

  it('ends the connection when the client goes, and tells the reader once', async (t) => {
    const from = await served(t)
    const { client, connection } = await joined(t, from)
    const ended = from.node.ended(connection)
    client.request.destroy()
    assert.equal(await ended, 'normal')
    await until(() => from.told.disconnected.length === 1)
    assert.deepEqual(from.told.disconnected[0], { connection, end: 'peer-closed', unsentBytes: 0 })
    const counters = await from.node.call(from.port, 'counters')
    assert.deepEqual([counters.connected, counters.ended], [0, { 'peer-closed': 1 }])
  })

  it('notices that a client goes which has sent a body nobody reads', async (t) => {
    const from = await served(t)
    const socket = await connected(t, from.listener.port)
    const head = 'GET /events HTTP/1.1\r\nhost: x\r\ncontent-length: 300000\r\n\r\n'
    socket.write(head + 'x'.repeat(299_999))
    await until(() => from.told.connected.length === 1)
    socket.destroy()
    await until(() => from.told.disconnected.length === 1)
    assert.equal(from.told.disconnected[0]?.end, 'peer-closed')
  })

  it('closes the stream when told to, after all that was sent', async (t) => {
    const from = await served(t)
    const { client, connection } = await joined(t, from)
    from.node.send(connection, 'send', { data: 'last' })
    from.node.send(connection, 'close')
    await client.ends()
    assert.equal(client.heard, 'data: last\n\n')
    await until(() => from.told.disconnected.length === 1)
    assert.equal(from.told.disconnected[0]?.end, 'closed')
  })

  it('closes the stream of a connection that is killed, and the reader is told', async (t) => {
    const from = await served(t)
    const { client, connection } = await joined(t, from)
    from.node.kill(connection)
    await client.ends()
    await until(() => from.told.disconnected.length === 1)
    assert.equal(from.told.disconnected[0]?.end, 'closed')
  })

  it('closes a client that does not read once too much waits for it', {
    timeout: 15_000,
  }, async (t) => {
    const from = await served(t, { writeQueueBytesMax: 100_000 })
    const socket = await connected(t, from.listener.port)
    socket.pause()
    socket.write('GET /events HTTP/1.1\r\nhost: x\r\n\r\n')
    await until(() => from.told.connected.length === 1)
    const connection = from.told.connected[0]?.connection
    assert.ok(connection)
    const ended = from.node.ended(connection)
    const data = 'x'.repeat(50_000)
    let isOver = false
    void ended.then(() => {
      isOver = true
    })
    while (!isOver) {
      from.node.send(connection, 'send', { data })
      await new Promise((resolve) => setImmediate(resolve))
    }
    const reason = await ended
    assert.ok(typeof reason === 'object' && reason.kind === 'custom')
    assert.equal(reason.name, 'peer-too-slow')
    await until(() => from.told.disconnected.length === 1)
    const { end, unsentBytes } = from.told.disconnected[0] ?? {}
    assert.equal(end, 'peer-too-slow')
    assert.ok((unsentBytes ?? 0) > 50_000 && (unsentBytes ?? 0) <= 100_000 + data.length)
    const counters = await from.node.call(from.port, 'counters')
    assert.equal(counters.ended['peer-too-slow'], 1)
    assert.equal(counters.unsentBytes, unsentBytes)
    assert.ok(counters.refused > 0)
  })

  it('rejects a write that does not fit, and the connection goes on', async (t) => {
    const from = await served(t, { writeQueueBytesMax: 100_000 })
    const socket = await connected(t, from.listener.port)
    socket.pause()
    socket.write('GET /events HTTP/1.1\r\nhost: x\r\n\r\n')
    await until(() => from.told.connected.length === 1)
    const connection = from.told.connected[0]?.connection
    assert.ok(connection)
    const data = 'x'.repeat(50_000)
    let refused: unknown
    while (refused === undefined) {
      from.node.call(connection, 'write', { data }).catch((error: unknown) => {
        refused ??= error
      })
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.equal(codeOf(refused), 'WRITE_REFUSED')
    assert.equal(from.told.disconnected.length, 0)
    socket.resume()
    const drained = async () => (await from.node.call(connection, 'counters')).queuedBytes === 0
    while (!(await drained())) await new Promise((resolve) => setImmediate(resolve))
  })

  it('answers 405 to anything but GET, and 503 beyond its limit', async (t) => {
    const from = await served(t, { connectionsMax: 1 })
    await joined(t, from)
    const full = await fetch(from.url)
    assert.deepEqual([full.status, full.headers.get('retry-after')], [503, '1'])
    await full.arrayBuffer()
    const posted = await fetch(from.url, { method: 'POST', body: 'x' })
    assert.deepEqual([posted.status, posted.headers.get('allow')], [405, 'GET'])
    const counters = await from.node.call(from.port, 'counters')
    assert.deepEqual([counters.connectionsRefused, counters.methodRefused], [1, 1])
    assert.equal(counters.requests, 3)
  })

  it('gives each client the next of several readers', async (t) => {
    const node = await startedNode(t)
    const listener = await openWeb({ port: 0, closeTimeoutMs: 50 })
    t.after(() => listener.close())
    const [left, right] = [keeper(), keeper()]
    await node.spawn(left.definition, { name: 'left' })
    await node.spawn(right.definition, { name: 'right' })
    await node.spawn(ssePort, { args: [{ listener, readers: ['left', 'right'] }] })
    const url = `http://127.0.0.1:${listener.port}/`
    for (let at = 0; at < 4; at += 1) await new Client(t, url).opened()
    assert.deepEqual([left.told.connected.length, right.told.connected.length], [2, 2])
  })

  it('passes over a reader that is not there while another one is', async (t) => {
    const node = await startedNode(t)
    const listener = await openWeb({ port: 0, closeTimeoutMs: 50 })
    t.after(() => listener.close())
    const there = keeper()
    await node.spawn(there.definition, { name: 'there' })
    await node.spawn(ssePort, { args: [{ listener, readers: ['away', 'there'] }] })
    await new Client(t, `http://127.0.0.1:${listener.port}/`).opened()
    assert.equal(there.told.connected.length, 1)
  })

  it('tells a restarted reader of the clients that stayed', async (t) => {
    const from = await served(t)
    const { client, connection } = await joined(t, from)
    const reader = from.node.whereis('reader')
    assert.ok(reader)
    from.node.kill(reader)
    await from.node.ended(reader)
    const next = keeper()
    await from.node.spawn(next.definition, { name: 'reader' })
    await until(() => next.told.connected.length === 1)
    assert.deepEqual(
      [next.told.connected[0]?.connection, next.told.connected[0]?.again],
      [connection, true],
    )
    from.node.send(connection, 'send', { data: 'still here' })
    await client.hears('data: still here\n\n')
  })

  it('answers 503 when nobody comes to read in time', async (t) => {
    const from = await served(t, { reader: 'nobody', readerTimeoutMs: 20 })
    const response = await fetch(from.url)
    assert.equal(response.status, 503)
    const counters = await from.node.call(from.port, 'counters')
    assert.deepEqual(counters.ended, { 'reader-gone': 1 })
  })

  it('ends its connections when it ends, and the listener serves others', async (t) => {
    const from = await served(t)
    const { client, connection } = await joined(t, from)
    const ended = from.node.ended(connection)
    from.node.exit(from.port, 'shutdown')
    assert.equal(await ended, 'shutdown')
    await client.ends()
    await until(() => from.told.disconnected.length === 1)
    assert.equal(from.told.disconnected[0]?.end, 'port-ended')
    const after = await fetch(from.url)
    assert.equal(after.status, 503)
  })

  it('ends its connections when it is killed', { timeout: 15_000 }, async (t) => {
    const from = await served(t)
    const { client, connection } = await joined(t, from)
    const ended = from.node.ended(connection)
    from.node.kill(from.port)
    assert.equal(await ended, 'shutdown')
    await client.ends()
    await until(() => from.told.disconnected.length === 1)
    assert.equal(from.told.disconnected[0]?.end, 'port-ended')
  })

  it('closes its own listener when it ends', async (t) => {
    const node = await startedNode(t)
    const { definition } = keeper()
    await node.spawn(definition, { name: 'reader' })
    const listener = await openWeb({ port: 0 })
    const { port } = listener
    await listener.close()
    const sse = await node.spawn(ssePort, { args: [{ listener: { port }, reader: 'reader' }] })
    const client = new Client(t, `http://127.0.0.1:${port}/`)
    await client.opened()
    node.exit(sse, 'shutdown')
    await node.ended(sse)
    await client.ends()
    await assert.rejects(fetch(`http://127.0.0.1:${port}/`))
  })

  it('refuses options that cannot be', async (t) => {
    const node = await startedNode(t)
    const listener = await openWeb({ port: 0 })
    t.after(() => listener.close())
    const reader = 'reader'
    const bad = [
      { connectionsMax: 0 },
      { heartbeatMs: 0 },
      { writeQueueBytesMax: 1.5 },
      { readers: [] },
      { readers: ['a'], reader },
      { retryMs: -1 },
      { path: 'events' },
      { headers: { 'x-a': 'b\r\nc: d' } },
    ]
    for (const options of bad) {
      const given = 'readers' in options ? options : { reader, ...options }
      const spawned = node.spawn(ssePort, { args: [{ listener, ...given } as never] })
      await assert.rejects(spawned, (error) => {
        const cause = error instanceof Error ? (error.cause ?? error) : error
        assert.equal(codeOf(cause), 'OPTION_INVALID', JSON.stringify(options))
        return true
      })
    }
    const orphan = node.spawn(ssePort, { args: [{ listener }] })
    await assert.rejects(orphan, /reader/)
  })
})

describe('time on an SSE stream', { timeout: 60_000 }, () => {
  const timed = async (t: TestContext, options = {}) => {
    const { node, clock, stop } = await testNode()
    t.after(stop)
    const listener = await openWeb({ port: 0, closeTimeoutMs: 50 })
    t.after(() => listener.close())
    const { told, definition } = keeper()
    await node.spawn(definition, { name: 'reader' })
    const port = await node.spawn(ssePort, { args: [{ listener, reader: 'reader', ...options }] })
    return { clock, node, listener, told, port, url: `http://127.0.0.1:${listener.port}/` }
  }

  it('sends a comment after each silence', async (t) => {
    const { clock, node, told, url } = await timed(t)
    const client = new Client(t, url)
    await client.opened()
    await clock.advance(29_999)
    const connection = told.connected[0]?.connection
    assert.ok(connection)
    await node.call(connection, 'write', { data: 'a' })
    await client.hears('data: a\n\n')
    await clock.advance(29_999)
    assert.equal((await node.call(connection, 'counters')).heartbeats, 0)
    await clock.advance(1)
    await client.hears('data: a\n\n:\n\n')
    await clock.advance(30_000)
    await client.hears('data: a\n\n:\n\n:\n\n')
    assert.equal((await node.call(connection, 'counters')).heartbeats, 2)
  })

  it('closes a client that takes nothing for too long', async (t) => {
    const { clock, node, listener, told } = await timed(t, { writeTimeoutMs: 5_000 })
    const socket = await connected(t, listener.port)
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    await until(() => told.connected.length === 1)
    const connection = told.connected[0]?.connection
    assert.ok(connection)
    node.send(connection, 'send', { data: 'x'.repeat(20_000_000) })
    await clock.settle()
    let end: string | undefined
    void node.ended(connection).then((reason) => {
      end = typeof reason === 'object' ? String((reason as { name?: string }).name) : reason
    })
    await clock.advance(4_999)
    assert.equal(end, undefined)
    await clock.advance(2)
    assert.equal(end, 'peer-too-slow')
  })
})
