/**
 * etcd/test/testing/start-etcd.test: real etcd programs start, suffer what tests do to them, and
 * leave nothing behind.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type RequestOptions, request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type LocalEtcd, type LocalMember, startEtcd } from '@troupe/etcd/testing'
import { testAuthority } from '@troupe/tools/certificates'
import { partSkip } from '@troupe/tools/parts'
import { ask, get, put } from '#test/testing/gateway'

const skip = partSkip('etcd')
/** Elections last as long as they must; so a restart takes a third of a second. */
const QUICK = { fsync: false, heartbeatMs: 30, electionMs: 200 } as const

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('a local etcd', { skip }, () => {
  let etcd: LocalEtcd
  let member: LocalMember
  before(async () => {
    etcd = await startEtcd(QUICK)
    member = etcd.members[0] as LocalMember
  })
  after(() => etcd.stop())

  it('is healthy when it is there, and tells its version', async () => {
    assert.match(etcd.version, /^3\.\d+\.\d+$/)
    assert.deepEqual(etcd.endpoints, [member.endpoint])
    assert.equal((await put(member.endpoint, 'a', '1')).status, 200)
    assert.equal(await etcd.leader(), member)
  })

  it('keeps its data over a kill, on the same endpoint', async () => {
    await put(member.endpoint, 'kept', 'yes')
    const pid = member.pid
    await member.kill()
    assert.equal(member.isRunning, false)
    assert.equal(isAlive(pid), false)
    await assert.rejects(get(member.endpoint, 'kept'))
    await member.restart()
    assert.equal(await get(member.endpoint, 'kept'), 'yes')
    assert.notEqual(member.pid, pid)
  })

  it('answers nothing while it is frozen, and goes on when it is thawed', async () => {
    member.freeze()
    assert.equal(member.isFrozen, true)
    await assert.rejects(get(member.endpoint, 'kept', { timeoutMs: 500 }), /no answer/)
    member.thaw()
    assert.equal(await get(member.endpoint, 'kept'), 'yes')
  })

  it('says why it does not start, with the end of its log', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address() as { readonly port: number }
    await assert.rejects(startEtcd({ port: address.port }), {
      code: 'ETCD_NOT_STARTED',
      message: /has ended:[\s\S]*address already in use/,
    })
    server.close()
  })
})

describe('an etcd that its starter leaves behind', { skip }, () => {
  it('ends, and its folder with it, when the starter is killed; frozen or not', async () => {
    const program = fileURLToPath(new URL('starter.js', import.meta.url))
    const starter = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
    const lines = createInterface({ input: starter.stdout })
    const told = await new Promise<string>((resolve) => lines.once('line', resolve))
    const { pid, folder }: { readonly pid: number; readonly folder: string } = JSON.parse(told)
    assert.ok(isAlive(pid))
    assert.ok(existsSync(folder))
    process.kill(pid, 'SIGSTOP')
    starter.kill('SIGKILL')
    await until(() => !isAlive(pid) && !existsSync(folder))
  })
})

