/**
 * unit/top-view: the screen of top: what happened between two looks.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plain } from '#terminal/paint'
import { columnsOf } from '#terminal/width'
import { ordered, type TopSample, topRows, topScreen } from '#view/top-view'

const wide = { width: 200, paint: plain }

const row = (id: number, messagesIn: number, runningMs: number, mailbox = 0) => ({
  pid: { node: 'n@h', id },
  ...{ name: `p${id}`, behaviour: 'worker', application: 'shop', state: 'idle', mailbox },
  ...{ oldestWaitMs: 5, messagesIn, messagesOut: 0, runningMs, uptimeMs: 10_000 },
})

const sample = (timeMs: number, handled: number, rows: readonly ReturnType<typeof row>[]) =>
  ({
    ...{ timeMs, rows, total: rows.length },
    node: {
      ...{ name: 'n@h', uptimeMs: timeMs, processes: 41, applications: ['shop'], version: '0.1.0' },
      ...{ handled, droppedAll: 2, waiting: 3, heapUsedBytes: 5_000_000, rssBytes: 80_000_000 },
      ...{ loopDelayMs: 0.2, utilisation: 0.25 },
    },
  }) satisfies TopSample

describe('a look at a node', () => {
  it('tells what happened in a second since the look before', () => {
    const before = sample(10_000, 1_000, [row(1, 100, 10)])
    const now = sample(12_000, 3_000, [row(1, 300, 510)])
    const [first] = topRows(now, before)
    equal(first?.inPerSecond, 100)
    equal(first?.runningShare, 0.25)
    ok(topScreen(now, before, { order: 'in', height: 24 }, wide)[1]?.includes('1,000 messages/s'))
  })

  it('without one before tells the mean since the spawn', () => {
    const [first] = topRows(sample(10_000, 0, [row(1, 100, 1_000)]), undefined)
    equal(first?.inPerSecond, 10)
    equal(first?.runningShare, 0.1)
  })

  it('never tells less than nothing of a process that took the number of another', () => {
    const [first] = topRows(sample(12_000, 0, [row(1, 5, 1)]), sample(10_000, 0, [row(1, 100, 10)]))
    equal(first?.inPerSecond, 0)
    equal(first?.runningShare, 0)
  })

  it('puts the busiest first, and of equals the older', () => {
    const rows = topRows(sample(1_000, 0, [row(3, 0, 0, 9), row(2, 0, 0), row(1, 0, 0)]), undefined)
    deepEqual(
      ordered(rows, 'mailbox').map(({ pid }) => pid.id),
      [3, 1, 2],
    )
  })

  it('is never higher or wider than the window', () => {
    const rows = Array.from({ length: 100 }, (_, at) => row(at, at, at))
    for (const [height, width] of [
      [24, 80],
      [5, 60],
      [3, 70],
    ] as const) {
      const layout = { width, paint: plain }
      const lines = topScreen(sample(1_000, 5, rows), undefined, { order: 'in', height }, layout)
      ok(lines.length <= height)
      ok(lines.every((line) => columnsOf(line) <= width))
    }
  })

  it('shows a note in place of the keys', () => {
    const facts = { order: 'in' as const, height: 24, note: 'no answer (1 of 5)' }
    equal(topScreen(sample(1_000, 0, []), undefined, facts, wide).at(-1), 'no answer (1 of 5)')
  })
})
