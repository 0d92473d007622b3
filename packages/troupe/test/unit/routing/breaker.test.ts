/**
 * The circuit breaker, as a list of what happens to it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  type Breaker,
  type BreakerInput,
  breakerAfter,
  CLOSED,
  mayProbe,
  opensInMs,
} from '#cluster/routing/breaker'

const OPTIONS = { failures: 3, openMs: 100, openMaxMs: 350 }

/** What it is after each input; a number is time that passes. */
function story(inputs: readonly (BreakerInput | number)[]): string[] {
  let nowMs = 1_000
  let breaker: Breaker = CLOSED
  return inputs.map((input) => {
    if (typeof input === 'number') nowMs += input
    else breaker = breakerAfter(breaker, input, nowMs, OPTIONS)
    const wait = breaker.state === 'open' ? ` ${opensInMs(breaker, nowMs)}` : ''
    return `${breaker.state} ${breaker.failures}${wait}`
  })
}

describe('a breaker', () => {
  it('opens after so many failures in a row, and an answer between counts from the start', () => {
    assert.deepEqual(story(['failed', 'failed', 'answered', 'failed', 'failed', 'failed']), [
      'closed 1',
      'closed 2',
      'closed 0',
      'closed 1',
      'closed 2',
      'open 3 100',
    ])
  })

  it('lets one probe through after its time, and is open twice as long if that fails', () => {
    const opened = ['failed', 'failed', 'failed'] as const
    assert.deepEqual(
      story([...opened, 'probe', 100, 'probe', 'probe-failed', 200, 'probe', 'probe-failed']).slice(
        3,
      ),
      [
        'open 3 100',
        'open 3 0',
        'half-open 3',
        'open 4 200',
        'open 4 0',
        'half-open 4',
        'open 5 350',
      ],
    )
    assert.deepEqual(story([...opened, 100, 'probe', 'probe-answered']).slice(4), [
      'half-open 3',
      'closed 0',
    ])
  })

  it('asks for another probe at once when one was given up by its caller', () => {
    const given = story(['failed', 'failed', 'failed', 100, 'probe', 'probe-abandoned'])
    assert.equal(given.at(-1), 'open 3 0')
  })

  it('is moved by its probe alone once it has opened', () => {
    const late = story([
      'failed',
      'failed',
      'failed',
      'answered',
      100,
      'probe',
      'answered',
      'failed',
    ])
    assert.deepEqual(late.slice(3), [
      'open 3 100',
      'open 3 0',
      'half-open 3',
      'half-open 3',
      'half-open 4',
    ])
  })

  it('is not moved by a probe that it has outlived: its node has come anew meanwhile', () => {
    for (const late of ['probe-answered', 'probe-failed', 'probe-abandoned'] as const) {
      assert.deepEqual(breakerAfter(CLOSED, late, 1_000, OPTIONS), CLOSED, late)
      const opened = ['failed', 'failed', 'failed'] as const
      assert.deepEqual(story([late, ...opened, late, 100, 'probe', 'probe-failed']).slice(3), [
        'open 3 100',
        'open 3 100',
        'open 3 0',
        'half-open 3',
        'open 4 200',
      ])
    }
  })

  it('never has two probes on their way, whatever happens', () => {
    const inputs: readonly BreakerInput[] = ['answered', 'failed', 'probe', 'probe-answered']
    const more: readonly BreakerInput[] = ['probe-failed', 'probe-abandoned']
    const step = fc.oneof(
      fc.constantFrom(...inputs, ...more),
      fc.integer({ min: 0, max: 400 }).map((ms) => ms),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let nowMs = 0
        let breaker: Breaker = CLOSED
        let probes = 0
        for (const one of steps) {
          if (typeof one === 'number') {
            nowMs += one
            continue
          }
          if (one === 'probe') {
            if (!mayProbe(breaker, nowMs)) continue
            probes += 1
          } else if (one.startsWith('probe-')) {
            if (probes === 0) continue
            probes -= 1
          }
          breaker = breakerAfter(breaker, one, nowMs, OPTIONS)
          assert.ok(probes <= 1)
          assert.equal(breaker.state === 'half-open', probes === 1)
          assert.ok(opensInMs(breaker, nowMs) <= OPTIONS.openMaxMs)
        }
      }),
    )
  })
})
