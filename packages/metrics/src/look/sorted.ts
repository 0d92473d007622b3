/**
 * look/sorted: long lists put in order, in work that stops now and then.
 */
import { QUICK_ITEMS, type Work } from '#metrics/gather/slices'

type Compare<T> = (one: T, other: T) => number

/** Short runs are sorted each by itself, and then merged, two at a time. */
export function* sorted<T>(items: readonly T[], compare: Compare<T>): Work<readonly T[]> {
  let runs: (readonly T[])[] = []
  for (let at = 0; at < items.length; at += QUICK_ITEMS) {
    runs.push(items.slice(at, at + QUICK_ITEMS).sort(compare))
    yield
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = []
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(yield* mergedOf(runs[at] ?? [], runs[at + 1] ?? [], compare))
    }
    runs = merged
  }
  return runs[0] ?? []
}

function* mergedOf<T>(
  ones: readonly T[],
  others: readonly T[],
  compare: Compare<T>,
): Work<readonly T[]> {
  const merged: T[] = []
  let [one, other] = [0, 0]
  while (one < ones.length && other < others.length) {
    const isFirst = compare(ones[one] as T, others[other] as T) <= 0
    merged.push((isFirst ? ones[one] : others[other]) as T)
    if (isFirst) one += 1
    else other += 1
    if (merged.length % QUICK_ITEMS === 0) yield
  }
  for (; one < ones.length; one += 1) merged.push(ones[one] as T)
  for (; other < others.length; other += 1) merged.push(others[other] as T)
  return merged
}
