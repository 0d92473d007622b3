/**
 * Of two lines that meet one is kept, by the same rule on both sides; a dial that hangs meets none.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { admission, type KnownPeer } from '#network/admission'
import type { Applicant } from '#network/handshake/outcome'

const SESSION = 'f'.repeat(32)
const broken: KnownPeer = {
  ...{ state: 'broken', creation: 7, sessionId: SESSION, receivedBytes: 50, acknowledgedBytes: 0 },
  ...{ diallingForMs: undefined, dialledHere: true, upForMs: 60_000 },
}
const applicant = {
  ...{ name: 'b@test', creation: 7, remote: 'b', version: 1, flags: new Set() },
  resume: { sessionId: SESSION, receivedBytes: 10 },
} as unknown as Applicant

function decided(own: string, known: Partial<KnownPeer>, tookMs: number): string {
  const decision = admission(own, applicant, { ...broken, ...known }, tookMs)
  return decision.kind === 'refuse' ? decision.code : decision.kind
}

describe('a node that comes while it is dialled', () => {
  it('is sent away by the node of the lesser name alone, whose own line is being made', () => {
    assert.equal(decided('a@test', { diallingForMs: 20 }, 1), 'NODE_SIMULTANEOUS')
    assert.equal(decided('c@test', { diallingForMs: 20 }, 1), 'resume')
  })

  it('is taken when that dial hangs, measured by the handshake of the line that came', () => {
    assert.equal(decided('a@test', { diallingForMs: 1_000 }, 1), 'NODE_SIMULTANEOUS')
    assert.equal(decided('a@test', { diallingForMs: 1_010 }, 1), 'resume')
    assert.equal(decided('a@test', { diallingForMs: 3_500 }, 700), 'NODE_SIMULTANEOUS')
    assert.equal(decided('a@test', { diallingForMs: 3_900 }, 700), 'resume')
  })

  it('is taken for the first time, too, when the dial hangs or another try is waited for', () => {
    const first = { state: 'dialling', creation: 0, sessionId: undefined } as const
    assert.equal(decided('a@test', { ...first, diallingForMs: 20 }, 1), 'NODE_SIMULTANEOUS')
    assert.equal(decided('a@test', { ...first, diallingForMs: 2_000 }, 1), 'fresh')
    assert.equal(decided('a@test', first, 1), 'fresh')
    assert.equal(decided('c@test', { ...first, diallingForMs: 20 }, 1), 'fresh')
  })
})
