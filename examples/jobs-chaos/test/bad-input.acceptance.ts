/**
 * test/bad-input.acceptance: disks that are full, stores that are spoiled, clocks that jump, and
 * clients that mean no good, on a whole cluster of real programs: coded, counted, nothing lost.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdir, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fieldsOf } from '#chaos/client/http'
import { Setting, textOf } from '#test/list/setting'

const TEXT = textOf(20_000)

const ids = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`)

async function acceptAll(setting: Setting, list: readonly string[], text = TEXT): Promise<void> {
  await Promise.all(list.map((id) => setting.accepted(id, text)))
}

async function allDone(setting: Setting, list: readonly string[]): Promise<void> {
  for (const id of list) await setting.done(id)
}

/** The files of a coordinator's store. */
async function storeFiles(setting: Setting, node: string): Promise<readonly string[]> {
  const folder = join(setting.folder, 'data', node.split('@')[0] ?? '')
  const names = await readdir(folder)
  return names.filter((name) => name.endsWith('.mdb')).map((name) => join(folder, name))
}

async function killed(setting: Setting, node: string): Promise<void> {
  const program = setting.cluster.program(node)
  setting.cluster.mean(node)
  const ended = program?.end()
  program?.signal('SIGKILL')
  await ended
}

const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0

describe('a coordinator whose disk is full', () => {
  const skip = !hasPrlimit && 'there is no prlimit here'

  it('costs no job, and is current again when there is room', { skip }, async (t) => {
    const small = { jobs1: 'small-disk', jobs2: 'small-disk', jobs3: 'small-disk' } as const
    const setting = await Setting.open(t, small)
    await acceptAll(setting, ids('before', 5))
    const leader = await setting.leader()
    const node = setting.cluster.coordinators.find((one) => one !== leader) ?? ''
    const pid = String(setting.cluster.program(node)?.pid)
    const [file = ''] = await storeFiles(setting, node)
    const { size } = await stat(file)
    spawnSync('prlimit', ['--pid', pid, `--fsize=${size}:unlimited`])
    const during = ids('during', 20)
    await acceptAll(setting, during, textOf(200_000))
    await setting.until('its store is told as failing', async () => {
      return (await setting.replica(node)) !== 'current'
    })
    t.diagnostic(`${node}: ${await setting.replica(node)}`)
    await allDone(setting, during)
    spawnSync('prlimit', ['--pid', pid, '--fsize=unlimited:unlimited'])
    await setting.until('it is current again', async () => {
      return (await setting.replica(node)) === 'current'
    })
    assert.deepEqual(setting.cluster.surprises, [])
  })

  it('leads no longer when it led, and nothing that was accepted is lost', { skip }, async (t) => {
    const small = { jobs1: 'small-disk', jobs2: 'small-disk', jobs3: 'small-disk' } as const
    const setting = await Setting.open(t, small)
    const leader = await setting.leader()
    const pid = String(setting.cluster.program(leader)?.pid)
    const [file = ''] = await storeFiles(setting, leader)
    const { size } = await stat(file)
    spawnSync('prlimit', ['--pid', pid, `--fsize=${size}:unlimited`])
    const during = ids('during', 20)
    await acceptAll(setting, during, textOf(200_000))
    await allDone(setting, during)
    t.diagnostic(`${leader} led; then ${await setting.leader()}`)
    spawnSync('prlimit', ['--pid', pid, '--fsize=unlimited:unlimited'])
    await setting.until('it is current again', async () => {
      return (await setting.replica(leader)) === 'current'
    })
  })
})

