/**
 * test/etcd/engine.test: members of an etcd are asked over their HTTP, and what is known of them
 * is what was done to them.
 */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { Gateway } from '#chaos/etcd/gateway'
import { fakeEngine } from '#test/fake/fake-engine'
import { quickWorld } from '#test/fake/quick-world'

/** One that answers each path with what is given for it. */
async function openMember(t: TestContext, answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    let body = ''
    for await (const part of request) body += String(part)
    asked.push(`${path} ${body}`)
    const status = Object.hasOwn(answers, path) ? 200 : 503
    response.writeHead(status).end(JSON.stringify(answers[path] ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { gateway: new Gateway(endpoint), asked }
}

const STATUS = '/v3/maintenance/status'

describe('a member of an etcd', () => {
  it('leads when it is the one that it tells as leader', async (t) => {
    const header = { member_id: '7', revision: '12' }
    const told = { header, leader: '7', raftTerm: '3' }
    const leads = await openMember(t, { [STATUS]: told })
    const status = { isLeader: true, raftTerm: 3, revision: 12 }
    assert.deepEqual(await leads.gateway.status(), status)
    const follows = await openMember(t, { [STATUS]: { ...told, leader: '8' } })
    assert.deepEqual(await follows.gateway.status(), { ...status, isLeader: false })
    const mute = await openMember(t, {})
    assert.equal(await mute.gateway.status(), undefined)
    assert.equal(await mute.gateway.serves(), false)
  })

  it('is asked in JSON, keys and values in base64', async (t) => {
    const { gateway, asked } = await openMember(t, { '/v3/kv/put': {}, '/v3/kv/compaction': {} })
    assert.equal(await gateway.put('a', 'int:2'), true)
    assert.equal(await gateway.compact(9), true)
    assert.equal(await gateway.defragment(), false)
    assert.deepEqual(asked, [
      '/v3/kv/put {"key":"YQ==","value":"aW50OjI="}',
      '/v3/kv/compaction {"revision":9,"physical":true}',
      '/v3/maintenance/defragment {}',
    ])
  })
})

describe('an etcd of three members', () => {
  it('has its majority while two are neither killed nor frozen', async () => {
    const { engine, done } = fakeEngine(quickWorld())
    await engine.kill('etcd1')
    await engine.freeze('etcd1')
    assert.deepEqual([engine.stateOf('etcd1'), engine.hasMajority], ['down', true])
    await engine.freeze('etcd2')
    assert.deepEqual([engine.stateOf('etcd2'), engine.hasMajority], ['frozen', false])
    assert.equal(await engine.whole(), false)
    await engine.mend('etcd2')
    await engine.mend('etcd1')
    assert.equal(await engine.whole(), true)
    assert.deepEqual(done, ['kill etcd1', 'freeze etcd2', 'thaw etcd2', 'restart etcd1'])
  })

  it('is led by whoever says so and is up', async () => {
    const { engine } = fakeEngine(quickWorld(), 'etcd2')
    assert.equal(await engine.leader(), 'etcd2')
    await engine.freeze('etcd2')
    assert.equal(await engine.leader(), undefined)
  })

  it('is written to and compacted by a member that is up', async () => {
    const { engine, done } = fakeEngine(quickWorld())
    await engine.kill('etcd1')
    assert.equal(await engine.put('a', 'b'), true)
    assert.equal(await engine.compact(), true)
    assert.deepEqual(done.slice(1), ['put a b', 'compact 7'])
    await engine.stop(true)
    assert.deepEqual(done.slice(3), ['kill etcd2', 'kill etcd3', 'stop'])
  })
})
