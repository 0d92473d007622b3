/**
 * The world of a schedule in memory: a book, workers, and what can happen to them, by chance.
 *
 * Words from a leader to a worker arrive in order, unless the worker's node was lost meanwhile; a
 * run that is not answered in time may arrive later. Whatever breaks a promise of the schedule is
 * in `breaches`.
 */
import { Pid } from 'troupe'
import type { Random } from 'troupe/testing'
import type { Act } from '#jobs/coordinator/acts'
import type { Schedule, ScheduleParts } from '#jobs/coordinator/schedule'
import { type Job, NO_MARK } from '#jobs/job/job'
import { isStep, submitted } from '#jobs/job/life'
import type { Unmarked } from '#jobs/store/book'
import type { Held, Outcome } from '#jobs/worker/worker-protocol'

type MakeSchedule = new (parts: ScheduleParts) => Schedule

type Word =
  | { readonly kind: 'run'; readonly term: number; readonly job: Unmarked; open: boolean }
  | { readonly kind: 'probe'; readonly term: number; readonly order: number }
  | { readonly kind: 'cancel' | 'thank'; readonly job: string; readonly attempt: number }

interface Try {
  readonly job: string
  readonly attempt: number
  progress: number
  outcome: Outcome | undefined
}

interface Worker {
  readonly node: string
  pid: Pid
  term: number
  weight: number
  readonly held: Map<string, Try>
  inbox: Word[]
}

const CAPACITY = 3
const keyOf = (job: string, attempt: number): string => `${job}#${attempt}`

export class World {
  readonly breaches: string[] = []
  readonly disk = new Map<string, Job>()
  readonly workers: Worker[]
  readonly #random: Random
  readonly #make: MakeSchedule
  /** Who has taken a try. */
  readonly #taken = new Map<string, string>()
  /** Offers that may still be taken. */
  readonly #offered = new Set<string>()
  readonly #poison = new Set<string>()
  #writes: Unmarked[] = []
  #births = 0
  #jobs = 0
  #term = 1
  nowMs = 0
  schedule: Schedule

  constructor(random: Random, make: MakeSchedule) {
    this.#random = random
    this.#make = make
    this.workers = ['w1', 'w2', 'w3'].map((node) => this.#worker(node))
    this.schedule = this.#lead()
  }

  /** Hands in a job; a poisoned one ends the worker that runs it. */
  submit(poison = false): string {
    this.#jobs += 1
    const id = `j${this.#jobs}`
    if (poison) this.#poison.add(id)
    const given = { id, kind: 'gzip', parameters: {}, blob: id, bytes: 1, sha256: id } as const
    const job = { ...submitted(given, this.nowMs), mark: NO_MARK }
    this.disk.set(id, job)
    this.schedule.admit(job)
    return id
  }

  /** One thing happens. */
  step(): void {
    const worker = this.workers[this.#random.below(this.workers.length)]
    if (worker === undefined) return
    const chance = this.#random.below(16)
    if (chance === 0) this.#crashProcess(worker)
    else if (chance === 1 && this.#random.below(4) === 0) this.#loseNode(worker)
    else if (chance === 2 && this.#random.below(8) === 0) this.takeOver()
    else if (chance === 3) this.#giveUpCall(worker)
    else if (chance === 4) this.#pass(this.#random.below(4_000))
    else if (chance === 5) this.#lie(worker)
    else if (chance === 6) this.#delete()
    else this.#goOn(worker)
  }

  /** All goes well from now on, for so long. */
  calm(turns: number): void {
    for (let turn = 0; turn < turns; turn++) {
      for (const worker of this.workers) for (let n = 0; n < 4; n++) this.#goOn(worker)
      this.#pass(200)
    }
  }

  /** Another node leads; words of the old leader are on their way still. */
  takeOver(): void {
    this.#term += 1
    // What was being written holds or not: nobody knows.
    for (const job of this.#writes) if (this.#random.below(2) === 0) this.#store(job)
    this.#writes = []
    for (const worker of this.workers) {
      for (const word of worker.inbox) if (word.kind === 'run') word.open = false
    }
    this.schedule = this.#lead()
    const nodes = new Set(this.workers.map(({ node }) => node))
    for (const job of this.disk.values()) this.schedule.inherit(job, nodes)
    this.#act()
  }

  #lead(): Schedule {
    const time = { nowMs: () => this.nowMs, wallMs: () => this.nowMs }
    const schedule = new this.#make({ term: this.#term, time, chance: () => this.#random.unit() })
    this.schedule = schedule
    for (const { node } of this.workers) schedule.probe(node)
    this.#act()
    return schedule
  }

  #worker(node: string): Worker {
    this.#births += 1
    const pid = Pid.of(node, this.#births, 1)
    return { node, pid, term: 0, weight: 100, held: new Map(), inbox: [] }
  }

  #pass(ms: number): void {
    this.nowMs += ms
    for (const worker of this.workers) {
      const hand = this.schedule.crew.get(worker.node)
      if (hand === undefined) this.schedule.probe(worker.node)
      else hand.weight = 100
    }
    this.schedule.tick()
    this.#act()
  }

  #goOn(worker: Worker): void {
    const [first] = this.#writes
    if (first !== undefined && this.#random.below(2) === 0) {
      this.#writes.shift()
      this.#store(first)
    } else if (worker.inbox.length > 0) this.#hear(worker)
    else this.#work(worker)
    this.#act()
  }

  #store(job: Unmarked): void {
    const before = this.disk.get(job.id)
    if (before === undefined || !isStep(before.state, job.state)) {
      this.breaches.push(`${job.id} goes from ${before?.state} to ${job.state}`)
    }
    if (job.tries < (before?.tries ?? 0)) this.breaches.push(`${job.id} counts tries back`)
    const stored = { ...job, mark: NO_MARK }
    this.disk.set(job.id, stored)
    this.schedule.wrote(stored)
  }

  #act(): void {
    this.schedule.dispatch()
    for (const act of this.schedule.take()) this.#do(act)
  }

