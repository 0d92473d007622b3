/**
 * coordinator/schedule: one fact at a time.
 */
import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { Pid } from 'troupe'
import type { Act } from '#jobs/coordinator/acts'
import { CAPACITY_MAX } from '#jobs/coordinator/crew'
import { RESULT_DEPTH_MAX, RESULT_MAX_BYTES } from '#jobs/coordinator/notice-check'
import { Schedule } from '#jobs/coordinator/schedule'
import { SCHEDULE_DEFAULTS } from '#jobs/coordinator/schedule-policy'
import { type Job, NO_MARK } from '#jobs/job/job'
import { submitted } from '#jobs/job/life'

const TERM = 4
const PIDS = { w1: Pid.of('w1', 1, 1), w2: Pid.of('w2', 2, 1) }
type WorkerName = keyof typeof PIDS

let nowMs = 0
let wallMs = 0
let schedule: Schedule

const job = (id: string, change: Partial<Job> = {}): Job => {
  const given = { id, kind: 'gzip', parameters: {}, blob: id, bytes: 1, sha256: id } as const
  return { ...submitted(given, wallMs), mark: NO_MARK, ...change }
}

/** What was decided; what is written is durable at once. */
function acts(): readonly Act[] {
  const all: Act[] = []
  for (let next = schedule.take(); next.length > 0; next = schedule.take()) {
    all.push(...next)
    for (const act of next) {
      if (act.kind === 'write') schedule.wrote({ ...act.job, mark: NO_MARK })
    }
    schedule.dispatch()
  }
  return all
}

const shown = (): string[] =>
  acts().map((act) => {
    if (act.kind === 'write') return `write ${act.job.id} ${act.job.state} ${act.job.tries}`
    if (act.kind === 'offer') return `offer ${act.job.id} ${act.job.tries}`
    if (act.kind === 'probe') return `probe ${act.node}`
    return `${act.kind} ${act.job} ${act.attempt} at ${act.node}`
  })

const pass = (ms: number): void => {
  nowMs += ms
  wallMs += ms
  schedule.tick()
}

function answerProbe(name: WorkerName, asked: readonly Act[], held: readonly unknown[] = []): void {
  const probe = asked.find((act) => act.kind === 'probe' && act.node === name)
  assert.ok(probe?.kind === 'probe', `${name} is asked`)
  const worker = { pid: PIDS[name], capacity: 2, running: held.length, draining: false }
  schedule.probed(name, probe.order, { kind: 'holds', worker, held: held as never })
}

/** A worker is there. */
function join(name: WorkerName, capacity = 2): void {
  schedule.probe(name)
  answerProbe(name, acts())
  const hand = schedule.crew.get(name)
  assert.ok(hand)
  Object.assign(hand, { weight: 100, capacity })
}

/** A job is handed in, and offered if somebody has room. */
function offer(id: string): void {
  schedule.admit(job(id))
  schedule.dispatch()
  acts()
}

/** A job is at a worker. */
function give(id: string, name: WorkerName): void {
  offer(id)
  schedule.answered(id, 1, { kind: 'accepted', node: name })
}

beforeEach(() => {
  nowMs = 0
  wallMs = 1_000_000
  const time = { nowMs: () => nowMs, wallMs: () => wallMs }
  schedule = new Schedule({ term: TERM, time, chance: () => 0 })
})

