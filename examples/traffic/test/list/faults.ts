/** T11, T15 to T18, T23: parts die, the program dies, too much comes; every packet has an end. */
import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { emergenciesOf, fakeService } from '#test/emergency/fake-service'
import { rawPacket } from '#test/raw-packet'
import { startSender } from '#test/sender/sender-process'
import { intakeParts, SystemProcess, udpClient } from '#test/system-process'
import { FLUSH_MS } from '#traffic/store/write-behind'
import {
  assertAccount,
  dataFolder,
  HELD_UP_MAX,
  isSettled,
  type Setting,
  usageOf,
} from './setting.js'
import { Trail } from './trail.js'

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

const THROWING_WORKER = new URL('../fault/throw-in-worker.js', import.meta.url)

/** Packets that a worker throws at, with `THROWING_WORKER` in the program. */
const POISONED = 3

function errors(): void {
  it('T15 a worker that throws is replaced, counted, and the stream goes on', async (t) => {
    const flags = ['--no-fleet', '--no-data']
    const system = await SystemProcess.startFaulty(t, THROWING_WORKER, ...flags)
    const sender = startSender({ port: system.udpPort, rate: 2_000, seconds: 0, vehicles: 100 })
    t.after(() => sender.stop())
    const send = udpClient(t, system.udpPort)
    for (let at = 1; at <= POISONED; at += 1) {
      const { stored } = await system.statsWhen((now) => now.stored > 300)
      await send(rawPacket(`poison-${at}`, 1, 1, true))
      await system.statsWhen((now) => now.restarts['worker'] === at && now.stored > stored + 300)
    }
    await system.line(/an injected error/)
    sender.stop()
    const sent = (await sender.ended).sent + POISONED
    const stats = await system.statsWhen((now) => now.sent >= sent && isSettled(now))
    assertAccount(stats, sent)
    const others = Object.entries(stats.restarts).filter(([, count]) => count > 0)
    assert.deepEqual(others, [['worker', POISONED]])
    // What waited for a worker goes with it, and nothing else may be missing.
    assert.deepEqual([stats.dropped, stats.lost], [0, stats.lostWith['ingest']])
    t.diagnostic(`${sent} sent, ${stats.stored} stored, ${stats.lost} lost with what threw`)
  })
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
    assert.deepEqual(order, [...intakeParts(), 'intake'])
  })
}

const EMERGENCIES = 1_000

/** Time the service takes for each: 32 at a time, it is busy for three seconds with all. */
const SERVICE_MS = 100

function emergencies({ calmRate, judgesSpeed }: Setting): void {
  it('T11 a thousand emergencies at once reach a slow service and cost no packet', async (t) => {
    const { book, url } = await fakeService(t, {}, { delayMs: SERVICE_MS })
    const flags = ['--no-fleet', '--data', dataFolder(t), '--level', 'error']
    const system = await SystemProcess.startAs(t, ...flags, '--emergency-url', url)
    const flow = { port: system.udpPort, rate: calmRate, seconds: 0, vehicles: 1_000 }
    const sender = startSender(flow)
    t.after(() => sender.stop())
    const before = await system.statsWhen((now) => now.stored > calmRate)
    const heldUpBefore = (await usageOf(system))?.heldUpSeconds ?? 0
    const send = udpClient(t, system.udpPort)
    for (let i = 0; i < EMERGENCIES; i += 1) await send(rawPacket(`help-${i}`, 1, 1, true))
    const after = await system.statsWhen((now) => emergenciesOf(now).delivered === EMERGENCIES)
    const heldUpAfter = (await usageOf(system))?.heldUpSeconds ?? 0
    sender.stop()
    const sent = (await sender.ended).sent + EMERGENCIES
    const stats = await system.statsWhen((now) => now.sent >= sent && isSettled(now))
    assertAccount(stats, sent)
    assert.deepEqual([stats.dropped, stats.lost], [0, 0])
    const { received, refused, waiting, difference } = emergenciesOf(stats)
    assert.deepEqual([received, refused, waiting, difference], [EMERGENCIES, 0, 0, 0])
    assert.deepEqual([book.counts().taken, book.counts().keys], [EMERGENCIES, EMERGENCIES])
    const seconds = (after.uptimeMs - before.uptimeMs) / 1_000
    const rate = (after.stored - before.stored - EMERGENCIES) / seconds
    t.diagnostic(`${rate.toFixed()} of ${calmRate} a second stored beside them, ${seconds} s long`)
    const heldUp = (heldUpAfter - heldUpBefore) / seconds
    if (heldUp > HELD_UP_MAX) t.diagnostic(`held up for ${(heldUp * 100).toFixed()} %: not judged`)
    else if (judgesSpeed) assert.ok(rate > calmRate * 0.95, `${rate} positions a second`)
  })
}

/** Load before the kill, in seconds: longer than any age that is let pass. */
const KILL_SECONDS = 2.5

/** How late a timer of the program may be on a machine with other work, in milliseconds. */
const LATE_MS_MAX = 100

function restarts(setting: Setting): void {
  const { killedAt } = setting
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

  for (const part of killedAt) {
    it(`T18 kill -9 under load, ${part} of a window after a flush, costs that much at most`, (t) =>
      killAfter(t, part, setting))
  }
}

/** Kills the program so much of a flush window after a flush, and looks for what is missing. */
async function killAfter(t: TestContext, part: number, { calmRate, judgesSpeed }: Setting) {
  const flags = ['--no-fleet', '--data', dataFolder(t)]
  const first = await SystemProcess.startAs(t, ...flags)
  const trail = new Trail()
  let [killedMs, longestFlushMs] = [Number.POSITIVE_INFINITY, 0]
  const isKilled = (): boolean => killedMs < Number.POSITIVE_INFINITY
  const sending = trail.send(udpClient(t, first.udpPort), calmRate, isKilled)
  const windowPackets = (calmRate * FLUSH_MS) / 1_000
  const { disk: before } = await first.statsWhen(({ stored }) => stored > calmRate * KILL_SECONDS)
  // Not for longer than two windows: a window that is longer than it should be must show.
  const patience = trail.sent + 2 * windowPackets
  await first.statsWhen(({ disk }) => {
    longestFlushMs = Math.max(longestFlushMs, disk?.lastFlushMs ?? 0)
    return disk?.flushes !== before?.flushes || trail.sent > patience
  })
  await trail.until(trail.sent + windowPackets * part)
  killedMs = performance.now()
  first.signal('SIGKILL')
  await Promise.all([first.ended, sending])
  const second = await SystemProcess.startAs(t, ...flags)
  const oldestMs = await trail.oldestLostMs(second, killedMs)
  t.diagnostic(`${trail.sent} sent; the oldest lost was ${oldestMs.toFixed()} ms old`)
  // The window, the flush that was under way, and as much again that the clock may be late.
  const limitMs = FLUSH_MS + 2 * longestFlushMs + LATE_MS_MAX
  if (judgesSpeed) assert.ok(oldestMs <= limitMs, `${oldestMs} ms of ${limitMs}`)
  else assert.ok(oldestMs <= 10 * FLUSH_MS, `${oldestMs} ms, on a machine of any speed`)
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
  errors()
  kills()
  emergencies(setting)
  restarts(setting)
  overload(setting)
}
