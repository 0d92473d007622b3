/**
 * test/unit/node-phase: what a node says it is doing, and what an application may ask and change
 * long after its callback.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ApplicationContext, ApplicationSpec, NodePhase } from '#contract'
import { make } from '#test/unit/applications-kit'
import { testNode } from '#testing'

/** An application that hands its context out and notes the phase of its start. */
function noted() {
  const seen: { context?: ApplicationContext; atStart?: NodePhase } = {}
  const spec: ApplicationSpec = {
    name: 'probe',
    members: [],
    init: (context) => {
      seen.context = context
      seen.atStart = context.nodePhase()
    },
  }
  return { seen, spec }
}

describe('the phase of a node', () => {
  it('is starting until all its applications run, then running', async () => {
    const { seen, spec } = noted()
    await using test = await testNode({ applications: [spec] })
    assert.equal(seen.atStart, 'starting')
    assert.equal(seen.context?.nodePhase(), 'running')
    assert.equal(test.node.info().phase, 'running')
  })

  it('is draining before anybody else hears of the drain, and stopping at the end', async () => {
    const { seen, spec } = noted()
    const test = await testNode({ applications: [spec] })
    const phases: unknown[] = []
    const progress = (): void => void phases.push(seen.context?.nodePhase())
    await test.clock.until(test.node.drain({ progress }))
    assert.equal(phases[0], 'draining')
    assert.equal(seen.context?.nodePhase(), 'stopping')
  })

  it('never goes back: a drain of a node that stops says stopping', async () => {
    const { seen, spec } = noted()
    const test = await testNode({ applications: [spec] })
    const stopped = test.node.stop()
    const drained = test.node.drain()
    assert.equal(seen.context?.nodePhase(), 'stopping')
    await test.clock.until(Promise.all([stopped, drained]))
  })
})

describe('the context of an application', () => {
  it('changes its tags and its weight while it runs', async () => {
    const { seen, spec } = noted()
    await using test = await testNode({ applications: [spec] })
    seen.context?.change({ tags: ['port:1'], weight: 3 })
    const { tags, weight } = test.node.applicationInfo('probe') ?? {}
    assert.deepEqual([tags, weight], [['port:1'], 3])
    assert.throws(() => seen.context?.change({ weight: -1 }), { code: 'OPTION_INVALID' })
  })

  it('changes nothing of an application that is unloaded', async () => {
    const { seen, spec } = noted()
    const { table, load, changes } = make()
    load(spec)
    await table.start('probe')
    await table.stop('probe')
    table.unload('probe')
    const before = changes.length
    seen.context?.change({ tags: ['late'] })
    assert.equal(changes.length, before)
  })
})

describe('a node without a network', () => {
  it('answers questions about itself', async () => {
    await using test = await testNode({ system: {} })
    const sheet = await test.clock.until(test.node.call('system', 'node'))
    const { name, phase } = sheet as { readonly name: string; readonly phase: NodePhase }
    assert.deepEqual([name, phase], ['test@localhost', 'running'])
    assert.equal(test.node.whereis('system.remote'), undefined)
  })
})
