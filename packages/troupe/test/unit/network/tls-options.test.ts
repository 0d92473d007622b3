/**
 * Who has to show a certificate is known from the options, before anything is opened.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type NetworkOptions, TroupeError } from 'troupe'
import { requireNetworkOptions } from '#contract'

const refusal = (network: NetworkOptions): string => {
  try {
    requireNetworkOptions(network)
    return ''
  } catch (thrown) {
    if (!TroupeError.is(thrown, 'OPTION_INVALID')) throw thrown
    return thrown.message
  }
}

describe('TLS without a certificate', () => {
  it('is refused where something listens with it', () => {
    const expected = /^the option tls\.certificates is undefined: who listens .*loadCertificates/
    assert.match(refusal({ tls: {} }), expected)
    assert.match(refusal({ mode: 'enabled', tls: {}, acceptors: [{ port: 0 }] }), expected)
    const both = [{ transport: 'tcp' }, { transport: 'tls' }]
    assert.match(refusal({ tls: {}, acceptors: both }), expected)
  })

  it('is taken where nothing does', () => {
    assert.equal(refusal({ mode: 'hidden', tls: {} }), '')
    assert.equal(refusal({ mode: 'disabled', tls: {} }), '')
    assert.equal(refusal({ tls: {}, acceptors: [{ transport: 'tcp' }] }), '')
    assert.equal(refusal({ tls: {}, acceptors: [] }), '')
  })
})
