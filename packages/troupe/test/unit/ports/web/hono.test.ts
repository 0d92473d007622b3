/** ports/web with the real Hono. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { streamText } from 'hono/streaming'
import { actor, protocol, request, TroupeError, type WebEnv } from 'troupe'
import { served } from './web-kit.js'

const Stock = protocol('stock', { left: request<string, number>() })
const stock = actor(Stock, { on: { left: (_state, item) => item.length } })

describe('a web port with Hono', { timeout: 60_000 }, () => {
  const app = new Hono<{ Bindings: WebEnv }>()
  app.get('/stock/:item', async (c) =>
    c.json({ left: await c.env.call('stock', 'left', c.req.param('item')) }),
  )
  app.post('/echo', async (c) =>
    c.text(await c.req.text(), 201, { 'x-seen': c.req.header('x') ?? '' }),
  )
  app.post('/upload', async (c) => c.json(Object.keys(await c.req.parseBody())))
  app.get('/stream', (c) =>
    streamText(c, async (stream) => {
      for (const word of ['one ', 'two ', 'three']) await stream.write(word)
    }),
  )
  app.get('/throw', () => {
    throw new TypeError('on purpose')
  })
  app.route(
    '/sub',
    new Hono().get('/deep', (c) => c.html('<b>deep</b>')),
  )
  app.mount('/mounted', (given: Request) => new Response(new URL(given.url).pathname))
  app.notFound((c) => c.text('nothing here', 404))

  it('routes, calls actors, reads bodies, streams and mounts', async (t) => {
    const { url, node } = await served(t, { fetch: app.fetch })
    await node.spawn(stock, { name: 'stock' })
    assert.deepEqual(await (await fetch(`${url}/stock/tea`)).json(), { left: 3 })
    const echoed = await fetch(`${url}/echo`, { method: 'POST', body: 'ping', headers: { x: 'y' } })
    assert.deepEqual(
      [echoed.status, await echoed.text(), echoed.headers.get('x-seen')],
      [201, 'ping', 'y'],
    )
    const form = new FormData()
    form.set('file', new Blob(['x'.repeat(100_000)]), 'a.txt')
    const uploaded = await fetch(`${url}/upload`, { method: 'POST', body: form })
    assert.deepEqual(await uploaded.json(), ['file'])
    assert.equal(await (await fetch(`${url}/stream`)).text(), 'one two three')
    assert.equal(await (await fetch(`${url}/sub/deep`)).text(), '<b>deep</b>')
    assert.equal(await (await fetch(`${url}/mounted/a`)).text(), '/a')
    assert.equal((await fetch(`${url}/nowhere`)).status, 404)
    assert.equal((await fetch(`${url}/stock/tea`, { method: 'HEAD' })).status, 200)
  })

  it('maps a failed call in the error handler of Hono, where it is wanted', async (t) => {
    const strict = new Hono<{ Bindings: WebEnv }>()
    strict.get('/', async (c) => c.json(await c.env.call('nobody', 'left', 'x')))
    strict.onError((error, c) => c.text(TroupeError.is(error) ? error.code : 'other', 500))
    const { url } = await served(t, { fetch: strict.fetch })
    const response = await fetch(url)
    assert.deepEqual([response.status, await response.text()], [500, 'NAME_UNKNOWN'])
  })
})
