/**
 * What decides whether and when a request is tried again.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { processName, TroupeError } from 'troupe'
import { seededRandom } from '#base/random'
import { RetryBudget, SAVED_MAX } from '#cluster/routing/retry-budget'
import { retryWaitMs, WAIT_MS_MAX } from '#cluster/routing/retry-wait'
import { tryFailure } from '#cluster/routing/try-failure'

describe('a retry budget', () => {
  it('gives a share of the first tries, and so many in each second beside', () => {
    const budget = new RetryBudget({ budget: 0.5, budgetPerSecond: 2 }, 0)
    const taken = () => Array.from({ length: 10 }, () => budget.take(0)).filter(Boolean).length
    assert.equal(taken(), 2)
    for (let first = 0; first < 6; first += 1) budget.earn()
    assert.equal(taken(), 3)
    assert.equal(budget.take(500), true)
    assert.equal(budget.take(500), false)
  })

  it('never gives more than its rates allow, whatever is asked when', () => {
    const step = fc.record({ firsts: fc.nat(30), takes: fc.nat(30), ms: fc.nat(2_000) })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const budget = new RetryBudget({ budget: 0.2, budgetPerSecond: 5 }, 0)
        let [nowMs, firsts, given] = [0, 0, 0]
        for (const one of steps) {
          nowMs += one.ms
          firsts += one.firsts
          for (let at = 0; at < one.firsts; at += 1) budget.earn()
          for (let at = 0; at < one.takes; at += 1) if (budget.take(nowMs)) given += 1
          assert.ok(given <= firsts * 0.2 + 5 + (nowMs / 1_000) * 5 + 0.001)
        }
      }),
    )
  })

  it('lays by no more than its limit', () => {
    const budget = new RetryBudget({ budget: 1, budgetPerSecond: 0 }, 0)
    for (let first = 0; first < SAVED_MAX * 3; first += 1) budget.earn()
    const given = Array.from({ length: SAVED_MAX * 2 }, () => budget.take(0)).filter(Boolean)
    assert.equal(given.length, SAVED_MAX)
  })
})

describe('the wait before a try', () => {
  it('doubles, with chance around it, up to its limit', () => {
    const random = seededRandom(5)
    for (let tries = 1; tries < 20; tries += 1) {
      const plain = Math.min(WAIT_MS_MAX, 10 * 2 ** (tries - 1))
      const waitMs = retryWaitMs(10, tries, random)
      assert.ok(waitMs >= plain / 2 && waitMs <= plain * 1.5, `${waitMs} after ${tries}`)
    }
  })
})

describe('the failure of a try', () => {
  const to = processName('shop', undefined, 'b@h')
  const fresh = (thrown: unknown, atOnce = false) => tryFailure(thrown, to, atOnce)

  it('is fresh when this address itself could not be reached', () => {
    const noRoute = new TroupeError('NO_ROUTE', { node: 'b@h' })
    assert.deepEqual(fresh(noRoute), { kind: 'unreached', isFresh: true })
    const unknown = new TroupeError('NAME_UNKNOWN', { name: 'shop', node: 'b@h' })
    assert.deepEqual(fresh(unknown), { kind: 'unreached', isFresh: true })
  })

  it('is not fresh when an answer hands on the code of somebody further on', () => {
    const further = new TroupeError('NO_ROUTE', { node: 'c@h' })
    assert.equal(fresh(further).isFresh, false)
    const other = new TroupeError('NAME_UNKNOWN', { name: 'stock', node: 'b@h' })
    assert.equal(fresh(other).isFresh, false)
    const full = new TroupeError('MAILBOX_FULL', { to: '<b@h.7>', limit: 3 })
    assert.deepEqual(fresh(full), { kind: 'declined', isFresh: false })
    assert.equal(fresh(full, true).isFresh, true)
  })

  it('is never fresh once the request is with its process', () => {
    const lost = new TroupeError('NO_CONNECTION', { node: 'b@h' })
    assert.deepEqual(fresh(lost, true), { kind: 'lost', isFresh: false })
    const failed = new TroupeError('HANDLER_FAILED', { to: 'shop', request: 'who', problem: '' })
    assert.deepEqual(fresh(failed), { kind: 'answered', isFresh: false })
    assert.deepEqual(fresh('thrown'), { kind: 'answered', isFresh: false })
  })
})
