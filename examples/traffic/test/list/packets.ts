/** T1 to T6, T8, T10, T12, T13, T27: packets in, and found again. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { chunkOf, metresApart, rawPacket, rawWholePacket } from '#test/raw-packet'
import { REAL_PACKET } from '#test/samples'
import { SystemProcess, talkingClient, udpClient } from '#test/system-process'
import { tlsClient } from '#test/tls-client'
import { isSettled } from './setting.js'

const REAL_ID = '4e091396-62ae-4f3b-8715-7b4fc9c64d14'

function starting(): void {
  it('T1 it listens for UDP, HTTPS and TLS, and logs every actor with its id', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data')
    for (const address of [/udp 127/, /tls 127/, /https:\/\/127/]) await system.line(address)
    for (const part of ['storage', 'ingest', 'udp', 'reader', 'tcp', 'desk', 'web']) {
      assert.match(await system.line(new RegExp(`part started part=${part} `)), /pid=\d+/)
    }
    assert.match(await system.line(/receive buffer/), /\d+ bytes/)
    assert.equal((await system.ask('/?lat=1&lon=1')).status, 200)
  })
}

function storing(): void {
  it('T2 the packet of the article is the first one near its position', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data')
    await udpClient(t, system.udpPort)(REAL_PACKET)
    await system.statsWhen(({ stored }) => stored === 1)
    assert.equal((await system.nearest(-36.4774, -77.3202))[0]?.ID, REAL_ID)
  })

  it('T3 a good packet is answered with one newline, or as the original did', async (t) => {
    for (const [kind, reply] of [
      ['newline', '\n'],
      ['original', '\\n'],
    ] as const) {
      const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data', '--reply', kind)
      const { send, replied } = talkingClient(t, system.udpPort)
      await send(REAL_PACKET)
      assert.equal(String((await replied(1))[0]), reply)
    }
  })
}

function finding(): void {
  it('T4 T6 an id is one vehicle at its newest position, with the time it came in', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data')
    const send = udpClient(t, system.udpPort)
    await send(rawPacket('one', 10, 10))
    await system.statsWhen(({ stored }) => stored === 1)
    const beforeMs = Date.now()
    await send(rawPacket('one', 20, 20))
    const stats = await system.statsWhen(({ stored }) => stored === 2)
    const afterMs = Date.now()
    assert.equal(stats.vehicles, 1)
    const [vehicle] = await system.nearest(10, 10)
    assert.deepEqual([vehicle?.Lat, vehicle?.Lon], [20, 20])
    const again = (await system.nearest(10, 10))[0]
    assert.equal(again?.Date, vehicle?.Date)
    const receivedMs = Date.parse(vehicle?.Date ?? '')
    assert.ok(receivedMs >= beforeMs && receivedMs <= afterMs)
  })
}

function nearest(): void {
  it('T5 the ten nearest of twenty come in the order of a plain calculation', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data')
    const send = udpClient(t, system.udpPort)
    const places = Array.from({ length: 20 }, (_, i) => ({
      id: `v${i}`,
      lat: ((i * 71) % 170) - 85,
      lon: ((i * 97) % 358) - 179,
    }))
    for (const { id, lat, lon } of places) await send(rawPacket(id, lat, lon))
    await system.statsWhen(({ stored }) => stored === 20)
    for (const from of [
      { lat: 0, lon: 179.9 },
      { lat: 89, lon: 0 },
      { lat: -40, lon: -77 },
    ]) {
      const expected = [...places]
        .sort((left, right) => metresApart(from, left) - metresApart(from, right))
        .slice(0, 10)
      const found = await system.nearest(from.lat, from.lon)
      assert.deepEqual(
        found.map(({ ID }) => ID),
        expected.map(({ id }) => id),
      )
    }
  })

  it('T8 an empty system finds nobody', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data')
    const { status, body } = await system.ask('/?lat=1&lon=1')
    assert.deepEqual([status, JSON.parse(body)], [200, []])
  })
}

/** The key `x` with the value 1. */
const EXTRA = Uint8Array.of(0xa1, 0x78, 1)