  #do(act: Act): void {
    if (act.kind === 'write') this.#writes.push(act.job)
    else if (act.kind === 'offer') this.#offer(act.job)
    else {
      const worker = this.workers.find(({ node }) => node === act.node)
      if (act.kind === 'probe') worker?.inbox.push({ ...act, term: this.#term })
      else worker?.inbox.push(act)
    }
  }

  #offer(job: Unmarked): void {
    const key = keyOf(job.id, job.tries)
    if (this.#offered.has(key)) this.breaches.push(`${key} is offered twice`)
    const stored = this.disk.get(job.id)
    if (stored?.state !== 'running' || stored.tries !== job.tries) {
      this.breaches.push(`${key} is offered, and not written`)
    }
    const able = this.workers.filter(({ node }) => this.schedule.crew.roomOf(node) > 0)
    const worker = able[this.#random.below(Math.max(1, able.length))]
    if (worker === undefined) this.schedule.answered(job.id, job.tries, { kind: 'refused' })
    else {
      this.#offered.add(key)
      this.schedule.asked(job.id, worker.node)
      worker.inbox.push({ kind: 'run', term: this.#term, job, open: true })
    }
  }

  #hear(worker: Worker): void {
    const word = worker.inbox.shift()
    if (word === undefined) return
    if (word.kind === 'run') this.#run(worker, word)
    else if (word.kind === 'probe') this.#answerProbe(worker, word)
    else if (worker.held.get(word.job)?.attempt === word.attempt) worker.held.delete(word.job)
  }

  #run(worker: Worker, word: Extract<Word, { kind: 'run' }>): void {
    const { job, term, open } = word
    const key = keyOf(job.id, job.tries)
    const isStale = term < worker.term
    worker.term = Math.max(worker.term, term)
    const isFull = worker.held.size >= CAPACITY
    if (isStale || isFull) {
      if (open) {
        this.#offered.delete(key)
        this.schedule.answered(job.id, job.tries, { kind: 'refused' })
      }
      return
    }
    const other = this.#taken.get(key)
    if (other !== undefined) this.breaches.push(`${key} is at ${other} and ${worker.node}`)
    this.#taken.set(key, worker.node)
    worker.held.set(job.id, { job: job.id, attempt: job.tries, progress: 0, outcome: undefined })
    if (open) {
      this.schedule.answered(job.id, job.tries, { kind: 'accepted', node: worker.node })
    }
  }

  #answerProbe(worker: Worker, word: Extract<Word, { kind: 'probe' }>): void {
    if (word.term < worker.term || word.term < this.#term) return
    worker.term = word.term
    const held: Held[] = [...worker.held.values()].map((one) => ({ ...one, term: worker.term }))
    const report = { pid: worker.pid, capacity: CAPACITY, running: held.length, draining: false }
    this.schedule.probed(worker.node, word.order, { kind: 'holds', worker: report, held })
    const hand = this.schedule.crew.get(worker.node)
    if (hand !== undefined) hand.weight = 100
  }

  #work(worker: Worker): void {
    for (const one of worker.held.values()) {
      const { job, attempt } = one
      if (this.#poison.has(job)) {
        this.#crashProcess(worker)
        return
      }
      const name = { job, attempt, term: worker.term }
      if (one.outcome === undefined && this.#random.below(3) === 0) {
        one.outcome = { kind: 'done', result: job }
      }
      one.progress = Math.min(1, one.progress + 0.1)
      const { outcome } = one
      if (outcome === undefined) {
        this.schedule.progressed({ ...name, progress: one.progress }, worker.pid)
      } else this.schedule.finished({ ...name, outcome, worker: worker.pid }, worker.pid)
    }
    const running = worker.held.size
    this.schedule.reported({ pid: worker.pid, capacity: CAPACITY, running, draining: false })
  }

  /** The process ends; another one takes its name, and what is on its way. */
  #crashProcess(worker: Worker): void {
    this.#births += 1
    worker.pid = Pid.of(worker.node, this.#births, 1)
    worker.held.clear()
    this.schedule.ended(worker.node)
    this.schedule.probe(worker.node)
    this.#act()
  }

  /** What is on its way is lost; what the worker has it goes on with. */
  #loseNode(worker: Worker): void {
    const lost = worker.inbox
    worker.inbox = []
    for (const word of lost) {
      if (word.kind === 'run' && word.open) this.#unknown(word.job)
      if (word.kind === 'probe') this.#silent(worker, word)
    }
    this.schedule.lost(worker.node)
    this.#act()
  }

