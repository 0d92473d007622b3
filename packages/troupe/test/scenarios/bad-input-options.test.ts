/**
 * scenarios/bad-input-options: options that cannot be, given to a node and to its processes.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startNode } from 'troupe'
import { testNode } from 'troupe/testing'
import { message, type NodeOptions, protocol, type SpawnOptions } from '#contract'
import { assertRefused, assertWell, type Wrong, wrongOptions } from '#test/scenarios/bad-input-kit'
import { play, scripted } from '#test/scenarios/scripted'

const NaNs = [0, -1, Number.NaN, '5', null]
const FLAGS = ['yes', 1, null]
const OBJECTS = [null, 5, 'x']

const WRONG_SPAWN = wrongOptions({
  args: [5, 'ab', null, {}],
  env: OBJECTS,
  initTimeoutMs: NaNs,
  leader: OBJECTS,
  link: FLAGS,
  logLevel: ['loud', 5, null],
  mailbox: OBJECTS,
  monitor: FLAGS,
  preserveMailbox: FLAGS,
  priority: ['top', 5, null],
  reentrant: FLAGS,
  restarts: [-1, 1.5, Number.NaN, 'many', null],
  terminateTimeoutMs: NaNs,
  trapExit: FLAGS,
})

const WRONG_MAILBOX: readonly Wrong[] = [
  ['mailbox.lengthMax', { lengthMax: 0 }],
  ['mailbox.lengthMax', { lengthMax: '5' }],
  ['mailbox.lengthMax', { lengthMax: Number.NaN }],
  ['mailbox.lengthMax', { lengthMax: 2 ** 60 }],
  ['mailbox.policy', { policy: null }],
  ['mailbox.policy', { policy: '__proto__' }],
  ['mailbox.keyOf', { policy: 'latest-by-key', keyOf: 5 }],
  ['mailbox.keyOf', { policy: 'fail', keyOf: () => 1 }],
  ['mailbox.fallback', { policy: 'fail', fallback: { name: '' } }],
  ['mailbox.fallback', { fallback: null }],
  ['mailbox.fallback', { fallback: { name: 5 } }],
]

describe('a spawn', () => {
  it('with an option that cannot be is refused, naming it, and leaves nothing', async () => {
    await using test = await testNode()
    const { node } = test
    const spawn = (options: SpawnOptions) => node.spawn(scripted, options)
    await assertRefused(WRONG_SPAWN, spawn)
    await assertRefused(WRONG_MAILBOX, (mailbox) => spawn({ mailbox }))
    const wrong = OBJECTS.map((options): Wrong => ['options', options])
    await assertRefused(wrong, spawn)
    assert.deepEqual([node.processes().length, node.info().spawned], [0, 0])
    await assertWell(test)
  })

  it('with a name that cannot be is refused, saying so', async () => {
    await using test = await testNode()
    const names: Wrong[] = ['', null, 5, {}, [], 'a'.repeat(256)].map((name) => [
      'cannot be a name',
      { name },
    ])
    await assertRefused(names, (options: SpawnOptions) => test.node.spawn(scripted, options))
    assert.equal(test.node.info().names, 0)
    await assertWell(test)
  })

  it('of what is no definition is refused, naming it', async () => {
    await using test = await testNode()
    const nothing = protocol('nothing', { act: message() })
    const wrong = [null, undefined, 5, 'x', {}, nothing, () => {}].map(
      (definition): Wrong => ['definition', definition],
    )
    await assertRefused(wrong, (definition) => test.node.spawn(definition))
    await assertWell(test)
  })
})

describe('a call', () => {
  it('with an option that cannot be rejects, naming it, and never throws', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await play(node)
    const wrong = wrongOptions({
      timeoutMs: NaNs,
      priority: ['top', 5, null],
      signal: [5, {}, null, 'x'],
    })
    for (const [word, options] of [...wrong, ...OBJECTS.map((o): Wrong => ['options', o])]) {
      const call = node.call(pid, 'ask', () => 1, options as never)
      await assertRefused([[word, call]], (rejected) => rejected)
    }
    assert.equal(node.account().sent, 0)
    assert.equal(test.clock.pending(), 0)
    await assertWell(test)
  })
})

describe('a send', () => {
  it('with a priority that cannot be is refused, naming it, and is not counted', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await play(node)
    const wrong = ['top', 5, {}].map((priority): Wrong => ['priority', { priority }])
    await assertRefused(wrong, (options) => node.send(pid, 'note', 1, options))
    assert.equal(node.account().sent, 0)
    await assertWell(test)
  })
})

describe('an event', () => {
  it('with an option or a name that cannot be is refused, naming it', async () => {
    await using test = await testNode()
    const { node } = test
    const before = node.info().events
    const wrong = wrongOptions({
      buffer: [-1, 1.5, Number.NaN, '5', null],
      notify: FLAGS,
      open: FLAGS,
    })
    const all = [...wrong, ...OBJECTS.map((options): Wrong => ['options', options])]
    await assertRefused(all, (options) => node.registerEvent('prices', options))
    const names = ['', null, undefined, 5, {}, 'a'.repeat(256)]
    const wrongNames = names.map((name): Wrong => ['cannot be a name', name])
    await assertRefused(wrongNames, (name) => node.registerEvent(name))
    assert.equal(node.info().events, before)
    await assertWell(test)
  })

  it('that is none is told when it is published or subscribed to', async () => {
    await using test = await testNode()
    const { node } = test
    for (const event of [null, undefined, 5, {}, { kind: 'event' }, { kind: 'event-token' }]) {
      await assertRefused([['no event', event]], (none) => node.publish(none, 1))
      await assertRefused([['no event', event]], (none) => node.unregisterEvent(none))
    }
    await assertWell(test)
  })
})

const WRONG_NODE = wrongOptions({
  applications: [5, [null], {}],
  cronJobs: [5, [null], {}],
  env: OBJECTS,
  events: [5, [null], {}],
  handleSignals: FLAGS,
  logLevel: ['loud', 5],
  logSinks: [5, [null], {}],
  sharing: ['some', null, 5],
  stopTimeoutMs: NaNs,
})

describe('a node', () => {
  const listeners = (): number =>
    process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)

  it('with an option that cannot be does not start, names it and leaves nothing', async () => {
    const before = listeners()
    const start = (options: NodeOptions) => startNode('bad@localhost', options)
    await assertRefused(WRONG_NODE, (options: NodeOptions) => start({ logSinks: [], ...options }))
    await assertRefused([['options', null]], start)
    assert.equal(listeners(), before)
  })

  it('with a name that cannot be does not start, and says the name', async () => {
    const names = ['', 'x', '@', 'a@', '@b', 'a b@c', 'a@b@c', '5', 'null', 'undefined']
    for (const name of names) {
      await assertRefused([[`the node name ${name}`, name]], (given) => startNode(given))
    }
    for (const name of [5, null, undefined, Symbol('x'), {}]) {
      await assertRefused([['the node name', name]], (given) => startNode(given))
    }
  })

  it('refuses to stop within no time, and goes on', async () => {
    await using test = await testNode()
    const wrong = [...wrongOptions({ timeoutMs: NaNs }), ['options', null] as Wrong]
    await assertRefused(wrong, (options) => test.node.stop(options))
    assert.equal(test.node.running, true)
    await assertWell(test)
  })

  it('has no environment under what is no key', async () => {
    await using test = await testNode()
    const { node } = test
    const wrong = [null, undefined, 5, {}].map((key): Wrong => ['key', key])
    await assertRefused(wrong, (key) => node.env(key))
    await assertRefused(wrong, (key) => node.setEnv(key, 1))
    node.setEnv('__proto__', 'value')
    assert.deepEqual([node.env('__proto__'), node.env('constructor')], ['value', undefined])
  })
})

const WRONG_JOB = wrongOptions({
  name: ['', 5, null],
  spec: ['', 5, null],
  timeZone: ['Mars', 5, ''],
  action: [null, 5, {}, { kind: 'shout' }, { kind: 'run', run: 5 }, { kind: 'spawn', start: 5 }],
  misfire: ['perhaps', null],
  misfireMs: NaNs,
  overlap: ['perhaps', null],
  enabled: FLAGS,
})

describe('a job of the calendar', () => {
  it('with an option that cannot be is refused, naming it, and is not there', async () => {
    await using test = await testNode()
    const { cron } = test.node
    const job = { name: 'job', spec: '* * * * *', action: { kind: 'run', run: () => 1 } } as const
    await assertRefused(WRONG_JOB, (wrong: object) => cron.add({ ...job, ...wrong }))
    await assertRefused(
      ['x', '99 * * * *', '* * * *', '* * * * * * * *'].map((spec): Wrong => [spec, { spec }]),
      (wrong: object) => cron.add({ ...job, ...wrong }),
    )
    assert.deepEqual(cron.jobs(), [])
    await assertWell(test)
  })
})
