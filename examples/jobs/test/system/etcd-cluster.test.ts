/**
 * examples/jobs/test/system/etcd-cluster.test: six real programs on a real etcd; the short form.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connectEtcd } from '@troupe/etcd'
import { partSkip } from '@troupe/tools/parts'
import { Cluster } from '#test/cluster'

describe('a cluster of six programs on an etcd', {
  timeout: 240_000,
  skip: partSkip('etcd'),
}, () => {
  it('keeps its jobs there, obeys its keys, and ends in order', async (t) => {
    const cluster = await Cluster.start(t, '--registrar', 'etcd')
    const client = connectEtcd({ endpoints: [cluster.etcd?.endpoint ?? ''] })
    t.after(() => client.close())
    const place = `services/troupe/cluster/${cluster.name}`
    const acts = [
      { kind: 'put', key: `${place}/config/*/jobs.concurrency`, value: 'int:1' },
    ] as const
    await client.txn({ acts })
    const ids = Array.from({ length: 4 }, (_, at) => `job-${at}`)
    await Promise.all(ids.map((id, at) => cluster.submit(id, 'kind=gzip', `${id} text`, at)))
    await Promise.all(ids.map((id) => cluster.jobWhen(id, 'done')))
    await cluster.viewWhen(({ workers }) => workers.every(({ capacity }) => capacity === 1))
    const { keys } = await client.range({ range: { prefix: `${place}/jobs/${cluster.name}/job/` } })
    assert.equal(keys.length, ids.length)
    assert.equal(await cluster.stop(), 0)
  })
})
