/**
 * When the last sampler is off, a node is asked nothing more for its messages; what was begun goes
 * on all the same.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import {
  actor,
  message,
  type Node,
  NoReply,
  type Pid,
  protocol,
  request,
  type TracingOptions,
} from 'troupe'
import { virtualClock } from 'troupe/testing'
import { seededRandom } from '#base/random'
import type { MakeTracer } from '#contract'
import { createNode } from '#runtime'
import { Tracing } from '#runtime/tracing'
import { makeTracer } from '#tracing'
import { spansOf, treeOf } from './trace-kit.js'

const Work = protocol('work', {
  ...{ go: message<void>(), hold: message<number>(), later: message<number>(), end: message() },
  ...{ keep: message<number>(), stop: message(), fail: message(), outside: message() },
  ...{ soon: request<number, number>(), never: request(), onward: request(), hang: request() },
})

const worker = actor(Work, {
  on: {
    go: (_state, _given, context) => void context.send('last', 'end'),
    hold: async (_state, ms, context) => {
      await context.sleep(ms)
      context.send('last', 'end')
    },
    later: (_state, ms, context) => void context.after(ms, () => context.send('last', 'end')),
    keep: (_state, ms, context) => {
      const within = context.tracing.keep()
      // Its handler is over long before.
      context.every(ms, () => within(() => context.send('last', 'end')))
    },
    stop: (_state, _given, context) => context.stop(),
    fail: () => {
      throw new TypeError('no')
    },
    end: () => {},
    // What came from outside is ended by its program, which may forget it.
    outside: (_state, _given, context) => void context.tracing.incoming('GET', {}),
    soon: (_state, ms, context) => {
      const replier = context.replyLater()
      context.after(ms, () => replier.reply(ms))
      return NoReply
    },
    never: (_state, _given, context) => {
      context.replyLater()
      return NoReply
    },
    onward: (_state, _given, context) => context.forward('other'),
    hang: () => new Promise<void>(() => {}),
  },
  terminate: (_state, _reason, context) => void context.send('last', 'end'),
})

/** Who is handed something on, and never answers. */
const mute = actor(protocol('mute', { onward: request() }), {
  on: {
    onward: (_state, _given, context) => {
      context.replyLater()
      return NoReply
    },
  },
})

/** A node that counts what its tracer is asked. */
async function watched(t: TestContext, tracing: TracingOptions = {}) {
  const clock = virtualClock()
  let asked = 0
  const counted: MakeTracer = (options, home) => {
    const tracer = makeTracer(options, home)
    const { samples } = tracer
    const value: typeof samples = (question) => {
      asked += 1
      return samples.call(tracer, question)
    }
    return Object.defineProperty(tracer, 'samples', { value })
  }
  const world = { clock, random: seededRandom(3), makeTracer: counted }
  const options = { tracing, logSinks: [], handleSignals: false }
  const node: Node = await clock.until(createNode('n@h', options, world))
  t.after(() => clock.until(node.stop()))
  const worked = await clock.until(node.spawn(worker, { name: 'worker' }))
  await clock.until(node.spawn(worker, { name: 'last' }))
  await clock.until(node.spawn(mute, { name: 'other' }))
  /** Whether a message is asked about. */
  const isAwake = async (): Promise<boolean> => {
    const before = asked
    node.send('last', 'end')
    await clock.advance(0)
    return asked > before
  }
  /** Asks as long as it takes. */
  const sleeps = async (): Promise<boolean> => {
    await isAwake()
    await clock.advance(1_000)
    await isAwake()
    return !(await isAwake())
  }
  return { node, clock, worked, isAwake, sleeps }
}

/** What a process begins in a trace, with the sampler off at once. */
async function begun(t: TestContext, send: (node: Node) => void) {
  const stage = await watched(t)
  stage.node.tracing.setSampler('always')
  send(stage.node)
  stage.node.tracing.setSampler('off')
  return stage
}

