/**
 * The drain of a node in virtual time: what it waits for, what it tells, when it stops.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, type DrainProgress, message, protocol, request, service } from 'troupe'
import { testNode, virtualClock } from 'troupe/testing'
import {
  codeOf,
  Shop,
  shopApplication,
  shopCluster,
  shopShares,
} from '#test/unit/routing/routing-kit'

describe('a drain', () => {
  it('finishes what runs and what still comes, then stops', async () => {
    const test = await shopCluster({ one: {}, two: {} })
    const { front, clock, nodeOf } = test
    const one = nodeOf('one')
    const named = one.whereis('shop')
    assert.ok(named)
    const held = front.call(named, 'hold')
    await clock.advance(20)
    const told: DrainProgress[] = []
    const drained = one.drain({ progress: (progress) => told.push(progress) })
    assert.equal(one.drain(), drained)
    await clock.advance(1_000)
    assert.equal(one.running, true)
    assert.equal(await clock.until(front.call(named, 'who')), 'one@sim')
    assert.deepEqual(await shopShares(test, 20), { 'two@sim': 20 })
    one.send('shop', 'release')
    assert.equal(await clock.until(held), 'one@sim')
    const { finished, left, tookMs } = await clock.until(drained)
    assert.deepEqual([finished, left, one.running], [true, 0, false])
    assert.ok(tookMs > 1_000 && tookMs < 2_000, String(tookMs))
    assert.deepEqual(
      told.map(({ phase, left: rest }) => `${phase} ${rest}`),
      ['leaving 1', 'finishing 1', 'finishing 0', 'stopping 0'],
    )
    await test.cluster.stop()
  })

  it('gives up at its deadline, and tells what was left', async () => {
    const test = await shopCluster({ one: {} })
    const { front, clock, nodeOf } = test
    const held = front.call(service('shop', Shop), 'hold').catch(codeOf)
    await clock.advance(20)
    const result = await clock.until(nodeOf('one').drain({ deadlineMs: 700 }))
    assert.deepEqual([result.finished, result.left], [false, 1])
    assert.ok(result.tookMs >= 700 && result.tookMs < 900, String(result.tookMs))
    assert.equal(await clock.until(held), 'CALLEE_ENDED')
    await test.cluster.stop()
  })

  it('is not held up by timers, nor by what other nodes ask of Troupe itself', async () => {
    const Clockwork = protocol('clockwork', { tick: message() })
    const clockwork = actor(Clockwork, {
      init: () => ({}),
      started: (_state, context) => void context.every(10, () => {}),
      on: { tick: () => {} },
    })
    const test = await shopCluster({
      one: { members: [{ name: 'shop', start: clockwork }] },
    })
    const { front, clock, nodeOf } = test
    const looking = setTicks(() => void front.peer('one@sim').ping().catch(codeOf))
    const { finished, tookMs } = await clock.until(nodeOf('one').drain())
    looking()
    assert.equal(finished, true)
    assert.ok(tookMs < 700, String(tookMs))
    await test.cluster.stop()

    function setTicks(run: () => void): () => void {
      let isOn = true
      const again = (): void => {
        if (!isOn) return
        run()
        clock.after(50, again)
      }
      again()
      return () => {
        isOn = false
      }
    }
  })

  it('takes no time for quiet in which its program did not run', async () => {
    const clock = virtualClock()
    let heldUpMs = 0
    const late = { ...clock, nowMs: () => clock.nowMs() + heldUpMs }
    await using test = await testNode({ clock: late, applications: [shopApplication()] })
    let isOver = false
    const drained = test.node.drain().then(() => {
      isOver = true
    })
    await clock.advance(210)
    heldUpMs += 1_000
    await clock.advance(200)
    assert.equal(isOver, false)
    await clock.advance(100)
    assert.equal(isOver, true)
    await drained
  })

  it('lets what still runs here find whom it needs, while there is nobody else', async () => {
    const Cook = protocol('cook', { cook: request<void, string>() })
    const cook = actor(Cook, {
      init: () => ({}),
      on: {
        cook: async (_state, _nothing, context) => {
          await context.sleep(500)
          return context.call(service('shop', Shop), 'who')
        },
      },
    })
    const kitchen = { name: 'kitchen', members: [{ name: 'kitchen', start: cook }] }
    await using test = await testNode({ applications: [shopApplication(), kitchen] })
    const { node, clock } = test
    const cooked = node.call(service('kitchen', Cook), 'cook')
    const drained = node.drain()
    assert.equal(await clock.until(cooked), 'test@localhost')
    assert.equal((await clock.until(drained)).finished, true)
  })

  it('is refused with options that cannot be', async () => {
    await using test = await testNode()
    assert.throws(() => test.node.drain({ deadlineMs: 0 }), { code: 'OPTION_INVALID' })
    assert.throws(() => test.node.drain({ quitMs: 5 } as object), { code: 'OPTION_INVALID' })
    assert.equal(test.node.running, true)
  })
})
