/**
 * coordinator/choose-worker: shares of work.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ApplicationRoute, Candidate } from 'troupe'
import { WorkerChoice } from '#jobs/coordinator/choose-worker'

const candidate = (node: string, weight: number): Candidate => {
  const state = { state: 'running', mode: 'temporary', nodeState: 'up' } as const
  const route: ApplicationRoute = {
    ...{ node, name: 'jobs-worker', weight, tags: [], version: '', roles: {} },
    ...state,
  }
  return { route, process: 'jobs-worker', local: false, pending: 0 }
}

describe('the choice of a worker', () => {
  it('follows the weights: a canary of 10 gets one of ten', () => {
    const choice = new WorkerChoice(() => 1)
    const both = [candidate('old', 90), candidate('new', 10)]
    const counts = [0, 0]
    for (let turn = 0; turn < 1_000; turn++) {
      const at = choice.choose(both, 'job')
      counts[at] = (counts[at] ?? 0) + 1
      choice.answered('job')
    }
    assert.deepEqual(counts, [900, 100])
  })

  it('leaves out who has no room, and owes it nothing afterwards', () => {
    const room = new Map([
      ['a', 0],
      ['b', 9],
    ])
    const choice = new WorkerChoice((node) => room.get(node) ?? 0)
    const both = [candidate('a', 100), candidate('b', 100)]
    for (let turn = 0; turn < 8; turn++) {
      assert.equal(choice.choose(both, `j${turn}`), 1)
      choice.answered(`j${turn}`)
    }
    room.set('a', 9)
    const next = [1, 2, 3, 4].map((turn) => choice.choose(both, `k${turn}`))
    assert.equal(next.filter((at) => at === 0).length, 2)
  })

  it('tells who is asked', () => {
    const told: string[] = []
    const choice = new WorkerChoice(
      () => 1,
      (job, node) => told.push(`${job} ${node}`),
    )
    choice.choose([candidate('a', 100)], 'one')
    choice.choose([candidate('a', 100)], 'two')
    assert.deepEqual(told, ['one a'])
  })

  it('asks nobody for more than there is room for before it has answered', () => {
    const choice = new WorkerChoice(() => 2)
    const one = [candidate('a', 100)]
    assert.equal(choice.choose(one, 'j1'), 0)
    assert.equal(choice.choose(one, 'j2'), 0)
    assert.equal(choice.choose(one, 'j3'), -1)
    choice.answered('j1')
    choice.answered('j1')
    assert.equal(choice.choose(one, 'j3'), 0)
    assert.equal(choice.choose(one, 'j4'), -1)
  })
})
