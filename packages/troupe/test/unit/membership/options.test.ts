/**
 * Options of membership that cannot be are refused by name.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { type MembershipOptions, requireNetworkOptions } from '#contract'

function refusal(membership: unknown): string {
  try {
    requireNetworkOptions({ membership: membership as MembershipOptions })
    return ''
  } catch (thrown) {
    if (!TroupeError.is(thrown, 'OPTION_INVALID')) throw thrown
    return `${thrown.detail.option}: ${thrown.detail.problem}`
  }
}

describe('options of membership', () => {
  it('are taken when they can be', () => {
    const all = { connect: 'mesh', expected: 3, askMs: 1, answerMs: 0.5, missedMax: 1 }
    assert.equal(refusal({}), '')
    assert.equal(refusal({ ...all, keepGoneMs: Number.POSITIVE_INFINITY }), '')
  })

  it('are refused by name when they cannot', () => {
    assert.match(refusal('mesh'), /^network.membership: /)
    assert.match(refusal({ connect: 'all' }), /^connect: one of lazy, mesh/)
    assert.match(refusal({ askMs: 0 }), /^membership.askMs: /)
    assert.match(refusal({ answerMs: Number.NaN }), /^membership.answerMs: /)
    assert.match(refusal({ keepGoneMs: '1h' }), /^membership.keepGoneMs: /)
    assert.match(refusal({ missedMax: 0.5 }), /^missedMax: /)
    assert.match(refusal({ expected: -1 }), /^expected: /)
    assert.match(refusal({ askmS: 5 }), /did you mean askMs/)
  })
})
