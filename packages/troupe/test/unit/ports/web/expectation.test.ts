/** ports/web/expectation: a client that asks first sends no body in vain. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { actor, type WebAnswering } from 'troupe'
import { WebHandler } from '#contract'
import { connected, heardOf, opened, rawAnswer, served, statusOf, until } from './web-kit.js'

const asking = (length: number): string =>
  'POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nexpect: 100-continue\r\n' +
  `content-length: ${length}\r\n\r\n`

const desk = actor(WebHandler, {
  on: { handle: (_state, { body }) => ({ status: 200, body }) },
})

const answerings: Readonly<Record<string, WebAnswering>> = {
  'an actor': { handler: 'desk' },
  'a function': { fetch: async (request) => ({ status: 200, body: await request.text() }) },
  'a function with a stream': { fetch: (request) => new Response(request.body) },
  'a plain function': { serve: (request, response) => request.pipe(response) },
}

describe('a client that expects 100', { timeout: 60_000 }, () => {
  for (const [name, answering] of Object.entries(answerings)) {
    it(`is told to go on when ${name} reads its body`, async (t) => {
      const { node, listener } = await served(t, answering, { bodyBytesMax: 4 })
      await node.spawn(desk, { name: 'desk' })
      const client = await connected(t, listener.port)
      client.write(asking(4))
      const [first] = (await once(client, 'data')) as [Buffer]
      assert.match(String(first), /^HTTP\/1\.1 100 Continue\r\n\r\n/)
      client.write('body')
      const heard = `${first}${await heardOf(client)}`
      assert.match(heard, /Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n.*body/s)
      assert.equal(statusOf(await rawAnswer(t, listener.port, asking(5))), 413)
    })
  }

  it('of another kind is refused, and its connection is idle then', async (t) => {
    const { listener } = await opened(t, { idleTimeoutMs: 30 })
    const said = 'GET / HTTP/1.1\r\nhost: a\r\nexpect: coffee\r\n\r\n'
    assert.equal(statusOf(await rawAnswer(t, listener.port, said)), 417)
    await until(() => listener.counters().connectionsIdle === 1)
  })
})
