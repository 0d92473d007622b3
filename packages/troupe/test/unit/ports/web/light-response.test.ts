/** ports/web/light-response: it is what Node's own is, and costs less. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Hono } from 'hono'
import { actor, LightResponse, protocol, request, type WebEnv } from 'troupe'
import { get, rawAnswer, served } from './web-kit.js'

const Whole = globalThis.Response
type AnyInit = { status?: number; statusText?: string; headers?: Record<string, string> }

/** All that can be seen of a response, or what making it throws. */
async function seen(Kind: typeof Response, body: unknown, init: AnyInit | undefined) {
  try {
    const made = new Kind(body as string, init)
    const copy = made.clone()
    return {
      ...{ status: made.status, ok: made.ok, type: made.type, statusText: made.statusText },
      headers: [...made.headers],
      hasBody: made.body !== null,
      text: await made.text(),
      used: [made.bodyUsed, copy.bodyUsed],
      copied: new Uint8Array(await copy.arrayBuffer()),
    }
  } catch (error) {
    return error instanceof Error ? error.name : error
  }
}

describe('a light response', { timeout: 60_000 }, () => {
  it('is what a response of Node is', async () => {
    const body = fc.oneof(
      fc.constantFrom(null, undefined, '', 7, 'grün'),
      fc.string(),
      fc.uint8Array({ maxLength: 5 }),
    )
    const init = fc.record(
      {
        status: fc.constantFrom(100, 200, 201, 204, 205, 304, 404, 599, 600, Number.NaN),
        statusText: fc.constantFrom('', 'fine', 'ü\n'),
        headers: fc.dictionary(
          fc.constantFrom('x', 'Content-Type', 'content-length', 'bad name'),
          fc.constantFrom('a', 'text/html', 'bad\nvalue'),
        ),
      },
      { requiredKeys: [] },
    )
    const seed = Number(process.env['TROUPE_SEED'] ?? 1)
    await fc.assert(
      fc.asyncProperty(body, fc.option(init, { nil: undefined }), async (given, options) => {
        const light = await seen(LightResponse, given, options as AnyInit)
        assert.deepEqual(light, await seen(Whole, given, options as AnyInit))
      }),
      { seed, numRuns: 500 },
    )
  })

  it('is an instance of both, and so is one of Node', () => {
    const light = new LightResponse('x')
    assert.ok(light instanceof Whole)
    assert.ok(light instanceof LightResponse)
    assert.ok(new Whole('x') instanceof LightResponse)
    class Own extends LightResponse {}
    assert.ok(!(light instanceof Own))
    assert.ok(new Own() instanceof Own)
  })

  it('has the makers of a response', async () => {
    const json = LightResponse.json({ a: 1 }, { status: 201 })
    assert.deepEqual([json.status, json.headers.get('content-type')], [201, 'application/json'])
    assert.deepEqual(await json.json(), { a: 1 })
    const typed = LightResponse.json(1, { headers: { 'content-type': 'a/b' } })
    assert.equal(typed.headers.get('content-type'), 'a/b')
    assert.throws(() => LightResponse.json(undefined))
    assert.equal(LightResponse.redirect('http://a/', 307).headers.get('location'), 'http://a/')
    assert.equal(LightResponse.error().type, 'error')
  })

  it('lets its headers be changed before it is sent', async (t) => {
    const { listener } = await served(t, {
      fetch(given) {
        const made = new LightResponse(given.url.endsWith('null') ? null : 'text', { status: 201 })
        made.headers.append('set-cookie', 'a')
        made.headers.append('set-cookie', 'b')
        if (given.url.endsWith('untyped')) made.headers.delete('content-type')
        return given.url.endsWith('copy') ? new LightResponse(made.body, made) : made
      },
    })
    const plain = await rawAnswer(t, listener.port, get('/'))
    assert.match(plain, /^HTTP\/1\.1 201 /)
    assert.match(plain, /content-type: text\/plain;charset=UTF-8\r\n/)
    assert.match(plain, /set-cookie: a\r\nset-cookie: b\r\n/)
    assert.match(plain, /content-length: 4\r\n/)
    assert.doesNotMatch(await rawAnswer(t, listener.port, get('/untyped')), /content-type/)
    assert.match(await rawAnswer(t, listener.port, get('/copy')), /set-cookie: b.*\r\n4\r\ntext/s)
    assert.match(await rawAnswer(t, listener.port, get('/null')), /content-length: 0\r\n/)
  })

  it('serves Hono in place of Node’s', async (t) => {
    globalThis.Response = LightResponse
    t.after(() => {
      globalThis.Response = Whole
    })
    const Stock = protocol('stock', { left: request<string, number>() })
    const app = new Hono<{ Bindings: WebEnv }>()
    app.use(async (c, next) => {
      await next()
      c.header('x-after', 'middleware')
    })
    app.get('/json', async (c) => c.json(await c.env.call('stock', 'left', 'tea')))
    app.get('/text', (c) => c.text('text', 201))
    app.get('/cookie', (c) => c.body(null, 204, { 'set-cookie': 'a=b' }))
    app.get('/fetched', async () => fetch(`${url}/text`))
    const { url, node } = await served(t, { fetch: app.fetch })
    const stock = actor(Stock, { on: { left: (_state, item) => item.length } })
    await node.spawn(stock, { name: 'stock' })
    const json = await fetch(`${url}/json`)
    assert.deepEqual([await json.json(), json.headers.get('x-after')], [3, 'middleware'])
    const text = await fetch(`${url}/text`)
    assert.deepEqual([text.status, await text.text()], [201, 'text'])
    assert.equal((await fetch(`${url}/cookie`)).headers.get('set-cookie'), 'a=b')
    assert.equal(await (await fetch(`${url}/fetched`)).text(), 'text')
    assert.equal((await fetch(`${url}/nowhere`)).status, 404)
  })
})
