/**
 * coordinator/capacity-plan: on how many nodes workers run.
 */
import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { type CapacityNode, CapacityPlan } from '#jobs/coordinator/capacity-plan'

const POLICY = { workersMin: 2, workersMax: 3, longMs: 3_000, idleMs: 10_000, failedMs: 2_000 }

let plan: CapacityPlan
let nowMs: number

const nodes = (...states: readonly CapacityNode['state'][]): readonly CapacityNode[] =>
  states.map((state, at) => ({ node: `w${at + 1}`, state, held: 0 }))

const next = (of: readonly CapacityNode[], due = 0, capacity = 4): string => {
  const step = plan.next({ nowMs, nodes: of, due, capacity })
  return step === undefined ? 'nothing' : `${step.kind} ${step.node}`
}

beforeEach(() => {
  plan = new CapacityPlan(POLICY)
  nowMs = 0
})

describe('the number of workers', () => {
  it('comes up to the least, one node after another', () => {
    assert.equal(next(nodes('bare', 'bare', 'bare')), 'start w1')
    assert.equal(next(nodes('starting', 'bare', 'bare')), 'nothing')
    assert.equal(next(nodes('running', 'bare', 'bare')), 'start w2')
    assert.equal(next(nodes('running', 'running', 'bare')), 'nothing')
  })

  it('grows when more waits than can be done, for a while, and not beyond the most', () => {
    const busy = nodes('running', 'running', 'bare', 'bare')
    assert.equal(next(busy, 5), 'nothing')
    nowMs = 2_999
    assert.equal(next(busy, 5), 'nothing')
    nowMs = 3_000
    assert.equal(next(busy, 5), 'start w3')
    nowMs = 10_000
    assert.equal(next(nodes('running', 'running', 'running', 'bare'), 50), 'nothing')
  })

  it('does not grow for a short rush', () => {
    const busy = nodes('running', 'running', 'bare')
    next(busy, 5)
    nowMs = 2_000
    next(busy, 4)
    nowMs = 4_000
    assert.equal(next(busy, 5), 'nothing')
  })

  it('shrinks when one has had nothing for long: it is left alone first, then stopped', () => {
    const idle = nodes('running', 'running', 'running')
    assert.equal(next(idle), 'nothing')
    nowMs = 10_000
    assert.equal(next(idle), 'retire w3')
    const [one, two] = nodes('running', 'running') as [CapacityNode, CapacityNode]
    const busy = { node: 'w3', state: 'retiring' as const, held: 1 }
    assert.equal(next([one, two, busy]), 'nothing')
    assert.equal(next([one, two, { ...busy, held: 0 }]), 'stop w3')
  })

  it('shrinks at once when fewer are wanted', () => {
    plan.change({ workersMin: 1, workersMax: 1 })
    assert.equal(next(nodes('running', 'running')), 'retire w2')
  })

  it('leaves a node alone for a while that did not start, and takes another one', () => {
    plan.failed('w1', 0)
    assert.equal(next(nodes('bare', 'bare')), 'start w2')
    assert.equal(next(nodes('bare')), 'nothing')
    nowMs = 2_000
    assert.equal(next(nodes('bare')), 'start w1')
  })

  it('does not count a node that drains', () => {
    assert.equal(next(nodes('draining', 'running', 'bare')), 'start w3')
  })

  it('does not swing between a least that is above the most', () => {
    plan.change({ workersMin: 3, workersMax: 1 })
    assert.equal(next(nodes('running', 'running', 'running')), 'nothing')
  })
})
