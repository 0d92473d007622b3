/**
 * test/store/etcd/etcd-members: how members of an etcd look from outside.
 */
import { deepEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { bookOptions } from '#jobs/store/book-options'
import { EtcdMembers } from '#jobs/store/etcd/etcd-members'

const refusedWith = (problem: string) =>
  new TroupeError('ETCD_REFUSED', { action: 'status', endpoint: 'a:1', problem } as never)

async function seen(fault: unknown) {
  const client = { endpoints: ['a:1'], status: () => Promise.reject(fault) }
  const world = { after: () => () => {} }
  const members = new EtcdMembers({ client, world, options: bookOptions(), term: 7 })
  members.begin()
  await new Promise((resolve) => setImmediate(resolve))
  return { present: members.present, view: members.view() }
}

describe('a member of an etcd', () => {
  it('that tells its status to root alone is there, without figures', async () => {
    const { present, view } = await seen(refusedWith('etcdserver: permission denied'))
    const state = { state: 'current', problem: undefined, behind: 0 } as const
    deepEqual([present, view], [1, [{ node: 'a:1', term: 7, ...state }]])
  })

  it('that refuses for another reason, or does not answer, is away', async () => {
    for (const fault of [refusedWith('authentication failed'), new RangeError('silent')]) {
      const { present, view } = await seen(fault)
      deepEqual([present, view[0]?.state], [0, 'away'])
    }
  })
})
