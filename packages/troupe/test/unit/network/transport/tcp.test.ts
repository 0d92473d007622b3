/**
 * What TCP lines do beyond the suite of all transports.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, it } from 'node:test'
import { tcpTransport } from '#network/transport/tcp'
import { End } from '#testing/conformance/transport-stage'
import { DIAL, LOOPBACK, pair, refusalOf, take } from './lines-kit.js'

const tcp = tcpTransport()

describe('the transport over TCP', () => {
  it('tells a reset of the far end once, with words that say what it was', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
    server.listen(0, LOOPBACK.host)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const address = { transport: 'tcp', host: LOOPBACK.host, port, path: '' }
    const end = new End(await tcp.dial(address, DIAL)).start()
    end.line.write(Buffer.from('hello'))
    await end.ended()
    assert.match(end.problem ?? '', /the far end has reset it.*ECONNRESET/)
    assert.equal(end.times('closed'), 1)
    server.close()
  })

  it('ends when the far end closes one half, and lets leave what waits', async () => {
    const taken = await take(tcp)
    const client = connect({ ...taken.address, allowHalfOpen: true })
    const end = new End(await taken.next()).start()
    end.line.write(Buffer.from('the rest'))
    client.end()
    const chunks: Buffer[] = []
    client.on('data', (chunk: Buffer) => chunks.push(chunk))
    await Promise.all([end.ended(), once(client, 'end')])
    assert.equal(Buffer.concat(chunks).toString(), 'the rest')
    assert.equal(end.problem, undefined)
    client.destroy()
    await taken.close()
  })

  it('refuses and counts connections beyond its limit', async () => {
    const small = tcpTransport({ connectionsMax: 1 })
    const taken = await take(small)
    const first = await pair(small, taken)
    const second = new End(await small.dial(taken.address, DIAL)).start()
    assert.match(await taken.refusal(), /all 1 connections are taken/)
    await second.ended()
    assert.equal(taken.lines.length, 1)
    first.near.line.write(Buffer.from('x'))
    await first.far.got(1)
    first.near.line.destroy()
    await taken.close()
  })

  it('takes lines over IPv6 where the machine has it', async (t) => {
    const taken = await take(tcp, { host: '::1' }).catch(() => undefined)
    if (taken === undefined) return t.diagnostic('no IPv6 here')
    const { near, far } = await pair(tcp, taken)
    assert.match(far.line.remote, /^\[::1\]:\d+$/)
    near.line.destroy()
    await taken.close()
  })

  it('reads all dialled lines through one buffer, and no line sees bytes of another', async () => {
    const taken = await take(tcp)
    const pairs = []
    for (let count = 0; count < 20; count += 1) pairs.push(await pair(tcp, taken))
    for (const [index, { far }] of pairs.entries()) far.line.write(Buffer.alloc(5_000, index))
    for (const [index, { near }] of pairs.entries()) {
      await near.got(5_000)
      assert.ok(near.received.equals(Buffer.alloc(5_000, index)))
    }
    for (const { near } of pairs) near.line.destroy()
    await taken.close()
  })

  it('says what to do about a host that is not known or not ours', async () => {
    const nowhere = { transport: 'tcp', host: 'nowhere.invalid', port: 1, path: '' }
    assert.match((await refusalOf(tcp.dial(nowhere, DIAL))).message, /host name|name service/)
    const foreign = tcp.listen({ ...LOOPBACK, host: '192.0.2.1', accept() {}, refused() {} })
    assert.match((await refusalOf(foreign)).message, /not on this machine/)
    const empty = tcp.listen({ ...LOOPBACK, host: '', accept() {}, refused() {} })
    assert.match((await refusalOf(empty)).message, /no host is given/)
  })
})
