/**
 * test/bad-input-etcd.acceptance: an etcd that answers slowly, half-closes, is set back to an old
 * state, asks for other credentials or shows an old certificate, foreign values under the keys of
 * the cluster: coded, in time, nothing hangs, what is lost is told, and the cluster goes on.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type StartEtcdOptions, startEtcd } from '@troupe/etcd/testing'
import { testAuthority } from '@troupe/tools/certificates'
import { partSkip } from '@troupe/tools/parts'
import { ANSWER_MAX_MS } from '#chaos/account/scene-judge'
import { type Answer, codeOf } from '#chaos/client/http'
import { EtcdSetting } from '#test/list/etcd-setting'
import { type Setting, textOf } from '#test/list/setting'

const TEXT = textOf(20_000)
const KEYS = 'services/troupe/cluster/jobs'
const skip = partSkip('etcd')

const ids = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`)

async function acceptAll(setting: Setting, list: readonly string[]): Promise<void> {
  await Promise.all(list.map((id) => setting.accepted(id, TEXT)))
}

async function allDone(setting: Setting, list: readonly string[]): Promise<void> {
  for (const id of list) await setting.done(id)
}

/** It was answered, and where it was not done, by 503 and a code. */
function isCoded(answer: Answer, what: string): void {
  const told = `${what}: ${answer.status} ${codeOf(answer)} ${answer.problem}`
  assert.ok(answer.status !== 0, told)
  assert.ok(answer.status < 300 || (answer.status === 503 && codeOf(answer) !== ''), told)
}

/** Asks all coordinators for everything, and is answered in time. */
async function answersInTime(setting: Setting, prefix: string): Promise<void> {
  await Promise.all(
    [0, 1, 2].map(async (at) => {
      const path = `/jobs?kind=word-count&id=${prefix}-${at}`
      const where = { at, timeoutMs: ANSWER_MAX_MS }
      const posted = await setting.ask(path, { method: 'POST', body: TEXT, ...where })
      isCoded(posted, `POST at ${at}`)
      isCoded(await setting.ask('/jobs?limit=5', where), `GET at ${at}`)
      isCoded(await setting.ask('/cluster', where), `GET /cluster at ${at}`)
    }),
  )
}

describe('an etcd that answers slowly', { skip }, () => {
  it('costs time, and no job', async (t) => {
    const onEtcd = await EtcdSetting.open(t)
    const { setting } = onEtcd
    onEtcd.spoil({ kind: 'slow', delayMs: 150 })
    const list = ids('slow', 10)
    await acceptAll(setting, list)
    await allDone(setting, list)
    assert.deepEqual(setting.cluster.surprises, [])
  })

  it('is told by 503 when it is slower than a lease, and then the cluster goes on', async (t) => {
    const onEtcd = await EtcdSetting.open(t)
    const { setting } = onEtcd
    const before = ids('before', 5)
    await acceptAll(setting, before)
    onEtcd.spoil({ kind: 'slow', delayMs: 6_000 })
    for (let turn = 0; turn < 3; turn += 1) await answersInTime(setting, `during-${turn}`)
    onEtcd.spoil({ kind: 'none' })
    const after = ids('after', 5)
    await acceptAll(setting, after)
    await allDone(setting, [...before, ...after])
    assert.deepEqual(setting.cluster.surprises, [])
  })
})

describe('an etcd whose lines are open at one end only', { skip }, () => {
  for (const kind of ['half-closed', 'deaf'] as const) {
    it(`leaves nothing hanging when they are ${kind}, and the cluster goes on`, async (t) => {
      const onEtcd = await EtcdSetting.open(t)
      const { setting } = onEtcd
      const before = ids('before', 5)
      await acceptAll(setting, before)
      onEtcd.spoil({ kind })
      for (let turn = 0; turn < 3; turn += 1) await answersInTime(setting, `during-${turn}`)
      onEtcd.spoil({ kind: 'none' })
      const after = ids('after', 5)
      await acceptAll(setting, after)
      await allDone(setting, [...before, ...after])
      assert.deepEqual(setting.cluster.surprises, [])
    })
  }
})

describe('an etcd that is set back to an old state', { skip }, () => {
  it('is told as such, the term grows, and the cluster goes on', async (t) => {
    const onEtcd = await EtcdSetting.open(t)
    const { setting } = onEtcd
    const before = ids('before', 8)
    await acceptAll(setting, before)
    await allDone(setting, before)
    await onEtcd.keep()
    const between = ids('between', 8)
    await acceptAll(setting, between)
    await allDone(setting, between)
    const { term = 0 } = (await setting.cluster.view()) ?? {}
    await onEtcd.restore()
    const after = ids('after', 8)
    await acceptAll(setting, after)
    await allDone(setting, [...before, ...after])
    await setting.until('the term has grown', async () => {
      return ((await setting.cluster.view())?.term ?? 0) > term
    })
    assert.match(await setting.told(), /older state/)
    for (const id of between) {
      const { status } = await setting.ask(`/jobs/${id}`)
      t.diagnostic(`${id}: ${status}`)
      assert.ok(status === 200 || status === 404, `${id}: ${status}`)
    }
    assert.deepEqual(setting.cluster.surprises, [])
  })
})