describe('handing out', () => {
  it('waits for a worker, then writes the try before it asks', () => {
    schedule.admit(job('a'))
    pass(100)
    assert.deepEqual(shown(), [])
    join('w1')
    pass(100)
    assert.deepEqual(shown(), ['write a running 1', 'offer a 1'])
  })

  it('hands out as much as there is room for, and has the next ones written by then', () => {
    join('w1')
    for (const id of ['a', 'b', 'c', 'd', 'e']) schedule.admit(job(id))
    schedule.dispatch()
    const first = acts()
    assert.equal(first.filter((act) => act.kind === 'offer').length, 2)
    assert.equal(first.filter((act) => act.kind === 'write').length, 4)
    schedule.answered('a', 1, { kind: 'accepted', node: 'w1' })
    schedule.finished({ job: 'a', attempt: 1, term: TERM, outcome: { kind: 'done' } }, PIDS.w1)
    schedule.dispatch()
    assert.deepEqual(shown(), [
      'write a done 1',
      'write e running 1',
      'offer c 1',
      'thank a 1 at w1',
    ])
  })

  it('gives nothing to a worker without weight, nor to one that drains', () => {
    for (const name of ['w1', 'w2'] as const) join(name)
    schedule.crew.report({ pid: PIDS.w1, capacity: 2, running: 0, draining: true })
    Object.assign(schedule.crew.get('w2') ?? {}, { weight: 0 })
    schedule.admit(job('a'))
    pass(100)
    assert.deepEqual(shown(), [])
  })

  it('offers the same try again after a no, a moment later', () => {
    join('w1')
    offer('a')
    schedule.answered('a', 1, { kind: 'refused' })
    pass(1)
    assert.deepEqual(shown(), [])
    pass(SCHEDULE_DEFAULTS.refusedMs)
    assert.deepEqual(shown(), ['offer a 1'])
  })

  it('believes no worker that it has endless room', () => {
    join('w1', 0)
    const endless = { pid: PIDS.w1, capacity: 1e9, running: -5, draining: false }
    schedule.reported(endless)
    assert.equal(schedule.crew.roomOf('w1'), CAPACITY_MAX)
    schedule.reported({ ...endless, capacity: Number.NaN })
    assert.equal(schedule.crew.roomOf('w1'), 0)
  })

  it('is full at its limit', () => {
    schedule.change({ openMax: 2 })
    schedule.admit(job('a'))
    assert.equal(schedule.isFull, false)
    schedule.admit(job('b'))
    assert.equal(schedule.isFull, true)
  })
})

describe('a try without an answer', () => {
  it('goes on where it was taken, when a worker says that it has it', () => {
    for (const name of ['w1', 'w2'] as const) join(name)
    offer('a')
    schedule.answered('a', 1, { kind: 'unknown', problem: 'late' })
    const asked = acts()
    answerProbe('w2', asked, [{ job: 'a', attempt: 1, term: TERM, progress: 0.5 }])
    answerProbe('w1', asked)
    assert.deepEqual(shown(), [])
    assert.equal(schedule.live('a')?.worker, 'w2')
    assert.equal(schedule.live('a')?.progress, 0.5)
  })

  it('is ended by nobody but the worker that was asked, before and after', () => {
    for (const name of ['w1', 'w2'] as const) join(name)
    offer('a')
    schedule.asked('a', 'w1')
    const finished = { job: 'a', attempt: 1, term: TERM, outcome: { kind: 'done', result: 7 } }
    schedule.finished(finished, PIDS.w2)
    assert.deepEqual(shown(), ['cancel a 1 at w2', 'thank a 1 at w2'])
    schedule.answered('a', 1, { kind: 'unknown', problem: 'late' })
    schedule.finished(finished, PIDS.w2)
    answerProbe('w2', acts(), [finished])
    assert.deepEqual(schedule.refused, { TRY_STALE: 2 })
    acts()
    schedule.finished(finished, PIDS.w1)
    assert.deepEqual(shown(), ['write a done 1', 'thank a 1 at w1'])
  })

  it('is over when all workers say that they do not have it; the next has another number', () => {
    for (const name of ['w1', 'w2'] as const) join(name)
    offer('a')
    schedule.answered('a', 1, { kind: 'unknown', problem: 'late' })
    const asked = acts()
    answerProbe('w1', asked)
    assert.deepEqual(shown(), [])
    answerProbe('w2', asked)
    assert.deepEqual(shown(), ['write a queued 1'])
    pass(SCHEDULE_DEFAULTS.life.backoffMs)
    assert.deepEqual(shown(), ['write a running 2', 'offer a 2'])
    // The first one was on its way all the time.
    schedule.answered('a', 1, { kind: 'accepted', node: 'w1' })
    assert.deepEqual(shown(), ['cancel a 1 at w1'])
  })

  it('is given up when nobody answers for too long', () => {
    join('w1')
    offer('a')
    schedule.answered('a', 1, { kind: 'unknown', problem: 'late' })
    acts()
    pass(SCHEDULE_DEFAULTS.fenceMs + 1)
    assert.deepEqual(shown().slice(0, 2), ['cancel a 1 at w1', 'write a queued 1'])
  })
})

