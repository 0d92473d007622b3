/**
 * What a trace shows of one node: every kind of step, where it belongs, and what it is told.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, type Node, NoReply, pool, protocol, request, TroupeError } from 'troupe'
import { testNode } from 'troupe/testing'
import { spansOf, tracesIn, treeOf } from './trace-kit.js'

const Shop = protocol('shop', {
  order: message<string>(),
  price: request<string, number>(),
  note: message<string>(),
  later: request<number, string>(),
  found: message<void>(),
  leave: message<void>(),
  fall: message<void>(),
  remind: message<void>(),
})

const till = actor(Shop, {
  on: {
    order: async (_state, item, context) => {
      await context.call('stock', 'price', item)
      context.send('stock', 'note', item)
    },
    price: () => 7,
    note: () => {},
    later: (_state, delayMs, context) => {
      const replier = context.replyLater<string>()
      context.after(delayMs, () => replier.reply('late'))
      return NoReply
    },
    found: async (_state, _given, context) => {
      await context.spawn(till, { name: 'child' })
    },
    leave: (_state, _given, context) => context.stop(),
    fall: () => {
      throw new RangeError('the secret of the message')
    },
    remind: (_state, _given, context) => {
      context.sendAfter(1_000, 'stock', 'note', 'later')
      context.after(2_000, () => context.send('stock', 'note', 'in a turn'))
    },
  },
  terminate: (_state, _reason, context) => void context.send('stock', 'note', 'bye'),
})

const stock = actor(Shop, {
  on: {
    order: () => {},
    price: async (_state, _item, context) => {
      await context.sleep(5)
      return 7
    },
    note: () => {},
    later: () => 'soon',
    found: () => {},
    leave: () => {},
    fall: () => {},
    remind: () => {},
  },
})

/** Runs a case on a node that traces what the node itself begins. */
async function traced(
  run: (node: Node, pass: (ms: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  await using test = await testNode({ seed: 3 })
  await test.node.spawn(till, { name: 'till' })
  await test.node.spawn(stock, { name: 'stock' })
  test.node.tracing.setSampler('always')
  await run(test.node, (ms) => test.clock.advance(ms))
}

describe('a trace on one node', () => {
  it('goes through sends, calls and awaits as one tree', () =>
    traced(async (node, pass) => {
      node.send('till', 'order', 'fig')
      await pass(100)
      const spans = spansOf(node)
      assert.deepEqual(treeOf(spans), [
        'send order sdp',
        '  request price sdp',
        '    response price sd',
        '  send note sdp',
      ])
      assert.equal(tracesIn(spans), 1)
      const price = spans.find(({ name, kind }) => name === 'price' && kind === 'request')
      assert.equal((price?.processedMs ?? 0) - (price?.deliveredMs ?? 0), 5)
      assert.deepEqual([price?.to, price?.behaviour], ['stock', 'shop'])
      assert.match(price?.from ?? '', /^<test@localhost\.\d+\.\d+>$/)
    }))

  it('is a new one for each thing the node begins', () =>
    traced(async (node, pass) => {
      node.send('stock', 'note', 'one')
      node.send('stock', 'note', 'two')
      await pass(1)
      assert.equal(tracesIn(spansOf(node)), 2)
    }))

  it('shows a birth, with what its init does, and a failed one', () =>
    traced(async (node, pass) => {
      node.send('till', 'found')
      await pass(1)
      node.send('till', 'found')
      await pass(1)
      assert.deepEqual(treeOf(spansOf(node)).slice(0, 2), ['send found sdp', '  spawn shop sp'])
      assert.ok(treeOf(spansOf(node)).includes('  spawn shop s !NAME_TAKEN'))
    }))

  it('shows the end of a process, and what its terminate sends', () =>
    traced(async (node, pass) => {
      node.send('till', 'leave')
      await pass(1)
      assert.deepEqual(treeOf(spansOf(node)), [
        'send leave sdp',
        '  terminate shop sp',
        '    send note sdp',
      ])
    }))

  it('tells of a handler that failed, and nothing of what the error says', () =>
    traced(async (node, pass) => {
      node.send('till', 'fall')
      await pass(1)
      const spans = spansOf(node)
      assert.deepEqual(treeOf(spans).slice(0, 2), [
        'send fall sdp !handler-failed',
        '  terminate shop sp',
      ])
      assert.ok(!JSON.stringify(spans).includes('secret'))
    }))

  it('goes on where a timer that was set in it comes', () =>
    traced(async (node, pass) => {
      node.send('till', 'remind')
      await pass(3_000)
      const spans = spansOf(node)
      assert.deepEqual(treeOf(spans), [
        'send remind sdp',
        '  timer note sdp',
        '    send note sdp',
        '  timer [timer] sdp',
        '    send note sdp',
      ])
      const timer = spans.find(({ kind }) => kind === 'timer')
      assert.equal((timer?.deliveredMs ?? 0) - (timer?.sentMs ?? 0), 1_000)
    }))

  it('shows a call that nobody answered in time', () =>
    traced(async (node, pass) => {
      const asked = node.call('stock', 'price', 'fig', { timeoutMs: 2 })
      await Promise.all([
        assert.rejects(asked, (error) => TroupeError.is(error, 'CALL_TIMEOUT')),
        pass(50),
      ])
      assert.deepEqual(treeOf(spansOf(node)), ['request price sdp !CALL_TIMEOUT'])
    }))

  it('that sends itself on and on ends, and begins anew', () =>
    traced(async (node, pass) => {
      const Loop = protocol('loop', { turn: message<number>() })
      const loop = actor(Loop, {
        on: {
          turn: (_state, left, context) => {
            if (left > 0) context.send(context.self, 'turn', left - 1)
          },
        },
      })
      node.send(await node.spawn(loop), 'turn', 600)
      await pass(1)
      const spans = spansOf(node).filter(({ kind }) => kind === 'send')
      assert.equal(tracesIn(spans), 3, 'of 601 messages in all')
      assert.equal(spans.filter(({ attributes }) => attributes['troupe.cut'] === true).length, 2)
    }))

  it('shows a request that is answered later until its answer', () =>
    traced(async (node, pass) => {
      const asked = node.call('till', 'later', 20)
      await pass(30)
      assert.equal(await asked, 'late')
      const spans = spansOf(node)
      assert.deepEqual(treeOf(spans), [
        'request later sdp',
        '  timer [timer] sdp',
        '  response later sd',
      ])
      const [request] = spans
      assert.equal((request?.processedMs ?? 0) - (request?.deliveredMs ?? 0), 20)
    }))

  it('shows a message that nobody took', () =>
    traced(async (node, pass) => {
      node.send('nobody', 'note', 'x')
      node.send('stock', 'nonsense' as 'note', 'x')
      await pass(1)
      assert.deepEqual(treeOf(spansOf(node)), [
        'send note s !process-unknown',
        'send nonsense sdp !message-unknown',
      ])
    }))

  it('goes through a pool to its worker', () =>
    traced(async (node, pass) => {
      await node.spawnAny(pool({ worker: stock, size: 2 }), { name: 'pool' })
      const before = spansOf(node).length
      node.send('pool', 'note', 'x')
      await pass(1)
      const spans = spansOf(node).slice(before)
      assert.deepEqual(treeOf(spans.filter(({ kind }) => kind === 'send')), [
        'send note sdp',
        '  send note sdp',
      ])
    }))
})
