/**
 * unit/why-view: what is printed of an explanation, and of what is behind a process.
 */
import { deepEqual, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { insightFactsOf, whyFactsOf } from '#connect/insight-reading'
import { plain } from '#terminal/paint'
import { insightLines } from '#view/insight-view'
import { whyLines } from '#view/why-view'

const wide = { width: Number.POSITIVE_INFINITY, paint: plain }
const EVIL = 'red\u001b[31m\u202e\nline'

describe('an explanation', () => {
  it('tells its verdict, then each step with what to do', () => {
    const steps = [
      {
        cause: 'waiting-for-call',
        subject: 'front',
        forMs: 4_000,
        text: 'It waits.',
        remedy: 'See.',
      },
      { cause: 'slow-callee', subject: 'back <1>', forMs: 9_000, text: 'Slow.', remedy: 'Share.' },
    ]
    deepEqual(whyLines(whyFactsOf({ asked: 'front', steps, unknown: undefined }), wide), [
      'front: slow-callee, 9.0 s  back <1>',
      '',
      '1. waiting-for-call  4.0 s',
      '   It waits.',
      '   → See.',
      '',
      '2. slow-callee  9.0 s',
      '   Slow.',
      '   → Share.',
    ])
  })

  it('of a node that tells nonsense is harmless', () => {
    const step = { cause: EVIL, subject: EVIL, node: 1, forMs: 'long', text: EVIL, remedy: EVIL }
    for (const answer of [
      undefined,
      7,
      { steps: 'x' },
      { asked: EVIL, steps: [step, 1], unknown: EVIL },
    ]) {
      for (const line of whyLines(whyFactsOf(answer), wide)) {
        ok(!['\u001b', '\u202e', '\n'].some((mark) => line.includes(mark)), line)
      }
    }
  })
})

describe('what is behind a process', () => {
  it('is told by kind, and nothing where there is nothing', () => {
    deepEqual(insightLines(insightFactsOf(undefined), wide), [])
    const from = { kind: 'pid', node: 'a@b', id: 5, creation: 1 }
    const answer = {
      handling: { message: 'ask', sinceMs: 1_500 },
      handlers: 1,
      calls: [{ to: 'back', request: 'left', waitedMs: 1_400, leftMs: 3_600 }],
      owes: [{ from, to: 'front', request: 'ask', waitedMs: 1_500, leftMs: 1 }],
      timers: [{ kind: 'run', what: 'sweep', leftMs: 2_000, everyMs: 60_000 }],
      rates: [{ message: 'add', count: 20, perSecond: 2, meanMs: 3, maxMs: 12, failed: 0 }],
      watchedForMs: 10_000,
      childWaits: [{ child: 'till', attempt: 3, leftMs: 4_000, reason: 'crash (Error: no)' }],
    }
    deepEqual(insightLines(insightFactsOf(answer), wide), [
      'works on',
      '  ask for 1.5 s',
      'waits for',
      '  back to answer left for 1.4 s, gives up in 3.6 s',
      'owes an answer to',
      '  <a@b.5>: ask, asked 1.5 s ago',
      'timers',
      '  sweep in 2.0 s, every 1m 0s',
      'messages in the last 10 s',
      '  add: 20, 2.0 in a second, mean 3.00 ms, longest 12 ms',
      'to come back',
      '  till in 4.0 s, after 3 in a row: crash (Error: no)',
    ])
  })
})
