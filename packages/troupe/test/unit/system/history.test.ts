/**
 * The last hour of a node: the ring against a plain list, and the lines as a node tells them.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  HISTORY_SERIES,
  type HistoryQuestion,
  type HistorySheet,
  message,
  protocol,
} from 'troupe'
import { HISTORY_STEP_MS, History, type HistoryPoint, POINTS_MAX } from '#apps/system/history'
import { p99 } from '#apps/system/history-point'
import { seededRandom } from '#base/random'
import { type AloneStage, aloneStage, codeOf, systemStage } from './system-kit.js'

const pointOf = (value: number): HistoryPoint =>
  Object.fromEntries(HISTORY_SERIES.map((name) => [name, value])) as HistoryPoint

/** What the ring must tell, worked out from all points there ever were. */
function expected(
  all: ReadonlyMap<number, number>,
  nowMs: number,
  { slots, points }: { slots: number; points: number },
): readonly (number | null)[] {
  const places = [...all.keys()]
  const [first, last] = [Math.min(...places), Math.max(...places)]
  const upTo = Math.max(last, Math.floor(nowMs / HISTORY_STEP_MS) - 1)
  const oldest = Math.max(first, upTo - slots + 1)
  const each = Math.max(1, Math.ceil((upTo - oldest + 1) / points))
  const groups = new Map<number, number | null>()
  for (let place = oldest; place <= upTo; place += 1) {
    const group = Math.floor(place / each)
    const [value, highest] = [all.get(place) ?? null, groups.get(group) ?? null]
    const isHigher = value !== null && (highest === null || value > highest)
    groups.set(group, isHigher ? value : highest)
  }
  return [...groups.values()].slice(-points)
}

describe('the ring of the history', () => {
  it('tells what a plain list of all points tells', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const random = seededRandom(seed)
      const below = (most: number): number => random.below(most)
      const ring = new History(0)
      const all = new Map<number, number>()
      let place = 0
      for (let count = below(1_600) + 1; count > 0; count -= 1) {
        place += random.unit() < 0.95 ? 1 : 1 + below(seed % 7 === 0 ? 900 : 20)
        const value = below(1_000)
        const nowMs = place * HISTORY_STEP_MS + below(HISTORY_STEP_MS)
        assert.equal(ring.isDue(nowMs), true)
        ring.put(nowMs, pointOf(value))
        assert.equal(ring.isDue(nowMs), false)
        // A second one of the same step changes nothing.
        ring.put(nowMs, pointOf(-1))
        all.set(place, value)
      }
      const nowMs = (place + below(5)) * HISTORY_STEP_MS + below(HISTORY_STEP_MS)
      for (const slots of [1, 1 + below(POINTS_MAX), POINTS_MAX]) {
        for (const points of [1, 1 + below(POINTS_MAX), POINTS_MAX]) {
          const lines = ring.read(nowMs, { series: ['processes'], slots, points })
          const wanted = expected(all, nowMs, { slots, points })
          assert.deepEqual(lines.series.processes, wanted, `seed ${seed} ${slots} ${points}`)
        }
      }
    }
  })

  it('says when its last point began', () => {
    const ring = new History(700)
    for (let place = 1; place <= 12; place += 1) ring.put(700 + place * 5_000, pointOf(place))
    const whole = ring.read(60_800, { series: ['processes'], slots: 720, points: 720 })
    assert.deepEqual([whole.stepMs, whole.lastFromMs], [5_000, 60_700])
    const few = ring.read(60_800, { series: ['processes'], slots: 720, points: 4 })
    assert.deepEqual(few.series.processes, [5, 8, 11, 12])
    assert.deepEqual([few.stepMs, few.lastFromMs], [15_000, 60_700])
  })

  it('works out the highest of ninety-nine of a hundred of what came since', () => {
    const [boundsMs, none] = [[1, 10, 100], { sumMs: 0, maxMs: 0 }]
    const before = { ...none, boundsMs, counts: [0, 0, 50, 0], count: 50 }
    const later = { ...none, boundsMs, counts: [99, 1, 50, 0], count: 150, maxMs: 70 }
    assert.equal(p99(before, later), 1)
    assert.equal(p99(before, { ...later, counts: [98, 2, 50, 0] }), 10)
    assert.equal(p99(before, { ...later, counts: [90, 0, 50, 10], maxMs: 500 }), 500)
    assert.equal(p99(later, later), 0)
  })
})

