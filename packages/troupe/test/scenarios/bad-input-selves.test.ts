/**
 * scenarios/bad-input-selves: processes that turn against themselves, their node, or their word.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startNode } from 'troupe'
import { testNode } from 'troupe/testing'
import { actor } from '#actor'
import {
  custom,
  describeReason,
  eventName,
  message,
  NoReply,
  type ProcessContext,
  protocol,
  type Replier,
  request,
} from '#contract'
import { assertWell, dropped } from '#test/scenarios/bad-input-kit'
import { endOf, makeGate, play } from '#test/scenarios/scripted'
import { codeOf } from '#test/scenarios/supervised'

const Self = protocol('self', { act: message(), ask: request<void, string>() })

type Where = 'init' | 'handler' | 'terminate'
type Deed = (context: ProcessContext) => void

const exitItself: Deed = (context) => context.exit(context.self, custom('own will'))
const killItself: Deed = (context) => context.kill(context.self)

/** An actor that does something to itself at one place, and goes on. */
function selfish(where: Where, deed: Deed, seen: string[]) {
  const at = (place: Where, context: ProcessContext): void => {
    if (place === where) deed(context)
    seen.push(place)
  }
  return actor(Self, {
    started: (_state, context) => at('init', context),
    on: {
      act: (_state, _payload, context) => at('handler', context),
      ask(_state, _payload, context) {
        at('handler', context)
        return 'answered'
      },
    },
    terminate: (_state, reason, context) => {
      seen.push(describeReason(reason))
      at('terminate', context)
    },
  })
}

describe('a process that ends itself', () => {
  it('by exit in init has begun, and ends with its reason', async () => {
    await using test = await testNode()
    const seen: string[] = []
    const pid = await test.node.spawn(selfish('init', exitItself, seen))
    assert.deepEqual(await test.node.ended(pid), custom('own will'))
    assert.equal(test.node.isAlive(pid), false)
    assert.deepEqual(seen, ['init', 'own will', 'terminate'])
    await assertWell(test)
  })

  it('by kill in init was never there: its spawn is rejected and its name free', async () => {
    await using test = await testNode()
    const { node } = test
    for (const later of [false, true]) {
      const seen: string[] = []
      const deed = (context: ProcessContext) => killItself(context)
      const started = async (_state: undefined, context: ProcessContext) => {
        await Promise.resolve()
        deed(context)
      }
      const on = { act() {}, ask: () => '' }
      const body = later ? actor(Self, { started, on }) : selfish('init', deed, seen)
      await assert.rejects(node.spawn(body, { name: 'self' }), { code: 'INIT_FAILED' })
      assert.equal(node.whereis('self'), undefined)
      assert.deepEqual(seen, later ? [] : ['init'])
    }
    const { spawned, ended, spawnFailed } = node.info()
    assert.deepEqual([spawned, ended, spawnFailed], [0, 0, 2])
    await assertWell(test)
  })

  it('by exit in a handler ends after that handler, whose caller is answered', async () => {
    await using test = await testNode()
    const seen: string[] = []
    const pid = await test.node.spawn(selfish('handler', exitItself, seen))
    const end = endOf(test.node, pid)
    assert.equal(await test.node.call(pid, 'ask'), 'answered')
    await test.clock.settle()
    assert.deepEqual(seen, ['init', 'handler', 'own will', 'terminate'])
    assert.deepEqual(end.reason, custom('own will'))
    await assertWell(test)
  })

  it('by kill in a handler ends at once; the handler goes on, and nothing after it', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const seen: string[] = []
    const pid = await node.spawn(selfish('handler', killItself, seen))
    const end = endOf(node, pid)
    for (let i = 0; i < 3; i += 1) node.send(pid, 'act')
    await clock.settle()
    assert.deepEqual([seen, end.reason], [['init', 'handler'], 'killed'])
    assert.equal(dropped(node, 'process-ended'), 2)
    await assertWell(test)
  })

  for (const [verb, deed, reason] of [
    ['exit', exitItself, 'shutdown'],
    ['kill', killItself, 'killed'],
  ] as const) {
    it(`by ${verb} in terminate ends once, as ${reason}`, async () => {
      await using test = await testNode()
      const seen: string[] = []
      const pid = await test.node.spawn(selfish('terminate', deed, seen))
      const end = endOf(test.node, pid)
      test.node.exit(pid, 'shutdown')
      await test.clock.settle()
      assert.deepEqual([seen, end.reason], [['init', 'shutdown', 'terminate'], reason])
      const { spawned, ended } = test.node.info()
      assert.deepEqual([spawned, ended], [1, 1])
      await assertWell(test)
    })
  }
})

