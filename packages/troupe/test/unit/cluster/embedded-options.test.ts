/**
 * Options of the embedded registrar that cannot be are refused by name.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { completeEmbedded } from '#cluster/registrar/embedded/options'

function refusal(given: unknown): string {
  try {
    completeEmbedded(given as Parameters<typeof completeEmbedded>[0])
    return ''
  } catch (thrown) {
    if (!TroupeError.is(thrown, 'OPTION_INVALID')) throw thrown
    return `${thrown.detail.option}: ${thrown.detail.problem}`
  }
}

describe('options of the embedded registrar', () => {
  it('are taken when they can be', () => {
    assert.equal(refusal(undefined), '')
    assert.equal(refusal({ port: 5_000, serve: false, tcp: true, hosts: ['10.0.0.2'] }), '')
  })

  it('are refused by name when they cannot', () => {
    assert.match(refusal(null), /^registrar: /)
    assert.match(refusal({ folderr: '/x' }), /^registrar.folderr: did you mean folder/)
    assert.match(refusal({ host: ['10.0.0.2'] }), /^registrar.host: did you mean hosts/)
    assert.match(refusal({ serve: 'no' }), /^registrar.serve: give true or false/)
    assert.match(refusal({ tcp: 1 }), /^registrar.tcp: give true or false/)
    assert.match(refusal({ port: 0 }), /^registrar.port: /)
    assert.match(refusal({ folder: 'here' }), /^registrar.folder: /)
    assert.match(refusal({ silenceMs: 150, beatMs: 100 }), /^registrar.silenceMs: /)
  })
})
