/**
 * coordinator/reign: a term whose workers answer what they like, in a world of memory.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Logger, Pid } from 'troupe'
import { CapacityPlan } from '#jobs/coordinator/capacity-plan'
import { Reign } from '#jobs/coordinator/reign'
import type { ReignWorld, WorkerPlace } from '#jobs/coordinator/reign-world'
import { JobsFault } from '#jobs/job/faults'
import type { Job } from '#jobs/job/job'
import { submitted } from '#jobs/job/life'
import type { Book, Unmarked } from '#jobs/store/book'
import { isUnavailable } from '#jobs/web/answers'

const WORKER = Pid.of('w1', 3, 1)
const PLACE: WorkerPlace = {
  ...{ node: 'w1', state: 'running', weight: 100, version: '1', reach: 'well' },
}
const GOOD = { kind: 'adopted', worker: WORKER, held: [], capacity: 2 }
const LOST = new JobsFault('STORE_LOST', { fresh: 2, total: 3, problem: 'two disks' })
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const marked = (job: Unmarked, sequence: number): Job => ({ ...job, mark: { term: 1, sequence } })

function bookOf(open: readonly Job[], isAlone: () => boolean): Book {
  return {
    ...{ term: 1, open, ended: new Promise<never>(() => {}), close: () => {} },
    write: async (jobs) => {
      if (isAlone())
        throw new JobsFault('NO_MAJORITY', { present: 1, total: 3, wanted: 2, problem: '' })
      return jobs.map(marked)
    },
    ...{ get: () => undefined, list: () => [], counts: () => ({}) as never, replicas: () => [] },
  }
}

/** What was done by a reign, and what it is answered. */
class Stage {
  nowMs = 0
  adoption: unknown = GOOD
  asked = 0
  /** No majority confirms a write. */
  isAlone = false
  /** What becomes of the book instead of being opened. */
  unopened: JobsFault | undefined
  readonly warnings: string[] = []
  readonly #later: (() => void)[] = []
  places: readonly WorkerPlace[] = [PLACE]
  readonly watched: Pid[] = []
  readonly errors: string[] = []
  readonly stepDowns: string[] = []
  readonly reign: Reign
  #ticks: (() => void)[] = []

  constructor(unopened?: JobsFault) {
    this.unopened = unopened
    const world = this.#world(bookOf([this.#running()], () => this.isAlone))
    const parts = { term: 1, world, plan: new CapacityPlan({}), policy: {} }
    this.reign = new Reign({ ...parts, changed: () => {} })
    this.reign.begin()
  }

  /** Lets so many ticks pass. */
  async pass(ticks: number): Promise<void> {
    for (let tick = 0; tick < ticks; tick += 1) {
      for (let turns = 0; turns < 3; turns += 1) await turn()
      this.nowMs += 100
      for (const run of this.#ticks) run()
    }
  }

  /** Runs what waits for a time. */
  async again(): Promise<void> {
    await turn()
    for (const run of this.#later.splice(0)) run()
    await turn()
  }

  #running(): Job {
    const given = {
      id: 'j',
      kind: 'gzip',
      parameters: {},
      blob: 'b',
      bytes: 1,
      sha256: 's',
    } as const
    return marked({ ...submitted(given, 0), state: 'running', tries: 1 }, 1)
  }

  #world(book: Book): ReignWorld {
    const note = (told: string): void => void this.errors.push(told)
    const warn = (told: string): void => void this.warnings.push(told)
    const log = { info: () => {}, warning: warn, error: note } as unknown as Logger
    const timer = { cancel: () => {} } as never
    return {
      ...{ self: Pid.of('c1', 1, 1), log, random: () => 0.5 },
      after: (_delayMs, run) => {
        this.#later.push(run)
        return timer
      },
      every: (_periodMs, run) => {
        this.#ticks.push(run)
        return timer
      },
      openBook: async () => {
        if (this.unopened !== undefined) throw this.unopened
        return book
      },
      ...{ holders: () => ['c1'], isHere: () => true, run: async () => ({ kind: 'full' }) },
      adopt: async () => {
        this.asked += 1
        if (this.adoption instanceof Error) throw this.adoption
        return this.adoption as never
      },
      ...{ cancel: () => {}, thank: () => {}, weigh: async () => {}, drain: async () => {} },
      watch: (worker) => {
        this.watched.push(worker)
        return () => void this.watched.splice(this.watched.indexOf(worker), 1)
      },
      ...{ places: () => this.places, start: async () => {}, stop: async () => {} },
      stepDown: (reason) => void this.stepDowns.push(reason),
      ...{ nowMs: () => this.nowMs, wallMs: () => this.nowMs },
    }
  }
}

describe('a term', () => {
  it('says once that a majority of the stores is lost, and goes on asking', async () => {
    const stage = new Stage(LOST)
    for (let round = 0; round < 4; round += 1) await stage.again()
    assert.equal(stage.reign.office, undefined)
    assert.equal(stage.reign.isStoreLost, true)
    assert.equal(stage.warnings.length, 1)
    stage.unopened = undefined
    await stage.again()
    assert.notEqual(stage.reign.office, undefined)
  })

  it('asks a worker again that answered what none answers, and believes none of it', async () => {
    const oddities: readonly unknown[] = [
      ...[null, 'adopted', { kind: 'adopted' }, { kind: 'stale' }],
      ...[
        { ...GOOD, held: [null] },
        { ...GOOD, held: {} },
        { ...GOOD, held: [{ job: 'j' }] },
      ],
      ...[
        { ...GOOD, worker: undefined },
        { ...GOOD, worker: { node: 'w1' } },
      ],
      ...[
        { ...GOOD, worker: Pid.of('w2', 3, 1) },
        { ...GOOD, capacity: '2' },
      ],
      new TypeError('it cannot be asked'),
    ]
    for (const odd of oddities) {
      const stage = new Stage()
      stage.adoption = odd
      await stage.pass(5)
      const told = JSON.stringify(odd)
      assert.ok(stage.asked >= 3, `${told}: asked ${stage.asked} times`)
      assert.equal(stage.reign.office?.schedule.crew.get('w1'), undefined, told)
      assert.deepEqual(stage.watched, [], told)
      stage.adoption = GOOD
      await stage.pass(3)
      assert.equal(stage.reign.office?.schedule.crew.get('w1')?.capacity, 2, told)
      assert.deepEqual([stage.errors, stage.stepDowns], [[], []], told)
      stage.reign.end()
    }
  })

  it('tells in time that nobody knows whether the deletion of an open job holds', async () => {
    const stage = new Stage()
    await stage.pass(1)
    stage.isAlone = true
    let told: unknown
    void stage.reign.office?.orders.remove('j').then((answer) => {
      told = answer
    })
    await stage.pass(2)
    assert.equal(isUnavailable(told) && told.code, 'NO_MAJORITY')
    stage.reign.end()
  })

  it('watches each worker once, and none that is lost or after its end', async () => {
    const stage = new Stage()
    await stage.pass(3)
    assert.deepEqual(stage.watched, [WORKER])
    stage.places = [{ ...PLACE, reach: 'away' }]
    await stage.pass(2)
    assert.deepEqual(stage.watched, [])
    stage.places = [PLACE]
    stage.adoption = { ...GOOD, worker: Pid.of('w1', 4, 1) }
    await stage.pass(3)
    assert.deepEqual(stage.watched, [Pid.of('w1', 4, 1)])
    stage.reign.end()
    assert.deepEqual(stage.watched, [])
  })
})
