/**
 * job/life: what a record is after each legal step.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { JOB_STATES, NO_MARK } from '#jobs/job/job'
import {
  begun,
  deleted,
  ended,
  isOpen,
  isStep,
  LIFE_DEFAULTS,
  PROBLEM_MAX_CHARS,
  revived,
  submitted,
} from '#jobs/job/life'
import type { Unmarked } from '#jobs/store/book'

const fresh = (): Unmarked =>
  submitted(
    { id: 'a', kind: 'gzip', parameters: { level: 6 }, blob: 'b', bytes: 3, sha256: 'c' },
    1_000,
  )

const crashed = (job: Unmarked, nowMs = 2_000, chance = 0): Unmarked =>
  ended(
    job,
    { outcome: { kind: 'crashed', problem: 'boom' }, worker: 'w', nowMs, chance },
    LIFE_DEFAULTS,
  )

const lost = (job: Unmarked): Unmarked =>
  ended(
    job,
    { outcome: { kind: 'lost', problem: 'gone' }, worker: 'w', nowMs: 0, chance: 0 },
    LIFE_DEFAULTS,
  )

describe('the life of a job', () => {
  it('begins queued, without a try', () => {
    const job = fresh()
    assert.equal(job.state, 'queued')
    assert.equal(job.tries, 0)
    assert.equal(isOpen(job), true)
  })

  it('counts a try when it begins, under the term of the leader', () => {
    const job = begun(fresh(), 7, 1_500)
    assert.equal(job.state, 'running')
    assert.equal(job.tries, 1)
    assert.equal(job.term, 7)
    assert.equal(job.worker, undefined)
  })

  it('is done with its result, and has no problem left', () => {
    const again = begun(crashed(begun(fresh(), 1, 0)), 1, 0)
    const outcome = { kind: 'done', result: { words: 3 } } as const
    const job = ended(again, { outcome, worker: 'w', nowMs: 9, chance: 0 }, LIFE_DEFAULTS)
    assert.equal(job.state, 'done')
    assert.equal(job.progress, 1)
    assert.deepEqual(job.result, { words: 3 })
    assert.equal(job.problem, undefined)
    assert.equal(job.worker, 'w')
  })

  it('ends for good when its input is wrong', () => {
    const outcome = { kind: 'failed', problem: 'no text' } as const
    const ending = { outcome, worker: 'w', nowMs: 9, chance: 0 }
    assert.equal(ended(begun(fresh(), 1, 0), ending, LIFE_DEFAULTS).state, 'failed')
  })

  it('waits twice as long after each crash, between half of that and all of it', () => {
    let job = fresh()
    const waits: number[] = []
    for (let tries = 1; tries < LIFE_DEFAULTS.triesMax; tries++) {
      job = crashed(begun(job, 1, 0), 0, tries % 2 === 0 ? 0.999 : 0)
      waits.push(job.notBeforeMs)
    }
    assert.deepEqual(waits, [250, 1_000, 1_000, 3_998])
    const policy = { ...LIFE_DEFAULTS, triesMax: 100 }
    const late = { ...begun(fresh(), 1, 0), tries: 50, crashes: 49 }
    const outcome = { kind: 'crashed', problem: '' } as const
    const wait = ended(late, { outcome, worker: 'w', nowMs: 0, chance: 0.999 }, policy).notBeforeMs
    assert.ok(wait <= LIFE_DEFAULTS.backoffMaxMs)
    assert.ok(wait > LIFE_DEFAULTS.backoffMaxMs * 0.99)
  })

  it('is parked by its fifth crash, and after it was revived by its tenth', () => {
    let job = fresh()
    const states: string[] = []
    for (let tries = 1; tries <= 10; tries++) {
      job = crashed(begun(revived(job, 0) ?? job, 1, 0))
      states.push(job.state)
    }
    const five = ['queued', 'queued', 'queued', 'queued', 'parked']
    assert.deepEqual(states, [...five, ...five])
    assert.equal(job.tries, 10)
  })

  it('bears more losses of its workers than crashes of its own, and not endless ones', () => {
    let job = fresh()
    for (let tries = 1; tries < LIFE_DEFAULTS.lossesMax; tries++) {
      job = lost(begun(job, 1, 0))
      assert.equal(job.state, 'queued')
      assert.equal(job.notBeforeMs, LIFE_DEFAULTS.backoffMs / 2)
    }
    assert.equal(crashed(begun(job, 1, 0)).state, 'queued')
    assert.equal(lost(begun(job, 1, 0)).state, 'parked')
  })

  it('keeps a report that is not endless', () => {
    const outcome = { kind: 'failed', problem: 'x'.repeat(10_000) } as const
    const ending = { outcome, worker: 'w', nowMs: 9, chance: 0 }
    const { problem } = ended(begun(fresh(), 1, 0), ending, LIFE_DEFAULTS)
    assert.equal(problem?.length, PROBLEM_MAX_CHARS)
  })

  it('is revived when it is parked, and only then', () => {
    assert.equal(revived(fresh(), 0), undefined)
    const parked = { ...fresh(), state: 'parked' as const, tries: 5, notBeforeMs: 99 }
    const job = revived(parked, 3)
    assert.equal(job?.state, 'queued')
    assert.equal(job?.notBeforeMs, 0)
    assert.equal(job?.tries, 5)
  })

  it('is deleted once, from any other state', () => {
    for (const state of JOB_STATES) {
      const job = deleted({ ...fresh(), state, result: 1 }, 5)
      assert.equal(job?.state, state === 'deleted' ? undefined : 'deleted')
      assert.equal(job?.result, undefined)
    }
  })

  it('takes no step back from an end, but from parked and deleted', () => {
    const steps = JOB_STATES.flatMap((from) =>
      JOB_STATES.filter((to) => isStep(from, to)).map((to) => `${from} ${to}`),
    )
    assert.deepEqual(steps.sort(), [
      'done deleted',
      'failed deleted',
      'parked deleted',
      'parked queued',
      'queued deleted',
      'queued running',
      'running deleted',
      'running done',
      'running failed',
      'running parked',
      'running queued',
    ])
  })

  it('gives records to the book without the mark of an earlier write', () => {
    const job = begun({ ...fresh(), mark: NO_MARK } as Unmarked, 1, 0)
    assert.equal('mark' in job, false)
  })
})
