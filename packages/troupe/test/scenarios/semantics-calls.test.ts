/**
 * Design section 4, sentence 7: how calls end.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor } from '#actor'
import { failure, isFailure, NoReply, type Pid, protocol, request, TroupeError } from '#contract'
import { makeGate, play } from '#test/scenarios/scripted'
import { SENTENCES } from '#test/scenarios/sentences'

const boom = (): never => {
  throw new RangeError('boom')
}

describe(SENTENCES.callRejects, () => {
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
    await assert.rejects(node.call({ kind: 'pid', node: 'far@away', id: 1, creation: 1 }, 'ask'), {
      code: 'NO_ROUTE',
    })
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
})

describe(SENTENCES.callThrows, () => {
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
})

describe(SENTENCES.answers, () => {
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
