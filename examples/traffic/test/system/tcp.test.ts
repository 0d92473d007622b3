/** The road of TLS and TCP: the same packets, but the client waits where UDP would drop. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { chunkOf, rawPacket } from '#test/raw-packet'
import { REAL_PACKET } from '#test/samples'
import { type Stats, SystemProcess, udpClient } from '#test/system-process'
import { tlsClient } from '#test/tls-client'

const isSettled = ({ waiting, difference }: Stats): boolean => waiting === 0 && difference === 0

/** Many packets in one piece, so that the sender is not what is measured. */
const chunks = (count: number, prefix: string): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, i) => chunkOf(rawPacket(`${prefix}${i}`, 1, 1))))

describe('packets over TLS and TCP', { timeout: 240_000 }, () => {
  it('have the same effect as over UDP, also when they come byte by byte', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet')
    const client = await tlsClient(t, system.tcpPort)
    for (const byte of chunkOf(REAL_PACKET)) await client.send(Uint8Array.of(byte))
    const stats = await system.statsWhen(({ stored }) => stored === 1)
    assert.deepEqual(stats.sentOver, { udp: 0, tcp: 1 })
    const [vehicle] = await system.nearest(-36.4774, -77.3202)
    assert.equal(vehicle?.ID, '4e091396-62ae-4f3b-8715-7b4fc9c64d14')
    await udpClient(t, system.udpPort)(REAL_PACKET)
    assert.equal((await system.statsWhen(({ stored }) => stored === 2)).vehicles, 1)
  })

  it('are rejected for the same causes, and the connection goes on', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet')
    const client = await tlsClient(t, system.tcpPort)
    const bad = [new Uint8Array(0), REAL_PACKET.subarray(0, 40), new Uint8Array(2_000)]
    for (const bytes of bad) await client.send(chunkOf(bytes))
    await client.send(chunkOf(rawPacket('good', 1, 1)))
    const stats = await system.statsWhen((now) => now.sent === 4 && isSettled(now))
    assert.equal(stats.stored, 1)
    for (const cause of ['empty', 'truncated', 'oversize']) {
      assert.equal(stats.rejectedFor[cause], 1, cause)
    }
  })

  it('wait in the client while the system does not read, and none is lost', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet')
    const client = await tlsClient(t, system.tcpPort)
    const count = 100_000
    system.pause(t)
    const sending = client.send(chunks(count, 'v'))
    await new Promise((resolve) => setImmediate(resolve))
    assert.ok(client.socket.writableLength > 0, 'the kernel took all of it')
    system.signal('SIGCONT')
    await sending
    const stats = await system.statsWhen((now) => now.sent === count && isSettled(now))
    assert.equal(stats.stored, count)
    assert.equal(stats.dropped + stats.lost + stats.rejected, 0)
  })

  it('end a connection that says nonsense, and only that one', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet')
    const [good, bad] = [await tlsClient(t, system.tcpPort), await tlsClient(t, system.tcpPort)]
    await bad.send(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1, 2, 3))
    await bad.closed
    const plain = connect(system.tcpPort, '127.0.0.1')
    plain.on('error', () => {})
    plain.end('GET / HTTP/1.1\r\n\r\n')
    await new Promise((resolve) => plain.resume().once('close', resolve))
    await good.send(chunkOf(rawPacket('good', 1, 1)))
    await system.statsWhen(({ stored }) => stored === 1)
  })

  for (const part of ['storage', 'reader', 'tcp', 'intake']) {
    it(`resume by themselves when ${part} is killed, and every one is accounted for`, async (t) => {
      const system = await SystemProcess.start(t, '--no-fleet', '--allow-kill')
      let client = await tlsClient(t, system.tcpPort)
      await client.send(chunks(5_000, 'before'))
      await system.kill(part)
      await client.send(chunks(5_000, 'during'))
      await system.statsWhen(({ restarts }) => (restarts[part] ?? 0) === 1)
      if (part === 'tcp' || part === 'intake') {
        await client.closed
        client = await tlsClient(t, system.tcpPort)
      }
      const before = await system.statsWhen(isSettled)
      await client.send(chunks(1_000, 'after'))
      const after = await system.statsWhen(
        (now) => now.sent >= before.sent + 1_000 && isSettled(now),
      )
      assert.ok(after.stored >= before.stored + 1_000 || after.sent === 11_000)
      assert.equal(after.dropped, 0)
      assert.equal(after.stored + after.lost, after.sent)
      assert.ok(after.sent <= 11_000)
      // What a connection held that ended with its port was never taken: its client is told.
      if (part === 'storage' || part === 'reader') assert.equal(after.sent, 11_000)
    })
  }
})
