/**
 * cluster/registrar/across/udp-socket: real datagrams on the loopback.
 */
import assert from 'node:assert/strict'
import type { Socket } from 'node:dgram'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { type Cancel, keepAlive } from '#base/clock'
import { lookupHost, openUdp, type UdpSocket } from '#cluster/registrar/across/udp-socket'

/** The next datagram of a socket, with the host it came from. */
function next(socket: UdpSocket): Promise<string> {
  return new Promise((resolve) => {
    socket.start((bytes, { host }) => resolve(`${Buffer.from(bytes).toString()} from ${host}`))
  })
}

/** A socket between hosts with the one of the machine under it. */
async function opened(): Promise<{ readonly one: UdpSocket; readonly under: Socket }> {
  let under: Socket | undefined
  const see = (message: unknown): void => {
    under = (message as { readonly socket: Socket }).socket
  }
  subscribe('udp.socket', see)
  const one = await open('127.0.0.1')
  unsubscribe('udp.socket', see)
  assert.ok(under !== undefined)
  return { one, under }
}

const open = (host: string): Promise<UdpSocket> => openUdp({ host, port: 0 })

describe('a socket between hosts', () => {
  let cancel: Cancel = () => false
  before(() => {
    // The sockets themselves keep no program running.
    cancel = keepAlive()
  })
  after(() => cancel())

  it('sends and hears', async () => {
    const [one, two] = [await open('127.0.0.1'), await open('127.0.0.1')]
    const heard = next(two)
    one.send(Buffer.from('hello'), two.address)
    assert.equal(await heard, 'hello from 127.0.0.1')
    one.close()
    two.close()
  })

  it('of both families tells IPv4 as IPv4, and reaches it', async () => {
    const [one, two] = [await open('127.0.0.1'), await open('::')]
    const [first, second] = [next(two), next(one)]
    one.send(Buffer.from('hello'), { host: '127.0.0.1', port: two.address.port })
    assert.equal(await first, 'hello from 127.0.0.1')
    two.send(Buffer.from('back'), one.address)
    assert.equal(await second, 'back from 127.0.0.1')
    one.close()
    two.close()
  })

  it('sends what was sent before it is closed, and nothing afterwards', async () => {
    const [one, two] = [await open('127.0.0.1'), await open('127.0.0.1')]
    const heard = next(two)
    one.send(Buffer.from('farewell'), two.address)
    one.close()
    one.send(Buffer.from('late'), two.address)
    one.close()
    assert.equal(await heard, 'farewell from 127.0.0.1')
    two.close()
  })

  it('is refused with a code where it cannot be', async () => {
    const one = await open('127.0.0.1')
    await assert.rejects(openUdp(one.address), (thrown) => TroupeError.is(thrown, 'PORT_IN_USE'))
    await assert.rejects(open('203.0.113.7'), (thrown) => TroupeError.is(thrown, 'PORT_FAILED'))
    one.close()
  })

  it('swallows what cannot be sent', async () => {
    const one = await open('127.0.0.1')
    one.send(new Uint8Array(70_000), one.address)
    one.send(Buffer.from('x'), { host: '::1', port: 9 })
    const heard = next(one)
    one.send(Buffer.from('still'), one.address)
    assert.equal(await heard, 'still from 127.0.0.1')
    one.close()
  })

  it('swallows what goes to a port that is none, and is closed all the same', async () => {
    const { one, under } = await opened()
    for (const port of [0, -1, 65_536, Number.NaN]) {
      assert.doesNotThrow(() => one.send(Buffer.from('x'), { host: '127.0.0.1', port }))
    }
    const closed = once(under, 'close', { signal: AbortSignal.timeout(20_000) })
    one.close()
    await closed
  })

  it('does not hear what says that it comes from port 0', async () => {
    const { one, under } = await opened()
    const heard: string[] = []
    one.start((bytes) => heard.push(Buffer.from(bytes).toString()))
    for (const port of [0, 7]) {
      under.emit('message', Buffer.from(`from ${port}`), { address: '127.0.0.1', port })
    }
    assert.deepEqual(heard, ['from 7'])
    one.close()
  })

  it('knows the names of the machine', async () => {
    assert.ok((await lookupHost('localhost')).length > 0)
    await assert.rejects(lookupHost('no-such-host.invalid'))
  })
})
