/**
 * Design section 4, sentences 7 and 8 as far as one node goes: calls and important delivery.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor } from '#actor'
import {
  failure,
  isFailure,
  type Node,
  NoReply,
  type Pid,
  type ProcessContext,
  protocol,
  type Replier,
  request,
  TroupeError,
} from '#contract'
import { makeGate, play } from '#test/scenarios/scripted'

const boom = (): never => {
  throw new RangeError('boom')
}

describe(
  '`call` rejects at once with the reason when the callee ends, throws, or its node is ' +
    'lost; otherwise after its timeout (5000 ms).',
  () => {
    it('a call rejects at once with the reason when the callee ends', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const ends: readonly (readonly [string, (pid: Pid) => void])[] = [
        ['shutdown', (pid) => node.exit(pid, 'shutdown')],
        ['killed', (pid) => node.kill(pid)],
        ['worn-out', (pid) => node.exit(pid, { kind: 'custom', name: 'worn-out' })],
      ]
      for (const [reason, end] of ends) {
        const { pid } = await play(node)
        const call = node.call(pid, 'ask', (context) => {
          context.replyLater()
          return NoReply
        })
        await clock.settle()
        end(pid)
        await assert.rejects(call, (error) => {
          assert.ok(TroupeError.is(error, 'CALLEE_ENDED'))
          assert.equal(error.detail.reason, reason)
          return true
        })
      }
      assert.equal(clock.nowMs(), 0)
    })

    it('a call rejects at once when the callee ends before it takes the request', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { pid } = await play(node)
      const gate = makeGate()
      node.send(pid, 'act', () => gate.closed)
      const call = node.call(pid, 'ask', () => 1)
      await clock.settle()
      node.exit(pid, 'shutdown')
      gate.open()
      await assert.rejects(call, {
        code: 'CALLEE_ENDED',
        detail: { to: `<${node.name}.${pid.id}>`, request: 'ask', reason: 'shutdown' },
      })
      assert.equal(clock.nowMs(), 0)
    })

    it('a call rejects at once when the callee is killed in the middle of its answer', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { pid } = await play(node)
      const gate = makeGate()
      const call = node.call(pid, 'ask', () => gate.closed)
      await clock.settle()
      node.kill(pid)
      await assert.rejects(call, { code: 'CALLEE_ENDED' })
      gate.open()
    })

    it('a call rejects at once when nobody is there', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { pid } = await play(node)
      node.kill(pid)
      await clock.settle()
      await assert.rejects(node.call(pid, 'ask', boom), { code: 'PROCESS_UNKNOWN' })
      await assert.rejects(node.call('nobody', 'ask', boom), { code: 'NAME_UNKNOWN' })
      await assert.rejects(
        node.call({ kind: 'pid', node: 'far@away', id: 1, creation: 1 }, 'ask'),
        {
          code: 'NO_ROUTE',
        },
      )
    })

    it('a call otherwise rejects after its timeout, which is 5000 ms', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { pid } = await play(node)
      const gate = makeGate()
      for (const [timeoutMs, options] of [
        [5_000, {}],
        [70, { timeoutMs: 70 }],
      ] as const) {
        const errors: unknown[] = []
        const player = await play(node)
        node
          .call(player.pid, 'ask', () => gate.closed, options)
          .catch((error: unknown) => {
            errors.push(error)
          })
        await clock.advance(timeoutMs - 1)
        assert.equal(errors.length, 0)
        await clock.advance(1)
        const [error] = errors
        assert.ok(TroupeError.is(error, 'CALL_TIMEOUT'))
        assert.equal(error.detail.timeoutMs, timeoutMs)
      }
      gate.open()
      assert.ok(node.isAlive(pid))
    })

    it('many calls with mixed timeouts each reject at their own time', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { pid } = await play(node)
      const gate = makeGate()
      node.send(pid, 'act', () => gate.closed)
      const rejectedAt = new Map<number, number>()
      const timeouts = [300, 100, 200, 100.5, 5_000, 1, 250, 2]
      for (const timeoutMs of timeouts) {
        node
          .call(pid, 'ask', () => 1, { timeoutMs })
          .catch((error: unknown) => {
            assert.ok(TroupeError.is(error, 'CALL_TIMEOUT'))
            rejectedAt.set(timeoutMs, clock.nowMs())
          })
      }
      await clock.advance(10_000)
      for (const timeoutMs of timeouts) {
        const late = (rejectedAt.get(timeoutMs) ?? -1) - timeoutMs
        assert.ok(late >= 0 && late <= 1, `${timeoutMs}: ${late} ms late`)
      }
      gate.open()
    })
  },
)

describe(
  'A throw in a request handler rejects the caller and ends the callee (OTP); expected ' +
    'failures use `.fails`.',
  () => {
    it('a throw in a request handler rejects the caller and ends the callee', async () => {
      await using test = await testNode()
      const { node, clock } = test
      for (const thrower of [boom, async () => boom()]) {
        const { pid, seen } = await play(node)
        await assert.rejects(node.call(pid, 'ask', thrower), (error) => {
          assert.ok(TroupeError.is(error, 'HANDLER_FAILED'))
          assert.match(String(error.detail.problem), /RangeError: boom/)
          assert.ok(error.cause instanceof RangeError)
          return true
        })
        await clock.settle()
        assert.equal(node.isAlive(pid), false)
        assert.deepEqual(seen, ['terminate: crash (RangeError: boom)'])
      }
    })

    it('expected failures use .fails and arrive as values', async () => {
      await using test = await testNode()
      const Bank = protocol('bank', { take: request<number, number>().fails<'too-little'>() })
      const bank = actor(Bank, {
        init: () => ({ sum: 10 }),
        on: {
          take(state, sum) {
            if (sum > state.sum) return failure('too-little' as const)
            state.sum -= sum
            return state.sum
          },
        },
      })
      const pid = await test.node.spawn(bank)
      const answers = [await test.node.call(pid, 'take', 50), await test.node.call(pid, 'take', 4)]
      assert.deepEqual(
        answers.map((answer) => (isFailure(answer) ? answer.error : answer)),
        ['too-little', 6],
      )
      assert.ok(test.node.isAlive(pid))
    })
  },
)

describe('`undefined` and `null` are answers.', () => {
  it('undefined and null are answers', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await play(node)
    for (const answer of [undefined, null, 0, '', false]) {
      assert.equal(await node.call(pid, 'ask', () => answer), answer)
      assert.equal(await node.call(pid, 'ask', async () => answer), answer)
    }
  })
})

describe(
  'Deferred and delegated replies, `AbortSignal`, deadlines that travel with nested ' + 'calls.',
  () => {
    it('an answer may be deferred: it comes when the callee gives it', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { pid, seen } = await play(node)
      let replier: Replier | undefined
      const call = node.call(pid, 'ask', (context) => {
        replier = context.replyLater()
        return NoReply
      })
      node.send(pid, 'note', 'served meanwhile')
      await clock.settle()
      assert.deepEqual([seen, replier?.alive], [['served meanwhile'], true])
      assert.equal(replier?.reply('late'), true)
      assert.equal(await call, 'late')
      assert.deepEqual([replier?.alive, replier?.reply('again')], [false, false])
    })

    it('a deferred answer may be a rejection', async () => {
      await using test = await testNode()
      const { node } = test
      const { pid } = await play(node)
      const call = node.call(pid, 'ask', (context) => {
        context.replyLater().reject(new TroupeError('NODE_STOPPED', { node: 'other' }))
        return NoReply
      })
      await assert.rejects(call, { code: 'NODE_STOPPED' })
      assert.ok(node.isAlive(pid))
    })

    it('a deferred answer is void once the caller has given up', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { pid } = await play(node)
      let replier: Replier | undefined
      const defers = (context: ProcessContext) => {
        replier = context.replyLater()
        return NoReply
      }
      const call = node.call(pid, 'ask', defers, { timeoutMs: 10 })
      const rejected = assert.rejects(call, { code: 'CALL_TIMEOUT' })
      await clock.advance(10)
      await rejected
      assert.deepEqual([replier?.alive, replier?.reply('late')], [false, false])
    })

    it('an answer may be delegated: another process gives it', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const [front, back] = [await play(node), await play(node)]
      const answer = await node.call(front.pid, 'ask', (context) => {
        const replier = context.replyLater()
        context.send(back.pid, 'act', () => replier.reply('from the back'))
        return NoReply
      })
      assert.equal(answer, 'from the back')
      assert.ok(clock.nowMs() === 0)
    })

    it('a request may be forwarded whole: the other answers, and knows who asked', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const Front = protocol('front', { ask: request<(c: ProcessContext) => unknown, unknown>() })
      const back = await play(node)
      const front = await node.spawn(
        actor(Front, { on: { ask: (_state, _run, context) => context.forward(back.pid) } }),
      )
      const asker = await play(node)
      let answer: unknown
      node.send(asker.pid, 'act', async (context) => {
        answer = await context.call(front, 'ask', (callee) => [callee.self, callee.from])
      })
      await clock.settle()
      assert.deepEqual(answer, [back.pid, asker.pid])
    })

    it('a request that cannot be forwarded rejects its caller', async () => {
      await using test = await testNode()
      const { node } = test
      const { pid } = await play(node)
      await assert.rejects(
        node.call(pid, 'ask', (context) => context.forward('nobody')),
        (error) => TroupeError.is(error),
      )
    })

    it('an AbortSignal gives up early', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { pid } = await play(node)
      const gate = makeGate()
      const controller = new AbortController()
      const call = node.call(pid, 'ask', () => gate.closed, { signal: controller.signal })
      await clock.settle()
      controller.abort()
      await assert.rejects(call, { code: 'CALL_ABORTED' })
      await assert.rejects(
        node.call(pid, 'ask', () => 1, { signal: controller.signal }),
        {
          code: 'CALL_ABORTED',
        },
      )
      gate.open()
    })

    it('deadlines travel with nested calls', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const [outer, inner, innermost] = [await play(node), await play(node), await play(node)]
      const left: (number | undefined)[] = []
      const call = node.call(
        outer.pid,
        'ask',
        async (first) => {
          await first.sleep(100)
          left.push(first.deadlineMs)
          return first.call(inner.pid, 'ask', async (second) => {
            await second.sleep(100)
            left.push(second.deadlineMs)
            return second.call(innermost.pid, 'ask', () => new Promise(() => {}))
          })
        },
        { timeoutMs: 1_000 },
      )
      const rejected = assert.rejects(call, { code: 'CALL_TIMEOUT' })
      await clock.advance(999)
      assert.deepEqual(left, [900, 800])
      await clock.advance(1)
      await rejected
      await clock.settle()
      // The inner callers gave up at the same time; a timeout that nobody catches ends them.
      assert.deepEqual([node.isAlive(outer.pid), node.isAlive(inner.pid)], [false, false])
    })
  },
)

describe('Calls that cannot be are told at once.', () => {
  it('a process that calls itself is told so at once', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    await assert.rejects(
      node.call(pid, 'ask', async (context) => {
        const detail = await context.call(context.self, 'ask').catch((error: unknown) => error)
        throw detail
      }),
      (error) =>
        TroupeError.is(error, 'HANDLER_FAILED') && TroupeError.is(error.cause, 'CALL_SELF'),
    )
    assert.equal(clock.nowMs(), 0)
  })

  it('a wrong timeout is refused, naming the option', async () => {
    await using test = await testNode()
    const { pid } = await play(test.node)
    for (const timeoutMs of [0, -1, Number.NaN]) {
      await assert.rejects(
        test.node.call(pid, 'ask', () => 1, { timeoutMs }),
        {
          code: 'OPTION_INVALID',
          detail: {
            option: 'timeoutMs',
            value: String(timeoutMs),
            problem: 'give milliseconds above 0',
          },
        },
      )
    }
  })

  it('a message is not a request and a request not a message: both are told', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    await assert.rejects(node.call(pid as Pid, 'note', 1), { code: 'MESSAGE_UNKNOWN' })
    await assert.rejects(node.call(pid as Pid, 'unheard-of', 1), { code: 'MESSAGE_UNKNOWN' })
    node.send(pid as Pid, 'ask', () => 1)
    await clock.settle()
    assert.equal(node.account().dropped['message-unknown'], 3)
  })
})

describe(
  'Important delivery: the peer confirms the enqueue; exactly the outcomes of the ' + 'reference.',
  () => {
    const outcomes = async (node: Node, settle: () => Promise<void>) => {
      const alive = await play(node)
      const gone = await play(node)
      const full = await play(node, { mailbox: { lengthMax: 1 } })
      node.kill(gone.pid)
      await settle()
      node.send(full.pid, 'note', 1)
      const pids = [alive.pid, gone.pid, full.pid]
      return Promise.all(pids.map((pid) => node.sendImportant(pid, 'note', 'important')))
    }

    it('an important send on the own node gives exactly the outcomes of a plain send', async () => {
      await using test = await testNode()
      assert.deepEqual(await outcomes(test.node, () => test.clock.settle()), [
        undefined,
        'PROCESS_UNKNOWN',
        'MAILBOX_FULL',
      ])
      assert.equal(await test.node.sendImportant('nobody', 'note', 1), 'NAME_UNKNOWN')
    })

    it('an important send confirms the enqueue, not the handling', async () => {
      await using test = await testNode()
      const { node } = test
      const player = await play(node)
      const gate = makeGate()
      node.send(player.pid, 'act', () => gate.closed)
      assert.equal(await node.sendImportant(player.pid, 'note', 1), undefined)
      assert.deepEqual(player.seen, [])
      gate.open()
    })
  },
)
