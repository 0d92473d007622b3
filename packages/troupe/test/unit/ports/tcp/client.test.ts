/** ports/tcp/client: a connection to somebody, which its supervisor makes anew. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import {
  actor,
  LINES,
  type Node,
  processName,
  supervisor,
  type TcpClientOptions,
  type TcpConnection,
  TcpReader,
  TroupeError,
  tcpClient,
} from 'troupe'
import { testNode } from 'troupe/testing'
import { nothingTold, readerFor, started, until } from '#test/unit/ports/tcp/tcp-kit'

/** A plain server, and the sockets that came. */
async function plainServer(t: TestContext, port = 0) {
  const sockets: Socket[] = []
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    sockets.push(socket)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  t.after(close)
  return { port: address.port, sockets, close }
}

async function connected(t: TestContext, node: Node, options: Partial<TcpClientOptions> = {}) {
  const server = await plainServer(t)
  const told = nothingTold()
  await node.spawn(readerFor(told), { name: 'reader' })
  const given = { host: '127.0.0.1', port: server.port, reader: 'reader', ...options }
  const client = await node.spawn(tcpClient, { args: [given] })
  return { server, told, client }
}

describe('a TCP client', { timeout: 60_000 }, () => {
  it('tells its reader what the server sends, and sends what it is told', async (t) => {
    const node = await started(t)
    const { server, told, client } = await connected(t, node, { chunking: LINES })
    // Sent before it is connected: it waits.
    node.send(client, 'send', 'first ')
    assert.equal(await node.call(client, 'write', 'second'), 6)
    const [socket] = server.sockets
    assert.ok(socket !== undefined)
    let got = ''
    socket.on('data', (bytes) => {
      got += String(bytes)
    })
    await until(() => got === 'first second')
    socket.end('one\ntwo\n')
    assert.equal(await node.ended(client), 'normal')
    await until(() => told.disconnected.length === 1)
    assert.deepEqual(told.all, ['connected', 'one', 'two', 'peer-closed'])
    assert.deepEqual(told.connected[0]?.remote, { host: '127.0.0.1', port: server.port })
  })

  it('ends with a code when nobody listens', async (t) => {
    const node = await started(t)
    const { server, told } = await connected(t, node)
    await server.close()
    const options = { host: '127.0.0.1', port: server.port, reader: 'reader' }
    const client = await node.spawn(tcpClient, { args: [options] })
    const waiting = node.call(client, 'write', 'lost')
    await assert.rejects(waiting, (error) => TroupeError.is(error, 'CALLEE_ENDED'))
    const reason = await node.ended(client)
    assert.ok(typeof reason === 'object' && reason.kind === 'crash')
    assert.equal(reason.code, 'PORT_FAILED')
    assert.match(reason.message, new RegExp(`remote tcp port 127.0.0.1:${server.port} failed: c`))
    assert.match(reason.message, /; nobody listens there/)
    assert.ok(told.all.length <= 2)
  })

  it('ends with a code when it gets no connection in time', async (t) => {
    const { node, clock, stop } = await testNode()
    t.after(stop)
    const server = await plainServer(t)
    const authority = { verify: false }
    const told = nothingTold()
    await node.spawn(readerFor(told), { name: 'reader' })
    // The server accepts, but never answers the handshake.
    const options = { host: '127.0.0.1', port: server.port, reader: 'reader', tls: authority }
    const args = [{ ...options, connectTimeoutMs: 700 }] as const
    const client = await node.spawn(tcpClient, { args })
    const ended = node.ended(client)
    await until(() => server.sockets.length === 1)
    await clock.advance(699)
    assert.deepEqual((await node.call(client, 'counters')).sentBytes, 0)
    await clock.advance(1)
    const reason = await ended
    assert.ok(typeof reason === 'object' && reason.kind === 'crash')
    assert.match(reason.message, /no connection within 700 ms/)
    assert.deepEqual(told.all, [])
  })

  it('closes its socket when it is killed, also while it connects', async (t) => {
    const node = await started(t)
    const { server, told, client } = await connected(t, node)
    await until(() => told.connected.length === 1)
    const closed = once(server.sockets[0] ?? assert.fail(), 'close')
    server.sockets[0]?.resume()
    node.kill(client)
    await closed
    const options = { host: '127.0.0.1', port: server.port, reader: 'reader' }
    const second = await node.spawn(tcpClient, { args: [options] })
    node.kill(second)
    await node.ended(second)
    assert.equal(told.connected.length, 1)
  })

  it('is made anew by its supervisor until the server is there again', async (t) => {
    const node = await started(t)
    const first = await plainServer(t)
    const told = nothingTold()
    await node.spawn(readerFor(told), { name: 'reader' })
    const options = { host: '127.0.0.1', port: first.port, reader: 'reader', chunking: LINES }
    const child = { name: 'client', start: tcpClient, args: [options] as const }
    const tree = supervisor({
      intensity: { restarts: Number.POSITIVE_INFINITY, withinMs: 1_000 },
      backoff: { firstMs: 1, maxMs: 5 },
      children: [{ ...child, restart: 'permanent' }],
    })
    await node.spawn(tree)
    await until(() => told.connected.length === 1)
    await first.close()
    await until(() => told.disconnected.length === 1)
    const second = await plainServer(t, first.port)
    await until(() => told.connected.length === 2)
    await until(() => second.sockets.length === 1)
    second.sockets[0]?.write('back\n')
    await until(() => told.data.length === 1)
    assert.deepEqual(told.data, ['back'])
  })

  it('is read by the process that spawned it, and ends with it when linked', async (t) => {
    const node = await started(t)
    const server = await plainServer(t)
    const heard: string[] = []
    const owner = actor(TcpReader, {
      async started(_state, context) {
        const args = [{ host: '127.0.0.1', port: server.port }] as const
        await context.spawn(tcpClient, { args, link: true })
      },
      on: {
        connected: () => void heard.push('connected'),
        data: (_state, { bytes }) => void heard.push(Buffer.from(bytes).toString()),
        disconnected: () => void heard.push('disconnected'),
      },
    })
    const pid = await node.spawn(owner)
    await until(() => server.sockets.length === 1)
    server.sockets[0]?.write('hello')
    await until(() => heard.length === 2)
    assert.deepEqual(heard, ['connected', 'hello'])
    const closed = once(server.sockets[0] ?? assert.fail(), 'close')
    server.sockets[0]?.resume()
    node.exit(pid, 'shutdown')
    server.sockets[0]?.end()
    await closed
  })

  it('refuses options that cannot be', async (t) => {
    const node = await started(t)
    const refused = (options: object) => {
      const given = { host: '127.0.0.1', port: 1, reader: 'reader', ...options }
      return assert.rejects(
        node.spawn(tcpClient, { args: [given] }),
        (error) => error instanceof Error && TroupeError.is(error.cause, 'OPTION_INVALID'),
      )
    }
    await refused({ host: '' })
    await refused({ port: 0 })
    await refused({ port: 65_536 })
    await refused({ reader: undefined })
    await refused({ connectTimeoutMs: 0 })
    await refused({ tls: { verify: 'no' } })
    await refused({ chunking: { kind: 'none' } })
    await refused({ closeTimeoutMs: Number.NaN })
  })

  it('is a name for what speaks TcpConnection', async (t) => {
    const node = await started(t)
    const server = await plainServer(t)
    const told = nothingTold()
    await node.spawn(readerFor(told), { name: 'reader' })
    const args = [{ host: '127.0.0.1', port: server.port, reader: 'reader' }] as const
    await node.spawn(tcpClient, { name: 'uplink', args })
    const uplink = processName<typeof TcpConnection>('uplink')
    assert.equal(await node.call(uplink, 'write', 'hello'), 5)
  })
})
