/**
 * One trace over two nodes: each way from one to the other carries it, and neither loses it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, eventName, message, type Node, processName, protocol, request } from 'troupe'
import { simulatedStage, type TwoNodes } from '#test/scenarios/two-nodes/stage'
import { spansOf, tracesIn, treeOf } from './trace-kit.js'

const Store = protocol('store', {
  put: message<string>(),
  get: request<string, string>(),
  fail: request<void, void>(),
})

const far = processName('store', Store, 'b@stage')

const Front = protocol('front', {
  go: message<void>(),
  ask: message<void>(),
  tell: message<void>(),
  hear: message<void>(),
})

const news = eventName<string>('news', 'a@stage')

const store = actor(Store, {
  on: {
    put: (_state, _item, context) => void context.send('helper', 'put', 'on'),
    get: async (_state, key, context) => {
      await context.sleep(3)
      return key
    },
    fail: () => {
      throw new Error('it was the card 4111')
    },
  },
  handleEvent: (_state, _publication, context) => void context.send('helper', 'put', 'news'),
})
const helper = actor(Store, { on: { put: () => {}, get: () => '', fail: () => {} } })

const front = actor(Front, {
  on: {
    go: (_state, _given, context) => void context.send(far, 'put', 'x'),
    ask: async (_state, _given, context) => {
      await context.call(far, 'get', 'k')
      await context.call(far, 'fail').catch(() => {})
    },
    tell: async (_state, _given, context) => {
      await context.sendImportant(far, 'put', 'x')
      await context.sendWhenRoom(far, 'put', 'x')
    },
    hear: (_state, _given, context) => context.publish(news, 'fig'),
  },
})

interface Traced extends TwoNodes {
  lines(): readonly string[]
  nodes: readonly [Node, Node]
}

async function across(run: (stage: Traced) => Promise<void>): Promise<void> {
  const stage = await simulatedStage.start({}, (own) => ({
    options: own === 'a' ? { events: [{ name: 'news' }] } : {},
  }))
  const { a, b, settle } = stage
  try {
    await settle(b.spawn(store, { name: 'store' }))
    await settle(b.spawn(helper, { name: 'helper' }))
    await settle(a.spawn(front, { name: 'front' }))
    await settle(a.call(far, 'get', 'warm'))
    a.tracing.setSampler('always')
    const lines = (): readonly string[] => {
      const spans = spansOf(a, b)
      assert.equal(tracesIn(spans), 1)
      return treeOf(spans, true)
    }
    await run({ ...stage, lines, nodes: [a, b] })
  } finally {
    await stage.close()
  }
}

describe('a trace over two nodes', () => {
  it('goes with a send, and the other node goes on with it though its own sampler is off', () =>
    across(async ({ a, b, pass, lines }) => {
      a.send('front', 'go')
      await pass(50)
      assert.deepEqual(lines(), [
        'a: send go sdp',
        '  a: send put s',
        '    b: send put dp',
        '      b: send put sdp',
      ])
      assert.equal(b.tracing.info().samplers[0]?.sampler, 'off')
    }))

  it('goes with a request, and both see the answer, whatever it is', () =>
    across(async ({ a, pass, lines }) => {
      a.send('front', 'ask')
      await pass(100)
      assert.deepEqual(lines(), [
        'a: send ask sdp',
        '  a: request get sp',
        '    a: response get d',
        '    b: request get dp',
        '      b: response get s',
        '  a: request fail sp !HANDLER_FAILED',
        '    a: response fail d !HANDLER_FAILED',
        '    b: request fail dp !handler-failed',
        '      b: response fail s !HANDLER_FAILED',
        '      b: terminate store sp',
      ])
    }))

  it('goes with sends that are confirmed', () =>
    across(async ({ a, pass, lines }) => {
      a.send('front', 'tell')
      await pass(100)
      assert.deepEqual(lines(), [
        'a: send tell sdp',
        '  a: send put sp',
        '    b: send put dp',
        '      b: send put sdp',
        '  a: send put sp',
        '    b: send put dp',
        '      b: send put sdp',
      ])
    }))

  it('goes with a publication', () =>
    across(async ({ a, b, settle, pass, lines }) => {
      const listener = actor(Store, {
        init: () => undefined,
        started: async (_state, context) => void (await context.subscribe(news)),
        on: { put: () => {}, get: () => '', fail: () => {} },
        handleEvent: (_state, _publication, context) => void context.send('helper', 'put', 'n'),
      })
      await settle(b.spawn(listener))
      a.send('front', 'hear')
      await pass(50)
      assert.deepEqual(lines(), [
        'a: send hear sdp',
        '  a: event news s',
        '    b: event news ',
        '      b: event news dp',
        '        b: send put sdp',
      ])
    }))

  it('survives a line that breaks on the way', () =>
    across(async ({ a, breakLine, pass, lines }) => {
      a.send('front', 'go')
      breakLine()
      await pass(2_000)
      assert.deepEqual(lines(), [
        'a: send go sdp',
        '  a: send put s',
        '    b: send put dp',
        '      b: send put sdp',
      ])
    }))
})

describe('a node that does not trust the traces of others', () => {
  it('handles their messages and goes on with none', async () => {
    const stage = await simulatedStage.start({}, (own) => ({
      options: { tracing: own === 'a' ? { sampler: 'always' } : { trustNodes: false } },
    }))
    const { a, b, settle } = stage
    try {
      await settle(b.spawn(store, { name: 'store' }))
      assert.equal(await settle(a.call(far, 'get', 'k')), 'k')
      assert.deepEqual(spansOf(b), [])
      assert.equal(spansOf(a).length > 0, true)
    } finally {
      await stage.close()
    }
  })
})
