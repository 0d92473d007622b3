/** ports/websocket/origin: which pages may connect. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import type { CheckOrigin, WebSocketHandshake } from 'troupe'
import { isSameHost, mayConnect } from '#ports/websocket/origin'
import { clientOf, openClient, served } from '#test/unit/ports/websocket/ws-kit'

const asked = (origin: string | undefined, host = 'example.com'): WebSocketHandshake => ({
  url: '/',
  headers: { host },
  origin,
  remote: { host: '127.0.0.1', port: 1 },
})

describe('an origin', () => {
  it('is the same when host and port are, whatever the scheme', () => {
    const same: [string, string][] = [
      ['http://example.com', 'example.com'],
      ['https://example.com', 'example.com'],
      ['https://EXAMPLE.com', 'example.COM'],
      ['http://example.com:80', 'example.com'],
      ['https://example.com', 'example.com:443'],
      ['http://[::1]:9090', '[::1]:9090'],
    ]
    for (const [origin, host] of same) assert.equal(isSameHost(origin, host), true, origin)
    const others: [string, string | undefined][] = [
      ['http://example.com.evil.org', 'example.com'],
      ['http://evil.org', 'example.com'],
      ['http://example.com:81', 'example.com'],
      ['https://example.com', 'example.com:80'],
      ['null', 'example.com'],
      ['', 'example.com'],
      ['file://', ''],
      ['http://example.com', undefined],
      ['http://evil.org/', 'evil.org@example.com'],
    ]
    for (const [origin, host] of others) assert.equal(isSameHost(origin, host), false, origin)
  })

  it('is asked for only where there is one, unless a function decides', async () => {
    const cases: [CheckOrigin, string | undefined, boolean][] = [
      ['same', undefined, true],
      ['same', 'http://example.com', true],
      ['same', 'http://evil.org', false],
      ['any', 'http://evil.org', true],
      [['https://app.example'], 'https://app.example', true],
      [['https://app.example/'], 'https://app.example:443', true],
      [['https://app.example'], 'http://app.example', false],
      [['https://app.example'], 'null', false],
      [['https://app.example'], undefined, true],
      [[], 'http://example.com', false],
      [() => false, undefined, false],
      [async ({ headers }) => headers['host'] === 'example.com', 'http://evil.org', true],
      [() => 'yes' as never, undefined, false],
    ]
    for (const [check, origin, expected] of cases) {
      assert.equal(await mayConnect(check, asked(origin)), expected, `${String(check)} ${origin}`)
    }
  })

  it('of another host is refused with 403 by default, and counted', async (t) => {
    const { url, port, node, sockets } = await served(t)
    await openClient(t, url, { origin: `http://127.0.0.1:${port}` })
    await openClient(t, url)
    const { ws } = clientOf(t, url, { origin: 'http://evil.org' })
    const [error] = (await once(ws, 'error')) as [Error]
    assert.match(error.message, /403/)
    const { originsRefused, handshakes } = await node.call(sockets, 'counters')
    assert.deepEqual([originsRefused, handshakes], [1, 3])
  })

  it('is refused when the function that decides throws', async (t) => {
    const checkOrigin = (): boolean => {
      throw new Error('no database')
    }
    const { url } = await served(t, { checkOrigin })
    const { ws } = clientOf(t, url)
    const [error] = (await once(ws, 'error')) as [Error]
    assert.match(error.message, /403/)
  })
})
