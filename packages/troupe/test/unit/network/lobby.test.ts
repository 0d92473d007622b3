/**
 * network/lobby: strangers are kept within limits, and make room for nodes that know the cookie.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import type { LineListenOptions, Logger, Transport } from '#contract'
import { HOST_BURST } from '#network/doorman'
import type { Admission } from '#network/handshake/outcome'
import { runHandshake } from '#network/handshake/run-handshake'
import { HANDSHAKES_MAX, LEAVING_MAX, Lobby, type LobbyParts } from '#network/lobby'
import { settingsOf } from '#test/unit/network/handshake/handshake-kit'
import { linePair, type MemoryLine } from '#test/unit/network/handshake/line-pair'

/** A transport whose lines come when the test says so. */
class Doors {
  listening: LineListenOptions | undefined
  readonly transport = {
    name: 'memory',
    listen: async (options: LineListenOptions) => {
      this.listening = options
      const address = { transport: 'memory', host: 'h', port: 1, path: '' }
      return { address, close: async () => {} }
    },
  } as unknown as Transport
}

async function opened(given: Partial<LobbyParts> = {}) {
  const clock = virtualClock()
  const logged: string[] = []
  const arrived: string[] = []
  const doors = new Doors()
  const lobby = new Lobby({
    transports: new Map([['memory', doors.transport]]),
    handshake: () => settingsOf('acceptor@two'),
    clock,
    log: { warning: (text: string) => logged.push(text), debug: () => {} } as unknown as Logger,
    connectionsMax: 10_000,
    admit: () => ({ kind: 'fresh' }),
    arrived: (_line, { agreement }) => arrived.push(agreement.peer.name),
    connections: () => 0,
    ...given,
  })
  await lobby.listen({ transport: 'memory' })
  const { listening } = doors
  assert.ok(listening !== undefined)
  const knock = (): { readonly near: MemoryLine; readonly far: MemoryLine } => {
    const pair = linePair(clock)
    listening.accept(pair.far)
    return pair
  }
  const role = { kind: 'dialler', wanted: undefined, resume: undefined } as const
  const dial = () => runHandshake(knock().near, settingsOf('dialler@one'), role, clock)
  const { refused, admits = () => true } = listening
  return { clock, lobby, logged, arrived, knock, dial, refused, admits }
}

const knockTimes = (knock: () => { readonly far: MemoryLine }, count: number) =>
  Array.from({ length: count }, () => knock().far)

