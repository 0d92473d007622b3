/** ports/web/parting: the last answer of a connection arrives, though its client still sends. */
import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, it } from 'node:test'
import type { WebListener } from '#ports'
import { connected, get, heardOf, opened, served, statusOf, until } from './web-kit.js'

const LARGE = 8_000_000
const post = (length: number): string =>
  `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n\r\n`
const answering = { fetch: () => ({ status: 200 }) }

/** Sends all of it before it looks at an answer, as many clients do. */
async function heardAfter(socket: Socket, said: string | Uint8Array): Promise<string> {
  socket.pause()
  await new Promise((resolve) => socket.write(said, resolve))
  return heardOf(socket.resume())
}

describe('the end of a web connection', { timeout: 60_000 }, () => {
  it('leaves a client its 413 that reads only when it has sent all of a large body', async (t) => {
    const { listener } = await served(t, answering)
    const client = await connected(t, listener.port)
    client.write(post(LARGE))
    assert.equal(statusOf(await heardAfter(client, Buffer.alloc(LARGE))), 413)
    await until(() => listener.counters().connectionsOpen === 0)
    assert.equal(listener.counters().connectionsLingering, 0)
  })

  it('leaves a client its 431 and its 400 in the same way', async (t) => {
    const { listener } = await opened(t)
    const bomb = `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(LARGE)}`
    assert.equal(statusOf(await heardAfter(await connected(t, listener.port), bomb)), 431)
    const garbage = Buffer.alloc(LARGE, 1)
    assert.equal(statusOf(await heardAfter(await connected(t, listener.port), garbage)), 400)
    assert.deepEqual([listener.counters().headersTooLarge, listener.counters().malformed], [1, 1])
  })

  it('leaves a client the refusal of its upgrade', async (t) => {
    const { listener } = await opened(t)
    const client = await connected(t, listener.port)
    client.write('GET /ws HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
    assert.equal(statusOf(await heardAfter(client, Buffer.alloc(LARGE))), 404)
  })

  it('takes nothing that follows a last answer for a request', async (t) => {
    const { listener } = await served(t, answering)
    const chunked = 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n'
    const large = `200000\r\n${'x'.repeat(0x200000)}\r\n0\r\n\r\n`
    const client = await connected(t, listener.port)
    client.write(chunked)
    const after = await heardAfter(client, `${large}${get('/further')}`)
    assert.equal(after.match(/HTTP\/1\.1/g)?.length, 1)
    await until(() => listener.counters().connectionsOpen === 0)
    assert.equal(listener.counters().requests, 1)
  })

  const parted = async (listener: WebListener): Promise<void> => {
    await until(() => listener.counters().connectionsLingering === 1)
    await until(() => listener.counters().connectionsOpen === 0)
  }

  it('comes after its bytes, however long a client sends', async (t) => {
    const { listener } = await opened(t, { lingerBytesMax: 100_000 })
    const client = await connected(t, listener.port)
    client.resume().write(post(LARGE))
    client.write(Buffer.alloc(LARGE))
    await parted(listener)
  })

  it('comes after its time, though a client keeps its side open', async (t) => {
    const { listener } = await opened(t, { lingerTimeoutMs: 30 })
    const client = await connected(t, listener.port)
    client.allowHalfOpen = true
    client.resume()
    client.write(get('/'))
    await parted(listener)
  })
})
