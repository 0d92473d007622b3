/**
 * test/client/scene.test: who leads and how the loss of a majority is borne stands in the client's
 * log as it was heard.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { readClient } from '#chaos/account/fact-lines'
import type { ClientFact } from '#chaos/account/facts'
import { Ledger } from '#chaos/client/ledger'
import { probe } from '#chaos/client/prober'
import { watchLeads } from '#chaos/client/watcher'
import { chanceOf } from '#chaos/world/chance'
import { quickWorld } from '#test/fake/quick-world'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

async function open(t: TestContext, answer: Answer) {
  const server = createServer((request, response) => {
    request.resume()
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const folder = await mkdtemp(join(tmpdir(), 'jobs-scene-'))
  const world = quickWorld()
  const log = join(folder, 'client.jsonl')
  const ledger = new Ledger({ log, world, hasEffect: () => false })
  t.after(async () => {
    server.closeAllConnections()
    server.close()
    ledger.close()
    await rm(folder, { recursive: true })
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const facts = async (): Promise<readonly ClientFact[]> => {
    const { facts: read, unreadable } = readClient(await readFile(log, 'utf8'))
    assert.deepEqual(unreadable, [])
    return read
  }
  return { url, world, ledger, facts }
}

const say = (response: ServerResponse, status: number, body: unknown): void =>
  void response.writeHead(status).end(JSON.stringify(body))

describe('whoever watches who leads', () => {
  it('logs each answer with the newest term heard of before it was asked', async (t) => {
    const stop = new AbortController()
    const told = [
      { leader: 'jobs1@localhost', term: 7 },
      { leader: 'jobs2@localhost', term: 9 },
      { leader: 'jobs1@localhost', term: 7 },
    ]
    const { url, world, ledger, facts } = await open(t, (_request, response) => {
      const next = told.shift()
      if (told.length === 0) stop.abort()
      say(response, next === undefined ? 503 : 200, next ?? {})
    })
    await watchLeads({ ledger, world, urls: [url], everyMs: 1 }, stop.signal)
    const led = (await facts()).map((fact) => fact.kind === 'led' && [fact.term, fact.since])
    assert.deepEqual(led, [
      [7, 0],
      [9, 7],
      [7, 9],
    ])
  })
})

describe('whoever asks without a majority', () => {
  const template = {
    ...{ kind: 'gzip', parameters: {}, text: new Uint8Array([65, 10]) },
    ...{ expected: 'done' as const, digest: 'r1' },
  }
  const error = { error: { code: 'NO_LEADER', problem: 'nobody leads' } }

  async function run(t: TestContext, quiet: () => number | undefined, count: number) {
    const stop = new AbortController()
    const asked: string[] = []
    const { url, world, ledger, facts } = await open(t, ({ method, url: path }, response) => {
      asked.push(`${method} ${path}`)
      if (asked.length === count) stop.abort()
      say(response, 503, error)
    })
    for (const kind of ['asked', 'acknowledged'] as const) {
      const more = { expected: 'done', digest: 'r1', status: 201, url } as const
      ledger.write({ kind, id: 'known', ...more })
    }
    const coordinators = [{ url, quiet }]
    const chance = chanceOf(1)
    const options = { ledger, world, chance, templates: [template], coordinators, prefix: 'probe' }
    await probe(options, stop.signal)
    return { asked, facts: (await facts()).slice(2) }
  }

  it('asks for all there is to ask for, and logs what came and how soon', async (t) => {
    const { asked, facts } = await run(t, () => 1, 5)
    assert.deepEqual(asked, [
      ...['POST /jobs?kind=gzip&id=probe-1-1-1', 'GET /jobs/known', 'GET /cluster'],
      ...['GET /jobs?limit=10', 'DELETE /jobs/probe-1-1-2'],
    ])
    assert.deepEqual(
      facts.map(({ kind }) => kind),
      ['asked', 'unanswered', ...Array.from({ length: 5 }, () => 'probed')],
    )
    for (const fact of facts) {
      if (fact.kind !== 'probed') continue
      assert.deepEqual([fact.status, fact.code, fact.isDisturbed], [503, 'NO_LEADER', false])
    }
  })

  it('tells when something else was done to whom it asked', async (t) => {
    let touched = 0
    const { facts } = await run(
      t,
      () => {
        touched += 1
        return touched
      },
      1,
    )
    const probed = facts.find(({ kind }) => kind === 'probed')
    assert.ok(probed?.kind === 'probed' && probed.isDisturbed)
  })
})
