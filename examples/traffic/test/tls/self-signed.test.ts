/** tls: a self-signed certificate is one that clients take when they are told to. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { connect, createServer } from 'node:tls'
import { LOCAL_HOSTS, selfSigned, VALID_DAYS } from '#traffic/tls/self-signed'

describe('a self-signed certificate', () => {
  it('names its hosts, is signed by itself, and is another one each time', async () => {
    const nowMs = Date.now()
    const [one, two] = await Promise.all([
      selfSigned(LOCAL_HOSTS, nowMs),
      selfSigned(LOCAL_HOSTS, nowMs),
    ])
    const certificate = new X509Certificate(one.pair.cert)
    assert.equal(certificate.checkHost('localhost'), 'localhost')
    assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1')
    assert.notEqual(certificate.checkIP('::1'), undefined)
    assert.ok(certificate.verify(certificate.publicKey))
    assert.equal(certificate.ca, false)
    assert.notEqual(one.info.fingerprint, two.info.fingerprint)
    assert.ok(one.info.validFromMs < nowMs)
    assert.equal(Math.round((one.info.validToMs - nowMs) / 86_400_000), VALID_DAYS)
  })

  it('serves a client that believes it', async (t) => {
    const { pair } = await selfSigned(LOCAL_HOSTS, Date.now())
    const server = createServer({ ...pair }, (socket) => socket.end('hello'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const { port } = server.address() as AddressInfo
    const socket = connect({ port, host: '127.0.0.1', ca: pair.cert, servername: 'localhost' })
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    assert.equal(String(bytes), 'hello')
    assert.ok(socket.authorized)
    socket.destroy()
  })
})
