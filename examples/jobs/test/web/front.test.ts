/**
 * examples/jobs/test/web/front.test: what the web of a coordinator answers, over real sockets.
 */
import assert from 'node:assert/strict'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { type Node, openWeb, startNode, type WebListener } from 'troupe'
import type { Unavailable } from '#jobs/coordinator/coordinator-protocol'
import { BODY_MAX_BYTES } from '#jobs/job/job'
import { readPage } from '#jobs/web/page'
import { listenOptions, webActor } from '#jobs/web/web-actor'
import { type FakeCluster, fakeCluster, fakeCoordinator, MemoryTexts, VIEW } from '#test/web/fakes'

interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

describe('the web of a coordinator', () => {
  let node: Node
  let listener: WebListener
  const texts = new MemoryTexts()
  const cluster: FakeCluster = fakeCluster()

  before(async () => {
    node = await startNode('jobs1@localhost', { logSinks: [] })
    listener = await openWeb(listenOptions(0))
    await node.spawn(fakeCoordinator, { name: 'coordinator', args: [cluster] })
    const parts = { listener, page: await readPage(), texts: () => texts }
    await node.spawn(webActor, { args: [parts] })
  })
  after(async () => {
    await node.stop()
    await listener.close()
  })

  const ask = (
    method: string,
    path: string,
    { body, headers = {} }: { body?: string; headers?: Record<string, string> } = {},
  ): Promise<Got> =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: listener.port, method, path, headers }
      const request = httpRequest(options, (response) => {
        const pieces: Buffer[] = []
        response.on('data', (piece: Buffer) => pieces.push(piece))
        response.on('end', () => {
          const text = Buffer.concat(pieces).toString()
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
        })
      })
      request.on('error', reject)
      request.end(body)
    })
  const codeOf = ({ text }: Got): string => JSON.parse(text).error.code

  it('accepts a job with its place, and the same again as known', async () => {
    const first = await ask('POST', '/jobs?kind=n-grams&id=tea&n=3', { body: 'one two three' })
    assert.equal(first.status, 201)
    assert.equal(first.headers['location'], '/jobs/tea')
    const { id, state, parameters, bytes } = JSON.parse(first.text)
    assert.deepEqual(
      { id, state, parameters, bytes },
      {
        ...{ id: 'tea', state: 'queued', parameters: { n: 3, passes: 1 }, bytes: 13 },
      },
    )
    const again = await ask('POST', '/jobs?kind=n-grams&id=tea&n=3', { body: 'one two three' })
    assert.equal(again.status, 200)
    const other = await ask('POST', '/jobs?kind=n-grams&id=tea&n=3', { body: 'four' })
    assert.equal(other.status, 409)
    assert.equal(codeOf(other), 'ID_TAKEN')
    assert.equal(texts.texts.size, 1, 'only the text of the job is left')
    assert.equal((await ask('GET', '/jobs/tea')).status, 200)
  })

  it('gives a job without an id one of its own', async () => {
    const { status, text } = await ask('POST', '/jobs?kind=word-count', { body: 'words' })
    assert.equal(status, 201)
    assert.match(JSON.parse(text).id, /^[0-9a-f-]{36}$/)
  })

  it('refuses what cannot be with a code', async () => {
    const cases = [
      ['POST', '/jobs?kind=tea', 400, 'KIND_UNKNOWN'],
      ['POST', '/jobs', 400, 'KIND_UNKNOWN'],
      ['POST', '/jobs?kind=gzip&level=12', 400, 'PARAMETER_INVALID'],
      ['POST', '/jobs?kind=gzip&kind=gzip', 400, 'PARAMETER_INVALID'],
      ['POST', '/jobs?kind=gzip&n=1', 400, 'PARAMETER_INVALID'],
      ['POST', '/jobs?kind=gzip&__proto__=1', 400, 'PARAMETER_INVALID'],
      ['POST', '/jobs?kind=gzip&id=a%2Fb', 400, 'ID_INVALID'],
      ['POST', `/jobs?kind=gzip&id=${'a'.repeat(65)}`, 400, 'ID_INVALID'],
      ['GET', '/jobs/%00', 400, 'ID_INVALID'],
      ['GET', '/jobs/%E0%A4', 404, 'PATH_UNKNOWN'],
      ['GET', '/jobs/nobody', 404, 'JOB_UNKNOWN'],
      ['DELETE', '/jobs/nobody', 404, 'JOB_UNKNOWN'],
      ['GET', '/jobs?state=gone', 400, 'PARAMETER_INVALID'],
      ['GET', '/jobs?limit=1001', 400, 'PARAMETER_INVALID'],
      ['GET', '/jobs?colour=red', 400, 'PARAMETER_INVALID'],
      ['PATCH', '/jobs', 405, 'METHOD_UNKNOWN'],
      ['GET', '/constructor', 404, 'PATH_UNKNOWN'],
      ['PUT', '/workers/worker1/weight', 400, 'NODE_INVALID'],
    ] as const
    for (const [method, path, status, code] of cases) {
      const got = await ask(method, path, method === 'POST' ? { body: 'text' } : {})
      assert.deepEqual([path, got.status, codeOf(got)], [path, status, code])
    }
  })

  it('refuses a job without a text, and one that is packed', async () => {
    const none = await ask('POST', '/jobs?kind=gzip')
    assert.deepEqual([none.status, codeOf(none)], [400, 'BODY_MISSING'])
    const headers = { 'content-encoding': 'gzip' }
    const packed = await ask('POST', '/jobs?kind=gzip', { body: 'x', headers })
    assert.deepEqual([packed.status, codeOf(packed)], [415, 'BODY_ENCODED'])
  })

  it('refuses a text above 64 MB before it comes, and as soon as too much has come', async () => {
    const headers = { 'content-length': `${BODY_MAX_BYTES + 1}`, expect: '100-continue' }
    const told = await ask('POST', '/jobs?kind=gzip', { headers }).catch(() => undefined)
    assert.equal(told?.status, 413)
    const piece = Buffer.alloc(1 << 20)
    const status = await new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: listener.port, method: 'POST' }
      const request = httpRequest({ ...options, path: '/jobs?kind=gzip' }, (response) => {
        response.resume()
        resolve(response.statusCode)
        request.destroy()
      })
      request.on('error', reject)
      let left = 70
      const more = (): void => {
        while (left > 0 && !request.destroyed) {
          left -= 1
          if (!request.write(piece)) return void request.once('drain', more)
        }
      }
      more()
    })
    assert.equal(status, 413)
    assert.ok(texts.mostHeld < 1 << 18, `${texts.mostHeld} bytes were held at once`)
  })

  it('says 503 and when to come again while nobody leads', async () => {
    const before = texts.texts.size
    cluster.unavailable = { kind: 'unavailable', code: 'NO_LEADER', problem: 'nobody leads' }
    const posted = await ask('POST', '/jobs?kind=gzip&id=late', { body: 'text' })
    const asked = await ask('GET', '/jobs/late')
    cluster.unavailable = undefined
    assert.deepEqual([posted.status, codeOf(posted)], [503, 'NO_LEADER'])
    assert.equal(posted.headers['retry-after'], '1')
    assert.equal(texts.texts.size, before + 1, 'a leader that is gone may have taken it')
    assert.equal(asked.status, 503)
    assert.equal((await ask('POST', '/jobs?kind=gzip&id=late', { body: 'text' })).status, 201)
  })

  it('drops a text only when it is certain that no job has it', async () => {
    const left = async (code: Unavailable['code']): Promise<number> => {
      const before = texts.texts.size
      cluster.unavailable = { kind: 'unavailable', code, problem: 'not now' }
      const { status } = await ask('POST', '/jobs?kind=gzip&id=perhaps', { body: 't' })
      cluster.unavailable = undefined
      assert.equal(status, 503)
      return texts.texts.size - before
    }
    assert.equal(await left('NO_MAJORITY'), 1)
    assert.equal(await left('TAKING_OVER'), 1)
    assert.equal(await left('FULL'), 0)
  })

  it('lists by filters and says what comes next', async () => {
    cluster.orders.length = 0
    const path = '/jobs?state=done,parked&kind=gzip&worker=worker1@localhost&limit=1&before=tea'
    const { status, text } = await ask('GET', path)
    assert.equal(status, 200)
    assert.equal(JSON.parse(text).next, JSON.parse(text).jobs[0].id)
    assert.deepEqual(cluster.orders, [
      {
        ...{ limit: 1, states: ['done', 'parked'], kind: 'gzip' },
        ...{ worker: 'worker1@localhost', before: 'tea' },
      },
    ])
  })

  it('passes orders on that are exactly right', async () => {
    cluster.orders.length = 0
    const headers = { 'content-type': 'application/json' }
    const put = (path: string, body: object, method = 'PUT') =>
      ask(method, path, { body: JSON.stringify(body), headers })
    assert.equal((await put('/cluster/workers', { min: 3, max: 6 })).status, 204)
    assert.equal((await put('/workers/worker1%40localhost/weight', { weight: 10 })).status, 204)
    assert.equal((await ask('POST', '/workers/worker1@localhost/drain')).status, 204)
    assert.deepEqual(cluster.orders, [
      { min: 3, max: 6 },
      { node: 'worker1@localhost', weight: 10 },
      { node: 'worker1@localhost', deadlineMs: 60_000 },
    ])
    for (const wrong of [
      { min: 4, max: 3 },
      { min: 1 },
      { min: 1, max: 2, more: 3 },
      [],
      { min: '1' },
    ])
      assert.equal((await put('/cluster/workers', wrong)).status, 400, JSON.stringify(wrong))
    const plain = await ask('PUT', '/cluster/workers', { body: '{"min":1,"max":1}' })
    assert.equal(plain.status, 415)
    assert.equal(cluster.orders.length, 3)
  })

  it('lets no foreign page change anything, under no name but its own', async () => {
    const at = `http://127.0.0.1:${listener.port}`
    const post = (headers: Record<string, string>) =>
      ask('POST', '/jobs?kind=gzip', { body: 'x', headers }).then(({ status }) => status)
    assert.equal(await post({ origin: 'http://evil.example' }), 403)
    assert.equal(await post({ origin: 'null' }), 403)
    assert.equal(await post({ origin: 'http://127.0.0.1:1' }), 403)
    assert.equal(await post({ 'sec-fetch-site': 'same-site', origin: at }), 403)
    assert.equal(await post({ 'sec-fetch-site': 'cross-site' }), 403)
    assert.equal(await post({ 'sec-fetch-site': 'same-origin', origin: at }), 201)
    const rebound = await ask('GET', '/jobs', { headers: { host: 'evil.example' } })
    assert.deepEqual([rebound.status, codeOf(rebound)], [421, 'HOST_REFUSED'])
  })

  it('shows the cluster, and a page that runs its own script alone', async () => {
    assert.deepEqual(JSON.parse((await ask('GET', '/cluster')).text), VIEW)
    const { status, headers, text } = await ask('GET', '/')
    assert.equal(status, 200)
    assert.match(String(headers['content-security-policy']), /script-src 'sha256-/)
    assert.match(text, /<title>/)
    const again = await ask('GET', '/', { headers: { 'if-none-match': String(headers['etag']) } })
    assert.equal(again.status, 304)
    assert.equal((await ask('HEAD', '/cluster')).text, '')
  })
})
