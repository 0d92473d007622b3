/** Supervisors and other nodes, in virtual time: who may look and who may change something. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, processName, protocol, supervisor, supervisorProtocol } from 'troupe'
import { remoteStage } from './clustered.js'

const Idle = protocol('idle', { nothing: message<void>() })
const idle = actor(Idle, { on: { nothing: () => {} } })
const tree = (manageFrom?: readonly string[]) =>
  supervisor({
    ...(manageFrom === undefined ? {} : { manageFrom }),
    children: [{ name: 'one', start: idle }],
  })
const onB = processName('tree', supervisorProtocol, 'b@stage')

const CHANGES = [
  ['startChild', { name: 'one' }],
  ['stopChild', 'one'],
  ['deleteChild', 'one'],
  ['disableChild', 'one'],
  ['enableChild', 'one'],
  ['addChild', { name: 'two', start: idle }],
] as const

describe('a supervisor', () => {
  it('is looked at from another node', () =>
    remoteStage(async ({ a, b, settle }) => {
      await settle(b.spawn(tree(), { name: 'tree' }))
      const children = await settle(a.call(onB, 'children'))
      assert.deepEqual(
        children.map(({ name, state }) => [name, state]),
        [['one', 'running']],
      )
      assert.equal((await settle(a.call(onB, 'counters'))).running, 1)
    }))

  for (const [change, payload] of CHANGES.slice(0, -1)) {
    it(`refuses ${change} of another node, counts that, and goes on`, () =>
      remoteStage(async ({ a, b, settle }) => {
        const pid = await settle(b.spawn(tree(), { name: 'tree' }))
        const before = b.account().dropped['message-refused']
        const asked = a.call(onB, change as 'stopChild', payload as 'one')
        await assert.rejects(settle(asked), { code: 'NOT_ALLOWED' })
        assert.equal(b.account().dropped['message-refused'], before + 1)
        assert.equal((await settle(b.call(pid, 'counters'))).running, 1)
      }))
  }

  it('refuses a process of another node, too', () =>
    remoteStage(async ({ a, b, settle }) => {
      await settle(b.spawn(tree(), { name: 'tree' }))
      const Asker = protocol('asker', { stop: message<void>() })
      const told: string[] = []
      const asker = actor(Asker, {
        on: {
          stop: (_state, _nothing, context) =>
            context.call(onB, 'stopChild', 'one').catch((error) => void told.push(error.code)),
        },
      })
      const pid = await settle(a.spawn(asker))
      a.send(pid, 'stop')
      await settle(a.call(onB, 'counters'))
      assert.deepEqual(told, ['NOT_ALLOWED'])
    }))

  it('does what a node asks that its specification names', () =>
    remoteStage(async ({ a, b, settle }) => {
      const pid = await settle(b.spawn(tree(['*@stage']), { name: 'tree' }))
      await settle(a.call(onB, 'stopChild', 'one'))
      assert.equal((await settle(b.call(pid, 'counters'))).running, 0)
      const made = await settle(a.call(onB, 'startChild', { name: 'one' }))
      assert.ok(b.isAlive(made))
    }))

  it('that names other nodes refuses this one', () =>
    remoteStage(async ({ a, b, settle }) => {
      await settle(b.spawn(tree(['lead@stage', '*@elsewhere']), { name: 'tree' }))
      const asked = a.call(onB, 'stopChild', 'one')
      await assert.rejects(settle(asked), { code: 'NOT_ALLOWED' })
    }))

  it('cannot name what is no node', () => {
    for (const manageFrom of [['a'], ['a*@x'], 'a@x', [7]]) {
      const make = (): unknown => tree(manageFrom as readonly string[])
      assert.throws(make, { code: 'SUPERVISOR_SPEC_INVALID' })
    }
  })
})
