/**
 * Emergencies of the whole system over real sockets to the fake service: killed, and killed with
 * SIGKILL, and yet each that was acknowledged is delivered.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { CALM } from '@troupe-examples/traffic-emergency/mood'
import { emergenciesOf, emergencyPackets, fakeService } from '#test/emergency/fake-service'
import { dataFolder } from '#test/store/data-folder'
import { SystemProcess, talkingClient, udpClient } from '#test/system-process'

const startIn = (t: TestContext, folder: string, url: string): Promise<SystemProcess> => {
  const flags = ['--http', '--no-fleet', '--data', folder, '--level', 'silent']
  return SystemProcess.startAs(t, ...flags, '--emergency-url', url)
}

describe('emergencies of the traffic system', { timeout: 240_000 }, () => {
  it('are logged once with id and place, stored, answered and delivered', async (t) => {
    const { book, url } = await fakeService(t)
    const flags = ['--no-fleet', '--emergency-url', url]
    const system = await SystemProcess.start(t, ...flags)
    const { send, replied } = talkingClient(t, system.udpPort)
    const [packet = new Uint8Array()] = emergencyPackets(1)
    await send(packet)
    assert.match(await system.line(/emergency id=/), /id=bus-0 latitude=1 longitude=-180$/)
    assert.deepEqual(String((await replied(1))[0]), '\n')
    await send(packet)
    await replied(2)
    await system.statsWhen((stats) => emergenciesOf(stats).delivered === 1)
    const [vehicle] = await system.nearest(1, -180)
    assert.equal(vehicle?.ID, 'bus-0')
    const stats = await system.stats()
    assert.equal(stats.stored, 2)
    const { received, repeated, delivered, difference } = emergenciesOf(stats)
    assert.deepEqual([received, repeated, delivered, difference], [2, 1, 1, 0])
    assert.equal(book.counts().requests, 1)
    assert.equal(system.lines.filter((line) => line.includes('emergency id=')).length, 1)
  })

  it('that were acknowledged survive kill -9 and are all delivered by the next run', async (t) => {
    const { book, service, url } = await fakeService(t, { fail: 1 })
    const folder = dataFolder(t)
    const count = 100
    const first = await startIn(t, folder, url)
    const { send, replied } = talkingClient(t, first.udpPort)
    for (const packet of emergencyPackets(count)) await send(packet)
    await replied(count)
    const before = emergenciesOf(await first.stats())
    assert.deepEqual([before.waiting, before.delivered, before.difference], [count, 0, 0])
    assert.equal(before.shelf.waiting, count)
    while (book.visits().size === 0) await new Promise((resolve) => setImmediate(resolve))
    first.signal('SIGKILL')
    await first.ended
    const keysBefore = [...book.visits().keys()]
    assert.ok(keysBefore.length > 0)

    service.change(CALM)
    const second = await startIn(t, folder, url)
    const stats = await second.statsWhen((now) => emergenciesOf(now).delivered === count)
    const { recovered, difference } = emergenciesOf(stats)
    assert.deepEqual([recovered, difference], [count, 0])
    const { keys, taken } = book.counts()
    assert.deepEqual([keys, taken], [count, count])
    for (const key of keysBefore) assert.ok((book.visits().get(key)?.requests ?? 0) >= 2, key)
    // Within the window the next run knows them still.
    const [packet = new Uint8Array()] = emergencyPackets(1)
    await udpClient(t, second.udpPort)(packet)
    await second.statsWhen((now) => emergenciesOf(now).repeated === 1)
    assert.equal(await second.stop(), 0)
  })

  it('are counted for each run, and on the shelf for all of them; both close', async (t) => {
    const { service, url } = await fakeService(t, { fail: 1 })
    const folder = dataFolder(t)
    const first = await startIn(t, folder, url)
    const { send, replied } = talkingClient(t, first.udpPort)
    for (const packet of emergencyPackets(20)) await send(packet)
    await replied(20)
    first.signal('SIGKILL')
    await first.ended

    const second = await startIn(t, folder, url)
    const left = emergenciesOf(await second.stats())
    assert.deepEqual([left.received, left.recovered, left.waiting], [0, 20, 20])
    assert.deepEqual(left.shelf, { waiting: 20, delivered: 0, refused: 0, unreadable: 0 })
    service.change(CALM)
    const done = emergenciesOf(
      await second.statsWhen((now) => emergenciesOf(now).shelf.delivered === 20),
    )
    assert.deepEqual([done.recovered, done.delivered, done.difference], [20, 20, 0])
    assert.equal(await second.stop(), 0)

    const third = await startIn(t, folder, url)
    const stats = await third.stats()
    assert.ok(Date.parse(stats.countedSince) <= Date.now())
    const { shelf, ...run } = emergenciesOf(stats)
    assert.deepEqual([run.recovered, run.delivered, run.waiting, run.difference], [0, 0, 0, 0])
    // Kept until their windows are over, so that a report that comes again is known.
    assert.deepEqual(shelf, { waiting: 0, delivered: 20, refused: 0, unreadable: 0 })
  })

  it('are none lost by kill -9 again and again amid failing deliveries', async (t) => {
    const mood = { fail: 0.2, close: 0.1, repeat: 0.2, throttle: 0.05 }
    const { book, service, url } = await fakeService(t, mood, { delayMs: 20 })
    const folder = dataFolder(t)
    const perLife = 60
    for (let life = 0; life < 3; life += 1) {
      const system = await startIn(t, folder, url)
      const { send, replied } = talkingClient(t, system.udpPort)
      for (const packet of emergencyPackets(perLife, `life-${life}`)) await send(packet)
      await replied(perLife)
      system.signal('SIGKILL')
      await system.ended
    }
    service.change(CALM)
    const last = await startIn(t, folder, url)
    await last.statsWhen((now) => emergenciesOf(now).waiting === 0)
    const { keys, taken, repeats } = book.counts()
    assert.deepEqual([keys, taken], [3 * perLife, 3 * perLife])
    t.diagnostic(`${repeats} deliveries came again, with the key of the first`)
  })

  it('are none lost while their courier is killed, and the account closes all along', async (t) => {
    const mood = { fail: 0.2, close: 0.1 }
    const { book, service, url } = await fakeService(t, mood, { delayMs: 20 })
    const flags = ['--no-fleet', '--allow-kill', '--level', 'silent', '--emergency-url', url]
    const system = await SystemProcess.start(t, ...flags)
    const send = udpClient(t, system.udpPort)
    const packets = emergencyPackets(180)
    for (let kill = 0; kill < 6; kill += 1) {
      for (const packet of packets.slice(kill * 30, (kill + 1) * 30)) await send(packet)
      await system.kill('emergency')
      const { difference } = emergenciesOf(await system.stats())
      assert.equal(difference, 0)
    }
    // Otherwise chance alone says how long it takes: each failure doubles the wait for the next.
    service.change(CALM)
    const stats = await system.statsWhen((now) => emergenciesOf(now).delivered === 180)
    assert.equal(stats.restarts['emergency'], 6)
    assert.equal(emergenciesOf(stats).difference, 0)
    assert.equal(book.counts().taken, 180)
  })

  it('are all handled when a thousand come at once, and no position is dropped', async (t) => {
    const { book, url } = await fakeService(t, {}, { delayMs: 50 })
    const flags = ['--no-fleet', '--level', 'silent', '--emergency-url', url]
    const system = await SystemProcess.start(t, ...flags)
    const send = udpClient(t, system.udpPort)
    for (const packet of emergencyPackets(1_000)) await send(packet)
    const stats = await system.statsWhen((now) => emergenciesOf(now).delivered === 1_000)
    assert.deepEqual([stats.stored, stats.dropped, stats.difference], [1_000, 0, 0])
    assert.equal(emergenciesOf(stats).difference, 0)
    assert.deepEqual([book.counts().requests, book.counts().taken], [1_000, 1_000])
  })

  it('are logged and counted, and no more, without an address', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet')
    const { send, replied } = talkingClient(t, system.udpPort)
    for (const packet of emergencyPackets(3)) await send(packet)
    await replied(3)
    const { received, unaddressed, waiting, difference } = emergenciesOf(await system.stats())
    assert.deepEqual([received, unaddressed, waiting, difference], [3, 3, 0, 0])
    assert.equal(await system.stop(), 0)
    assert.equal(system.lines.filter((line) => line.includes('emergency id=')).length, 3)
    assert.match(system.lines.at(-1) ?? '', /^emergencies 3 = only logged 3$/)
  })
})
