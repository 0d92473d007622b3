/** emergency/http-post: one attempt over real sockets, whatever the other side does. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcp } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { CALM } from '@troupe-examples/traffic-emergency/mood'
import { fakeService } from '#test/emergency/fake-service'
import { emergencyOf } from '#traffic/emergency/emergency'
import { httpPost, TIME_OVER, TOLD_BYTES_MAX } from '#traffic/emergency/http-post'

const emergency = emergencyOf({
  position: { id: 'bus ü', latitude: 1, longitude: 2, emergency: true },
  receivedAtMs: 1_000,
  sequence: 1,
})
const never = new AbortController().signal

async function serverOf(
  t: TestContext,
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<number> {
  const server = createServer(serve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

describe('an attempt to deliver', { timeout: 60_000 }, () => {
  it('brings the emergency with its key', async (t) => {
    const { book, url } = await fakeService(t)
    const outcome = await httpPost(url)(emergency, never)
    assert.equal(outcome.kind === 'answer' && outcome.status, 201)
    assert.deepEqual([...book.visits().keys()], ['bus%20%C3%BC.1000'])
  })

  it('gives what the service answers, with its Retry-After', async (t) => {
    const { service, url } = await fakeService(t)
    const post = httpPost(url)
    const answers: unknown[] = []
    for (const trouble of ['fail', 'throttle', 'refuse', 'repeat'] as const) {
      service.change({ ...CALM, [trouble]: 1 })
      const outcome = await post(emergency, never)
      answers.push(outcome.kind === 'answer' ? [outcome.status, outcome.retryAfter] : outcome)
    }
    assert.deepEqual(answers, [
      [503, undefined],
      [429, '1'],
      [422, undefined],
      [503, undefined],
    ])
  })

  it('is a lost connection when the socket is closed or nobody listens', async (t) => {
    const { service, url } = await fakeService(t, { close: 1 })
    const post = httpPost(url)
    const closed = await post(emergency, never)
    assert.equal(closed.kind === 'no-answer' && closed.cause, 'connection')
    await service.close()
    const absent = await post(emergency, never)
    assert.deepEqual(absent, { kind: 'no-answer', cause: 'connection', told: 'ECONNREFUSED' })
  })

  it('is a lost connection when the other side speaks no HTTP', async (t) => {
    const server = createTcp((socket) => {
      socket.on('error', () => {})
      socket.end('\x00\x01garbage\r\n\r\n')
    }).listen(0, '127.0.0.1')
    t.after(() => server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const outcome = await httpPost(`http://127.0.0.1:${port}/`)(emergency, never)
    assert.equal(outcome.kind === 'no-answer' && outcome.cause, 'connection')
  })

  it('is given up when its time is over', async (t) => {
    const { book, url } = await fakeService(t, { hang: 1 })
    const controller = new AbortController()
    const outcome = httpPost(url)(emergency, controller.signal)
    while (book.counts().requests === 0) await new Promise((resolve) => setImmediate(resolve))
    controller.abort(TIME_OVER)
    assert.deepEqual(await outcome, { kind: 'no-answer', cause: 'timeout', told: TIME_OVER })
  })

  it('does not follow a redirect', async (t) => {
    let asked = 0
    const port = await serverOf(t, (_request, response) => {
      asked += 1
      response.writeHead(301, { location: '/elsewhere' }).end()
    })
    const outcome = await httpPost(`http://127.0.0.1:${port}/`)(emergency, never)
    assert.deepEqual([outcome.kind === 'answer' && outcome.status, asked], [301, 1])
  })

  it('sends name and password of the URL as basic authorization', async (t) => {
    let authorization: string | undefined
    const port = await serverOf(t, (request, response) => {
      authorization = request.headers.authorization
      response.end()
    })
    await httpPost(`http://troupe:s%20ecret@127.0.0.1:${port}/`)(emergency, never)
    assert.equal(authorization, `Basic ${Buffer.from('troupe:s ecret').toString('base64')}`)
  })

  it('reads little of a long answer, and its status counts when the body never ends', async (t) => {
    const port = await serverOf(t, (request, response) => {
      if (request.url === '/long') response.writeHead(200).end('x'.repeat(1_000_000))
      else response.writeHead(200).write('half')
    })
    const long = await httpPost(`http://127.0.0.1:${port}/long`)(emergency, never)
    assert.equal(long.kind === 'answer' && long.told.length, TOLD_BYTES_MAX)
    const controller = new AbortController()
    const half = httpPost(`http://127.0.0.1:${port}/half`, async (url, init) => {
      const response = await fetch(url, init)
      setImmediate(() => controller.abort(TIME_OVER))
      return response
    })(emergency, controller.signal)
    const outcome = await half
    assert.equal(outcome.kind === 'answer' && outcome.status, 200)
  })
})
