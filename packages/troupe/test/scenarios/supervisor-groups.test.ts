/**
 * Children that are restarted together: order, waits, and failures on the way.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { actor, supervisor } from '#actor'
import { protocol } from '#contract'
import { makeGate } from '#test/scenarios/scripted'
import { child, codeOf, fail, makeStage, TIRELESS } from '#test/scenarios/supervised'

const STEADY = { firstMs: 100, factor: 2, jitter: 0 } as const

/** The seen lines in short: `a+` started, `a-` ended, `a!` refused. */
const short = (seen: readonly string[]): string =>
  seen.map((line) => line.replace(/ starts| ends.*| refuses/, shorten)).join(' ')
const shorten = (word: string): string =>
  word === ' starts' ? '+' : word === ' refuses' ? '!' : '-'

describe('a group that is restarted', () => {
  it('waits after all of it has stopped and before the first of it starts', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const children = ['a', 'b', 'c'].map((name) => child(stage, name))
    await test.node.spawn(supervisor({ type: 'rest-for-one', backoff: STEADY, children }))
    await fail(test, 'b')
    stage.seen.length = 0
    await fail(test, 'b')
    assert.equal(short(stage.seen), 'b- c-')
    await test.clock.advance(99)
    assert.equal(short(stage.seen), 'b- c-')
    await test.clock.advance(1)
    assert.equal(short(stage.seen), 'b- c- b+ c+')
  })

  it('starts anew from the member that did not start', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const children = ['a', 'b', 'c', 'd'].map((name) => child(stage, name))
    await test.node.spawn(supervisor({ ...TIRELESS, type: 'rest-for-one', children }))
    stage.seen.length = 0
    stage.refusing.set('c', 2)
    await fail(test, 'b')
    await test.clock.advance(10)
    assert.equal(short(stage.seen), 'b- d- c- b+ c! c! c+ d+')
  })

  it('stops what it has started when a later member of all-for-one does not start', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const children = ['a', 'b', 'c'].map((name) => child(stage, name))
    await test.node.spawn(supervisor({ ...TIRELESS, type: 'all-for-one', children }))
    stage.seen.length = 0
    stage.refusing.set('c', 1)
    await fail(test, 'a')
    await test.clock.advance(10)
    assert.equal(short(stage.seen), 'a- c- b- a+ b+ c! b- a- a+ b+ c+')
  })

  it('counts each attempt, and gives up like any restart', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const children = ['a', 'b'].map((name) => child(stage, name))
    const settings = { intensity: { restarts: 3, withinMs: 5_000 }, backoff: STEADY }
    const pid = await test.node.spawn(supervisor({ ...settings, type: 'all-for-one', children }))
    stage.refusing.set('b', Number.POSITIVE_INFINITY)
    const ended = test.node.ended(pid)
    await fail(test, 'a')
    const reason = await test.clock.until(ended)
    assert.ok(typeof reason === 'object' && reason.kind === 'custom')
    assert.equal((reason.detail as { child: string }).child, 'b')
    assert.equal(test.node.processes().length, 0)
  })

  it('hears a child of the group fail while it is being stopped, and counts it once', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const gate = makeGate()
    const slow = actor(protocol('slow', {}), { on: {}, terminate: () => gate.closed })
    const spec = {
      ...TIRELESS,
      type: 'all-for-one',
      children: [child(stage, 'a'), child(stage, 'b'), { name: 'slow', start: slow }],
    } as const
    const pid = await test.node.spawn(supervisor(spec))
    await fail(test, 'b')
    // The recovery waits for slow; a is still running, and fails on its own.
    await fail(test, 'a')
    gate.open()
    await test.clock.settle()
    assert.equal(short(stage.seen), 'a+ b+ b- a- a+ b+')
    // Three restarts of children, for one failure.
    assert.equal((await test.node.call(pid, 'counters')).restarts, 3)
  })

  it('hears an earlier child fail while later ones are restarted', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const children = ['a', 'b'].map((name) => child(stage, name))
    const spec = { type: 'rest-for-one', backoff: STEADY, children } as const
    await test.node.spawn(supervisor(spec))
    await fail(test, 'b')
    stage.seen.length = 0
    await fail(test, 'b')
    await fail(test, 'a')
    assert.equal(short(stage.seen), 'b- a-')
    await test.clock.advance(100)
    // First b as decided; then a and what comes after it, at once as the first failure of a.
    assert.equal(short(stage.seen), 'b- a- b+ b- a+ b+')
  })

  it('does not start temporary children again, nor those stopped or disabled by hand', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const children = [
      child(stage, 'a'),
      child(stage, 'once', { restart: 'temporary' }),
      child(stage, 'stopped'),
      child(stage, 'disabled'),
    ]
    const pid = await test.node.spawn(supervisor({ type: 'all-for-one', children }))
    await test.node.call(pid, 'stopChild', 'stopped')
    await test.node.call(pid, 'disableChild', 'disabled')
    stage.seen.length = 0
    await fail(test, 'a')
    assert.equal(short(stage.seen), 'a- once- a+')
  })

  it('starts a transient child again that had ended normally', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const children = ['a', 'b'].map((name) => child(stage, name))
    await test.node.spawn(supervisor({ type: 'all-for-one', children }))
    await fail(test, 'b', 'normal')
    stage.seen.length = 0
    await fail(test, 'a')
    assert.equal(short(stage.seen), 'a- a+ b+')
  })

  it('refuses management meanwhile, and answers what is asked about it', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const children = ['a', 'b'].map((name) => child(stage, name))
    const spec = { type: 'all-for-one', backoff: { ...STEADY, immediate: 0 }, children } as const
    const pid = await test.node.spawn(supervisor(spec))
    await fail(test, 'a')
    const { node } = test
    const refused = [
      codeOf(node.call(pid, 'startChild', { name: 'a' })),
      codeOf(node.call(pid, 'addChild', child(stage, 'c'))),
      codeOf(node.call(pid, 'stopChild', 'a')),
      codeOf(node.call(pid, 'deleteChild', 'a')),
      codeOf(node.call(pid, 'disableChild', 'a')),
      codeOf(node.call(pid, 'enableChild', 'a')),
    ]
    assert.deepEqual(new Set(await Promise.all(refused)), new Set(['STRATEGY_ACTIVE']))
    const infos = await node.call(pid, 'children')
    assert.deepEqual(
      infos.map(({ state }) => state),
      ['waiting', 'waiting'],
    )
    await test.clock.advance(100)
    assert.equal(await codeOf(node.call(pid, 'stopChild', 'a')), 'fine')
  })

  it('stops with its supervisor in the middle of a restart', async () => {
    await using test = await testNode()
    const stage = makeStage()
    const children = ['a', 'b'].map((name) => child(stage, name))
    const spec = { type: 'rest-for-one', backoff: { ...STEADY, immediate: 0 }, children } as const
    const pid = await test.node.spawn(supervisor(spec))
    await fail(test, 'b')
    test.node.exit(pid, 'shutdown')
    await test.clock.advance(1_000)
    assert.equal(short(stage.seen), 'a+ b+ b- a-')
    assert.equal(test.node.processes().length, 0)
  })
})
