/**
 * Design section 4, sentence 10: timers, and that they end with their owner.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import type { ProcessContext, Timer } from '#contract'
import { makeGate, play } from '#test/scenarios/scripted'
import { SENTENCES } from '#test/scenarios/sentences'

describe(SENTENCES.timers, () => {
  it('timers end with their owner, however it ends', async () => {
    for (const end of ['stop', 'exit', 'kill', 'throw'] as const) {
      await using test = await testNode()
      const { node, clock } = test
      const [player, other] = [await play(node), await play(node)]
      const fired: string[] = []
      node.send(player.pid, 'act', (context) => {
        context.after(10, () => fired.push('after'))
        context.every(10, () => fired.push('every'))
        context.at(context.wallMs() + 10, () => fired.push('at'))
        context.sendAfter(10, other.pid, 'note', 'sendAfter')
      })
      await clock.advance(9)
      assert.equal(node.processInfo(player.pid)?.timers, 4)
      if (end === 'stop') node.send(player.pid, 'act', (context) => context.stop())
      if (end === 'exit') node.exit(player.pid, 'shutdown')
      if (end === 'kill') node.kill(player.pid)
      if (end === 'throw') {
        node.send(player.pid, 'act', () => {
          throw new Error('on purpose')
        })
      }
      await clock.advance(100)
      assert.deepEqual([fired, other.seen], [[], []], end)
      assert.equal(node.account().dropped['process-unknown'], 0)
    }
  })

  it('timers that are due when their owner is killed in a handler do not run', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const player = await play(node)
    const gate = makeGate()
    const fired: string[] = []
    node.send(player.pid, 'act', (context) => {
      context.after(5, () => fired.push('after'))
      return gate.closed
    })
    await clock.advance(10)
    node.kill(player.pid)
    gate.open()
    await clock.settle()
    assert.deepEqual(fired, [])
  })

  it('timers run at their times, as turns of their owner', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const player = await play(node)
    const fired: (readonly [string, number])[] = []
    const note = (what: string) => () => void fired.push([what, clock.nowMs()])
    node.send(player.pid, 'act', (context) => {
      context.after(25, note('after'))
      context.every(10, note('every'))
      context.at(context.wallMs() + 15, note('at'))
    })
    await clock.advance(30)
    assert.deepEqual(fired, [
      ['every', 10],
      ['at', 15],
      ['every', 20],
      ['after', 25],
      ['every', 30],
    ])
  })

  it('timers that are periodic do not drift, and late turns are not made up for', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const player = await play(node)
    const gate = makeGate()
    const fired: number[] = []
    node.send(player.pid, 'act', (context) => {
      context.every(10, () => {
        fired.push(clock.nowMs())
        return fired.length === 1 ? gate.closed : undefined
      })
    })
    await clock.advance(45)
    assert.deepEqual(fired, [10])
    gate.open()
    await clock.advance(15)
    assert.deepEqual(fired, [10, 45, 50, 60])
  })

  it('timers answer a cancel with whether it prevented anything', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const player = await play(node)
    const fired: string[] = []
    const timers: Timer[] = []
    node.send(player.pid, 'act', (context) => {
      timers.push(
        context.after(10, () => fired.push('after')),
        context.every(10, () => fired.push('every')),
        context.after(30, () => fired.push('late')),
      )
    })
    await clock.advance(15)
    const answers = () => timers.map((timer) => timer.cancel())
    assert.deepEqual(
      [answers(), answers()],
      [
        [false, true, true],
        [false, false, false],
      ],
    )
    await clock.advance(100)
    assert.deepEqual(fired, ['after', 'every'])
    assert.equal(node.processInfo(player.pid)?.timers, 0)
  })

  it('timers that throw end their owner, and only it', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [player, other] = [await play(node), await play(node)]
    const boom = (): never => {
      throw new RangeError('in a timer')
    }
    node.send(player.pid, 'act', (context) => void context.after(10, boom))
    await clock.advance(10)
    assert.deepEqual(player.seen, ['terminate: crash (RangeError: in a timer)'])
    assert.ok(node.isAlive(other.pid))
  })

  it('timers of the wall clock follow it when it is set', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const player = await play(node)
    const fired: number[] = []
    node.send(player.pid, 'act', (context) => {
      context.at(context.wallMs() + 10 * 60_000, () => fired.push(clock.nowMs()))
    })
    await clock.settle()
    clock.jumpWall(5 * 60_000)
    await clock.advance(6 * 60_000)
    assert.equal(fired.length, 1)
    assert.ok((fired[0] ?? 0) >= 5 * 60_000 && (fired[0] ?? 0) <= 6 * 60_000, `at ${fired[0]}`)
  })

  it('timers refuse delays that cannot be', async () => {
    await using test = await testNode()
    const { pid } = await play(test.node)
    const bad = (run: (context: ProcessContext) => unknown) =>
      assert.rejects(
        test.node.call(pid, 'ask', async (context) => {
          try {
            run(context)
            return 'accepted'
          } catch (error) {
            context.replyLater().reject(error as never)
            return undefined
          }
        }),
        { code: 'OPTION_INVALID' },
      )
    await bad((context) => context.after(-1, () => {}))
    await bad((context) => context.every(0, () => {}))
    await bad((context) => context.every(0.5, () => {}))
    await bad((context) => context.after(Number.NaN, () => {}))
    await bad((context) => context.sendAfter(-1, 'x', 'y'))
  })

  it('a million timers wait without harm and end with their owner', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    let fired = 0
    node.send(pid, 'act', (context) => {
      for (let i = 0; i < 1_000_000; i += 1) context.after(10 + (i % 1_000), () => (fired += 1))
    })
    await clock.settle()
    assert.equal(node.processInfo(pid)?.timers, 1_000_000)
    node.kill(pid)
    await clock.advance(5_000)
    assert.equal(fired, 0)
  })
})
