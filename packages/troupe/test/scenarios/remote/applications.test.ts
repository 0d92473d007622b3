/** Applications of another node, started and stopped from afar, in virtual time. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type ApplicationSpec,
  actor,
  processName,
  protocol,
  type RemoteNode,
  request,
} from 'troupe'
import type { TwoNodes } from '#test/scenarios/two-nodes/stage'
import { clustered, remoteStage } from './clustered.js'

const Env = protocol('env', { of: request<string, unknown>() })
const env = actor(Env, { on: { of: (_state, key, context) => context.env(key) } })
/** Its `init` takes a second. */
const late = actor(Env, {
  started: (_state, context) => context.sleep(1_000),
  on: { of: () => undefined },
})
const onB = processName('till', Env, 'b@stage')
const shop = (spec: Partial<ApplicationSpec> = {}): ApplicationSpec => ({
  ...{ name: 'shop', members: [{ name: 'till', start: env }], env: { COLOUR: 'red' } },
  ...spec,
})

interface Shop extends TwoNodes {
  readonly peer: RemoteNode
  code(promise: Promise<unknown>): Promise<string>
}

/** b has loaded `shop` and lets a start and stop it. */
const staged = (run: (shop: Shop) => Promise<void>, options = {}): Promise<void> =>
  remoteStage(async (stage) => {
    const { a, b, settle } = stage
    b.loadApplication(shop())
    b.remote.allowApplication('shop', { nodes: ['a@stage'] })
    const code = (promise: Promise<unknown>): Promise<string> =>
      settle(
        promise.then(
          () => 'done',
          (error) => error.code,
        ),
      )
    await run({ ...stage, peer: a.peer('b@stage'), code })
  }, clustered(options))

