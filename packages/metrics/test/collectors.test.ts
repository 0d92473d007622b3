/**
 * metrics/test/collectors: what users let a page collect: it throws, never ends, or comes too late,
 * and the page is written all the same.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Gauge, metrics, Registry } from '@troupe/metrics'
import { COLLECT_MS, READ_MS } from '#metrics/own/additions'
import { additionsStage } from '#test/additions-kit'
import { onNode } from '#test/stage'

const gauge = (registry: Registry, name: string, collect?: () => unknown): Gauge =>
  new Gauge({
    ...{ name, help: 'Of a test.', registers: [registry] },
    ...(collect === undefined ? {} : { collect: collect as () => void }),
  })

describe('a metric that collects by itself', () => {
  it('and never ends is left out, by its name; the others are there', async () => {
    const registry = new Registry()
    let begun = 0
    gauge(registry, 'hangs', () => {
      begun += 1
      return new Promise(() => {})
    })
    gauge(registry, 'well').set(7)
    const { text, clock, additions, failed } = additionsStage(registry)
    assert.ok((await text()).includes('well{node="n"} 7'))
    assert.ok(clock.nowMs() <= READ_MS)
    for (let round = 0; round < 50; round += 1) {
      const page = await text()
      assert.ok(page.includes('well{node="n"} 7') && !page.includes('hangs'))
    }
    assert.equal(begun, 1)
    assert.deepEqual(failed.slice(0, 2), ['metric hangs: late', 'metric hangs: waiting'])
    const counts = additions.collectors.failed.get('metric hangs')
    assert.deepEqual(counts, { threw: 0, late: 1, waiting: 50 })
    assert.deepEqual([...additions.collectors.waiting], ['metric hangs'])
  })

  it('and throws is left out, at once or later', async () => {
    const registry = new Registry()
    gauge(registry, 'at_once', () => assert.fail('no'))
    gauge(registry, 'later', async () => assert.fail('no'))
    gauge(registry, 'well').set(7)
    const { text, failed } = additionsStage(registry)
    assert.ok((await text()).includes('well{node="n"} 7'))
    assert.deepEqual(failed, ['metric at_once: threw', 'metric later: threw'])
  })

  it('and comes late is there again on the page after', async () => {
    const registry = new Registry()
    let release: (() => void) | undefined
    const slow = gauge(registry, 'slow', () => {
      if (release !== undefined) return undefined
      return new Promise<void>((resolve) => {
        release = resolve
      })
    })
    slow.set(3)
    const { text, additions } = additionsStage(registry)
    assert.ok(!(await text()).includes('slow'))
    release?.()
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(additions.collectors.waiting.size, 0)
    assert.ok((await text()).includes('slow{node="n"} 3'))
  })

  it('keeps the labels that its registry gives to all', async () => {
    const registry = new Registry()
    registry.setDefaultLabels({ zone: 'a', node: 'never' })
    gauge(registry, 'well').set(1)
    assert.ok((await additionsStage(registry).text()).includes('well{zone="a",node="n"} 1'))
  })
})

describe('what runs before a page', () => {
  it('has an end, and is not begun again before it has ended', async () => {
    let begun = 0
    const hang = (): Promise<never> => {
      begun += 1
      return new Promise(() => {})
    }
    const { text, clock, failed } = additionsStage(new Registry(), { 'options.collect': hang })
    await text()
    assert.ok(clock.nowMs() <= COLLECT_MS)
    await text()
    assert.equal(begun, 1)
    assert.deepEqual(failed, ['options.collect: late', 'options.collect: waiting'])
  })
})

describe('the page of a node whose user collects badly', () => {
  it('is served, and says which one', async () => {
    const collect = (registry: Registry): void => {
      if (registry.getSingleMetric('throws') === undefined) {
        gauge(registry, 'throws', () => assert.fail('no'))
      }
    }
    await onNode([metrics({ port: 0, collect })], async ({ get }) => {
      const { status, body } = await get('/metrics')
      assert.equal(status, 200)
      const labels = 'node="metrics@localhost",collector="metric throws",cause="threw"'
      assert.ok(body.includes(`troupe_metrics_collect_failed_total{${labels}} 1\n`))
      assert.ok(body.includes('troupe_processes{'))
    })
  })
})
