/**
 * Applications on a real node in virtual time: processes, environment, events, stop.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type ApplicationNotice,
  actor,
  eventName,
  message,
  NODE_EVENT,
  type ProcessContext,
  protocol,
  request,
} from 'troupe'
import { testNode } from 'troupe/testing'
import { code } from '#test/unit/applications-kit'

const Worker = protocol('worker', {
  fail: message(),
  finish: message(),
  hang: message(),
  spawn: message<{ readonly name: string }>(),
  know: request<string, unknown>(),
  application: request<void, string | undefined>(),
})

/** A member that notes its begin and end in a list the test gives it. */
const worker = actor(Worker, {
  init: (told: string[], label: string) => {
    told.push(`${label} begins`)
    return { told, label }
  },
  on: {
    fail: () => {
      throw new TypeError('boom')
    },
    finish: (_state, _nothing, context) => context.stop('normal'),
    hang: () => new Promise<void>(() => {}),
    spawn: async ({ told }, { name }, context) => {
      await context.spawn(worker, { name, args: [told, name] })
    },
    know: (_state, key, context) => context.env(key),
    application: (_state, _nothing, context) => context.application,
  },
  terminate: ({ told, label }, reason) => {
    told.push(`${label} ends: ${typeof reason === 'string' ? reason : reason.kind}`)
  },
})

const Listener = protocol('listener', { ready: request<void, void>() })
const listener = actor(Listener, {
  init: (notices: ApplicationNotice[]) => notices,
  started: (_notices, context) => context.subscribe(eventName<ApplicationNotice>(NODE_EVENT)),
  on: { ready: () => undefined },
  handleEvent: (notices, event) => {
    notices.push(event.message as ApplicationNotice)
  },
})

const member = (told: string[], name: string) => ({ name, start: worker, args: [told, name] })

/** A member that does one thing when it begins. */
const brief = (started: (context: ProcessContext) => void) =>
  actor(protocol('brief', {}), { started: (_state, context) => started(context), on: {} })

