/**
 * Wishes of a stream go one after the other, and only the loss of the stream ends them.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import type { Answer } from '#page/live/api'
import { ANSWER_MS, Wishes } from '#page/live/wishes'

const GOOD: Answer<unknown> = { kind: 'value', value: undefined }
const refusal = (code: string, status: number): Answer<unknown> => ({
  ...{ kind: 'problem', status },
  problem: { code, message: 'No.', remedy: 'Ask for something else.' },
})

/** A server that answers when it is told to, and what the page hears of it. */
function wishing() {
  const clock = virtualClock()
  const sent: (readonly string[])[] = []
  const answers: ((answer: Answer<unknown>) => void)[] = []
  const heard: string[] = []
  const wanted = { subjects: ['/cluster'] as readonly string[] }
  const wishes = new Wishes({
    wish: () => ({ subjects: wanted.subjects }),
    send: ({ subjects }) => {
      sent.push(subjects)
      return new Promise((answer) => answers.push(answer))
    },
    good: () => heard.push('good'),
    refused: (subjects, { code }) => heard.push(`${code} ${subjects.join(' ')}`),
    lost: () => heard.push('lost'),
    after: (delayMs, run) => {
      const cancel = clock.after(delayMs, run)
      return () => cancel()
    },
    chance: () => 1,
  })
  const want = (...subjects: readonly string[]): void => {
    wanted.subjects = subjects
    wishes.tell()
  }
  const answer = async (given: Answer<unknown>): Promise<void> => {
    answers.shift()?.(given)
    await clock.settle()
  }
  return { clock, wishes, want, answer, sent, heard, open: () => answers.length }
}

describe('a wish', () => {
  it('waits for the answer to the one before, and only the last of them is sent', async () => {
    const { want, answer, sent, open } = wishing()
    want('/a')
    want('/b')
    want('/c')
    deepEqual([sent, open()], [[['/a']], 1])
    await answer(GOOD)
    deepEqual([sent, open()], [[['/a'], ['/c']], 1])
    await answer(GOOD)
    equal(open(), 0)
  })

  it('that was one too many waits as long as the server says', async () => {
    const { clock, wishes, want, answer, sent } = wishing()
    want('/a')
    want('/b')
    await answer({ ...refusal('VIEWER_LIMITED', 429), retryMs: 4_000 } as Answer<unknown>)
    deepEqual(sent, [['/a']])
    await clock.advance(3_999)
    deepEqual(sent, [['/a']])
    await clock.advance(1)
    deepEqual(sent, [['/a'], ['/b']])
    wishes.end()
  })

  it('that is refused is tried again more and more slowly, and the stream stays', async () => {
    const { clock, want, answer, sent, heard } = wishing()
    want('/a')
    await answer(GOOD)
    want('/a', '/b')
    for (const waitMs of [500, 1_000, 2_000]) {
      await answer(refusal('SUBJECTS_LIMITED', 429))
      const before = sent.length
      await clock.advance(waitMs - 1)
      equal(sent.length, before)
      await clock.advance(1)
      equal(sent.length, before + 1)
    }
    await answer(GOOD)
    // What is told already is not said to be refused.
    const limited = 'SUBJECTS_LIMITED /b'
    deepEqual(heard, ['good', limited, limited, limited, 'good'])
  })

  it('that is refused makes way at once for another', async () => {
    const { clock, want, answer, sent } = wishing()
    want('/a')
    await answer(refusal('SUBJECTS_LIMITED', 429))
    want('/b')
    deepEqual(sent, [['/a'], ['/b']])
    await answer(GOOD)
    await clock.advance(60_000)
    equal(sent.length, 2)
  })

  for (const [code, status] of [
    ['STREAM_UNKNOWN', 404],
    ['CSRF_REFUSED', 403],
    ['LOGIN_NEEDED', 401],
    ['UNREACHABLE', 0],
  ] as const) {
    it(`loses the stream where it is refused with ${code}`, async () => {
      const { want, answer, sent, heard } = wishing()
      want('/a')
      await answer(refusal(code, status))
      want('/b')
      deepEqual([heard, sent], [['lost'], [['/a']]])
    })
  }

  for (const [code, status] of [
    ['NODE_HIDDEN', 403],
    ['OPTION_INVALID', 400],
    ['OBSERVER_STARTING', 503],
  ] as const) {
    it(`keeps the stream where it is refused with ${code}`, async () => {
      const { want, answer, heard } = wishing()
      want('/a')
      await answer(refusal(code, status))
      deepEqual(heard, [`${code} /a`])
    })
  }

  it('that is never answered loses the stream, once', async () => {
    const { clock, want, answer, heard } = wishing()
    want('/a')
    await clock.advance(ANSWER_MS)
    await answer(GOOD)
    deepEqual(heard, ['lost'])
  })

  it('of a stream that is gone is neither sent nor heard', async () => {
    const { clock, wishes, want, answer, sent, heard } = wishing()
    want('/a')
    wishes.end()
    want('/b')
    await answer(GOOD)
    await clock.advance(60_000)
    deepEqual([sent, heard], [[['/a']], []])
  })

  it('tells of what something may come: what is told, and what was asked for', async () => {
    const { wishes, want, answer } = wishing()
    want('/a')
    equal(wishes.mayTell('/a'), true)
    await answer(GOOD)
    want('/b')
    deepEqual([wishes.mayTell('/a'), wishes.mayTell('/b')], [true, true])
    await answer(GOOD)
    deepEqual([wishes.mayTell('/a'), wishes.mayTell('/b')], [false, true])
  })
})
