/**
 * coordinator/orders: what clients are told, and what must be durable before.
 */
import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Timer } from 'troupe'
import type { Submission } from '#jobs/coordinator/coordinator-protocol'
import { Orders } from '#jobs/coordinator/orders'
import { Schedule } from '#jobs/coordinator/schedule'
import { Writer } from '#jobs/coordinator/writer'
import { JobsFault } from '#jobs/job/faults'
import { JOB_STATES, type Job } from '#jobs/job/job'
import type { Book, JobCounts, Unmarked } from '#jobs/store/book'

const NOW_MS = 1_000
const given: Submission = {
  ...{ id: 'a', kind: 'gzip', parameters: { level: 6 } },
  ...{ blob: 'b', bytes: 3, sha256: 'ab'.repeat(32) },
}

interface Asked {
  readonly jobs: readonly Unmarked[]
  readonly settle: () => void
  readonly fail: (fault: JobsFault) => void
}

/** A book whose writes are settled by hand. */
class HandBook implements Book {
  readonly term = 1
  readonly open = []
  readonly ended = new Promise<never>(() => {})
  readonly jobs = new Map<string, Job>()
  readonly asked: Asked[] = []
  #sequence = 0

  write(jobs: readonly Unmarked[]): Promise<readonly Job[]> {
    return new Promise((resolve, fail) => {
      const settle = (): void => {
        const marked = jobs.map((job) => {
          this.#sequence += 1
          return { ...job, mark: { term: 1, sequence: this.#sequence } }
        })
        for (const job of marked) this.jobs.set(job.id, job)
        resolve(marked)
      }
      this.asked.push({ jobs, settle, fail })
    })
  }

  get = (id: string): Job | undefined => this.jobs.get(id)
  list = (): readonly Job[] => [...this.jobs.values()]
  counts = (): JobCounts =>
    Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as unknown as JobCounts
  replicas = () => []
  close(): void {}
}

const noMajority = new JobsFault('NO_MAJORITY', { present: 1, total: 3, wanted: 2, problem: '' })
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

let book: HandBook
let schedule: Schedule
let orders: Orders
let later: (() => void)[]

/** Does what the schedule wants written. */
function act(): void {
  for (const one of schedule.take()) {
    if (one.kind !== 'write') continue
    void book.write([one.job]).then((written) => {
      for (const job of written) {
        schedule.wrote(job)
        if (job.state === 'deleted') orders.removed(job.id)
      }
      act()
    })
  }
}

async function settle(): Promise<void> {
  await turn()
  for (let asked = book.asked.shift(); asked !== undefined; asked = book.asked.shift()) {
    asked.settle()
    await turn()
  }
}

beforeEach(() => {
  book = new HandBook()
  later = []
  const time = { nowMs: () => NOW_MS, wallMs: () => NOW_MS }
  const log = { warning: () => {} } as never
  const after = (_ms: number, run: () => void): Timer => {
    later.push(run)
    return { cancel: () => true }
  }
  schedule = new Schedule({ term: 1, time, chance: () => 0 })
  const writer = new Writer(book, { after, log })
  orders = new Orders({ book, schedule, writer, world: time, act })
})

describe('handing a job in', () => {
  it('is accepted when a majority has it, and not before', async () => {
    const answers: string[] = []
    void orders.submit(given).then(({ kind }) => answers.push(kind))
    await turn()
    assert.deepEqual(answers, [])
    assert.equal(schedule.size, 0)
    await settle()
    assert.deepEqual(answers, ['accepted'])
    assert.equal(schedule.size, 1)
  })

  it('twice at the same time is written once', async () => {
    const both = Promise.all([orders.submit(given), orders.submit(given)])
    await settle()
    assert.deepEqual(
      (await both).map(({ kind }) => kind),
      ['accepted', 'known'],
    )
    assert.equal(schedule.size, 1)
  })

  it('of another text, kind or option under a known id is a conflict', async () => {
    const first = orders.submit(given)
    await settle()
    await first
    const others: readonly Partial<Submission>[] = [
      { kind: 'word-count' },
      { sha256: 'cd'.repeat(32) },
      { bytes: 4 },
      { parameters: { level: 7 } },
      { parameters: { level: 6, passes: 2 } },
    ]
    for (const other of others) {
      assert.equal((await orders.submit({ ...given, ...other })).kind, 'conflict')
    }
    // The key of the text alone makes no other job: a client that asks again sends it again.
    assert.equal((await orders.submit({ ...given, blob: 'other' })).kind, 'known')
  })

  it('that can never be taken is a conflict', async () => {
    const bad: readonly object[] = [
      { id: '' },
      { id: '../../etc/passwd' },
      { id: 'x'.repeat(65) },
      { kind: '__proto__' },
      { bytes: -1 },
      { bytes: Number.NaN },
      { bytes: 65 * 1_024 * 1_024 },
      { sha256: 'AB' },
      { blob: 'a b' },
      { parameters: null },
      { parameters: { level: Number.NaN } },
      { parameters: { level: Number.POSITIVE_INFINITY } },
      { parameters: { level: '6' } },
      { parameters: { ['x'.repeat(65_000)]: 1 } },
    ]
    for (const change of bad) {
      const answer = await orders.submit({ ...given, ...change } as Submission)
      assert.equal(answer.kind, 'conflict', JSON.stringify(change))
    }
    assert.equal(book.asked.length, 0)
  })

  it('is told when nobody knows whether it holds; asked again it is known', async () => {
    const first = orders.submit(given)
    await turn()
    book.asked.shift()?.fail(noMajority)
    const answer = await first
    assert.equal(answer.kind === 'unavailable' && answer.code, 'NO_MAJORITY')
    const second = orders.submit(given)
    for (const run of later.splice(0)) run()
    await settle()
    assert.equal((await second).kind, 'known')
    assert.equal(schedule.size, 1)
  })

  it('is told while its store has no room, and is taken when there is some', async () => {
    const first = orders.submit(given)
    await turn()
    book.asked.shift()?.fail(new JobsFault('STORE_FULL', { path: 'etcd', problem: 'quota' }))
    const answer = await first
    assert.equal(answer.kind === 'unavailable' && answer.code, 'STORE_FULL')
    for (const run of later.splice(0)) run()
    await settle()
    assert.equal((await orders.submit(given)).kind, 'known')
  })

  it('is refused when its id stands for something that is not known here', async () => {
    const first = orders.submit(given)
    await turn()
    book.asked.shift()?.fail(new JobsFault('JOB_CONFLICT', { job: 'a' }))
    assert.equal((await first).kind, 'conflict')
    assert.equal(schedule.size, 0)
  })

  it('is told when the term is over', async () => {
    const first = orders.submit(given)
    await turn()
    book.asked.shift()?.fail(new JobsFault('STALE_TERM', { term: 1, later: 2 }))
    const answer = await first
    assert.equal(answer.kind === 'unavailable' && answer.code, 'NO_LEADER')
    assert.equal(schedule.size, 0)
  })

  it('is refused at the limit, but for what is known', async () => {
    schedule.change({ openMax: 1 })
    const first = orders.submit(given)
    const second = orders.submit({ ...given, id: 'b' })
    const answer = await second
    assert.equal(answer.kind === 'unavailable' && answer.code, 'FULL')
    await settle()
    assert.equal((await first).kind, 'accepted')
    assert.equal((await orders.submit(given)).kind, 'known')
  })
})

describe('taking a job back', () => {
  it('is told when that is durable', async () => {
    const first = orders.submit(given)
    await settle()
    await first
    let answer: unknown
    void orders.remove('a').then((told) => {
      answer = told
    })
    await turn()
    assert.equal(answer, undefined)
    assert.equal(book.asked[0]?.jobs[0]?.state, 'deleted')
    await settle()
    assert.equal(answer, 'removed')
    assert.equal(schedule.size, 0)
    assert.equal(orders.get('a'), undefined)
    assert.equal(await orders.remove('a'), 'unknown')
    assert.equal((await orders.submit(given)).kind, 'conflict')
  })

  it('waits for what is being done about it', async () => {
    const first = orders.submit(given)
    const second = orders.remove('a')
    await settle()
    assert.equal((await first).kind, 'accepted')
    assert.equal(await second, 'removed')
  })

  it('is told when the term ends meanwhile', async () => {
    const first = orders.submit(given)
    await settle()
    await first
    const second = orders.remove('a')
    await turn()
    orders.end()
    const answer = await second
    assert.equal(typeof answer === 'object' && answer.code, 'NO_LEADER')
  })

  it('is unknown for a job that was never there', async () => {
    assert.equal(await orders.remove('zz'), 'unknown')
    assert.equal(await orders.revive('zz'), 'unknown')
  })
})

describe('reviving a job', () => {
  it('happens once, however often it is asked for', async () => {
    const first = orders.submit(given)
    await settle()
    const accepted = await first
    assert.equal(accepted.kind, 'accepted')
    assert.equal(await orders.revive('a'), 'unknown')
    schedule.remove('a')
    schedule.take()
    const parked = { ...(book.get('a') as Job), id: 'p', state: 'parked' as const, tries: 5 }
    book.jobs.set('p', parked)
    const both = Promise.all([orders.revive('p'), orders.revive('p')])
    await settle()
    assert.deepEqual(await both, ['revived', 'unknown'])
    assert.equal(book.get('p')?.state, 'queued')
  })
})