const BAD: readonly (readonly [cause: string, Uint8Array])[] = [
  ['malformed', Uint8Array.of(0xc1)],
  ['truncated', REAL_PACKET.subarray(0, 50)],
  ['oversize', new Uint8Array(3_000)],
  ['wrong-type', Buffer.concat([REAL_PACKET.subarray(0, -1), Uint8Array.of(1)])],
  ['extra-key', Buffer.concat([Uint8Array.of(0x85), REAL_PACKET.subarray(1), EXTRA])],
  ['not-a-map', Buffer.from('\n')],
  ['not-finite', rawPacket('nan', Number.NaN, 1)],
  ['out-of-range', rawPacket('far', 91, 1)],
]

/** An emergency is in the log after so many milliseconds; so many are sent to see that. */
const LOGGED_MS_MAX = 50
const EMERGENCIES_MAX = 200

function judging(): void {
  it('T10 an emergency is logged once with its id and place, and stored', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data')
    const send = udpClient(t, system.udpPort)
    let tookMs = Number.POSITIVE_INFINITY
    // The first ones pay for what is compiled then, and any one for what else the machine does.
    for (let i = 0; i < EMERGENCIES_MAX && tookMs >= LOGGED_MS_MAX; i += 1) {
      const startMs = performance.now()
      await send(rawPacket(`first-${i}`, -12.5, 13.5, true))
      await system.line(new RegExp(`emergency.*first-${i}\\b`))
      tookMs = Math.min(tookMs, performance.now() - startMs)
    }
    t.diagnostic(`logged after ${Math.round(tookMs)} ms`)
    assert.ok(tookMs < LOGGED_MS_MAX)
    await send(rawPacket('help', 12.5, 13.5, true))
    const line = await system.line(/emergency.*help/)
    assert.match(line, /help.*12\.5.*13\.5/)
    await system.statsWhen(isSettled)
    assert.equal((await system.nearest(12.5, 13.5))[0]?.Emergency, true)
    assert.equal(system.lines.filter((one) => /emergency.*help/.test(one)).length, 1)
  })

  it('T12 bad packets are counted by kind, and the next good one works', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data')
    const send = udpClient(t, system.udpPort)
    for (const [, bytes] of BAD) await send(bytes)
    await send(rawPacket('good', 1, 1))
    const stats = await system.statsWhen((now) => now.sent === BAD.length + 1 && isSettled(now))
    for (const [cause] of BAD) assert.equal(stats.rejectedFor[cause], 1, cause)
    assert.deepEqual([stats.stored, stats.rejected], [1, BAD.length])
  })

  it('T13 whole numbers and another order of keys are accepted', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data')
    await udpClient(t, system.udpPort)(rawWholePacket('whole', 12, -34))
    await system.statsWhen(({ stored }) => stored === 1)
    const [vehicle] = await system.nearest(12, -34)
    assert.deepEqual([vehicle?.ID, vehicle?.Lat, vehicle?.Lon], ['whole', 12, -34])
  })
}

/** More bytes than the kernel holds between two programs. */
const CHUNKS = 150_000

function overTls(): void {
  it('T27 TLS and TCP have the same effect, and the client waits instead of losing', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data')
    const client = await tlsClient(t, system.tcpPort)
    await client.send(chunkOf(REAL_PACKET))
    await system.statsWhen(({ stored }) => stored === 1)
    assert.equal((await system.nearest(-36.4774, -77.3202))[0]?.ID, REAL_ID)
    const chunks = Array.from({ length: CHUNKS }, (_, i) => chunkOf(rawPacket(`v${i % 100}`, 1, 1)))
    system.pause(t)
    const sending = client.send(Buffer.concat(chunks))
    await new Promise((resolve) => setImmediate(resolve))
    assert.ok(client.socket.writableLength > 0, 'the client does not wait')
    system.signal('SIGCONT')
    await sending
    const stats = await system.statsWhen((now) => now.sent === CHUNKS + 1 && isSettled(now))
    assert.deepEqual([stats.stored, stats.dropped, stats.lost], [CHUNKS + 1, 0, 0])
  })
}

export function packetFacts(): void {
  starting()
  storing()
  finding()
  nearest()
  judging()
  overTls()
}
