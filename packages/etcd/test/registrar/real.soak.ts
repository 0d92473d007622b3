/**
 * etcd/test/registrar/real.soak: a registrar on a real etcd holds what every registrar holds.
 *
 * The whole list, which waits for leases to end; `real.test` has what is through at once.
 */
import { after, before, describe, it } from 'node:test'
import { type LocalEtcd, startEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import { registrarConformance } from 'troupe/testing'
import { QUICK, realStage } from './real-stage.js'

describe('the registrar on a real etcd', { skip: partSkip('etcd'), concurrency: 6 }, () => {
  let etcd: LocalEtcd
  before(async () => {
    etcd = await startEtcd({ fsync: false, heartbeatMs: 30, electionMs: 200 })
  })
  after(() => etcd?.stop())

  for (const { title, run } of registrarConformance({ make: () => realStage(etcd, QUICK) })) {
    it(title, { timeout: 30_000 }, run)
  }
})
