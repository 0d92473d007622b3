/**
 * The simulated network does to lines and programs what real ones do, and nothing else.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { type CrashOptions, LINK_DEFAULTS } from 'troupe/testing'
import { refusalOf } from '#test/unit/network/transport/lines-kit'
import { pattern } from '#testing/conformance/transport-stage'
import { type Duo, duo } from './world-kit.js'

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

  it('that stays blocked breaks the line of whoever waits for an answer, and of nobody else', async () => {
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

  it('may be blocked in one direction: bytes arrive, and their sender never hears of it', async () => {
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

  it('that is blocked makes dials time out, and one that opens in time lets them through', async () => {
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

/** A pair of hosts whose b crashes in a way, with a line in between. */
async function crashed(how: CrashOptions['how'] & string) {
  const world = await duo(1, { breakAfterMs: 5_000 })
  const ends = await world.line()
  world.network.host('b').crash({ how })
  await world.clock.advance(1_000)
  return { ...world, ...ends }
}

const dialled = ({ clock, dial }: Duo) => clock.until(refusalOf(dial(2_000)))

describe('a host that crashes', () => {
  it('may end its lines in order; its system refuses dials', async () => {
    const world = await crashed('end')
    assert.deepEqual(world.near.told, ['closed'])
    assert.equal(world.near.problem, undefined)
    assert.equal((await dialled(world)).code, 'PORT_FAILED')
  })

  it('may reset its lines', async () => {
    const world = await crashed('reset')
    assert.match(world.near.problem ?? '', /reset/)
    assert.equal((await dialled(world)).code, 'PORT_FAILED')
  })

  it('may fall silent; whoever writes gives up in the end, and dials time out', async () => {
    const world = await crashed('silent')
    assert.deepEqual(world.near.told, [])
    assert.equal((await dialled(world)).code, 'DIAL_TIMEOUT')
    world.near.line.write(Buffer.from('x'))
    await world.clock.advance(5_001)
    assert.match(world.near.problem ?? '', /stopped answering/)
  })

  it('picks how by its seed, and all three come', async () => {
    const seen = new Set<string>()
    for (let seed = 1; seed <= 20; seed += 1) {
      const { network } = await duo(seed)
      network.host('b').crash()
      seen.add(network.transcript().at(-1)?.split(' ').at(-1) ?? '')
    }
    assert.deepEqual([...seen].sort(), ['end', 'reset', 'silent'])
  })

  it('runs nothing of its program any more, and settles none of its promises', async () => {
    const { network, clock, line } = await duo(1)
    const { near, far } = await line()
    const b = network.host('b')
    const old = b.clock
    const ran: string[] = []
    old.after(10, () => ran.push('after'))
    old.soon(() => ran.push('soon'))
    old.later(() => ran.push('later'))
    const address = { transport: 'simulated', host: 'a', port: 1, path: '' }
    const settled = (): void => void ran.push('dial')
    void b.transport.dial(address, { timeoutMs: 50 }).then(settled, settled)
    near.line.write(Buffer.from('to the dead'))
    b.crash({ how: 'reset' })
    old.after(10, () => ran.push('after death'))
    old.soon(() => ran.push('soon after death'))
    void b.transport.dial(address, { timeoutMs: 50 }).then(settled, settled)
    far.line.write(Buffer.from('from the dead'))
    await clock.advance(10_000)
    assert.deepEqual(ran, [])
    assert.deepEqual(far.told, [])
    assert.equal(near.length, 0)
  })

  it('starts again with everything anew, and knows none of its old lines', async () => {
    const world = await crashed('silent')
    const { network, clock, line, listen, near } = world
    const b = network.host('b')
    const before = { clock: b.clock, transport: b.transport }
    b.restart()
    assert.notEqual(b.clock, before.clock)
    assert.notEqual(b.transport, before.transport)
    assert.equal((await dialled(world)).code, 'PORT_FAILED')
    near.line.write(Buffer.from('x'))
    await clock.advance(1_000)
    assert.match(near.problem ?? '', /reset/)
    await listen()
    const next = await line()
    next.near.line.write(Buffer.from('hello'))
    await clock.until(next.far.got(5))
  })
})

