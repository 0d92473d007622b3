/**
 * Two nodes that meet over TLS: who is believed, who is not, and what a new certificate changes.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { connect } from 'node:tls'
import { Certificates, type NodeTls } from 'troupe'
import { testAuthority } from '#test/certificates'
import { logged, met, refusalOf, until } from './meeting-kit.js'

const authority = await testAuthority('Ours')
const strangers = await testAuthority('Theirs')
const ours = async (): Promise<NodeTls> => ({
  certificates: new Certificates(await authority.issue()),
  ca: authority.ca,
})

describe('two nodes that meet over TLS', { timeout: 120_000 }, () => {
  it('are connected by TLS with one switch on each', async (t) => {
    const a = await met(t, 'a@one', { tls: await ours() })
    assert.match(a.at, /^tls:/)
    const b = await met(t, 'b@two', { tls: await ours(), peers: { 'a@one': a.at } })
    assert.equal((await b.node.network.connect('a@one')).transport, 'tls')
  })

  it('are connected by mutual TLS when both have a certificate that is believed', async (t) => {
    const a = await met(t, 'a@one', { tls: { ...(await ours()), mutual: true } })
    const b = await met(t, 'b@two', { tls: await ours(), peers: { 'a@one': a.at } })
    assert.equal((await b.node.network.connect('a@one')).transport, 'tls')
  })

  it('are told over TLS, too, that their cookies differ', async (t) => {
    const a = await met(t, 'a@one', { tls: await ours() })
    const b = await met(t, 'b@two', {
      tls: await ours(),
      cookie: 'another cookie for tests',
      peers: { 'a@one': a.at },
    })
    const refusal = await refusalOf(b.node.network.connect('a@one'))
    assert.deepEqual(refusal, ['NO_ROUTE', 'COOKIE_MISMATCH'])
    assert.match(await logged(a, /COOKIE_MISMATCH/), /or something ends the TLS line between/)
  })

  it('are told that the certificate of the dialled one is not believed', async (t) => {
    const certificates = new Certificates(await strangers.issue())
    const a = await met(t, 'a@one', { tls: { certificates, ca: authority.ca } })
    const b = await met(t, 'b@two', { tls: await ours(), peers: { 'a@one': a.at } })
    const refusal = await refusalOf(b.node.network.connect('a@one'))
    assert.deepEqual(refusal, ['NO_ROUTE', 'PORT_FAILED'])
    assert.match(await logged(b, /no way to a@one/), /`ca`/)
    await until(() => (a.node.network.refused()['LINE_REFUSED'] ?? 0) > 0)
  })

  it('are told that the certificate of the dialling one is not believed', async (t) => {
    const a = await met(t, 'a@one', { tls: { ...(await ours()), mutual: true } })
    const certificates = new Certificates(await strangers.issue())
    const b = await met(t, 'b@two', {
      tls: { certificates, ca: authority.ca },
      peers: { 'a@one': a.at },
    })
    const [code] = await refusalOf(b.node.network.connect('a@one'))
    assert.equal(code, 'NO_ROUTE')
    await logged(b, /no way to a@one/)
    await until(() => (a.node.network.refused()['LINE_REFUSED'] ?? 0) > 0)
    assert.deepEqual(a.node.network.nodes(), [])
    const told = a.log.records().find(({ fields }) => fields?.['code'] === 'LINE_REFUSED')
    assert.match(String(told?.fields?.['remote']), /^127\.0\.0\.1:[1-9]\d*$/)
  })

  it('do not speak with who shows no certificate where one is asked for', async (t) => {
    const a = await met(t, 'a@one', { tls: { ...(await ours()), mutual: true } })
    const port = Number(a.at.split(':').at(-1))
    const stranger = connect({ host: '127.0.0.1', port, ca: authority.ca })
    const [error] = await once(stranger, 'error')
    assert.match(String(error), /certificate required/)
    await until(() => (a.node.network.refused()['LINE_REFUSED'] ?? 0) > 0)
    assert.ok(a.log.messages().some((message) => /certificate/.test(message)))
  })

  it('do not speak without TLS where it is switched on', async (t) => {
    const a = await met(t, 'a@one', { tls: await ours() })
    const b = await met(t, 'b@two', { peers: { 'a@one': a.at.replace('tls', 'tcp') } })
    const [code] = await refusalOf(b.node.network.connect('a@one'))
    assert.equal(code, 'NO_ROUTE')
    assert.deepEqual(a.node.network.nodes(), [])
    assert.match(await logged(b, /no way to a@one/), /if it speaks TLS, dial it as tls:/)
    assert.match(await logged(a, /speak TLS/), /it does not speak TLS; dial this port as tls:/)
  })

  it('do not speak TLS with who does not, and the one that dials is told what to do', async (t) => {
    const a = await met(t, 'a@one')
    const tls = await ours()
    const b = await met(t, 'b@two', { tls, peers: { 'a@one': a.at.replace('tcp', 'tls') } })
    assert.deepEqual(await refusalOf(b.node.network.connect('a@one')), ['NO_ROUTE', 'PORT_FAILED'])
    const told = await logged(b, /no way to a@one/)
    assert.match(told, /the far end does not speak TLS; dial it as tcp:/)
    assert.match(await logged(a, /speaks TLS/), /this port does not; dial it as tcp:/)
  })

  it('keep their line when a certificate is changed, which holds for the next one', async (t) => {
    const certificates = new Certificates(await authority.issue())
    const a = await met(t, 'a@one', { tls: { certificates, ca: authority.ca } })
    const b = await met(t, 'b@two', { tls: await ours(), peers: { 'a@one': a.at } })
    await b.node.network.connect('a@one')
    certificates.update(await strangers.issue())
    assert.deepEqual(b.node.network.nodes(), ['a@one'])
    b.node.network.disconnect('a@one')
    await until(() => a.node.network.peers().length === 0)
    const refusal = await refusalOf(b.node.network.connect('a@one'))
    assert.deepEqual(refusal, ['NO_ROUTE', 'PORT_FAILED'])
    certificates.update(await authority.issue())
    // It is left alone for a moment after a try that failed.
    for (;;) {
      const info = await b.node.network.connect('a@one').catch(() => undefined)
      if (info !== undefined) break
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.deepEqual(b.node.network.nodes(), ['a@one'])
  })
})

describe('a hidden node without a certificate', { timeout: 120_000 }, () => {
  it('is connected by TLS, for it listens nowhere', async (t) => {
    const a = await met(t, 'a@one', { tls: await ours() })
    const network = { mode: 'hidden', tls: { ca: authority.ca } } as const
    const b = await met(t, 'b@two', { ...network, peers: { 'a@one': a.at } })
    assert.equal((await b.node.network.connect('a@one')).transport, 'tls')
  })

  it('is refused where mutual TLS wants one, and both are told', async (t) => {
    const a = await met(t, 'a@one', { tls: { ...(await ours()), mutual: true } })
    const network = { mode: 'hidden', tls: { ca: authority.ca } } as const
    const b = await met(t, 'b@two', { ...network, peers: { 'a@one': a.at } })
    const [code] = await refusalOf(b.node.network.connect('a@one'))
    assert.equal(code, 'NO_ROUTE')
    assert.match(await logged(b, /no way to a@one/), /wants a certificate; give one/)
    assert.match(await logged(a, /LINE_REFUSED/), /it showed no certificate; give it one/)
  })
})