describe('an application on a node', () => {
  it('starts its members in order and stops them, and what they spawned, in reverse', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const told: string[] = []
    node.loadApplication({ name: 'shop', members: [member(told, 'a'), member(told, 'b')] })
    await node.startApplication('shop')
    node.send('a', 'spawn', { name: 'child' })
    await clock.settle()
    assert.equal(node.applicationInfo('shop')?.processes, 3)
    assert.equal(await node.call('child', 'application'), 'shop')
    await clock.until(node.stopApplication('shop'))
    assert.deepEqual(told, [
      'a begins',
      'b begins',
      'child begins',
      'b ends: shutdown',
      'a ends: shutdown',
      'child ends: shutdown',
    ])
    assert.equal(node.applicationInfo('shop')?.state, 'loaded')
    assert.equal(node.processes().length, 0)
  })

  it('gives its environment above that of the node to all its processes', async () => {
    await using test = await testNode({ env: { region: 'us', zone: 1, size: 1 } })
    const { node } = test
    const env = { REGION: 'eu', size: 2 }
    const options = { env: { size: 3 } }
    const plain = member([], 'plain')
    const special = { ...member([], 'special'), options }
    node.loadApplication({ name: 'shop', members: [plain, special], env })
    await node.startApplication('shop')
    const asked = ['region', 'zone', 'size'].map((key) => node.call('plain', 'know', key))
    assert.deepEqual(await Promise.all(asked), ['eu', 1, 2])
    assert.equal(await node.call('special', 'know', 'SIZE'), 3)
  })

  it('that is transient stops when a member crashes, and its reason is published', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const notices: ApplicationNotice[] = []
    await node.spawn(listener, { args: [notices] })
    const told: string[] = []
    const members = [member(told, 'a'), member(told, 'b')]
    node.loadApplication({ name: 'shop', members, mode: 'transient' })
    await node.startApplication('shop')
    node.send('a', 'fail')
    await clock.settle()
    assert.deepEqual(told.slice(2), ['a ends: crash', 'b ends: shutdown'])
    const [started, stopped] = notices
    assert.equal(started?.kind, 'application-started')
    assert.equal(stopped?.kind, 'application-stopped')
    const { reason } = stopped ?? {}
    assert.ok(typeof reason === 'object' && reason.kind === 'crash')
    assert.equal(reason.message, 'TypeError: boom')
  })

  it('that is transient goes on when a member ends normally, however early', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const early = brief((context) => context.stop('normal'))
    const members = [{ start: early }, member([], 'b')]
    node.loadApplication({ name: 'shop', members, mode: 'transient' })
    await node.startApplication('shop')
    await clock.settle()
    assert.equal(node.applicationInfo('shop')?.state, 'running')
    assert.equal(node.applicationInfo('shop')?.processes, 1)
  })

  it('that is temporary runs a single task and is done', async () => {
    await using test = await testNode()
    const { node, clock } = test
    node.loadApplication({ name: 'task', members: [member([], 'a')] })
    await node.startApplication('task')
    node.send('a', 'finish')
    await clock.settle()
    assert.equal(node.applicationInfo('task')?.state, 'loaded')
    await node.startApplication('task')
    assert.equal(node.applicationInfo('task')?.state, 'running')
  })

  it('is killed where it hangs, and the rest ends in order', async () => {
    await using test = await testNode()
    const { node, clock, log } = test
    const told: string[] = []
    const members = [member(told, 'a'), member(told, 'stuck'), member(told, 'c')]
    node.loadApplication({ name: 'shop', members, stopTimeoutMs: 2_000 })
    await node.startApplication('shop')
    node.send('stuck', 'hang')
    await clock.settle()
    const beganMs = clock.nowMs()
    await clock.until(node.stopApplication('shop'))
    assert.equal(clock.nowMs() - beganMs, 2_000)
    assert.deepEqual(told.slice(3), ['c ends: shutdown', 'a ends: shutdown'])
    const record = log.find(({ level }) => level === 'warning')
    assert.equal(record?.message, 'a member did not end in time and is killed')
    assert.deepEqual(record?.source, {
      kind: 'application',
      node: 'test@localhost',
      application: 'shop',
    })
  })

  it('cannot start when a name of its members is taken, and leaves nothing', async () => {
    await using test = await testNode()
    const { node } = test
    const told: string[] = []
    await node.spawn(worker, { name: 'b', args: [told, 'other'] })
    node.loadApplication({ name: 'shop', members: [member(told, 'a'), member(told, 'b')] })
    await assert.rejects(node.startApplication('shop'), /the name b is held by/)
    assert.deepEqual(told, ['other begins', 'a begins', 'a ends: shutdown'])
    assert.equal(node.processes().length, 1)
  })

  it('stops with its node, dependants first', async () => {
    const told: string[] = []
    const terminate = (name: string) => () => void told.push(`${name} terminated`)
    const applications = [
      { name: 'disk', members: [member(told, 'd')], terminate: terminate('disk') },
      {
        name: 'shop',
        members: [member(told, 's')],
        dependsOn: ['disk'],
        terminate: terminate('shop'),
      },
    ]
    const test = await testNode({ applications })
    assert.deepEqual(test.node.info().applications, ['disk', 'shop'])
    await test.stop()
    assert.deepEqual(told.slice(2), [
      's ends: shutdown',
      'shop terminated',
      'd ends: shutdown',
      'disk terminated',
    ])
    await assert.rejects(test.node.startApplication('shop'), code('NODE_STOPPED'))
  })

  it('that does not start ends the start of its node', async () => {
    const init = (): never => {
      throw new TypeError('no database')
    }
    const applications = [{ name: 'shop', members: [], init }]
    await assert.rejects(testNode({ applications }), code('APPLICATION_START_FAILED'))
  })

  it('that will not stop holds its node for the limit of the node and no longer', async () => {
    const hang = (): Promise<never> => new Promise(() => {})
    const applications = [1, 2, 3, 4].map((number) => {
      return { name: `a${number}`, members: [], stop: hang, terminate: hang }
    })
    const { node, clock } = await testNode({ applications, stopTimeoutMs: 1_000 })
    await clock.until(node.stop())
    assert.equal(clock.nowMs(), 1_000)
  })

  it('keeps its level for all its processes', async () => {
    await using test = await testNode({ logLevel: 'error' })
    const { node, clock, log } = test
    const chatty = brief((context) => context.log.debug('hello'))
    node.loadApplication({ name: 'shop', members: [{ start: chatty }], logLevel: 'debug' })
    await node.startApplication('shop')
    await clock.settle()
    const [record] = log
    assert.equal(record?.message, 'hello')
    const { source } = record ?? {}
    assert.ok(source?.kind === 'process' && source.application === 'shop')
  })
})
