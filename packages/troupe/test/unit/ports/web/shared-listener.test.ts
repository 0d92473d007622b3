/** ports/web/listener: several ports share one, each with its path, also for upgrades. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import { connected, get, heardOf, opened, rawAnswer, statusOf, until } from './web-kit.js'

const answering =
  (text: string) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    response.end(`${text} ${request.url}`)
  }

const upgradeTo = (path: string, token = 'websocket'): string =>
  `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: ${token}\r\n\r\n`

describe('a shared web listener', { timeout: 60_000 }, () => {
  it('hands a request to the port with the longest path', async (t) => {
    const { listener, url } = await opened(t)
    listener.attach(answering('root'))
    listener.attach(answering('events'), '/events')
    const textOf = async (path: string) => (await fetch(url + path)).text()
    assert.equal(await textOf('/'), 'root /')
    assert.equal(await textOf('/events/1?x'), 'events /events/1?x')
    assert.equal(await textOf('/eventsx'), 'root /eventsx')
  })

  it('answers 503 for a path whose port has left, and 404 for one nobody had', async (t) => {
    const { listener, url } = await opened(t)
    const events = answering('events')
    listener.attach(events, '/events')
    assert.equal((await fetch(`${url}/other`)).status, 404)
    listener.detach(events, '/events')
    const left = await fetch(`${url}/events`)
    assert.deepEqual([left.status, left.headers.get('retry-after')], [503, '1'])
    const { unserved, unmounted } = listener.counters()
    assert.deepEqual([unserved, unmounted], [1, 1])
  })

  it('answers 426 to a plain request for a path of upgrades only', async (t) => {
    const { listener } = await opened(t)
    listener.attachUpgrade((_request, socket) => void socket.end(), '/ws')
    const plain = (path: string) => rawAnswer(t, listener.port, get(path))
    const answer = await plain('/ws/1')
    assert.equal(statusOf(answer), 426)
    assert.match(answer, /\r\nupgrade: websocket\r\n/i)
    assert.match(answer, /\r\nconnection: upgrade, close\r\n/i)
    assert.equal(statusOf(await plain('/other')), 404)
    assert.equal(listener.counters().unmounted, 2)
    listener.attach(answering('root'))
    assert.equal(statusOf(await plain('/ws/1')), 200)
  })

  it('answers 502 when the port of a path throws, and serves on', async (t) => {
    const { listener, url } = await opened(t)
    listener.attach(() => {
      throw new Error('on purpose')
    })
    assert.equal((await fetch(url)).status, 502)
    listener.attach(answering('root'))
    assert.equal((await fetch(url)).status, 200)
  })

  it('hands an upgrade over with what was read too far', async (t) => {
    const { listener } = await opened(t)
    const taken = new Promise<[string, Duplex, Buffer]>((resolve) => {
      listener.attachUpgrade(
        (request, socket, head) => resolve([request.url ?? '', socket, head]),
        '/ws',
      )
    })
    const client = await connected(t, listener.port)
    client.write(`${upgradeTo('/ws/1')}early`)
    const [url, socket, head] = await taken
    assert.deepEqual([url, String(head)], ['/ws/1', 'early'])
    socket.end('done')
    assert.equal(await heardOf(client), 'done')
    assert.equal(listener.counters().upgrades, 1)
  })

  it('refuses an upgrade that nobody takes: 404, or 503 when its port has left', async (t) => {
    const { listener } = await opened(t)
    const take = (_request: IncomingMessage, socket: Duplex) => void socket.end()
    listener.attach(answering('root'))
    listener.attachUpgrade(take, '/ws')
    listener.detachUpgrade(take, '/ws')
    assert.equal(statusOf(await rawAnswer(t, listener.port, upgradeTo('/other'))), 404)
    assert.equal(statusOf(await rawAnswer(t, listener.port, upgradeTo('/ws'))), 503)
    assert.equal(listener.counters().upgradesRefused, 2)
  })

  it('ignores the offer of HTTP/2 that some clients make with every request', async (t) => {
    const { listener } = await opened(t)
    listener.attach(answering('root'))
    listener.attachUpgrade((_request, socket) => void socket.end('not for us'))
    const answer = await rawAnswer(t, listener.port, upgradeTo('/x', 'h2c'))
    assert.match(answer, /^HTTP\/1\.1 200 .*root \/x/s)
  })

  it('refuses to be a proxy', async (t) => {
    const { listener } = await opened(t)
    const answer = await rawAnswer(t, listener.port, 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n')
    assert.equal(statusOf(answer), 405)
  })

  it('survives an upgraded client that goes away, and a port that throws', async (t) => {
    const { listener } = await opened(t)
    let errors = 0
    listener.attachUpgrade((_request, socket) => {
      socket.once('error', () => {
        errors += 1
      })
      socket.destroy(Object.assign(new Error('gone'), { code: 'ECONNRESET' }))
    }, '/gone')
    listener.attachUpgrade(() => {
      throw new Error('on purpose')
    }, '/throws')
    assert.equal(await rawAnswer(t, listener.port, upgradeTo('/gone')), '')
    assert.equal(errors, 1)
    assert.equal(statusOf(await rawAnswer(t, listener.port, upgradeTo('/throws'))), 502)
    await until(() => listener.counters().connectionsOpen === 0)
  })

  it('closes upgraded connections too when it closes', async (t) => {
    const { listener } = await opened(t)
    const taken = new Promise<Duplex>((resolve) => {
      listener.attachUpgrade((_request, socket) => resolve(socket))
    })
    const client = await connected(t, listener.port)
    client.write(upgradeTo('/'))
    await taken
    const closed = once(client, 'close')
    client.resume()
    await listener.close()
    await closed
    await until(() => listener.counters().connectionsOpen === 0)
  })
})
