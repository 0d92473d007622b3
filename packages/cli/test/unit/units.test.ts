/**
 * unit/units: durations, counts and bytes as a person reads them.
 */
import { equal } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bytes, count, duration, moment, rate, timeOfDay } from '#terminal/units'

describe('a duration', () => {
  it('has a unit that fits it', () => {
    equal(duration(0.421), '0.42 ms')
    equal(duration(87.6), '88 ms')
    equal(duration(3_140), '3.1 s')
    equal(duration(42_000), '42 s')
    equal(duration(252_000), '4m 12s')
    equal(duration(7_500_000), '2h 5m')
    equal(duration(273_600_000), '3d 4h')
  })

  it('that is not known is a dash', () => {
    equal(duration(-1), '-')
    equal(duration(Number.NaN), '-')
  })
})

describe('a count', () => {
  it('has its thousands apart', () => {
    equal(count(1_234_567), '1,234,567')
    equal(count(12_345_678), '12.3 M')
    equal(count(Number.POSITIVE_INFINITY), 'none')
    equal(rate(0), '0')
    equal(rate(0.44), '0.4')
    equal(rate(3_400), '3,400')
  })
})

describe('an amount of memory', () => {
  it('has a unit that fits it', () => {
    equal(bytes(512), '512 B')
    equal(bytes(4_096), '4.0 KB')
    equal(bytes(74_448_896), '71 MB')
    equal(bytes(-1), '-')
  })
})

describe('a moment', () => {
  it('is told in the time of this place', () => {
    const time = new Date(2_026, 2, 1, 14, 3, 22, 125).getTime()
    equal(timeOfDay(time), '14:03:22.125')
    equal(moment(time), '2026-03-01 14:03:22')
    equal(moment(0), '-')
    equal(timeOfDay(9e99), '-')
  })
})
