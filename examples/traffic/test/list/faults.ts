/** T11, T15 to T18, T23: parts die, the program dies, too much comes; every packet has an end. */
import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { rawPacket } from '#test/raw-packet'
import { startSender } from '#test/sender/sender-process'
import { type Stats, SystemProcess, udpClient } from '#test/system-process'
import { dataFolder, isSettled, type Setting } from './setting.js'

/** What has become of packets must be what somebody else has sent. */
function assertAccount(stats: Stats, sent: number): void {
  assert.equal(stats.sent, sent, 'what the sender counted has all been seen')
  assert.equal(stats.stored + stats.rejected + stats.dropped + stats.lost, sent)
  assert.equal(stats.difference, 0)
}

/** Runs a load, lets something happen in the middle, and checks the account by the sender. */
async function underLoad(t: TestContext, parts: readonly string[], rate = 2_000): Promise<void> {
  const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data', '--allow-kill')
  const flow = { port: system.udpPort, rate, seconds: 0, vehicles: 100 }
  const sender = startSender(flow)
  t.after(() => sender.stop())
  await system.statsWhen(({ stored }) => stored > 500)
  for (const part of parts) {
    const before = await system.stats()
    await system.kill(part)
    const after = await system.statsWhen(
      (now) =>
        now.stored > before.stored + 500 &&
        (now.restarts[part] ?? 0) > (before.restarts[part] ?? 0),
    )
    const others = Object.entries(after.restarts).filter(
      ([name, count]) => count > (before.restarts[name] ?? 0),
    )
    t.diagnostic(`${part} killed: restarted ${others.map(([name]) => name).join(', ')}`)
  }
  sender.stop()
  const { sent, failed } = await sender.ended
  assert.equal(failed, 0)
  const stats = await system.statsWhen((now) => now.sent >= sent && isSettled(now))
  assertAccount(stats, sent)
  t.diagnostic(`${sent} sent, ${stats.stored} stored, ${stats.dropped} dropped, ${stats.lost} lost`)
}

function kills(): void {
  it('T15 a worker that is killed is replaced, counted, and the stream goes on', (t) =>
    underLoad(t, ['worker', 'worker', 'worker']))

  it('T16 ingestion resumes by itself after storage, the port, the pool and all of it', (t) =>
    underLoad(t, ['storage', 'udp', 'ingest', 'intake', 'desk', 'web', 'service']))

  it('T16 storage restarts alone; all of the intake restarts in order', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data', '--allow-kill')
    await system.kill('storage')
    await system.line(/part restarted part=storage/)
    const one = await system.stats()
    assert.deepEqual(
      Object.entries(one.restarts).filter(([, count]) => count > 0),
      [['storage', 1]],
    )
    const printed = system.lines.length
    await system.kill('intake')
    await system.line(/part restarted part=intake/)
    const order = system.lines
      .slice(printed)
      .map((line) => /part (?:re)?started part=(\w+)/.exec(line)?.[1])
      .filter((part) => part !== undefined)
    assert.deepEqual(order, ['storage', 'ingest', 'udp', 'reader', 'tcp', 'intake'])
  })
}

function emergencies(): void {
  it('T11 a thousand emergencies at once are all handled and cost no other packet', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data', '--level', 'error')
    const send = udpClient(t, system.udpPort)
    for (let i = 0; i < 1_000; i += 1) {
      void send(rawPacket(`help-${i}`, 1, 1, true))
      await send(rawPacket(`calm-${i}`, 2, 2))
    }
    const stats = await system.statsWhen((now) => now.sent === 2_000 && isSettled(now))
    assert.deepEqual([stats.stored, stats.dropped, stats.lost], [2_000, 0, 0])
    const { emergencies } = stats as unknown as { emergencies: Record<string, unknown> }
    t.diagnostic(JSON.stringify(emergencies))
  })
}

function restarts({ calmRate }: Setting): void {
  it('T17 positions are still there after a restart', async (t) => {
    const flags = ['--no-fleet', '--data', dataFolder(t)]
    const first = await SystemProcess.startAs(t, ...flags)
    const send = udpClient(t, first.udpPort)
    for (let i = 0; i < 100; i += 1) await send(rawPacket(`v${i}`, i / 2, i))
    await first.statsWhen(({ stored }) => stored === 100)
    const told = await first.nearest(10, 20)
    assert.equal(await first.stop(), 0)
    const second = await SystemProcess.startAs(t, ...flags)
    assert.equal((await second.stats()).vehicles, 100)
    assert.deepEqual(await second.nearest(10, 20), told)
  })

  it('T18 after kill -9 under load the data opens, at most the flush window is lost', async (t) => {
    const flags = ['--no-fleet', '--data', dataFolder(t)]
    const first = await SystemProcess.startAs(t, ...flags)
    const early = udpClient(t, first.udpPort)
    for (let i = 0; i < 50; i += 1) await early(rawPacket(`early-${i}`, 1, 1))
    const flow = { port: first.udpPort, rate: calmRate, seconds: 0, vehicles: 1_000 }
    const sender = startSender(flow)
    t.after(() => sender.stop())
    await first.statsWhen(({ vehicles }) => vehicles === 1_050)
    const { uptimeMs } = await first.stats()
    // Two windows of the documented 200 ms later all of them must be on disk.
    await first.statsWhen((now) => now.uptimeMs > uptimeMs + 400)
    first.signal('SIGKILL')
    await first.ended
    sender.stop()
    await sender.ended
    const second = await SystemProcess.startAs(t, ...flags)
    assert.equal((await second.stats()).vehicles, 1_050)
  })
}

function overload({ flood }: Setting): void {
  it('T23 every packet of a flood is stored or counted at the stage that dropped it', async (t) => {
    const flags = ['--no-fleet', '--no-data', '--receive-buffer', '65536']
    const system = await SystemProcess.startAs(t, ...flags)
    if ((await system.stats()).droppedAt['kernel'] === 'unknown') {
      t.diagnostic('this system does not tell what its kernel drops')
      return
    }
    const flow = { port: system.udpPort, rate: 1e9, seconds: 0, vehicles: 1_000 }
    const sender = startSender(flow)
    t.after(() => sender.stop())
    await system.statsWhen((now) => now.sent >= flood)
    sender.stop()
    const { sent } = await sender.ended
    const stats = await system.statsWhen((now) => now.sent >= sent && isSettled(now))
    assertAccount(stats, sent)
    t.diagnostic(`${sent} sent, ${stats.stored} stored; ${JSON.stringify(stats.droppedAt)}`)
  })
}

export function faultFacts(setting: Setting): void {
  kills()
  emergencies()
  restarts(setting)
  overload(setting)
}
