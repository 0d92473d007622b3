/**
 * test/store/etcd/real-etcd: a book in a real etcd that is killed, frozen, and full.
 */
import { equal, ok, rejects } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { connectEtcd } from '@troupe/etcd'
import { type LocalEtcd, type StartEtcdOptions, startEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import { JobsFault } from '#jobs/job/faults'
import type { Book } from '#jobs/store/book'
import { openEtcdBook } from '#jobs/store/etcd/etcd-book'
import { JobMirror } from '#jobs/store/etcd/job-mirror'
import { placesOf } from '#jobs/store/etcd/job-places'
import { job } from '#test/store/sim'

const places = placesOf({ cluster: 'c', clusterId: 'jobs' })
const LEADER_KEY = 'leader'
const coded = (code: string) => (fault: unknown) => JobsFault.is(fault) && fault.code === code

interface Stage {
  readonly etcd: LocalEtcd
  readonly book: Book
  readonly mirror: JobMirror
  ctl(...words: readonly string[]): Promise<string>
}

async function staged(t: TestContext, options: StartEtcdOptions): Promise<Stage> {
  const etcd = await startEtcd(options)
  t.after(() => etcd.stop())
  const client = connectEtcd({ endpoints: [...etcd.endpoints], dialTimeoutMs: 1_000 })
  t.after(() => client.close())
  const world = {
    after: (delayMs: number, run: () => void) => {
      const timer = setTimeout(run, delayMs).unref()
      return () => clearTimeout(timer)
    },
    random: Math.random,
    wallMs: Date.now,
    log: { info() {}, warning() {}, error() {} },
  }
  const mirror = new JobMirror(client, places)
  mirror.begin(world)
  t.after(() => mirror.close())
  const { revision: term } = await client.txn({
    acts: [{ kind: 'put', key: LEADER_KEY, value: 'me' }],
  })
  const fence = [{ key: LEADER_KEY, target: 'create', is: '=', than: term }] as const
  const parts = { client, mirror, places, world, fence, options: { writeTimeoutMs: 2_000 } }
  const book = await openEtcdBook({ term, node: 'me', ...parts })
  t.after(() => book.close())
  const ctl = async (...words: readonly string[]): Promise<string> => {
    const env = { ...process.env, ETCDCTL_API: '3', ETCDCTL_ENDPOINTS: etcd.endpoints[0] }
    return (await promisify(execFile)('etcdctl', words, { env })).stdout
  }
  return { etcd, book, mirror, ctl }
}

/** As the writer of a leader does. */
async function written(book: Book, ...jobs: Parameters<Book['write']>[0]): Promise<void> {
  for (;;) {
    try {
      await book.write(jobs)
      return
    } catch (fault) {
      if (!coded('NO_MAJORITY')(fault)) throw fault
      await pause(100)
    }
  }
}

describe('a book in a real etcd', { timeout: 120_000, skip: partSkip('etcd') }, () => {
  it('writes thousands of jobs, and lists them as etcd has them', async (t) => {
    const { book, mirror, ctl } = await staged(t, { fsync: false })
    const beganMs = performance.now()
    const writers = Array.from({ length: 50 }, async (_, writer) => {
      for (let at = 0; at < 100; at += 1) await book.write([job(`j${writer}-${at}`)])
    })
    await Promise.all(writers)
    t.diagnostic(`${Math.round(5_000 / ((performance.now() - beganMs) / 1_000))} jobs a second`)
    equal(book.counts().queued, 5_000)
    while (mirror.counts.queued < 5_000) await mirror.change()
    const kept = await ctl('get', '--prefix', '--keys-only', `${places.all}job/`)
    equal(kept.split('\n').filter((line) => line !== '').length, 5_000)
  })

  it('loses nothing when etcd is killed, frozen and compacted meanwhile', async (t) => {
    const { etcd, book, mirror, ctl } = await staged(t, {})
    const [member] = etcd.members
    let isOver = false
    const ids: string[] = []
    const writing = (async () => {
      while (!isOver) {
        const id = `j${ids.length}`
        await written(book, job(id), job(`${id}-more`))
        ids.push(id)
      }
    })()
    for (let round = 0; round < 3; round += 1) {
      await member?.restart()
      await pause(300)
      member?.freeze()
      await pause(2_500)
      member?.thaw()
      await ctl('compaction', `${mirror.revision}`)
      await pause(300)
    }
    isOver = true
    await writing
    ok(ids.length > 20, `${ids.length}`)
    for (const id of ids) ok(book.get(id) !== undefined && book.get(`${id}-more`) !== undefined, id)
    const kept = await ctl('get', '--prefix', '--keys-only', `${places.all}job/`)
    const keys = new Set(kept.split('\n').filter((line) => line !== ''))
    for (const id of ids) ok(keys.has(places.jobKey(id)), id)
  })

  it('answers STORE_FULL when the quota is used up, and goes on when there is room', async (t) => {
    const { book, ctl } = await staged(t, { fsync: false, quotaBytes: 4_000_000 })
    const result = 'x'.repeat(50_000)
    let wrote = 0
    const filling = (async () => {
      for (; ; wrote += 1) await book.write([job('big', { result, tries: wrote })])
    })()
    await rejects(filling, coded('STORE_FULL'))
    equal(book.get('big')?.tries, wrote - 1)
    await rejects(book.write([job('small')]), coded('STORE_FULL'))
    const status = JSON.parse(await ctl('endpoint', 'status', '--write-out=json'))
    await ctl('compaction', `${status[0].Status.header.revision}`)
    await ctl('defrag')
    await ctl('alarm', 'disarm')
    await written(book, job('small'))
    equal(book.get('small')?.id, 'small')
  })
})
