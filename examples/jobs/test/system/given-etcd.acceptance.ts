/**
 * examples/jobs/test/system/given-etcd: six real programs on an etcd that was there before them.
 */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { describe, it, type TestContext } from 'node:test'
import { type StartEtcdOptions, startEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import { Cluster } from '#test/cluster'
import { folderOf, GUARDED_USER, guardedEtcd } from '#test/system/guarded-etcd'

async function given(t: TestContext, options: StartEtcdOptions): Promise<readonly string[]> {
  const etcd = await startEtcd({ fsync: false, ...options })
  t.after(() => etcd.stop())
  return ['--registrar', 'etcd', '--etcd', etcd.endpoints.join(',')]
}

function withPassword(t: TestContext, password: string): void {
  process.env['ETCD_PASSWORD'] = password
  t.after(() => {
    delete process.env['ETCD_PASSWORD']
  })
}

const submitted = (cluster: Cluster, id: string) =>
  cluster.ask('POST', `/jobs?id=${id}&kind=gzip`, { body: `${id} text` })

describe('a cluster on a given etcd', { timeout: 120_000, skip: partSkip('etcd') }, () => {
  it('that asks for a password and certificates does its jobs', async (t) => {
    const { words } = await guardedEtcd(t)
    withPassword(t, GUARDED_USER.password)
    const cluster = await Cluster.start(t, '--registrar', 'etcd', ...words)
    await cluster.submit('a', 'kind=gzip', 'a text')
    await cluster.jobWhen('a', 'done')
    const { stores } = (await cluster.insist('GET', '/cluster')).json as {
      readonly stores: readonly { readonly state: string }[]
    }
    assert.deepEqual(
      stores.map(({ state }) => state),
      ['current'],
    )
    assert.deepEqual(
      cluster.lines.filter((line) => /ETCD_/.test(line) || line.includes(GUARDED_USER.password)),
      [],
    )
    assert.equal(await cluster.stop(), 0)
  })

  it('ends at once when its password is wrong, and tells so with a code', async (t) => {
    const etcd = await given(t, { auth: GUARDED_USER })
    withPassword(t, 'another one')
    const started = Cluster.start(t, ...etcd, '--etcd-user', GUARDED_USER.username)
    await assert.rejects(started, ({ message }: Error) => {
      assert.match(message, /^ETCD_REFUSED: .*authentication failed/m)
      assert.match(message, /could not start \(code 1\)/)
      assert.doesNotMatch(message, /another one/)
      return true
    })
  })

  it('that is not there is told with a code, and waited for', async (t) => {
    const cluster = await Cluster.start(t, '--registrar', 'etcd', '--etcd', '127.0.0.1:1')
    assert.ok(cluster.lines.some((line) => line.startsWith('ETCD_UNREACHABLE: ')))
    assert.equal((await submitted(cluster, 'a')).status, 503)
  })

  it('keeps its texts and serves nothing when it is given another etcd', async (t) => {
    const data = ['--data', await folderOf(t)]
    const before = await Cluster.start(t, ...(await given(t, {})), ...data)
    await before.submit('a', 'kind=gzip', 'a text')
    await before.jobWhen('a', 'done')
    await before.stop()
    const etcd = await given(t, {})
    const again = ['--name', before.name, '--level', 'warning', '--http-port', '0']
    const after = await Cluster.again(t, await folderOf(t), [...etcd, ...data, ...again])
    const got = await submitted(after, 'b')
    assert.equal(got.status, 503)
    assert.equal((got.json as { error: { code: string } }).error.code, 'STORE_OTHER')
    assert.ok(after.lines.some((line) => line.includes('STORE_OTHER')))
    assert.equal((await readdir(data[1] ?? '')).length, 3)
  })
})
