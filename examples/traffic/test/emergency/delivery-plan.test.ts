/** emergency/delivery-plan: who is sent next and when, with time and chance as arguments. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Verdict } from '#traffic/emergency/answer'
import { DeliveryPlan, PLAN_DEFAULTS, type PlanOptions } from '#traffic/emergency/delivery-plan'
import type { Emergency } from '#traffic/emergency/emergency'
import { seededChance } from '#traffic/fleet/chance'

const emergency = (key: string): Emergency => ({
  key,
  id: key,
  latitude: 1,
  longitude: 2,
  receivedAtMs: 0,
})
const delivered: Verdict = { kind: 'delivered', status: 200 }
const failed = (retryAfterMs = 0): Verdict => ({
  kind: 'retry',
  cause: 'server-error',
  retryAfterMs,
  told: '',
})

function planOf(keys: readonly string[], options: Partial<PlanOptions> = {}): DeliveryPlan {
  const plan = new DeliveryPlan({ ...PLAN_DEFAULTS, ...options })
  for (const key of keys) plan.add(emergency(key))
  return plan
}

/** Keys that are sent at this moment. */
function sentAt(plan: DeliveryPlan, nowMs: number): readonly string[] {
  const keys: string[] = []
  for (let step = plan.next(nowMs); step.kind === 'send'; step = plan.next(nowMs)) {
    keys.push(step.emergency.key)
  }
  return keys
}

const names = (count: number, prefix = 'e') => Array.from({ length: count }, (_, i) => prefix + i)

describe('the plan of deliveries', () => {
  it('has no more attempts at a time than it may', () => {
    const plan = planOf(names(100), { inFlightMax: 7 })
    assert.deepEqual(sentAt(plan, 0), names(7))
    plan.settle('e3', delivered, { nowMs: 1, chance: 0 })
    assert.deepEqual(sentAt(plan, 1), ['e7'])
    assert.equal(plan.size, 99)
  })

  it('waits after a failure, and as long as the service asks', () => {
    const plan = planOf(['a', 'b'])
    sentAt(plan, 0)
    plan.settle('a', failed(), { nowMs: 0, chance: 0 })
    plan.settle('b', failed(9_000), { nowMs: 0, chance: 0 })
    assert.deepEqual(plan.next(0), { kind: 'wait', untilMs: 125 })
    assert.deepEqual(sentAt(plan, 124), [])
    assert.deepEqual(sentAt(plan, 125), ['a'])
    assert.deepEqual(sentAt(plan, 8_999), [])
    assert.deepEqual(sentAt(plan, 9_000), ['b'])
  })

  it('lets new ones and failed ones take turns', () => {
    const plan = planOf(names(3, 'old'), { inFlightMax: 3 })
    for (const key of sentAt(plan, 0)) plan.settle(key, failed(), { nowMs: 0, chance: 0 })
    for (const key of names(3, 'new')) plan.add(emergency(key))
    const order: string[] = []
    for (let i = 0; i < 6; i += 1) {
      const step = plan.next(1_000)
      assert.ok(step.kind === 'send')
      order.push(step.emergency.key)
      plan.settle(step.emergency.key, delivered, { nowMs: 1_000, chance: 0 })
    }
    const kinds = order.map((key) => key.slice(0, 3)).join(' ')
    assert.ok(['new old new old new old', 'old new old new old new'].includes(kinds), kinds)
  })

  it('sends nothing while the service is down, then one probe, then all', () => {
    const plan = planOf(names(30))
    for (const key of sentAt(plan, 0)) plan.settle(key, failed(), { nowMs: 0, chance: 0 })
    assert.equal(plan.circuit, 'open')
    assert.deepEqual(plan.next(100), { kind: 'wait', untilMs: 500 })
    const [probe = '', ...others] = sentAt(plan, 500)
    assert.deepEqual(others, [])
    assert.equal(plan.settle(probe, delivered, { nowMs: 600, chance: 0 })?.circuit, 'closed')
    assert.equal(sentAt(plan, 600).length, 29)
  })

  it('takes a refusal as a sign of life', () => {
    const plan = planOf(names(30))
    const sent = sentAt(plan, 0)
    for (const key of sent.slice(0, 9)) plan.settle(key, failed(), { nowMs: 0, chance: 0 })
    plan.settle('e9', { kind: 'refused', status: 422, told: '' }, { nowMs: 0, chance: 0 })
    plan.settle('e10', failed(), { nowMs: 0, chance: 0 })
    assert.equal(plan.circuit, 'closed')
  })

  it('knows nothing of an answer to what is not in flight', () => {
    const plan = planOf(['a'])
    assert.equal(plan.settle('a', delivered, { nowMs: 0, chance: 0 }), undefined)
    sentAt(plan, 0)
    plan.interrupt(5)
    assert.equal(plan.settle('a', delivered, { nowMs: 6, chance: 0 }), undefined)
    assert.deepEqual(sentAt(plan, 6), ['a'])
  })

  it('delivers everything in the end, however often attempts fail or are interrupted', () => {
    const course = fc.record({
      count: fc.integer({ min: 1, max: 60 }),
      inFlightMax: fc.integer({ min: 1, max: 8 }),
      seed: fc.nat(),
      failingTenths: fc.nat({ max: 9 }),
    })
    fc.assert(
      fc.property(course, ({ count, inFlightMax, seed, failingTenths }) => {
        const plan = planOf(names(count), { inFlightMax })
        const chance = seededChance(seed).unit
        const done = new Set<string>()
        const flying: string[] = []
        let nowMs = 0
        for (let turn = 0; done.size < count && turn < 100_000; turn += 1) {
          const step = plan.next(nowMs)
          if (step.kind === 'send') flying.push(step.emergency.key)
          assert.ok(plan.inFlight <= inFlightMax)
          assert.equal(plan.size, count - done.size)
          if (step.kind === 'send') continue
          if (step.kind === 'wait') assert.ok(step.untilMs > nowMs, 'it waits for the past')
          const key = flying.splice(Math.floor(chance() * flying.length), 1)[0]
          if (key === undefined) {
            assert.ok(step.kind === 'wait', 'nothing flies and nothing is due')
            nowMs = step.untilMs
          } else if (chance() < 0.02) {
            plan.interrupt(nowMs)
            flying.length = 0
          } else {
            const isFailing = chance() < failingTenths / 10
            plan.settle(key, isFailing ? failed() : delivered, { nowMs, chance: chance() })
            if (!isFailing) done.add(key)
          }
        }
        assert.equal(done.size, count)
      }),
      { numRuns: 60, seed: 7 },
    )
  })
})