/** Who leads, as soon as somebody does: they may elect anew at any time. */
async function leaderOf(etcd: LocalEtcd): Promise<LocalMember> {
  for (;;) {
    const leader = await etcd.leader()
    if (leader !== undefined) return leader
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('an etcd of three members', { skip }, () => {
  it('has another leader when the first one is killed, and takes the killed one back', async () => {
    await using etcd = await startEtcd({ ...QUICK, members: 3 })
    assert.equal(new Set(etcd.endpoints).size, 3)
    const first = await leaderOf(etcd)
    await first.kill()
    const next = await leaderOf(etcd)
    assert.notEqual(next, first)
    await put(next.endpoint, 'while one is down', 'written')
    await first.restart()
    assert.equal(await get(first.endpoint, 'while one is down'), 'written')

    // While most are down a restart waits for the program, and not for health.
    await Promise.all(etcd.members.map((member) => member.kill()))
    await first.restart()
    assert.equal(first.isRunning, true)
    assert.equal(await etcd.leader(), undefined)
    await next.restart()
    assert.equal((await put(first.endpoint, 'two of three', 'are most')).status, 200)
  })
})

describe('an etcd in a folder of its own', { skip }, () => {
  it('has its data and its endpoint when it is started there again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'troupe-kept-'))
    const first = await startEtcd({ ...QUICK, folder })
    await put(first.endpoints[0] as string, 'before', 'here')
    await first.stop()
    const again = await startEtcd({ ...QUICK, folder })
    assert.deepEqual(again.endpoints, first.endpoints)
    assert.equal(await get(again.endpoints[0] as string, 'before'), 'here')
    await again.stop()
    assert.ok(existsSync(folder))
    await rm(folder, { recursive: true })
  })
})

describe('an etcd that asks who one is', { skip }, () => {
  it('gives a user the keys of its prefix, and root all', async () => {
    const auth = { username: 'web', password: 'secret', prefix: 'mine/' }
    await using etcd = await startEtcd({ ...QUICK, auth })
    const [endpoint] = etcd.endpoints as readonly [string]
    const putAs = async (name: string, password: string, key: string): Promise<number> => {
      const login = await ask(endpoint, '/v3/auth/authenticate', { name, password })
      const token = String(login.body['token'] ?? 'none')
      const body = { key: Buffer.from(key).toString('base64'), value: '' }
      return (await ask(endpoint, '/v3/kv/put', body, { headers: { authorization: token } })).status
    }
    assert.notEqual((await put(endpoint, 'mine/a', '1')).status, 200)
    assert.notEqual(await putAs('web', 'wrong', 'mine/a'), 200)
    assert.equal(await putAs('web', 'secret', 'mine/a'), 200)
    assert.notEqual(await putAs('web', 'secret', 'other'), 200)
    assert.equal(await putAs('root', 'secret', 'other'), 200)
  })
})

describe('an etcd that shows a certificate', { skip }, () => {
  it('answers those who show one of its authority, and nobody else', async () => {
    const [authority, stranger] = await Promise.all([testAuthority(), testAuthority('Stranger')])
    const tls = { ...(await authority.issue()), clientCa: authority.ca }
    const auth = { username: 'root', password: 'secret' }
    await using etcd = await startEtcd({ ...QUICK, tls, auth })
    const [endpoint = ''] = etcd.endpoints
    assert.match(endpoint, /^https:\/\/127\.0\.0\.1:\d+$/)
    const client = { ca: authority.ca, ...(await authority.issue({ name: 'web' })) }
    assert.equal(await statusOf(endpoint, client), 200)
    await assert.rejects(statusOf(endpoint, { ca: authority.ca }))
    await assert.rejects(statusOf(endpoint, { ca: authority.ca, ...(await stranger.issue()) }))
    await assert.rejects(statusOf(endpoint, { ...client, ca: stranger.ca }))
  })
})

const statusOf = (endpoint: string, options: RequestOptions): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const sent = request(`${endpoint}/version`, { ...options, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', reject)
    sent.end()
  })

describe('a machine without etcd', () => {
  it('is told how to have one', async () => {
    await assert.rejects(startEtcd({ binary: '/nowhere/etcd' }), {
      code: 'ETCD_NOT_STARTED',
      message: /there is no program \/nowhere\/etcd; install it \(apt-get install etcd-server\)/,
    })
    await assert.rejects(startEtcd({ binary: process.execPath }), { code: 'ETCD_NOT_STARTED' })
  })

  it('is not asked for what cannot be', async () => {
    const refused = [
      { members: 2 as never },
      { port: 70_000 },
      { folder: 'here' },
      { quotaBytes: 0 },
      { electionMs: -1 },
      { auth: { username: 'a', password: '' } },
      { fsnc: true } as never,
    ]
    for (const options of refused) {
      await assert.rejects(startEtcd(options), { code: 'OPTION_INVALID' })
    }
  })
})
