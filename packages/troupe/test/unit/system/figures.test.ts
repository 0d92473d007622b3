/**
 * What a node counts and measures of itself, always: each figure is right.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  eventName,
  type FiguresSheet,
  message,
  processName,
  protocol,
  request,
  type SpreadSheet,
} from 'troupe'
import { virtualClock } from 'troupe/testing'
import { systemApplication } from '#apps'
import { createNode } from '#runtime'
import { clusterOf } from '#test/scenarios/remote/clustered'
import { type AloneStage, aloneStage, PROGRAM, systemStage } from './system-kit.js'

const Work = protocol('work', {
  quick: message<number>(),
  slow: message<number>(),
  ask: request<number, number>(),
})

const NONE = { quick: () => {}, slow: () => {}, ask: () => 1 }
const idle = () => new Promise<never>(() => {})

const figuresOf = async (stage: AloneStage): Promise<FiguresSheet> =>
  (await stage.askSelf('figures')) as FiguresSheet

const between = (
  a: FiguresSheet,
  b: FiguresSheet,
  name: 'sent' | 'handled' | 'ended' | 'spawned',
) => b[name] - a[name]

/** The lowest bound that so many of all lie below. */
function quantile({ boundsMs, counts, count }: SpreadSheet, part: number) {
  let seen = 0
  for (const [place, here] of counts.entries()) {
    seen += here
    if (seen >= count * part) return boundsMs[place] ?? Number.POSITIVE_INFINITY
  }
  return 0
}

