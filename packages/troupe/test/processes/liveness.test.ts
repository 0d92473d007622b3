/**
 * network/liveness: a busy program answers, a killed or stopped one does not; with real processes.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { systemClock } from '#base/clock'
import type { Datagrams } from '#network/liveness/datagrams'
import { SUSPICION_DEFAULTS } from '#network/liveness/options'
import { livenessKey } from '#network/liveness/probe-frame'
import { Prober } from '#network/liveness/prober'
import type { Finding } from '#network/liveness/suspicion'
import { udpDatagrams } from '#network/liveness/udp-datagrams'
import { heldUp } from './held-up.js'
import type { FromChild } from './liveness-child.js'

const COOKIE = 'a cookie for tests and nothing else'
const NAME = 'child@localhost'
const CREATION = 1_234_567
const PROGRAM = fileURLToPath(new URL('./liveness-child.js', import.meta.url))

/** The next message of this kind. */
function told<K extends FromChild['kind']>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<FromChild, { readonly kind: K }>> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`the child ended before it told ${kind}`)))
    child.on('message', (message: FromChild) => {
      if (message.kind === kind) resolve(message as Extract<FromChild, { readonly kind: K }>)
    })
  })
}

/** Findings in their order, to be waited for. */
class Findings {
  readonly all: Finding[] = []
  #wake = (): void => {}

  readonly take = (finding: Finding): void => {
    this.all.push(finding)
    this.#wake()
  }

  async until(isIt: (finding: Finding) => boolean): Promise<Finding> {
    for (;;) {
      const found = this.all.find(isIt)
      if (found !== undefined) return found
      await new Promise<void>((wake) => {
        this.#wake = wake
      })
    }
  }
}

/** UDP that tells when the first answer has arrived: then the way is proven. */
function listening(): { readonly datagrams: Datagrams; readonly heard: Promise<void> } {
  const udp = udpDatagrams()
  let resolve = (): void => {}
  const heard = new Promise<void>((settle) => {
    resolve = settle
  })
  const datagrams: Datagrams = {
    start: (taker) =>
      udp.start((bytes) => {
        taker(bytes)
        resolve()
      }),
    send: (bytes, to) => udp.send(bytes, to),
    close: () => udp.close(),
  }
  return { datagrams, heard }
}

async function watched(t: TestContext) {
  const child = fork(PROGRAM, [NAME, String(CREATION), COOKIE])
  t.after(() => child.kill('SIGKILL'))
  const { port } = await told(child, 'ready')
  const findings = new Findings()
  const { prober, watch, heard } = watchOf(port, findings)
  t.after(() => prober.stop())
  await heard
  return { child, port, prober, watch, findings }
}

function watchOf(port: number, findings: Findings) {
  const { datagrams, heard } = listening()
  const key = livenessKey(COOKIE)
  const limits = SUSPICION_DEFAULTS
  const prober = new Prober({ key, datagrams, clock: systemClock, randomBytes, limits })
  const address = { host: '127.0.0.1', port }
  const watch = prober.watch({ name: NAME, creation: CREATION, address }, findings.take)
  return { prober, watch, heard }
}

const isDown = (finding: Finding): boolean => finding.kind === 'down'

describe('a program', { concurrency: true }, () => {
  it('whose loop is blocked for 3 seconds answers with its delay, and stays', async (t) => {
    const { child, watch, findings } = await watched(t)
    const blocking = told(child, 'blocking')
    const free = told(child, 'free')
    child.send({ blockMs: 3_000 })
    await blocking
    watch.heard()
    const busy = await findings.until(({ kind }) => kind === 'busy')
    assert.ok(busy.kind === 'busy' && busy.loopDelayMs > 1_000, JSON.stringify(busy))
    await free
    watch.heard()
    const kinds = findings.all.map(({ kind }) => kind)
    assert.equal(kinds.at(-1), 'well')
    assert.ok(!kinds.includes('down'))
  })

  it('that is killed answers no more, and is gone 3 seconds later at most', async (t) => {
    const { child, watch, findings } = await watched(t)
    const held = heldUp()
    const killedMs = performance.now()
    child.kill('SIGKILL')
    await once(child, 'exit')
    watch.lost()
    assert.deepEqual(await findings.until(isDown), { kind: 'down', cause: 'silent' })
    const goneMs = performance.now() - killedMs
    t.diagnostic(`gone after ${Math.round(goneMs)} ms`)
    // Whoever was held up listens once more before it believes a silence.
    const heldUpMs = held.ms()
    assert.ok(goneMs < 3_000 + 2 * heldUpMs, `${goneMs} ms, held up for ${heldUpMs}`)
  })

  it('that is killed while nobody tells us is found out by its silence', async (t) => {
    const { child, findings } = await watched(t)
    const killedMs = performance.now()
    child.kill('SIGKILL')
    assert.deepEqual(await findings.until(isDown), { kind: 'down', cause: 'silent' })
    t.diagnostic(`gone after ${Math.round(performance.now() - killedMs)} ms`)
  })

  it('that is stopped is gone, and answers again when it goes on', async (t) => {
    const { child, port, watch, findings } = await watched(t)
    child.kill('SIGSTOP')
    watch.lost()
    assert.deepEqual(await findings.until(isDown), { kind: 'down', cause: 'silent' })
    child.kill('SIGCONT')
    const again = watchOf(port, new Findings())
    t.after(() => again.prober.stop())
    await again.heard
    assert.equal(again.prober.info().answers, 1)
  })
})