describe('a tracer whose last sampler is off', () => {
  it('is asked no more, whoever had the sampler, and how it ended', async (t) => {
    const { node, worked: process, clock, isAwake, sleeps } = await watched(t)
    assert.equal(await isAwake(), false)
    node.tracing.setSampler('always')
    assert.equal(await isAwake(), true)
    node.tracing.setSampler('off')
    assert.equal(await isAwake(), true)
    assert.equal(await sleeps(), true)
    for (const scope of [{ process }, { application: 'shop' }]) {
      for (const over of ['off', undefined] as const) {
        node.tracing.setSampler('always', scope)
        assert.equal(await isAwake(), true)
        node.tracing.setSampler(over, scope)
        assert.equal(await sleeps(), true)
      }
    }
    node.tracing.setSampler('always', { process })
    node.exit(process, 'shutdown')
    await clock.advance(0)
    assert.equal(await sleeps(), true)
  })

  it('is asked as long as another one is on', async (t) => {
    const { node, worked: process, sleeps } = await watched(t, { applications: { x: 'always' } })
    node.tracing.setSampler('always', { process })
    node.tracing.setSampler('off', { process })
    node.tracing.setSampler('off', { process })
    assert.equal(await sleeps(), false)
  })

  it('is awake as long as a handler of a trace is, and goes on with it', async (t) => {
    const { node, clock, sleeps } = await begun(t, (one) => one.send('worker', 'hold', 60_000))
    assert.equal(await sleeps(), false)
    await clock.advance(60_000)
    assert.deepEqual(treeOf(spansOf(node)), ['send hold sdp', '  send end sdp'])
    assert.equal(await sleeps(), true)
  })

  it('wakes for what waited in a mailbox', async (t) => {
    const { node, clock, isAwake, sleeps } = await watched(t)
    node.send('worker', 'hold', 60_000)
    await clock.advance(0)
    node.tracing.setSampler('always')
    node.send('worker', 'go')
    node.tracing.setSampler('off')
    assert.equal(await sleeps(), true)
    await clock.advance(60_000)
    assert.deepEqual(treeOf(spansOf(node)), ['send go sdp', '  send end sdp'])
    assert.equal(await isAwake(), true)
    assert.equal(await sleeps(), true)
  })

  it('wakes for a timer of a trace, and for what a program has kept of one', async (t) => {
    for (const name of ['later', 'keep'] as const) {
      const { node, clock, sleeps } = await begun(t, (one) => one.send('worker', name, 40_000))
      assert.equal(await sleeps(), true)
      await clock.advance(39_000)
      const kinds = spansOf(node).map(({ kind }) => kind)
      assert.deepEqual(kinds, name === 'later' ? ['send', 'timer', 'send'] : ['send', 'send'])
      assert.equal(await sleeps(), true)
    }
  })

  it('knows of a process that a trace ends until it has ended', async (t) => {
    for (const [name, failed] of [
      ['stop', ''],
      ['fail', ' !handler-failed'],
    ] as const) {
      const { node, clock, sleeps } = await begun(t, (one) => one.send('worker', name))
      await clock.advance(0)
      assert.deepEqual(treeOf(spansOf(node)), [
        `send ${name} sdp${failed}`,
        '  terminate work sp',
        '    send end sdp',
      ])
      assert.equal(await sleeps(), true)
    }
  })

  it('waits for no answer that comes later, or never, and for nobody who was killed', async (t) => {
    const quick = { timeoutMs: 100 }
    for (const [title, ask] of [
      ['later', (node: Node) => node.call('worker', 'soon', 50)],
      ['never', (node: Node) => node.call('worker', 'never', undefined, quick)],
      ['handed on', (node: Node) => node.call('worker', 'onward', undefined, quick)],
    ] as const) {
      const { clock, sleeps } = await begun(t, (node) => void ask(node).catch(() => {}))
      await clock.advance(1_000)
      assert.equal(await sleeps(), true, title)
    }
    const ended = await begun(t, (node) => node.send('worker', 'outside'))
    assert.equal(await ended.sleeps(), true)
    const killed = await begun(t, (node) => {
      node.call('worker', 'hang', undefined, quick).catch(() => {})
    })
    assert.equal(await killed.sleeps(), false)
    killed.node.kill(killed.worked)
    await killed.clock.advance(1_000)
    assert.equal(await killed.sleeps(), true)
  })

  it('forgets the samplers of processes that end while it sleeps', async (t) => {
    const { node, clock, isAwake } = await watched(t)
    const ended = async (): Promise<Pid> => {
      const pid = await node.spawn(worker, { sampler: 'off' })
      node.send(pid, 'stop')
      return pid
    }
    // Of processes there are at most a thousand samplers at a time.
    for (let at = 0; at < 1_500; at += 1) await clock.until(ended())
    await clock.advance(0)
    assert.deepEqual(
      node.tracing.info().samplers.map(({ scope }) => scope),
      ['node'],
    )
    assert.equal(await isAwake(), false)
    // One end does not make it forget that another one has to be told.
    const both = [await clock.until(node.spawn(worker, { sampler: 'off' }))]
    both.push(await clock.until(node.spawn(worker, { sampler: 'off' })))
    for (const pid of both) {
      assert.equal(node.tracing.info().samplers.length, pid === both[0] ? 3 : 2)
      node.exit(pid, 'shutdown')
      await clock.advance(0)
    }
    assert.equal(node.tracing.info().samplers.length, 1)
  })

  it('need not be told of an end when the last one that a trace had begun is over', () => {
    let forgotten = 0
    const verbs = { awaken: () => {}, rest: () => {}, remember: () => {}, warn: () => {} }
    const given = { name: 'n@h', clock: virtualClock(), random: seededRandom(1) }
    const far = { find: () => undefined, hand: async () => {} }
    const tracer = makeTracer(undefined, { ...given, ...verbs, ...far })
    const forget = (): void => {
      forgotten += 1
    }
    const tracing = new Tracing({ tracer, turn: {} as never, find: () => undefined, forget })
    const about = { process: undefined, from: undefined, to: undefined }
    const cause = tracer.begin(undefined, { kind: 'send', name: 'stop', ...about })
    const [first, second] = [{ flags: 0 }, { flags: 0 }] as never[] as [never, never]
    for (const process of [first, second]) tracing.stopping(process, cause)
    tracing.ended(first)
    assert.equal(forgotten, 0)
    tracing.ended(second)
    assert.equal(forgotten, 1)
  })
})
