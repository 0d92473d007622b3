/**
 * What TLS lines do beyond the suite of all transports: who is believed, and what binds a line.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectPlain } from 'node:net'
import { describe, it } from 'node:test'
import { connect } from 'node:tls'
import { Certificates, type NodeTls, TroupeError } from 'troupe'
import { tlsTransport } from '#network/transport/tls'
import { testAuthority } from '#test/certificates'
import { End } from '#testing/conformance/transport-stage'
import { DIAL, pair, refusalOf, take } from './lines-kit.js'

const authority = await testAuthority('Ours')
const strangers = await testAuthority('Theirs')
const certificates = new Certificates(await authority.issue())
const ours: NodeTls = { certificates, ca: authority.ca }
const mutual = tlsTransport({ ...ours, mutual: true })

describe('the transport over TLS', { timeout: 60_000 }, () => {
  it('binds both ends to the same TLS session', async () => {
    const transport = tlsTransport(ours)
    const taken = await take(transport)
    const one = await pair(transport, taken)
    const other = await pair(transport, taken)
    const binding = one.near.line.channelBinding
    assert.equal(binding?.length, 32)
    assert.deepEqual(one.far.line.channelBinding, binding)
    assert.notDeepEqual(other.near.line.channelBinding, binding)
    one.near.line.destroy()
    other.near.line.destroy()
    await taken.close()
  })

  it('refuses a node whose authority is unknown, and says what to do', async () => {
    const taken = await take(tlsTransport(ours))
    const transport = tlsTransport({ certificates, ca: strangers.ca })
    const refusal = await refusalOf(transport.dial(taken.address, DIAL))
    assert.equal(refusal.code, 'PORT_FAILED')
    assert.match(refusal.message, /`ca`/)
    assert.equal(taken.lines.length, 0)
    await taken.close()
  })

  it('refuses a certificate for another host, unless its name is given', async () => {
    const elsewhere = await authority.issue({ hosts: ['far.example'], addresses: [] })
    const taken = await take(tlsTransport({ ...ours, certificates: new Certificates(elsewhere) }))
    const refusal = await refusalOf(tlsTransport(ours).dial(taken.address, DIAL))
    assert.match(refusal.message, /serverName/)
    const named = tlsTransport({ ...ours, serverName: 'far.example' })
    const { near } = await pair(named, taken)
    near.line.destroy()
    await taken.close()
  })

  it('takes any certificate when it does not verify, and binds the line all the same', async () => {
    const foreign = new Certificates(await strangers.issue())
    const taken = await take(tlsTransport({ certificates: foreign }))
    const { near, far } = await pair(tlsTransport({ ...ours, verify: false }), taken)
    assert.deepEqual(near.line.channelBinding, far.line.channelBinding)
    near.line.destroy()
    await taken.close()
  })

  it('refuses whoever speaks no TLS 1.3, or no TLS', async () => {
    const taken = await take(tlsTransport(ours))
    const { host, port } = taken.address
    const old = connect({ host, port, ca: authority.ca, maxVersion: 'TLSv1.2' }).on(
      'error',
      () => {},
    )
    await taken.refusal()
    const plain = connectPlain(port, host).on('error', () => {})
    plain.write('GET / HTTP/1.1\r\n\r\n')
    assert.match(await taken.refusal(), /HTTP/)
    await once(plain.resume(), 'close')
    old.destroy()
    assert.equal(taken.lines.length, 0)
    await taken.close()
  })

  it('refuses whoever does not begin a handshake in time', async () => {
    const taken = await take(tlsTransport({ ...ours, handshakeTimeoutMs: 50 }))
    const idle = connectPlain(taken.address.port, taken.address.host).on('error', () => {})
    assert.match(await taken.refusal(), /took too long/)
    await once(idle.resume(), 'close')
    await taken.close()
  })

  it('shows a renewed certificate to those who dial from then on', async () => {
    const changing = new Certificates(await authority.issue())
    const taken = await take(tlsTransport({ ...ours, certificates: changing }))
    const before = await pair(tlsTransport(ours), taken)
    changing.update(await strangers.issue())
    const refusal = await refusalOf(tlsTransport(ours).dial(taken.address, DIAL))
    assert.match(refusal.message, /`ca`/)
    const after = await pair(tlsTransport({ certificates, ca: strangers.ca }), taken)
    // The line from before keeps the session it has.
    before.near.line.write(Buffer.from('x'))
    await before.far.got(1)
    before.near.line.destroy()
    after.near.line.destroy()
    assert.equal(changing.watchers, 1)
    await taken.close()
    assert.equal(changing.watchers, 0)
  })

  it('shows nothing when it has no certificate, and is taken where none is asked for', async () => {
    const taken = await take(tlsTransport(ours))
    const { near, far } = await pair(tlsTransport({ ca: authority.ca }), taken)
    assert.deepEqual(near.line.channelBinding, far.line.channelBinding)
    near.line.destroy()
    await taken.close()
  })

  it('refuses whoever listens without a certificate', async () => {
    const refusal = await refusalOf(take(tlsTransport({ ca: authority.ca })))
    assert.equal(refusal.code, 'OPTION_INVALID')
    assert.match(refusal.message, /tls\.certificates .*give what loadCertificates/)
  })

  it('says which option cannot be', () => {
    const wrong: readonly [string, NodeTls][] = [
      ['tls.mutual', { certificates, mutual: true }],
      ['tls.ca', { certificates, ca: 'no pem' }],
      ['tls.clientCa', { certificates, clientCa: 'no pem' }],
      ['tls.serverName', { certificates, serverName: '' }],
      ['tls.certificates', { certificates: {} as Certificates }],
    ]
    for (const [option, tls] of wrong) {
      assert.throws(
        () => tlsTransport(tls),
        (error) => TroupeError.is(error, 'OPTION_INVALID') && error.detail.option === option,
      )
    }
  })
})

describe('mutual TLS', { timeout: 60_000 }, () => {
  it('refuses whoever dials without a certificate', async () => {
    const taken = await take(mutual)
    const { host, port } = taken.address
    const stranger = connect({ host, port, ca: authority.ca, minVersion: 'TLSv1.3' })
    const [error] = (await once(stranger, 'error')) as [Error & { readonly code?: string }]
    assert.match(error.code ?? '', /CERTIFICATE_REQUIRED|ECONNRESET/)
    assert.match(await taken.refusal(), /showed no certificate/)
    assert.equal(taken.lines.length, 0)
    await taken.close()
  })

  it('refuses a node with a certificate of another authority, and both sides say so', async () => {
    const taken = await take(mutual)
    const theirs = new Certificates(await strangers.issue())
    // With TLS 1.3 the one that dials hears of it only afterwards.
    const end = new End(
      await tlsTransport({ certificates: theirs, ca: authority.ca }).dial(taken.address, DIAL),
    ).start()
    await end.ended()
    assert.match(end.problem ?? '', /clientCa/)
    assert.match(await taken.refusal(), /the certificate it showed: .*`ca`/)
    assert.equal(taken.lines.length, 0)
    await taken.close()
  })

  it('may believe other authorities in those who dial than in those it dials', async () => {
    const split = tlsTransport({ ...ours, clientCa: strangers.ca })
    const taken = await take(split)
    const theirs = new Certificates(await strangers.issue())
    const { near } = await pair(tlsTransport({ certificates: theirs, ca: authority.ca }), taken)
    const refused = new End(await tlsTransport(ours).dial(taken.address, DIAL)).start()
    await refused.ended()
    assert.equal(taken.lines.length, 1)
    near.line.destroy()
    await taken.close()
  })
})