describe('a coordinator whose store is spoiled', () => {
  for (const [how, spoil] of [
    ['is no database any more', (path: string) => writeFile(path, Buffer.alloc(65_536, 0x5a))],
    ['is empty', (path: string) => writeFile(path, '')],
    ['is gone', (path: string) => rm(path)],
  ] as const) {
    it(`rebuilds one that ${how} from the others`, async (t) => {
      const setting = await Setting.open(t)
      const before = ids('before', 10)
      await acceptAll(setting, before)
      const leader = await setting.leader()
      await killed(setting, leader)
      for (const file of await storeFiles(setting, leader)) await spoil(file)
      const during = ids('during', 5)
      await acceptAll(setting, during)
      await setting.cluster.revive(leader)
      await setting.until('it is current again', async () => {
        return (await setting.replica(leader)) === 'current'
      })
      await allDone(setting, [...before, ...during])
      // What was rebuilt counts: with it alone and one other nothing is missing.
      const other = setting.cluster.coordinators.find((node) => node !== leader) ?? ''
      await killed(setting, other)
      await allDone(setting, [...before, ...during])
      assert.deepEqual(setting.cluster.surprises, [])
    })
  }
})

describe('a coordinator whose clock jumps for hours', () => {
  it('changes no leader and loses no job', async (t) => {
    const jumping = { jobs1: 'jumping-clock', jobs2: 'jumping-clock' } as const
    const setting = await Setting.open(t, { ...jumping, worker1: 'jumping-clock' })
    const first = await setting.cluster.view()
    const list = ids('jump', 40)
    for (const id of list) await setting.accepted(id, TEXT)
    await allDone(setting, list)
    const last = await setting.cluster.view()
    t.diagnostic(`from term ${first?.term} to term ${last?.term}`)
    assert.ok((last?.term ?? 0) - (first?.term ?? 0) <= 2)
    assert.deepEqual(setting.cluster.surprises, [])
  })
})

/** Sends a text a byte at a time, until it is ended. */
function slowUpload(url: string): { end(): void } {
  const asked = request(url, { method: 'POST', headers: { 'content-length': '1000000' } })
  asked.on('error', () => {})
  asked.on('response', (response) => response.resume())
  asked.flushHeaders()
  const drip = setInterval(() => asked.write('a'), 200)
  return {
    end: () => {
      clearInterval(drip)
      asked.destroy()
    },
  }
}

describe('clients that mean no good', () => {
  it('take no room from others by uploads that never end', async (t) => {
    const setting = await Setting.open(t)
    const slow = setting.cluster.urls.flatMap((url) =>
      Array.from({ length: 30 }, () => slowUpload(`${url}/jobs?kind=word-count`)),
    )
    t.after(() => {
      for (const upload of slow) upload.end()
    })
    const list = ids('beside', 20)
    for (const id of list) await setting.accepted(id, TEXT)
    await allDone(setting, list)
  })

  it('are refused by a code for ids that are none, and the cluster goes on', async (t) => {
    const setting = await Setting.open(t)
    const hostile = ['', '..', 'a/b', 'a b', 'ä', '\u0000', '%2e%2e', 'x'.repeat(65), '__proto__()']
    for (const [at, id] of hostile.entries()) {
      const path = `/jobs?kind=word-count&id=${encodeURIComponent(id)}`
      const answer = await setting.ask(path, { method: 'POST', body: TEXT, at: at % 3 })
      assert.equal(answer.status, 400, `${JSON.stringify(id)}: ${answer.status}`)
      const { code } = fieldsOf(fieldsOf(answer.body)['error'])
      assert.equal(typeof code, 'string', JSON.stringify(id))
      const got = await setting.ask(`/jobs/${encodeURIComponent(id)}`, { at: at % 3 })
      // Whoever asks makes another path of these: the list, and the page.
      const isElsewhere = id === '' || id === '..'
      assert.ok(isElsewhere || got.status === 400 || got.status === 404, `${id}: ${got.status}`)
    }
    for (const id of ['__proto__', 'constructor', 'toString']) {
      assert.equal((await setting.ask(`/jobs/${id}`)).status, 404, id)
      await setting.accepted(id, TEXT)
      await setting.done(id)
    }
  })
})
