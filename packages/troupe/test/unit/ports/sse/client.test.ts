/** ports/sse/client: a foreign event stream as a process, read from servers of every kind. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type AddressInfo, createServer as createRawServer } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { supervisor, TroupeError } from 'troupe'
import { testNode } from 'troupe/testing'
import { Certificates } from '#contract'
import { openWeb, sseClient, ssePort } from '#ports'
import { reconnectDelayMs } from '#ports/sse/client-options'
import { testAuthority } from '#test/certificates'
import {
  EVENTS,
  listener,
  reading,
  type Serve,
  serving,
  wordOf,
} from '#test/unit/ports/sse/client-kit'
import { keeper, startedNode } from '#test/unit/ports/sse/sse-kit'
import { until } from '#test/unit/ports/web/web-kit'

describe('an SSE client', { timeout: 60_000 }, () => {
  it('tells its reader of the stream, each event, and the end', async (t) => {
    const url = await serving(t, (_request, response) => {
      response.writeHead(200, EVENTS)
      response.write(': hello\n\nid:1\ndata:a\n\n')
      response.end('event:x\ndata:b\n\ndata:never')
    })
    const { node, heard, client } = await reading(t, { url })
    assert.equal(wordOf(await node.ended(client)), 'stream-ended')
    await until(() => heard.closed.length === 1)
    assert.deepEqual(heard.opened, [{ client, url, lastEventId: '', again: false }])
    assert.deepEqual(heard.events, ['message|a|1', 'x|b|1'])
    assert.deepEqual(heard.closed, [
      { client, end: 'stream-ended', problem: undefined, reconnectMs: undefined },
    ])
  })

  it('asks with its headers and the last event id as UTF-8', async (t) => {
    const seen: IncomingMessage['headers'][] = []
    const url = await serving(t, ({ headers }, response) => {
      seen.push(headers)
      response.writeHead(204).end()
    })
    const { node, client } = await reading(t, {
      url,
      headers: { authorization: 'Bearer x' },
      lastEventId: '\u20ac7',
    })
    assert.equal(await node.ended(client), 'normal')
    const [headers] = seen
    assert.equal(headers?.accept, 'text/event-stream')
    assert.equal(headers?.['cache-control'], 'no-store')
    assert.equal(headers?.authorization, 'Bearer x')
    const id = Buffer.from(String(headers?.['last-event-id']), 'latin1').toString()
    assert.equal(id, '\u20ac7')
  })

  it('ends with a word for what is no stream', async (t) => {
    const answers: Record<string, Serve> = {
      refused: (_request, response) => void response.writeHead(404).end(),
      'no-event-stream': (_request, response) => void response.end('<html>'),
      'connection-lost': (_request, response) => {
        response.writeHead(200, EVENTS).write('data:a\n\n', () => response.destroy())
      },
      'line-too-long': (_request, response) =>
        void response.writeHead(200, EVENTS).end(`data:${'x'.repeat(200)}\n\n`),
      'event-too-large': (_request, response) =>
        void response.writeHead(200, EVENTS).end('data:123456789\n'.repeat(50)),
    }
    for (const [word, serve] of Object.entries(answers)) {
      const url = await serving(t, serve)
      const limits = { lineBytesMax: 100, eventBytesMax: 300 }
      const { node, heard, client } = await reading(t, { url, ...limits, reconnectMsMax: 1 })
      assert.equal(wordOf(await node.ended(client)), word)
      await until(() => heard.closed.length === 1)
      assert.equal(heard.closed[0]?.end, word)
      await node.stop()
    }
  })

  it('ends when there is no server, or one that speaks no HTTP', async (t) => {
    const gone = await openWeb({ port: 0, hosts: ['127.0.0.1'] })
    await gone.close()
    const raw = createRawServer((socket) => {
      socket.on('error', () => {})
      socket.end('\x16\x03\x01 garbage\r\n\r\n')
    })
    raw.listen(0, '127.0.0.1')
    t.after(() => raw.close())
    await once(raw, 'listening')
    for (const port of [gone.port, (raw.address() as AddressInfo).port]) {
      const { node, heard, client } = await reading(t, { url: `http://127.0.0.1:${port}/` })
      assert.equal(wordOf(await node.ended(client)), 'connect-failed')
      await until(() => heard.closed.length === 1)
      assert.ok((heard.closed[0]?.problem ?? '') !== '')
      await node.stop()
    }
  })

  it('is started again by its supervisor', async (t) => {
    const url = await serving(t, (_request, response, turn) => {
      response.writeHead(200, EVENTS).write(`data:${turn}\n\n`)
      if (turn < 3) response.end()
    })
    const node = await startedNode(t)
    const { heard, definition } = listener()
    await node.spawn(definition, { name: 'reader' })
    const args = [{ url, reader: 'reader' }] as const
    await node.spawnAny(supervisor({ children: [{ name: 'stream', start: sseClient, args }] }))
    await until(() => heard.events.length === 3)
    assert.deepEqual(heard.events, ['message|1|', 'message|2|', 'message|3|'])
  })

  it('comes again by itself with the id of the last event', async (t) => {
    const ids: unknown[] = []
    const url = await serving(t, ({ headers }, response, turn) => {
      ids.push(headers['last-event-id'])
      if (turn === 2) return void response.writeHead(503).end()
      if (turn === 4) return void response.writeHead(204).end()
      response.writeHead(200, EVENTS).end(`retry:1\nid:${turn}\ndata:${turn}\n\nid:no\ndata:no\n`)
    })
    const { node, heard, client } = await reading(t, { url, reconnectMs: 5 })
    assert.equal(await node.ended(client), 'normal')
    await until(() => heard.closed.at(-1)?.end === 'no-content')
    assert.deepEqual(ids, [undefined, '1', '1', '3'])
    assert.deepEqual(heard.events, ['message|1|1', 'message|3|3'])
    assert.deepEqual(
      heard.opened.map(({ lastEventId }) => lastEventId),
      ['', '1'],
    )
    assert.deepEqual(
      heard.closed.map(({ end, reconnectMs }) => [end, typeof reconnectMs]),
      [
        ['stream-ended', 'number'],
        ['refused', 'number'],
        ['stream-ended', 'number'],
        ['no-content', 'undefined'],
      ],
    )
  })

  it('waits as long as the stream says, longer with each failure, within its limit', () => {
    const options = { reconnectMs: 1_000, reconnectMsMax: 60_000 } as never
    const delay = (failures: number, retryMs?: number, random = 0) =>
      reconnectDelayMs(options, { retryMs, failures, random })
    assert.deepEqual([delay(0), delay(0, 50), delay(0, 0)], [1_000, 50, 1])
    assert.deepEqual([delay(1), delay(3), delay(1, undefined, 0.8)], [2_000, 8_000, 2_400])
    assert.deepEqual([delay(99), delay(0, Number.POSITIVE_INFINITY)], [60_000, 60_000])
    const never = { reconnectMsMax: 60_000 } as never
    assert.equal(reconnectDelayMs(never, { retryMs: 5, failures: 0, random: 0 }), undefined)
  })

  it('is read no faster than its reader takes it', async (t) => {
    let open: (() => void) | undefined
    const isOpen = new Promise<void>((resolve) => {
      open = resolve
    })
    t.after(() => open?.())
    const count = 3_000
    const url = await serving(t, (_request, response) => {
      response.writeHead(200, EVENTS)
      for (let at = 1; at <= count; at += 1) response.write(`data:${at}${' '.repeat(2_000)}\n\n`)
      response.end()
    })
    const settings = { hold: () => isOpen, mailbox: { lengthMax: 5 } }
    const { node, heard, client } = await reading(t, { url }, settings)
    let before = -1
    for (;;) {
      const { receivedBytes } = await node.call(client, 'counters')
      if (receivedBytes === before && receivedBytes > 0) break
      before = receivedBytes
      for (let turn = 0; turn < 50; turn += 1) await new Promise((next) => setImmediate(next))
    }
    assert.ok(before <= 200_000, `${before} bytes were read`)
    open?.()
    await node.ended(client)
    await until(() => heard.closed.length === 1)
    assert.equal(heard.events.length, count)
    assert.equal(
      (await Promise.resolve(heard.events.at(-1)))?.startsWith(`message|${count} `),
      true,
    )
  })

  it('closes its connection when it ends, however it does', async (t) => {
    for (const way of ['exit', 'kill'] as const) {
      let isClosed = false
      const url = await serving(t, (_request, response) => {
        response.writeHead(200, EVENTS).flushHeaders()
        response.on('close', () => {
          isClosed = true
        })
      })
      const { node, heard, client } = await reading(t, { url })
      await until(() => heard.opened.length === 1)
      if (way === 'kill') node.kill(client)
      else node.exit(client, 'shutdown')
      await until(() => isClosed)
      if (way === 'exit') await until(() => heard.closed[0]?.end === 'closed')
      await node.stop()
    }
  })

  it('tells a restarted reader of the stream', async (t) => {
    let push: ((text: string) => void) | undefined
    const url = await serving(t, (_request, response) => {
      response.writeHead(200, EVENTS).flushHeaders()
      push = (text) => void response.write(text)
    })
    const { node, heard } = await reading(t, { url })
    await until(() => heard.opened.length === 1)
    const reader = node.whereis('reader')
    assert.ok(reader)
    node.kill(reader)
    await node.ended(reader)
    const next = listener()
    await node.spawn(next.definition, { name: 'reader' })
    push?.('data:a\n\n')
    await until(() => next.heard.events.length === 1)
    assert.equal(next.heard.opened[0]?.again, true)
  })

  it('reads an SSE port over TLS, and only one it can trust', async (t) => {
    const authority = await testAuthority()
    const certificates = new Certificates(await authority.issue())
    const web = await openWeb({ port: 0, tls: { certificates }, closeTimeoutMs: 50 })
    t.after(() => web.close())
    const node = await startedNode(t)
    const server = keeper()
    await node.spawn(server.definition, { name: 'server' })
    await node.spawn(ssePort, { args: [{ listener: web, reader: 'server' }] })
    const { heard, definition } = listener()
    await node.spawn(definition, { name: 'reader' })
    const url = `https://127.0.0.1:${web.port}/`
    const tls = { ca: authority.ca }
    await node.spawn(sseClient, { args: [{ url, tls, reader: 'reader' }] })
    await until(() => server.told.connected.length === 1)
    const connection = server.told.connected[0]?.connection
    assert.ok(connection)
    node.send(connection, 'send', { event: 'x', data: 'a\nb', id: '1' })
    await until(() => heard.events.length === 1)
    assert.deepEqual(heard.events, ['x|a\nb|1'])
    const stranger = await node.spawn(sseClient, { args: [{ url, reader: 'reader' }] })
    assert.equal(wordOf(await node.ended(stranger)), 'connect-failed')
  })

  it('ends when one side speaks TLS and the other does not, or it is sent elsewhere', async (t) => {
    const authority = await testAuthority()
    const certificates = new Certificates(await authority.issue())
    const web = await openWeb({ port: 0, tls: { certificates }, closeTimeoutMs: 50 })
    t.after(() => web.close())
    const plain = await serving(t, (_request, response) => {
      response.writeHead(302, { location: '/other' }).end()
    })
    const node = await startedNode(t)
    await node.spawn(listener().definition, { name: 'reader' })
    const words: string[] = []
    const urls = [plain.replace('http', 'https'), `http://127.0.0.1:${web.port}/`, plain]
    for (const url of urls) {
      const client = await node.spawn(sseClient, { args: [{ url, reader: 'reader' }] })
      words.push(wordOf(await node.ended(client)))
    }
    // A TLS server may close without a word, or say in HTTP that it expects TLS.
    assert.match(words[1] ?? '', /^(connect-failed|refused)$/)
    assert.deepEqual([words[0], words[2]], ['connect-failed', 'refused'])
  })

  it('reads a stream that comes byte by byte', async (t) => {
    const bytes = Buffer.from('\ufeffid:\u20ac\r\ndata:\u{1f600}\r\n\r\n')
    const url = await serving(t, (_request, response) => {
      response.writeHead(200, EVENTS)
      const next = (at: number): void => {
        if (at === bytes.length) return void response.end()
        response.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1))
      }
      next(0)
    })
    const { node, heard, client } = await reading(t, { url })
    await node.ended(client)
    await until(() => heard.closed.length === 1)
    assert.deepEqual(heard.events, ['message|\u{1f600}|\u20ac'])
  })

  it('refuses options that cannot be', async (t) => {
    const node = await startedNode(t)
    const bad = [
      { url: 'ftp://x/' },
      { url: 'x' },
      { headers: { 'a b': 'c' } },
      { headers: { a: 'b\r\nc: d' } },
      { lastEventId: 'a\n' },
      { reconnectMs: 0 },
      { lineBytesMax: 0 },
    ]
    for (const options of bad) {
      const args = [{ url: 'http://x/', reader: 'reader', ...options } as never] as const
      await assert.rejects(node.spawn(sseClient, { args }), (error) => {
        const cause = error instanceof Error ? (error.cause ?? error) : error
        return TroupeError.is(cause, 'OPTION_INVALID')
      })
    }
  })
})

describe('time on an SSE client', { timeout: 60_000 }, () => {
  const timed = async (t: TestContext, url: string) => {
    const { node, clock, stop } = await testNode()
    t.after(stop)
    const { heard, definition } = listener()
    await node.spawn(definition, { name: 'reader' })
    const client = await node.spawn(sseClient, { args: [{ url, reader: 'reader' }] })
    let end = ''
    void node.ended(client).then((reason) => {
      end = wordOf(reason)
    })
    return { clock, heard, ended: () => end }
  }

  it('is up when no answer comes', async (t) => {
    let isAsked = false
    const url = await serving(t, () => {
      isAsked = true
    })
    const { clock, ended } = await timed(t, url)
    await until(() => isAsked)
    await clock.advance(14_999)
    assert.equal(ended(), '')
    await clock.advance(1)
    await until(() => ended() !== '')
    assert.equal(ended(), 'connect-too-slow')
  })

  it('is up when nothing comes, and a comment is something', async (t) => {
    let push: ((text: string) => void) | undefined
    const url = await serving(t, (_request, response) => {
      response.writeHead(200, EVENTS).flushHeaders()
      push = (text) => void response.write(text)
    })
    const { clock, heard, ended } = await timed(t, url)
    await until(() => heard.opened.length === 1)
    await clock.advance(299_999)
    push?.(':\n\ndata:a\n\n')
    await until(() => heard.events.length === 1)
    await clock.advance(299_999)
    assert.equal(ended(), '')
    await clock.advance(2)
    await until(() => ended() !== '')
    assert.equal(ended(), 'idle')
  })
})
