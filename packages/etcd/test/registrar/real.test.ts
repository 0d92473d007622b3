/**
 * etcd/test/registrar/real: a registrar on a real etcd holds what every registrar holds.
 */
import { after, before, describe, it } from 'node:test'
import { registrarConformance } from 'troupe/testing'
import { type LocalEtcd, startEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import { realStage } from './real-stage.js'

describe('the registrar on a real etcd', { skip: partSkip('etcd'), concurrency: 6 }, () => {
  let etcd: LocalEtcd
  before(async () => {
    etcd = await startEtcd({ fsync: false, heartbeatMs: 30, electionMs: 200 })
  })
  after(() => etcd?.stop())

  for (const { title, run } of registrarConformance({ make: () => realStage(etcd) })) {
    it(title, { timeout: 20_000 }, run)
  }
})
