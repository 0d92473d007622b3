/**
 * Simulated datagrams are lost, doubled and overtaken as real ones are.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { duo } from './world-kit.js'

describe('simulated datagrams', () => {
  /** Sends a hundred from a to b; gives what arrived, in order. */
  async function hundred(link: Parameters<typeof duo>[1]): Promise<readonly number[]> {
    const { network, clock } = await duo(4, link)
    const to = network.host('b').datagrams()
    const heard: number[] = []
    to.start((bytes, from) => {
      assert.equal(from.host, 'a')
      heard.push(bytes[0] as number)
      bytes.fill(0)
    })
    const from = network.host('a').datagrams()
    for (let count = 0; count < 100; count += 1) {
      from.send(Buffer.of(count), to.address)
      await clock.advance(1)
    }
    await clock.advance(10_000)
    return heard
  }

  const inOrder = Array.from({ length: 100 }, (_, index) => index)

  it('arrive in order over a quiet way', async () => {
    assert.deepEqual(await hundred({ link: { latencyMs: [1, 1] } }), inOrder)
  })

  it('may be lost', async () => {
    const heard = await hundred({ link: { lossChance: 0.3 } })
    assert.ok(heard.length > 50 && heard.length < 90)
  })

  it('may come twice, each copy whole', async () => {
    const heard = await hundred({ link: { duplicateChance: 1 } })
    assert.equal(heard.length, 200)
    assert.deepEqual(
      [...new Set(heard)].sort((one, other) => one - other),
      inOrder,
    )
  })

  it('may overtake each other', async () => {
    const heard = await hundred({ link: { latencyMs: [1, 2], reorderChance: 0.3 } })
    assert.equal(heard.length, 100)
    assert.notDeepEqual(heard, inOrder)
  })

  it('vanish on a blocked way, at a dead host and at a closed socket', async () => {
    const { network, clock } = await duo(1)
    const [a, b] = [network.host('a'), network.host('b')]
    const to = b.datagrams({ port: 7 })
    let heard = 0
    to.start(() => {
      heard += 1
    })
    const from = a.datagrams()
    const say = async (): Promise<void> => {
      from.send(Buffer.of(1), to.address)
      await clock.advance(100)
    }
    await say()
    network.block('a', 'b')
    await say()
    network.heal()
    to.close()
    await say()
    b.crash()
    await say()
    from.close()
    b.restart()
    b.datagrams({ port: 7 }).start(() => {
      heard += 1
    })
    await say()
    assert.equal(heard, 1)
  })

  it('wait for a frozen host, but not more than it has room for', async () => {
    const { network, clock } = await duo(1)
    const b = network.host('b')
    const to = b.datagrams()
    let heard = 0
    to.start(() => {
      heard += 1
    })
    b.freeze()
    const from = network.host('a').datagrams()
    for (let count = 0; count < 300; count += 1) from.send(Buffer.of(1), to.address)
    await clock.advance(1_000)
    assert.equal(heard, 0)
    b.thaw()
    await clock.advance(1_000)
    assert.equal(heard, 256)
    assert.equal(network.counts.get('datagram-dropped'), 44)
  })
})
