/** ports/udp/udp and ports/web/web: the outside world as processes that may be killed. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import {
  actor,
  eventName,
  type Node,
  NoReply,
  protocol,
  request,
  startNode,
  TroupeError,
  WebHandler,
} from 'troupe'
import { testNode } from 'troupe/testing'
import { type Datagram, DatagramReader, openUdp, openWeb, udpPort, webPort } from '#ports'
import { passing, until } from '#test/unit/ports/ports-kit'

async function started(t: TestContext): Promise<Node> {
  const node = await startNode('ports@localhost', { handleSignals: false, logSinks: [] })
  t.after(() => node.stop())
  return node
}

const Reader = protocol('reader', {
  ...DatagramReader.messages,
  take: request<number, readonly Datagram[]>(),
})

/** Keeps what it is sent, and answers once it has as many as were asked for. */
const readerActor = actor(Reader, {
  init: () => ({ got: [] as Datagram[], wanted: 0, tell: (_got: readonly Datagram[]) => {} }),
  on: {
    datagram(state, datagram) {
      state.got.push(datagram)
      if (state.got.length >= state.wanted) state.tell(state.got)
    },
    take(state, wanted, context) {
      if (state.got.length >= wanted) return state.got
      const replier = context.replyLater<readonly Datagram[]>()
      state.wanted = wanted
      state.tell = (got) => void replier.reply(got)
      return NoReply
    },
  },
})

function client(t: TestContext) {
  const socket = createSocket('udp4')
  t.after(() => socket.close())
  return {
    send: (text: string, port: number) =>
      new Promise<void>((resolve) => socket.send(text, port, '127.0.0.1', () => resolve())),
    heard: async () => String((await once(socket, 'message'))[0]),
    bind: () =>
      new Promise<number>((resolve) =>
        socket.bind(0, '127.0.0.1', () => resolve(socket.address().port)),
      ),
  }
}

describe('a UDP port', { timeout: 60_000 }, () => {
  it('sends each datagram to the process it was given', async (t) => {
    const node = await started(t)
    const reader = await node.spawn(readerActor)
    const socket = await openUdp({ port: 0 })
    t.after(() => socket.close())
    await node.spawn(udpPort, { args: [{ socket, target: { kind: 'process', to: reader } }] })
    const { send } = client(t)
    await send('one', socket.port)
    await send('two', socket.port)
    const got = await node.call(reader, 'take', 2)
    assert.deepEqual(
      got.map(({ bytes, address, sequence }) => [String(bytes), address, sequence]),
      [
        ['one', '127.0.0.1', 1],
        ['two', '127.0.0.1', 2],
      ],
    )
    assert.ok((got[0]?.receivedAtMs ?? 0) > 1e12)
  })

  it('publishes an event itself, with the token it was given', async (t) => {
    const node = await started(t)
    const token = node.registerEvent(eventName<Datagram>('datagrams'))
    const socket = await openUdp({ port: 0 })
    t.after(() => socket.close())
    const got: unknown[] = []
    const subscriber = actor(protocol('subscriber', {}), {
      started: (_state, context) => context.subscribe(token.event),
      on: {},
      handleEvent: (_state, event) => got.push((event.message as Datagram).sequence),
    })
    await node.spawn(subscriber)
    await node.spawn(udpPort, { args: [{ socket, target: { kind: 'event', token } }] })
    await client(t).send('one', socket.port)
    await until(() => got.length === 1)
    assert.deepEqual(got, [1])
    node.unregisterEvent(token)
    await client(t).send('two', socket.port)
    await until(() => socket.counters().unread === 1)
  })

  it('sends what it is told to, and counts', async (t) => {
    const node = await started(t)
    const { heard, bind } = client(t)
    const port = await bind()
    const answer = heard()
    const udp = await node.spawn(udpPort, {
      args: [{ socket: { port: 0 }, target: { kind: 'process', to: 'nobody' } }],
    })
    node.send(udp, 'send', { address: '127.0.0.1', port, bytes: Buffer.from('hello') })
    assert.equal(await answer, 'hello')
    assert.equal((await node.call(udp, 'counters')).sent, 1)
  })

  it('leaves borrowed sockets open when it is killed, and the next one reads on', async (t) => {
    const node = await started(t)
    const reader = await node.spawn(readerActor)
    const socket = await openUdp({ port: 0 })
    t.after(() => socket.close())
    const args = [{ socket, target: { kind: 'process', to: reader } }] as const
    const { send } = client(t)
    const first = await node.spawn(udpPort, { args })
    node.kill(first)
    await node.ended(first)
    await send('unread', socket.port)
    await until(() => socket.counters().unread === 1)
    await node.spawn(udpPort, { args })
    await send('read', socket.port)
    const got = await node.call(reader, 'take', 1)
    assert.deepEqual(
      got.map(({ bytes }) => String(bytes)),
      ['read'],
    )
  })

  it('closes its own sockets however it ends', async (t) => {
    const node = await started(t)
    const port = await await openUdp({ port: 0, hosts: ['127.0.0.1'] }).then(async (socket) => {
      const taken = socket.port
      await socket.close()
      return taken
    })
    const own = {
      socket: { port, hosts: ['127.0.0.1'] },
      target: { kind: 'process', to: 'nobody' },
    } as const
    for (const end of ['kill', 'exit'] as const) {
      const udp = await node.spawn(udpPort, { args: [own] })
      await assert.rejects(openUdp(own.socket), (error) => TroupeError.is(error, 'PORT_IN_USE'))
      if (end === 'kill') node.kill(udp)
      else node.exit(udp, 'shutdown')
      await node.ended(udp)
      await untilFree(port)
    }
  })

  it('fails its spawn when its port is in use', async (t) => {
    const node = await started(t)
    const socket = await openUdp({ port: 0 })
    t.after(() => socket.close())
    const target = { kind: 'process', to: 'nobody' } as const
    const second = node.spawn(udpPort, { args: [{ socket: { port: socket.port }, target }] })
    await assert.rejects(second, (error) => {
      const cause = error instanceof Error ? (error.cause ?? error) : error
      return TroupeError.is(cause, 'PORT_IN_USE')
    })
  })
})

