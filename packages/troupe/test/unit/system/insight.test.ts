/**
 * What a node answers about what is behind one process: timers, calls, rates, ends of children.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  message,
  type Node,
  type Pid,
  type ProcessInsight,
  pool,
  processName,
  protocol,
  request,
  supervisor,
} from 'troupe'
import { type AloneStage, aloneStage, codeOf, systemStage } from './system-kit.js'

const Work = protocol('work', {
  add: message<number>(),
  fail: message<void>(),
  ask: request<void, number>(),
  wait: message<void>(),
})

/** Answers nobody; asks `to` when it is told to wait. */
const workActor = actor(Work, {
  init: (to?: string) => ({ to }),
  on: {
    add: () => {},
    fail: () => {
      throw new TypeError('out of stock')
    },
    ask: () => new Promise<number>(() => {}),
    wait: ({ to = '' }, _nothing, context) =>
      context.call(processName(to, Work), 'ask', undefined, { timeoutMs: 30_000 }),
  },
})

const insightOf = (stage: AloneStage, name: string): Promise<ProcessInsight> =>
  stage.askSelf('insight', { name }) as Promise<ProcessInsight>

const whereis = (node: Node, name: string): Pid => node.whereis(name) as Pid

const SLOW_INIT_MS = 3

describe('what is behind a process', () => {
  it('is how long its init took, and with which priority it sends', () =>
    aloneStage(async (stage) => {
      const { b, settle, clock } = stage
      const slow = actor(protocol('slow', { add: message<number>() }), {
        init: () => new Promise<object>((done) => clock.after(SLOW_INIT_MS, () => done({}))),
        on: { add: () => {} },
      })
      const started = b.spawn(slow, { name: 'slow', priority: 'high' })
      await clock.settle()
      await clock.advance(SLOW_INIT_MS)
      await started
      await settle(b.spawn(workActor, { name: 'quick' }))
      const { initMs, priority } = await insightOf(stage, 'slow')
      assert.deepEqual([initMs, priority], [SLOW_INIT_MS, 'high'])
      const quick = await insightOf(stage, 'quick')
      assert.deepEqual([quick.initMs, quick.priority], [0, 'normal'])
    }))

  it('is what it waits for, and what others wait for of it', () =>
    aloneStage(async (stage) => {
      const { b, settle, pass } = stage
      await settle(b.spawn(workActor, { name: 'back' }))
      await settle(b.spawn(workActor, { name: 'front', args: ['back'] }))
      for (const name of ['front', 'back']) b.send(name, name === 'front' ? 'wait' : 'add', 1)
      await pass(4_000)
      const front = await insightOf(stage, 'front')
      const [call] = front.calls
      assert.deepEqual([call?.to, call?.request, call?.waitedMs], ['back', 'ask', 4_000])
      assert.equal(call?.leftMs, 26_000)
      assert.equal(call?.toPid?.id, whereis(b, 'back').id)
      assert.deepEqual(front.handling, { message: 'wait', sinceMs: 4_000 })
      const back = await insightOf(stage, 'back')
      assert.deepEqual(
        back.owes.map(({ from, request: name, waitedMs }) => [from?.id, name, waitedMs]),
        [[whereis(b, 'front').id, 'ask', 4_000]],
      )
      assert.deepEqual([back.handling?.message, back.handlers, back.calls], ['ask', 1, []])
    }))

  it('is the worker of a pool that has a call, not the pool', () =>
    aloneStage(async (stage) => {
      const { b, settle, pass } = stage
      const crew = await settle(b.spawn(pool({ worker: workActor, size: 2 }), { name: 'crew' }))
      await settle(b.spawn(workActor, { name: 'front', args: ['crew'] }))
      b.send('front', 'wait')
      await pass(10)
      const { toPid, to } = (await insightOf(stage, 'front')).calls[0] ?? {}
      assert.equal(to, 'crew')
      assert.ok(toPid !== undefined && toPid.id !== crew.id)
      const held = (await stage.askSelf('insight', { pid: toPid })) as ProcessInsight
      assert.equal(held.owes.length, 1)
    }))

  it('is its timers, the next first', () =>
    aloneStage(async (stage) => {
      const { b, settle, pass } = stage
      const timed = actor(Work, {
        started: (_state, context) => {
          context.every(60_000, function sweep() {})
          context.sendAfter(5_000, 'front', 'add', 1)
          context.at(context.wallMs() + 7_200_000, () => {})
        },
        on: { add: () => {}, fail: () => {}, ask: () => 1, wait: () => {} },
      })
      await settle(b.spawn(timed, { name: 'timed' }))
      await pass(1_000)
      assert.deepEqual((await insightOf(stage, 'timed')).timers, [
        { kind: 'send', what: 'add', to: 'front', leftMs: 4_000, everyMs: undefined },
        { kind: 'run', what: 'sweep', to: undefined, leftMs: 59_000, everyMs: 60_000 },
        { kind: 'run', what: '(a function)', to: undefined, leftMs: 7_199_000, everyMs: undefined },
      ])
    }))
})

