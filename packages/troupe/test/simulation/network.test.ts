/**
 * The simulated network does to lines and programs what real ones do, and nothing else.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { LINK_DEFAULTS } from 'troupe/testing'
import { refusalOf } from '#test/unit/network/transport/lines-kit'
import { pattern } from '#testing/conformance/transport-stage'
import { duo } from './world-kit.js'

const BAD = Object.freeze({
  latencyMs: [1, 60] as const,
  lossChance: 0.05,
  resetChance: 0.002,
  duplicateChance: 0.1,
  reorderChance: 0.1,
})

/** Talk and trouble for some time; gives what happened. */
async function life(seed: number): Promise<readonly string[]> {
  const { network, line, clock, random } = await duo(seed, { link: BAD })
  const pairs = [await line(), await line(), await line()]
  for (let round = 0; round < 40; round += 1) {
    for (const { near, far } of pairs) {
      near.line.write(pattern(1 + random.below(20_000), round))
      far.line.write(pattern(1 + random.below(500), round))
    }
    if (random.below(8) === 0) network.partition(['a'], ['b'])
    if (random.below(4) === 0) network.heal()
    if (random.below(10) === 0) network.host('b').freeze()
    if (random.below(3) === 0) network.host('b').thaw()
    await clock.advance(random.below(100))
  }
  return network.transcript()
}

describe('a simulated network', () => {
  it('replays a seed exactly, and another seed is another story', async () => {
    const first = await life(11)
    assert.deepEqual(await life(11), first)
    assert.notDeepEqual(await life(12), first)
    assert.ok(first.length > 100)
  })

  it('keeps no more lines of its transcript than it may, and counts all', async () => {
    const { network, line } = await duo(1, { transcriptMax: 10 })
    await line()
    for (let count = 0; count < 50; count += 1) network.note('step', 'test', count)
    assert.equal(network.transcript().length, 10)
    assert.match(network.transcript()[9] ?? '', /^ +\d+\.\d{3} step test 49$/)
    assert.equal(network.counts.get('step'), 50)
  })

  it('says which setting cannot be', async () => {
    const { network } = await duo()
    const wrong = [
      { lossChance: 1.5 },
      { resetChance: -1 },
      { bytesPerSecond: 0 },
      { latencyMs: [5, 1] as const },
    ]
    for (const settings of wrong) {
      assert.throws(
        () => network.set(settings),
        (error) => TroupeError.is(error, 'OPTION_INVALID'),
      )
    }
  })

  it('holds a setting for the ways that were meant, those to come too', async () => {
    const { network } = await duo()
    network.set({ lossChance: 0.5 }, { from: 'x' })
    network.set({ lossChance: 0.2 }, { to: 'z' })
    assert.equal(network.settings('x', 'y').lossChance, 0.5)
    assert.equal(network.settings('x', 'z').lossChance, 0.2)
    assert.equal(network.settings('y', 'x').lossChance, 0)
    network.set({ lossChance: 0.1 })
    assert.equal(network.settings('x', 'w').lossChance, 0.1)
    assert.deepEqual(network.settings('b', 'a'), { ...LINK_DEFAULTS, lossChance: 0.1 })
  })
})

