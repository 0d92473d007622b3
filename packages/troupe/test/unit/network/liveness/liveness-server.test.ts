/**
 * network/liveness/liveness-server: the thread starts, listens, survives and ends with its node.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { TroupeError } from 'troupe'
import { virtualClock } from 'troupe/testing'
import { systemClock } from '#base/clock'
import type { DatagramAddress } from '#network/liveness/datagrams'
import {
  type LivenessServer,
  newLivenessThread,
  startLiveness,
} from '#network/liveness/liveness-server'
import type { LivenessOptions } from '#network/liveness/options'
import { type ProbeFrame, readProbeFrame, writeProbeFrame } from '#network/liveness/probe-frame'
import { udpDatagrams } from '#network/liveness/udp-datagrams'
import { KEY } from './liveness-kit.js'

const SELF = { name: 'b@two', creation: 5, key: KEY }

async function started(t: TestContext, options: LivenessOptions = {}): Promise<LivenessServer> {
  const server = await startLiveness(SELF, systemClock, options)
  t.after(() => server.stop())
  return server
}

/** Asks until there is an answer: datagrams may be lost, and a thread may still be starting. */
function asked(t: TestContext, to: DatagramAddress): Promise<ProbeFrame | undefined> {
  const datagrams = udpDatagrams()
  return new Promise((resolve) => {
    const probe = { kind: 'probe', nonce: randomBytes(16), ...SELF, loopDelayMs: 0 } as const
    const ask = (): void => datagrams.send(writeProbeFrame(KEY, probe), to)
    const again = setInterval(ask, 50)
    t.after(() => {
      clearInterval(again)
      datagrams.close()
    })
    datagrams.start((bytes) => resolve(readProbeFrame(bytes)))
    ask()
  })
}

const codeOf = async (started: Promise<unknown>): Promise<string> => {
  const thrown = await started.then(
    () => undefined,
    (error: unknown) => error,
  )
  return TroupeError.is(thrown) ? thrown.code : String(thrown)
}

describe('the thread that answers for a node', () => {
  it('answers from a port of its own, over both families', async (t) => {
    for (const host of ['127.0.0.1', '::1', 'localhost']) {
      const server = await started(t, { host })
      assert.ok(server.address.port > 0)
      assert.match(server.address.host, /^(127\.0\.0\.1|::1)$/)
      const answer = await asked(t, server.address)
      assert.equal(answer?.kind, 'answer')
      assert.equal(answer.creation, 5)
      assert.ok(server.info().probes.answered >= 1)
    }
  })

  it('advertises another address when it is told to', async (t) => {
    const plain = await started(t)
    assert.deepEqual(plain.advertised, plain.address)
    const other = await started(t, { advertisedHost: 'node.example', advertisedPort: 4_001 })
    assert.deepEqual(other.advertised, { host: 'node.example', port: 4_001 })
    assert.equal(other.address.host, '127.0.0.1')
  })

  it('does not answer who does not know the cookie, and counts it', async (t) => {
    const server = await started(t)
    const datagrams = udpDatagrams()
    t.after(() => datagrams.close())
    datagrams.start(() => assert.fail('there was an answer'))
    const probe = { kind: 'probe', nonce: randomBytes(16), ...SELF, loopDelayMs: 0 } as const
    datagrams.send(writeProbeFrame(new Uint8Array(32), probe), server.address)
    datagrams.send(Buffer.from('noise'), server.address)
    const looked = (): number => server.info().probes.unproven + server.info().probes.malformed
    // Mostly behind both: when this one is answered, they have been looked at.
    while (looked() < 2) await asked(t, server.address)
    const { unproven, malformed } = server.info().probes
    assert.deepEqual({ unproven, malformed }, { unproven: 1, malformed: 1 })
  })

  it('tells how far a loop is behind that does not beat', async (t) => {
    const clock = virtualClock()
    const server = await startLiveness(SELF, clock, { beatMs: 1 })
    t.after(() => server.stop())
    // The virtual clock stands still: not a beat since the start.
    let answer = await asked(t, server.address)
    while ((answer?.loopDelayMs ?? 0) < 20) answer = await asked(t, server.address)
    assert.ok(server.info().loopDelayMs >= 20)
    // It beats, and this test is not always quick enough to see that.
    for (let beats = 0; beats < 100 && server.info().loopDelayMs >= 20; beats += 1) {
      await clock.advance(1)
    }
    assert.ok(server.info().loopDelayMs < 20)
  })

  it('is started again on its port when it ends by itself', { timeout: 30_000 }, async (t) => {
    const threads: Worker[] = []
    const server = await startLiveness(SELF, systemClock, {}, (data) => {
      const thread = newLivenessThread(data)
      threads.push(thread)
      return thread
    })
    t.after(() => server.stop())
    const { address } = server
    await threads[0]?.terminate()
    const answer = await asked(t, address)
    assert.equal(answer?.kind, 'answer')
    assert.equal(server.info().restarts, 1)
    assert.equal(server.info().problem, 'the thread ended')
    assert.equal(threads.length, 2)
    assert.deepEqual(server.address, address)
  })

  it('frees its port when it is stopped, and is not started again', async () => {
    const server = await startLiveness(SELF, systemClock)
    const { port, host } = server.address
    await server.stop()
    await server.stop()
    const socket = createSocket('udp4')
    socket.bind({ port, address: host, exclusive: true })
    await once(socket, 'listening')
    socket.close()
    assert.equal(server.info().restarts, 0)
  })

  it('refuses a port that is taken, or an address that is not ours', async (t) => {
    const { port } = (await started(t)).address
    assert.equal(await codeOf(startLiveness(SELF, systemClock, { port })), 'PORT_IN_USE')
    const foreign = startLiveness(SELF, systemClock, { host: '203.0.113.7' })
    assert.equal(await codeOf(foreign), 'PORT_FAILED')
    for (const options of [{ port: 65_536 }, { beatMs: 0 }, { answersPerSecondMax: 0 }])
      assert.equal(await codeOf(startLiveness(SELF, systemClock, options)), 'OPTION_INVALID')
  })

  it('is refused where a program may not start threads', async () => {
    const forbidden = startLiveness(SELF, systemClock, {}, () => {
      throw new Error('access to this API has been restricted')
    })
    assert.equal(await codeOf(forbidden), 'PORT_FAILED')
  })

  it('does not keep a program running that has nothing else to do', async () => {
    const program = `
      import { startLiveness } from '#network/liveness/liveness-server'
      const after = (ms, run) => { const timer = setTimeout(run, ms).unref(); return () => true }
      const hold = setInterval(() => {}, 1_000)
      await startLiveness({ name: 'b@two', creation: 5, key: new Uint8Array(32) }, { after })
      clearInterval(hold)
      console.log('listening')`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { cwd: new URL('../../../../', import.meta.url), timeout: 60_000 },
    )
    assert.equal(stdout, 'listening\n')
  })
})
