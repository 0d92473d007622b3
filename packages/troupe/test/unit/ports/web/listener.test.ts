/** ports/web/listener: open HTTP servers and their limits. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { TroupeError } from '#contract'
import { openWeb, webFailureOf } from '#ports'
import { connected, heardOf, opened, rawAnswer, statusOf, until } from './web-kit.js'

const answering = (_request: IncomingMessage, response: ServerResponse): void => {
  response.end('hello')
}

describe('a web listener', { timeout: 60_000 }, () => {
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

  it('answers 431 to headers that are too large and 400 to what is no HTTP', async (t) => {
    const { listener } = await opened(t, { headersBytesMax: 1_000 })
    const bomb = `GET / HTTP/1.1\r\nx: ${'y'.repeat(2_000)}\r\n\r\n`
    assert.match(await rawAnswer(t, listener.port, bomb), /^HTTP\/1\.1 431 /)
    assert.match(
      await rawAnswer(t, listener.port, '\x16\x03\x01 no http\r\n\r\n'),
      /^HTTP\/1\.1 400 /,
    )
    assert.equal(listener.counters().clientErrors, 2)
  })

  it('answers 400 to a request that names several hosts, or what is none', async (t) => {
    const { listener } = await opened(t)
    listener.attach(answering)
    const asked = (hosts: string) =>
      rawAnswer(t, listener.port, `GET / HTTP/1.1\r\n${hosts}connection: close\r\n\r\n`)
    const twice = await asked('host: a\r\nHOST: b\r\n')
    assert.match(twice, /^HTTP\/1\.1 400 .*connection: close/is)
    const wrong = ['host: a\r\nhost: a\r\n', '', 'host: a b\r\n', 'host: a/b\r\n', 'host: a@b\r\n']
    for (const hosts of wrong) assert.equal(statusOf(await asked(hosts)), 400, hosts)
    const right = ['', 'a:', 'a.example:80', '[::1]:80', '127.0.0.1', "a~!$&'()*+,;=%20"]
    for (const host of right) assert.equal(statusOf(await asked(`host: ${host}\r\n`)), 200, host)
    // One without any is refused by Node itself, before it becomes a request.
    assert.equal(listener.counters().malformed, wrong.length)
    const upgrade = 'host: a\r\nhost: b\r\nconnection: upgrade\r\nupgrade: websocket\r\n'
    listener.attachUpgrade((_request, socket) => void socket.end())
    assert.equal(statusOf(await asked(upgrade)), 400)
    assert.equal(listener.counters().upgradesRefused, 1)
  })

  it('gives one answer to a request that proves wrong after its answer', async (t) => {
    const { listener } = await opened(t)
    listener.attach(answering)
    const head = 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n'
    const answer = await rawAnswer(t, listener.port, `${head}no length\r\n`)
    assert.deepEqual(answer.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200'])
    assert.equal(listener.counters().malformed, 1)
  })

  it('answers 501 to codings it does not know, and 505 to a version that is too old', async (t) => {
    const { listener } = await opened(t)
    listener.attach(answering)
    const head = 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n'
    assert.equal(statusOf(await rawAnswer(t, listener.port, `${head}1\r\nx\r\n0\r\n\r\n`)), 501)
    assert.equal(statusOf(await rawAnswer(t, listener.port, 'GET /\r\n\r\n')), 505)
    assert.equal(listener.counters().malformed, 2)
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
    listener.attach((request, response) => {
      request.on('error', () => {})
      request.resume().once('end', () => response.end())
    })
    for (const said of [
      '',
      'GET / HTTP/1.1\r\nhost:',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nx',
    ]) {
      const answer = await rawAnswer(t, listener.port, said)
      assert.match(answer, /^(HTTP\/1\.1 408 .*)?$/s, said)
    }
    assert.equal(listener.counters().clientErrors, 3)
  })

  it('answers 431 to too many headers, rather than leave some out', async (t) => {
    const { listener } = await opened(t, { headersMax: 5 })
    let headers = 0
    listener.attach((request, response) => {
      headers = request.rawHeaders.length / 2
      response.end()
    })
    const asked = (count: number) =>
      rawAnswer(
        t,
        listener.port,
        `GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${'x: y\r\n'.repeat(count - 2)}\r\n`,
      )
    assert.equal(statusOf(await asked(5)), 200)
    assert.equal(headers, 5)
    assert.equal(statusOf(await asked(6)), 431)
    assert.equal(statusOf(await asked(500)), 431)
    assert.equal(listener.counters().headersTooLarge, 2)
  })

  it('closes on a client that keeps its connection and says no more', async (t) => {
    const { listener } = await opened(t, { idleTimeoutMs: 30 })
    listener.attach(answering)
    const answer = await rawAnswer(t, listener.port, 'GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    assert.equal(statusOf(answer), 200)
    await until(() => listener.counters().connectionsIdle === 1)
  })

  it('closes on a client that never reads its answer, and counts it', async (t) => {
    const { listener } = await opened(t, { stallTimeoutMs: 100 })
    const closed = new Promise<void>((resolve) => {
      listener.attach((_request, response) => {
        response.once('close', resolve)
        response.end(Buffer.alloc(64_000_000))
      })
    })
    const client = await connected(t, listener.port)
    client.pause()
    client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    await closed
    assert.equal(listener.counters().connectionsStalled, 1)
  })

  it('lets a handler take longer than a client may be quiet', async (t) => {
    const { listener } = await opened(t, { stallTimeoutMs: 20, idleTimeoutMs: 20 })
    const other = await opened(t, { stallTimeoutMs: 60, idleTimeoutMs: 60 })
    other.listener.attach(answering)
    const answered = new Promise<() => void>((resolve) => {
      listener.attach((_request, response) => resolve(() => void response.end('late')))
    })
    const client = await connected(t, listener.port)
    const heard = heardOf(client)
    client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    const answer = await answered
    // The idle time of another connection is the measure that the time of this one has passed.
    await rawAnswer(t, other.listener.port, 'GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    answer()
    assert.match(await heard, /late$/)
    assert.equal(listener.counters().connectionsStalled, 0)
  })

  it('tells the end of answers that wait behind another on a broken connection', async (t) => {
    const { listener } = await opened(t)
    let closed = 0
    let asked = 0
    listener.attach((_request, response) => {
      asked += 1
      response.once('close', () => {
        closed += 1
      })
    })
    const client = await connected(t, listener.port)
    client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(20))
    await until(() => asked === 20)
    client.destroy()
    await until(() => closed === 20)
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

describe('the status of a failure', () => {
  it('is 503 for busy and absent, 504 for late, 502 for everything else', () => {
    const statusOf = (thrown: unknown) => webFailureOf(thrown).status
    assert.equal(statusOf(new TroupeError('POOL_SATURATED', { to: 'p', workers: 3 })), 503)
    assert.equal(statusOf(new TroupeError('NAME_UNKNOWN', { name: 'desk', node: 'a@b' })), 503)
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
