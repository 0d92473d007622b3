/** T19 to T22: the generator, and a steady load for as long as the setting says. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Agent, get } from 'node:https'
import { createInterface } from 'node:readline'
import { it, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startSender } from '#test/sender/sender-process'
import { type Stats, SystemProcess } from '#test/system-process'
import {
  assertAccount,
  dataFolder,
  HELD_UP_MAX,
  isSettled,
  type Setting,
  usageOf,
} from './setting.js'

const LOAD = fileURLToPath(new URL('../../../traffic-load/dist/main.js', import.meta.url))

const BARE = fileURLToPath(new URL('../sender/bare-https.js', import.meta.url))

/** The longest that 99 of 100 answers may take, in milliseconds. */
const P99_MS_MAX = 5

function generator({ generatorSeconds, judgesSpeed }: Setting): void {
  it('T19 the generator sends about 400 a second and ends with its total and 0', async (t) => {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 22 })
    t.after(() => socket.close())
    let received = 0
    socket.on('message', (_packet, { port, address }) => {
      received += 1
      socket.send('\n', port, address)
    })
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const words = [LOAD, `127.0.0.1:${socket.address().port}`, '400']
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    t.after(() => child.kill('SIGKILL'))
    const lines: string[] = []
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
    await once(socket, 'message')
    const startMs = performance.now()
    await wait(generatorSeconds * 1_000)
    child.kill('SIGINT')
    const seconds = (performance.now() - startMs) / 1_000
    const [code] = await once(child, 'close')
    assert.equal(code, 0)
    const totals = lines.flatMap((line) => {
      const total = /^sent ([\d,]+) packets$/.exec(line)?.[1]
      return total === undefined ? [] : [Number(total.replaceAll(',', ''))]
    })
    assert.ok(totals.length >= 1 + Math.floor(generatorSeconds / 5))
    assert.ok(totals.length <= 1 + Math.ceil(seconds / 5))
    const rate = (totals.at(-1) ?? 0) / seconds
    // What a machine that stands still has no time for is not made up for in a rush.
    assert.ok(rate > (judgesSpeed ? 340 : 100) && rate < 440, `${rate} a second`)
    while (received < (totals.at(-1) ?? 0)) await once(socket, 'message')
    t.diagnostic(`${rate.toFixed(1)} a second; totals ${totals.join(', ')}; ${received} received`)
  })
}

/** Asks for the nearest so many times a second; 99 of 100 answers took no longer, in ms. */
async function askSteadily(url: string, perSecond: number, seconds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4, rejectUnauthorized: false })
  const tookMs: number[] = []
  const startMs = performance.now()
  const asking: Promise<void>[] = []
  for (let i = 0; i < perSecond * seconds; i += 1) {
    const dueMs = startMs + (i * 1_000) / perSecond - performance.now()
    if (dueMs > 0) await wait(dueMs)
    asking.push(askOnce(`${url}/?lat=${(i % 170) - 85}&lon=${(i % 350) - 175}`, agent, tookMs))
  }
  await Promise.all(asking)
  agent.destroy()
  tookMs.sort((left, right) => left - right)
  return tookMs[Math.floor(tookMs.length * 0.99)] ?? Number.POSITIVE_INFINITY
}

async function askOnce(url: string, agent: Agent, tookMs: number[]): Promise<void> {
  const askedMs = performance.now()
  const [response] = await once(get(url, { agent }), 'response')
  assert.equal(response.statusCode, 200)
  response.resume()
  await once(response, 'end')
  tookMs.push(performance.now() - askedMs)
}

/** The system, and beside it a bare server that tells what this machine can do meanwhile. */
async function askBoth(t: TestContext, system: SystemProcess, perSecond: number, seconds: number) {
  const bare = spawn(process.execPath, [BARE], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => bare.kill())
  const [port] = (await once(bare.stdout, 'data')) as [Buffer]
  const bareUrl = `https://127.0.0.1:${String(port).trim()}`
  const [ownMs, bareMs] = await Promise.all(
    [system.url, bareUrl].map((url) => askSteadily(url, perSecond, seconds)),
  )
  const told = `p99 of ${perSecond * seconds} questions ${ownMs?.toFixed(2)} ms`
  t.diagnostic(`${told}; of a bare HTTPS server at the same time ${bareMs?.toFixed(2)} ms`)
  return { ownMs: ownMs ?? 0, bareMs: bareMs ?? 0 }
}

interface Load {
  readonly rate: number
  readonly seconds: number
  readonly asksPerSecond: number
  readonly judgesSpeed: boolean
}

