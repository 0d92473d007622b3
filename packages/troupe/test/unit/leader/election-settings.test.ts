/**
 * The options of an election: merged with the defaults, and checked.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ELECTION_DEFAULTS, type ElectionOptions, TroupeError } from 'troupe'
import { arbitrationSettings } from '#cluster/leader/arbitration-settings'
import { electionSettings } from '#cluster/leader/election-settings'

const made = (given: Partial<Record<keyof ElectionOptions | 'wrong', unknown>>) =>
  electionSettings('a@host', { clusterId: 'jobs', ...given } as ElectionOptions)

describe('the options of an election', () => {
  it('leave open what has a default, and the own node as the only voter', () => {
    assert.deepEqual(made({ voters: undefined }), {
      ...ELECTION_DEFAULTS,
      clusterId: 'jobs',
      voters: ['a@host'],
    })
  })

  const refused: readonly (readonly [string, Parameters<typeof made>[0]])[] = [
    ['election.clusterId', { clusterId: '' }],
    ['election.clusterId', { clusterId: 'x'.repeat(241) }],
    ['election.voters', { voters: [] }],
    ['election.voters', { voters: 'a@host' }],
    ['election.voters', { voters: Array.from({ length: 32 }, (_, at) => `n${at}@host`) }],
    ['election.voters[1]', { voters: ['a@host', 'nobody'] }],
    ['election.voters[1]', { voters: ['a@host', 'a@host'] }],
    ['election.heartbeatMs', { heartbeatMs: 0 }],
    ['election.heartbeatMs', { heartbeatMs: Number.NaN }],
    ['election.electionTimeoutMinMs', { heartbeatMs: 75 }],
    ['election.electionTimeoutMaxMs', { electionTimeoutMaxMs: 150 }],
    ['election.electionTimeoutMaxMs', { electionTimeoutMaxMs: Number.POSITIVE_INFINITY }],
    ['election.clockDriftMax', { clockDriftMax: 0.6 }],
    ['election.clockDriftMax', { clockDriftMax: -0.1 }],
    ['election.storage', { storage: { load: () => undefined } }],
    ['election.wrong', { wrong: 1 }],
  ]
  for (const [option, given] of refused) {
    it(`refuse ${JSON.stringify(given).slice(0, 60)}, naming ${option}`, () => {
      assert.throws(
        () => made(given),
        (error) => TroupeError.is(error, 'OPTION_INVALID') && error.detail.option === option,
      )
    })
  }

  it('take the least that differs', () => {
    made({ electionTimeoutMinMs: 101, electionTimeoutMaxMs: 102 })
    made({ clusterId: 'x'.repeat(240), clockDriftMax: 0.5 })
  })
})

describe('the options of an election that an arbiter decides', () => {
  const arbiter = { kind: 'none', stand: async () => assert.fail('nobody stands') }
  const settled = (given: Partial<Record<keyof ElectionOptions | 'wrong', unknown>>) =>
    arbitrationSettings({ clusterId: 'jobs', arbiter, ...given } as ElectionOptions)

  it('may name the nodes that may lead, also more than a vote could have', () => {
    assert.equal(settled({}).voters, undefined)
    const voters = Array.from({ length: 32 }, (_, at) => `n${at}@host`)
    assert.deepEqual(settled({ voters, heartbeatMs: undefined }).voters, voters)
  })

  const refused: readonly (readonly [string, Parameters<typeof settled>[0]])[] = [
    ['election.clusterId', { clusterId: 5 }],
    ['election.voters', { voters: [] }],
    ['election.voters[0]', { voters: ['nobody'] }],
    ['election.arbiter', { arbiter: { kind: 'none' } }],
    ['election.arbiter', { arbiter: { stand: arbiter.stand } }],
    ['election.electionTimeoutMinMs', { electionTimeoutMinMs: 150 }],
    ['election.electionTimeoutMaxMs', { electionTimeoutMaxMs: 300 }],
    ['election.heartbeatMs', { heartbeatMs: 50 }],
    ['election.clockDriftMax', { clockDriftMax: 0.05 }],
    ['election.storage', { storage: { load: async () => undefined, save: async () => {} } }],
    ['election.wrong', { wrong: 1 }],
  ]
  for (const [option, given] of refused) {
    it(`refuse ${JSON.stringify(given).slice(0, 60)}, naming ${option}`, () => {
      assert.throws(
        () => settled(given),
        (error) => TroupeError.is(error, 'OPTION_INVALID') && error.detail.option === option,
      )
    })
  }
})
