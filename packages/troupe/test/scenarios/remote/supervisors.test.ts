/** Supervisors, pools, routers and other nodes: who may look, and who may change something. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  message,
  pool,
  poolProtocol,
  processName,
  protocol,
  router,
  routerProtocol,
  supervisor,
  supervisorProtocol,
} from 'troupe'
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

describe('a pool', () => {
  const far = processName('pool', poolProtocol, 'b@stage')
  it('shows itself to other nodes, and changes for those it names', () =>
    remoteStage(async ({ a, b, settle }) => {
      const pid = await settle(b.spawn(pool({ worker: idle, size: 2 }), { name: 'pool' }))
      assert.equal((await settle(a.call(far, 'stats'))).size, 2)
      await assert.rejects(settle(a.call(far, 'grow', 1)), { code: 'NOT_ALLOWED' })
      await assert.rejects(settle(a.call(far, 'shrink', 1)), { code: 'NOT_ALLOWED' })
      assert.equal(await settle(b.call(pid, 'grow', 1)), 3)
      b.kill(pid)
      const open = pool({ worker: idle, size: 2, manageFrom: ['a@stage'] })
      await settle(b.spawn(open, { name: 'pool' }))
      assert.equal(await settle(a.call(far, 'grow', 1)), 3)
    }))

  it('cannot name what is no node', () => {
    const make = (): unknown => pool({ worker: idle, manageFrom: ['a'] })
    assert.throws(make, { code: 'OPTION_INVALID' })
  })
})

describe('a router', () => {
  const far = processName('router', routerProtocol, 'b@stage')
  const routes = [{ name: 'one', start: idle }] as const
  it('shows itself to other nodes, and changes for those it names', () =>
    remoteStage(async ({ a, b, settle }) => {
      const closed = router({ protocol: Idle, route: () => 'one', routes })
      const pid = await settle(b.spawn(closed, { name: 'router' }))
      assert.equal((await settle(a.call(far, 'routes'))).length, 1)
      await assert.rejects(settle(a.call(far, 'removeRoute', 'one')), { code: 'NOT_ALLOWED' })
      b.kill(pid)
      const open = router({ protocol: Idle, route: () => 'one', routes, manageFrom: ['*@stage'] })
      await settle(b.spawn(open, { name: 'router' }))
      assert.equal(await settle(a.call(far, 'removeRoute', 'one')), true)
    }))

  it('cannot name what is no node', () => {
    const make = (): unknown => router({ route: () => 'one', manageFrom: ['a'] })
    assert.throws(make, { code: 'OPTION_INVALID' })
  })
})
