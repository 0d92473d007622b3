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
const applicant = { name: NAME, remote: 'tcp://10.0.0.2:5' } as Applicant
const peer = (state: string): Peer =>
  ({ state, upMs: 1_000, met: { transport: 'tcp', remote: 'tcp://10.0.0.1:7' } }) as Peer
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
    assert.deepEqual(clash?.places, ['tcp://10.0.0.1:7', 'tcp://10.0.0.2:5'])
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
