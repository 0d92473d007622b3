/**
 * The unit kit: what it records, what it delivers, and what a failure says.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { prepareUnit, unitKit } from 'troupe/testing'
import { Actor, actor } from '#actor'
import { eventName, message, NodeName, type Pid, protocol } from '#contract'

import { audit, Counter, counter } from '#test/unit/testing-counter'

describe('unit kit', () => {
  it('sends, calls and shows the state', async () => {
    await using kit = await unitKit(counter, { args: [3] })
    await kit.send('increment', { by: 2 })
    assert.equal(await kit.call('value'), 5)
    assert.deepEqual(kit.state, { count: 5 })
    kit.expect.received({ message: 'increment', from: kit.tester }).once()
    kit.expect.replied({ request: 'value', answer: 5, to: kit.tester }).once()
  })

  it('records what was sent, accepted or not', async () => {
    await using kit = await unitKit(counter, { args: [0] })
    await kit.send('increment', { by: 1 })
    kit.expect.sent({ to: 'audit', message: 'counted', failure: 'NAME_UNKNOWN' }).once()
    const probe = await kit.probe('audit')
    await kit.send('increment', { by: 1 })
    const [, sent] = kit.expect.sent({ to: probe, message: 'counted' }).times(2)
    assert.deepEqual([sent?.payload, sent?.failure], [2, undefined])
    assert.deepEqual(probe.messages('counted'), [2])
  })

  it('lets everything be laid out before init runs', async () => {
    const Early = protocol('early', {})
    const early = actor(Early, {
      init: (friend: Pid) => ({ friend }),
      async started({ friend }, context) {
        context.send(friend, 'hello')
        context.log.info(`allowed: ${await context.call(audit, 'allows', 1)}`)
      },
      on: {},
    })
    await using kit = await prepareUnit(early)
    const friend = await kit.probe()
    kit.onCall('audit', 'allows').reply(true)
    await kit.start({ args: [friend.pid] })
    await kit.settle()
    assert.deepEqual(friend.messages('hello'), [undefined])
    kit.expect.logged({ level: 'info', message: 'allowed: true' }).once()
  })

  it('runs timers in virtual time and knows which of them fired', async () => {
    await using kit = await unitKit(counter, { args: [7] })
    const probe = await kit.probe('screen')
    await kit.send('report', 'screen')
    kit.expect.timers({ verb: 'sendAfter', ms: 100, fired: 0 }).once()
    await kit.advance(99)
    kit.expect.sent().never()
    await kit.advance(1)
    const sent = kit.expect.sent({ to: 'screen', verb: 'sendAfter', payload: 7 }).once()
    assert.equal(sent.timeMs, 100)
    assert.deepEqual(probe.messages('counted'), [7])
    kit.expect.timers({ fired: 1 }).once()
  })

  it('waits for an answer that needs time', async () => {
    await using kit = await unitKit(counter, { args: [0] })
    assert.equal(await kit.until(kit.call('later', 250)), 'now')
    assert.equal(kit.clock.nowMs(), 250)
    kit.expect.replied({ request: 'later', answer: 'now' }).once()
  })

  it('tells a throw in a handler as the end of the subject', async () => {
    await using kit = await unitKit(counter, { args: [0] })
    kit.expect.alive()
    await kit.send('fail', 'out of range')
    const { reason } = kit.expect.ended(/RangeError: out of range/)
    assert.equal(typeof reason === 'object' && reason.kind, 'crash')
    kit.expect.terminated().once()
    kit.expect.logged({ message: 'good bye' }).once()
    assert.equal(await kit.send('increment', { by: 1 }), 'PROCESS_UNKNOWN')
  })

  it('rejects when init throws, or when it waits for time that nobody lets pass', async () => {
    const bad = actor(protocol('bad', {}), {
      init: (): undefined => {
        throw new TypeError('no')
      },
      on: {},
    })
    await assert.rejects(unitKit(bad), { code: 'INIT_FAILED' })
    const slow = actor(protocol('slow', {}), {
      started: (_state, context) => context.sleep(10),
      on: {},
    })
    await assert.rejects(unitKit(slow), { name: 'AssertionError', message: /prepareUnit/ })
    await using kit = await prepareUnit(slow)
    const starting = kit.start()
    await kit.advance(10)
    assert.equal(await starting, kit.pid)
  })

  it('delivers exits: trapped, untrapped, and from the parent, which nobody traps', async () => {
    const Trap = protocol('trap', {})
    const trap = (trapExit: boolean) =>
      actor(Trap, { on: {}, handleExit() {}, options: { trapExit } })
    await using deaf = await unitKit(trap(false))
    await deaf.deliver.exit('shutdown')
    deaf.expect.ended('shutdown')
    await using kit = await unitKit(trap(true))
    const friend = await kit.probe('friend')
    await kit.deliver.exit('shutdown', { from: friend })
    await kit.deliver.exit('no-connection', { from: NodeName.of('far@away') })
    kit.expect.told({ signal: { kind: 'exit', from: friend.pid, reason: 'shutdown' } }).once()
    kit.expect.told().times(2)
    kit.expect.alive()
    await kit.deliver.exit('shutdown', { from: kit.parent })
    kit.expect.ended('shutdown')
  })

  it('delivers downs and events, real ones and made ones', async () => {
    const Watch = protocol('watch', { watch: message<Pid>(), follow: message<string>() })
    const seen: string[] = []
    const watch = actor(Watch, {
      on: {
        watch: (_state, pid, context) => void context.monitor(pid),
        follow: (_state, name, context) => context.subscribe(eventName(name)),
      },
      handleDown: (_state, { reason }) => void seen.push(`down ${String(reason)}`),
      handleEvent: (_state, { event, message: told }) => void seen.push(`${event.name} ${told}`),
      handleEventInterest: (_state, { subscribed }) => void seen.push(`interest ${subscribed}`),
      handleLog: (_state, record) => void seen.push(`log ${record.message}`),
    })
    await using kit = await unitKit(watch)
    const probe = await kit.probe()
    const news = await kit.event<string>('news')
    await kit.send('watch', probe.pid)
    await kit.send('follow', 'news')
    await news.publish('first')
    await kit.deliver.event('elsewhere', 'second')
    await probe.end('shutdown')
    await kit.deliver.down({ target: NodeName.of('far@away'), reason: 'no-connection' })
    await kit.deliver.interest({ event: eventName('own'), subscribed: true })
    const source = { kind: 'node', node: 'n' } as const
    const record = { timeMs: 0, level: 'info', source, message: 'line', fields: {} } as const
    await kit.deliver.log({ ...record, pinned: undefined })
    assert.deepEqual(seen, [
      'news first',
      'elsewhere second',
      'down shutdown',
      'down no-connection',
      'interest true',
      'log line',
    ])
    kit.expect.monitored({ target: probe }).once()
    kit.expect.subscribed({ event: 'news', outcome: 'subscribed' }).once()
    kit.expect.told().times(6)
  })

  it('runs actor classes as well', async () => {
    class Greeter extends Actor.of(Counter) {
      #count = 0
      override init(start: number): void {
        this.#count = start
      }
      increment({ by }: { by: number }): void {
        this.#count += by
        this.send(audit, 'counted', this.#count)
      }
      report(): void {}
      fail(): void {}
      value(): number {
        return this.#count
      }
      later(): string {
        return `${this.name} from ${this.from === undefined ? 'nobody' : 'somebody'}`
      }
    }
    await using kit = await unitKit(Greeter, { args: [1], options: { name: 'greeter' } })
    await kit.send('increment', { by: 4 })
    assert.equal(await kit.call('value'), 5)
    assert.equal(await kit.call('later', 1), 'greeter from somebody')
    kit.expect.sent({ to: audit, payload: 5 }).once()
    assert.ok(kit.state instanceof Greeter)
  })

  it('repeats itself exactly for the same seed', async () => {
    const Dice = protocol('dice', { roll: message() })
    const dice = actor(Dice, {
      on: {
        roll: (_state, _nothing, context) => void context.send('table', 'rolled', context.random()),
      },
    })
    const rolls = async (seed: number): Promise<string> => {
      await using kit = await unitKit(dice, { seed })
      for (let i = 0; i < 5; i += 1) await kit.send('roll')
      return kit.print()
    }
    assert.equal(await rolls(7), await rolls(7))
    assert.notEqual(await rolls(7), await rolls(8))
  })

  it('prints all that happened when an assertion fails', async () => {
    await using kit = await unitKit(counter, { args: [9] })
    await kit.probe('audit')
    await kit.send('increment', { by: 1 })
    await kit.advance(10)
    await kit.call('value')
    assert.throws(() => kit.expect.sent({ to: 'audit', message: 'counted' }).times(2), {
      name: 'AssertionError',
      message: [
        "expected counter to have sent { to: 'audit', message: 'counted' }, exactly 2 times; " +
          'it did so once.',
        'What happened, in order (lines that match carry a >):',
        '        +0 ms  started with 9',
        '        +0 ms  logged info "ready" { at: \'start\' }',
        '        +0 ms  received increment { by: 1 } from tester',
        '  >     +0 ms  sent counted 10 to audit',
        '       +10 ms  received value from tester',
        '       +10 ms  replied to value of tester -> 10',
      ].join('\n'),
    })
  })

  it('looks only at what came after a mark', async () => {
    await using kit = await unitKit(counter, { args: [0] })
    await kit.send('increment', { by: 1 })
    const mark = kit.mark()
    kit.expect.sent().since(mark).never()
    await kit.send('increment', { by: 1 })
    assert.equal(kit.expect.sent().since(mark).once().payload, 2)
  })

  it('complains at its end of an expectation without a verb', async () => {
    const kit = await unitKit(counter, { args: [0] })
    kit.expect.sent({ message: 'counted' })
    await assert.rejects(kit.stop(), {
      name: 'AssertionError',
      message: /asserted nothing: sent \{ message: 'counted' \}\. Add once\(\)/,
    })
  })

  it('refuses to be started twice, and to tell a pid before it is started', async () => {
    await using kit = await prepareUnit(counter)
    assert.throws(() => kit.pid, { code: 'NOT_ALLOWED' })
    await kit.start({ args: [0] })
    await assert.rejects(kit.start({ args: [0] }), { code: 'NOT_ALLOWED' })
  })
})
