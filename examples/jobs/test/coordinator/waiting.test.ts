/**
 * coordinator/waiting: who is next.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Waiting } from '#jobs/coordinator/waiting'

const all = (waiting: Waiting, nowMs: number): string[] => {
  const ids: string[] = []
  for (let id = waiting.next(nowMs); id !== undefined; id = waiting.next(nowMs)) ids.push(id)
  return ids
}

describe('jobs that wait', () => {
  it('leave in the order in which they were handed in, however often they were tried', () => {
    const waiting = new Waiting()
    waiting.add('young', { createdMs: 20, dueMs: 0 })
    waiting.add('old', { createdMs: 10, dueMs: 5 })
    waiting.add('twin', { createdMs: 20, dueMs: 0 })
    assert.deepEqual(all(waiting, 5), ['old', 'young', 'twin'])
  })

  it('leave when their time has come, and not before', () => {
    const waiting = new Waiting()
    waiting.add('later', { createdMs: 1, dueMs: 100 })
    assert.equal(waiting.next(99), undefined)
    assert.equal(waiting.dueCount(99), 0)
    assert.equal(waiting.dueCount(100), 1)
    assert.equal(waiting.next(100), 'later')
    assert.equal(waiting.size, 0)
  })

  it('do not come when they were taken out, nor twice when they were put in again', () => {
    const waiting = new Waiting()
    waiting.add('a', { createdMs: 1, dueMs: 0 })
    waiting.add('b', { createdMs: 2, dueMs: 0 })
    assert.equal(waiting.remove('a'), true)
    assert.equal(waiting.remove('a'), false)
    waiting.add('b', { createdMs: 2, dueMs: 0 })
    assert.deepEqual(all(waiting, 0), ['b'])
  })

  it('keep no memory of the many that came and went', () => {
    const waiting = new Waiting()
    for (let turn = 0; turn < 50_000; turn++) {
      waiting.add(`j${turn}`, { createdMs: turn, dueMs: 1_000_000 - turn })
      waiting.remove(`j${turn}`)
    }
    waiting.add('last', { createdMs: 0, dueMs: 0 })
    assert.equal(waiting.size, 1)
    assert.ok(waiting.kept <= 2_000, `${waiting.kept} are kept`)
    assert.deepEqual(all(waiting, 2_000_000), ['last'])
  })
})
