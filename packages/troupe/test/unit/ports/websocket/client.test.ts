/** ports/websocket/client: a connection to somebody, and what becomes of it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { freePort } from '@troupe/tools/ports'
import {
  Certificates,
  type ExitReason,
  type Node,
  TroupeError,
  type WebSocketClientOptions,
  webSocketClient,
} from 'troupe'
import { testNode } from 'troupe/testing'
import { WebSocketServer } from 'ws'
import { testAuthority } from '#test/certificates'
import {
  connectionIn,
  nothingTold,
  openClient,
  readerFor,
  served,
  started,
  type Told,
  until,
} from '#test/unit/ports/websocket/ws-kit'

/** A server of the library that answers each message with the same. */
async function echoServer(t: TestContext, options: object = {}) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options })
  t.after(() => {
    for (const one of server.clients) one.terminate()
    server.close()
  })
  server.on('connection', (socket) => {
    socket.on('error', () => {})
    socket.on('message', (body, isBinary) => socket.send(body, { binary: isBinary }))
  })
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return { server, url: `ws://127.0.0.1:${port}/echo?a=1` }
}

/** A server that says these bytes to whoever comes. */
async function rudeServer(t: TestContext, said: string): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => void socket.write(said))
    t.after(() => socket.destroy())
  })
  t.after(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `ws://127.0.0.1:${(server.address() as { port: number }).port}/`
}

const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n'

async function reading(node: Node): Promise<Told> {
  const told = nothingTold()
  await node.spawn(readerFor(told), { name: 'mine' })
  return told
}

const spawned = (node: Node, options: Omit<WebSocketClientOptions, 'reader'>) =>
  node.spawn(webSocketClient, { args: [{ reader: 'mine', ...options }] })

function assertFailed(reason: ExitReason, problem: RegExp): void {
  assert.ok(typeof reason === 'object' && reason.kind === 'crash')
  assert.equal(reason.code, 'PORT_FAILED')
  assert.match(reason.message, problem)
}

