/**
 * The stages on which the transports of Troupe play the conformance suite.
 *
 * Sockets are real, on the loopback address; the time of the transports is virtual.
 */
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { freePort } from '@troupe/tools/ports'
import { Certificates } from 'troupe'
import { type SimulatedNetworkOptions, simulatedNetwork, virtualClock } from 'troupe/testing'
import { seededRandom } from '#base/random'
import type { NodeTls } from '#contract'
import { tcpTransport } from '#network/transport/tcp'
import { tlsTransport } from '#network/transport/tls'
import { unixTransport } from '#network/transport/unix'
import { testAuthority } from '#test/certificates'
import type { TransportStage } from '#testing/conformance/transport-stage'

const HOST = '127.0.0.1'
const LOOPBACK = Object.freeze({ host: HOST, port: 0, portRange: 1, path: '' })
/** A worker that listens and then never looks again; the system takes a few lines, no more. */
const DEAF = `
  const { createServer } = require('node:net')
  const { parentPort, workerData } = require('node:worker_threads')
  const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port)
    Atomics.wait(new Int32Array(workerData), 0, 0)
    server.close()
  })
`

const addressOf = (transport: string, port: number, path = '') => ({
  transport,
  host: path === '' ? HOST : '',
  port,
  path,
})

export async function tcpStage(): Promise<TransportStage> {
  const clock = virtualClock()
  const transport = tcpTransport({ clock })
  const deaf = await deafServer()
  return {
    near: transport,
    far: tcpTransport({ clock }),
    place: () => LOOPBACK,
    empty: addressOf('tcp', await freePort()),
    silent: addressOf('tcp', deaf.port),
    until: (promise) => promise,
    pass: (ms) => clock.advance(ms),
    close: deaf.close,
  }
}

/** A port whose queue is full: the system drops whoever knocks. */
async function deafServer(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const signal = new SharedArrayBuffer(4)
  const worker = new Worker(DEAF, { eval: true, workerData: signal })
  const [port] = (await once(worker, 'message')) as [number]
  const { connect } = await import('node:net')
  // Two fit into the queue; the others are left without an answer.
  const fillers = Array.from({ length: 4 }, () => connect(port, HOST).on('error', () => {}))
  await once(fillers[0] as (typeof fillers)[0], 'connect')
  await once(fillers[1] as (typeof fillers)[0], 'connect')
  const close = async (): Promise<void> => {
    for (const filler of fillers) filler.destroy()
    Atomics.store(new Int32Array(signal), 0, 1)
    Atomics.notify(new Int32Array(signal), 0)
    await worker.terminate()
  }
  return { port, close }
}

let authority: Promise<{ readonly ca: string; readonly certificates: Certificates }> | undefined

/** One authority for all cases: keys cost time. */
export function testTls(): Promise<{ readonly ca: string; readonly certificates: Certificates }> {
  authority ??= (async () => {
    const made = await testAuthority()
    return { ca: made.ca, certificates: new Certificates(await made.issue()) }
  })()
  return authority
}

export async function tlsStage(options: Partial<NodeTls> = {}): Promise<TransportStage> {
  const clock = virtualClock()
  const tls = { ...(await testTls()), ...options }
  // It takes lines and says nothing, so that no handshake comes about.
  const mute = createServer(() => {}).listen(0, HOST)
  await once(mute, 'listening')
  const sockets = new Set<{ destroy(): void }>()
  mute.on('connection', (socket) => sockets.add(socket.on('error', () => {})))
  return {
    near: tlsTransport(tls, { clock }),
    far: tlsTransport(tls, { clock }),
    place: () => LOOPBACK,
    empty: addressOf('tls', await freePort()),
    silent: addressOf('tls', (mute.address() as AddressInfo).port),
    until: (promise) => promise,
    pass: (ms) => clock.advance(ms),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      mute.close()
    },
  }
}

export async function unixStage(): Promise<TransportStage> {
  const clock = virtualClock()
  const folder = mkdtempSync(join(tmpdir(), 'troupe-test-'))
  chmodSync(folder, 0o700)
  const transport = unixTransport({ clock })
  let places = 0
  return {
    near: transport,
    far: transport,
    place: () => {
      places += 1
      return { ...LOOPBACK, path: join(folder, `${places}.sock`) }
    },
    empty: addressOf('unix', 0, join(folder, 'nobody.sock')),
    silent: undefined,
    until: (promise) => promise,
    pass: (ms) => clock.advance(ms),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Two hosts of a simulated network, as bad as `link` makes it. */
export async function simulatedStage(
  seed: number,
  link: SimulatedNetworkOptions['link'] = {},
): Promise<TransportStage> {
  const clock = virtualClock()
  const network = simulatedNetwork({ clock, random: seededRandom(seed), link })
  network.host('c')
  network.block('a', 'c')
  return {
    near: network.host('a').transport,
    far: network.host('b').transport,
    place: () => LOOPBACK,
    empty: { transport: 'simulated', host: 'b', port: 1, path: '' },
    silent: { transport: 'simulated', host: 'c', port: 1, path: '' },
    until: (promise) => clock.until(promise),
    pass: (ms) => clock.advance(ms),
    close: () => clock.settle(),
  }
}
