/**
 * Leaders by a real etcd hold the whole suite, as far as nodes of one program can be tried;
 * programs that are killed and stand still are those of `programs.test`.
 */
import { after, before, describe, it } from 'node:test'
import { type LocalEtcd, startEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import { leaderConformance } from 'troupe/testing'
import { realStage } from './conformance-stages.js'

const ALONE = 'a node of this program cannot'

describe('leaders by a real etcd', { skip: partSkip('etcd') }, () => {
  let etcd: LocalEtcd
  before(async () => {
    etcd = await startEtcd({ fsync: false, heartbeatMs: 30, electionMs: 200 })
  })
  after(() => etcd?.stop())

  const lacks = { killing: `${ALONE} be killed`, freezing: `${ALONE} stand still alone` }
  const cases = leaderConformance({ make: () => realStage(etcd), lacks })
  for (const { title, skip, run } of cases) it(title, { skip, timeout: 60_000 }, run)
})
