/**
 * apps/system/why-words: the sentences of an explanation, with their figures.
 *
 * Pure. Names in them are those of programs and of other nodes: each is one line, and cut.
 */
import { printable } from '#contract'
import { NAME_CHARS_MAX } from './limits.js'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** A time as people read it: `350 ms`, `4.0 s`, `2 m 05 s`, `3 h 10 m`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return 'for ever'
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(1)} s`
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} m ${rest(ms, MINUTE_MS, SECOND_MS)} s`
  return `${Math.floor(ms / HOUR_MS)} h ${rest(ms, HOUR_MS, MINUTE_MS)} m`
}

const rest = (ms: number, whole: number, unit: number): string =>
  String(Math.floor((ms % whole) / unit)).padStart(2, '0')

/** `1 message waits`, `7 messages wait`. */
export const waiting = (count: number): string =>
  count === 1 ? '1 message waits' : `${count} messages wait`

export const failures = (count: number): string => (count === 1 ? '1 failure' : `${count} failures`)

export const percent = (share: number): string => `${Math.round(share * 100)} %`

/** A name in a sentence. */
export const word = (text: string): string => printable(text, NAME_CHARS_MAX)