async function untilFree(port: number): Promise<void> {
  for (;;) {
    const socket = await openUdp({ port, hosts: ['127.0.0.1'] }).catch(() => undefined)
    if (socket !== undefined) return socket.close()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const echo = actor(WebHandler, {
  on: {
    async handle(_state, { path }, context) {
      if (path === '/crash') throw new TypeError('on purpose')
      if (path === '/never') return NoReply
      if (path === '/slow') await context.sleep(60_000)
      return { status: 200, body: path }
    },
  },
})

describe('a web port', { timeout: 60_000 }, () => {
  const served = async (
    t: TestContext,
    options: { timeoutMs?: number; pendingMax?: number } = {},
    given?: Node,
  ) => {
    const node = given ?? (await started(t))
    const listener = await openWeb({ port: 0, closeTimeoutMs: 50 })
    t.after(() => listener.close())
    const web = await node.spawn(webPort, {
      name: 'web',
      args: [{ listener, handler: 'echo', ...options }],
    })
    return { node, web, listener, url: `http://127.0.0.1:${listener.port}` }
  }

  it('answers with what the handler answers', async (t) => {
    const { node, web, url } = await served(t)
    await node.spawn(echo, { name: 'echo' })
    const response = await fetch(`${url}/path?x=1`)
    assert.deepEqual([response.status, await response.text()], [200, '/path'])
    assert.equal((await node.call(web, 'counters')).requests, 1)
  })

  it('answers 503 for no handler, 502 when it crashes, 504 when it is late', async (t) => {
    const { node, clock, stop } = await testNode()
    t.after(stop)
    const { url } = await served(t, { timeoutMs: 50 }, node)
    assert.equal((await fetch(url)).status, 503)
    await node.spawn(echo, { name: 'echo' })
    assert.equal((await passing(clock, fetch(`${url}/never`))).status, 504)
    assert.equal((await fetch(`${url}/crash`)).status, 502)
  })

  it('answers 503 beyond its limit of requests under way', async (t) => {
    const { node, listener, url } = await served(t, { pendingMax: 1 })
    await node.spawn(echo, { name: 'echo' })
    const first = fetch(`${url}/never`).catch(() => 'closed')
    await until(() => listener.counters().requests === 1)
    assert.equal((await fetch(url)).status, 503)
    await node.stop()
    await first
  })

  it('answers what it held with 503 when it is killed, and the next one serves on', async (t) => {
    const { node, web, listener, url } = await served(t)
    await node.spawn(echo, { name: 'echo' })
    const held = fetch(`${url}/never`)
    await until(() => listener.counters().requests === 1)
    node.kill(web)
    assert.equal((await held).status, 503)
    assert.equal((await fetch(url)).status, 503)
    await node.spawn(webPort, { args: [{ listener, handler: 'echo' }] })
    assert.equal((await fetch(`${url}/again`)).status, 200)
  })

  it('closes its own listener when it ends', async (t) => {
    const node = await started(t)
    const listener = await openWeb({ port: 0 })
    const { port } = listener
    await listener.close()
    const web = await node.spawn(webPort, { args: [{ listener: { port }, handler: 'echo' }] })
    assert.equal((await fetch(`http://127.0.0.1:${port}`)).status, 503)
    node.exit(web, 'shutdown')
    await node.ended(web)
    await assert.rejects(fetch(`http://127.0.0.1:${port}`))
  })

  it('refuses options that cannot be', async (t) => {
    const node = await started(t)
    const spawn = node.spawn(webPort, {
      args: [{ listener: { port: 0 }, handler: 'echo', pendingMax: 0 }],
    })
    await assert.rejects(spawn, (error) => {
      const cause = error instanceof Error ? (error.cause ?? error) : error
      return TroupeError.is(cause, 'OPTION_INVALID')
    })
  })
})
