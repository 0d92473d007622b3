/**
 * A node at whose door many strangers knock: those who know the cookie do not notice.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { actor, processName, protocol, request } from 'troupe'
import { systemClock } from '#base/clock'
import { HOST_BURST } from '#network/doorman'
import { handshakeKey } from '#network/handshake/proof'
import { runHandshake } from '#network/handshake/run-handshake'
import { tcpTransport } from '#network/transport/tcp'
import { codeOf, settingsOf } from './handshake/handshake-kit.js'
import { type Met, met, until } from './meeting-kit.js'

const Echo = protocol('echo', { say: request<number, number>() })
const echo = actor(Echo, { on: { say: (_state, value) => value } })
const far = processName('echo', Echo, 'a@one')

const ROUNDS_MAX = 20

const portOf = ({ at }: Met): number => Number(at.split(':').at(-1))

/** Lines of somebody who says only this, or nothing. */
async function knocking(
  t: TestContext,
  a: Met,
  count: number,
  said = '',
  from = '127.0.0.1',
): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ port: portOf(a), host: '127.0.0.1', localAddress: from })
    socket.on('error', () => {}).resume()
    if (said !== '') socket.write(said)
    return socket
  })
  t.after(() => {
    for (const socket of sockets) socket.destroy()
  })
  await Promise.all(sockets.map(begun))
  return sockets
}

/** Settles when a socket has been taken, or reset at once. */
const begun = (socket: Socket): Promise<unknown> =>
  new Promise((resolve) => {
    socket.once('connect', resolve).once('close', resolve)
  })

/** What somebody with a wrong cookie is told. */
async function guessing(a: Met): Promise<string> {
  const address = { transport: 'tcp', host: '127.0.0.1', port: portOf(a), path: '' }
  const line = await tcpTransport().dial(address, { timeoutMs: 10_000 })
  const key = handshakeKey(`guess ${randomBytes(16).toString('hex')}`)
  const role = { kind: 'dialler', wanted: undefined, resume: undefined } as const
  const settings = settingsOf('evil@three', { key, randomBytes })
  const result = await runHandshake(line, settings, role, systemClock)
  return codeOf(result.kind === 'refused' ? result : undefined)
}

async function connected(t: TestContext): Promise<{ readonly a: Met; readonly b: Met }> {
  const a = await met(t, 'a@one')
  await a.node.spawn(echo, { name: 'echo' })
  const b = await met(t, 'b@two', { peers: { 'a@one': a.at } })
  await b.node.network.connect('a@one')
  return { a, b }
}

/** Calls one after the other until `flood` is over; the slowest of them in milliseconds. */
async function calling({ node }: Met, flood: Promise<unknown>): Promise<readonly number[]> {
  let isOver = false
  void flood.finally(() => {
    isOver = true
  })
  const tookMs: number[] = []
  for (let i = 0; !isOver || i < 100; i += 1) {
    const startMs = performance.now()
    assert.equal(await node.call(far, 'say', i), i)
    tookMs.push(performance.now() - startMs)
  }
  return tookMs.sort((left, right) => left - right)
}

describe('a node at whose door many strangers knock', { timeout: 120_000 }, () => {
  it('lets a node in while 1,000 lines are silent', async (t) => {
    const { a } = await connected(t)
    await knocking(t, a, 1_000)
    const c = await met(t, 'c@three', { peers: { 'a@one': a.at } })
    await c.node.network.connect('a@one')
    assert.equal(await c.node.call(far, 'say', 3), 3)
  })

  it('goes on with others while 500 of them guess the cookie', async (t) => {
    const { a, b } = await connected(t)
    const flood = Promise.all(Array.from({ length: 500 }, () => guessing(a)))
    const tookMs = await calling(b, flood)
    const told = await flood
    const refused = told.filter((code) => code === 'COOKIE_MISMATCH').length
    // A guesser whose line is reset before it has read its refusal does not know of it.
    const counted = a.node.network.refused()['COOKIE_MISMATCH'] ?? 0
    assert.ok(counted >= refused && counted <= told.length, `${counted} counted, ${refused} told`)
    assert.ok(!told.includes('agreed') && !told.includes('silent'))
    assert.ok(refused > 0)
    const p99 = tookMs[Math.floor(tookMs.length * 0.99)] ?? 0
    t.diagnostic(`${tookMs.length} calls, p99 ${p99.toFixed(1)} ms; ${refused} refused`)
    assert.ok(a.log.messages().filter((line) => line.includes('COOKIE_MISMATCH')).length < 40)
  })

  it('counts 500 that talk nonsense, and closes their lines', async (t) => {
    const { a, b } = await connected(t)
    const sockets = await knocking(t, a, 500, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(() => sockets.every(({ closed }) => closed))
    assert.equal(a.node.network.refused()['HANDSHAKE_INVALID'], 500)
    assert.equal(await b.node.call(far, 'say', 5), 5)
  })

  it('resets what comes from a host that floods, and lets a node in from another', async (t) => {
    const { a } = await connected(t)
    const said = 'GET / HTTP/1.1\r\n\r\n'
    const reset = (): number => a.node.network.refused()['LINE_REFUSED'] ?? 0
    // A busy machine knocks hardly more often than is allowed: then it takes longer.
    for (let i = 0; i < ROUNDS_MAX && reset() <= HOST_BURST / 4; i += 1) {
      const sockets = await knocking(t, a, HOST_BURST / 2, said, '127.0.0.66')
      await until(() => sockets.every(({ closed }) => closed))
    }
    const heard = a.node.network.refused()['HANDSHAKE_INVALID'] ?? 0
    assert.ok(heard >= HOST_BURST, `${heard} were heard`)
    assert.ok(reset() > HOST_BURST / 4, `${reset()} were reset`)
    const c = await met(t, 'c@three', { peers: { 'a@one': a.at } })
    await c.node.network.connect('a@one')
    assert.equal(await c.node.call(far, 'say', 3), 3)
  })
})
