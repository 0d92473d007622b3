/**
 * scenarios/bad-input-definitions: descriptions of actors and of groups that cannot be.
 */
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor, application, pool, router, supervisor } from '#actor'
import { message, protocol } from '#contract'
import { assertRefused, assertWell, type Wrong, wrongOptions } from '#test/scenarios/bad-input-kit'
import { scripted } from '#test/scenarios/scripted'

const TIMES = [0, -1, Number.NaN, '5', null]
const OBJECTS = [null, 5, 'x']
const LISTS = [null, 5, {}]

/** The whole description is wrong: no object at all. */
const none = (word: string): Wrong[] => [null, undefined, 5, 'x'].map((given) => [word, given])

describe('a protocol', () => {
  it('that cannot be is refused in words', async () => {
    await assertRefused(none('messages'), (messages) => protocol('words', messages))
    const wrong: Wrong[] = [
      ['greet', { greet: null }],
      ['greet', { greet: () => {} }],
      ['constructor', { constructor: message() }],
      ['__proto__', JSON.parse('{ "__proto__": { "kind": "message" } }')],
    ]
    await assertRefused(wrong, (messages) => protocol('words', messages))
    const names = ['', 5, null, undefined].map((name): Wrong => ['name is empty', name])
    await assertRefused(names, (name) => protocol(name, {}))
  })
})

describe('an actor', () => {
  it('that cannot be is refused, naming what is wrong', async () => {
    const Greet = protocol('greet', { greet: message() })
    await assertRefused(none('option actor'), (spec) => actor(Greet, spec))
    await assertRefused(none('option protocol'), (given) => actor(given, { on: {} }))
    const wrong: Wrong[] = [
      ['option on', {}],
      ['greet', { on: {} }],
      ['greet', { on: { greet: 5 } }],
      ['greet', { on: Object.create({ greet() {} }) }],
      ['on.constructor', { on: { greet() {}, constructor() {} } }],
      ['options', { on: { greet() {} }, options: 5 }],
      ['trapExit', { on: { greet() {} }, options: { trapExit: 5 } }],
    ]
    await assertRefused(wrong, (spec) => actor(Greet, spec))
  })
})

const WRONG_SUPERVISOR = wrongOptions({
  autoShutdown: ['perhaps'],
  backoff: [null, 5, true, { firstMs: -1 }, { factor: 0 }, { jitter: 2 }, { maxMs: '5' }],
  childEnded: [5],
  childStarted: [5],
  children: LISTS,
  firstStart: ['perhaps', null],
  intensity: [null, 5, {}, { restarts: -1, withinMs: 1 }, { restarts: 1, withinMs: 0 }],
  keepOrder: ['yes', null],
  restart: ['perhaps'],
  type: ['perhaps', null],
})

const WRONG_CHILD = wrongOptions({
  args: [5, {}],
  intensity: [null, 5, { restarts: 0.5, withinMs: 1 }],
  name: ['', 5, null],
  options: [5],
  ready: [5, 'x'],
  readyTimeoutMs: [0, -1, Number.NaN],
  restart: ['perhaps'],
  shutdownMs: [0, -1, Number.NaN, '5', null],
  start: [null, 5, {}],
})

describe('a supervisor', () => {
  const child = { name: 'child', start: scripted }

  it('that cannot be is refused, naming the option', async () => {
    await assertRefused(WRONG_SUPERVISOR, (wrong: object) =>
      supervisor({ children: [child], ...wrong }),
    )
    await assertRefused(none('children'), (spec) => supervisor(spec))
  })

  it('with a child that cannot be is refused, naming its option', async () => {
    await assertRefused(WRONG_CHILD, (wrong: object) =>
      supervisor({ children: [{ ...child, ...wrong }] }),
    )
    await assertRefused(
      OBJECTS.map((one): Wrong => ['child', one]),
      (one) => supervisor({ children: [one] }),
    )
  })

  it('whose function gives what cannot be is not started, and its spawner learns why', async () => {
    await using test = await testNode()
    const wrong: Wrong[] = [...none('children'), ['type', { type: 'perhaps', children: [] }]]
    await assertRefused(wrong, (spec) => test.node.spawn(supervisor(() => spec)))
    await assertWell(test)
  })
})

describe('a pool', () => {
  it('that cannot be is refused, naming the option', async () => {
    const wrong = wrongOptions({
      backoff: OBJECTS,
      respawn: OBJECTS,
      shutdownMs: TIMES,
      size: [0, -1, 1.5, Number.NaN, '3', null],
      strategy: ['perhaps', null],
      subscribe: LISTS,
      worker: [null, 5, {}],
      workerArgs: [5, {}],
      workerMailbox: [null, 5],
    }).map(([word, given]): Wrong => {
      // The worker is described like a child, whose words these are.
      if (word === 'workerArgs') return ['args', given]
      return [word === 'workerMailbox' ? 'mailbox' : word, given]
    })
    await assertRefused(wrong, (given: object) => pool({ worker: scripted, ...given }))
    await assertRefused(none('option pool'), (spec) => pool(spec))
  })
})

describe('a router', () => {
  it('that cannot be is refused, naming the option', async () => {
    const wrong = wrongOptions({
      backoff: OBJECTS,
      respawn: OBJECTS,
      route: [null, 5, 'x', undefined],
      routes: [null, 5, {}, [null], [5]],
    })
    await assertRefused(wrong, (given: object) => router({ route: () => 'x', ...given }))
    await assertRefused(none('option router'), (spec) => router(spec))
  })
})

describe('an application', () => {
  const wrong = wrongOptions({
    dependsOn: [5, null, [5]],
    initTimeoutMs: [0, Number.NaN, '5'],
    logLevel: ['loud', 5],
    members: [null, 5, [null], [{}], [{ start: 5 }]],
    mode: ['perhaps', null],
    name: ['', 5, null],
    startTimeoutMs: [0, '5'],
    stopTimeoutMs: [0, '5'],
    tags: [5, [5], null],
    weight: [-1, 1.5, '5', null],
  })
  const more = wrongOptions({
    env: [null, 5],
    init: [5],
    roles: [null, 5, { leader: 5 }],
    start: [5],
    stop: [5],
    terminate: [5],
  })

  it('that cannot be is refused, naming the option', async () => {
    await assertRefused(wrong, (given: object) => application({ name: 'x', members: [], ...given }))
    await assertRefused(none('option application'), (spec) => application(spec))
  })

  it('that cannot be is not loaded, and the option is named', async () => {
    await using test = await testNode()
    const { node } = test
    await assertRefused([...wrong, ...more], (given: object) =>
      node.loadApplication({ name: 'x', members: [], ...given }),
    )
    await assertRefused(none('option application'), (spec) => node.loadApplication(spec))
    await assertWell(test)
  })
})
