/**
 * page/base/format: figures as text. Pure; each is short, and of a width that changes little.
 */

/** What stands where a figure is not known. */
export const UNKNOWN = '–'

const known = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value)

/** Whole numbers with separators: 12,345. */
export const count = (value: number | null | undefined): string =>
  known(value) ? Math.round(value).toLocaleString('en-US') : UNKNOWN

const STEPS = ['', 'k', 'M', 'G', 'T', 'P']

/** Three digits that count, with a letter for thousands: 12.3k. */
export function short(value: number | null | undefined): string {
  if (!known(value)) return UNKNOWN
  let [rest, step] = [Math.abs(value), 0]
  while (rest >= 999.5 && step < STEPS.length - 1) {
    rest /= 1_000
    step += 1
  }
  const text = step === 0 && Number.isInteger(rest) ? String(rest) : digits(rest)
  return `${value < 0 ? '-' : ''}${text}${STEPS[step] ?? ''}`
}

/** Three digits that count. */
function digits(value: number): string {
  if (value === 0) return '0'
  if (value < 10) return value.toFixed(2)
  return value < 100 ? value.toFixed(1) : value.toFixed(0)
}

/** In a second: 12.3k/s. */
export const rate = (value: number | null | undefined): string =>
  known(value) ? `${short(value < 0.005 ? 0 : value)}/s` : UNKNOWN

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** Bytes in steps of 1,024: 1.50 MiB. */
export function bytes(value: number | null | undefined): string {
  if (!known(value)) return UNKNOWN
  let [rest, step] = [Math.abs(value), 0]
  while (rest >= 1_023.5 && step < UNITS.length - 1) {
    rest /= 1_024
    step += 1
  }
  const text = step === 0 ? String(Math.round(rest)) : digits(rest)
  return `${value < 0 ? '-' : ''}${text} ${UNITS[step] ?? ''}`
}

/** Bytes in a second. */
export const byteRate = (value: number | null | undefined): string =>
  known(value) ? `${bytes(value)}/s` : UNKNOWN

/** A share of one as percent: 12.3 %. */
export const percent = (value: number | null | undefined): string =>
  known(value) ? `${(value * 100).toFixed(value > 0 && value < 0.0995 ? 1 : 0)} %` : UNKNOWN

/** How long, as nodes say it, too: 3.20 ms, 4.5 s, 2 m 05 s, 3 h 07 m, 4 d 02 h. */
export function duration(valueMs: number | null | undefined): string {
  if (!known(valueMs)) return UNKNOWN
  if (valueMs < 0) return `-${duration(-valueMs)}`
  if (valueMs < 0.0005) return '0 ms'
  if (valueMs < 1) return `${(valueMs * 1_000).toFixed(0)} µs`
  if (valueMs < 999.5) return `${digits(valueMs)} ms`
  if (valueMs < 59_950) return `${(valueMs / 1_000).toFixed(1)} s`
  const seconds = Math.round(valueMs / 1_000)
  if (seconds < 3_600) return pair(seconds, 60, ['m', 's'])
  const minutes = Math.floor(seconds / 60)
  return minutes < 1_440
    ? pair(minutes, 60, ['h', 'm'])
    : pair(Math.floor(minutes / 60), 24, ['d', 'h'])
}

const pair = (value: number, size: number, units: readonly [string, string]): string =>
  `${Math.floor(value / size)} ${units[0]} ${String(value % size).padStart(2, '0')} ${units[1]}`

/** How long ago, to the second. */
export const ago = (pastMs: number): string =>
  pastMs < 1_000
    ? 'now'
    : `${duration(Math.floor(pastMs / 1_000) * 1_000).replace('.0 s', ' s')} ago`

const two = (value: number): string => String(value).padStart(2, '0')

/** Wall clock, to the second, in the viewer's zone: 14:03:07. */
export function clockTime(timeMs: number | null | undefined): string {
  if (!known(timeMs)) return UNKNOWN
  const date = new Date(timeMs)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** Wall clock to the millisecond. */
export const exactTime = (timeMs: number | null | undefined): string =>
  known(timeMs)
    ? `${clockTime(timeMs)}.${String(Math.floor(timeMs) % 1_000).padStart(3, '0')}`
    : UNKNOWN

/** Day and wall clock: 2026-11-22 14:03:07. */
export function dateTime(timeMs: number | null | undefined): string {
  if (!known(timeMs)) return UNKNOWN
  const date = new Date(timeMs)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${clockTime(timeMs)}`
}

/** Any value that came as JSON, as a text of one line. */
export function value(given: unknown): string {
  if (given === undefined) return UNKNOWN
  return typeof given === 'string' ? given : (JSON.stringify(given) ?? UNKNOWN)
}