describe('a way of a simulated network', () => {
  it('takes as long as its latency says', async () => {
    const { line, clock } = await duo(3, { link: { latencyMs: [20, 30] } })
    const { near, far } = await line()
    for (let count = 1; count <= 20; count += 1) {
      near.line.write(Buffer.of(count))
      await clock.advance(19.9)
      assert.equal(far.length, count - 1)
      await clock.advance(10.2)
      assert.equal(far.length, count)
    }
  })

  it('lets no more through than its bandwidth', async () => {
    const { line, clock } = await duo(1, { link: { bytesPerSecond: 1_000_000 } })
    const { near, far } = await line()
    near.line.write(pattern(200_000))
    await clock.advance(190)
    assert.ok(far.length < 195_000 && far.length > 150_000)
    await clock.advance(15)
    assert.equal(far.length, 200_000)
  })

  it('makes a stream late that loses packets, and takes nothing away from it', async () => {
    const { line, clock, network } = await duo(5, { link: { lossChance: 0.3 } })
    const { near, far } = await line()
    const bytes = pattern(500_000)
    near.line.write(bytes)
    await clock.until(far.got(bytes.length))
    assert.ok(far.received.equals(bytes))
    assert.ok((network.counts.get('resent') ?? 0) > 0)
  })

  it('cuts streams at borders that nobody wrote', async () => {
    const { line, clock } = await duo(1)
    const { near, far } = await line()
    for (let count = 0; count < 100; count += 1) near.line.write(pattern(100, count))
    await clock.until(far.got(10_000))
    assert.ok(far.times('data') > 105)
  })

  it('may reset a line in the middle, and both ends hear of it once', async () => {
    const { line, clock, network } = await duo(1)
    const { near, far } = await line()
    network.set({ resetChance: 1 }, { from: 'a', to: 'b' })
    near.line.write(Buffer.from('x'))
    await clock.advance(1_000)
    assert.deepEqual([near.times('closed'), far.times('closed')], [1, 1])
    assert.match(near.problem ?? '', /reset/)
    assert.match(far.problem ?? '', /reset/)
  })

  it('that is blocked holds bytes back until it opens', async () => {
    const { line, clock, network } = await duo(1)
    const { near, far } = await line()
    network.partition(['a'], ['b'])
    near.line.write(Buffer.from('held'))
    far.line.write(Buffer.from('back'))
    await clock.advance(10_000)
    assert.deepEqual([near.length, far.length], [0, 0])
    network.heal()
    await clock.advance(1_000)
    assert.deepEqual([near.received.toString(), far.received.toString()], ['back', 'held'])
  })

  it('that stays blocked breaks the line of whoever waits for an answer only', async () => {
    const { line, clock, network } = await duo(1, { breakAfterMs: 5_000 })
    const { near, far } = await line()
    network.partition(['a'], ['b'])
    near.line.write(Buffer.from('lost'))
    await clock.advance(5_001)
    assert.match(near.problem ?? '', /stopped answering/)
    await clock.advance(60_000)
    network.heal()
    await clock.advance(1_000)
    // Half open: that side learns of it when it writes.
    assert.deepEqual(far.told, [])
    far.line.write(Buffer.from('anybody?'))
    await clock.advance(1_000)
    assert.deepEqual(far.told, ['closed'])
    assert.match(far.problem ?? '', /reset/)
  })

  it('may be blocked one way: bytes arrive, and their sender never hears of it', async () => {
    const { line, clock, network } = await duo(1, { breakAfterMs: 5_000 })
    const { near, far } = await line()
    network.block('b', 'a')
    near.line.write(Buffer.from('heard'))
    await clock.advance(4_000)
    assert.equal(far.received.toString(), 'heard')
    assert.equal(near.times('closed'), 0)
    await clock.advance(1_100)
    assert.match(near.problem ?? '', /stopped answering/)
    assert.equal(far.times('closed'), 0)
  })

  it('that is blocked makes dials time out, unless it opens in time', async () => {
    const { dial, clock, network } = await duo(1)
    network.block('b', 'a')
    const late = await clock.until(refusalOf(dial(3_000)))
    assert.equal(late.code, 'DIAL_TIMEOUT')
    const dialled = dial(10_000)
    await clock.advance(2_000)
    network.unblock('b', 'a')
    assert.equal((await clock.until(dialled)).transport, 'simulated')
  })

  it('never brings bytes of a broken line to the one that follows', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const { line, clock, network } = await duo(seed, { link: { latencyMs: [1, 400] } })
      const old = await line()
      old.near.line.write(Buffer.alloc(50_000, 1))
      old.far.line.write(Buffer.alloc(50_000, 1))
      network.breakLines('a', 'b', seed % 2 === 0 ? 'reset' : 'half')
      const next = await line()
      next.near.line.write(Buffer.alloc(1_000, 2))
      next.far.line.write(Buffer.alloc(1_000, 2))
      await clock.advance(10_000)
      assert.ok(next.near.received.equals(Buffer.alloc(1_000, 2)))
      assert.ok(next.far.received.equals(Buffer.alloc(1_000, 2)))
    }
  })

  it('may break one end of a line, and the other learns of it when it writes', async () => {
    const { line, clock, network } = await duo(1)
    const { near, far } = await line()
    assert.equal(network.breakLines('a', 'b', 'half'), 1)
    await clock.advance(60_000)
    assert.equal(near.times('closed') + far.times('closed'), 1)
    near.line.write(Buffer.from('x'))
    far.line.write(Buffer.from('x'))
    await clock.advance(1_000)
    assert.deepEqual([near.times('closed'), far.times('closed')], [1, 1])
  })

  it('spoils the buffer of what it has told', async () => {
    const { line, clock } = await duo(1)
    const { near, far } = await line()
    let kept: Buffer = Buffer.alloc(0)
    far.onData = () => {}
    const data = far.data.bind(far)
    far.data = (bytes) => {
      kept = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      data(bytes)
    }
    near.line.write(Buffer.from('kept'))
    await clock.until(far.got(4))
    assert.ok(kept.equals(Buffer.alloc(4, 0xdb)))
  })
})