describe('a WebSocket client', { timeout: 120_000 }, () => {
  it('sends what was given before it was connected, and hands on the answers', async (t) => {
    const node = await started(t)
    const { url } = await echoServer(t)
    const told = await reading(node)
    const client = await spawned(node, { url })
    node.send(client, 'send', 'early')
    assert.equal(await node.call(client, 'write', Uint8Array.of(1, 2)), 2)
    await until(() => told.bodies.length === 2)
    assert.deepEqual(told.all, ['connected', 'text', 'binary'])
    assert.deepEqual(told.bodies, ['early', Uint8Array.of(1, 2)])
    const { connection, headers, remote, ...rest } = told.connected[0] ?? assert.fail()
    assert.deepEqual(connection, client)
    assert.deepEqual(rest, { url, protocol: '', security: undefined, again: false })
    assert.equal(headers['upgrade'], 'websocket')
    assert.equal(remote.host, '127.0.0.1')
  })

  it('ends with normal when the server closes, and tells code and reason', async (t) => {
    const node = await started(t)
    const { url, server } = await echoServer(t)
    const told = await reading(node)
    const client = await spawned(node, { url })
    await until(() => server.clients.size === 1)
    for (const one of server.clients) one.close(4002, 'moved')
    assert.equal(await node.ended(client), 'normal')
    await until(() => told.disconnected.length === 1)
    const { end, code, reason } = told.disconnected[0] ?? assert.fail()
    assert.deepEqual([end, code, reason], ['peer-closed', 4002, 'moved'])
  })

  it('speaks to a server of ours, by subprotocol, with headers', async (t) => {
    const { node, told, url } = await served(t, { protocols: ['p'], as: { reply: (body) => body } })
    const mine = await reading(node)
    const client = await spawned(node, { url, protocols: ['q', 'p'], headers: { 'x-token': '7' } })
    node.send(client, 'send', 'hello')
    await until(() => mine.bodies.length === 1)
    assert.equal(mine.connected[0]?.protocol, 'p')
    assert.equal(told.connected[0]?.headers['x-token'], '7')
    node.send(client, 'close', { code: 1000, reason: 'done' })
    await until(() => told.disconnected.length === 1)
    assert.deepEqual([told.disconnected[0]?.code, told.disconnected[0]?.reason], [1000, 'done'])
  })

  it('packs messages when both sides want it', async (t) => {
    const as = { reply: (body: string | Uint8Array) => body }
    const { node, url, listener } = await served(t, { compression: true, as })
    const mine = await reading(node)
    const client = await spawned(node, { url, compression: true })
    const body = 'the same again and again, '.repeat(2_000)
    node.send(client, 'send', body)
    node.send(client, 'send', 'short')
    await until(() => mine.bodies.length === 2)
    assert.deepEqual(mine.bodies, [body, 'short'])
    assert.match(mine.connected[0]?.headers['sec-websocket-extensions'] ?? '', /permessage-deflate/)
    await openClient(t, `ws://127.0.0.1:${listener.port}/`)
  })

  it('believes a server whose authority it knows, over wss', async (t) => {
    const authority = await testAuthority()
    const tls = { certificates: new Certificates(await authority.issue()) }
    const { node, port, told } = await served(t, { listen: { tls }, as: { reply: (body) => body } })
    const mine = await reading(node)
    const url = `wss://127.0.0.1:${port}/`
    const good = await spawned(node, { url, tls: { ca: authority.ca } })
    node.send(good, 'send', 'safe')
    await until(() => mine.bodies.length === 1)
    assert.match(told.connected[0]?.security?.protocol ?? '', /^TLSv1/)
    assert.match(mine.connected[0]?.security?.peerSubject ?? '', /localhost/)
    const stranger = await spawned(node, { url })
    assertFailed(await node.ended(stranger), /certificate/)
    const plain = await spawned(node, { url: `ws://127.0.0.1:${port}/` })
    assertFailed(await node.ended(plain), /./)
  })

  it('shows its certificate where a server wants one', async (t) => {
    const authority = await testAuthority()
    const { ca } = authority
    const tls = { certificates: new Certificates(await authority.issue()), clientCa: ca }
    const { node, port, told } = await served(t, { listen: { tls } })
    const mine = await reading(node)
    const url = `wss://localhost:${port}/`
    const nobody = await spawned(node, { url, tls: { ca } })
    assertFailed(await node.ended(nobody), /./)
    const certificates = new Certificates(await authority.issue({ name: 'agent' }))
    await spawned(node, { url, tls: { ca, certificates } })
    await until(() => mine.connected.length === 1)
    await until(() => told.connected.length === 1)
    assert.match(told.connected[0]?.security?.peerSubject ?? '', /agent/)
  })

  it('ends with a code when there is nobody, and without the password', async (t) => {
    const node = await started(t)
    const told = await reading(node)
    const port = await freePort()
    const client = await spawned(node, { url: `ws://ann:secret@127.0.0.1:${port}/` })
    const waiting = node.call(client, 'write', 'lost')
    await assert.rejects(waiting, (error) => TroupeError.is(error, 'CALLEE_ENDED'))
    const reason = await node.ended(client)
    assertFailed(reason, /ECONNREFUSED/)
    assert.ok(!JSON.stringify(reason).includes('secret'))
    assert.deepEqual(told.all, [])
  })

  const RUDE: readonly (readonly [title: string, said: string, problem: RegExp])[] = [
    ['is no server of WebSocket', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', /200/],
    ['says no', 'HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n', /403/],
    [
      'sends elsewhere',
      'HTTP/1.1 302 Found\r\nlocation: ws://evil.org\r\ncontent-length: 0\r\n\r\n',
      /302/,
    ],
    [
      'answers with another key',
      `${SWITCHING}upgrade: websocket\r\nsec-websocket-accept: AAAA\r\n\r\n`,
      /Accept/,
    ],
    ['speaks no HTTP', '\u0000\u0001\u0002\u0003garbage\r\n\r\n', /./],
    ['sends a bomb of headers', `${SWITCHING}x: ${'y'.repeat(40_000)}\r\n\r\n`, /[Hh]eader/],
  ]
  for (const [title, said, problem] of RUDE) {
    it(`ends with PORT_FAILED when the other side ${title}`, async (t) => {
      const node = await started(t)
      const told = await reading(node)
      const client = await spawned(node, { url: await rudeServer(t, said) })
      assertFailed(await node.ended(client), problem)
      assert.deepEqual(told.all, [])
    })
  }

  it('ends with PORT_FAILED when the handshake takes longer than it may', async (t) => {
    const { node, clock, stop } = await testNode()
    t.after(stop)
    await reading(node)
    // The server begins to answer, and never ends.
    const client = await spawned(node, { url: await rudeServer(t, 'HTTP/1.1 101 Swi') })
    const ended = node.ended(client)
    await clock.advance(14_999)
    assert.equal((await node.call(client, 'counters')).sentMessages, 0)
    await clock.advance(1)
    assertFailed(await ended, /no connection within 15000 ms/)
  })

  it('closes its socket when it is killed, also while it connects', async (t) => {
    const { node, told, url } = await served(t)
    await reading(node)
    const client = await spawned(node, { url })
    await until(() => told.connected.length === 1)
    node.kill(client)
    await until(() => told.disconnected.length === 1)
    assert.equal(told.disconnected[0]?.end, 'connection-lost')
    let isOpen = true
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('close', () => {
        isOpen = false
      })
      socket.resume()
    }).listen(0, '127.0.0.1')
    t.after(() => server.close())
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const dialling = await spawned(node, { url: `ws://127.0.0.1:${port}/` })
    await once(server, 'connection')
    node.kill(dialling)
    await until(() => !isOpen)
  })

  it('is told by a closed connection of ours what ended it', async (t) => {
    const { node, told, url } = await served(t, { messageBytesMax: 10 })
    const mine = await reading(node)
    const client = await spawned(node, { url })
    node.send(client, 'send', 'more than ten bytes')
    await until(() => told.disconnected.length === 1 && mine.disconnected.length === 1)
    assert.equal(told.disconnected[0]?.end, 'message-too-large')
    assert.deepEqual([mine.disconnected[0]?.end, mine.disconnected[0]?.code], ['peer-closed', 1009])
    assert.equal(await node.ended(connectionIn(mine)), 'normal')
  })

  it('refuses options that cannot be, by name', async (t) => {
    const node = await started(t)
    const url = 'ws://localhost/'
    const bad: [string, Partial<WebSocketClientOptions>][] = [
      ['url', { url: 'http://localhost' }],
      ['url', { url: 'ws://localhost/#part' }],
      ['url', { url: 'ws://' }],
      ['url', { url: 7 as never }],
      ['headers', { headers: { 'a b': 'c' } }],
      ['headers', { headers: { a: 'c\r\nx: y' } }],
      ['protocols', { protocols: [''] }],
      ['headersBytesMax', { headersBytesMax: 0 }],
      ['handshakeTimeoutMs', { handshakeTimeoutMs: 0 }],
      ['tls.verify', { tls: { verify: 'no' as never } }],
    ]
    for (const [option, given] of bad) {
      const client = node.spawn(webSocketClient, { args: [{ reader: 'r', url, ...given }] })
      await assert.rejects(client, (error: Error) => {
        const told = `${error.message} ${(error.cause as Error | undefined)?.message ?? ''}`
        return told.includes(`option ${option} `)
      })
    }
  })
})
