/** ports/web with an actor: each client gets one answer, whatever the actor does. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, NoReply, pool, type WebRequest, type WebResponse } from 'troupe'
import { WebHandler } from '#contract'
import { connected, get, heardOf, rawAnswer, served, statusOf, until } from './web-kit.js'

/** An actor that answers with what a function says. */
const answering = (handle: (request: WebRequest) => WebResponse | typeof NoReply) =>
  actor(WebHandler, { on: { handle: (_state, request) => handle(request) } })

const echo = answering((request) => {
  const told = { ...request, body: Buffer.from(request.body).toString() }
  return { status: 201, body: JSON.stringify(told) }
})

describe('a web port with an actor', { timeout: 60_000 }, () => {
  it('hands on method, path, query, headers and body', async (t) => {
    const { node, url } = await served(t, { handler: 'desk' })
    await node.spawn(echo, { name: 'desk' })
    const response = await fetch(`${url}/a%20b?lat=1&lon=2`, { method: 'POST', body: 'body' })
    assert.equal(response.status, 201)
    const seen = (await response.json()) as Record<string, unknown>
    const { method, path, query, headers, body, remoteAddress } = seen
    assert.deepEqual(
      [method, path, query, body, remoteAddress],
      ['POST', '/a%20b', 'lat=1&lon=2', 'body', '127.0.0.1'],
    )
    assert.equal((headers as Record<string, string>)['content-length'], '4')
  })

  it('hands on headers without a prototype, whatever they are called', async (t) => {
    const { node, listener } = await served(t, { handler: 'desk' })
    let seen: Readonly<Record<string, string>> = {}
    const look = answering(({ headers }) => {
      seen = headers
      return { status: 200 }
    })
    await node.spawn(look, { name: 'desk' })
    await rawAnswer(t, listener.port, get('/', '__proto__: a\r\nX: 1\r\nx: 2\r\n'))
    assert.equal(Object.getPrototypeOf(seen), null)
    assert.equal(seen['constructor'], undefined)
    assert.equal(seen['x'], '1, 2')
  })

  it('refuses a body above the limit, declared or not, without asking the actor', async (t) => {
    const { node, web, url, listener } = await served(t, { handler: 'desk' }, { bodyBytesMax: 10 })
    let asked = 0
    const count = answering(() => {
      asked += 1
      return { status: 200 }
    })
    await node.spawn(count, { name: 'desk' })
    const declared = await fetch(url, { method: 'POST', body: 'x'.repeat(11) })
    assert.equal(declared.status, 413)
    const chunked =
      'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n' +
      'b\r\nxxxxxxxxxxx\r\n0\r\n\r\n'
    assert.equal(statusOf(await rawAnswer(t, listener.port, chunked)), 413)
    assert.equal(asked, 0)
    assert.equal((await fetch(url, { method: 'POST', body: 'x'.repeat(10) })).status, 200)
    assert.equal((await node.call(web, 'counters')).bodiesTooLarge, 2)
  })

  it('answers 502 to what HTTP cannot say, and counts it', async (t) => {
    const { node, web, url } = await served(t, { handler: 'desk' })
    const nonsense: unknown[] = [
      { status: 99 },
      { status: 101 },
      { status: 600 },
      { status: 200.5 },
      { status: 200, headers: { 'x-y': 'a\r\nb' } },
      { status: 200, body: 7 },
      undefined,
      'text',
    ]
    let next = 0
    const speak = answering(() => nonsense[next] as WebResponse)
    await node.spawn(speak, { name: 'desk' })
    for (next = 0; next < nonsense.length; next += 1) {
      assert.equal((await fetch(url)).status, 502, JSON.stringify(nonsense[next]))
    }
    assert.equal((await node.call(web, 'counters')).failed, nonsense.length)
  })

  it('says itself how long a body is', async (t) => {
    const { node, listener } = await served(t, { handler: 'desk' })
    const lie = answering(({ path }) => ({
      status: path === '/none' ? 204 : 200,
      headers: { 'Content-Length': '1', 'Transfer-Encoding': 'chunked', 'set-cookie': ['a', 'b'] },
      body: 'grün',
    }))
    await node.spawn(lie, { name: 'desk' })
    const answer = await rawAnswer(t, listener.port, get('/'))
    assert.match(answer, /content-length: 5\r\n/)
    assert.doesNotMatch(answer, /transfer-encoding|: 1\r\n/i)
    assert.match(answer, /set-cookie: a\r\nset-cookie: b\r\n/)
    assert.doesNotMatch(await rawAnswer(t, listener.port, get('/none')), /content-length|gr/)
    const head = await rawAnswer(t, listener.port, get('/').replace('GET', 'HEAD'))
    assert.match(head, /Content-Length: 1\r\n.*\r\n\r\n$/s)
  })

  it('counts a client that leaves, and waits for its actor all the same', async (t) => {
    const { node, web, listener } = await served(t, { handler: 'desk' }, { timeoutMs: 60_000 })
    let reply: (answer: WebResponse) => void = () => {}
    const later = actor(WebHandler, {
      on: {
        handle(_state, _request, context) {
          const replier = context.replyLater<WebResponse>()
          reply = (answer) => void replier.reply(answer)
          return NoReply
        },
      },
    })
    await node.spawn(later, { name: 'desk' })
    const client = await connected(t, listener.port)
    client.write(get('/'))
    await until(() => listener.counters().requests === 1)
    client.destroy()
    await until(() => listener.counters().connectionsOpen === 0)
    const before = await node.call(web, 'counters')
    assert.deepEqual([before.aborted, before.pending], [1, 1])
    reply({ status: 200 })
    let after = before
    while (after.pending > 0) after = await node.call(web, 'counters')
    assert.equal(after.answered['2xx'], undefined)
  })

  it('does not let clients that leave fill the mailbox of its actor', async (t) => {
    const limits = { timeoutMs: 60_000, pendingMax: 5 }
    const { node, listener } = await served(t, { handler: 'desk' }, limits)
    let asked = 0
    const never = answering(() => {
      asked += 1
      return NoReply
    })
    await node.spawn(never, { name: 'desk' })
    for (let client = 0; client < 20; client += 1) {
      const socket = await connected(t, listener.port)
      socket.write(get('/'))
      await until(() => listener.counters().requests === client + 1)
      socket.destroy()
    }
    assert.equal(asked, 5)
  })

  it('gives a client back its connection when the time is unlimited and it leaves', async (t) => {
    const forever = { timeoutMs: Number.POSITIVE_INFINITY }
    const { node, web, listener } = await served(t, { handler: 'desk' }, forever)
    await node.spawn(
      answering(() => NoReply),
      { name: 'desk' },
    )
    const client = await connected(t, listener.port)
    client.write(get('/'))
    await until(() => listener.counters().requests === 1)
    client.destroy()
    while ((await node.call(web, 'counters')).pending > 0);
  })

  it('answers asked-ahead requests in their order', async (t) => {
    const { node, listener } = await served(t, { handler: 'desk' })
    await node.spawn(
      answering(({ path }) => ({ status: 200, body: `<${path}>` })),
      { name: 'desk' },
    )
    const client = await connected(t, listener.port)
    const heard = heardOf(client)
    const ahead = '/1 /2 /3 /4'
      .split(' ')
      .map((path) => get(path).replace('connection: close', 'a: b'))
    client.write(`${ahead.join('')}${get('/5')}`)
    assert.deepEqual((await heard).match(/<\/\d>/g), ['</1>', '</2>', '</3>', '</4>', '</5>'])
  })

  it('answers 503 when all workers of a pool are busy', async (t) => {
    const { node, web, listener, url } = await served(t, { handler: 'desk' })
    const hold = actor(WebHandler, {
      on: {
        async handle(_state, _request, context) {
          await context.sleep(60_000)
          return { status: 200 }
        },
      },
    })
    const workers = pool({ worker: hold, size: 2, workerMailbox: { lengthMax: 1 } })
    await node.spawn(workers, { name: 'desk' })
    const held = Array.from({ length: 4 }, () => fetch(url).catch(() => undefined))
    await until(() => listener.counters().requests === 4)
    const refused = await fetch(url)
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1'])
    assert.equal((await node.call(web, 'counters')).unavailable, 1)
    await node.stop()
    await Promise.all(held)
  })

  it('serves only its path, and leaves it reserved', async (t) => {
    const { node, web, url } = await served(t, { handler: 'desk' }, { path: '/desk' })
    await node.spawn(echo, { name: 'desk' })
    assert.equal((await fetch(`${url}/desk/1`)).status, 201)
    assert.equal((await fetch(url)).status, 404)
    node.exit(web, 'shutdown')
    await node.ended(web)
    assert.equal((await fetch(`${url}/desk`)).status, 503)
  })
})