describe('a host that is frozen', () => {
  it('does nothing until it thaws, and then everything in order', async () => {
    const { network, clock, line } = await duo(1)
    const { near, far } = await line()
    const b = network.host('b')
    const ran: string[] = []
    b.clock.after(10, () => ran.push('first'))
    const cancel = b.clock.after(15, () => ran.push('cancelled'))
    b.clock.after(20, () => ran.push('second'))
    b.freeze()
    near.line.write(Buffer.from('while frozen'))
    far.line.write(Buffer.from('said by the frozen'))
    await clock.advance(60_000)
    assert.deepEqual([ran, far.length, near.length], [[], 0, 0])
    assert.equal(near.times('closed') + far.times('closed'), 0)
    cancel()
    b.thaw()
    await clock.advance(100)
    assert.deepEqual(ran, ['first', 'second'])
    assert.equal(far.received.toString(), 'while frozen')
    assert.equal(near.received.toString(), 'said by the frozen')
  })

  it('is dialled all the same: its system answers, and the line waits for it', async () => {
    const { network, clock, dial, taken } = await duo(1)
    network.host('b').freeze()
    await clock.until(dial(1_000))
    await clock.advance(1_000)
    assert.equal(taken.length, 0)
    network.host('b').thaw()
    await clock.advance(10)
    assert.equal(taken.length, 1)
  })

  it('holds a sender that writes without end', async () => {
    const { network, clock, line } = await duo(1, { windowBytes: 100_000 })
    const { near, far } = await line()
    network.host('b').freeze()
    assert.equal(near.line.write(pattern(300_000)), false)
    await clock.advance(1_000)
    assert.ok(near.line.waitingBytes >= 180_000)
    network.host('b').thaw()
    await clock.until(Promise.all([far.got(300_000), near.drainedTimes(1)]))
    assert.ok(far.received.equals(pattern(300_000)))
  })
})

describe('a host whose main loop is blocked', () => {
  it('goes on in its other threads', async () => {
    const { network, clock } = await duo(1)
    const [a, b] = [network.host('a'), network.host('b')]
    const heard: string[] = []
    const main = b.datagrams({ port: 1 })
    const side = b.datagrams({ port: 2, onSide: true })
    main.start((bytes) => heard.push(`main ${bytes[0]}`))
    side.start((bytes) => heard.push(`side ${bytes[0]}`))
    const ran: string[] = []
    b.clock.after(10, () => ran.push('main'))
    b.sideClock.after(10, () => ran.push('side'))
    b.block()
    const from = a.datagrams()
    from.send(Buffer.of(1), main.address)
    from.send(Buffer.of(2), side.address)
    await clock.advance(1_000)
    assert.deepEqual([ran, heard], [['side'], ['side 2']])
    b.unblock()
    await clock.advance(10)
    assert.deepEqual(
      [ran, heard],
      [
        ['side', 'main'],
        ['side 2', 'main 1'],
      ],
    )
  })
})

describe('the clock of a simulated host', () => {
  it('has a start of its own, and a wall that can be wrong', async () => {
    const { network, clock } = await duo(1)
    const [a, b] = [network.host('a'), network.host('b')]
    assert.notEqual(a.clock.nowMs(), b.clock.nowMs())
    assert.equal(a.clock.wallMs(), clock.wallMs())
    a.skewWall(-90_000)
    assert.equal(a.clock.wallMs(), clock.wallMs() - 90_000)
    assert.equal(b.clock.wallMs(), clock.wallMs())
  })

  it('may run too fast or too slow, and its timers with it', async () => {
    const { network, clock } = await duo(1)
    const { clock: fast } = network.host('a')
    network.host('a').drift(2)
    const before = { nowMs: fast.nowMs(), wallMs: fast.wallMs() }
    let rangAtMs = 0
    fast.after(1_000, () => {
      rangAtMs = clock.nowMs()
    })
    await clock.advance(600)
    assert.equal(rangAtMs, 500)
    assert.equal(fast.nowMs() - before.nowMs, 1_200)
    assert.equal(fast.wallMs() - before.wallMs, 1_200)
    network.host('a').drift(1)
    await clock.advance(100)
    assert.equal(fast.nowMs() - before.nowMs, 1_300)
  })

  it('keeps its wall over a restart', async () => {
    const { network, clock } = await duo(1)
    const a = network.host('a')
    a.skewWall(5_000)
    a.crash()
    a.restart()
    assert.equal(a.clock.wallMs(), clock.wallMs() + 5_000)
  })
})

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
