/**
 * Spans of a node as spans of an OpenTelemetry SDK: the same ids, and what a collector shows.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as api from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { actor, message, type OpenTelemetryApi, protocol, request } from 'troupe'
import { testNode } from 'troupe/testing'
import { spansOf, tracesIn } from './trace-kit.js'

const Shop = protocol('shop', { order: message<string>(), price: request<string, number>() })
const shop = actor(Shop, {
  on: {
    order: async (_state, item, context) => {
      const span = context.span('pricing').setAttribute('items', 1)
      await context.call('stock', 'price', item)
      span.end()
    },
    price: () => {
      throw new RangeError('no price of 4111')
    },
  },
})
const CLIENT = '00f067aa0ba902b7'
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'

/** The API with a provider of its own, in place of the one global to the program. */
function apiWith(provider: BasicTracerProvider): OpenTelemetryApi {
  const { ROOT_CONTEXT, createTraceState, trace } = api
  return {
    ...{ ROOT_CONTEXT, createTraceState },
    trace: {
      getTracer: (name) => provider.getTracer(name) as never,
      setSpanContext: trace.setSpanContext as never,
    },
  }
}

describe('a node with @opentelemetry/api', () => {
  it('has each span there too, with the same ids, parents, points and failures', async () => {
    const exporter = new InMemorySpanExporter()
    const provider = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    })
    const openTelemetry = apiWith(provider)
    await using test = await testNode({ tracing: { openTelemetry, sampler: 'always' } })
    await test.node.spawn(shop, { name: 'shop' })
    await test.node.spawn(shop, { name: 'stock' })
    test.node.send('shop', 'order', 'fig')
    await test.clock.advance(10)
    const own = spansOf(test.node).filter(({ kind }) => kind !== 'spawn')
    const there = exporter.getFinishedSpans()
    for (const span of own) {
      const other = there.find((one) => one.spanContext().spanId === span.spanId)
      assert.ok(other !== undefined, `${span.kind} ${span.name}`)
      assert.equal(other.spanContext().traceId, span.traceId)
      assert.equal(other.parentSpanContext?.spanId, span.parentId)
      assert.equal(other.name, span.name)
      assert.equal(other.attributes['troupe.kind'], span.kind)
      assert.equal(other.status.message, span.failed)
      assert.ok(!JSON.stringify(other.attributes).includes('4111'))
    }
    assert.equal(tracesIn(own), 1)
    const pricing = there.find(({ name }) => name === 'pricing')
    assert.equal(pricing?.attributes['items'], 1)
    const told = test.node.tracing.info().exporters[0]
    assert.deepEqual([told?.name, told?.failed], ['open-telemetry', 0])
  })

  it('goes on with its own ids where the SDK wants nothing, or is not there', async () => {
    const wantsNothing = new BasicTracerProvider({ sampler: new AlwaysOffSampler() })
    const apis: OpenTelemetryApi[] = [apiWith(wantsNothing), api as unknown as OpenTelemetryApi]
    for (const openTelemetry of apis) {
      await using test = await testNode({ tracing: { openTelemetry, sampler: 'always' } })
      await test.node.spawn(shop, { name: 'shop' })
      test.node.send('shop', 'order', 'fig')
      await test.clock.advance(10)
      const spans = spansOf(test.node).filter(({ kind }) => kind !== 'spawn')
      assert.ok(spans.length > 1)
      assert.equal(tracesIn(spans), 1)
      for (const { traceId, spanId } of spans) {
        assert.match(traceId, /^(?!0+$)[0-9a-f]{32}$/)
        assert.match(spanId, /^(?!0+$)[0-9a-f]{16}$/)
      }
    }
  })

  it('is not harmed by an API that throws', async () => {
    const fails = (): never => {
      throw new Error('broken')
    }
    const openTelemetry = { ROOT_CONTEXT: {}, trace: { getTracer: fails, setSpanContext: fails } }
    await using test = await testNode({ tracing: { openTelemetry, sampler: 'always' } })
    await test.node.spawn(shop, { name: 'shop' })
    test.node.send('shop', 'order', 'fig')
    await test.clock.advance(10)
    assert.ok(spansOf(test.node).length > 1)
    assert.ok((test.node.tracing.info().exporters[0]?.failed ?? 0) > 0)
  })
})

describe('a trace from outside', () => {
  it('is gone on with for as long as it is run, and no longer', async () => {
    await using test = await testNode({})
    const traceparent = `00-${TRACE}-${CLIENT}-01`
    const seen: unknown[] = []
    const Door = protocol('door', { open: message<string | undefined>() })
    const door = actor(Door, {
      on: {
        open: (_state, given, context) => {
          const headers = { traceparent: given, tracestate: 'a=1' }
          context.tracing.proceed(headers, () => {
            seen.push(context.tracing.headers.tracestate)
            context.send('shop', 'order', 'fig')
          })
          seen.push(context.tracing.traceId)
        },
      },
    })
    await test.node.spawn(shop, { name: 'shop' })
    await test.node.spawn(door, { name: 'door' })
    test.node.send('door', 'open', undefined)
    test.node.send('door', 'open', 'nonsense')
    await test.clock.advance(1)
    assert.deepEqual(spansOf(test.node), [])
    test.node.send('door', 'open', traceparent)
    await test.clock.advance(1)
    const [first] = spansOf(test.node)
    assert.deepEqual([first?.traceId, first?.parentId, first?.name], [TRACE, CLIENT, 'order'])
    assert.deepEqual(seen, [undefined, undefined, undefined, undefined, 'a=1', undefined])
    assert.equal(test.node.tracing.info().invalid, 1)
  })

  it('that is not wanted kept is carried on and not kept', async () => {
    await using test = await testNode({})
    const Door = protocol('door', { open: request<void, string | undefined>() })
    const door = actor(Door, {
      on: {
        open: (_state, _given, context) =>
          context.tracing.proceed({ traceparent: `00-${TRACE}-${CLIENT}-00` }, () => {
            context.send('shop', 'order', 'fig')
            return context.tracing.headers.traceparent
          }),
      },
    })
    await test.node.spawn(shop, { name: 'shop' })
    await test.node.spawn(door, { name: 'door' })
    const told = test.node.call('door', 'open')
    await test.clock.advance(1)
    assert.equal(await told, `00-${TRACE}-${CLIENT}-00`)
    assert.deepEqual(spansOf(test.node), [])
  })
})
