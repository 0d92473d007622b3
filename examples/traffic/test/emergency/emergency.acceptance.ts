/**
 * test/emergency/emergency.acceptance: T10 and T11 with their figures, on real sockets.
 *
 * About 40 seconds; the figures are those of a machine that does little else meanwhile.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { emergenciesOf, emergencyPackets, fakeService } from '#test/emergency/fake-service'
import { startSender } from '#test/sender/sender-process'
import { dataFolder } from '#test/store/data-folder'
import { SystemProcess, udpClient } from '#test/system-process'

/** T10: from sending the packet to reading the line, in milliseconds. */
const LOG_MS_MAX = 50
/** Packets a second of another program meanwhile. */
const RATE = 5_000
/** How long the rate is measured, in milliseconds. */
const MEASURE_MS = 5_000

/** Positions stored in each second. */
async function storedPerSecond(system: SystemProcess): Promise<number> {
  const before = await system.stats()
  const startMs = performance.now()
  const after = await system.statsWhen(() => performance.now() - startMs >= MEASURE_MS)
  return ((after.stored - before.stored) * 1_000) / (performance.now() - startMs)
}

describe('emergencies', { timeout: 180_000 }, () => {
  it('are in the log within 50 ms', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet')
    const send = udpClient(t, system.udpPort)
    const waits: number[] = []
    for (const [index, packet] of emergencyPackets(50).entries()) {
      const startMs = performance.now()
      await send(packet)
      await system.line(new RegExp(`emergency id=bus-${index} `))
      waits.push(performance.now() - startMs)
    }
    const longestMs = Math.max(...waits)
    t.diagnostic(`longest ${longestMs.toFixed(1)} ms of ${waits.length}`)
    assert.ok(longestMs <= LOG_MS_MAX, `${longestMs} ms`)
  })

  it('that come a thousand at once to a slow service leave the rate as it was', async (t) => {
    const { book, url } = await fakeService(t, { hang: 0.1, fail: 0.2 }, { delayMs: 10 })
    const flags = ['--http', '--no-fleet', '--data', dataFolder(t), '--level', 'silent']
    const system = await SystemProcess.startAs(t, ...flags, '--emergency-url', url)
    const flow = { port: system.udpPort, rate: RATE, seconds: 0, vehicles: 1_000 }
    const sender = startSender(flow)
    t.after(() => sender.stop())
    await system.statsWhen((stats) => stats.stored >= RATE)
    const usual = await storedPerSecond(system)
    const send = udpClient(t, system.udpPort)
    for (const packet of emergencyPackets(1_000)) await send(packet)
    const meanwhile = await storedPerSecond(system)
    const stats = await system.statsWhen((now) => emergenciesOf(now).delivered >= 1_000)
    t.diagnostic(`${usual.toFixed(0)} positions/s before, ${meanwhile.toFixed(0)} meanwhile`)
    t.diagnostic(`${book.counts().requests} attempts, ${book.counts().repeats} repeats`)
    // A sender that was held up makes up for it, so what was usual may be more than its rate.
    const expected = Math.min(usual, RATE)
    assert.ok(meanwhile >= expected * 0.97, `${meanwhile} of ${expected} positions a second`)
    assert.deepEqual([stats.dropped, stats.difference], [0, 0])
    assert.equal(emergenciesOf(stats).difference, 0)
    assert.equal(emergenciesOf(stats).refused, 0)
  })
})
