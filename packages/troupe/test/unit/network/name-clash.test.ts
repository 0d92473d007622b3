/**
 * Two programs that say that they are one node are told apart from all that only looks like it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import type { Admission, Applicant } from '#network/handshake/outcome'
import { clashAtDial, clashAtDoor } from '#network/name-clash'
import type { Peer } from '#network/peer/peer'

const NAME = 'b@host'
const listening = (port: number) => ({
  addresses: [{ transport: 'tcp', host: '10.0.0.9', port, path: '' }],
})
const applicant = { name: NAME, remote: '10.0.0.2:5', terms: listening(2) } as unknown as Applicant
const peer = (state: string): Peer =>
  ({
    ...{ state, upMs: 1_000, met: { transport: 'tcp', remote: '10.0.0.1:7' } },
    agreement: { peerTerms: listening(1) },
  }) as unknown as Peer
const refuse = (code: string): Admission => ({ kind: 'refuse', code, detail: 'told' }) as Admission

const atDoor = (admission: Admission, state = 'up', nowMs = 60_000) =>
  clashAtDoor(applicant, admission, peer(state), nowMs)

const atDial = (code: 'NODE_NAME_TAKEN' | 'NODE_SELF', isTwin = false) =>
  clashAtDial('a@host', NAME, {
    ...{ problem: new TroupeError(code, { node: 'a@host', problem: 'told' }), isTwin },
    ...{ isBroken: false, isAnswer: false, remote: 'tcp://10.0.0.2:5' },
  })

describe('a name clash', () => {
  it('is somebody sent away because the name is in use, with both places', () => {
    const clash = atDoor(refuse('NODE_NAME_TAKEN'))
    assert.equal(clash?.node, NAME)
    assert.deepEqual(clash?.places, ['tcp://10.0.0.9:1', 'tcp://10.0.0.9:2'])
  })

  it('tells the host alone of a program that takes no lines, for its ports change', () => {
    const hidden = { ...applicant, terms: { addresses: [] } } as unknown as Applicant
    const clash = clashAtDoor(hidden, refuse('NODE_NAME_TAKEN'), peer('up'), 60_000)
    assert.deepEqual(clash?.places, ['tcp://10.0.0.9:1', '10.0.0.2'])
  })

  it('is an earlier life beside a later one that has been here for a while', () => {
    assert.notEqual(atDoor(refuse('NODE_INCARNATION_OLD')), undefined)
    assert.equal(atDoor(refuse('NODE_INCARNATION_OLD'), 'up', 1_500), undefined)
    assert.equal(atDoor(refuse('NODE_INCARNATION_OLD'), 'broken'), undefined)
  })

  it('is no two lines of one node, and nobody who is let in', () => {
    assert.equal(atDoor(refuse('NODE_SIMULTANEOUS')), undefined)
    assert.equal(atDoor({ kind: 'fresh' }), undefined)
  })

  it('is told to the one that is sent away, and to the one that meets its own name', () => {
    assert.equal(atDial('NODE_NAME_TAKEN')?.node, 'a@host')
    assert.deepEqual(atDial('NODE_SELF', true)?.places, ['here', 'tcp://10.0.0.2:5'])
  })

  it('is no dial that led back to the dialler', () => {
    assert.equal(atDial('NODE_SELF', false), undefined)
  })
})
