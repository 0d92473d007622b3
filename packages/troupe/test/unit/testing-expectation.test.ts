/**
 * Expectations over a journal made by hand: what holds, and what a failure prints.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { custom, Pid, processName, TroupeError } from '#contract'
import { type Expectation, expectOf } from '#testing/expectation'
import {
  type Called,
  type Ended,
  Journal,
  type Logged,
  type Sent,
  type TimerStarted,
} from '#testing/journal'
import { matches } from '#testing/matching'

const clock = { nowMs: 0 }
const storage = Pid.of('unit@test', 7, 1)

function sent(to: Sent['to'], message: string, payload: unknown) {
  const options = {}
  return { kind: 'sent', to, message, payload, options, verb: 'send', failure: undefined } as const
}

/** A journal of two sends, a call that failed, a log line and a timer. */
function example() {
  const journal = new Journal(() => clock.nowMs)
  clock.nowMs = 0
  journal.add<Sent>(sent(storage, 'put', { id: 1 }))
  clock.nowMs = 12.5
  const error = new TroupeError('NAME_UNKNOWN', { name: 'audit', node: 'a@b' })
  const call = { kind: 'called', to: 'audit', request: 'check', payload: 3, options: {} } as const
  journal.add<Called>({ ...call, outcome: 'failed', answer: undefined, error })
  journal.add<Logged>({ kind: 'logged', level: 'warning', message: 'no audit', fields: { id: 1 } })
  const mark = journal.mark()
  clock.nowMs = 20
  journal.add<Sent>(sent(processName('storage'), 'put', { id: 2 }))
  const timer = { kind: 'timer', verb: 'after', ms: 50, fired: 0, cancelled: true } as const
  journal.add<TimerStarted>(timer)
  const unasked = new Set<Expectation<never>>()
  const labelOf = (pid: Pid) => (pid.id === 7 ? 'storage' : undefined)
  return { journal, mark, unasked, expect: expectOf(journal, 'counter', labelOf, unasked) }
}

describe('expectations', () => {
  it('count what matches: once, times, atLeast, never, first, all', () => {
    const { expect } = example()
    assert.deepEqual(expect.sent({ payload: { id: 2 } }).once().message, 'put')
    assert.equal(expect.sent().times(2).length, 2)
    assert.equal(expect.sent({ message: /^p/ }).atLeast(1).length, 2)
    expect.sent({ message: 'get' }).never()
    assert.deepEqual(expect.sent().first().payload, { id: 1 })
    assert.equal(expect.spawned().all().length, 0)
    expect.timers({ ms: 50, cancelled: true }).once()
    expect.called({ error: /NAME_UNKNOWN/ }).once()
  })

  it('find a receiver by pid, by name, and by anything that has a pid', () => {
    const { expect } = example()
    expect.sent({ to: storage }).once()
    expect.sent({ to: 'storage' }).once()
    expect.sent({ to: processName('storage') }).once()
    expect.sent({ to: { pid: storage } }).once()
    expect.sent({ to: { pid: storage, name: 'storage' } }).times(2)
    expect.sent({ to: processName('storage', undefined, 'other@host') }).never()
  })

  it('take predicates for a field and for the whole record', () => {
    const { expect } = example()
    expect.sent({ payload: ({ id }: { id: number }) => id > 1 }).once()
    expect.sent({ where: ({ timeMs }) => timeMs >= 20 }).once()
  })

  it('look only at what came after a mark', () => {
    const { expect, mark } = example()
    assert.deepEqual(expect.sent().since(mark).once().payload, { id: 2 })
    expect.logged().since(mark).never()
  })

  it('print, when they fail, what was asked and all that happened', () => {
    const { expect } = example()
    assert.throws(() => expect.sent({ to: 'storage', message: 'put' }).times(3), {
      name: 'AssertionError',
      message: [
        "expected counter to have sent { to: 'storage', message: 'put' }, exactly 3 times; " +
          'it did so once.',
        'What happened, in order (lines that match carry a >):',
        '        +0 ms  sent put { id: 1 } to storage',
        '     +12.5 ms  called check 3 of audit -> failed: NAME_UNKNOWN',
        '     +12.5 ms  logged warning "no audit" { id: 1 }',
        '  >    +20 ms  sent put { id: 2 } to storage',
        '       +20 ms  timer after 50 ms, cancelled',
      ].join('\n'),
    })
  })

  it('print predicates and receivers readably', () => {
    const { expect } = example()
    assert.throws(() => expect.sent({ to: storage, payload: /9/ }).once(), {
      message: /^expected counter to have sent \{ to: storage, payload: \/9\/ \}, exactly once; /,
    })
    assert.throws(() => expect.logged({ where: () => false }).first(), {
      message: /^expected counter to have logged \{ where: \(\) => false \}, at least once; /,
    })
  })

  it('print the newest thousand lines, and how many came before', () => {
    const journal = new Journal(() => 0)
    for (let i = 0; i < 1_500; i += 1) journal.add<Sent>(sent('storage', 'put', i))
    const expect = expectOf(journal, 'counter', () => undefined, new Set())
    assert.throws(
      () => expect.sent({ payload: 3 }).never(),
      ({ message }: Error) => {
        const lines = message.split('\n')
        assert.equal(lines.length, 2 + 1 + 1_000)
        assert.match(lines[2] ?? '', /\(500 earlier ones are left out; see kit\.journal\)/)
        assert.match(lines.at(-1) ?? '', /sent put 1499 to storage/)
        return true
      },
    )
  })

  it('say of an empty journal that nothing happened', () => {
    const { expect } = {
      expect: expectOf(new Journal(() => 0), 'lazy', () => undefined, new Set()),
    }
    assert.throws(() => expect.sent().once(), {
      message:
        'expected lazy to have sent, exactly once; it did so 0 times.\n' +
        'What happened, in order (lines that match carry a >):\n    (nothing)',
    })
  })

  it('tell ended with a reason, its text or a predicate', () => {
    const { expect, journal } = example()
    expect.alive()
    assert.throws(() => expect.ended(), {
      message: /to have ended, exactly once; it did so 0 times/,
    })
    journal.add<Ended>({ kind: 'ended', reason: custom('worn-out', 3) })
    expect.ended()
    expect.ended(/worn/)
    expect.ended(custom('worn-out', 3))
    expect.ended((reason) => reason !== 'normal')
    assert.throws(() => expect.ended('normal'), { message: /to have ended with normal, exactly/ })
    assert.throws(() => expect.alive(), { message: /to have ended, never; it did so once/ })
  })

  it('know which of them were never asked anything', () => {
    const { expect, unasked, mark } = example()
    expect.sent().times(2)
    expect.sent().since(mark)
    assert.deepEqual(
      [...unasked].map(({ asked }) => asked),
      ['sent since the mark'],
    )
  })

  it('refuse a number of times that cannot be', () => {
    const { expect } = example()
    assert.throws(() => expect.sent().times(-1), { code: 'OPTION_INVALID' })
    assert.throws(() => expect.sent().atLeast(0.5), { code: 'OPTION_INVALID' })
  })
})

describe('matching', () => {
  it('compares payloads deeply and errors by their text', () => {
    assert.equal(matches({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }), true)
    assert.equal(matches({ a: 1 }, { a: 1, b: undefined }), false)
    assert.equal(matches(new TroupeError('NODE_STOPPED', { node: 'a@b' }), /NODE_STOPPED/), true)
    assert.equal(matches(undefined, undefined), true)
    assert.equal(matches('counter', 'counter'), true)
  })
})