  #silent(worker: Worker, { term, order }: Extract<Word, { kind: 'probe' }>): void {
    if (term === this.#term) this.schedule.probed(worker.node, order, { kind: 'silent' })
  }

  /** The leader waits no longer for the answer to a run, which is on its way still. */
  #giveUpCall(worker: Worker): void {
    for (const word of worker.inbox) {
      if (word.kind !== 'run' || !word.open) continue
      word.open = false
      this.#unknown(word.job)
    }
    this.#act()
  }

  #unknown({ id, tries }: Unmarked): void {
    this.schedule.answered(id, tries, { kind: 'unknown', problem: 'no answer' })
  }

  #lie({ pid }: Worker): void {
    const job = `j${this.#random.below(this.#jobs + 3)}`
    const attempt = this.#random.below(7)
    const term = this.#random.below(3) + this.#term - 1
    const name = { job, attempt, term }
    // Of a try that it may have a worker is believed what it says; all else is without effect.
    const stored = this.disk.get(job)
    const isGoing = stored?.state === 'running' && stored.tries === attempt
    const holder = this.schedule.live(job)?.worker
    if (isGoing && (holder === undefined || holder === pid.node)) return
    this.schedule.finished({ ...name, outcome: { kind: 'done', result: 'a lie' } }, pid)
    this.schedule.progressed({ ...name, progress: this.#random.below(5) - 2 }, pid)
    this.schedule.finished(undefined, pid)
    this.#act()
  }

  #delete(): void {
    if (this.#random.below(8) === 0) this.schedule.remove(`j${this.#random.below(this.#jobs + 1)}`)
    this.#act()
  }
}
