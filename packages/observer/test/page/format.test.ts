/**
 * Figures as text: short, and right at the bounds.
 */
import { equal } from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  ago,
  byteRate,
  bytes,
  count,
  duration,
  percent,
  rate,
  short,
  UNKNOWN,
} from '#page/base/format'

describe('a figure', () => {
  it('that is not known is a dash', () => {
    for (const format of [count, short, rate, bytes, byteRate, percent, duration]) {
      equal(format(undefined), UNKNOWN)
      equal(format(null), UNKNOWN)
      equal(format(Number.NaN), UNKNOWN)
    }
  })

  it('is written whole with separators', () => {
    equal(count(1_234_567), '1,234,567')
    equal(count(0), '0')
  })

  it('is shortened to three digits that count', () => {
    equal(short(0), '0')
    equal(short(7), '7')
    equal(short(999), '999')
    equal(short(999.6), '1.00k')
    equal(short(12_340), '12.3k')
    equal(short(-2_500_000), '-2.50M')
  })

  it('of bytes goes by steps of 1,024', () => {
    equal(bytes(0), '0 B')
    equal(bytes(1_023), '1023 B')
    equal(bytes(1_024), '1.00 KiB')
    equal(bytes(150 * 1_024 * 1_024), '150 MiB')
    equal(byteRate(2_048), '2.00 KiB/s')
  })

  it('in a second that is nearly none is none', () => {
    equal(rate(0.001), '0/s')
    equal(rate(1_500), '1.50k/s')
  })

  it('of a share is percent', () => {
    equal(percent(0.0123), '1.2 %')
    equal(percent(0.5), '50 %')
  })
})

describe('a time', () => {
  it('is told in units that fit it', () => {
    equal(duration(0), '0 ms')
    equal(duration(0.25), '250 µs')
    equal(duration(3.2), '3.20 ms')
    equal(duration(999.7), '1.0 s')
    equal(duration(59_949), '59.9 s')
    equal(duration(59_960), '1 m 00 s')
    equal(duration(125_000), '2 m 05 s')
    equal(duration(11_220_000), '3 h 07 m')
    equal(duration(353_000_000), '4 d 02 h')
  })

  it('that has passed is told to the second', () => {
    equal(ago(400), 'now')
    equal(ago(5_900), '5 s ago')
    equal(ago(61_000), '1 m 01 s ago')
  })
})
