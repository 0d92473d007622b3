/** ports/web over TLS: hot reload, mutual TLS, and clients that speak something else. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type RequestOptions, request } from 'node:https'
import { describe, it, type TestContext } from 'node:test'
import { connect } from 'node:tls'
import { Certificates, TroupeError } from '#contract'
import { openWeb, type WebListener } from '#ports'
import { testAuthority } from '#test/certificates'
import { connected, opened, rawAnswer, until } from './web-kit.js'

interface Seen {
  readonly status: number | undefined
  readonly fingerprint: string | undefined
}

/** One request on a connection of its own, or one given; rejects when there is no TLS. */
function ask(listener: WebListener, options: RequestOptions): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: listener.port, agent: false, ...options })
    asked.once('error', reject)
    asked.once('response', (response) => {
      const socket = response.socket as ReturnType<typeof connect>
      const fingerprint = socket.getPeerX509Certificate()?.fingerprint256
      response.resume()
      response.once('end', () => resolve({ status: response.statusCode, fingerprint }))
    })
    asked.end()
  })
}

async function secure(t: TestContext, options: { handshakeTimeoutMs?: number } = {}) {
  const authority = await testAuthority()
  const certificates = new Certificates(await authority.issue())
  const { listener } = await opened(t, { tls: { certificates }, ...options })
  listener.attach((_request, response) => void response.end('hello'))
  return { authority, certificates, listener }
}

describe('a web listener with TLS', { timeout: 60_000 }, () => {
  it('answers over TLS and says so', async (t) => {
    const { authority, listener } = await secure(t)
    assert.equal((await ask(listener, { ca: authority.ca })).status, 200)
    assert.equal(listener.isSecure, true)
  })

  it('shows a new certificate to new connections while an old one goes on', async (t) => {
    const { authority, certificates, listener } = await secure(t)
    const first = connect({ port: listener.port, host: '127.0.0.1', ca: authority.ca })
    t.after(() => first.destroy())
    await once(first, 'secureConnect')
    const before = certificates.info.fingerprint
    certificates.update(await authority.issue())
    const { fingerprint } = await ask(listener, { ca: authority.ca })
    assert.equal(fingerprint, certificates.info.fingerprint)
    assert.notEqual(fingerprint, before)
    first.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    assert.match(String((await once(first, 'data'))[0]), /^HTTP\/1\.1 200 /)
  })

  it('lets the certificate go when it closes', async () => {
    const authority = await testAuthority()
    const certificates = new Certificates(await authority.issue())
    const listener = await openWeb({ port: 0, tls: { certificates } })
    assert.equal(certificates.watchers, 1)
    await listener.close()
    assert.equal(certificates.watchers, 0)
  })

  it('wants a certificate of its clients when it has their authority', async (t) => {
    const authority = await testAuthority()
    const certificates = new Certificates(await authority.issue())
    const tls = { certificates, clientCa: authority.ca }
    const { listener } = await opened(t, { tls })
    listener.attach((_request, response) => void response.end())
    const known = await authority.issue({ name: 'known' })
    assert.equal((await ask(listener, { ca: authority.ca, ...known })).status, 200)
    const stranger = await (await testAuthority('Other')).issue()
    await assert.rejects(ask(listener, { ca: authority.ca }))
    await assert.rejects(ask(listener, { ca: authority.ca, ...stranger }))
    const { requests, handshakesFailed } = listener.counters()
    assert.deepEqual([requests, handshakesFailed], [1, 2])
  })

  it('closes on plain HTTP, garbage and silence, counts each, and serves on', async (t) => {
    const { authority, listener } = await secure(t, { handshakeTimeoutMs: 50 })
    const said = ['GET / HTTP/1.1\r\nhost: a\r\n\r\n', '\x16\x03\x01\xff'.repeat(500), '']
    for (const text of said) {
      const answer = await rawAnswer(t, listener.port, text)
      assert.doesNotMatch(answer, /HTTP/)
    }
    const gone = await connected(t, listener.port)
    gone.write('\x16\x03\x01\x02')
    gone.resetAndDestroy()
    await until(() => listener.counters().handshakesFailed === 4)
    // On a busy machine a handshake takes longer than this listener allows; then it asks again.
    let seen: Seen | undefined
    while (seen === undefined) seen = await ask(listener, { ca: authority.ca }).catch(() => seen)
    assert.equal(seen.status, 200)
    assert.equal(listener.counters().clientErrors, 0)
  })

  it('answers TLS on a port without it with 400', async (t) => {
    const { listener } = await opened(t)
    await assert.rejects(ask(listener, { rejectUnauthorized: false }))
    assert.equal(listener.counters().malformed, 1)
  })

  it('refuses options that cannot be', async () => {
    const certificates = new Certificates(await (await testAuthority()).issue())
    const noCertificates = { certificates: 'a.pem' as unknown as Certificates }
    for (const tls of [noCertificates, { certificates, clientCa: 'no authority' }]) {
      const wrong = openWeb({ port: 0, tls })
      await assert.rejects(wrong, (error) => TroupeError.is(error, 'OPTION_INVALID'))
    }
  })
})
