/**
 * terminal/units: durations, counts, bytes and times as a person reads them.
 */

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** What was measured as none, or not at all. */
const UNKNOWN = '-'

/** A span of time: `0.42 ms`, `3.1 s`, `4m 12s`, `2h 5m`, `3d 4h`; `-` below zero. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return UNKNOWN
  if (ms < 10) return `${ms.toFixed(2)} ms`
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`
  if (ms < 10 * SECOND_MS) return `${(ms / SECOND_MS).toFixed(1)} s`
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`
  if (ms < HOUR_MS) return pair(ms, [MINUTE_MS, 'm'], [SECOND_MS, 's'])
  if (ms < DAY_MS) return pair(ms, [HOUR_MS, 'h'], [MINUTE_MS, 'm'])
  return pair(ms, [DAY_MS, 'd'], [HOUR_MS, 'h'])
}

type Unit = readonly [lengthMs: number, sign: string]

const pair = (ms: number, [large, largeSign]: Unit, [small, smallSign]: Unit): string =>
  `${Math.floor(ms / large)}${largeSign} ${Math.floor((ms % large) / small)}${smallSign}`

/** A count with its thousands apart: `12,345`; above ten millions `12.3 M`. */
export function count(value: number): string {
  if (!Number.isFinite(value)) return value === Number.POSITIVE_INFINITY ? 'none' : UNKNOWN
  if (Math.abs(value) >= 10_000_000) return `${(value / 1_000_000).toFixed(1)} M`
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** So many in a second: `0`, `0.4`, `12`, `3,400`. */
export const rate = (perSecond: number): string =>
  perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : count(perSecond)

const SIZES = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** An amount of memory: `512 B`, `4.0 KB`, `71 MB`. */
export function bytes(amount: number): string {
  if (!Number.isFinite(amount) || amount < 0) return UNKNOWN
  let [value, at] = [amount, 0]
  while (value >= 1_024 && at < SIZES.length - 1) {
    value /= 1_024
    at += 1
  }
  const shown = at === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)
  return `${shown} ${SIZES[at]}`
}

/** The time of day here: `14:03:22.125`. */
export function timeOfDay(timeMs: number): string {
  const time = new Date(timeMs)
  if (Number.isNaN(time.getTime())) return UNKNOWN
  const two = (part: number): string => String(part).padStart(2, '0')
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')
  return `${clock}.${String(time.getMilliseconds()).padStart(3, '0')}`
}

/** A moment: `2026-03-01 14:03:22`. */
export function moment(timeMs: number): string {
  const time = new Date(timeMs)
  if (timeMs <= 0 || Number.isNaN(time.getTime())) return UNKNOWN
  const two = (part: number): string => String(part).padStart(2, '0')
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  return `${day} ${timeOfDay(timeMs).slice(0, 8)}`
}
