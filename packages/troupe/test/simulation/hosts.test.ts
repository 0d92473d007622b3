/**
 * Simulated hosts crash, freeze, hang and misjudge the time as real ones do.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CrashOptions } from 'troupe/testing'
import { refusalOf } from '#test/unit/network/transport/lines-kit'
import { pattern } from '#testing/conformance/transport-stage'
import { type Duo, duo } from './world-kit.js'

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
    assert.equal(Math.round(rangAtMs * 1_000) / 1_000, 500)
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