describe('an answer', () => {
  it('given twice is given once; the second is told to be in vain', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await play(node)
    const answers: boolean[] = []
    const call = node.call(pid, 'ask', (context) => {
      const replier = context.replyLater()
      answers.push(replier.reply(1), replier.reply(2))
      return NoReply
    })
    assert.equal(await call, 1)
    assert.deepEqual([answers, node.info().unwantedReplies], [[true, false], 1])
    await assertWell(test)
  })

  it('given by the handler as well as by its replier is that of the replier', async () => {
    await using test = await testNode()
    const { pid } = await play(test.node)
    const call = test.node.call(pid, 'ask', (context) => {
      context.replyLater().reply('replier')
      return 'handler'
    })
    assert.equal(await call, 'replier')
    await assertWell(test)
  })

  it('given after its caller gave up is told to be in vain', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    let replier: Replier | undefined
    const call = node.call(
      pid,
      'ask',
      (context) => {
        replier = context.replyLater()
        return NoReply
      },
      { timeoutMs: 10 },
    )
    assert.equal(await clock.until(codeOf(call)), 'CALL_TIMEOUT')
    assert.deepEqual([replier?.alive, replier?.reply(1)], [false, false])
    await assertWell(test)
  })
})

describe('a message handed on', () => {
  it('to oneself comes back, behind what waits already', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    let rounds = 0
    const around = (context: ProcessContext): unknown => {
      rounds += 1
      return rounds < 1_000 ? context.forward(context.self) : rounds
    }
    assert.equal(await clock.until(node.call(pid, 'ask', around)), 1_000)
    await assertWell(test)
  })

  it('to a process that has ended rejects its caller', async () => {
    await using test = await testNode()
    const { node } = test
    const [live, dead] = [await play(node), await play(node)]
    node.kill(dead.pid)
    const call = node.call(live.pid, 'ask', (context) => context.forward(dead.pid))
    assert.notEqual(await codeOf(call), 'fine')
    assert.equal(dropped(node, 'route-failed'), 1)
    await assertWell(test)
  })
})

describe('a handler that publishes what it is told of', () => {
  it('feeds itself one event at a time and lets others live', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const echoes = eventName<number>('echoes')
    let heard = 0
    const Echo = protocol('echo', {})
    const echo = actor(Echo, {
      started: async (_state, context) => {
        context.registerEvent(echoes, { open: true })
        await context.subscribe(echoes)
      },
      on: {},
      handleEvent(_state, { message: count }, context) {
        heard += 1
        if (heard < 20_000) context.publish(echoes, Number(count) + 1)
      },
    })
    await node.spawn(echo)
    const { pid } = await play(node)
    node.publish(echoes, 1)
    assert.equal(await node.call(pid, 'ask', () => heard < 20_000), true)
    await clock.settle()
    assert.equal(heard, 20_000)
    await assertWell(test)
  })
})

describe('a node stopped by a handler of its own', () => {
  it('stops at once when the handler does not wait for it', async () => {
    await using test = await testNode()
    const { pid } = await play(test.node)
    test.node.send(pid, 'act', () => void test.node.stop())
    await test.clock.until(test.node.stopped)
    assert.equal(test.clock.nowMs(), 0)
  })

  it('kills a handler that waits for it after stopTimeoutMs: each awaits the other', async () => {
    await using test = await testNode({ stopTimeoutMs: 2_000 })
    const { pid } = await play(test.node)
    const end = endOf(test.node, pid)
    test.node.send(pid, 'act', () => test.node.stop())
    await test.clock.until(test.node.stopped)
    assert.deepEqual([test.clock.nowMs(), end.reason], [2_000, 'killed'])
  })
})

describe('a name', () => {
  it('is taken also while its holder is still in an async init', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const gate = makeGate()
    const slow = actor(Self, {
      started: () => gate.closed,
      on: { act() {}, ask: () => 'here' },
    })
    const first = node.spawn(slow, { name: 'self' })
    await clock.settle()
    assert.equal(await codeOf(play(node, { name: 'self' })), 'NAME_TAKEN')
    gate.open()
    assert.equal(node.whereis('self'), await first)
    await assertWell(test)
  })
})

describe('fifty nodes that start and stop', () => {
  it('leave no listener behind', async () => {
    const count = (): number =>
      process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
    const before = count()
    const nodes = Array.from({ length: 50 }, (_, i) =>
      startNode(`n${i}@localhost`, { logSinks: [] }),
    )
    const started = await Promise.all(nodes)
    await Promise.all(started.map((node) => node.stop()))
    assert.equal(count(), before)
  })
})
