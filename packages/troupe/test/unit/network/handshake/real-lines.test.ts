/**
 * network/handshake on lines of the machine: TCP, a Unix socket, TLS; and somebody in between.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { systemClock } from '#base/clock'
import { Certificates, type Line, type Transport, type TransportAddress } from '#contract'
import { handshakeKey } from '#network/handshake/proof'
import {
  type HandshakeResult,
  type HandshakeRole,
  runHandshake,
} from '#network/handshake/run-handshake'
import { tcpTransport } from '#network/transport/tcp'
import { tlsTransport } from '#network/transport/tls'
import { unixTransport } from '#network/transport/unix'
import { type TestAuthority, testAuthority } from '#test/certificates'
import { codeOf, settingsOf } from './handshake-kit.js'

const DIAL = { timeoutMs: 5_000 }

/** Where a transport is reached, and what becomes of each line. */
async function listening(
  t: TestContext,
  transport: Transport,
  accept: (line: Line) => void,
  path = '',
): Promise<TransportAddress> {
  const listener = await transport.listen({
    host: '127.0.0.1',
    port: 0,
    portRange: 1,
    path,
    accept,
    refused: () => {},
  })
  t.after(() => listener.close())
  return listener.address
}

/** A node that takes lines; tells what came of the first one. */
function acceptor(): {
  readonly accept: (line: Line) => void
  readonly result: Promise<HandshakeResult>
} {
  let resolve: (result: Promise<HandshakeResult>) => void
  const result = new Promise<HandshakeResult>((settle) => {
    resolve = settle
  })
  const settings = settingsOf('acceptor@two', { randomBytes })
  const role: HandshakeRole = { kind: 'acceptor', admit: () => ({ kind: 'fresh' }) }
  return { accept: (line) => resolve(runHandshake(line, settings, role, systemClock)), result }
}

async function dialled(
  t: TestContext,
  transport: Transport,
  address: TransportAddress,
  key?: Uint8Array,
): Promise<HandshakeResult> {
  const line = await transport.dial(address, DIAL)
  t.after(() => line.destroy())
  const given = key === undefined ? { randomBytes } : { randomBytes, key }
  const role = { kind: 'dialler', wanted: 'acceptor@two', resume: undefined } as const
  return runHandshake(line, settingsOf('dialler@one', given), role, systemClock)
}

const told = (result: HandshakeResult): string =>
  codeOf(result.kind === 'agreed' ? { kind: 'agreed', agreement: result.agreement } : result)

/** Hands on what one line says to another that leads to the real node. */
const relaying = (to: Transport, address: TransportAddress) => async (near: Line) => {
  const far = await to.dial(address, DIAL)
  const handing = (from: Line, onto: Line): void =>
    from.start({
      data: (bytes) => onto.write(bytes.slice()),
      drained: () => {},
      closed: () => onto.close(),
    })
  handing(near, far)
  handing(far, near)
}

describe('a handshake on a real line', () => {
  let authority: TestAuthority
  let folder: string
  before(async () => {
    authority = await testAuthority()
    folder = await mkdtemp(join(tmpdir(), 'troupe-lines-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const tlsOf = async (): Promise<Transport> =>
    tlsTransport({ certificates: new Certificates(await authority.issue()), ca: authority.ca })
  const all = async (): Promise<readonly (readonly [Transport, string])[]> => [
    [tcpTransport(), ''],
    [unixTransport(), join(folder, 'node.sock')],
    [await tlsOf(), ''],
  ]

  it('ends in an agreement over TCP, a Unix socket and TLS', async (t) => {
    for (const [transport, path] of await all()) {
      const { accept, result } = acceptor()
      const address = await listening(t, transport, accept, path)
      const near = await dialled(t, transport, address)
      assert.deepEqual([told(near), told(await result)], ['agreed', 'agreed'], transport.name)
    }
  })

  it('is refused over TCP, a Unix socket and TLS when the cookies differ', async (t) => {
    for (const [transport, path] of await all()) {
      const { accept, result } = acceptor()
      const address = await listening(t, transport, accept, path)
      const near = await dialled(t, transport, address, handshakeKey('another cookie'))
      const codes = [told(near), told(await result)]
      assert.deepEqual(codes, ['COOKIE_MISMATCH', 'COOKIE_MISMATCH'], transport.name)
    }
  })

  it('is refused when somebody with a good certificate ends TLS in between', async (t) => {
    const { accept, result } = acceptor()
    const [node, between] = [await tlsOf(), await tlsOf()]
    const real = await listening(t, node, accept)
    const relay = await listening(t, between, relaying(between, real))
    const near = await dialled(t, node, relay)
    assert.deepEqual([told(near), told(await result)], ['COOKIE_MISMATCH', 'COOKIE_MISMATCH'])
    assert.ok(near.kind === 'refused')
    assert.match(near.refusal.error.message, /something ends the TLS line between the two nodes/)
  })

  it('is not disturbed by a relay that hands on every byte of a TLS line', async (t) => {
    const { accept, result } = acceptor()
    const tls = await tlsOf()
    const tcp = tcpTransport()
    const real = await listening(t, tls, accept)
    const relay = await listening(t, tcp, relaying(tcp, real))
    const near = await dialled(t, tls, { ...relay, transport: 'tls' })
    assert.deepEqual([told(near), told(await result)], ['agreed', 'agreed'])
  })
})
