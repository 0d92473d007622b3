/** fleet: made-up vehicles that drive as vehicles do, the same for the same seed. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededChance } from '#traffic/fleet/chance'
import { Fleet, newVehicle } from '#traffic/fleet/fleet'
import { BURST_MAX, duePackets } from '#traffic/fleet/pace'
import { Timetable } from '#traffic/fleet/timetable'
import {
  drive,
  headingTo,
  metresBetween,
  placeAhead,
  ROAM_M,
  SPEED_MPS_MAX,
} from '#traffic/fleet/vehicle'
import { decodePacket, encodePacket } from '#traffic/packet/decode'

describe('a fleet', () => {
  it('repeats itself for the same seed and differs for another', () => {
    const reports = (seed: number) => {
      const fleet = new Fleet(5, seededChance(seed))
      return Array.from({ length: 20 }, (_, i) => fleet.nextReport(i * 200))
    }
    assert.deepEqual(reports(7), reports(7))
    assert.notDeepEqual(reports(7), reports(8))
  })

  it('lets every vehicle report in its turn', () => {
    const fleet = new Fleet(3, seededChance(1))
    const ids = Array.from({ length: 6 }, () => fleet.nextReport(0)?.id)
    assert.equal(new Set(ids).size, 3)
    assert.deepEqual(ids.slice(0, 3), ids.slice(3))
  })

  it('of no vehicles reports nothing', () => {
    assert.equal(new Fleet(0, seededChance(1)).nextReport(0), undefined)
  })

  it('sends packets that are accepted', () => {
    const fleet = new Fleet(50, seededChance(3))
    for (let i = 0; i < 500; i += 1) {
      const report = fleet.nextReport(i * 20)
      assert.ok(report !== undefined)
      assert.deepEqual(decodePacket(encodePacket(report)), { kind: 'position', position: report })
    }
  })

  it('calls for help about once in a thousand reports', () => {
    const fleet = new Fleet(10, seededChance(5))
    let calls = 0
    for (let i = 0; i < 50_000; i += 1) if (fleet.nextReport(i)?.emergency) calls += 1
    assert.ok(calls > 20 && calls < 100, `${calls} calls`)
  })
})

describe('a vehicle', () => {
  it('never drives faster than its limit and stays near home', () => {
    const chance = seededChance(11)
    for (let i = 0; i < 20; i += 1) {
      let vehicle = newVehicle(chance)
      for (let step = 0; step < 500; step += 1) {
        const next = drive(vehicle, 1_000, chance)
        assert.ok(metresBetween(vehicle, next) <= SPEED_MPS_MAX + 0.01)
        assert.ok(metresBetween(next, next.home) <= ROAM_M + 2 * SPEED_MPS_MAX)
        vehicle = next
      }
    }
  })

  it('crosses the 180 degree line and the pole without leaving the globe', () => {
    const over = placeAhead({ latitude: 0, longitude: 179.99 }, 90, 5_000)
    assert.ok(over.longitude < -179.9 && over.longitude >= -180)
    const pole = placeAhead({ latitude: 89.99, longitude: 20 }, 0, 5_000)
    assert.ok(
      pole.latitude <= 90 &&
        Math.abs(metresBetween(pole, { latitude: 89.99, longitude: 20 }) - 5_000) < 1,
    )
  })

  it('turns towards where it wants to go', () => {
    assert.equal(
      Math.round(headingTo({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 1 })),
      90,
    )
    assert.equal(
      Math.round(headingTo({ latitude: 0, longitude: 179 }, { latitude: 0, longitude: -179 })),
      90,
    )
    assert.equal(
      Math.round(headingTo({ latitude: 1, longitude: 0 }, { latitude: 0, longitude: 0 })),
      180,
    )
  })
})

describe('the pace', () => {
  const pace = { packetsPerSecond: 100, startedAtMs: 1_000 }

  it('has a packet due every 10 ms at 100 a second', () => {
    assert.deepEqual(duePackets(pace, 0, 1_000), { due: 0, behind: 0, waitMs: 10 })
    assert.deepEqual(duePackets(pace, 0, 1_010), { due: 1, behind: 0, waitMs: 10 })
    assert.deepEqual(duePackets(pace, 1, 1_015), { due: 0, behind: 0, waitMs: 5 })
  })

  it('catches up in bursts that a receive buffer holds', () => {
    const verdict = duePackets(pace, 0, 11_000)
    assert.deepEqual(verdict, { due: BURST_MAX, behind: 1_000 - BURST_MAX, waitMs: 0 })
  })

  it('sends nothing before the start', () => {
    assert.equal(duePackets(pace, 0, 500).due, 0)
  })
})

describe('a timetable', () => {
  it('gives every vehicle one turn in each period, never in step', () => {
    const timetable = new Timetable(50, 1_000, seededChance(2))
    const turns: { readonly vehicle: number; readonly atMs: number }[] = []
    for (let atMs = 0; atMs < 20_000; atMs += 1) {
      for (let next = timetable.take(atMs); next !== undefined; next = timetable.take(atMs)) {
        turns.push({ vehicle: next, atMs })
      }
    }
    for (let vehicle = 0; vehicle < 50; vehicle += 1) {
      const own = turns.filter((turn) => turn.vehicle === vehicle)
      assert.ok(own.length >= 19 && own.length <= 20)
      const gaps = own.slice(1).map(({ atMs }, i) => atMs - (own[i]?.atMs ?? 0))
      assert.ok(gaps.every((gap) => gap >= 500 && gap <= 1_500))
      assert.ok(new Set(gaps).size > 5)
    }
  })

  it('never gives a turn before it is due, and the earliest first', () => {
    const timetable = new Timetable(1_000, 1_000, seededChance(3))
    let last = 0
    for (let i = 0; i < 5_000; i += 1) {
      const due = timetable.nextMs
      assert.ok(due >= last)
      assert.equal(timetable.take(due - 1e-6), undefined)
      assert.notEqual(timetable.take(due), undefined)
      last = due
    }
  })

  it('without vehicles has no turn', () => {
    const timetable = new Timetable(0, 1_000, seededChance(1))
    assert.equal(timetable.nextMs, Number.POSITIVE_INFINITY)
    assert.equal(timetable.take(1e9), undefined)
  })
})