describe('a try at a worker', () => {
  beforeEach(() => {
    join('w1')
    give('a', 'w1')
    acts()
  })

  it('goes on as long as there is a word of it', () => {
    for (let turn = 0; turn < 20; turn++) {
      schedule.progressed({ job: 'a', attempt: 1, term: TERM, progress: 0.25 }, PIDS.w1)
      pass(1_000)
    }
    assert.deepEqual(shown(), [])
    assert.equal(schedule.live('a')?.progress, 0.25)
  })

  it('is called back after a silence, and tried again when its worker has let it go', () => {
    pass(SCHEDULE_DEFAULTS.silenceMs + 1)
    const asked = acts()
    assert.deepEqual(
      asked.map((act) => act.kind),
      ['cancel', 'probe'],
    )
    answerProbe('w1', asked)
    assert.deepEqual(shown(), ['write a queued 1', 'thank a 1 at w1'])
  })

  it('counts although it was called back, when it is done all the same', () => {
    pass(SCHEDULE_DEFAULTS.silenceMs + 1)
    const outcome = { kind: 'done', result: 1 }
    answerProbe('w1', acts(), [{ job: 'a', attempt: 1, term: TERM, progress: 1, outcome }])
    assert.deepEqual(shown(), ['write a done 1', 'thank a 1 at w1'])
  })

  it('is called back when it runs for too long, however lively it is', () => {
    for (let turn = 0; turn < 181; turn++) {
      schedule.progressed({ job: 'a', attempt: 1, term: TERM, progress: 0 }, PIDS.w1)
      pass(1_000)
    }
    assert.equal(shown()[0], 'cancel a 1 at w1')
  })

  it('is over when its worker ends', () => {
    schedule.ended('w1')
    assert.deepEqual(shown(), ['write a queued 1', 'thank a 1 at w1'])
    assert.equal(schedule.crew.heldBy('w1'), 0)
  })

  it('is called back when its job is deleted, after that is durable', () => {
    assert.equal(schedule.remove('a'), true)
    assert.deepEqual(shown(), ['write a deleted 1', 'cancel a 1 at w1'])
    assert.equal(schedule.remove('a'), false)
    assert.equal(schedule.size, 0)
  })

  it('does not mind clocks that jump', () => {
    wallMs += 3_600_000
    schedule.tick()
    assert.deepEqual(shown(), [])
    schedule.ended('w1')
    wallMs -= 7_200_000
    assert.deepEqual(shown(), ['write a queued 1', 'thank a 1 at w1'])
    join('w2')
    pass(SCHEDULE_DEFAULTS.life.backoffMaxMs)
    assert.deepEqual(shown(), ['write a running 2', 'offer a 2'])
  })
})

