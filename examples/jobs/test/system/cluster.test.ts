/**
 * examples/jobs/test/system/cluster.test: six real programs; the short form of the acceptance.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Cluster } from '#test/cluster'
import { Onlooker } from '#test/onlooker'
import { assertConnected, isConnected, OtlpCollector } from '#test/otlp-collector'

const TEXT = 'to be or not to be that is the question\n'.repeat(500)

const CLIENT = '00f067aa0ba902b7'
const traceIdOf = (at: number): string => `${at + 1}`.padStart(32, 'a')
const traceOf = (at: number) => ({ traceparent: `00-${traceIdOf(at)}-${CLIENT}-01` })

/** What the first clients began is one trace over coordinator, leader and worker. */
async function assertTraced(collector: OtlpCollector): Promise<void> {
  // Of three coordinators in a row at most one leads.
  const traces = [0, 1].map((at) =>
    collector.traceWhen(traceIdOf(at), (spans) => {
      const isDone = spans.filter(({ name }) => name === 'finished').length >= 2
      return (
        isDone && new Set(spans.map(({ node }) => node)).size >= 3 && isConnected(spans, CLIENT)
      )
    }),
  )
  const spans = await Promise.race(traces)
  assertConnected(spans, CLIENT)
  const nodes = new Set(spans.map(({ node }) => node.replace(/^.*-(?=[a-z]+\d@)/, '')))
  assert.ok([...nodes].some((node) => node.includes('worker')))
  const names = new Set(spans.map(({ name }) => name))
  for (const name of ['submit', 'run', 'finished']) assert.ok(names.has(name), name)
}

/** As a notice says it. */
async function ledBy(cluster: Cluster): Promise<string> {
  const { leader, term } = await cluster.view()
  return `${leader} leads ${cluster.name}, term ${term}`
}

describe('a cluster of six programs', { timeout: 240_000 }, () => {
  it('does what it accepted at any coordinator, though the leader is killed', async (t) => {
    const collector = await OtlpCollector.start(t)
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.endpoint
    // Observer and metrics at free ports: what shows the cluster goes on as it does.
    const cluster = await Cluster.start(t, '--observer', '0', '--metrics', '0')
    const onlooker = new Onlooker(cluster.lines)
    await onlooker.seesAll(6)
    assert.equal(await onlooker.metricsOf(`${cluster.name}1`), `${cluster.name}1@localhost`)
    const kinds = ['word-count', 'n-grams', 'hash-chain', 'gzip']
    await Promise.all(
      kinds.map((kind, at) =>
        cluster.submit(`first-${kind}`, `kind=${kind}`, TEXT, at, traceOf(at)),
      ),
    )
    for (const kind of kinds) {
      const { result, tries } = await cluster.jobWhen(`first-${kind}`, 'done')
      assert.ok(result !== null && tries >= 1)
    }
    await assertTraced(collector)
    // Each takes a while, so that some run when the leader is gone.
    const ids = Array.from({ length: 8 }, (_, at) => `second-${at}`)
    await Promise.all(
      ids.map((id, at) => cluster.submit(id, 'kind=hash-chain&rounds=200000', `${id} ${TEXT}`, at)),
    )
    const { leader, term } = await cluster.view()
    await cluster.kill(leader.split('@')[0] ?? '')
    const results = await Promise.all(ids.map((id) => cluster.jobWhen(id, 'done')))
    assert.equal(new Set(results.map(({ result }) => JSON.stringify(result))).size, ids.length)
    const after = await cluster.viewWhen(({ coordinators }) =>
      coordinators.every(({ state }) => state === 'current'),
    )
    assert.ok(after.term > term)
    await onlooker.seesAll(6)
    await onlooker.isTold(() => ledBy(cluster))
    assert.equal(await onlooker.pageStatus(), 200)
    assert.equal(after.jobs['done'], kinds.length + ids.length)
    assert.equal(await cluster.stop(), 0)
  })
})
