/**
 * look/wish: what the process `system` asks for, read with care: any process can send it.
 */
import type { MetricsWish } from 'troupe'

const MOST = Object.freeze({ limit: 500, series: 100, points: 360, lastMs: 3_600_000 })
const TEXT_CHARS_MAX = 255

/** Whatever is not as it should be is as if it had been left open. */
export function readWish(given: unknown): MetricsWish {
  const wish = (typeof given === 'object' && given !== null ? given : {}) as Readonly<
    Record<keyof MetricsWish, unknown>
  >
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' ? value.slice(0, TEXT_CHARS_MAX) : undefined
  const count = (name: keyof typeof MOST, otherwise: number): number => {
    const value = wish[name]
    const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    return isCount ? Math.min(value, MOST[name]) : otherwise
  }
  return {
    ...{ search: text(wish.search), group: text(wish.group), name: text(wish.name) },
    ...{ limit: count('limit', 50), series: count('series', 5), points: count('points', 60) },
    lastMs: count('lastMs', MOST.lastMs),
  }
}
