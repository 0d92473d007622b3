/**
 * Which siblings stop and start with a failed child, and in what order.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Plannable, restartPlan } from '#actor/restart-plan'

const UP: Plannable = { alive: true, startable: true }
const DOWN: Plannable = { alive: false, startable: true }
const KEPT: Plannable = { alive: false, startable: false }
const ONCE: Plannable = { alive: true, startable: false }

describe('the restart plan', () => {
  it('one-for-one touches the failed child alone', () => {
    assert.deepEqual(restartPlan('one-for-one', [UP, DOWN, UP], 1), { stop: [], start: [1] })
  })

  it('all-for-one stops all from the last to the first and starts all from the first', () => {
    const plan = restartPlan('all-for-one', [UP, DOWN, UP, UP], 1)
    assert.deepEqual(plan, { stop: [3, 2, 0], start: [0, 1, 2, 3] })
  })

  it('rest-for-one leaves those declared before the failed child alone', () => {
    const plan = restartPlan('rest-for-one', [UP, DOWN, UP, UP], 1)
    assert.deepEqual(plan, { stop: [3, 2], start: [1, 2, 3] })
  })

  it('a child that may not be started is not', () => {
    const plan = restartPlan('all-for-one', [DOWN, KEPT, UP], 0)
    assert.deepEqual(plan, { stop: [2], start: [0, 2] })
  })

  it('a temporary child of a group is stopped and not started again', () => {
    const plan = restartPlan('all-for-one', [DOWN, ONCE, UP], 0)
    assert.deepEqual(plan, { stop: [2, 1], start: [0, 2] })
  })
})
