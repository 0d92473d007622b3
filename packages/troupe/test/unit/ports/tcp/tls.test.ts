/** ports/tcp with TLS: who is let in, and a certificate that changes under open connections. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { before, describe, it, type TestContext } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { Certificates, LINES, openTcp, type TcpListenOptions, tcpClient, tcpPort } from 'troupe'
import { testNode } from 'troupe/testing'
import { type TestAuthority, type TestPair, testAuthority } from '#test/certificates'
import {
  clientOf,
  keptClient,
  nothingTold,
  readerFor,
  started,
  until,
} from '#test/unit/ports/tcp/tcp-kit'

let authority: TestAuthority
let stranger: TestAuthority
let first: TestPair
let second: TestPair

before(async () => {
  authority = await testAuthority()
  stranger = await testAuthority('Stranger')
  first = await authority.issue({ name: 'first' })
  second = await authority.issue({ name: 'second' })
})

async function served(t: TestContext, listen: Partial<TcpListenOptions> = {}) {
  const node = await started(t)
  const certificates = new Certificates(first)
  const listener = await openTcp({ port: 0, tls: { certificates }, ...listen })
  t.after(() => listener.close())
  const told = nothingTold()
  await node.spawn(readerFor(told, { reply: (text) => `${text}!` }), { name: 'reader' })
  const args = [{ listener, reader: 'reader', chunking: LINES, framing: 'both' }] as const
  const tcp = await node.spawn(tcpPort, { args })
  return { node, tcp, listener, told, certificates, port: listener.port }
}

const shownBy = (socket: unknown): string =>
  String((socket as TLSSocket).getPeerCertificate().subject?.CN)

describe('a TCP port with TLS', { timeout: 60_000 }, () => {
  it('reads what comes through TLS, and tells which', async (t) => {
    const { told, port } = await served(t)
    const client = clientOf(t, port, { ca: authority.ca })
    client.socket.write('hello\n')
    await until(() => client.got() === 'hello!\n')
    const { security } = told.connected[0] ?? assert.fail()
    assert.deepEqual(security, {
      protocol: 'TLSv1.3',
      peerSubject: undefined,
      peerFingerprint: undefined,
    })
    client.socket.end()
    await until(() => told.disconnected.length === 1)
    assert.equal(told.disconnected[0]?.end, 'peer-closed')
  })

  it('shows a new certificate to the next client, while the one before talks on', async (t) => {
    const { told, certificates, port } = await served(t)
    const before = clientOf(t, port, { ca: authority.ca })
    before.socket.write('one\n')
    await until(() => before.got() === 'one!\n')
    certificates.update(second)
    const after = clientOf(t, port, { ca: authority.ca })
    after.socket.write('two\n')
    await until(() => after.got() === 'two!\n')
    assert.deepEqual([shownBy(before.socket), shownBy(after.socket)], ['first', 'second'])
    before.socket.write('three\n')
    await until(() => before.got() === 'one!\nthree!\n')
    assert.equal(told.disconnected.length, 0)
  })

  it('does not let an old session pass by a new certificate', async (t) => {
    const { certificates, port } = await served(t)
    const before = clientOf(t, port, { ca: authority.ca })
    const [session] = await once(before.socket, 'session')
    certificates.update(second)
    const after = clientOf(t, port, { ca: authority.ca, session })
    await once(after.socket, 'secureConnect')
    assert.equal(shownBy(after.socket), 'second')
  })

  it('lets go of the certificate when it closes', async (t) => {
    const { certificates, listener } = await served(t)
    assert.equal(certificates.watchers, 1)
    await listener.close()
    assert.equal(certificates.watchers, 0)
    certificates.update(second)
  })

  it('lets nobody in without a certificate of its authority, once that is given', async (t) => {
    const certificates = new Certificates(first)
    const { told, listener, port } = await served(t, {
      tls: { certificates, clientCa: authority.ca },
    })
    const { ca } = authority
    const foreign = await stranger.issue()
    const expired = await authority.issue({ validDays: -1 })
    for (const shown of [{}, foreign, expired]) {
      const { closed } = clientOf(t, port, { ca, ...shown })
      await closed
    }
    await until(() => listener.counters().handshakesFailed === 3)
    await until(() => listener.counters().connectionsOpen === 0)
    assert.equal(told.connected.length, 0)
    const known = clientOf(t, port, { ca, ...(await authority.issue({ name: 'known' })) })
    known.socket.write('hello\n')
    await until(() => known.got() === 'hello!\n')
    const { peerSubject, peerFingerprint } = told.connected[0]?.security ?? assert.fail()
    assert.equal(peerSubject, 'CN=known')
    assert.match(peerFingerprint ?? '', /^([0-9A-F]{2}:){31}/)
  })

  it('counts what is no TLS, and serves the next one', async (t) => {
    const { listener, told, port } = await served(t)
    const garbage = ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\x02\x00garbage'.repeat(99), '\0']
    for (const [at, bytes] of garbage.entries()) {
      const { socket, closed } = clientOf(t, port)
      socket.end(bytes, 'latin1')
      await closed
      await until(() => listener.counters().handshakesFailed === at + 1)
    }
    const client = clientOf(t, port, { ca: authority.ca })
    client.socket.write('fine\n')
    await until(() => client.got() === 'fine!\n')
    assert.deepEqual(told.data, ['fine'])
  })

  it('speaks no TLS before 1.2', async (t) => {
    const { listener, port } = await served(t)
    const ciphers = 'DEFAULT@SECLEVEL=0'
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers } as const
    const { closed } = clientOf(t, port, { ca: authority.ca, ...old })
    await closed
    await until(() => listener.counters().handshakesFailed === 1)
  })

  it('closes who does not finish the handshake in time, however slow its bytes come', async (t) => {
    const { clock, stop } = await testNode()
    t.after(stop)
    const tls = { certificates: new Certificates(first) }
    const options = { port: 0, tls, handshakeTimeoutMs: 1_000 }
    const listener = await openTcp(options, clock)
    t.after(() => listener.close())
    const { socket, closed } = clientOf(t, listener.port)
    await until(() => listener.counters().connectionsOpen === 1)
    for (const byte of [0x16, 0x03, 0x01]) {
      socket.write(Buffer.from([byte]))
      await clock.advance(300)
    }
    assert.equal(listener.counters().handshakesTooSlow, 0)
    await clock.advance(100)
    await closed
    const { handshakesTooSlow, handshakesFailed, connectionsOpen } = listener.counters()
    assert.deepEqual([handshakesTooSlow, handshakesFailed, connectionsOpen], [1, 0, 0])
  })

  it('closes those in their handshake with the listener', async (t) => {
    const { listener, port } = await served(t)
    const { closed } = keptClient(t, connect(port, '127.0.0.1'))
    await until(() => listener.counters().connectionsOpen === 1)
    await listener.close()
    await closed
  })
})

describe('a TCP client with TLS', { timeout: 60_000 }, () => {
  it('talks to a server it believes, and shows its own certificate', async (t) => {
    const certificates = new Certificates(first)
    const { node, told, port } = await served(t, {
      tls: { certificates, clientCa: authority.ca },
    })
    const heard = nothingTold()
    const reader = await node.spawn(readerFor(heard))
    const tls = { ca: authority.ca, certificates: new Certificates(second) }
    const options = { host: 'localhost', port, tls, reader, chunking: LINES } as const
    const client = await node.spawn(tcpClient, { args: [{ ...options, framing: 'both' }] })
    node.send(client, 'send', 'hello')
    await until(() => heard.data.length === 1)
    assert.deepEqual(heard.data, ['hello!'])
    assert.equal(heard.connected[0]?.security?.peerSubject, 'CN=first')
    assert.equal(told.connected[0]?.security?.peerSubject, 'CN=second')
  })

  it('ends with a coded reason when it does not believe the server', async (t) => {
    const { node, port } = await served(t)
    const reader = await node.spawn(readerFor(nothingTold()))
    const options = { host: '127.0.0.1', port, tls: { ca: stranger.ca }, reader }
    const client = await node.spawn(tcpClient, { args: [options] })
    const reason = await node.ended(client)
    assert.ok(typeof reason === 'object' && reason.kind === 'crash')
    assert.equal(reason.code, 'PORT_FAILED')
    assert.match(reason.message, /; give the authority of its certificate as tls.ca/)
  })
})
