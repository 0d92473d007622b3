/**
 * test/effects/effects.test: the store of effects refuses what comes from a term that is over,
 * and from a try after which there was another.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { readEffects } from '#chaos/account/fact-lines'
import { BODY_BYTES_MAX, EffectServer } from '#chaos/effects/effect-server'
import { type Effect, Fence } from '#chaos/effects/fence'

const base: Effect = { job: 'a', attempt: 1, term: 3, worker: 'worker1@localhost', digest: 'r1' }

describe('the fence of effects', () => {
  it('refuses a term that is older than one it has seen for the job', () => {
    const fence = new Fence()
    assert.deepEqual(fence.admit({ ...base, term: 4 }), { kind: 'taken' })
    assert.deepEqual(fence.admit(base), { kind: 'stale', term: 4, attempt: 1 })
    assert.deepEqual(fence.admit({ ...base, attempt: 2 }), { kind: 'stale', term: 4, attempt: 1 })
    assert.deepEqual(fence.admit({ ...base, job: 'b' }), { kind: 'taken' })
  })

  it('refuses a try that is older than one it has seen for the job, whatever its term', () => {
    const fence = new Fence()
    const second = { ...base, attempt: 2, worker: 'worker2@localhost' }
    assert.deepEqual(fence.admit(second), { kind: 'taken' })
    const stale = { kind: 'stale', term: 3, attempt: 2 }
    assert.deepEqual(fence.admit(base), stale)
    assert.deepEqual(fence.admit({ ...base, term: 4 }), stale)
    assert.deepEqual(fence.admit(second), { kind: 'known' })
    assert.deepEqual(fence.admit({ ...base, attempt: 3 }), { kind: 'taken' })
  })

  it('takes a repeat of the same worker for known, and another worker for another effect', () => {
    const fence = new Fence()
    assert.deepEqual(fence.admit(base), { kind: 'taken' })
    assert.deepEqual(fence.admit(base), { kind: 'known' })
    assert.deepEqual(fence.admit({ ...base, worker: 'worker2@localhost' }), { kind: 'taken' })
    assert.deepEqual(fence.admit({ ...base, attempt: 2 }), { kind: 'taken' })
    assert.deepEqual([fence.jobs, fence.has('a'), fence.has('b')], [1, true, false])
  })
})

async function openServer(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-effects-'))
  const log = join(folder, 'effects.jsonl')
  const server = await EffectServer.open({ fence: new Fence(), log, wallMs: () => 7, port: 0 })
  t.after(async () => {
    await server.close()
    await rm(folder, { recursive: true })
  })
  const post = async (body: string, path = '/effects') => {
    const response = await fetch(server.url + path, { method: 'POST', body })
    return { status: response.status, body: (await response.json()) as unknown }
  }
  return { server, log, post }
}

describe('the store of effects', () => {
  it('answers 200 or 409, and its log has the line before the answer leaves', async (t) => {
    const { log, post } = await openServer(t)
    const newer = JSON.stringify({ ...base, term: 4 })
    assert.deepEqual(await post(newer), { status: 200, body: { kind: 'taken' } })
    assert.equal(readEffects(await readFile(log, 'utf8')).facts.length, 1)
    assert.deepEqual(await post(newer), { status: 200, body: { kind: 'known' } })
    const stale = await post(JSON.stringify(base))
    assert.deepEqual(stale, { status: 409, body: { kind: 'stale', term: 4, attempt: 1 } })
    const { facts, unreadable } = readEffects(await readFile(log, 'utf8'))
    assert.deepEqual(unreadable, [])
    assert.deepEqual(facts.at(-1), { at: 7, kind: 'stale', ...base })
    assert.deepEqual(
      facts.map(({ kind }) => kind),
      ['taken', 'known', 'stale'],
    )
  })

  it('answers 400 to what is no effect, and logs nothing of it', async (t) => {
    const { server, log, post } = await openServer(t)
    const whole = JSON.stringify(base)
    assert.equal((await post('{')).status, 400)
    assert.equal((await post(JSON.stringify({ ...base, term: -1 }))).status, 400)
    assert.equal((await post(whole, '/other')).status, 400)
    assert.equal((await post(whole + ' '.repeat(BODY_BYTES_MAX))).status, 400)
    assert.equal(server.refused, 4)
    assert.equal(await readFile(log, 'utf8'), '')
  })
})