describe('a lobby', () => {
  it('lets a node in though silent lines have taken all places', async () => {
    const { clock, lobby, arrived, knock, dial, logged } = await opened()
    const silent = knockTimes(knock, HANDSHAKES_MAX)
    assert.equal(lobby.waiting, HANDSHAKES_MAX)
    const result = await clock.until(dial())
    assert.equal(result.kind, 'agreed')
    assert.deepEqual(arrived, ['dialler@one'])
    assert.deepEqual(
      silent.map(({ state }) => state),
      ['destroyed', ...Array(HANDSHAKES_MAX - 1).fill('open')],
    )
    assert.equal(lobby.turnedAway, 1)
    assert.deepEqual(logged, [], 'who made room is counted, not told')
  })

  it('keeps a node that has proven itself and waits for the decision', async () => {
    let decide = (_admission: Admission): void => {}
    const admit = () =>
      new Promise<Admission>((resolve) => {
        decide = resolve
      })
    const { clock, lobby, arrived, knock, dial } = await opened({ admit })
    const dialled = dial()
    await clock.settle()
    knockTimes(knock, HANDSHAKES_MAX * 2)
    assert.equal(lobby.waiting, HANDSHAKES_MAX)
    decide({ kind: 'fresh' })
    assert.equal((await clock.until(dialled)).kind, 'agreed')
    assert.deepEqual(arrived, ['dialler@one'])
  })

  it('turns everybody away when all connections are in use', async () => {
    const { lobby, knock } = await opened({ connectionsMax: 3, connections: () => 3 })
    const { far } = knock()
    assert.equal(far.state, 'destroyed')
    assert.equal(lobby.turnedAway, 1)
    assert.equal(lobby.waiting, 0)
  })

  it('has room for strangers only where connections are free', async () => {
    const { lobby, knock } = await opened({ connectionsMax: 5, connections: () => 3 })
    const lines = knockTimes(knock, 4)
    assert.deepEqual(
      lines.map(({ state }) => state),
      ['destroyed', 'destroyed', 'open', 'open'],
    )
    assert.equal(lobby.waiting, 2)
  })

  it('tears refused lines down that do not go, but for a few, and counts these', async () => {
    const { clock, lobby, knock } = await opened()
    const lines = knockTimes(knock, 2 * LEAVING_MAX)
    for (const line of lines) {
      // Whoever is there takes no notice of the end.
      line.close = () => {}
      line.arrive(Buffer.from('GET / HTTP/1.1'))
      await clock.settle()
    }
    const open = lines.filter(({ state }) => state === 'open')
    assert.deepEqual(open, lines.slice(LEAVING_MAX), 'the last are given their time')
    assert.deepEqual([lobby.waiting, lobby.leaving], [0, LEAVING_MAX])
    const others = knockTimes(knock, HANDSHAKES_MAX)
    assert.deepEqual([lobby.waiting, lobby.leaving], [HANDSHAKES_MAX, 0])
    assert.ok(
      others.every(({ state }) => state === 'open'),
      'those that were refused went first',
    )
  })

  it('gives a refused line a second to take what it was told', async () => {
    const { clock, lobby, knock } = await opened()
    const { far } = knock()
    far.close = () => {}
    far.arrive(Buffer.from('GET / HTTP/1.1'))
    await clock.advance(999)
    assert.deepEqual([far.state, lobby.leaving], ['open', 1])
    await clock.advance(1)
    assert.deepEqual([far.state, lobby.leaving], ['destroyed', 0])
  })

  it('turns a host away that sends too many strangers, and says so once', async () => {
    const { lobby, logged, admits } = await opened()
    for (let i = 0; i < HOST_BURST; i += 1) assert.ok(admits('10.0.0.66'))
    for (let i = 0; i < 10; i += 1) assert.ok(!admits('10.0.0.66'))
    assert.ok(admits('10.0.0.7'))
    assert.deepEqual(Object.fromEntries(lobby.refused), { LINE_REFUSED: 10 })
    assert.equal(logged.length, 1)
    assert.match(logged[0] ?? '', /too many lines that do not prove themselves/)
  })

  it('holds nothing against a host whose nodes prove themselves', async () => {
    const { clock, dial, admits, arrived } = await opened()
    for (let i = 0; i < HOST_BURST; i += 1) assert.ok(admits('10.0.0.1'))
    assert.ok(!admits('10.0.0.1'))
    await clock.until(dial())
    assert.deepEqual(arrived, ['dialler@one'])
    assert.ok(admits('10.0.0.1'))
    assert.ok(!admits('10.0.0.1'))
  })

  it('counts a line that came and left mute, and tells nobody', async () => {
    const { clock, lobby, knock, logged } = await opened()
    knock().near.destroy()
    await clock.settle()
    assert.deepEqual(Object.fromEntries(lobby.refused), { LINE_MUTE: 1 })
    assert.deepEqual(logged, [])
    assert.deepEqual([lobby.waiting, lobby.leaving], [0, 0])
  })

  it('gives a silent line five seconds', async () => {
    const { clock, lobby, knock } = await opened()
    const { far } = knock()
    await clock.advance(4_999)
    assert.equal(far.state, 'open')
    await clock.advance(1)
    assert.equal(lobby.waiting, 0)
    assert.deepEqual(Object.fromEntries(lobby.refused), { HANDSHAKE_TIMEOUT: 1 })
  })

  it('tells one line a second for each code, with the number of the others', async () => {
    const { clock, lobby, knock, logged, refused } = await opened()
    for (let i = 0; i < 500; i += 1) knock().far.arrive(Buffer.from('GET / HTTP/1.1'))
    refused('the certificate is not believed', '10.0.0.7:1')
    await clock.settle()
    assert.equal(logged.length, 2)
    assert.match(logged[0] ?? '', /the certificate is not believed/)
    assert.match(logged[1] ?? '', /^HANDSHAKE_INVALID \(refused here\): the handshake with/)
    await clock.advance(1_000)
    assert.equal(logged.length, 3)
    assert.match(logged[2] ?? '', /^499 more refused with HANDSHAKE_INVALID; the last: /)
    const counts = { LINE_REFUSED: 1, HANDSHAKE_INVALID: 500 }
    assert.deepEqual(Object.fromEntries(lobby.refused), counts)
    await clock.advance(3_000)
    assert.equal(logged.length, 3)
    assert.equal(clock.pending(), 0)
  })

  it('tells what is left, and no more, when it closes', async () => {
    const { clock, lobby, knock, logged } = await opened()
    const waiting = knock().far
    for (let i = 0; i < 3; i += 1) knock().far.arrive(Buffer.from('GET / HTTP/1.1'))
    await clock.settle()
    await lobby.close()
    await clock.advance(10_000)
    assert.equal(waiting.state, 'destroyed')
    assert.equal(logged.length, 2)
    assert.match(logged[1] ?? '', /^2 more refused/)
    assert.equal(clock.pending(), 0)
  })

  it('survives settings that cannot be, and a policy or a taker that fails', async () => {
    const fail = (): never => {
      throw new Error('on purpose')
    }
    const broken = [{ handshake: fail }, { admit: fail }, { arrived: fail }]
    for (const parts of broken) {
      const { clock, lobby, dial, logged } = await opened(parts)
      await clock.until(dial())
      await clock.advance(2_000)
      assert.equal(lobby.waiting, 0)
      assert.match(logged.join('\n'), /on purpose/)
    }
  })
})