describe('an application of another node', () => {
  it('is started in its own mode, or in that which is asked', () =>
    staged(async ({ b, peer, code }) => {
      assert.equal(await code(peer.startApplication('shop')), 'done')
      assert.deepEqual(
        [b.applicationInfo('shop')?.state, b.applicationInfo('shop')?.mode],
        ['running', 'temporary'],
      )
      await code(peer.stopApplication('shop'))
      await code(peer.startApplication('shop', { mode: 'permanent', logLevel: 'debug' }))
      assert.equal(b.applicationInfo('shop')?.mode, 'permanent')
    }))

  it('is stopped after those that depend on it', () =>
    staged(async ({ b, peer, code, settle }) => {
      const order: string[] = []
      const told = (name: string, dependsOn: string[]): ApplicationSpec => ({
        ...{ name, dependsOn, members: [{ start: env }] },
        stop: () => void order.push(name),
      })
      b.loadApplication(told('base', []))
      b.loadApplication(told('upper', ['base']))
      b.remote.allowApplication('base')
      await settle(b.startApplication('upper'))
      assert.equal(await code(peer.stopApplication('base')), 'done')
      assert.deepEqual(order, ['upper', 'base'])
    }))

  const NOT_LOADED = 'APPLICATION_UNKNOWN'
  it('is neither started nor stopped by who may not', () =>
    staged(async ({ b, peer, code }) => {
      b.loadApplication({ name: 'secret', members: [] })
      assert.equal(await code(peer.startApplication('secret')), 'NOT_ALLOWED')
      assert.equal(await code(peer.stopApplication('secret')), 'NOT_ALLOWED')
      assert.equal(await code(peer.startApplication('system')), 'NOT_ALLOWED')
      assert.equal(await code(peer.stopApplication('system')), 'NOT_ALLOWED')
      b.remote.allowApplication('secret', { nodes: ['c@stage'] })
      assert.equal(await code(peer.startApplication('secret')), 'NOT_ALLOWED')
      assert.equal(b.applicationInfo('secret')?.state, 'loaded')
      b.remote.denyApplication('shop')
      assert.equal(await code(peer.startApplication('shop')), 'NOT_ALLOWED')
    }))

  it('tells what is wrong with a start and a stop', () =>
    staged(async ({ b, peer, code }) => {
      b.remote.allowApplication('ghost')
      assert.equal(await code(peer.startApplication('ghost')), NOT_LOADED)
      assert.equal(await code(peer.stopApplication('ghost')), NOT_LOADED)
      assert.equal(await code(peer.startApplication('shop')), 'done')
      assert.equal(await code(peer.startApplication('shop')), 'APPLICATION_RUNNING')
      b.loadApplication(shop({ name: 'broken', members: [{ name: 'till', start: env }] }))
      b.remote.allowApplication('broken')
      assert.equal(await code(peer.startApplication('broken')), 'APPLICATION_START_FAILED')
      b.loadApplication(shop({ name: 'needy', dependsOn: ['nothing'], members: [] }))
      b.remote.allowApplication('needy')
      assert.equal(await code(peer.startApplication('needy')), 'APPLICATION_DEPENDENCY')
      const wrong = { mode: 'for ever' as 'permanent' }
      assert.equal(await code(peer.startApplication('shop', wrong)), 'OPTION_INVALID')
      assert.equal(await code(peer.startApplication('')), 'OPTION_INVALID')
      assert.equal(await code(peer.stopApplication('shop', { timeoutMs: 0 })), 'OPTION_INVALID')
    }))

  it('that takes too long to start goes on; one that takes too long to stop says so', () =>
    staged(async ({ b, peer, code, until }) => {
      b.loadApplication(
        shop({ name: 'slow', members: [{ start: late }], stop: () => new Promise(() => {}) }),
      )
      b.remote.allowApplication('slow')
      const asked = peer.startApplication('slow', { timeoutMs: 100 })
      assert.equal(await code(asked), 'CALL_TIMEOUT')
      await until(() => b.applicationInfo('slow')?.state === 'running')
      const stop = peer.stopApplication('slow', { timeoutMs: 100 })
      assert.equal(await code(stop), 'APPLICATION_STOP_TIMEOUT')
    }))

  it('takes an environment only where that was allowed, and says so', () =>
    staged(async ({ a, b, peer, code, settle }) => {
      const given = { env: { COLOUR: 'blue', SIZE: 7 } }
      assert.equal(await code(peer.startApplication('shop', given)), 'NOT_ALLOWED')
      assert.equal(b.applicationInfo('shop')?.state, 'loaded')
      b.remote.allowApplication('shop', { nodes: ['a@stage'], env: true })
      assert.equal(await code(peer.startApplication('shop', given)), 'done')
      assert.deepEqual(
        [await settle(a.call(onB, 'of', 'colour')), await settle(a.call(onB, 'of', 'size'))],
        ['blue', 7],
      )
    }))

  it('is logged with the node that started it', async () => {
    const told: string[] = []
    const write = ({ message }: { message: string }): void => void told.push(message)
    await staged(
      async ({ peer, code }) => {
        await code(peer.startApplication('shop'))
        await code(peer.startApplication('other'))
        await code(peer.stopApplication('shop'))
      },
      { logSinks: [{ name: 'told', write }] },
    )
    assert.deepEqual(
      told.filter((line) => line.includes('a@stage') && line.includes('application')),
      [
        'a@stage did: application-start of shop',
        'refused to a@stage: application-start of other: NOT_ALLOWED',
        'a@stage did: application-stop of shop',
      ],
    )
  })

  it('is not started by what is no request to', () =>
    staged(async ({ a, b, code }) => {
      const remote = processName('system.remote', undefined, 'b@stage')
      const misfits = [undefined, 'shop', {}, { name: 'shop' }, { name: 7, options: {} }]
      for (const misfit of misfits) {
        assert.equal(await code(a.call(remote, 'startApplication', misfit)), 'MESSAGE_INVALID')
        assert.equal(await code(a.call(remote, 'stopApplication', misfit)), 'MESSAGE_INVALID')
      }
      const forged = { name: 'shop', options: { mode: 'for ever' } }
      assert.equal(await code(a.call(remote, 'startApplication', forged)), 'OPTION_INVALID')
      assert.equal(b.applicationInfo('shop')?.state, 'loaded')
    }))
})
