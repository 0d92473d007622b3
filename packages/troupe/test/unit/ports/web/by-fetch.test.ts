/** ports/web with a function of the Fetch standard, and with the real Hono. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { actor, protocol, request } from 'troupe'
import { passing } from '#test/unit/ports/ports-kit'
import {
  connected,
  get,
  heardOf,
  rawAnswer,
  served,
  servedInNoTime,
  statusOf,
  until,
} from './web-kit.js'

const Stock = protocol('stock', {
  left: request<string, number>(),
  never: request<void, number>(),
  limits: request<void, number | undefined>(),
})

const stock = actor(Stock, {
  on: {
    left: (_state, item) => item.length,
    never: (_state, _payload, context) => {
      context.replyLater()
      return undefined as unknown as number
    },
    limits: (_state, _payload, context) => context.deadlineMs,
  },
})

describe('a web port with a fetch function', { timeout: 60_000 }, () => {
  it('gives it the request and sends its response', async (t) => {
    const { url, node, web } = await served(t, {
      fetch: async (given) =>
        new Response(
          `${given.method} ${given.url} ${await given.text()} ${given.headers.get('x')}`,
          {
            status: 201,
            headers: { 'x-y': 'z' },
          },
        ),
    })
    const response = await fetch(`${url}/a?b=c`, {
      method: 'PUT',
      body: 'body',
      headers: { x: '1' },
    })
    assert.equal(response.status, 201)
    assert.equal(response.headers.get('x-y'), 'z')
    assert.equal(await response.text(), `PUT ${url}/a?b=c body 1`)
    assert.equal((await node.call(web, 'counters')).answered['2xx'], 1)
  })

  it('gives it a request that is one wherever it goes', async (t) => {
    const { url } = await served(t, {
      async fetch(given) {
        assert.ok(given instanceof Request)
        const copy = new Request(given.clone(), { headers: { x: 'copied' } })
        assert.equal(copy.url, given.url)
        assert.equal(copy.method, 'POST')
        assert.equal(new Request(given.url, given).method, 'POST')
        assert.deepEqual(await copy.json(), { a: 1 })
        assert.equal(given.bodyUsed, false)
        const form = await new Request(given).formData().catch(() => 'no form')
        assert.equal(form, 'no form')
        return new Response(null, { status: 204 })
      },
    })
    assert.equal((await fetch(url, { method: 'POST', body: '{"a":1}' })).status, 204)
  })

  it('reads a body in each way the standard knows, but once', async (t) => {
    const { url } = await served(t, {
      async fetch(given) {
        const way = new URL(given.url).pathname.slice(1) as 'text'
        const first: unknown = await given[way]()
        const again = await given.text().then(
          () => 'twice',
          () => 'once',
        )
        const size = first instanceof FormData ? first.get('a') : JSON.stringify(first)
        return new Response(`${again} ${given.bodyUsed} ${size}`)
      },
    })
    const ask = async (way: string, body: string | FormData) =>
      (await fetch(`${url}/${way}`, { method: 'POST', body })).text()
    const form = new FormData()
    form.set('a', 'b')
    assert.equal(await ask('text', 'grün'), 'once true "grün"')
    assert.equal(await ask('json', '[1]'), 'once true [1]')
    assert.equal(await ask('arrayBuffer', 'x'), 'once true {}')
    assert.equal(await ask('blob', 'x'), 'once true {}')
    assert.equal(await ask('formData', form), 'once true b')
  })

  it('streams a body in both ways, without holding it', async (t) => {
    const { url } = await served(
      t,
      { fetch: (given) => new Response(given.body) },
      { bodyBytesMax: 50_000_000 },
    )
    const chunk = Buffer.alloc(100_000, 'x')
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        if (sent === 300) return controller.close()
        sent += 1
        controller.enqueue(chunk)
      },
    })
    const given = { method: 'POST', body, duplex: 'half' } as RequestInit
    const response = await fetch(url, given)
    assert.equal((await response.arrayBuffer()).byteLength, 30_000_000)
  })

  it('reads a stream no faster than its client, and cancels it when that leaves', async (t) => {
    let pulled = 0
    let cancelled = false
    const body = () =>
      new ReadableStream({
        pull(controller) {
          pulled += 1
          controller.enqueue(new Uint8Array(100_000))
        },
        cancel() {
          cancelled = true
        },
      })
    const { listener, node, web } = await served(t, { fetch: () => new Response(body()) })
    const client = await connected(t, listener.port)
    client.pause()
    client.write(get('/'))
    let before = -1
    // The kernel takes some megabytes; then nothing moves any more.
    while (pulled !== before || pulled === 0) {
      before = pulled
      for (let turn = 0; turn < 200; turn += 1) await until(() => true)
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.ok(pulled < 500, `${pulled} pieces`)
    client.destroy()
    await until(() => cancelled)
    assert.equal((await node.call(web, 'counters')).aborted, 1)
  })

  it('reads a body no faster than its function does', async (t) => {
    let read: () => void = () => {}
    const wait = new Promise<void>((resolve) => {
      read = resolve
    })
    const { listener } = await served(
      t,
      {
        async fetch(given) {
          const { body } = given
          await wait
          return new Response(String((await new Response(body).arrayBuffer()).byteLength))
        },
      },
      { bodyBytesMax: 100_000_000, timeoutMs: 60_000 },
    )
    const client = await connected(t, listener.port)
    const length = 50_000_000
    const heard = heardOf(client)
    client.write(
      `POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: ${length}\r\n\r\n`,
    )
    const isTaken = client.write(Buffer.alloc(length))
    assert.equal(isTaken, false)
    await until(() => listener.counters().requests === 1)
    assert.ok(client.writableLength > 0)
    read()
    assert.match(await heard, /\r\n50000000\b/)
  })

  it('answers 413 to a body above its limit, declared or not', async (t) => {
    let failed = 0
    const { url, listener } = await served(
      t,
      {
        async fetch(given) {
          try {
            if (given.url.endsWith('stream')) await new Response(given.body).text()
            return new Response(await given.text())
          } catch (error) {
            failed += 1
            throw error
          }
        },
      },
      { bodyBytesMax: 10 },
    )
    assert.equal((await fetch(url, { method: 'POST', body: 'x'.repeat(11) })).status, 413)
    assert.equal(failed, 0)
    for (const path of ['/', '/stream']) {
      const chunked =
        `POST ${path} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n` +
        'b\r\nxxxxxxxxxxx\r\n0\r\n\r\n'
      assert.equal(statusOf(await rawAnswer(t, listener.port, chunked)), 413)
    }
    await until(() => failed === 2)
  })

  it('answers 502 when it throws or answers nonsense, and breaks off what has begun', async (t) => {
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
      pull: (controller) => controller.error(new TypeError('on purpose')),
    })
    const answers: Record<string, () => Response | Promise<Response>> = {
      '/throw': () => {
        throw new TypeError('on purpose')
      },
      '/reject': () => Promise.reject(new TypeError('on purpose')),
      '/nothing': () => undefined as unknown as Response,
      '/null': () => Promise.resolve(null as unknown as Response),
      '/number': () => 7 as unknown as Response,
      '/error': () => Response.error(),
    }
    const { url, node, web } = await served(t, {
      fetch: (given) => {
        const make = answers[new URL(given.url).pathname]
        return make === undefined ? new Response(broken) : make()
      },
    })
    for (const path of Object.keys(answers)) {
      assert.equal((await fetch(url + path)).status, 502, path)
    }
    assert.equal((await node.call(web, 'counters')).failed, Object.keys(answers).length)
    await assert.rejects(async () => (await fetch(url)).arrayBuffer())
  })

  it('aborts its signal when the client leaves, and when it is too late', async (t) => {
    const seen: string[] = []
    const { listener, url, node, web, clock } = await servedInNoTime(
      t,
      {
        async fetch(given, env) {
          const { pathname } = new URL(given.url)
          assert.equal(given.signal.aborted, false)
          await once(env.signal, 'abort')
          seen.push(pathname)
          return new Response('unheard')
        },
      },
      { timeoutMs: 50 },
    )
    assert.equal((await passing(clock, fetch(`${url}/late`))).status, 504)
    const client = await connected(t, listener.port)
    client.write(get('/left'))
    await until(() => listener.counters().requests === 2)
    client.destroy()
    await until(() => seen.length === 2)
    assert.deepEqual(seen, ['/late', '/left'])
    const { late, aborted } = await node.call(web, 'counters')
    assert.deepEqual([late, aborted], [1, 1])
  })

  it('calls actors with the time that is left, and a failed call has its status', async (t) => {
    const { url, node, clock } = await servedInNoTime(
      t,
      {
        async fetch(given, env) {
          const { pathname } = new URL(given.url)
          if (pathname === '/never') return Response.json(await env.call('stock', 'never'))
          if (pathname === '/absent') return Response.json(await env.call('nobody', 'left'))
          if (pathname === '/limits') return Response.json(await env.call('stock', 'limits'))
          return Response.json(await env.call('stock', 'left', pathname))
        },
      },
      { timeoutMs: 300 },
    )
    await node.spawn(stock, { name: 'stock' })
    assert.equal(await (await fetch(`${url}/four`)).json(), 5)
    const leftMs = (await (await fetch(`${url}/limits`)).json()) as number
    assert.equal(leftMs, 300)
    assert.equal((await fetch(`${url}/absent`)).status, 503)
    assert.equal((await passing(clock, fetch(`${url}/never`))).status, 504)
  })

  it('has no limit from its request once its answer has begun', async (t) => {
    const { url, node, clock } = await servedInNoTime(
      t,
      {
        fetch(given, env) {
          if (given.url.endsWith('/late')) return new Promise<Response>(() => {})
          let isBegun = false
          const body = new ReadableStream({
            async pull(controller) {
              if (!isBegun) {
                isBegun = true
                controller.enqueue(Buffer.from('begun '))
                return
              }
              // Another request that is late is the measure that the time of this one has passed.
              assert.equal((await passing(clock, fetch(`${url}/late`))).status, 504)
              const left = await env.call('stock', 'left', 'tea')
              controller.enqueue(Buffer.from(`${left} ${env.deadlineMs} ${env.signal.aborted}`))
              controller.close()
            },
          })
          return new Response(body)
        },
      },
      { timeoutMs: 30 },
    )
    await node.spawn(stock, { name: 'stock' })
    assert.equal(await (await fetch(url)).text(), 'begun 3 undefined false')
  })

  it('takes the address apart by the rules of the standard, or refuses it', async (t) => {
    const { listener } = await served(t, { fetch: (given) => new Response(`<${given.url}>`) })
    const seen = async (target: string, host = 'Example:80') => {
      const said = `GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`
      const answer = await rawAnswer(t, listener.port, said)
      return /<(.*)>/.exec(answer)?.[1] ?? statusOf(answer)
    }
    assert.equal(await seen('/a/b?c=d'), 'http://example/a/b?c=d')
    assert.equal(await seen('/a', 'Example:8080'), 'http://example:8080/a')
    assert.equal(await seen('/a/../b'), 'http://example/b')
    assert.equal(await seen('/%2e%2e/b'), 'http://example/b')
    assert.equal(await seen('http://other/c'), 'http://other/c')
    assert.equal(await seen('//evil/c'), 'http://example//evil/c')
    assert.equal(await seen('/', '[::1]:8080'), 'http://[::1]:8080/')
    assert.equal(await seen('/', '.0'), 400)
    assert.equal(await seen('/', '0x7f.1'), 'http://127.0.0.1/')
    assert.equal(await seen('/', 'a:65536'), 400)
    assert.equal(await seen('/', 'a@b'), 400)
    assert.equal(await seen('/', 'a b'), 400)
    assert.equal(await seen('ftp://a/'), 400)
    assert.equal(await seen('/', 'a/../b?'), 400)
  })

  it('sends cookies apart and keeps what a HEAD is told', async (t) => {
    const headers = new Headers([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2, c'],
      ['content-length', '7'],
    ])
    const { listener } = await served(t, {
      fetch: (given) => new Response(given.method === 'HEAD' ? null : 'seven77', { headers }),
    })
    const answer = await rawAnswer(t, listener.port, get('/'))
    assert.match(answer, /set-cookie: a=1\r\nset-cookie: b=2, c\r\n/)
    const head = await rawAnswer(t, listener.port, get('/').replace('GET', 'HEAD'))
    assert.match(head, /content-length: 7\r\n/)
    const trace = await rawAnswer(t, listener.port, get('/').replace('GET', 'TRACE'))
    assert.equal(statusOf(trace), 501)
  })

  it('may answer with a plain value', async (t) => {
    const { url } = await served(t, { fetch: () => ({ status: 202, body: 'value' }) })
    const response = await fetch(url)
    assert.deepEqual([response.status, await response.text()], [202, 'value'])
  })

  it('ends what it streams when it is killed', async (t) => {
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.from('x')) })
    const { url, node, web } = await served(t, { fetch: () => new Response(body) })
    const response = await fetch(url)
    node.kill(web)
    await assert.rejects(response.arrayBuffer())
  })

  it('does not take a client that leaves while its turn has not come for a failure', async (t) => {
    const held = new Promise<Response>(() => {})
    const { node, web, listener } = await served(t, {
      fetch: async (given) => (given.method === 'GET' ? held : new Response(await given.text())),
    })
    const client = await connected(t, listener.port)
    const ahead = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'
    client.write(`${ahead}POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf`)
    await until(() => listener.counters().requests === 2)
    client.destroy()
    let counters = await node.call(web, 'counters')
    while (counters.aborted < 2) counters = await node.call(web, 'counters')
    for (let turns = 0; turns < 5; turns += 1) await new Promise((ended) => setImmediate(ended))
    assert.equal((await node.call(web, 'counters')).failed, 0)
  })
})
