/** ports/web with a plain function, and with the real Fastify. */
import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import Fastify from 'fastify'
import { actor, protocol, request, TroupeError, webEnv } from 'troupe'
import { connected, get, heardOf, opened, rawAnswer, served, statusOf, until } from './web-kit.js'

const Stock = protocol('stock', { left: request<string, number>() })
const stock = actor(Stock, { on: { left: (_state, item) => item.length } })

describe('a web port with a plain function', { timeout: 60_000 }, () => {
  it('hands it the request and the response of Node', async (t) => {
    const { url, node, web } = await served(t, {
      serve(given, response) {
        response.statusCode = 201
        response.end(`${given.method} ${given.url}`)
      },
    })
    const response = await fetch(`${url}/a?b`)
    assert.deepEqual([response.status, await response.text()], [201, 'GET /a?b'])
    assert.equal((await node.call(web, 'counters')).answered['2xx'], 1)
  })

  it('reaches actors through webEnv', async (t) => {
    const { url, node } = await served(t, {
      async serve(given, response) {
        response.end(String(await webEnv(given).call('stock', 'left', 'tea')))
      },
    })
    await node.spawn(stock, { name: 'stock' })
    assert.equal(await (await fetch(url)).text(), '3')
    const plain = await opened(t)
    const refused = new Promise((resolve) => {
      plain.listener.attach((given, response) => {
        try {
          webEnv(given)
        } catch (error) {
          resolve(TroupeError.is(error, 'NOT_ALLOWED'))
        }
        response.end()
      })
    })
    await fetch(plain.url)
    assert.equal(await refused, true)
  })

  it('answers 502 when it throws or rejects, 503 when nobody is there to call', async (t) => {
    const { url, node, web } = await served(t, {
      serve(given) {
        if (given.url === '/throw') throw new TypeError('on purpose')
        if (given.url === '/absent') return webEnv(given).call('nobody', 'left')
        return Promise.reject(new TypeError('on purpose'))
      },
    })
    assert.equal((await fetch(`${url}/throw`)).status, 502)
    assert.equal((await fetch(`${url}/reject`)).status, 502)
    assert.equal((await fetch(`${url}/absent`)).status, 503)
    const { failed, unavailable } = await node.call(web, 'counters')
    assert.deepEqual([failed, unavailable], [2, 1])
  })

  it('breaks an answer off that has begun when it throws', async (t) => {
    const { url } = await served(t, {
      async serve(_given, response) {
        response.write('begun')
        await until(() => true)
        throw new TypeError('on purpose')
      },
    })
    await assert.rejects(async () => (await fetch(url)).text())
  })

  it('answers 504 when it is late, and what it does afterwards is void', async (t) => {
    const late: ServerResponse[] = []
    const { url, node, web } = await served(
      t,
      {
        serve(_given, response) {
          response.setHeader('x-half', 'prepared')
          late.push(response)
        },
      },
      { timeoutMs: 30 },
    )
    const given = await fetch(url)
    assert.deepEqual([given.status, given.headers.get('x-half')], [504, null])
    const [response] = late as [ServerResponse]
    let told = 0
    response.setHeader('x', 'y')
    response.writeHead(200, { a: 'b' })
    response.write('late', () => {
      told += 1
    })
    Readable.from(['a', 'b']).pipe(response)
    response.end('late', () => {
      told += 1
    })
    await until(() => told === 2)
    assert.equal((await node.call(web, 'counters')).late, 1)
  })

  it('refuses a body above the limit, declared or not', async (t) => {
    let read = 0
    const { url, listener } = await served(
      t,
      {
        async serve(given, response) {
          for await (const chunk of given) read += (chunk as Uint8Array).length
          response.end('whole')
        },
      },
      { bodyBytesMax: 10 },
    )
    assert.equal((await fetch(url, { method: 'POST', body: 'x'.repeat(11) })).status, 413)
    const chunked = (size: number) =>
      'POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n' +
      `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n0\r\n\r\n`
    assert.equal(statusOf(await rawAnswer(t, listener.port, chunked(11))), 413)
    assert.equal(read, 0)
    assert.match(await rawAnswer(t, listener.port, chunked(10)), /whole/)
    assert.equal(read, 10)
  })

  it('does not count the time in which the client still speaks', async (t) => {
    const { listener } = await served(
      t,
      {
        async serve(given, response) {
          for await (const _chunk of given);
          response.end('whole')
        },
      },
      { timeoutMs: 20 },
    )
    const client = await connected(t, listener.port)
    const heard = heardOf(client)
    client.write('POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 3\r\n\r\n')
    for (const byte of 'abc') {
      // Another request that is late is the measure that the time of this one has passed.
      client.write(byte)
      await rawAnswer(
        t,
        listener.port,
        get('/').replace('GET', 'POST').replace('\r\n\r\n', '\r\ncontent-length: 0\r\n\r\n'),
      )
    }
    assert.match(await heard, /whole$/)
  })

  it('answers what it held with 503 when it is killed', async (t) => {
    const { url, node, web, listener } = await served(t, { serve() {} })
    const held = fetch(url)
    await until(() => listener.counters().requests === 1)
    node.kill(web)
    assert.equal((await held).status, 503)
  })

  it('refuses options that cannot be', async (t) => {
    const wrong: object[] = [{}, { handler: 'a', serve() {} }, { serve: 7 }, { fetch: 'x' }]
    for (const answering of wrong) {
      await assert.rejects(served(t, answering as { handler: string }), (error) => {
        const cause = error instanceof Error ? (error.cause ?? error) : error
        return TroupeError.is(cause, 'OPTION_INVALID')
      })
    }
  })
})

describe('a web port with Fastify', { timeout: 60_000 }, () => {
  it('routes, validates, calls actors and streams', async (t) => {
    const app = Fastify()
    app.get('/stock/:item', async (given) => {
      const { item } = given.params as { item: string }
      return { left: await webEnv(given.raw).call('stock', 'left', item) }
    })
    const schema = { body: { type: 'object', required: ['a'] } }
    app.post('/echo', { schema }, async (given, reply) => reply.code(201).send(given.body))
    app.get('/stream', async (_given, reply) => reply.send(Readable.from(['one ', 'two'])))
    await app.ready()
    t.after(() => app.close())
    const { url, node } = await served(t, {
      serve: (given, response) => app.routing(given, response),
    })
    await node.spawn(stock, { name: 'stock' })
    assert.deepEqual(await (await fetch(`${url}/stock/tea`)).json(), { left: 3 })
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
    const echoed = await fetch(`${url}/echo`, { ...json, body: '{"a":1}' })
    assert.deepEqual([echoed.status, await echoed.json()], [201, { a: 1 }])
    assert.equal((await fetch(`${url}/echo`, { ...json, body: '{}' })).status, 400)
    assert.equal(await (await fetch(`${url}/stream`)).text(), 'one two')
    assert.equal((await fetch(`${url}/nowhere`)).status, 404)
  })

  it('that answers too late does no harm', async (t) => {
    const app = Fastify()
    let answer: () => void = () => {}
    app.get('/', (_given, reply) => {
      answer = () => void reply.send({ late: true })
    })
    await app.ready()
    t.after(() => app.close())
    const serve = (given: Parameters<typeof app.routing>[0], response: ServerResponse) =>
      app.routing(given, response)
    const { url } = await served(t, { serve }, { timeoutMs: 30 })
    assert.equal((await fetch(url)).status, 504)
    answer()
    assert.equal((await fetch(`${url}/nowhere`)).status, 404)
  })
})
