/** ports/udp/socket: what comes in is handed on or counted. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { TroupeError } from '#contract'
import { openUdp, type UdpOptions, type UdpSocket } from '#ports'
import { until } from '#test/unit/ports/ports-kit'

async function opened(t: TestContext, options: Partial<UdpOptions> = {}): Promise<UdpSocket> {
  const socket = await openUdp({ port: 0, ...options })
  t.after(() => socket.close())
  return socket
}

function sender(t: TestContext) {
  const socket = createSocket('udp4')
  t.after(() => socket.close())
  return (bytes: string | Uint8Array, port: number) =>
    new Promise<void>((resolve, reject) => {
      socket.send(bytes, port, '127.0.0.1', (error) =>
        error instanceof Error ? reject(error) : resolve(),
      )
    })
}

describe('a UDP socket', { timeout: 60_000 }, () => {
  it('has one port number on both loopbacks', async (t) => {
    const socket = await opened(t)
    assert.ok(socket.port > 0)
    assert.deepEqual([...new Set(socket.addresses.map(({ port }) => port))], [socket.port])
    assert.equal(socket.addresses[0]?.host, '127.0.0.1')
    assert.ok(socket.receiveBufferBytes > 0)
  })

  it('hands on datagrams in order, with their number and their sender', async (t) => {
    const socket = await opened(t)
    const send = sender(t)
    const got: unknown[] = []
    socket.attach((bytes, from, sequence) => {
      got.push([Buffer.from(bytes).toString(), from.address, sequence])
      return true
    })
    await send('one', socket.port)
    await send('two', socket.port)
    await until(() => got.length === 2)
    assert.deepEqual(got, [
      ['one', '127.0.0.1', 1],
      ['two', '127.0.0.1', 2],
    ])
  })

  it('counts what comes while nobody reads, and what is too large', async (t) => {
    const socket = await opened(t, { datagramBytesMax: 10 })
    const send = sender(t)
    await send('unread', socket.port)
    await until(() => socket.counters().received === 1)
    let got = 0
    const take = () => {
      got += 1
      return true
    }
    socket.attach(take)
    await send('x'.repeat(11), socket.port)
    await send('x'.repeat(10), socket.port)
    await send('', socket.port)
    await until(() => socket.counters().received === 4)
    assert.equal(got, 2)
    socket.detach(() => true)
    await send('still read', socket.port)
    await until(() => socket.counters().received === 5)
    socket.detach(take)
    await send('unread', socket.port)
    await until(() => socket.counters().received === 6)
    const { unread, oversize } = socket.counters()
    assert.deepEqual({ got, unread, oversize }, { got: 3, unread: 2, oversize: 1 })
  })

  it('counts as unread what its reader cannot take', async (t) => {
    const socket = await opened(t)
    socket.attach(() => false)
    await sender(t)('late', socket.port)
    await until(() => socket.counters().unread === 1)
  })

  it('answers the sender and counts what the limit of its queue refuses', async (t) => {
    const socket = await opened(t, { sendQueueBytesMax: 8 })
    const client = createSocket('udp4')
    t.after(() => client.close())
    client.send('hello', socket.port, '127.0.0.1')
    const peer = await new Promise<{ address: string; port: number }>((resolve) => {
      socket.attach((_bytes, from) => {
        resolve(from)
        return true
      })
    })
    const answer = once(client, 'message')
    assert.equal(socket.send(Buffer.from('\n'), peer), true)
    assert.equal(String((await answer)[0]), '\n')
    assert.equal(socket.send(new Uint8Array(9), peer), false)
    await until(() => socket.counters().sent === 1)
    assert.equal(socket.counters().sendFailed, 1)
  })

  it('knows what the kernel dropped', {
    skip: process.platform !== 'linux' && 'Linux only',
  }, async (t) => {
    const socket = await opened(t)
    const send = sender(t)
    assert.equal(await socket.kernelDrops(), 0)
    const burst = 3_000
    // All are sent before the event loop reads one, more than the default buffer holds.
    const sent = Array.from({ length: burst }, () => send('x'.repeat(80), socket.port))
    await Promise.all(sent)
    await until(async () => {
      const drops = await socket.kernelDrops()
      return drops !== 'unknown' && drops + socket.counters().received === burst
    })
    const drops = await socket.kernelDrops()
    assert.ok(drops !== 'unknown' && drops > 0)
    await socket.close()
    assert.equal(await socket.kernelDrops(), drops)
  })

  it('says with a code that its port is in use, and opens none of its addresses', async (t) => {
    const first = await opened(t, { hosts: ['127.0.0.1'] })
    const second = openUdp({ port: first.port, hosts: ['127.0.0.2', '127.0.0.1'] })
    await assert.rejects(second, (error) => {
      assert.ok(TroupeError.is(error, 'PORT_IN_USE'))
      assert.equal(error.detail.address, `127.0.0.1:${first.port}`)
      return true
    })
    await opened(t, { port: first.port, hosts: ['127.0.0.2'] })
  })

  it('refuses an address that is not here and options that cannot be', async () => {
    const refused = (options: UdpOptions, code: 'PORT_FAILED' | 'OPTION_INVALID') =>
      assert.rejects(openUdp(options), (error) => TroupeError.is(error, code))
    await refused({ port: 0, hosts: ['192.0.2.1'] }, 'PORT_FAILED')
    await refused({ port: 70_000 }, 'OPTION_INVALID')
    await refused({ port: 0, hosts: [] }, 'OPTION_INVALID')
    await refused({ port: 0, datagramBytesMax: 0 }, 'OPTION_INVALID')
    await refused({ port: 0, receiveBufferBytes: 1.5 }, 'OPTION_INVALID')
  })
})
