/**
 * etcd/test/registrar/real: what every registrar holds, on a real etcd, as far as no lease has to
 * end for it; `real.soak` has the whole list.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type LocalEtcd, startEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import { registrarConformance } from 'troupe/testing'
import { CALM, realStage } from './real-stage.js'

const TITLES: ReadonlySet<string> = new Set([
  'a node that has registered is found as it tells of itself',
  'a node that stops has left, once, and is not found any more',
  'a hidden node sees the others and is not seen',
  'the states of an application are told in order, each once',
  'a registrar that is back says so, and tells the difference and nothing else',
  'what changed of the own applications meanwhile is known to the others afterwards',
  'the value of the strongest level holds, and each change of it is told once',
  'values have the types that their prefixes say',
  'an entry that cannot be read is told, and the old value goes on',
])

describe('the registrar on a real etcd', { skip: partSkip('etcd') }, () => {
  let etcd: LocalEtcd
  before(async () => {
    etcd = await startEtcd({ fsync: false })
  })
  after(() => etcd?.stop())

  const cases = registrarConformance({ make: () => realStage(etcd, CALM) })
  const some = cases.filter(({ title }) => TITLES.has(title))
  for (const { title, run } of some) it(title, { timeout: 20_000 }, run)

  it('plays cases that there are', () => assert.equal(some.length, TITLES.size))
})
