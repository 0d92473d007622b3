/**
 * Issue 2, section 7: what a process can do to itself, and do twice.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  custom,
  eventName,
  message,
  NoReply,
  type ProcessContext,
  protocol,
  request,
  startNode,
  TroupeError,
} from 'troupe'
import { testNode } from 'troupe/testing'
import { accountCloses, codeOf, codeThrown, lives } from '#test/scenarios/bad-input'
import { endOf, makeGate, play } from '#test/scenarios/scripted'

const Quiet = protocol('quiet', {})

/** An actor that does something in `init` and in `terminate`. */
const doing = (init: (context: ProcessContext) => unknown, terminate = init) =>
  actor(Quiet, {
    started: (_state: undefined, context) => init(context),
    on: {},
    terminate: (_state, _reason, context) => terminate(context),
  })

describe('a process that ends itself', () => {
  it('in terminate ends once, and its watchers are told once', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const watcher = await play(node)
    for (const act of [
      (context: ProcessContext) => context.stop(custom('other')),
      (context: ProcessContext) => context.exit(context.self, custom('other')),
      (context: ProcessContext) => context.kill(context.self),
      async (context: ProcessContext) => context.kill(context.self),
      async (context: ProcessContext) => {
        await context.sleep(5)
        context.kill(context.self)
      },
    ]) {
      const pid = await node.spawn(doing(() => undefined, act as () => undefined))
      node.send(watcher.pid, 'act', (context) => context.monitor(pid))
      await clock.settle()
      node.exit(pid, 'shutdown')
      await clock.advance(10_000)
    }
    assert.deepEqual(watcher.seen, [
      'down of pid: shutdown',
      'down of pid: shutdown',
      'down of pid: killed',
      'down of pid: killed',
      'down of pid: killed',
    ])
    assert.deepEqual([node.info().zombies, node.info().ended], [0, 5])
    await lives(test)
  })
})

describe('init and terminate handle no message', () => {
  it('so there is nothing to hand on, to refuse or to answer later', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const stranger = await play(node)
    const outcomes: string[] = []
    const error = new TroupeError('NODE_STOPPED', { node: 'x' })
    const spying = doing((context) => {
      outcomes.push(
        codeThrown(() => context.forward(stranger.pid)),
        codeThrown(() => context.tryForward(stranger.pid)),
        codeThrown(() => context.refuse('message-refused', error)),
        codeThrown(() => context.replyLater()),
      )
    })
    const parent = await play(node)
    // The message its spawner handles is none of its business.
    const spawned = await node.call(parent.pid, 'ask', (context) => context.spawn(spying))
    node.exit(spawned as typeof parent.pid, 'shutdown')
    await clock.settle()
    assert.deepEqual(outcomes, new Array(8).fill('NOT_ALLOWED'))
    assert.deepEqual([parent.seen, stranger.seen], [[], []])
    await lives(test)
  })
})

describe('what is done twice', () => {
  it('a message that was refused is neither handed on nor answered afterwards', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [player, other] = [await play(node), await play(node)]
    const error = new TroupeError('NODE_STOPPED', { node: 'x' })
    const outcomes: string[] = []
    const refusing = (context: ProcessContext): unknown => {
      context.refuse('message-refused', error)
      context.refuse('message-refused', error)
      outcomes.push(codeThrown(() => context.forward(other.pid)))
      outcomes.push(codeThrown(() => context.replyLater()))
      return NoReply
    }
    node.send(player.pid, 'act', refusing)
    assert.equal(await codeOf(node.call(player.pid, 'ask', refusing)), 'NODE_STOPPED')
    await clock.settle()
    assert.deepEqual(outcomes, new Array(4).fill('NOT_ALLOWED'))
    assert.equal(node.account().dropped['message-refused'], 2)
    await lives(test)
  })

  it('a request handed to two is answered by the quicker one alone', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const Q = protocol('q', { who: request<void, string>() })
    const named = (name: string) => actor(Q, { on: { who: () => name } })
    const [one, two] = [await node.spawn(named('one')), await node.spawn(named('two'))]
    const split = await node.spawn(
      actor(Q, {
        on: {
          who(_state, _payload, context) {
            context.forward(one)
            return context.forward(two)
          },
        },
      }),
    )
    assert.equal(await node.call(split, 'who'), 'one')
    await clock.settle()
    assert.equal(node.info().unwantedReplies, 1)
    await lives(test)
  })

  it('a promise given as a later answer is awaited, within the time of the caller', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    const gate = makeGate()
    const answers: readonly (readonly [() => unknown, string])[] = [
      [async () => 'now', 'fine'],
      [() => Promise.reject(new RangeError('no')), 'HANDLER_FAILED'],
      [() => gate.closed, 'CALL_TIMEOUT'],
    ]
    for (const [answer, expected] of answers) {
      const asked = node.call(pid, 'ask', (context) => {
        assert.equal(context.replyLater<unknown>().reply(answer()), true)
        return NoReply
      })
      const code = codeOf(asked)
      await clock.advance(5_000)
      assert.equal(await clock.until(code), expected)
    }
    gate.open()
    await lives(test)
  })
})

describe('a process that turns to itself', () => {
  it('may hand on to itself, link and monitor itself, and is no worse for it', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const Again = protocol('again', { again: message(), ask: request<void, number>() })
    let times = 0
    const again = actor(Again, {
      on: {
        again(_state, _payload, context) {
          times += 1
          if (times < 1_000) context.forward(context.self)
        },
        ask(_state, _payload, context) {
          times += 1
          return times < 2_000 ? context.forward(context.self) : times
        },
      },
      started(_state: undefined, context) {
        context.link(context.self)
        context.unlink(context.self)
        context.link(context.self)
        context.demonitor(context.monitor(context.self))
        context.monitor(context.self)
      },
    })
    const pid = await node.spawn(again)
    node.send(pid, 'again')
    await clock.settle()
    assert.equal(times, 1_000)
    assert.equal(await node.call(pid, 'ask'), 2_000)
    const end = endOf(node, pid)
    node.exit(pid, custom('over'))
    await clock.settle()
    assert.deepEqual(end.reason, custom('over'))
    await lives(test)
  })

  it('is not told of dead letters about dead letters for ever', async () => {
    await using test = await testNode()
    const { node, clock } = test
    let letters = 0
    const morgue = actor(Quiet, {
      started: (_state: undefined, context) => context.subscribe(eventName('dead-letter')),
      on: {},
      handleEvent(_state, _event, context) {
        letters += 1
        if (letters < 1_000) context.send('nobody', 'again')
      },
      options: { mailbox: { lengthMax: 1 } },
    })
    await node.spawn(morgue)
    node.send('nobody', 'first')
    node.send('nobody', 'second')
    await clock.settle()
    assert.equal(letters, 1_000)
    await lives(test)
  })
})

describe('the stop of a node from within', () => {
  it('by way of init, of a real node, leaves nothing running', async () => {
    const node = await startNode('inner@localhost', { logSinks: [], handleSignals: false })
    const pid = node.spawn(doing(() => void node.stop()))
    await Promise.allSettled([pid, node.stopped])
    assert.equal(node.processes().length, 0)
    assert.equal(await codeOf(node.spawn(doing(() => undefined))), 'NODE_STOPPED')
    accountCloses(node)
  })
})
