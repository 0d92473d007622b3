/**
 * metrics/test/page: the page of a real node: what it tells, in which form, and that the linter of
 * Prometheus has nothing to say against it.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { metrics } from '@troupe/metrics'
import { partSkip } from '@troupe/tools/parts'
import { actor, message, type Node, protocol, request } from 'troupe'
import { METRICS } from '#metrics/catalog/all'
import { onNode } from '#test/stage'

const Desk = protocol('desk', { ask: request<number, number>(), hang: message<void>() })
const desk = actor(Desk, {
  init: () => ({}),
  on: { ask: (_state, number) => number, hang: () => new Promise<void>(() => {}) },
})

/** The value of a line that begins so. */
function valueIn(page: string, line: string): number {
  const found = page.split('\n').find((one) => one.startsWith(`${line} `))
  return Number(found?.slice(line.length + 1) ?? Number.NaN)
}

/** Some life, so that no list is empty. */
async function live(node: Node): Promise<void> {
  await node.spawn(desk, { name: 'desk' })
  for (let i = 0; i < 10; i += 1) await node.call('desk', 'ask', i)
  node.send('desk', 'hang')
  node.send('desk', 'hang')
  await assert.rejects(node.call('nobody', 'ask'), { code: 'NAME_UNKNOWN' })
}

describe('the page of metrics', () => {
  it('tells what a node does, with the name of the node on every line', async () => {
    await onNode([metrics({ port: 0 })], async ({ node, get }) => {
      await live(node)
      const { status, headers, body } = await get('/metrics')
      assert.equal(status, 200)
      assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
      const at = '{node="metrics@localhost"}'
      assert.equal(valueIn(body, `troupe_node_up${at}`), 1)
      assert.equal(valueIn(body, `troupe_processes${at}`), node.info().processes)
      assert.ok(valueIn(body, `troupe_messages_handled_total${at}`) >= 10)
      assert.ok(valueIn(body, `troupe_memory_resident_bytes${at}`) > 1e6)
      assert.ok(valueIn(body, `troupe_call_errors_local_total${at}`) >= 1)
      assert.match(
        body,
        /troupe_mailbox_depth_top\{node="metrics@localhost",pid="<[^"]+>",name="desk"/,
      )
      const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
      for (const line of lines) assert.match(line, /\{node="metrics@localhost"/)
    })
  })

  it('is one collection for all who ask within the interval', async () => {
    await onNode([metrics({ port: 0 })], async ({ get }) => {
      const pages = await Promise.all([get('/metrics'), get('/metrics'), get('/metrics')])
      assert.equal(new Set(pages.map(({ body }) => body)).size, 1)
      const name = 'troupe_metrics_collections_total{node="metrics@localhost"}'
      assert.equal(valueIn((await get('/metrics')).body, name), 1)
    })
  })

  it('is OpenMetrics for whoever asks for that', async () => {
    await onNode([metrics({ port: 0 })], async ({ get }) => {
      const accept = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5'
      const { headers, body } = await get('/metrics', { accept })
      assert.match(String(headers['content-type']), /^application\/openmetrics-text/)
      assert.match(body, /# TYPE troupe_messages_sent counter\n/)
      assert.equal(body.indexOf('# EOF\n'), body.length - 6)
    })
  })

  it('has the names of Ergo where they are asked for', async () => {
    await onNode([metrics({ port: 0, names: 'ergo' })], async ({ get }) => {
      const { body } = await get('/metrics')
      for (const name of [
        'ergo_processes_total',
        'ergo_cpu_user_seconds',
        'ergo_memory_used_bytes',
      ]) {
        assert.ok(valueIn(body, `${name}{node="metrics@localhost"}`) > 0, name)
      }
      assert.ok(!body.includes('troupe_processes{'))
      assert.ok(body.includes('troupe_run_queue{'))
    })
  })

  it('passes the linter of Prometheus', { skip: partSkip('promtool') }, async () => {
    await onNode([metrics({ port: 0 })], async ({ node, get }) => {
      await live(node)
      const { body: input } = await get('/metrics')
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input,
        encoding: 'utf8',
      })
      assert.deepEqual([status, `${stdout}${stderr}`.trim()], [0, ''])
    })
  })
})

describe('the catalog of metrics', () => {
  it('has each name once, and says counters by their ending alone', () => {
    const names = METRICS.map(({ name }) => name)
    assert.equal(new Set(names).size, names.length)
    const ergo = METRICS.flatMap(({ ergo }) => ergo ?? [])
    assert.equal(new Set(ergo).size, ergo.length)
    for (const { name, type } of METRICS) assert.equal(name.endsWith('_total'), type === 'counter')
  })
})
