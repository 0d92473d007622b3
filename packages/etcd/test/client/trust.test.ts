/**
 * etcd/test/client/trust.test: certificates and passwords, those that fit and those that do not.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ServerCredentials } from '@grpc/grpc-js'
import { connectEtcd, type EtcdClient, type EtcdOptions } from '@troupe/etcd'
import { type LocalEtcd, startEtcd } from '@troupe/etcd/testing'
import { testAuthority } from '@troupe/tools/certificates'
import { partSkip } from '@troupe/tools/parts'
import { FakeEtcd } from '#test/client/fake-etcd'
import { put, read, Watched, write } from '#test/client/semantics-stage'

type Authority = Awaited<ReturnType<typeof testAuthority>>
type Pair = Awaited<ReturnType<Authority['issue']>>

/** Far more than a dial takes here: who does not wait for it knows that waiting does not help. */
const DIAL_MS = 10_000

async function withClient<T>(options: EtcdOptions, use: (client: EtcdClient) => Promise<T>) {
  const client = connectEtcd({ dialTimeoutMs: DIAL_MS, ...options })
  try {
    return await use(client)
  } finally {
    client.close()
  }
}
const ask = (options: EtcdOptions) =>
  withClient(options, (client) => client.range({ range: { key: 'mine/a' } }))

describe('a certificate of etcd', () => {
  let authority: Authority
  const fakes: FakeEtcd[] = []
  const serve = async ({ cert, key }: Pair): Promise<string> => {
    const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }
    const fake = await FakeEtcd.start(ServerCredentials.createSsl(null, [pair]))
    fakes.push(fake)
    return `https://${fake.endpoint}`
  }
  before(async () => {
    authority = await testAuthority()
  })
  after(() => {
    for (const fake of fakes) fake.stop()
  })
  const refuses = async (options: EtcdOptions, message: RegExp): Promise<void> => {
    const startMs = performance.now()
    await assert.rejects(ask(options), { code: 'ETCD_UNREACHABLE', message })
    assert.ok(performance.now() - startMs < DIAL_MS / 2, 'it is not waited for')
  }

  it('that is signed by who is believed is taken', async () => {
    const endpoint = await serve(await authority.issue())
    const { revision } = await ask({ endpoints: [endpoint], tls: { ca: authority.ca } })
    assert.equal(revision, 10)
  })

  it('that has expired is refused at once, and the problem says so', async () => {
    const endpoint = await serve(await authority.issue({ validDays: -1 }))
    await refuses({ endpoints: [endpoint], tls: { ca: authority.ca } }, /certificate has expired/)
  })

  it('of a stranger is refused at once, unless any is believed', async () => {
    const stranger = await testAuthority('Stranger')
    const endpoint = await serve(await stranger.issue())
    await refuses({ endpoints: [endpoint], tls: { ca: authority.ca } }, /certificate/)
    await refuses({ endpoints: [endpoint] }, /certificate/)
    await ask({ endpoints: [endpoint], insecureSkipVerify: true })
  })

  it('of another host is refused, unless that is who is meant', async () => {
    const endpoint = await serve(await authority.issue({ hosts: ['etcd.here'], addresses: [] }))
    await refuses({ endpoints: [endpoint], tls: { ca: authority.ca } }, /altnames/)
    await ask({ endpoints: [endpoint], tls: { ca: authority.ca, serverName: 'etcd.here' } })
  })

  it('is not asked of one that speaks without TLS', async () => {
    const plain = await FakeEtcd.start()
    fakes.push(plain)
    await assert.rejects(ask({ endpoints: [plain.endpoint], tls: true, dialTimeoutMs: 300 }), {
      code: 'ETCD_UNREACHABLE',
    })
  })

  it('that cannot be read is an option that cannot be', () => {
    const tls = { ca: authority.ca, cert: 'no certificate', key: 'no key' }
    assert.throws(() => connectEtcd({ endpoints: ['localhost:1'], tls }), {
      code: 'OPTION_INVALID',
    })
  })
})

describe('an etcd that asks who one is', { skip: partSkip('etcd') }, () => {
  let etcd: LocalEtcd
  let own: EtcdOptions
  before(async () => {
    const authority = await testAuthority()
    const server = await authority.issue()
    etcd = await startEtcd({
      ...{ fsync: false, heartbeatMs: 30, electionMs: 200 },
      tls: { ...server, clientCa: authority.ca },
      auth: { username: 'web', password: 'secret', prefix: 'mine/' },
    })
    const tls = { ca: authority.ca, ...(await authority.issue({ name: 'somebody' })) }
    own = { endpoints: etcd.endpoints, tls, username: 'web', password: 'secret' }
  })
  after(() => etcd?.stop())

  it('takes a user with a certificate and a password, for what is its own', async () => {
    await withClient(own, async (client) => {
      await write(client, put('mine/a', '1'))
      const refused = { code: 'ETCD_REFUSED', message: /permission denied/ }
      await assert.rejects(write(client, put('other/a', '1')), refused)
      const watched = new Watched()
      client.watch({ range: { prefix: 'other/' }, fromRevision: 1, ...watched })
      await watched.until(({ ends }) => ends.length > 0)
      assert.equal(watched.ends[0]?.kind, 'refused')
    })
  })

  it('refuses a wrong password at once, and tells no secret', async () => {
    await assert.rejects(ask({ ...own, password: 'wrong-secret' }), (error: Error) => {
      assert.match(error.message, /authentication failed, invalid user ID or password/)
      assert.equal((error as { readonly code?: string }).code, 'ETCD_REFUSED')
      assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}`, /wrong-secret/)
      return true
    })
  })

  it('refuses who names nobody', async () => {
    const { username, password, ...nobody } = own
    await assert.rejects(ask(nobody), { code: 'ETCD_REFUSED' })
    assert.ok(username !== password)
  })

  it('gets no question of who shows no certificate', async () => {
    const ca = (own.tls as { readonly ca: string }).ca
    await assert.rejects(ask({ ...own, tls: { ca }, dialTimeoutMs: 500 }), {
      code: 'ETCD_UNREACHABLE',
    })
  })

  it('is asked for a new token when it has forgotten the old one', async () => {
    await withClient(own, async (client) => {
      const held = await client.hold(60_000)
      const start = await write(client, put('mine/b', '1', held.id))
      const watched = new Watched()
      const range = { prefix: 'mine/' }
      const watch = client.watch({ range, fromRevision: start + 1, ...watched })
      await etcd.members[0]?.restart()
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, at) => write(client, put(`mine/c${at}`, '1'))),
      )
      assert.equal(answers.length, 8)
      await watched.until(({ events }) => events.length === 8)
      watch.close()
      assert.deepEqual(watched.ends, [])
      assert.equal((await read(client, 'mine/b'))?.lease, held.id)
      await held.revoke()
    })
  })
})
