/**
 * The unit kit: what it records, what it stubs, what it delivers, and what a failure says.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { prepareUnit, unitKit } from 'troupe/testing'
import { Actor, actor } from '#actor'
import {
  eventName,
  failure,
  isFailure,
  message,
  NodeName,
  NoReply,
  type Pid,
  processName,
  protocol,
  type Replier,
  request,
  TroupeError,
} from '#contract'

const Counter = protocol('counter', {
  increment: message<{ by: number }>(),
  report: message<Pid | string>(),
  fail: message<string>(),
  value: request<void, number>(),
  later: request<number, string>(),
})

const Audit = protocol('audit', { counted: message<number>(), allows: request<number, boolean>() })
const audit = processName('audit', Audit)

/** Counts, tells an audit, and asks it before it goes above ten. */
const counter = actor(Counter, {
  init: (start: number) => ({ count: start }),
  started(_state, context) {
    context.log.info('ready', { at: 'start' })
  },
  on: {
    async increment(state, { by }, context) {
      if (state.count + by > 10 && !(await context.call(audit, 'allows', state.count + by))) return
      state.count += by
      context.send(audit, 'counted', state.count)
    },
    report(state, to, context) {
      context.sendAfter(100, to, 'counted', state.count)
    },
    fail(_state, text) {
      throw new RangeError(text)
    },
    value: ({ count }) => count,
    later(_state, ms, context) {
      const replier: Replier<string> = context.replyLater()
      context.after(ms, () => replier.reply('now'))
      return NoReply
    },
  },
  terminate: (_state, _reason, context) => context.log.info('good bye'),
})

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

  it('stubs calls: a value, a function, an error, silence', async () => {
    await using kit = await unitKit(counter, { args: [10] })
    kit.onCall('audit').fail(new TroupeError('NODE_STOPPED', { node: 'away' }))
    kit.onCall('audit', 'allows').reply(false)
    await kit.send('increment', { by: 1 })
    kit.expect.called({ to: 'audit', request: 'allows', payload: 11, answer: false }).once()
    kit.onCall(audit, 'allows').replyWith((sum) => sum === 12)
    await kit.send('increment', { by: 2 })
    assert.equal(await kit.call('value'), 12)
    kit.onCall(audit, 'allows').timeOut()
    await kit.send('increment', { by: 1 })
    kit.expect.called({ outcome: 'pending' }).once()
    await kit.advance(5_000)
    kit.expect.called({ error: /CALL_TIMEOUT/ }).once()
    kit.expect.ended(/CALL_TIMEOUT|no reply from audit/)
  })

  it('gives a declared failure as a value', async () => {
    const Bank = protocol('bank', { take: request<number, number>().fails<'too-little'>() })
    const Buyer = protocol('buyer', { buy: request<number, string>() })
    const buyer = actor(Buyer, {
      on: {
        async buy(_state, sum, context) {
          const left = await context.call(processName('bank', Bank), 'take', sum)
          return isFailure(left) ? left.error : `left ${left}`
        },
      },
    })
    await using kit = await unitKit(buyer)
    kit.onCall('bank', 'take').reply(failure('too-little'))
    assert.equal(await kit.call('buy', 5), 'too-little')
  })

  it('stubs sends: accepted though nobody is there, or failed though somebody is', async () => {
    await using kit = await unitKit(counter, { args: [0] })
    const probe = await kit.probe('audit')
    kit.onSend(probe, 'counted').fail('MAILBOX_FULL')
    await kit.send('increment', { by: 1 })
    kit.expect.sent({ to: probe, failure: 'MAILBOX_FULL' }).once()
    assert.deepEqual(probe.received, [])
    kit.onSend('audit').accept()
    await kit.send('increment', { by: 1 })
    kit.expect.sent({ to: probe, failure: undefined }).once()
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

  it('records every other verb of the context', async () => {
    const All = protocol('all', { go: message<Pid>(), hand: message<string>() })
    const all = actor(All, {
      on: {
        async go(_state, to, context) {
          context.link(to)
          context.unlink(to)
          context.demonitor(context.monitor(to))
          context.register('renamed')
          context.unregister()
          context.deleteAlias(context.createAlias())
          const token = context.registerEvent<number>('ticks')
          context.publish(token, 7)
          context.unregisterEvent(token)
          context.every(10, () => {}).cancel()
          context.at(context.wallMs() + 5, () => {})
          context.exit(to, 'shutdown')
          context.kill(to)
          await context.sleep(5)
          await context.sendWhenRoom(to, 'late')
          await context.sendImportant(to, 'late')
          context.stop('shutdown')
        },
        hand(_state, to, context) {
          context.tryForward(to)
          return context.forward(to)
        },
      },
    })
    await using kit = await unitKit(all)
    const other = await kit.probe('other')
    await kit.send('hand', 'other')
    await kit.send('go', other.pid)
    await kit.advance(5)
    const { expect } = kit
    expect.linked({ target: other }).once()
    expect.monitored({ target: other }).once()
    expect.registered({ what: 'name', name: 'renamed' }).once()
    expect.registered({ what: 'alias' }).once()
    expect.registered({ what: 'event', name: 'ticks' }).once()
    expect.published({ event: 'ticks', message: 7 }).once()
    expect.timers({ verb: 'every', ms: 10, cancelled: true }).once()
    expect.timers({ verb: 'at', fired: 1 }).never()
    expect.timers({ verb: 'sleep', ms: 5, fired: 1 }).once()
    expect.exited({ to: other, reason: 'shutdown' }).once()
    expect.killed({ to: other }).once()
    expect.forwarded({ to: 'other' }).times(2)
    expect.sent({ verb: 'sendWhenRoom', failure: 'PROCESS_UNKNOWN' }).once()
    expect.sent({ verb: 'sendImportant', failure: 'PROCESS_UNKNOWN' }).once()
    expect.ended('shutdown')
  })

  it('stubs children: a probe, a pid, an error', async () => {
    const Child = protocol('child', { work: message<number>() })
    const child = actor(Child, { init: (_n: number) => undefined, on: { work() {} } })
    const Boss = protocol('boss', { hire: request<number, Pid<typeof Child>>() })
    const boss = actor(Boss, {
      on: {
        async hire(_state, n, context) {
          const pid = await context.spawn(child, { name: `worker ${n}`, link: true, args: [n] })
          context.send(pid, 'work', n)
          return pid
        },
      },
      options: { trapExit: true },
      handleExit: (_state, { reason }, context) => context.log.warning(`lost: ${reason}`),
    })
    await using kit = await unitKit(boss)
    kit.onSpawn(child).giveProbes()
    const pid = await kit.call('hire', 1)
    await kit.settle()
    const [worker] = kit.children
    assert.ok(worker !== undefined)
    assert.equal(worker.pid, pid)
    assert.deepEqual([worker.name, worker.messages('work')], ['worker 1', [1]])
    kit.expect.spawned({ definition: child, name: 'worker 1', args: [1], pid: worker }).once()
    await worker.end('shutdown')
    kit.expect.logged({ level: 'warning', message: 'lost: shutdown' }).once()
    const other = await kit.probe()
    kit.onSpawn(child).give(other)
    assert.equal(await kit.call('hire', 2), other.pid)
    kit.onSpawn().fail(new TroupeError('NAME_TAKEN', { name: 'worker 3', holder: 'x' }))
    await assert.rejects(kit.call('hire', 3), { code: 'HANDLER_FAILED' })
    kit.expect.spawned({ outcome: 'failed', error: /NAME_TAKEN/ }).once()
    kit.onSpawn(child).giveProbes()
  })

  it('spawns real children when no stub says otherwise', async () => {
    const Child = protocol('child', {})
    const child = actor(Child, { on: {} })
    const Boss = protocol('boss', { hire: message() })
    const boss = actor(Boss, { on: { hire: (_state, _nothing, context) => context.spawn(child) } })
    await using kit = await unitKit(boss)
    await kit.send('hire')
    const { pid } = kit.expect.spawned({ behaviour: 'child', outcome: 'started' }).once()
    assert.ok(pid !== undefined && kit.node.isAlive(pid))
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

  it('answers from probes, by stub and by hand', async () => {
    await using kit = await unitKit(counter, { args: [10] })
    const probe = await kit.probe('audit')
    probe.onCall('allows').replyWith((sum) => sum === 11)
    await kit.send('increment', { by: 1 })
    assert.deepEqual(probe.messages('counted'), [11])
    probe.onCall('allows').fail(new TroupeError('NODE_STOPPED', { node: 'x' }))
    await using other = await unitKit(counter, { args: [10] })
    const silent = await other.probe('audit')
    await other.send('increment', { by: 5 })
    const [waiting] = silent.waiting('allows')
    assert.equal(waiting?.reply(true), true)
    assert.equal(await other.call('value'), 15)
    assert.deepEqual(silent.waiting('allows'), [])
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
        "expected counter to have sent { to: 'audit', message: 'counted' }, exactly 2 times; it did so once.",
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