async function steady(t: TestContext, { rate, seconds, asksPerSecond, judgesSpeed }: Load) {
  const system = await SystemProcess.startAs(t, '--no-fleet', '--data', dataFolder(t))
  const warm = startSender({ port: system.udpPort, rate, seconds: 1, vehicles: 1_000 })
  const { sent: warmed } = await warm.ended
  await system.statsWhen((now) => now.sent >= warmed && isSettled(now))
  const before = await usageOf(system)
  const sender = startSender({ port: system.udpPort, rate, seconds, vehicles: 1_000 })
  const startMs = performance.now()
  const p99 = asksPerSecond === 0 ? undefined : await askBoth(t, system, asksPerSecond, seconds)
  const { sent, failed } = await sender.ended
  const passedSeconds = (performance.now() - startMs) / 1_000
  const after = await usageOf(system)
  const all = warmed + sent
  const stats = await system.statsWhen((now) => now.sent >= all && isSettled(now))
  t.diagnostic(`${sent} sent in ${passedSeconds.toFixed(1)} s, ${stats.stored - warmed} stored`)
  assert.equal(failed, 0)
  assertAccount(stats, all)
  const used = before && after && usedBetween(before, after, passedSeconds)
  if (used !== undefined) judge(t, used, sent, judgesSpeed)
  judgeDrops(t, stats, used?.heldUp ?? 0)
  return p99
}

type Usage = NonNullable<Awaited<ReturnType<typeof usageOf>>>

/** Shares of a core and of the time, and memory before and after. */
function usedBetween(before: Usage, after: Usage, seconds: number) {
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds
  const heldUp = (after.heldUpSeconds - before.heldUpSeconds) / seconds
  const [fromMB, toMB] = [before.residentMB, after.residentMB]
  return { cpuSeconds, cpu: cpuSeconds / seconds, heldUp, fromMB, toMB }
}

type Used = ReturnType<typeof usedBetween>

function judge(t: TestContext, used: Used, sent: number, judgesSpeed: boolean): void {
  const { cpuSeconds, cpu, fromMB, toMB } = used
  const memory = `${fromMB.toFixed(0)} -> ${toMB.toFixed(0)} MB`
  t.diagnostic(`CPU ${(cpu * 100).toFixed(1)} % of a core, ${memory}`)
  t.diagnostic(`${((cpuSeconds * 1e6) / sent).toFixed(1)} us of CPU a packet`)
  if (!judgesSpeed) return
  assert.ok(cpu < 1, `${cpu} cores`)
  assert.ok(toMB < fromMB + 60, 'memory grows')
}

/** Nothing may be dropped, unless others kept the system from the cores: then it is counted. */
function judgeDrops(t: TestContext, { dropped, droppedAt, lost }: Stats, heldUp: number): void {
  assert.equal(lost, 0)
  if (heldUp <= HELD_UP_MAX) assert.equal(dropped, 0)
  if (dropped === 0) return
  t.diagnostic(`the machine is busy: others held the system up for ${(heldUp * 100).toFixed()} %`)
  t.diagnostic(`so ${dropped} dropped by the kernel are counted and not judged`)
  assert.equal(droppedAt['kernel'], dropped)
}

export function loadFacts(setting: Setting): void {
  const { loadSeconds: seconds, calmRate, highRate, judgesSpeed } = setting
  generator(setting)

  it('T20 a steady load is stored without a drop, on less than a core', async (t) => {
    await steady(t, { rate: calmRate, seconds, asksPerSecond: 0, judgesSpeed })
  })

  it('T21 three times that load is stored too, and the sender does not fail', async (t) => {
    await steady(t, { rate: highRate, seconds, asksPerSecond: 0, judgesSpeed })
  })

  it('T22 a hundred questions a second are answered meanwhile', async (t) => {
    const p99 = await steady(t, { rate: calmRate, seconds, asksPerSecond: 100, judgesSpeed })
    if (!judgesSpeed || p99 === undefined) return
    // On a machine too busy for a bare server, no more can be asked than not to be far behind it.
    const limitMs = p99.bareMs < P99_MS_MAX / 2 ? P99_MS_MAX : p99.bareMs * 2
    if (limitMs > P99_MS_MAX) t.diagnostic(`the machine is busy: judged by ${limitMs} ms`)
    assert.ok(p99.ownMs < limitMs, `p99 ${p99.ownMs} ms, a bare server ${p99.bareMs} ms`)
  })
}
