/** ports/udp/udp: whatever it is told, and whatever it is spawned with, has an answer. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { openUdp, startNode, TroupeError, type UdpPortOptions, udpPort } from 'troupe'

const target = { kind: 'process', to: 'nobody' } as const

describe('a UDP port', { timeout: 60_000 }, () => {
  it('refuses what is no datagram, and goes on', async (t) => {
    const node = await startNode('udp@localhost', { handleSignals: false, logSinks: [] })
    t.after(() => node.stop())
    const heard = createSocket('udp6')
    t.after(() => heard.close())
    heard.bind(0, '::1')
    await once(heard, 'listening')
    const udp = await node.spawn(udpPort, { args: [{ socket: { port: 0 }, target }] })
    const bytes = Uint8Array.of(1)
    const address = '127.0.0.1'
    const bad: unknown[] = [
      undefined,
      {},
      { bytes: 'text', address, port: 9 },
      { bytes, address, port: 0 },
      { bytes, address, port: 70_000 },
      { bytes, address, port: 1.5 },
      { bytes, address: 'localhost', port: 9 },
      { bytes, port: 9 },
    ]
    for (const one of bad) node.send(udp, 'send', one as never)
    const got = once(heard, 'message')
    node.send(udp, 'send', { bytes, address: '::1', port: heard.address().port })
    await got
    const { sent, sendFailed } = await node.call(udp, 'counters')
    assert.deepEqual([sent, sendFailed], [1, 0])
  })

  it('counts a send that is refused, and never throws', async () => {
    const socket = await openUdp({ port: 0, hosts: ['127.0.0.1'], sendQueueBytesMax: 100 })
    const bytes = Buffer.alloc(10)
    assert.equal(socket.send(bytes, { address: '127.0.0.1', port: 70_000 }), false)
    assert.equal(socket.send(bytes, { address: 'localhost', port: 9 }), false)
    assert.equal(socket.send(bytes, { address: '::1', port: 9 }), false)
    assert.equal(socket.send(Buffer.alloc(101), { address: '127.0.0.1', port: 9 }), false)
    await socket.close()
    assert.equal(socket.send(bytes, { address: '127.0.0.1', port: 9 }), false)
    assert.equal(socket.counters().sendFailed, 5)
  })

  it('refuses options that cannot be, by name', async (t) => {
    const node = await startNode('udp@localhost', { handleSignals: false, logSinks: [] })
    t.after(() => node.stop())
    const bad: [string, Partial<UdpPortOptions> | undefined][] = [
      ['options', undefined],
      ['socket', { target }],
      ['target', { socket: { port: 0 } }],
      ['target.kind', { socket: { port: 0 }, target: { kind: 'other' } as never }],
      ['datagramBytesMax', { socket: { port: 0, datagramBytesMax: 0 }, target }],
      ['port', { socket: { port: -1 }, target }],
    ]
    for (const [option, given] of bad) {
      const spawned = node.spawn(udpPort, { args: [given as UdpPortOptions] })
      await assert.rejects(spawned, ({ cause }: Error) => {
        return (
          TroupeError.is(cause, 'OPTION_INVALID') && cause.message.includes(`option ${option} `)
        )
      })
    }
  })
})
