/**
 * test/faults/plan.test: a seed says which faults come when, and the guard how long they may stand.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FAULT_KINDS, type Fault, isOfEtcd, kindsFor } from '#chaos/faults/fault'
import { allowedMs, MAJORITY_AWAY_MS } from '#chaos/faults/guard'
import { type PlanOptions, planFaults } from '#chaos/faults/plan'
import { shuts, victimOf } from '#chaos/faults/victims'
import { chanceOf } from '#chaos/world/chance'

const TEN_MINUTES = { durationMs: 600_000, everyMs: 7_000, lastsMaxMs: 15_000 }
const planOf = (seed: number, options: PlanOptions = TEN_MINUTES) =>
  planFaults(options, chanceOf(seed))

describe('a plan of faults', () => {
  it('is the same for the same seed, and another one for another', () => {
    assert.deepEqual(planOf(7), planOf(7))
    assert.notDeepEqual(planOf(7), planOf(8))
  })

  it('has over 60 faults of every kind in ten minutes, in the order of their times', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const plan = planOf(seed)
      assert.ok(plan.length >= 60, `${plan.length}`)
      assert.deepEqual(
        plan,
        plan.toSorted((left, right) => left.atMs - right.atMs),
      )
      const kinds = new Set(plan.map(({ kind }) => kind))
      assert.ok(kinds.size >= FAULT_KINDS.length - 2, [...kinds].join())
      assert.ok(plan.every(({ atMs }) => atMs < TEN_MINUTES.durationMs))
    }
  })

  it('lets none stand longer than it may, and freezes up to 15 s', () => {
    const longest = Math.max(...planOf(3).map(({ lastsMs }) => lastsMs))
    assert.ok(longest > 10_000 && longest <= 15_000, `${longest}`)
    const short = planOf(3, { ...TEN_MINUTES, lastsMaxMs: 2_000 })
    assert.ok(short.every(({ lastsMs }) => lastsMs <= 2_000))
  })

  it('kills the leader first and has the kinds that matter within a minute', () => {
    const plan = planOf(9, { ...TEN_MINUTES, durationMs: 60_000, everyMs: 5_000 })
    assert.deepEqual([plan[0]?.kind, plan[0]?.victim], ['kill', 'leader'])
    const kinds = new Set(plan.map(({ kind }) => kind))
    for (const kind of ['kill', 'freeze', 'isolate', 'registrar', 'drain', 'restart'] as const) {
      assert.ok(kinds.has(kind), kind)
    }
  })
})

describe('a plan of faults on an etcd', () => {
  const onEtcd = { ...TEN_MINUTES, registrar: 'etcd' as const }

  it('has faults of etcd among the others, and takes its majority for a minute', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const plan = planOf(seed, onEtcd)
      assert.deepEqual(plan, planOf(seed, onEtcd))
      const kinds = new Set(plan.map(({ kind }) => kind))
      assert.ok(kinds.size >= kindsFor('etcd').length - 2, [...kinds].join())
      assert.ok(!kinds.has('registrar'))
      const losses = plan.filter(({ kind }) => kind === 'quorum-loss')
      assert.ok(losses.length >= 1 && losses.every(({ lastsMs }) => lastsMs === 60_000))
      assert.ok(plan.filter(({ kind }) => isOfEtcd(kind)).length >= 20)
    }
    assert.ok(!planOf(1).some(({ kind }) => isOfEtcd(kind)))
  })

  it('takes the majority for a quarter of a short run at the utmost', () => {
    const minute = { ...onEtcd, durationMs: 60_000, everyMs: 4_000 }
    const losses = planOf(9, minute).filter(({ kind }) => kind === 'quorum-loss')
    assert.deepEqual(new Set(losses.map(({ lastsMs }) => lastsMs)), new Set([15_000]))
  })
})

describe('a plan of some faults alone', () => {
  it('has no others, and meets whom it is to meet', () => {
    const only = [
      { kind: 'kill', victim: 'leader' },
      { kind: 'freeze', victim: undefined },
    ] as const
    const plan = planFaults({ ...TEN_MINUTES, only }, chanceOf(4))
    assert.deepEqual(new Set(plan.map(({ kind }) => kind)), new Set(['kill', 'freeze']))
    const kills = plan.filter(({ kind }) => kind === 'kill')
    assert.ok(kills.every(({ victim }) => victim === 'leader'))
    const freezes = plan.filter(({ kind }) => kind === 'freeze')
    assert.ok(freezes.some(({ victim }) => victim === 'worker'))
  })
})

describe('the guard of the majority', () => {
  const wish = { node: 'jobs1', nowMs: 1_000, lastsMs: 12_000 }

  it('lets one coordinator be away as long as it likes', () => {
    assert.equal(allowedMs(new Map(), wish), 12_000)
    assert.equal(allowedMs(new Map([['jobs2', 900]]), wish), 12_000)
  })

  it('lets a second one be away only for a short time', () => {
    const away = new Map([['jobs2', Number.POSITIVE_INFINITY]])
    assert.equal(allowedMs(away, wish), 0)
    assert.equal(allowedMs(away, { ...wish, lastsMs: MAJORITY_AWAY_MS }), MAJORITY_AWAY_MS)
    assert.equal(allowedMs(new Map([['jobs2', 2_000]]), wish), 12_000)
  })

  it('never lets the third one be away, nor one twice beside another', () => {
    const away = new Map([
      ['jobs2', 2_000],
      ['jobs3', 2_000],
    ])
    assert.equal(allowedMs(away, wish), 0)
    const both = new Map([
      ['jobs1', 2_000],
      ['jobs3', 2_000],
    ])
    assert.equal(allowedMs(both, { ...wish, lastsMs: 100 }), 0)
  })
})

describe('the victim of a fault', () => {
  const scene = {
    coordinators: ['jobs1', 'jobs2', 'jobs3'],
    workers: ['worker1', 'worker2'],
    registrar: () => 'jobs3',
  }
  const fault = (kind: Fault['kind'], victim: Fault['victim'], lot = 0): Fault => ({
    ...{ atMs: 0, kind, victim, lastsMs: 1, lot },
  })

  it('is whoever leads, follows, works or serves the registrar then', () => {
    assert.equal(victimOf(fault('kill', 'leader'), scene, 'jobs2'), 'jobs2')
    assert.equal(victimOf(fault('kill', 'follower', 0.99), scene, 'jobs3'), 'jobs2')
    assert.equal(victimOf(fault('kill', 'worker', 0.99), scene, 'jobs3'), 'worker2')
    assert.equal(victimOf(fault('registrar', 'nobody'), scene, 'jobs1'), 'jobs3')
    assert.equal(victimOf(fault('config', 'nobody'), scene, 'jobs1'), '')
    assert.ok(scene.coordinators.includes(victimOf(fault('kill', 'leader', 0.5), scene, undefined)))
  })

  it('is away for all faults but changes of weight, number and configuration', () => {
    assert.deepEqual(FAULT_KINDS.filter(shuts).length, FAULT_KINDS.length - 3)
  })
})