describe('a worker that lies', () => {
  beforeEach(() => {
    for (const name of ['w1', 'w2'] as const) join(name)
    give('a', 'w1')
    acts()
  })

  const done = { kind: 'done', result: 1 }
  const tell = (change: object, from: Pid = PIDS.w1): string[] => {
    schedule.finished({ job: 'a', attempt: 1, term: TERM, outcome: done, ...change }, from)
    return shown()
  }

  it('is heard, and its progress is not believed', () => {
    for (const progress of [7.5, -1, Number.NaN, 'all', undefined]) {
      schedule.progressed({ job: 'a', attempt: 1, term: TERM, progress }, PIDS.w1)
    }
    assert.equal(schedule.live('a')?.progress, 0)
    assert.equal(schedule.refused['PROGRESS_INVALID'], 5)
    assert.equal(schedule.crew.get('w1')?.refused, 5)
    schedule.progressed({ job: 'a', attempt: 1, term: TERM, progress: 0.5 }, PIDS.w1)
    schedule.progressed({ job: 'a', attempt: 1, term: TERM, progress: 0.4 }, PIDS.w1)
    assert.equal(schedule.live('a')?.progress, 0.5)
  })

  it('ends no try that another one has, that it does not have, or of another term', () => {
    const unwanted = ['cancel a 1 at w2', 'thank a 1 at w2']
    assert.deepEqual(tell({}, PIDS.w2), unwanted)
    assert.deepEqual(tell({ attempt: 2 }), ['cancel a 2 at w1', 'thank a 2 at w1'])
    assert.deepEqual(tell({ job: 'zz' }), ['cancel zz 1 at w1', 'thank zz 1 at w1'])
    assert.deepEqual(tell({ term: TERM - 1 }), [])
    assert.deepEqual(tell({ term: TERM + 1 }), [])
    assert.deepEqual(schedule.refused, { TRY_STALE: 2, TRY_UNKNOWN: 1, TERM_STALE: 2 })
    assert.equal(schedule.live('a')?.worker, 'w1')
  })

  it('is not understood when it makes no sense', () => {
    for (const notice of [undefined, null, 7, {}, { job: 1, attempt: 1, term: TERM }]) {
      schedule.finished(notice, PIDS.w1)
      schedule.progressed(notice, PIDS.w1)
    }
    assert.deepEqual(shown(), [])
    assert.equal(schedule.refused['NOTICE_INVALID'], 10)
  })

  it('fails a try whose result cannot be stored, and the job is tried again', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    const bad: unknown[] = ['x'.repeat(RESULT_MAX_BYTES), 10n, cycle]
    const codes = ['RESULT_TOO_LARGE', 'RESULT_INVALID', 'RESULT_INVALID']
    for (const [at, result] of bad.entries()) {
      const attempt = at + 1
      const told = tell({ attempt, outcome: { kind: 'done', result } })
      assert.equal(told[0], `write a queued ${attempt}`)
      assert.equal(schedule.live('a')?.job.problem, `refused: ${codes[at]}`)
      pass(SCHEDULE_DEFAULTS.life.backoffMaxMs)
      acts()
      schedule.answered('a', attempt + 1, { kind: 'accepted', node: 'w1' })
    }
    assert.equal(tell({ attempt: 4, outcome: { kind: 'eaten' } })[0], 'write a queued 4')
  })

  it('fails a try whose result is nested deeper than records may be', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
    const deep = tell({ outcome: { kind: 'done', result: nested(RESULT_DEPTH_MAX + 1) } })
    assert.equal(deep[0], 'write a queued 1')
    assert.equal(schedule.live('a')?.job.problem, 'refused: RESULT_INVALID')
  })

  it('is asked what it has before it is believed, when it was lost', () => {
    schedule.lost('w1')
    acts()
    assert.deepEqual(tell({}), ['probe w1'])
    assert.equal(schedule.refused['WORKER_UNKNOWN'], 1)
  })
})

describe('a new leader', () => {
  const running = (): Job => job('a', { state: 'running', tries: 1, term: 3 })

  it('goes on with what a worker has', () => {
    schedule.inherit(running(), new Set(['w1', 'w2']))
    const asked = acts()
    answerProbe('w1', asked, [{ job: 'a', attempt: 1, term: 3, progress: 0.75 }])
    answerProbe('w2', asked)
    assert.deepEqual(shown(), [])
    assert.equal(schedule.live('a')?.progress, 0.75)
  })

  it('takes what was finished meanwhile', () => {
    schedule.inherit(running(), new Set(['w1']))
    const outcome = { kind: 'done', result: 1 }
    answerProbe('w1', acts(), [{ job: 'a', attempt: 1, term: 3, progress: 1, outcome }])
    assert.deepEqual(shown(), ['write a done 1', 'thank a 1 at w1'])
  })

  it('tries again what nobody has', () => {
    schedule.inherit(running(), new Set(['w1']))
    answerProbe('w1', acts())
    assert.deepEqual(shown(), ['write a queued 1'])
  })

  it('waits for a worker that is silent, until the number is worth nothing', () => {
    schedule.inherit(running(), new Set(['w1']))
    const { silenceMs, fenceMs } = SCHEDULE_DEFAULTS
    pass(silenceMs + fenceMs)
    assert.deepEqual(shown(), ['probe w1'])
    pass(1)
    assert.deepEqual(shown(), ['cancel a 1 at w1', 'write a queued 1'])
  })

  it('ends what a worker has and nobody wants', () => {
    schedule.inherit(job('a', { state: 'queued', tries: 1 }), new Set())
    schedule.probe('w1')
    answerProbe('w1', acts(), [{ job: 'a', attempt: 1, term: 3, progress: 0 }])
    assert.deepEqual(shown(), ['cancel a 1 at w1', 'thank a 1 at w1'])
  })
})
