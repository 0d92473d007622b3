/** The actors of the system, each alone in virtual time: what it is told, what it does. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Datagram, eventName, WebHandler, type WebRequest } from 'troupe'
import { unitKit } from 'troupe/testing'
import { Books } from '#traffic/account/books'
import { Ledger } from '#traffic/account/ledger'
import { chaosActor } from '#traffic/chaos/chaos'
import { MemoryShelf } from '#traffic/emergency/memory-shelf'
import { OUTBOX_DEFAULTS, Outbox } from '#traffic/emergency/outbox'
import { seededChance } from '#traffic/fleet/chance'
import { driverActor, type Tour } from '#traffic/fleet/driver'
import { Fleet } from '#traffic/fleet/fleet'
import { ingestWorker } from '#traffic/ingest/worker'
import { encodePacket } from '#traffic/packet/decode'
import { deskActor } from '#traffic/query/desk'
import { Playback } from '#traffic/replay/playback'
import { playerActor } from '#traffic/replay/player'
import { PositionTable } from '#traffic/store/position-table'
import { storageActor } from '#traffic/store/storage'
import { Roster } from '#traffic/system/roster'

const position = { id: 'bus-1', latitude: 30.2, longitude: -97.7, emergency: false }
const report = { position, receivedAtMs: 1_000, sequence: 1 }
const datagramOf = (bytes: Uint8Array): Datagram => ({
  bytes,
  address: '127.0.0.1',
  port: 5_000,
  receivedAtMs: 1_000,
  sequence: 1,
})
const everybodyLives = new Roster(() => true)
const outboxOf = () => new Outbox(new MemoryShelf(), OUTBOX_DEFAULTS)

describe('an ingest worker', () => {
  const event = eventName<Datagram>('traffic')

  it('hands a position to storage with the time and the number of its packet', async () => {
    const ledger = new Ledger()
    await using kit = await unitKit(ingestWorker, { args: [ledger, everybodyLives, outboxOf()] })
    const storage = await kit.probe('storage')
    await kit.deliver.event(event, datagramOf(encodePacket(position)))
    assert.deepEqual(kit.expect.sent({ message: 'store' }).once().payload, report)
    assert.equal(storage.received.length, 1)
    assert.equal(ledger.read().handed, 1)
  })

  it('counts a bad packet by its cause and lives on', async () => {
    const ledger = new Ledger()
    await using kit = await unitKit(ingestWorker, { args: [ledger, everybodyLives, outboxOf()] })
    await kit.deliver.event(event, datagramOf(Buffer.from('\xc1', 'latin1')))
    kit.expect.sent().never()
    kit.expect.alive()
    assert.equal(ledger.read().rejected.malformed, 1)
  })

  it('counts what it cannot hand on because storage is not there', async () => {
    const ledger = new Ledger()
    await using kit = await unitKit(ingestWorker, { args: [ledger, everybodyLives, outboxOf()] })
    await kit.deliver.event(event, datagramOf(encodePacket(position)))
    assert.equal(ledger.read().storageAbsent, 1)
  })
})

describe('an ingest worker with an emergency', () => {
  const event = eventName<Datagram>('traffic')
  const bytes = encodePacket({ ...position, emergency: true })

  it('stores its position as always, logs it, and answers when it is on disk', async () => {
    const outbox = outboxOf()
    const args = [new Ledger(), everybodyLives, outbox, Buffer.from('\n')] as const
    await using kit = await unitKit(ingestWorker, { args })
    await kit.probe('storage')
    await kit.probe('emergency')
    await kit.probe('udp')
    await kit.deliver.event(event, datagramOf(bytes))
    kit.expect.sent({ message: 'store' }).once()
    const { fields } = kit.expect.logged({ level: 'warning', message: 'emergency' }).once()
    assert.equal(fields['id'], 'bus-1')
    kit.expect.sent({ message: 'send' }).never()
    await outbox.writeGroup()
    kit.expect.sent({ message: 'send' }).once()
  })

  it('answers the same datagram again, and it is no second emergency', async () => {
    const outbox = outboxOf()
    const args = [new Ledger(), everybodyLives, outbox, Buffer.from('\n')] as const
    await using kit = await unitKit(ingestWorker, { args })
    await kit.probe('udp')
    await kit.deliver.event(event, datagramOf(bytes))
    await kit.deliver.event(event, datagramOf(bytes))
    await outbox.writeGroup()
    kit.expect.sent({ message: 'send' }).times(2)
    const { received, repeated, waiting } = outbox.tally()
    assert.deepEqual([received, repeated, waiting], [2, 1, 1])
  })
})

describe('storage', () => {
  it('stores a position, counts how, and finds it again', async () => {
    const ledger = new Ledger()
    await using kit = await unitKit(storageActor, { args: [new PositionTable(), ledger] })
    await kit.send('store', report)
    await kit.send('store', { ...report, sequence: 2 })
    const found = await kit.call('nearest', { latitude: 30, longitude: -97, limit: 10 })
    assert.deepEqual(
      found.map((near) => near.report.sequence),
      [2],
    )
    assert.deepEqual(ledger.read().outcomes, { created: 1, moved: 1, superseded: 0, full: 0 })
  })

  it('goes on with the table of the one before', async () => {
    const table = new PositionTable()
    table.put(report)
    await using kit = await unitKit(storageActor, { args: [table, new Ledger()] })
    const found = await kit.call('nearest', { latitude: 0, longitude: 0, limit: 1 })
    assert.equal(found[0]?.report.position.id, 'bus-1')
  })
})

describe('the driver of the fleet', () => {
  const tourOf = (packetsPerSecond: number): Tour => ({
    fleet: new Fleet(10, seededChance(1)),
    packetsPerSecond,
    destination: { address: '127.0.0.1', port: 9_092 },
    startedAtMs: undefined,
    sent: 0,
  })

  it('sends packets at its pace', async () => {
    await using kit = await unitKit(driverActor, { args: [tourOf(100)] })
    await kit.probe('sender')
    await kit.advance(1_000)
    kit.expect.sent({ message: 'send' }).times(100)
  })

  it('goes on where the one before stopped', async () => {
    const tour = tourOf(100)
    {
      await using kit = await unitKit(driverActor, { args: [tour] })
      await kit.advance(500)
    }
    assert.equal(tour.sent, 50)
    tour.startedAtMs = undefined
    tour.sent = 0
    await using kit = await unitKit(driverActor, { args: [tour] })
    await kit.advance(100)
    assert.equal(tour.sent, 10)
  })
})

describe('the player of a recording', () => {
  const rows = [0, 60_000, 120_000].map((atMs) => ({ id: 'a', atMs, latitude: 1, longitude: 2 }))
  const destination = { address: '127.0.0.1', port: 9_092 }

  it('sends each row when it is due', async () => {
    const playback = new Playback(rows, 60)
    await using kit = await unitKit(playerActor, { args: [playback, destination] })
    await kit.probe('sender')
    kit.expect.sent({ message: 'send' }).times(1)
    await kit.advance(1_000)
    kit.expect.sent({ message: 'send' }).times(2)
    assert.equal(playback.isDone, false)
    await kit.advance(1_000)
    kit.expect.sent({ message: 'send' }).times(3)
    assert.equal(playback.isDone, true)
  })

  it('sends no row again that the one before has sent', async () => {
    const playback = new Playback(rows, 1e9)
    playback.moveTo(2)
    await using kit = await unitKit(playerActor, { args: [playback, destination] })
    await kit.advance(10)
    kit.expect.sent({ message: 'send' }).times(1)
  })
})

describe('chaos', () => {
  it('kills one part in each period and never itself', async () => {
    const alive = new Set<unknown>()
    const roster = new Roster((pid) => alive.has(pid))
    await using kit = await unitKit(chaosActor, { args: [roster, 1_000] })
    roster.enter('chaos', kit.pid)
    alive.add(kit.pid)
    const victim = await kit.probe('storage')
    roster.enter('storage', victim.pid)
    alive.add(victim.pid)
    kit.expect.killed().never()
    await kit.advance(1_000)
    kit.expect.killed().once()
    alive.delete(victim.pid)
    await kit.advance(5_000)
    kit.expect.killed().once()
    kit.expect.alive()
  })
})

describe('the desk', () => {
  const request = (path: string, query = '', method = 'GET'): WebRequest => ({
    method,
    path,
    query,
    headers: {},
    body: new Uint8Array(0),
    remoteAddress: '127.0.0.1',
  })

  async function deskKit(allowsKill = false) {
    const ledger = new Ledger()
    const roster = new Roster(() => true)
    const counters = { received: 0, unread: 0, oversize: 0, sent: 0 }
    const socket = { counters: () => counters, kernelDrops: async () => 0 as const }
    const event = eventName<Datagram>('traffic')
    const node = {
      account: () => ({ dropped: { 'pool-saturated': 0 } }),
      events: () => [],
      processInfo: () => undefined,
    }
    const sources = { ledger, roster, socket, sender: undefined, event, node }
    const books = new Books(sources as unknown as ConstructorParameters<typeof Books>[0])
    const desk = {
      books,
      roster,
      surroundings: () => ({
        ...{ vehicles: 0, expired: 0, restarts: {}, receiveBufferBytes: 1 },
        ...{
          cpuSeconds: 0,
          residentBytes: 1,
          countedSince: '1970-01-01T00:00:00.000Z',
          uptimeMs: 5,
        },
      }),
      allowsKill,
    }
    return { kit: await unitKit(deskActor, { args: [desk] }), roster }
  }

  it('asks storage for the nearest and gives them as JSON', async () => {
    const { kit } = await deskKit()
    const storage = await kit.probe('storage')
    kit.onCall(storage, 'nearest').reply([{ report, distanceM: 12.34 }])
    const { status, body } = await kit.call('handle', request('/', 'lat=30&lon=-97'))
    assert.equal(status, 200)
    assert.deepEqual(JSON.parse(String(body)), [
      {
        ID: 'bus-1',
        Lat: 30.2,
        Lon: -97.7,
        Date: '1970-01-01T00:00:01.000Z',
        Emergency: false,
        Distance: 12.3,
      },
    ])
    await kit.stop()
  })

  it('answers 503 while storage is not there', async () => {
    const { kit } = await deskKit()
    const { status, headers } = await kit.call('handle', request('/', 'lat=30&lon=-97'))
    assert.equal(status, 503)
    assert.equal(headers?.['retry-after'], '1')
    await kit.stop()
  })

  it('gives the account', async () => {
    const { kit } = await deskKit()
    const { status, body } = await kit.call('handle', request('/stats'))
    assert.equal(status, 200)
    const { sent, closes, uptimeMs } = JSON.parse(String(body))
    assert.deepEqual([sent, closes, uptimeMs], [0, true, 5])
    await kit.stop()
  })

  it('kills a part by name only where that was allowed', async () => {
    for (const allowed of [false, true]) {
      const { kit, roster } = await deskKit(allowed)
      const victim = await kit.probe('storage')
      roster.enter('storage', victim.pid)
      const { status } = await kit.call('handle', request('/kill', 'part=storage', 'POST'))
      assert.equal(status, allowed ? 200 : 404)
      kit.expect.killed().times(allowed ? 1 : 0)
      const { status: unknown } = await kit.call('handle', request('/kill', 'part=x', 'POST'))
      assert.equal(unknown, 404)
      await kit.stop()
    }
  })

  it('speaks what a web port asks', () => {
    assert.deepEqual(Object.keys(WebHandler.messages), ['handle'])
  })
})
