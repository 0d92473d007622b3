/** intake-tcp: the reader of TCP connections waits for storage and loses nothing by it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { unitKit } from 'troupe/testing'
import { rawPacket } from '#test/raw-packet'
import { Ledger } from '#traffic/account/ledger'
import { MemoryShelf } from '#traffic/emergency/memory-shelf'
import { OUTBOX_DEFAULTS, Outbox } from '#traffic/emergency/outbox'
import { readerActor } from '#traffic/intake-tcp/reader'
import { Roster } from '#traffic/system/roster'

async function readerKit() {
  const ledger = new Ledger()
  const outbox = new Outbox(new MemoryShelf(), OUTBOX_DEFAULTS)
  const roster = new Roster(() => true)
  const kit = await unitKit(readerActor, { args: [ledger, roster, outbox] })
  const data = (bytes: Uint8Array) => ({ connection: kit.pid as never, bytes })
  return { kit, ledger, outbox, data }
}

describe('the reader of TCP connections', () => {
  it('hands a position to storage and numbers it on its road', async () => {
    const { kit, ledger, data } = await readerKit()
    const storage = await kit.probe('storage')
    await kit.send('data', data(rawPacket('a', 1, 2)))
    await kit.send('data', data(rawPacket('b', 1, 2)))
    assert.equal(storage.received.length, 2)
    assert.deepEqual([ledger.tcp.read().handed, ledger.tcp.inHand], [2, 0])
    assert.equal(ledger.read().handed, 0)
    await kit.stop()
  })

  it('counts a bad packet by its cause', async () => {
    const { kit, ledger, data } = await readerKit()
    await kit.send('data', data(Uint8Array.of(0xc1)))
    kit.expect.sent().never()
    assert.deepEqual([ledger.tcp.read().rejected.malformed, ledger.tcp.inHand], [1, 0])
    await kit.stop()
  })

  it('holds a position in its hand while storage is away, and hands it on then', async () => {
    const { kit, ledger, data } = await readerKit()
    await kit.send('data', data(rawPacket('a', 1, 2)))
    await kit.advance(500)
    assert.deepEqual([ledger.tcp.read().handed, ledger.tcp.inHand], [0, 1])
    const storage = await kit.probe('storage')
    await kit.advance(50)
    assert.equal(storage.received.length, 1)
    assert.deepEqual([ledger.tcp.read().handed, ledger.tcp.inHand], [1, 0])
    await kit.stop()
  })

  it('begins with empty hands after one that was killed', async () => {
    const { kit, ledger, data } = await readerKit()
    await kit.send('data', data(rawPacket('a', 1, 2)))
    const { tcp } = ledger
    assert.equal(tcp.inHand, 1)
    await kit.stop()
    tcp.begin()
    assert.deepEqual([tcp.inHand, tcp.take()], [0, 2])
    // The one before may still hear that its packet was taken after all.
    tcp.release(1)
    assert.equal(tcp.inHand, 1)
  })
})
