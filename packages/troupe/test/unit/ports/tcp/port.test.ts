/** ports/tcp/tcp: what clients send reaches its reader, in order, whatever is restarted. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LINES, type Node, openTcp, Pid, type Tcp, TroupeError, tcpPort } from 'troupe'
import { testNode } from 'troupe/testing'
import {
  clientOf,
  connectionIn,
  nothingTold,
  passing,
  readerFor,
  served,
  servedBy,
  started,
  until,
} from '#test/unit/ports/tcp/tcp-kit'

const counters = (node: Node, tcp: Pid<typeof Tcp>) => node.call(tcp, 'counters')

const codeOf = (code: 'OPTION_INVALID' | 'PORT_IN_USE') => (error: unknown) =>
  TroupeError.is(error, code) || (error instanceof Error && TroupeError.is(error.cause, code))

describe('a TCP port', { timeout: 60_000 }, () => {
  it('tells its reader of a connection, of what comes, and of its end, in order', async (t) => {
    const { node, tcp, told, port } = await served(t, { chunking: LINES })
    const { socket, closed } = clientOf(t, port)
    socket.end('one\ntwo\n')
    await closed
    await until(() => told.disconnected.length === 1)
    assert.deepEqual(told.all, ['connected', 'one', 'two', 'peer-closed'])
    const { remote, local, security, again } = told.connected[0] ?? assert.fail()
    assert.deepEqual(
      [local.host, local.port, security, again],
      ['127.0.0.1', port, undefined, false],
    )
    assert.equal(remote.port, socket.localPort ?? remote.port)
    const { connected, ended, receivedBytes, receivedChunks } = await counters(node, tcp)
    assert.deepEqual([connected, receivedBytes, receivedChunks], [0, 8, 2])
    assert.deepEqual(ended, { 'peer-closed': 1 })
  })

  it('has a process for each connection, which anybody can write to', async (t) => {
    const { node, told, port } = await served(t)
    const client = clientOf(t, port)
    await until(() => told.connected.length === 1)
    const connection = connectionIn(told)
    node.send(connection, 'send', 'hello ')
    node.send(connection, 'send', Buffer.from('world'))
    assert.equal(await node.call(connection, 'write', '!'), 1)
    await until(() => client.got() === 'hello world!')
    const { sentBytes, queuedBytes } = await node.call(connection, 'counters')
    assert.deepEqual([sentBytes, queuedBytes], [12, 0])
  })

  it('closes a connection that gets an exit signal, once all is sent', async (t) => {
    const { node, told, port } = await served(t, { as: { reply: (text) => text } })
    for (const close of ['exit', 'message'] as const) {
      const client = clientOf(t, port)
      const at = told.connected.length
      await until(() => told.connected.length === at + 1)
      const connection = connectionIn(told, at)
      node.send(connection, 'send', 'x'.repeat(500_000))
      await node.call(connection, 'counters')
      if (close === 'exit') node.exit(connection, 'shutdown')
      else node.send(connection, 'close')
      await client.closed
      assert.equal(client.got().length, 500_000)
      assert.equal(await node.ended(connection), close === 'exit' ? 'shutdown' : 'normal')
    }
    await until(() => told.disconnected.length === 2)
    assert.deepEqual(
      told.disconnected.map(({ end }) => end),
      ['closed', 'closed'],
    )
  })

  it('frames what it sends in the same way when it is told to', async (t) => {
    const chunking = { kind: 'length', lengthBytes: 2 } as const
    const { node, told, port } = await served(t, { chunking, framing: 'both' })
    const client = clientOf(t, port)
    client.socket.write('\x00\x02hi')
    await until(() => told.data.length === 1)
    const connection = connectionIn(told)
    node.send(connection, 'send', 'ab')
    await until(() => client.got() === '\x00\x02ab')
    await assert.rejects(node.call(connection, 'write', 'x'.repeat(70_000)), (error) =>
      TroupeError.is(error, 'CHUNK_REFUSED'),
    )
    assert.equal(node.send(connection, 'send', 'x'.repeat(70_000)), undefined)
    assert.equal(await node.call(connection, 'write', 'cd'), 2)
    assert.equal((await node.call(connection, 'counters')).refusedBytes, 140_000)
    await until(() => client.got() === '\x00\x02ab\x00\x02cd')
  })

  it('takes its readers in turn, and each keeps its connection', async (t) => {
    const node = await started(t)
    const told = nothingTold()
    const readers = ['r0', 'r1', 'r2']
    for (const [number, name] of readers.entries()) {
      await node.spawn(readerFor(told, { number }), { name })
    }
    const listener = await openTcp({ port: 0 })
    t.after(() => listener.close())
    await node.spawn(tcpPort, { args: [{ listener, readers, chunking: LINES }] })
    const clients = []
    for (let i = 0; i < 6; i += 1) {
      clients.push(clientOf(t, listener.port))
      await until(() => told.connected.length === i + 1)
    }
    assert.deepEqual(told.by, [0, 1, 2, 0, 1, 2])
    for (let round = 0; round < 2; round += 1) {
      for (const [i, { socket }] of clients.entries()) {
        socket.write(`${i}\n`)
        await until(() => told.data.length === round * 6 + i + 1)
      }
    }
    assert.deepEqual(told.by.slice(6), [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])
  })

  it('stops reading while its reader has no room, and loses nothing', async (t) => {
    let letGo = (): void => {}
    const gate = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const reply = async (): Promise<undefined> => void (await gate)
    const mailbox = { lengthMax: 4, policy: 'block' as const }
    const { node, tcp, told, port } = await served(t, {
      chunking: { kind: 'fixed', chunkBytes: 1_000 },
      as: { reply, mailbox },
    })
    const { socket } = clientOf(t, port)
    const wantedBytes = 16_000_000
    const chunk = Buffer.alloc(1_000, 'x')
    let sentBytes = 0
    for (; sentBytes < wantedBytes; sentBytes += 1_000) socket.write(chunk)
    socket.end()
    await until(() => told.data.length === 1)
    const held = await counters(node, tcp)
    assert.ok(held.receivedChunks <= 6, `${held.receivedChunks} chunks were handed on`)
    assert.ok(held.receivedBytes < wantedBytes / 2, `${held.receivedBytes} bytes were read`)
    letGo()
    await until(() => told.disconnected.length === 1)
    assert.equal(told.data.length, wantedBytes / 1_000)
    assert.equal(told.disconnected[0]?.end, 'peer-closed')
  })

  it('keeps connections through a restart of their reader, and tells it anew', async (t) => {
    const { node, told, definition, reader, port } = await served(t, { chunking: LINES })
    const talking = clientOf(t, port)
    const silent = clientOf(t, port)
    talking.socket.write('one\n')
    await until(() => told.data.length === 1 && told.connected.length === 2)
    node.kill(reader)
    await node.ended(reader)
    talking.socket.write('two\nthree\n')
    await node.spawn(definition, { name: 'reader' })
    await until(() => told.data.length === 3 && told.connected.length === 4)
    assert.deepEqual(told.data, ['one', 'two', 'three'])
    assert.ok(told.all.indexOf('again') < told.all.indexOf('two'))
    const ids = told.connected.map(({ connection }) => Pid.format(connection))
    assert.equal(new Set(ids).size, 2)
    assert.deepEqual(
      told.connected.map(({ again }) => again),
      [false, false, true, true],
    )
    assert.equal(silent.socket.destroyed || talking.socket.destroyed, false)
  })

  it('ends a connection whose reader does not come back', async (t) => {
    const { node, tcp, told, reader, port } = await served(t, { readerTimeoutMs: 20 })
    const { closed } = clientOf(t, port)
    await until(() => told.connected.length === 1)
    node.kill(reader)
    await closed
    await until(async () => (await counters(node, tcp)).ended['reader-gone'] === 1)
  })

  it('ends its connections at once with a reader that was given by its pid', async (t) => {
    const { node, told, definition, listener } = await served(t)
    const reader = await node.spawn(definition)
    const own = await openTcp({ port: 0 })
    t.after(() => own.close())
    const tcp = await node.spawn(tcpPort, { args: [{ listener: own, reader }] })
    const { closed } = clientOf(t, own.port)
    await until(() => told.connected.length === 1)
    node.exit(reader, 'shutdown')
    await closed
    await until(async () => (await counters(node, tcp)).ended['reader-gone'] === 1)
    assert.equal(listener.counters().connections, 0)
  })

  it('holds connections while no port serves them, and hands them to the next one', async (t) => {
    const { node, tcp, told, listener, args } = await served(t, { chunking: LINES })
    const first = clientOf(t, listener.port)
    await until(() => told.connected.length === 1)
    node.kill(tcp)
    await first.closed
    const second = clientOf(t, listener.port)
    second.socket.write('held\n')
    await until(() => listener.counters().connections === 2)
    assert.equal(told.connected.length, 1)
    await node.spawn(tcpPort, { args })
    await until(() => told.data.length === 1)
    assert.deepEqual(told.data, ['held'])
    assert.equal(listener.counters().connectionsOpen, 1)
  })

  it('ends its connections and what it owns, however it ends', async (t) => {
    const node = await started(t)
    const told = nothingTold()
    await node.spawn(readerFor(told), { name: 'reader' })
    const free = await openTcp({ port: 0 })
    const { port } = free
    await free.close()
    for (const [at, end] of (['kill', 'shutdown', 'crash'] as const).entries()) {
      const args = [{ listener: { port }, reader: 'reader' }] as const
      const tcp = await node.spawn(tcpPort, { args })
      await assert.rejects(openTcp({ port }), codeOf('PORT_IN_USE'))
      const client = clientOf(t, port)
      await until(() => told.connected.length === at + 1)
      if (end === 'kill') node.kill(tcp)
      else if (end === 'shutdown') node.exit(tcp, 'shutdown')
      else node.exit(tcp, { kind: 'custom', name: 'on-purpose' })
      await node.ended(tcp)
      await client.closed
      await until(() => told.disconnected.length === at + 1)
      assert.equal(told.disconnected[at]?.end, 'port-ended')
      const again = await openTcp({ port })
      await again.close()
    }
  })

  it('goes on when a connection is killed, which closes its socket', async (t) => {
    const { node, tcp, told, port } = await served(t)
    const { closed } = clientOf(t, port)
    await until(() => told.connected.length === 1)
    node.kill(connectionIn(told))
    await closed
    clientOf(t, port)
    await until(() => told.connected.length === 2)
    assert.equal((await counters(node, tcp)).connected, 1)
  })

  it('answers after the other side has finished sending, when it is given time', async (t) => {
    let letGo = (): void => {}
    const gate = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const reply = async (text: string) => gate.then(() => text)
    const { node, clock, stop } = await testNode()
    t.after(stop)
    const { told, port } = await servedBy(t, node, { halfOpenTimeoutMs: 200, as: { reply } })
    const { socket, got, closed } = clientOf(t, port)
    socket.end('question')
    await until(() => told.data.length === 1)
    letGo()
    await until(() => got() === 'question')
    await passing(clock, closed)
    assert.equal(got(), 'question')
    await until(() => told.all.includes('peer-closed'))
  })

  it('reads for the process that spawned it unless told otherwise', async (t) => {
    const node = await started(t)
    const nobody = node.spawn(tcpPort, { args: [{ listener: { port: 0 } }] })
    await assert.rejects(nobody, codeOf('OPTION_INVALID'))
  })

  it('refuses options that cannot be, and an address in use', async (t) => {
    const { node, port } = await served(t)
    const refused = (options: object, code: 'OPTION_INVALID' | 'PORT_IN_USE') => {
      const args = [{ listener: { port: 0 }, reader: 'reader', ...options }] as const
      return assert.rejects(node.spawn(tcpPort, { args }), codeOf(code))
    }
    await refused({ listener: { port } }, 'PORT_IN_USE')
    await refused({ readers: ['a', 'b'] }, 'OPTION_INVALID')
    await refused({ reader: undefined, readers: [] }, 'OPTION_INVALID')
    await refused({ chunking: { kind: 'fixed', chunkBytes: 0 } }, 'OPTION_INVALID')
    await refused({ framing: 'out' }, 'OPTION_INVALID')
    await refused({ idleTimeoutMs: 0 }, 'OPTION_INVALID')
    await refused({ writeQueueBytesMax: 0 }, 'OPTION_INVALID')
    await refused({ keepAlive: { bytes: '', periodMs: 1 } }, 'OPTION_INVALID')
    await refused({ keepAlive: { bytes: 'x' } }, 'OPTION_INVALID')
    await refused({ delay: 1 }, 'OPTION_INVALID')
    await refused({ listener: { port: 0, connectionsMax: 0 } }, 'OPTION_INVALID')
    await refused({ listener: { port: 0, handshakeTimeoutMs: -1 } }, 'OPTION_INVALID')
    await refused({ listener: { port: 0, backlog: 0 } }, 'OPTION_INVALID')
  })
})
