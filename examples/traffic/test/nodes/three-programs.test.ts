/** Storage, intake and web as three programs: they find each other, and each may be killed. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isSettled } from '#test/list/setting'
import { killPrograms } from '#test/nodes/kills'
import { rawPacket } from '#test/raw-packet'
import { inThreePrograms, runToEnd, SystemProcess, udpClient } from '#test/system-process'

inThreePrograms()

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('the traffic system as three programs', { timeout: 240_000 }, () => {
  it('stores, answers, counts and shows as one program does, and ends as one', async (t) => {
    const system = await SystemProcess.start(t, '--no-fleet')
    const send = udpClient(t, system.udpPort)
    for (let i = 0; i < 100; i += 1) await send(rawPacket(`v${i}`, i / 2, i))
    await send(Buffer.from('garbage'))
    const stats = await system.statsWhen((now) => now.sent === 101 && isSettled(now))
    assert.deepEqual([stats.stored, stats.rejected, stats.lost], [100, 1, 0])
    const [nearest] = await system.nearest(10, 20, 1)
    assert.equal(nearest?.ID, 'v20')
    assert.equal((await system.ask('/map')).status, 200)
    const pids = Object.values(stats.programs ?? {}).map(({ pid }) => pid)
    assert.equal(new Set([...pids, system.pid]).size, 4)
    // However the launcher ends, they end with it.
    system.signal('SIGKILL')
    await system.ended
    while (pids.some(isAlive)) await new Promise((resolve) => setImmediate(resolve))
  })

  it('goes on after kill -9 of any of the three, and the account closes', async (t) => {
    const roles = ['storage', 'web', 'ingest'] as const
    await killPrograms(t, { roles, rate: 500, flags: ['--no-data'] })
  })

  it('says which of them cannot start, and runs none', async () => {
    const flags = ['--http', '--no-data', '--replay', '/nowhere/at/all.csv']
    const { code, out, error } = await runToEnd(...flags)
    assert.equal(code, 1)
    assert.match(out + error, /cannot replay \/nowhere\/at\/all\.csv/)
    assert.match(out, /ingest could not start \(code 1\)/)
  })
})