describe('values in etcd that are none of the cluster', { skip }, () => {
  it('are left alone, and cost no job', async (t) => {
    const { setting, engine } = await EtcdSetting.open(t)
    const foreign = ['', '{', 'null', '[]', '{"version":99}', '\u0000\uffff', 'x'.repeat(1_000_000)]
    const keys = [
      ...[`${KEYS}/jobs/jobs/job/foreign`, `${KEYS}/jobs/jobs/job/a/b`, `${KEYS}/jobs/jobs/book`],
      ...[`${KEYS}/routes/nodes/foreign`, `${KEYS}/routes/applications/jobs-worker/foreign`],
      ...[`${KEYS}/config/*/jobs.concurrency`, `${KEYS}/config/*/jobs.triesMax`],
      ...[`${KEYS}/leaders/jobs/candidates/foreign`, `${KEYS}/routes/leaving/foreign`],
    ]
    const list: string[] = []
    for (const [at, value] of foreign.entries()) {
      for (const key of keys) await engine.put(key, value)
      const some = ids(`beside-${at}`, 2)
      await acceptAll(setting, some)
      list.push(...some)
    }
    await allDone(setting, list)
    assert.deepEqual(setting.cluster.surprises, [])
  })

  it('may take the place of the leader: another term begins, and nothing is lost', async (t) => {
    const onEtcd = await EtcdSetting.open(t)
    const { setting } = onEtcd
    const list = ids('before', 10)
    await acceptAll(setting, list)
    const { term = 0 } = (await setting.cluster.view()) ?? {}
    await onEtcd.remove(`${KEYS}/leaders/jobs/leader`)
    await setting.until('another term has begun', async () => {
      return ((await setting.cluster.view())?.term ?? 0) > term
    })
    const more = ids('after', 5)
    await acceptAll(setting, more)
    await allDone(setting, [...list, ...more])
  })
})

describe('programs on an etcd whose clocks jump for hours', { skip }, () => {
  it('lose no job', async (t) => {
    const jumping = { jobs1: 'jumping-clock', jobs2: 'jumping-clock' } as const
    const { setting } = await EtcdSetting.open(t, { ...jumping, worker1: 'jumping-clock' })
    const list = ids('jump', 30)
    for (const id of list) await setting.accepted(id, TEXT)
    await allDone(setting, list)
    assert.deepEqual(setting.cluster.surprises, [])
  })
})

const MAIN = fileURLToPath(import.meta.resolve('@troupe-examples/jobs/main'))
/** The longest that a program may try to find an etcd. */
const START_MS = 30_000

/** What one program says of an etcd that it cannot use; it must have said it in time. */
async function saidBy(
  t: TestContext,
  role: 'coordinator' | 'worker',
  endpoints: readonly string[],
): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'jobs-refused-'))
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const words = ['--role', role, '--registrar', 'etcd', '--etcd', endpoints.join(',')]
  const web = role === 'coordinator' ? ['--http-port', '0', '--data', data] : []
  const child = spawn(process.execPath, [MAIN, ...words, ...web], {
    ...{ env, stdio: ['ignore', 'pipe', 'pipe'] },
  })
  const closed = once(child, 'close')
  t.after(async () => {
    child.kill('SIGKILL')
    await closed
    await rm(data, { recursive: true, force: true })
  })
  let said = ''
  const isSaid = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (more: string) => {
        said += more
        if (/ETCD_[A-Z]+/.test(said)) resolve(said)
      })
    }
  })
  const late = AbortSignal.timeout(START_MS)
  const over = new Promise<string>((resolve) => late.addEventListener('abort', () => resolve(said)))
  return Promise.race([isSaid, closed.then(() => said), over])
}

describe('an etcd that does not let the cluster in', { skip }, () => {
  async function refusing(t: TestContext, options: StartEtcdOptions): Promise<void> {
    const etcd = await startEtcd(options)
    t.after(() => etcd.stop())
    for (const role of ['coordinator', 'worker'] as const) {
      const said = await saidBy(t, role, etcd.endpoints)
      t.diagnostic(said.trim().split('\n').at(-1) ?? '')
      assert.match(said, /ETCD_(REFUSED|UNREACHABLE)/)
    }
  }

  it('is told with a code, in time, when it asks for credentials', async (t) => {
    await refusing(t, { auth: { username: 'troupe', password: 'another one' } })
  })

  it('is told with a code, in time, when its certificate is over', async (t) => {
    const authority = await testAuthority()
    const pair = await authority.issue({ validDays: -1 })
    await refusing(t, { tls: pair })
  })
})
