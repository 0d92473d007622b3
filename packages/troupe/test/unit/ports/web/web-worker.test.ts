/** actor/web-worker behind a web port: one handler for each method, one request at a time. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  memorySink,
  pool,
  startNode,
  type WebRequest,
  type WebResponse,
  WebWorker,
  webPort,
  webWorker,
} from 'troupe'
import { opened, served, until } from './web-kit.js'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

const answer = (request: WebRequest): WebResponse => ({ status: 200, body: `${request.method}!` })

const functions = webWorker({
  init: (greeting: string) => ({ greeting, served: 0 }),
  on: {
    get: (_state, request) => answer(request),
    post: (_state, request) => answer(request),
    put: (_state, request) => answer(request),
    patch: (_state, request) => answer(request),
    delete: (_state, request) => answer(request),
    options: (_state, request) => answer(request),
    head: () => ({ status: 200, headers: { 'x-head': 'own' } }),
  },
})

class Desk extends WebWorker {
  #orders: string[] = []
  override get(): WebResponse {
    return { status: 200, body: this.#orders.join(' ') }
  }
  override post({ body }: WebRequest): WebResponse {
    if (body.length === 0) return { status: 400 }
    this.#orders.push(Buffer.from(body).toString())
    return { status: 201 }
  }
}

describe('a web worker', { timeout: 60_000 }, () => {
  it('has a handler for each method', async (t) => {
    const { node, url } = await served(t, { handler: 'desk' })
    await node.spawn(functions, { name: 'desk', args: ['hello'] })
    for (const method of METHODS) {
      assert.equal(await (await fetch(url, { method })).text(), `${method}!`)
    }
    assert.equal((await fetch(url, { method: 'HEAD' })).headers.get('x-head'), 'own')
  })

  it('may be a class, with private state', async (t) => {
    const { node, url } = await served(t, { handler: 'desk' })
    await node.spawn(Desk, { name: 'desk' })
    assert.equal((await fetch(url, { method: 'POST' })).status, 400)
    assert.equal((await fetch(url, { method: 'POST', body: 'tea' })).status, 201)
    assert.equal(await (await fetch(url)).text(), 'tea')
    assert.equal((await fetch(url, { method: 'HEAD' })).headers.get('content-length'), '3')
  })

  it('answers 501 with a warning to what it does not implement', async (t) => {
    const sink = memorySink()
    const node = await startNode('web@localhost', { handleSignals: false, logSinks: [sink] })
    t.after(() => node.stop())
    const { listener, url } = await opened(t)
    await node.spawn(webPort, { args: [{ listener, handler: 'desk' }] })
    for (const worker of [Desk, webWorker({ on: { get: () => ({ status: 200 }) } })]) {
      const desk = await node.spawnAny(worker, { name: 'desk' })
      for (const method of ['PUT', 'OPTIONS', 'PROPFIND']) {
        assert.equal((await fetch(url, { method })).status, 501, method)
      }
      assert.equal((await fetch(url)).status, 200)
      assert.ok(node.isAlive(desk))
      node.exit(desk, 'shutdown')
      await node.ended(desk)
    }
    const warnings = sink.records().filter(({ level }) => level === 'warning')
    assert.equal(warnings.length, 6)
    assert.equal(warnings[0]?.fields['method'], 'PUT')
  })

  it('is not misled by a method in small letters, or one of every object', async (t) => {
    const { node } = await served(t, { handler: 'desk' })
    const desk = await node.spawn(Desk)
    const asked = { path: '/', query: '', headers: {}, body: new Uint8Array(0), remoteAddress: '' }
    for (const method of ['get', 'HANDLE', 'CONSTRUCTOR', '__PROTO__', 'STOP', 'SEND', '']) {
      assert.equal((await node.call(desk, 'handle', { ...asked, method })).status, 501, method)
    }
  })

  it('that throws gives its client 502, and the pool starts another', async (t) => {
    const { node, web, url } = await served(t, { handler: 'desk' })
    const fragile = webWorker({
      on: {
        get(_state, { path }) {
          if (path === '/crash') throw new TypeError('on purpose')
          return { status: 200 }
        },
      },
    })
    const workers = await node.spawn(pool({ worker: fragile, size: 2 }), { name: 'desk' })
    for (let crash = 0; crash < 5; crash += 1) {
      assert.equal((await fetch(`${url}/crash`)).status, 502)
      assert.equal((await fetch(url)).status, 200)
    }
    assert.equal((await node.call(workers, 'stats')).restarts, 5)
    assert.equal((await node.call(web, 'counters')).failed, 5)
  })

  it('has one request at a time, and a pool as many as it has workers', async (t) => {
    const { node, url, listener } = await served(t, { handler: 'desk' })
    let running = 0
    let most = 0
    let open: () => void = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const slow = webWorker({
      on: {
        async get() {
          running += 1
          most = Math.max(most, running)
          await gate
          running -= 1
          return { status: 200 }
        },
      },
    })
    await node.spawn(pool({ worker: slow, size: 3 }), { name: 'desk' })
    const asked = Array.from({ length: 10 }, () => fetch(url))
    await until(() => listener.counters().requests === 10 && running === 3)
    open()
    for (const { status } of await Promise.all(asked)) assert.equal(status, 200)
    assert.equal(most, 3)
  })
})
