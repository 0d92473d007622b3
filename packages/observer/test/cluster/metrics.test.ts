/** cluster/metrics: what a node tells of its metrics, sound or not, and for narrow eyes. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MetricsSheet } from 'troupe'
import { readAddress } from '#observer/ask/asked'
import { misfit } from '#observer/cluster/foreign'
import { METRICS } from '#observer/cluster/shapes'
import { surfacesOf } from '#observer/contract/options'
import { narrowedAnswer } from '#observer/hub/narrow'
import { Teller } from '#observer/hub/teller'
import { viewOf } from '#observer/hub/view'
import { VIEW } from '#test/hub/kit'
import { metricsOf } from '#test/page/metric-fixtures'
import { farNodes } from './far-kit.js'

const SOUND = metricsOf('b@x', new URLSearchParams({ points: '3' }), 1_700_000_000_000)

/** The same with something else in the first series of the first metric, or in the sheet. */
const odd = (series: object, sheet: object = {}): unknown => {
  const [metric, ...rest] = SOUND.metrics
  const [first, ...others] = metric?.series ?? []
  const mixed = { ...metric, series: [{ ...first, ...series }, ...others] }
  return { ...SOUND, metrics: [mixed, ...rest], ...sheet }
}

const typed = (type: string): unknown => ({
  ...SOUND,
  metrics: SOUND.metrics.map((metric) => ({ ...metric, type })),
})

async function told(answer: unknown, path = '/nodes/b@x/metrics?limit=5'): Promise<unknown> {
  const { verbs, watch, clock } = farNodes(['a@x', 'b@x'], ({ request }) =>
    request === 'metrics' ? answer : undefined,
  )
  const teller = new Teller({
    ...{ verbs, sheet: (sees) => watch.sheet(sees), nodes: () => watch.nodes() },
    audit: () => [],
  })
  return clock.until(teller.tell(readAddress(path), VIEW))
}

describe('metrics of a node', () => {
  it('are told as they are, numbers that JSON has not as words', async () => {
    assert.deepEqual(await told(SOUND), JSON.parse(JSON.stringify(SOUND)))
  })

  it('that are no metrics are refused as a whole, with the place', async () => {
    for (const [answer, place] of [
      [7, /is no object/],
      [odd({ value: '9' }), /metrics\[0\]\.series\[0\]\.value is no number/],
      [odd({ labels: [['a', 7]] }), /labels\[0\]\[1\] is no text/],
      [odd({ labels: [['a', 'b', 'c']] }), /labels\[0\] is longer than 2/],
      [odd({ labels: { a: 'b' } }), /labels is no list/],
      [odd({ lines: { value: Array(10_000).fill(1) } }), /lines\.value is longer than 720/],
      [odd({ lines: { value: ['x'] } }), /is no number/],
      [odd({}, { groups: Array(501).fill(SOUND.groups[0]) }), /groups is longer than 500/],
      [odd({}, { history: {} }), /history\.stepMs is no number/],
      [odd({}, { state: 'well' }), /state is no such word/],
      [odd({ labels: [['a']] }), /labels\[0\] is shorter than 2/],
      [odd({ ranges: [[]] }), /ranges\[0\] is shorter than 2/],
      [typed('untyped'), /metrics\[0\]\.type is no such word/],
      [typed('__proto__'), /metrics\[0\]\.type is no such word/],
    ] as const) {
      await assert.rejects(told(answer), place)
    }
    for (const word of ['NaN', '+Inf', '-Inf']) {
      assert.equal(misfit(odd({ value: word }), METRICS, 'it'), undefined)
    }
  })

  it('are asked for by fields that are known', async () => {
    const whole = '/nodes/b@x/metrics?search=a&group=b&name=c&limit=5&series=1&lastMs=9&points=0'
    assert.equal(((await told(SOUND, whole)) as MetricsSheet).state, 'kept')
    assert.throws(() => readAddress('/nodes/b@x/metrics?labels=a'), /labels/)
  })
})

describe('metrics for a surface that shows some nodes', () => {
  const [surface] = surfacesOf({ name: 'narrow', nodes: ['b@*'] })
  const view = viewOf(surface as NonNullable<typeof surface>, ['inspect'])
  const [of] = SOUND.metrics[1]?.series ?? []
  const about = (node: string) => ({ ...of, labels: [['remote_node', node]] })
  const narrowed = (series: readonly unknown[]) => {
    const metric = { ...SOUND.metrics[1], series, seriesTotal: 9 }
    const sheet = narrowedAnswer('metrics', { ...SOUND, metrics: [metric] }, view) as MetricsSheet
    return sheet.metrics[0]
  }

  it('are those about its nodes, and no sum tells of the others', () => {
    const told = narrowed([about('b@x'), about('secret@x')])
    assert.ok(!JSON.stringify(told).includes('secret'))
    assert.deepEqual([told?.seriesTotal, told?.series.length, told?.all], [1, 1, undefined])
  })

  it('have no sum where no series says whom it is about', () => {
    assert.deepEqual([narrowed([])?.all, narrowed([])?.seriesTotal], [undefined, 0])
  })

  it('are whole where they are about no other node', () => {
    const told = narrowed(SOUND.metrics[1]?.series ?? [])
    assert.deepEqual([told?.seriesTotal, told?.all], [9, SOUND.metrics[1]?.all])
  })
})
