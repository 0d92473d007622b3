/** ports/web and traces: what strangers say of a trace counts only as far as the port was told. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { actor, type Node, type Span, type TraceparentOption, type WebResponse } from 'troupe'
import { WebHandler } from '#contract'
import { type WebAnswering, webSocketClient, webSocketPort } from '#ports'
import { webEnv } from '#ports/web/environment'
import { spansOf, treeOf } from '#test/unit/tracing/trace-kit'
import { served, until } from './web-kit.js'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const headers = { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'a=1' }

const desk = actor(WebHandler, {
  on: { handle: (_state, { path }) => ({ status: path === '/bad' ? 599 : 204 }) },
})

/** The spans of one request to a port with this option, under a sampler. */
async function spansFor(
  t: TestContext,
  traceparent: TraceparentOption | undefined,
  sampler: 'always' | 'off' | 'ratio 0',
  answering: WebAnswering = { handler: 'desk' },
  path = '/',
): Promise<readonly Span[]> {
  const options = traceparent === undefined ? {} : { traceparent }
  const { node, url } = await served(t, answering, options)
  await node.spawn(desk, { name: 'desk' })
  node.tracing.setSampler(sampler)
  await fetch(`${url}${path}`, { headers })
  await settledSpans(node)
  return spansOf(node)
}

/** An answer is there a moment before its connection is done with it. */
const settledSpans = (node: Node): Promise<void> =>
  until(() =>
    [...node.tracing.spans()].every(
      ({ kind, processedMs }) => kind !== 'request' || processedMs !== undefined,
    ),
  )

const WHOLE = ['request GET sdp', '  request handle sdp', '    response handle sd']

describe('a web port that is asked with a traceparent', { timeout: 60_000 }, () => {
  it('ignores it by default: strangers begin nothing, and name nothing', async (t) => {
    assert.deepEqual(await spansFor(t, undefined, 'off'), [])
    const spans = await spansFor(t, undefined, 'always')
    assert.deepEqual(treeOf(spans), WHOLE)
    assert.ok(spans.every(({ traceId, traceState }) => traceId !== TRACE && !traceState))
    assert.equal(spans[0]?.attributes['http.response.status_code'], 204)
  })

  it('accepts its ids, and lets its own sampler say what is traced', async (t) => {
    assert.deepEqual(await spansFor(t, 'accept', 'off'), [])
    // Nor where tracing is awake, because somebody else is traced.
    assert.deepEqual(await spansFor(t, 'accept', 'ratio 0'), [])
    assert.deepEqual(await spansFor(t, 'ignore', 'ratio 0'), [])
    const spans = await spansFor(t, 'accept', 'always')
    assert.deepEqual(treeOf(spans), WHOLE)
    assert.ok(spans.every(({ traceId }) => traceId === TRACE))
    assert.deepEqual([spans[0]?.parentId, spans[0]?.traceState], [PARENT, 'a=1'])
  })

  it('lets those it trusts say what is traced', async (t) => {
    const spans = await spansFor(t, 'trust', 'off')
    assert.deepEqual(treeOf(spans), WHOLE)
    assert.equal(spans[0]?.parentId, PARENT)
  })

  it('tells a fault of its own as a failure, whoever answers', async (t) => {
    const [request] = await spansFor(t, 'accept', 'always', { handler: 'desk' }, '/bad')
    assert.equal(request?.failed, '599')
  })

  it('carries the trace through functions over each of their awaits', async (t) => {
    const asked = ['request GET sdp', '  request handle sdp', '    response handle sd']
    const request = {
      ...{ method: 'GET', path: '/', query: '', headers: {}, body: new Uint8Array() },
      remoteAddress: '',
    }
    const fetching = await spansFor(t, 'accept', 'always', {
      fetch: async (_request, env) => {
        await new Promise((resolve) => setImmediate(resolve))
        return (await env.call('desk' as never, 'handle' as never, request as never)) as WebResponse
      },
    })
    assert.deepEqual(treeOf(fetching), asked)
    const serving = await spansFor(t, 'accept', 'always', {
      serve: async (incoming, response) => {
        await new Promise((resolve) => setImmediate(resolve))
        await webEnv(incoming).call('desk' as never, 'handle' as never, request as never)
        response.end()
      },
    })
    assert.deepEqual(treeOf(serving), asked)
  })
})

describe('a WebSocket handshake with a traceparent', { timeout: 60_000 }, () => {
  it('is a step of its trace where the port accepts it, and the client tells it', async (t) => {
    const { node, listener, url } = await served(t, { handler: 'desk' })
    let opened = 0
    const reader = actor((await import('#ports')).WebSocketReader, {
      on: {
        connected: () => {
          opened += 1
        },
        message: () => {},
        disconnected: () => {},
      },
    })
    await node.spawn(reader, { name: 'reader' })
    const port = { listener, path: '/chat', reader: 'reader', traceparent: 'accept' } as const
    await node.spawn(webSocketPort, { args: [port] })
    node.tracing.setSampler('always')
    const to = { url: `${url.replace('http', 'ws')}/chat`, reader: 'reader', traceparent: true }
    const client = await node.spawn(webSocketClient, { args: [to as never] })
    await until(() => opened === 2)
    const spans = spansOf(node)
    const handshake = spans.find(({ name }) => name === 'handshake')
    const spawn = spans.find(({ kind, name }) => kind === 'spawn' && name === 'websocket-client')
    assert.deepEqual([handshake?.traceId, handshake?.parentId], [spawn?.traceId, spawn?.spanId])
    assert.ok(spans.some(({ parentId }) => parentId === handshake?.spanId))
    node.kill(client)
  })
})
