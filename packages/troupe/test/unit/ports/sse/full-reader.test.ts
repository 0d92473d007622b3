/** ports/sse: a client does not wait for ever for a reader whose mailbox is full. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { actor } from 'troupe'
import { openWeb, SseReader, ssePort } from '#ports'
import type { SsePortOptions } from '#ports/sse/port-options'
import { until } from '#test/unit/ports/ports-kit'
import { Client, startedNode } from '#test/unit/ports/sse/sse-kit'

/** A port whose reader sits over one client while the next fills its mailbox. */
async function busy(t: TestContext, options: Partial<SsePortOptions> = {}) {
  const node = await startedNode(t)
  const listener = await openWeb({ port: 0, closeTimeoutMs: 50 })
  t.after(() => listener.close())
  let free = (): void => {}
  const freed = new Promise<void>((resolve) => {
    free = resolve
  })
  const heard: string[] = []
  const reader = actor(SseReader, {
    options: { mailbox: { lengthMax: 1, policy: 'block' } },
    on: {
      async connected(_state, { request }) {
        heard.push(`connected ${request.query}`)
        await freed
      },
      disconnected: (_state, { end }) => void heard.push(end),
    },
  })
  await node.spawn(reader, { name: 'reader' })
  const args = [{ listener, reader: 'reader', ...options }] as const
  const port = await node.spawn(ssePort, { args })
  const url = `http://127.0.0.1:${listener.port}/`
  await new Client(t, `${url}?first`).opened()
  await new Client(t, `${url}?second`).opened()
  return { node, port, url, heard, free }
}

describe('an SSE port whose reader has no room', { timeout: 60_000 }, () => {
  it('answers 503 after its time, counts it, and tells of it in order later', async (t) => {
    const { node, port, url, heard, free } = await busy(t, { readerTimeoutMs: 20 })
    const response = await fetch(`${url}?third`)
    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '1'])
    await until(async () => (await node.call(port, 'counters')).connected === 2)
    const { ended } = await node.call(port, 'counters')
    assert.deepEqual(ended, { 'reader-too-slow': 1 })
    assert.deepEqual(heard, ['connected first'])
    free()
    await until(() => heard.length === 4)
    assert.deepEqual(heard.slice(1), ['connected second', 'connected third', 'reader-too-slow'])
  })

  it('keeps the places of those who left unheard, until they are heard', async (t) => {
    const { node, port, url, free } = await busy(t, { connectionsMax: 3 })
    const impatient = new Client(t, `${url}?third`)
    await until(async () => (await node.call(port, 'counters')).connected === 3)
    impatient.request.destroy()
    await until(async () => (await node.call(port, 'counters')).connected === 2)
    assert.equal((await fetch(url)).status, 503)
    const { connectionsRefused, ended } = await node.call(port, 'counters')
    assert.deepEqual([connectionsRefused, ended], [1, { 'peer-closed': 1 }])
    free()
    await until(async () => (await new Client(t, url).opened()).statusCode === 200)
  })
})
