/**
 * The unit kit: stubs of calls, sends and spawns; probes.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { unitKit } from 'troupe/testing'
import { actor } from '#actor'
import {
  failure,
  isFailure,
  message,
  type Pid,
  processName,
  protocol,
  request,
  TroupeError,
} from '#contract'

import { audit, counter } from '#test/unit/testing-counter'

describe('stubs and probes', () => {
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
})