describe('messages of a process that is looked at', () => {
  it('are counted by their names from the first look on, until a minute after the last', () =>
    aloneStage(async (stage) => {
      const { b, settle, pass } = stage
      await settle(b.spawn(workActor, { name: 'front' }))
      b.send('front', 'add', 1)
      const first = await insightOf(stage, 'front')
      assert.deepEqual([first.rates, first.watchedForMs], [[], 0])
      for (let at = 0; at < 20; at += 1) b.send('front', 'add', at)
      await pass(10_000)
      const { rates } = await insightOf(stage, 'front')
      const rate = { message: 'add', count: 20, perSecond: 2, meanMs: 0, maxMs: 0, failed: 0 }
      assert.deepEqual(rates, [rate])
      await pass(60_001)
      b.send('front', 'add', 1)
      await pass(1)
      assert.deepEqual((await insightOf(stage, 'front')).rates, [])
    }))

  it('are counted with the time until an async handler settles', () =>
    aloneStage(async (stage) => {
      const { b, settle, pass } = stage
      const slow = actor(Work, {
        on: {
          add: (_state, ms, context) => context.sleep(ms),
          ...{ fail: () => {}, ask: () => 1, wait: () => {} },
        },
      })
      await settle(b.spawn(slow, { name: 'slow' }))
      await insightOf(stage, 'slow')
      b.send('slow', 'add', 100)
      b.send('slow', 'add', 300)
      await pass(1_000)
      const [rate] = (await insightOf(stage, 'slow')).rates
      assert.deepEqual([rate?.count, rate?.meanMs, rate?.maxMs], [2, 200, 300])
    }))
})

describe('ends of children', () => {
  const restless = supervisor({
    intensity: { restarts: 100, withinMs: 1_000 },
    backoff: { immediate: 1, firstMs: 4_000, jitter: 0 },
    children: [{ name: 'child', start: workActor }],
  })

  it('are told by the supervisor, and of the child under its earlier pids', () =>
    aloneStage(async (stage) => {
      const { b, settle, pass } = stage
      await settle(b.spawn(restless, { name: 'top' }))
      const first = whereis(b, 'child')
      b.send('child', 'fail')
      await pass(1)
      const { exits } = await insightOf(stage, 'child')
      assert.deepEqual(
        exits.map(({ pid, child, reason, verdict }) => [pid?.id, child, reason, verdict]),
        [[first.id, 'child', 'crash (TypeError: out of stock)', 'restarted']],
      )
      const second = whereis(b, 'child')
      b.send('child', 'fail')
      await pass(1_000)
      const { childExits, childWaits } = await insightOf(stage, 'top')
      assert.deepEqual(
        childExits.map(({ verdict }) => verdict),
        ['backing-off', 'restarted'],
      )
      assert.deepEqual(
        childWaits.map(({ child, pid, attempt, waitedMs, leftMs, reason }) => {
          return [child, pid?.id, attempt, waitedMs, leftMs, reason]
        }),
        [['child', second.id, 2, 1_000, 3_000, 'crash (TypeError: out of stock)']],
      )
      await pass(3_000)
      assert.deepEqual((await insightOf(stage, 'top')).childWaits, [])
    }))

  it('are twenty at most, and five of each child', () =>
    aloneStage(async (stage) => {
      const { b, settle, pass } = stage
      const many = supervisor({
        intensity: { restarts: 1_000, withinMs: 1_000 },
        backoff: { immediate: 1_000 },
        children: [
          { name: 'calm', start: workActor },
          { name: 'wild', start: workActor },
        ],
      })
      await settle(b.spawn(many, { name: 'top' }))
      b.send('calm', 'fail')
      for (let at = 0; at < 30; at += 1) {
        b.send('wild', 'fail')
        await pass(1)
      }
      assert.equal((await insightOf(stage, 'top')).childExits.length, 20)
      assert.equal((await insightOf(stage, 'wild')).exits.length, 5)
      assert.equal((await insightOf(stage, 'calm')).exits.length, 1)
    }))
})

describe('a question for what is behind a process', () => {
  it('is answered with a code when nobody is there', () =>
    systemStage(async ({ a, askAnything }) => {
      assert.equal(await codeOf(askAnything(a, 'insight', { name: 'nobody' })), 'NAME_UNKNOWN')
      assert.equal(await codeOf(askAnything(a, 'insight', {})), 'OPTION_INVALID')
    }))

  it('shows hostile names as one line of text', () =>
    systemStage(async (stage) => {
      const { b, settle, ask } = stage
      const name = `a\u202e\n<script>${'x'.repeat(200)}`
      await settle(b.spawn(workActor, { name: 'front', args: [name] }))
      await settle(b.spawn(workActor, { name }))
      b.send('front', 'wait')
      await stage.pass(10)
      const { calls } = await ask('insight', { name: 'front' })
      assert.match(calls[0]?.to ?? '', /^a {2}<script>x+$/)
    }))
})
