/**
 * A detector by connections: who is asked, how often, and what watchers are told.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import { seededRandom } from '#base/random'
import { connectionDetector } from '#cluster/membership/connection-detector'
import type { LoopAnswer } from '#cluster/membership/pulse'
import type { DetectorFinding } from '#contract'
import { routeOf } from './membership-kit.js'

const LIMITS = { askMs: 1_000, answerMs: 500, missedMax: 3 }

function stage() {
  const clock = virtualClock()
  const asked: string[] = []
  const deaf = new Set<string>()
  const failures: string[] = []
  const open = { now: 0, most: 0 }
  const ask = (node: string): Promise<LoopAnswer> => {
    asked.push(`${node} ${clock.nowMs().toFixed(0)}`)
    open.now += 1
    open.most = Math.max(open.most, open.now)
    return new Promise((resolve) => {
      clock.after(deaf.has(node) ? LIMITS.answerMs - 1 : 10, () => {
        open.now -= 1
        // A deaf one never settles at all.
        if (!deaf.has(node)) resolve({ creation: 1, roundTripMs: 10, loopDelayMs: 0 })
      })
    })
  }
  const detector = connectionDetector({
    ...{ clock, random: seededRandom(9), ask, limits: LIMITS },
    failed: (problem) => void failures.push(problem),
  })
  const watch = (node: string) => {
    const found: string[] = []
    const unwatch = detector.watch(routeOf(node), ({ kind }: DetectorFinding) => {
      found.push(kind)
    })
    return { found, unwatch }
  }
  const up = (node: string, creation = 1): void =>
    detector.noticed({ kind: 'node-up', node, creation })
  return { clock, asked, deaf, failures, open, detector, watch, up }
}

const B = 'b@host'

describe('a detector by connections', () => {
  it('finds nothing of a node without a connection, and asks nobody', async () => {
    const { clock, asked, watch } = stage()
    const { found } = watch(B)
    await clock.advance(10_000)
    assert.deepEqual([found, asked], [[], []])
  })

  it('tells every watcher, the late one what is known, never within its call', async () => {
    const { clock, watch, up, detector } = stage()
    const first = watch(B)
    up(B)
    await clock.advance(20)
    const late = watch(B)
    assert.deepEqual(late.found, [])
    await clock.settle()
    assert.deepEqual(late.found, ['connected', 'responding'])
    assert.deepEqual(first.found, ['connected', 'responding'])
    detector.noticed({ kind: 'node-down', node: B, creation: 1, reason: 'cut' })
    assert.equal(first.found.at(-1), 'gone')
    assert.equal(late.found.at(-1), 'gone')
  })

  it('tells connected first to whoever comes in the turn in which it falls silent', async () => {
    const { clock, watch, up, detector } = stage()
    up(B)
    const { found } = watch(B)
    detector.noticed({ kind: 'node-suspect', node: B, reason: 'silent' })
    await clock.settle()
    assert.deepEqual(found, ['connected', 'suspect'])
  })

  it('tells nothing after a watch has ended, and goes on for the others', async () => {
    const { clock, watch, up, detector, asked } = stage()
    const [one, other] = [watch(B), watch(B)]
    up(B)
    one.unwatch()
    one.unwatch()
    await clock.advance(20)
    assert.deepEqual(one.found, ['connected'])
    assert.deepEqual(other.found, ['connected', 'responding'])
    other.unwatch()
    const count = asked.length
    await clock.advance(60_000)
    detector.noticed({ kind: 'node-down', node: B, creation: 1, reason: 'cut' })
    assert.equal(asked.length, count)
    assert.deepEqual(other.found, ['connected', 'responding'])
  })

  it('goes on for the others when one throws', () => {
    const { detector, failures, watch, up } = stage()
    detector.watch(routeOf(B), () => {
      throw new Error('a fault of the watcher')
    })
    const { found } = watch(B)
    up(B)
    assert.deepEqual(found, ['connected'])
    assert.equal(failures.length, 1)
  })

  it('takes a question that never ends for a failure, three of them for unresponsive', async () => {
    const { clock, watch, up, deaf } = stage()
    deaf.add(B)
    const { found } = watch(B)
    up(B)
    await clock.advance(5_000)
    assert.deepEqual(found, ['connected', 'unresponsive'])
    deaf.clear()
    await clock.advance(2_000)
    assert.equal(found.at(-1), 'responding')
  })

  it('asks at once after a silence, and not while it lasts', async () => {
    const { clock, watch, up, detector, asked } = stage()
    watch(B)
    up(B)
    await clock.advance(100)
    detector.noticed({ kind: 'node-suspect', node: B, reason: 'silent' })
    const count = asked.length
    await clock.advance(10_000)
    assert.equal(asked.length, count)
    detector.noticed({ kind: 'node-well', node: B })
    await clock.settle()
    assert.equal(asked.length, count + 1)
  })

  it('asks a hundred nodes with some at a time, and spreads what follows', async () => {
    const { clock, watch, up, asked, open } = stage()
    for (let i = 0; i < 100; i += 1) {
      watch(`n${i}@host`)
      up(`n${i}@host`)
    }
    await clock.advance(100)
    assert.equal(open.most, 64)
    assert.equal(asked.length, 100)
    await clock.advance(1_400)
    const times = asked.slice(100).map((line) => line.split(' ')[1])
    assert.ok(new Set(times).size > 60, 'not in one turn')
  })

  it('lets a hundred deaf nodes delay no question to one that answers', async () => {
    const { clock, watch, up, asked, deaf } = stage()
    for (let i = 0; i < 100; i += 1) {
      deaf.add(`n${i}@host`)
      watch(`n${i}@host`)
      up(`n${i}@host`)
    }
    // At first nobody is known to be deaf.
    await clock.advance(2_000)
    watch(B)
    up(B)
    await clock.advance(60_000)
    const times = asked
      .filter((line) => line.startsWith(B))
      .map((line) => Number(line.split(' ')[1]))
    const pauses = times.slice(1).map((time, i) => time - (times[i] as number))
    assert.ok(times.length >= 45, `${times.length} questions`)
    assert.ok(Math.max(...pauses) <= 1_000 * 1.25 + 11)
  })
})
