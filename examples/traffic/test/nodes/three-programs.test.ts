/** Storage, intake and web as three programs: they find each other, and each may be killed. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { isSettled } from '#test/list/setting'
import { rawPacket } from '#test/raw-packet'
import { startSender } from '#test/sender/sender-process'
import { runToEnd, type Stats, SystemProcess, udpClient } from '#test/system-process'

/** Tells the registrars of tests that run side by side apart; it is a port on Windows alone. */
const registrarPort = (): string => `${20_000 + (process.pid % 40_000)}`

const start = (t: TestContext, ...flags: readonly string[]): Promise<SystemProcess> =>
  SystemProcess.start(t, '--nodes', '3', '--registrar-port', registrarPort(), ...flags)

const pidOf = (stats: Stats, role: string): number =>
  stats.programs?.[role]?.pid ?? assert.fail(`${role} is not told of`)

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('the traffic system as three programs', { timeout: 60_000 }, () => {
  it('stores, answers, counts and shows as one program does', async (t) => {
    const system = await start(t, '--no-fleet')
    const send = udpClient(t, system.udpPort)
    for (let i = 0; i < 100; i += 1) await send(rawPacket(`v${i}`, i / 2, i))
    await send(Buffer.from('garbage'))
    const stats = await system.statsWhen((now) => now.sent === 101 && isSettled(now))
    assert.deepEqual([stats.stored, stats.rejected, stats.lost], [100, 1, 0])
    const [nearest] = await system.nearest(10, 20, 1)
    assert.equal(nearest?.ID, 'v20')
    assert.equal(new Set(Object.values(stats.programs ?? {}).map(({ pid }) => pid)).size, 3)
    assert.equal((await system.ask('/map')).status, 200)
    // However the launcher ends, they end with it.
    system.signal('SIGKILL')
    await system.ended
    const pids = Object.values(stats.programs ?? {}).map(({ pid }) => pid)
    while (pids.some(isAlive)) await new Promise((resolve) => setImmediate(resolve))
  })

  it('goes on after kill -9 of any of the three, and the account closes', async (t) => {
    const system = await start(t, '--no-fleet')
    const flow = { port: system.udpPort, rate: 500, seconds: 0, vehicles: 50 }
    const sender = startSender(flow)
    t.after(() => sender.stop())
    for (const role of ['storage', 'web', 'ingest']) {
      const before = await system.statsWhen(({ stored }) => stored > 100)
      process.kill(pidOf(before, role), 'SIGKILL')
      await system.line(new RegExp(`^${role} has ended \\(SIGKILL\\) and is started again$`))
      await system.line(new RegExp(`^${role} is back$`))
      const after = await system.statsWhen(
        (now) => now.programs?.[role]?.lives === 2 && now.stored > before.stored + 100,
      )
      assert.notEqual(pidOf(after, role), pidOf(before, role))
      assert.ok(after.sent >= before.sent, `${after.sent} after ${before.sent}`)
    }
    sender.stop()
    const { sent } = await sender.ended
    const stats = await system.statsWhen((now) => isSettled(now))
    assert.ok(stats.sent <= sent, `${stats.sent} of ${sent}`)
    assert.equal(stats.stored + stats.rejected + stats.dropped + stats.lost, stats.sent)
    const { stored, dropped, lost, lostWith } = stats
    const named = JSON.stringify([stats.droppedAt, lostWith])
    assert.equal(await system.stop(), 0)
    const last = system.lines.findLast((line) => line.startsWith('web')) ?? ''
    assert.match(last, new RegExp(`= stored ${stored.toLocaleString('en-US')} .* waiting 0$`))
    t.diagnostic(`${sent} sent, ${stats.sent} came, ${stored} stored, ${dropped + lost}: ${named}`)
  })

  it('says which of them cannot start, and runs none', async () => {
    const flags = ['--nodes', '3', '--http', '--no-data', '--replay', '/nowhere/at/all.csv']
    const { code, out, error } = await runToEnd(...flags, '--registrar-port', registrarPort())
    assert.equal(code, 1)
    assert.match(out + error, /cannot replay \/nowhere\/at\/all\.csv/)
    assert.match(out, /ingest could not start \(code 1\)/)
  })
})
