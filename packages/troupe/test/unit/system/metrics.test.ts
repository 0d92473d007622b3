/**
 * What is measured on a node: the process `system` asks whoever keeps metrics there, if anybody
 * does, and passes on nothing of what cannot be asked.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  METRICS_PROCESS,
  METRICS_PROTOCOL,
  type MetricsSheet,
  type MetricsTold,
  type MetricsWish,
  metricsSource,
  protocol,
  request,
} from 'troupe'
import { aloneStage, codeOf } from './system-kit.js'

const TOLD: MetricsTold = {
  ...{ readMs: 7, groups: [{ name: 'shop', own: true, metrics: 1 }], groupsTotal: 1 },
  ...{ metrics: [], metricsTotal: 1, seriesTotal: 3, unread: 2 },
  history: { stepMs: 10_000, untilMs: 5, kept: 3, leftOut: 1 },
}

const Source = protocol(METRICS_PROTOCOL, {
  metricsSheet: metricsSource.messages.metricsSheet,
})

/** Keeps metrics, and what it was asked. */
const sourceOf = (answer: () => MetricsTold | Promise<MetricsTold>) => {
  const wishes: MetricsWish[] = []
  const source = actor(Source, {
    on: {
      metricsSheet: (_state, wish) => {
        wishes.push(wish)
        return answer()
      },
    },
  })
  return { source, wishes }
}

const WHOLE = { limit: 50, series: 5, lastMs: 3_600_000, points: 60 }

describe('the question for metrics', () => {
  it('is answered with what the process that keeps them tells', async () => {
    await aloneStage(async ({ b, settle, askSelf }) => {
      const { source, wishes } = sourceOf(() => TOLD)
      await settle(b.spawn(source, { name: METRICS_PROCESS }))
      const sheet = (await askSelf('metrics', { search: 'shop', limit: 7 })) as MetricsSheet
      const { timeMs, ...rest } = sheet
      assert.ok(timeMs > 0)
      assert.deepEqual(rest, { ...TOLD, node: 'b@stage', state: 'kept' })
      const open = { search: 'shop', group: undefined, name: undefined }
      assert.deepEqual(wishes, [{ ...WHOLE, ...open, limit: 7 }])
    })
  })

  it('says that nobody keeps any, also where something else has the name', async () => {
    await aloneStage(async ({ b, settle, askSelf }) => {
      const before = (await askSelf('metrics')) as MetricsSheet
      assert.equal(before.state, 'none')
      assert.deepEqual([before.metrics, before.groups], [[], []])
      const heard: MetricsWish[] = []
      const Other = protocol('of-a-user', { metricsSheet: request<MetricsWish, number>() })
      const other = actor(Other, { on: { metricsSheet: (_state, wish) => heard.push(wish) } })
      await settle(b.spawn(other, { name: METRICS_PROCESS }))
      assert.equal(((await askSelf('metrics')) as MetricsSheet).state, 'none')
      assert.deepEqual(heard, [])
    })
  })

  it('says that it is silent where it does not answer, or answers with an error', async () => {
    await aloneStage(async ({ b, clock, settle, askSelf }) => {
      const { source } = sourceOf(() => new Promise<never>(() => {}))
      const silent = await settle(b.spawn(source, { name: METRICS_PROCESS }))
      const beganMs = clock.nowMs()
      const sheet = (await askSelf('metrics')) as MetricsSheet
      assert.equal(sheet.state, 'silent')
      assert.ok(clock.nowMs() - beganMs < 4_000, 'an Observer waits no longer')
      b.kill(silent)
      await settle(b.ended(silent))
      assert.equal(((await askSelf('metrics')) as MetricsSheet).state, 'none')
      const failing = sourceOf(() => Promise.reject(new RangeError('no')))
      await settle(b.spawn(failing.source, { name: METRICS_PROCESS }))
      assert.equal(((await askSelf('metrics')) as MetricsSheet).state, 'silent')
    })
  })

  it('is refused when it cannot be asked so, and reaches nobody', async () => {
    await aloneStage(async ({ b, settle, askSelf }) => {
      const { source, wishes } = sourceOf(() => TOLD)
      await settle(b.spawn(source, { name: METRICS_PROCESS }))
      for (const given of [
        ...[{ limit: 0 }, { limit: 501 }, { series: 101 }, { series: -1 }, { points: 361 }],
        ...[{ lastMs: 0 }, { lastMs: 3_600_001 }, { search: 7 }, { name: 'x'.repeat(256) }],
        ...[{ names: 'x' }, [], 'all'],
      ]) {
        assert.equal(await codeOf(askSelf('metrics', given)), 'OPTION_INVALID')
      }
      assert.deepEqual(wishes, [])
    })
  })

  it('counts as a scan', async () => {
    await aloneStage(
      async ({ askSelf }) => {
        for (let i = 0; i < 2; i += 1) await askSelf('metrics')
        assert.equal(await codeOf(askSelf('metrics')), 'INSPECTION_LIMITED')
      },
      { perSecondMax: 5 },
    )
  })
})