describe('the figures of a node', () => {
  it('count a flood of messages, each once', () =>
    aloneStage(async (stage) => {
      const { b } = stage
      const pid = await stage.settle(b.spawn(actor(Work, { on: NONE })))
      const before = await figuresOf(stage)
      for (let i = 0; i < 10_000; i += 1) b.send(pid, 'quick', i)
      await stage.pass(1)
      const after = await figuresOf(stage)
      // The question itself is one message, and its timer another.
      assert.ok(between(before, after, 'handled') >= 10_000)
      assert.ok(between(before, after, 'handled') <= 10_010)
      // The question has left its mailbox: it is what is being handled.
      assert.equal(after.waiting, 0)
      assert.ok(after.scheduler.turns > before.scheduler.turns)
      assert.deepEqual(after.sendFailed, { local: 0, remote: 0 })
    }))

  it('count processes that came and went, names and applications', () =>
    aloneStage(async (stage) => {
      const { b } = stage
      b.loadApplication({ name: 'shop', members: [] })
      b.loadApplication({ name: 'bank', members: [] })
      await stage.settle(b.startApplication('shop'))
      const before = await figuresOf(stage)
      const define = actor(Work, { on: NONE })
      const pid = await stage.settle(b.spawn(define, { name: 'one' }))
      await stage.settle(b.spawn(define))
      b.kill(pid)
      await stage.pass(1)
      const after = await figuresOf(stage)
      assert.equal(between(before, after, 'spawned'), 2)
      assert.equal(between(before, after, 'ended'), 1)
      assert.equal(after.processes - before.processes, 1)
      assert.equal(after.names, before.names)
      assert.deepEqual([after.applications, after.applicationsRunning], [2, 1])
    }))

  it('count sends and calls that failed, here', () =>
    aloneStage(async (stage) => {
      const { b } = stage
      for (let i = 0; i < 3; i += 1) b.send(processName('nobody'), 'quick', i)
      const limited = actor(Work, {
        on: { ...NONE, slow: idle },
        options: { mailbox: { lengthMax: 1, policy: 'fail' } },
      })
      const pid = await stage.settle(b.spawn(limited))
      b.send(pid, 'slow', 1)
      await stage.pass(1)
      for (let i = 0; i < 3; i += 1) b.send(pid, 'quick', i)
      const failed = b.call(processName('nobody'), 'ask', 1).catch(() => {})
      const late = b.call(pid, 'ask', 1, { timeoutMs: 50 }).catch(() => {})
      const { calls } = await figuresOf(stage)
      await stage.pass(100)
      await failed
      await late
      const figures = await figuresOf(stage)
      assert.deepEqual(figures.sendFailed, { local: 5, remote: 0 })
      assert.deepEqual(figures.callFailed, { local: 2, remote: 0 })
      // The call that is told is the one that asks.
      assert.deepEqual([calls, figures.calls], [1, 1])
      assert.equal(figures.scheduler.suspended, 1)
    }))

  it('tell how long messages waited for a process that is slow', () =>
    aloneStage(async (stage) => {
      const { b, clock } = stage
      const slow = actor(Work, {
        on: { ...NONE, slow: () => new Promise<void>((done) => void clock.after(100, done)) },
      })
      const pid = await stage.settle(b.spawn(slow))
      // Ten a second too many: the last one waits for about a second.
      for (let i = 0; i < 20; i += 1) {
        b.send(pid, 'slow', i)
        await stage.pass(50)
      }
      await stage.pass(2_000)
      const { waitMs } = (await figuresOf(stage)).scheduler
      assert.ok(waitMs.maxMs >= 850 && waitMs.maxMs <= 1_000, `${waitMs.maxMs}`)
      assert.equal(quantile(waitMs, 0.99), 1_000)
      const { count, counts } = waitMs
      assert.equal(
        counts.reduce((sum, one) => sum + one, 0),
        count,
      )
    }))

  it('take no rest of the node for a wait', () =>
    aloneStage(async (stage) => {
      const { b } = stage
      const pid = await stage.settle(b.spawn(actor(Work, { on: NONE })))
      for (let i = 0; i < 50; i += 1) {
        await stage.pass(1_000)
        b.send(pid, 'quick', i)
      }
      await stage.pass(1)
      const { waitMs } = (await figuresOf(stage)).scheduler
      assert.ok(waitMs.count >= 50)
      assert.equal(waitMs.maxMs, 0)
    }))

  it('tell how long turns took, and forget the longest of earlier', async () => {
    const time = virtualClock()
    let blockedMs = 0
    const clock = { ...time, nowMs: () => time.nowMs() + blockedMs }
    const parts = {
      figures: () => ({ sheet: () => PROGRAM, timeZone: () => 'UTC', stop: () => {} }),
      options: {},
    }
    const system = systemApplication({ ...parts, serving: clusterOf().serving })
    const b = await time.until(createNode('b@stage', { logSinks: [] }, { clock, system }))
    const turns = async (): Promise<SpreadSheet> =>
      ((await time.until(b.call(processName('system'), 'figures'))) as FiguresSheet).scheduler
        .turnMs
    const slow = (_state: unknown, forMs: number): void => {
      blockedMs += forMs
    }
    const pid = await time.until(b.spawn(actor(Work, { on: { ...NONE, slow } })))
    for (const forMs of [300, 2, 2, 40]) {
      b.send(pid, 'slow', forMs)
      await time.advance(1)
    }
    const sheet = await turns()
    assert.equal(sheet.maxMs, 300)
    assert.equal(sheet.sumMs, 344)
    assert.equal(b.processInfo(pid)?.runningMs, 344)
    await time.advance(61_000)
    const later = await turns()
    assert.equal(later.maxMs, 0)
    assert.equal(later.sumMs, 344)
    await time.until(b.stop())
  })

  it('count events here, those that came and those that left', () =>
    systemStage(async (stage) => {
      const { a, b, settle } = stage
      const listener = actor(Work, {
        on: NONE,
        started: (_state, context) => void context.subscribe(eventName('news', b.name)),
        handleEvent: () => {},
      })
      const token = b.registerEvent('news')
      await settle(b.spawn(listener))
      await settle(b.spawn(listener))
      await settle(a.spawn(listener))
      await stage.pass(100)
      const before = await stage.ask('figures')
      for (let i = 0; i < 5; i += 1) b.publish(token, i)
      await stage.pass(100)
      const after = await stage.ask('figures')
      assert.equal(after.published - before.published, 5)
      assert.equal(after.eventsDelivered - before.eventsDelivered, 10)
      assert.equal(after.eventsSentAway - before.eventsSentAway, 5)
      const there = (await settle(a.call(processName('system'), 'figures'))) as FiguresSheet
      assert.equal(there.eventsReceived, 5)
      assert.equal(there.eventsDelivered, 5)
    }))

  it('count what the network carried, also when a connection has ended', () =>
    systemStage(async (stage) => {
      const { a, b } = stage
      const before = await stage.ask('figures')
      assert.deepEqual(
        [before.network.connected, before.network.established, before.network.lost],
        [1, 1, 0],
      )
      for (let i = 0; i < 100; i += 1) a.send(processName('nobody', Work, b.name), 'quick', i)
      await stage.pass(100)
      const after = await stage.ask('figures')
      assert.ok(after.network.messagesIn - before.network.messagesIn >= 100)
      assert.ok(after.network.bytesIn - before.network.bytesIn >= 500)
      a.network.disconnect(b.name)
      await stage.pass(1_000)
      const again = await stage.ask('figures')
      assert.deepEqual([again.network.established, again.network.lost], [2, 1])
      assert.ok(again.network.messagesIn > after.network.messagesIn)
      assert.ok(again.network.bytesOut > after.network.bytesOut)
    }))

  it('count sends to nodes that are not there', () =>
    systemStage(async (stage) => {
      const { b, pass } = stage
      const to = processName('one', Work, 'c@nowhere')
      b.send(to, 'quick', 1)
      await pass(10)
      assert.equal(b.send(to, 'quick', 1), 'NO_ROUTE')
      const failed = b.call(to, 'ask', 1).catch(() => {})
      await pass(10)
      await failed
      const { sendFailed, callFailed } = await stage.ask('figures')
      assert.deepEqual(sendFailed, { local: 0, remote: 1 })
      assert.deepEqual(callFailed, { local: 0, remote: 1 })
    }))
})
