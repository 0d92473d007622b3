/** ports/web/listener and exchange: every client gets one answer, within limits. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { TroupeError } from '#contract'
import { openWeb, type WebListenOptions, type WebResponse, webFailureOf } from '#ports'
import { Exchange } from '#ports/web/exchange'

async function opened(t: TestContext, options: Partial<WebListenOptions> = {}) {
  const listener = await openWeb({ port: 0, closeTimeoutMs: 50, ...options })
  t.after(() => listener.close())
  return { listener, url: `http://127.0.0.1:${listener.port}` }
}

/** Sends raw bytes and gives what comes back until the server closes. */
async function rawAnswer(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.setEncoding('utf8')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.on('error', () => {})
  socket.write(text)
  await once(socket, 'close')
  return answer
}

/** Answers with this, or with the request itself when the answer has no body. */
function serveWith(answer: WebResponse, closed: (status: number | undefined) => void = () => {}) {
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const exchange = new Exchange(incoming, response, { bodyBytesMax: 10, closed })
    const request = await exchange.read()
    if (request === undefined) return
    const echo = JSON.stringify({ ...request, body: Buffer.from(request.body).toString() })
    exchange.answer({ body: echo, ...answer })
  }
}

describe('a web listener', { timeout: 20_000 }, () => {
  it('answers 503 while nobody serves', async (t) => {
    const { listener, url } = await opened(t)
    const response = await fetch(url)
    assert.equal(response.status, 503)
    assert.equal(response.headers.get('retry-after'), '1')
    assert.equal(listener.counters().unserved, 1)
  })

  it('takes time limits of Infinity for none', async (t) => {
    const forever = Number.POSITIVE_INFINITY
    const limits = { headersTimeoutMs: forever, requestTimeoutMs: forever, idleTimeoutMs: forever }
    const { url } = await opened(t, limits)
    assert.equal((await fetch(url)).status, 503)
  })

  it('hands on method, path, query, headers and body', async (t) => {
    const { listener, url } = await opened(t)
    listener.attach(serveWith({ status: 201 }))
    const response = await fetch(`${url}/a%20b?lat=1&lon=2`, { method: 'POST', body: 'body' })
    assert.equal(response.status, 201)
    const { method, path, query, headers, body, remoteAddress } = (await response.json()) as Record<
      string,
      unknown
    >
    assert.deepEqual(
      [method, path, query, body, remoteAddress],
      ['POST', '/a%20b', 'lat=1&lon=2', 'body', '127.0.0.1'],
    )
    assert.equal((headers as Record<string, string>)['content-length'], '4')
  })

  it('refuses a body above the limit, declared or not', async (t) => {
    const { listener, url } = await opened(t)
    listener.attach(serveWith({ status: 200 }))
    const declared = await fetch(url, { method: 'POST', body: 'x'.repeat(11) })
    assert.equal(declared.status, 413)
    const chunked =
      'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n' +
      'b\r\nxxxxxxxxxxx\r\n0\r\n\r\n'
    assert.match(await rawAnswer(listener.port, chunked), /^HTTP\/1\.1 413 /)
  })

  it('answers 431 to headers that are too large and 400 to what is no HTTP', async (t) => {
    const { listener } = await opened(t, { headersBytesMax: 1_000 })
    const bomb = `GET / HTTP/1.1\r\nx: ${'y'.repeat(2_000)}\r\n\r\n`
    assert.match(await rawAnswer(listener.port, bomb), /^HTTP\/1\.1 431 /)
    assert.match(await rawAnswer(listener.port, '\x16\x03\x01 no http\r\n\r\n'), /^HTTP\/1\.1 400 /)
    assert.equal(listener.counters().clientErrors, 2)
  })

  it('closes a connection beyond its limit at once and counts it', async (t) => {
    const { listener } = await opened(t, { connectionsMax: 1, hosts: ['127.0.0.1'] })
    const first = connect(listener.port, '127.0.0.1')
    await once(first, 'connect')
    const second = connect(listener.port, '127.0.0.1')
    second.on('error', () => {})
    await once(second, 'close')
    first.destroy()
    assert.equal(listener.counters().connectionsRefused, 1)
  })

  it('closes on a client that says nothing, or half of a request, within its time', async (t) => {
    const { listener } = await opened(t, { headersTimeoutMs: 50, requestTimeoutMs: 100 })
    listener.attach(serveWith({ status: 200 }))
    for (const said of [
      '',
      'GET / HTTP/1.1\r\nhost:',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nx',
    ]) {
      const answer = await rawAnswer(listener.port, said)
      assert.match(answer, /^(HTTP\/1\.1 408 .*)?$/s, said)
    }
    assert.equal(listener.counters().clientErrors, 3)
  })

  it('says with a code that its port is in use', async (t) => {
    const { listener } = await opened(t)
    const again = openWeb({ port: listener.port })
    await assert.rejects(again, (error) => TroupeError.is(error, 'PORT_IN_USE'))
  })

  it('closes within its time though a client never reads its answer', async () => {
    const listener = await openWeb({ port: 0, closeTimeoutMs: 20 })
    const client = connect(listener.port, '127.0.0.1')
    client.on('error', () => {})
    await once(client, 'connect')
    client.write('GET / HTTP/1.1\r\n')
    await listener.close()
    client.destroy()
  })
})

describe('an exchange', { timeout: 20_000 }, () => {
  it('turns an answer that HTTP does not know into 502', async (t) => {
    const { listener, url } = await opened(t)
    for (const answer of [{ status: 99 }, { status: 200, headers: { 'x-y': 'a\r\nb' } }]) {
      listener.attach(serveWith({ ...answer, body: '' }))
      assert.equal((await fetch(url)).status, 502)
    }
  })

  it('tells once how it ended', async (t) => {
    const { listener, url } = await opened(t)
    const ends: (number | undefined)[] = []
    const ended = new Promise<void>((resolve) => {
      listener.attach(
        serveWith({ status: 204, body: '' }, (status) => {
          ends.push(status)
          resolve()
        }),
      )
    })
    await fetch(url)
    await ended
    assert.deepEqual(ends, [204])
  })

  it('aborts its signal when the client goes away', async (t) => {
    const { listener } = await opened(t)
    const client = connect(listener.port, '127.0.0.1')
    const ended = new Promise((resolve) => {
      listener.attach((incoming, response) => {
        const exchange = new Exchange(incoming, response, {
          bodyBytesMax: 10,
          closed: (status) => resolve([status, exchange.signal.aborted]),
        })
        exchange.signal.addEventListener('abort', () => resolve([undefined, true]))
        client.destroy()
      })
    })
    client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    const [status] = (await ended) as [unknown]
    assert.equal(status, undefined)
  })
})

describe('the status of a failure', () => {
  it('is 503 for busy and absent, 504 for late, 502 for everything else', () => {
    const statusOf = (thrown: unknown) => webFailureOf(thrown).status
    assert.equal(statusOf(new TroupeError('POOL_SATURATED', { to: 'p', workers: 3 })), 503)
    assert.equal(statusOf(new TroupeError('NAME_UNKNOWN', { name: 'desk' })), 503)
    assert.equal(
      statusOf(new TroupeError('CALL_TIMEOUT', { to: 'p', request: 'handle', timeoutMs: 5 })),
      504,
    )
    assert.equal(
      statusOf(new TroupeError('HANDLER_FAILED', { to: 'p', request: 'handle', problem: 'x' })),
      502,
    )
    assert.equal(statusOf('anything'), 502)
  })
})
