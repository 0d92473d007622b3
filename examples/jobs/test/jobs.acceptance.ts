/**
 * examples/jobs/test/jobs.acceptance: the whole list, on six real programs and over HTTP alone.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { rename, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { after, before, describe, it, type TestContext } from 'node:test'
import { connectEtcd } from '@troupe/etcd'
import { partSkip } from '@troupe/tools/parts'
import { openCorpus } from '#jobs/load/corpus'
import { Cluster, type Shown } from '#test/cluster'

const MEGABYTES_64 = 64 * 1024 * 1024
const KINDS = ['word-count', 'n-grams', 'hash-chain', 'gzip'] as const
const JOBS = 24

const shortOf = (node: string): string => node.split('@')[0] ?? ''

/** What a test of the whole list is given in place of a context of its own. */
class Ends {
  readonly #ends: (() => unknown)[] = []
  readonly after = (end: () => unknown): void => void this.#ends.unshift(end)
  async run(): Promise<void> {
    for (const end of this.#ends) await end()
  }
}

/** What differs between a cluster that stands on itself and one on an etcd. */
interface Standing {
  readonly name: string
  readonly skip: string | false
  readonly flags: readonly string[]
  /** Changes items of the configuration that all programs see. */
  configure(cluster: Cluster, items: Readonly<Record<string, number>>): Promise<void>
}

const CONFIG = join(tmpdir(), `jobs-config-${process.pid}.json`)

const STANDINGS: readonly Standing[] = [
  {
    name: 'on its own coordinators',
    skip: false,
    flags: ['--config', CONFIG],
    async configure(_cluster, items) {
      await writeFile(`${CONFIG}.new`, JSON.stringify({ global: items }))
      await rename(`${CONFIG}.new`, CONFIG)
    },
  },
  {
    name: 'on an etcd',
    skip: partSkip('etcd'),
    flags: ['--registrar', 'etcd'],
    async configure(cluster, items) {
      const client = connectEtcd({ endpoints: [cluster.etcd?.endpoint ?? ''] })
      const place = `services/troupe/cluster/${cluster.name}/config/*/`
      const acts = Object.entries(items).map(([item, value]) => ({
        ...({ kind: 'put', key: `${place}${item}`, value: `int:${value}` } as const),
      }))
      await client.txn({ acts })
      client.close()
    },
  },
]

for (const { name, skip, flags, configure } of STANDINGS) {
  describe(`the job cluster ${name}`, { timeout: 600_000, skip }, () => {
    const ends = new Ends()
    let cluster: Cluster
    let rounds = 0

    before(async () => {
      ends.after(() => rm(CONFIG, { force: true }))
      await writeFile(CONFIG, '{}')
      const given = ['--workers', '3..4', '--thread-memory', '16', ...flags]
      cluster = await Cluster.start(ends as unknown as TestContext, ...given)
    })
    after(() => ends.run())

    /** Submits jobs that take a while, does something, and sees that all of them are done. */
    async function nothingIsLost(during: () => Promise<unknown>): Promise<readonly Shown[]> {
      rounds += 1
      const ids = Array.from({ length: JOBS }, (_, at) => `round${rounds}-${at}`)
      const submit = (id: string, at: number): Promise<void> =>
        cluster.submit(id, 'kind=hash-chain&rounds=300000', `${id} to be or not to be`, at)
      const half = JOBS / 2
      await Promise.all(ids.slice(0, half).map(submit))
      const [done] = await Promise.all([during(), Promise.all(ids.slice(half).map(submit))])
      void done
      const jobs = await Promise.all(
        ids.map((id) => cluster.jobWhen(id, 'done', 'failed', 'parked')),
      )
      assert.deepEqual(
        jobs.map(({ state }) => state),
        ids.map(() => 'done'),
      )
      return jobs
    }

    it('does every kind, submitted at every coordinator', async () => {
      const text = 'the quick brown fox jumps over the lazy dog\n'.repeat(2_000)
      for (const [at] of cluster.urls.entries()) {
        await Promise.all(
          KINDS.map((kind) => cluster.submit(`${kind}-${at}`, `kind=${kind}`, text, at)),
        )
      }
      for (const kind of KINDS) {
        const jobs = await Promise.all(
          cluster.urls.map((_, at) => cluster.jobWhen(`${kind}-${at}`, 'done', 'failed', 'parked')),
        )
        const results = new Set(
          jobs.map(({ state, result }) => `${state} ${JSON.stringify(result)}`),
        )
        assert.equal(results.size, 1, `${kind}: ${[...results].join(' or ')}`)
        assert.match([...results][0] ?? '', /^done /)
      }
      const counted = await cluster.job('word-count-0')
      assert.equal((counted.result as { words: number }).words, 18_000)
    })

    it('takes a text of 64 MB as a stream, and not a byte more', async () => {
      const corpus = await openCorpus()
      const hash = createHash('sha256')
      const submit = async (bytes: number, id: string): Promise<number | undefined> => {
        const { hostname, port } = new URL(cluster.urls[1] ?? '')
        const path = `/jobs?kind=word-count&id=${id}`
        const request = httpRequest({ hostname, port, path, method: 'POST' })
        const answered = once(request, 'response')
        const pieces = Readable.from(corpus.text({ bytes, seed: 5 }), { objectMode: false })
        // A refusal ends the connection while we still write.
        await pipeline(pieces, request).catch(() => {})
        const [response] = await answered
        response.resume()
        return response.statusCode
      }
      for (const piece of corpus.text({ bytes: MEGABYTES_64, seed: 5 })) hash.update(piece)
      assert.equal(await submit(MEGABYTES_64 + 1, 'too-large'), 413)
      assert.equal(await submit(MEGABYTES_64, 'large'), 201)
      // Nobody has fallen over it.
      const { coordinators } = await cluster.view()
      assert.ok(coordinators.every(({ state }) => state === 'current'))
      const large = await cluster.jobWhen('large', 'done', 'failed', 'parked')
      assert.equal(large.state, 'done', large.problem ?? '')
      assert.equal(large.sha256, hash.digest('hex'))
    })

    it('gives the same answer to the same id, and 409 to another text', async () => {
      const again = await cluster.insist('POST', '/jobs?kind=gzip&id=same', { body: 'text' })
      assert.equal(again.status, 201)
      for (const at of [0, 1, 2]) {
        const got = await cluster.insist('POST', '/jobs?kind=gzip&id=same', { body: 'text', at })
        assert.equal(got.status, 200)
      }
      const other = await cluster.insist('POST', '/jobs?kind=gzip&id=same', { body: 'other' })
      assert.equal(other.status, 409)
    })

    it('parks a job that fails again and again, and revives and deletes it', async () => {
      // All its words differ, so counting them takes more memory than a job may have.
      const words = Array.from({ length: 300_000 }, (_, at) =>
        (at * 1e10 + 1e15).toString(36),
      ).join(' ')
      await cluster.submit('poison', 'kind=n-grams&n=5', words)
      const parked = await cluster.jobWhen('poison', 'parked', 'done', 'failed')
      assert.equal(parked.state, 'parked')
      assert.ok(parked.tries > 1 && parked.problem !== null)
      assert.equal((await cluster.insist('POST', '/jobs/poison/revive')).status, 204)
      await cluster.jobWhen('poison', 'queued', 'running', 'parked')
      assert.equal((await cluster.insist('DELETE', '/jobs/poison')).status, 204)
      assert.ok([404, 200].includes((await cluster.insist('GET', '/jobs/poison')).status))
    })

    it('loses nothing when the leader is killed, and another one leads', async () => {
      const before = await cluster.view()
      await nothingIsLost(() => cluster.kill(shortOf(before.leader)))
      const now = await cluster.view()
      assert.ok(now.term > before.term)
    })

    it('loses nothing when its etcd is killed, if it has one', async (t) => {
      const { etcd } = cluster
      if (etcd === undefined) return t.diagnostic('it stands on itself')
      const from = cluster.lines.length
      await nothingIsLost(async () => {
        process.kill(etcd.pid, 'SIGKILL')
        await cluster.said((line) => line.startsWith('etcd is back'), from)
      })
    })

    it('loses nothing when a follower is killed', async () => {
      const { leader, coordinators } = await cluster.view()
      const follower = coordinators.find(({ node }) => node !== leader)
      await nothingIsLost(() => cluster.kill(shortOf(follower?.node ?? '')))
      await cluster.viewWhen((view) => view.coordinators.every(({ state }) => state === 'current'))
    })

    it('loses nothing when a worker is killed with jobs in hand', async () => {
      const jobs = await nothingIsLost(async () => {
        const busy = ({ running }: { running: number }): boolean => running > 0
        const { workers } = await cluster.viewWhen((view) => view.workers.some(busy))
        await cluster.kill(shortOf(workers.find(busy)?.node ?? ''))
      })
      assert.ok(jobs.some(({ tries }) => tries > 1))
    })

    it('gives a worker of weight 0 nothing, and a heavier one more', async () => {
      const { workers } = await cluster.viewWhen(
        (view) => view.workers.filter(({ state }) => state === 'running').length >= 3,
      )
      const running = workers.filter(({ state }) => state === 'running')
      const [none, ...others] = running.map(({ node }) => node)
      const weigh = (node: string, weight: number) =>
        cluster.insist('PUT', `/workers/${encodeURIComponent(node)}/weight`, { body: { weight } })
      assert.equal((await weigh(none ?? '', 0)).status, 204)
      await cluster.viewWhen((view) => view.workers.some(({ weight }) => weight === 0))
      const jobs = await nothingIsLost(async () => {})
      assert.equal(jobs.filter(({ worker }) => worker === none).length, 0)
      assert.ok(others.every((node) => jobs.some(({ worker }) => worker === node)))
      assert.equal((await weigh(none ?? '', 100)).status, 204)
    })

    it('obeys its configuration while it runs', async () => {
      const set = (given: Readonly<Record<string, number>>) => configure(cluster, given)
      const allHave = (capacity: number) =>
        cluster.viewWhen(({ workers }) =>
          workers
            .filter(({ state }) => state === 'running')
            .every((worker) => worker.capacity === capacity),
        )
      await set({ 'jobs.concurrency': 1 })
      await allHave(1)
      await nothingIsLost(async () => {})
      await set({ 'jobs.concurrency': 2 })
      await allHave(2)
    })

    it('starts and stops workers as it is told', async () => {
      const scale = (min: number, max: number) =>
        cluster.insist('PUT', '/cluster/workers', { body: { min, max } })
      const runningAre = (count: number) =>
        cluster.viewWhen(
          ({ workers }) => workers.filter(({ state }) => state === 'running').length === count,
        )
      assert.equal((await scale(4, 4)).status, 204)
      await runningAre(4)
      await nothingIsLost(async () => assert.equal((await scale(2, 2)).status, 204))
      await runningAre(2)
      await scale(3, 4)
      await cluster.viewWhen(
        ({ workers }) => workers.filter(({ state }) => state === 'running').length >= 3,
      )
    })

    it('drains a worker by one request and loses nothing', async () => {
      const { workers } = await cluster.view()
      const leaving = workers.find(({ state }) => state === 'running')?.node ?? ''
      await nothingIsLost(async () => {
        const path = `/workers/${encodeURIComponent(leaving)}/drain`
        const got = await cluster.insist('POST', path, { body: { deadlineMs: 30_000 } })
        assert.equal(got.status, 204)
      })
      await cluster.said((line) => line.startsWith(shortOf(leaving)) && line.endsWith('has left'))
    })

    it('refuses what means harm and goes on', async () => {
      const codes = [
        ['POST', '/jobs?kind=gzip&id=..%2F..%2Fetc', 400],
        ['POST', '/jobs?kind=__proto__', 400],
        ['GET', `/jobs/${'a'.repeat(5_000)}`, 400],
        ['DELETE', '/jobs/nobody', 404],
        ['PUT', '/cluster/workers', 400],
        ['POST', '/workers/nobody%40nowhere/drain', 404],
      ] as const
      for (const [method, path, status] of codes) {
        const body = path.startsWith('/jobs?') ? { body: 'text' } : {}
        assert.equal((await cluster.insist(method, path, body)).status, status, path)
      }
      const { hostname, port } = new URL(cluster.urls[0] ?? '')
      for (const garbage of ['GET / HTTP/9\r\n\r\n', '\0\0\0', 'POST /jobs HTTP/1.1\r\n']) {
        const socket = connect(Number(port), hostname, () => socket.end(garbage))
        socket.on('error', () => {}).resume()
        await once(socket, 'close')
      }
      // Texts that end before their end leave nothing behind.
      for (let i = 0; i < 20; i += 1) {
        const socket = connect(Number(port), hostname)
        socket.on('error', () => {})
        await once(socket, 'connect')
        const head = `POST /jobs?kind=gzip&id=torn${i} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n`
        socket.write(`${head}content-length: 1000\r\n\r\nbegin`, () => socket.destroy())
        await once(socket, 'close')
      }
      assert.equal((await cluster.insist('GET', '/jobs/torn0')).status, 404)
      await nothingIsLost(async () => {})
    })

    it('closes its account: all that was accepted is done, parked or deleted', async () => {
      const { jobs } = await cluster.viewWhen(
        ({ jobs: counts }) => (counts['queued'] ?? 0) + (counts['running'] ?? 0) === 0,
      )
      assert.equal(jobs['parked'], 0)
      assert.equal(jobs['failed'], 0)
      assert.ok((jobs['done'] ?? 0) >= rounds * JOBS)
    })

    it('ends in order', async () => {
      assert.equal(await cluster.stop(), 0)
    })
  })
}

for (const { name, skip, flags: standing } of STANDINGS) {
  const flags = standing.filter((flag) => flag !== '--config' && flag !== CONFIG)
  describe(`a job cluster with a data folder ${name}`, { timeout: 120_000, skip }, () => {
    it('has all jobs again after it was stopped, and after all of it was killed', (t) =>
      restarts(t, flags))
  })
}

async function restarts(t: TestContext, given: readonly string[]): Promise<void> {
  const first = await Cluster.start(t, ...given)
  const data = ['--data', join(first.folder, 'data')]
  await first.stop()
  const flags = [...first.flags, ...data, '--http-port', '0']
  const second = await Cluster.again(t, first.folder, flags)
  await second.submit('kept', 'kind=word-count', 'to be or not to be')
  const { result } = await second.jobWhen('kept', 'done')
  await second.stop()
  const third = await Cluster.again(t, first.folder, flags)
  assert.deepEqual((await third.job('kept')).result, result)
  await third.submit('more', 'kind=hash-chain&rounds=3000000', 'to be')
  await third.killAll()
  const fourth = await Cluster.again(t, first.folder, flags)
  assert.equal((await fourth.jobWhen('more', 'done')).state, 'done')
  assert.deepEqual((await fourth.job('kept')).result, result)
}
