/**
 * test/whole.acceptance: chaos, many vehicles and a replayed day, at full length.
 *
 * About a minute. What was sent amid chaos is counted by a sender of the tests.
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { assertAccount, isSettled } from '#test/list/setting'
import { BUS_DAY, REAL_PACKET } from '#test/samples'
import { startSender } from '#test/sender/sender-process'
import { type Stats, SystemProcess, udpClient } from '#test/system-process'

const KILLS = 60
const PACKETS = 150_000

const killsOf = ({ restarts }: Stats): number =>
  Object.values(restarts).reduce((sum, count) => sum + count, 0)

describe('the traffic system', { timeout: 280_000 }, () => {
  it('counts every packet while any part is killed, 60 times at 5,000 a second', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet', '--chaos-seconds', '0.4')
    const flow = { port: system.udpPort, rate: 5_000, seconds: 0, vehicles: 1_000 }
    const sender = startSender(flow)
    t.after(() => sender.stop())
    const stats = await system.statsWhen((now) => killsOf(now) >= KILLS)
    assert.equal(stats.difference, 0)
    await system.statsWhen((now) => now.stored >= stats.stored + 5_000)
    sender.stop()
    const { sent, failed } = await sender.ended
    assert.equal(failed, 0)
    const last = await system.statsWhen((now) => now.sent >= sent && isSettled(now))
    assertAccount(last, sent)
    assert.equal(last.rejected, 0)
    const { stored, dropped, lost } = last
    t.diagnostic(`${sent} sent, ${stored} stored, ${dropped} dropped, ${lost} lost with what died`)
    assert.equal(await system.stop(), 0)
  })

  it('finds the packet of the article among 150,000 others of 10,000 vehicles', async (t) => {
    const flags = ['--vehicles', '10000', '--rate', '15000', '--seed', '12']
    const system = await SystemProcess.start(t, ...flags)
    await udpClient(t, system.udpPort)(REAL_PACKET)
    const stats = await system.statsWhen(({ sent }) => sent >= PACKETS)
    assert.equal(stats.difference, 0)
    const [vehicle] = await system.nearest(-36.4774, -77.3202)
    assert.equal(vehicle?.ID, '4e091396-62ae-4f3b-8715-7b4fc9c64d14')
    t.diagnostic(`${stats.dropped} of ${stats.sent} dropped at 15,000 a second`)
  })

  it('ends a replayed day with every bus where it was last seen', async (t) => {
    if (!existsSync(BUS_DAY)) {
      t.diagnostic('../shared/data/austin-buses-2017-04-18.csv.gz is absent: not replayed')
      return
    }
    const system = await SystemProcess.start(t, '--replay', BUS_DAY, '--speed', '5000', '--once')
    const check = await system.line(/^check: /)
    assert.match(check, /^check: (\d+) of \1 vehicles are at their last recorded position$/)
    assert.equal(await system.ended, 0)
  })
})
