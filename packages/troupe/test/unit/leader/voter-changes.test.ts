/**
 * test/unit/leader/voter-changes: what who waits for a change of the voters hears.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ChangeRefusal, VoterChanges } from '#cluster/leader/voter-changes'
import { formatTarget, Pid, type TroupeError } from '#contract'

const LEADER = Pid.of('a@host', 7, 1)

async function refused(code: ChangeRefusal, leader: Pid | undefined): Promise<TroupeError> {
  const changes = new VoterChanges('keeper', () => leader)
  const asked = changes.ask('b@host', (id) => changes.refuse(id, code))
  return asked.then(
    () => assert.fail('it settles'),
    (thrown: unknown) => thrown as TroupeError,
  )
}

describe('a change of the voters', () => {
  it('settles with its own number, and once', async () => {
    const changes = new VoterChanges('keeper', () => undefined)
    const ids: number[] = []
    const begin = (id: number): void => void ids.push(id)
    const [first, second] = [changes.ask('a@host', begin), changes.ask('b@host', begin)]
    const [one = 0, other = 0] = ids
    assert.notEqual(one, other)
    changes.done(one)
    await first
    changes.refuse(one, 'LEADERSHIP_LOST')
    changes.refuseAll('LEADERSHIP_LOST')
    await assert.rejects(second, { code: 'LEADERSHIP_LOST' })
  })

  it('that another process is to make names it, where it is known', async () => {
    const known = await refused('NOT_LEADER', LEADER)
    assert.deepEqual({ ...known.detail }, { clusterId: 'keeper', leader: formatTarget(LEADER) })
    const unknown = await refused('NOT_LEADER', undefined)
    assert.deepEqual({ ...unknown.detail }, { clusterId: 'keeper', leader: 'not known' })
  })

  it('that cannot be is told with its node', async () => {
    const { code, detail } = await refused('OPTION_INVALID', LEADER)
    assert.deepEqual([code, { ...detail }['value']], ['OPTION_INVALID', 'b@host'])
    for (const late of ['VOTERS_CHANGING', 'VOTERS_UNREACHED', 'LEADERSHIP_LOST'] as const) {
      assert.equal((await refused(late, LEADER)).code, late)
    }
  })
})
