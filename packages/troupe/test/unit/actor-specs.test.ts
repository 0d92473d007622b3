/**
 * What cannot be a supervisor, a pool, a router or an application, and what is said about it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type AnySupervisorSpec,
  actor,
  application,
  type ChildSpec,
  type PoolSettings,
  pool,
  router,
  supervisor,
} from '#actor'
import { checkSupervisor } from '#actor/supervisor-spec'
import {
  type ApplicationSpec,
  type ErrorCode,
  eventName,
  message,
  protocol,
  request,
  TroupeError,
} from '#contract'

const Plain = protocol('plain', { go: message() })
const plain = actor(Plain, { on: { go: () => {} } })
const keeper = actor(Plain, { on: { go: () => {} }, options: { preserveMailbox: true } })
const child: ChildSpec = { name: 'a', start: plain }

function refused(code: ErrorCode, word: string, run: () => unknown): void {
  const fits = (error: unknown): boolean =>
    TroupeError.is(error, code) && error.message.includes(word)
  assert.throws(run, fits, `${code} with ${word}`)
}

describe('a supervisor specification', () => {
  const check = (spec: Partial<AnySupervisorSpec>): unknown =>
    checkSupervisor({ children: [child], ...spec })
  const wrong = (word: string, spec: Partial<AnySupervisorSpec>): void =>
    refused('SUPERVISOR_SPEC_INVALID', word, () => check(spec))
  const wrongChild = (word: string, given: object, spec: Partial<AnySupervisorSpec> = {}): void =>
    wrong(word, { ...spec, children: [{ ...child, ...given }] })

  it('has its defaults from one place', () => {
    const checked = checkSupervisor({ children: [child] })
    assert.deepEqual(
      [checked.type, checked.keepOrder, checked.autoShutdown, checked.firstStart],
      ['one-for-one', true, 'never', 'retry'],
    )
    assert.deepEqual(checked.intensity, { restarts: 5, withinMs: 5_000 })
    const [only] = checked.children
    assert.deepEqual(
      [only?.restart, only?.shutdownMs, only?.registered],
      ['transient', 5_000, true],
    )
  })

  it('gives a supervisor among its children all the time it needs to stop', () => {
    const inner = supervisor({ children: [{ name: 'a', start: plain }] })
    const checked = checkSupervisor({ children: [{ name: 'inner', start: inner }] })
    assert.equal(checked.children[0]?.shutdownMs, Number.POSITIVE_INFINITY)
  })

  it('is refused as a whole with a sentence that names what is wrong', () => {
    wrong('its name is no text', { name: '' })
    wrong('type is some', { type: 'some' as 'one-for-one' })
    wrong('two children are named a', { children: [child, child] })
    wrong('no template', { type: 'simple-one-for-one', children: [] })
    wrong('intensity.restarts', { intensity: { restarts: 1.5, withinMs: 1 } })
    wrong('intensity.withinMs', { intensity: { restarts: 1, withinMs: 0 } })
    wrong('autoShutdown is maybe', { autoShutdown: 'maybe' as 'never' })
    wrong('idle', { type: 'simple-one-for-one', autoShutdown: 'idle' })
    wrong('not a list', { children: {} as [] })
    refused('OPTION_INVALID', 'backoff.jitter', () => check({ backoff: { jitter: 7 } }))
  })

  it('is refused for a child with a sentence that names the child', () => {
    wrongChild('needs a name', { name: '' })
    wrongChild('registered yes', { registered: 'yes' })
    wrongChild('significant 1', { significant: 1 })
    wrongChild('intensity.onExceed maybe', {
      intensity: { restarts: 1, withinMs: 1, onExceed: 'maybe' },
    })
    wrongChild('the child a needs a start', { start: {} })
    wrongChild('the child a needs a start', { start: null })
    wrongChild('the child a has the restart mode often', { restart: 'often' })
    wrongChild('the child a is permanent', { restart: 'permanent', significant: true })
    wrongChild('the child a has shutdownMs', { shutdownMs: -1 })
    wrongChild('the child a has shutdownMs', { shutdownMs: 'soon' })
    wrongChild('the child a has readyTimeoutMs', { readyTimeoutMs: 0 })
    wrongChild('is significant, but', { significant: true }, { autoShutdown: 'never' })
    refused('OPTION_INVALID', 'mailbox.lengthMax', () =>
      check({ children: [{ ...child, options: { mailbox: { lengthMax: 0 } } }] }),
    )
  })

  it('refuses for a group what only makes sense for a child alone', () => {
    const intensity = { restarts: 1, withinMs: 1 }
    wrongChild('intensity of its own', { intensity }, { type: 'all-for-one' })
    wrongChild('preserves its mailbox', { start: keeper }, { type: 'rest-for-one' })
    check({ children: [{ ...child, start: keeper, intensity }] })
  })
})

describe('a pool specification', () => {
  it('is refused with an error that names the option', () => {
    const check = (word: string, settings: object): void =>
      refused('OPTION_INVALID', word, () => pool({ worker: plain, ...(settings as PoolSettings) }))
    check('size', { size: 0 })
    check('size', { size: 2.5 })
    check('strategy', { strategy: 'best' })
    check('respawn', { respawn: { restarts: -1, withinMs: 1 } })
    check('backoff.factor', { backoff: { factor: 0 } })
    check('subscribe', { subscribe: [eventName('news')] })
    check('mailbox.lengthMax', { workerMailbox: { lengthMax: -1 } })
    refused('OPTION_INVALID', 'name', () => pool({ worker: plain, name: '' }))
    refused('OPTION_INVALID', 'worker', () => pool({ worker: {} as typeof plain }))
  })

  it('is refused when its workers speak a word of the management', () => {
    const Growing = protocol('growing', { grow: request() })
    const growing = actor(Growing, { on: { grow: () => {} } })
    refused('OPTION_INVALID', 'names grow', () => pool({ worker: growing }))
  })
})

describe('a router specification', () => {
  it('is refused with an error that names the option', () => {
    const route = (): string => 'a'
    refused('OPTION_INVALID', 'route', () => router({ route: 'a' as unknown as typeof route }))
    refused('OPTION_INVALID', 'name', () => router({ route, name: '' }))
    refused('OPTION_INVALID', 'shutdownMs', () => router({ route, shutdownMs: -1 }))
    refused('OPTION_INVALID', 'respawn', () =>
      router({ route, respawn: { restarts: 1, withinMs: 0 } }),
    )
    const routes = [child, child]
    refused('OPTION_INVALID', 'routes', () => router({ route, routes }))
    const Taken = protocol('taken', { addRoute: request() })
    refused('OPTION_INVALID', 'addRoute', () => router({ route, protocol: Taken }))
  })
})

describe('an application', () => {
  const whole: ApplicationSpec = { name: 'shop', members: [child] }

  it('is given back checked and frozen', () => {
    const made = application({ ...whole, weight: 0, mode: 'permanent', tags: ['blue'] })
    assert.deepEqual([made.name, made.weight, made.mode], ['shop', 0, 'permanent'])
    assert.ok(Object.isFrozen(made))
    assert.ok(Object.isFrozen(made.members))
  })

  it('is refused with an error that names the option', () => {
    const check = (word: string, part: object): void =>
      refused('OPTION_INVALID', word, () => application({ ...whole, ...part }))
    check('name', { name: '' })
    check('weight', { weight: -1 })
    check('weight', { weight: 0.5 })
    check('mode', { mode: 'forever' })
    check('logLevel', { logLevel: 'loud' })
    check('initTimeoutMs', { initTimeoutMs: 0 })
    check('startTimeoutMs', { startTimeoutMs: -1 })
    check('stopTimeoutMs', { stopTimeoutMs: Number.NaN })
    check('dependsOn', { dependsOn: [''] })
    check('tags', { tags: 'blue' })
    check('members', { members: undefined })
    check('members[0].start', { members: [{ name: 'a' }] })
    check('members[1].name', { members: [child, child] })
    check('members[0].name', { members: [{ ...child, name: '' }] })
  })
})