const Work = protocol('work', { run: message<number>() })

const historyOf = async (stage: AloneStage, given: HistoryQuestion = {}): Promise<HistorySheet> =>
  (await stage.askSelf('history', given)) as HistorySheet

describe('the last hour of a node', () => {
  it('is kept while nobody looks, an hour and no more', () =>
    aloneStage(async (stage) => {
      await stage.pass(7_200_000)
      const { stepMs, series, untilMs, timeMs } = await historyOf(stage)
      assert.equal(stepMs, 5_000)
      assert.ok(timeMs - untilMs < 5_000)
      assert.deepEqual(Object.keys(series), HISTORY_SERIES)
      for (const name of HISTORY_SERIES) {
        assert.equal(series[name]?.length, 720, name)
        assert.ok(
          series[name]?.every((value) => value !== null && Number.isFinite(value)),
          name,
        )
      }
    }))

  it('tells rates as they were', () =>
    aloneStage(async (stage) => {
      const { b } = stage
      const pid = await stage.settle(b.spawn(actor(Work, { on: { run: () => {} } })))
      await stage.pass(10_000)
      for (let i = 0; i < 1_000; i += 1) b.send(pid, 'run', i)
      await stage.pass(5_000)
      await stage.pass(5_000)
      const { series } = await historyOf(stage, { series: ['handledPerSecond', 'processes'] })
      const [, , busy = 0, quiet = 0] = series.handledPerSecond ?? []
      assert.ok(Number(busy) >= 200 && Number(busy) < 202, `${busy}`)
      assert.ok(Number(quiet) < 2, `${quiet}`)
      assert.equal(series.processes?.at(-1), b.info().processes)
      assert.deepEqual(Object.keys(series), ['handledPerSecond', 'processes'])
    }))

  it('tells the highest of the points that it puts together', () =>
    aloneStage(async (stage) => {
      await stage.pass(600_000)
      const { stepMs, series } = await historyOf(stage, { lastMs: 300_000, points: 10 })
      assert.equal(stepMs, 30_000)
      assert.equal(series.processes?.length, 10)
    }))

  it('goes on when the process that keeps it starts anew', () =>
    aloneStage(async (stage) => {
      const { b } = stage
      await stage.pass(60_000)
      const pid = b.whereis('system')
      assert.ok(pid !== undefined)
      b.kill(pid)
      await stage.pass(60_000)
      const { series } = await historyOf(stage, { series: ['waiting'] })
      assert.equal(series.waiting?.length, 24)
      assert.ok(series.waiting?.every((value) => value !== null))
    }))

  it('is refused for lines that there are not, and for more than an hour', () =>
    systemStage(async (stage) => {
      const ask = (given: unknown): Promise<string> =>
        codeOf(stage.askAnything(stage.a, 'history', given))
      assert.equal(await ask({ series: ['nothing'] }), 'OPTION_INVALID')
      assert.equal(await ask({ series: 'processes' }), 'OPTION_INVALID')
      assert.equal(await ask({ series: Array(27).fill('processes') }), 'OPTION_INVALID')
      assert.equal(await ask({ lastMs: 3_600_001 }), 'OPTION_INVALID')
      assert.equal(await ask({ points: 0 }), 'OPTION_INVALID')
      assert.equal(await ask({ points: 721 }), 'OPTION_INVALID')
      assert.equal(await ask({ every: 1 }), 'OPTION_INVALID')
    }))
})
