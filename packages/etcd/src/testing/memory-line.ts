/**
 * testing/memory-line: the road between one client and an etcd in memory, with its faults.
 *
 * A question takes half of the delay there, its answer the other half. While the road is cut off
 * nothing passes; what was asked and may come late arrives when it is mended. Knows nothing of
 * keys: what a question does is a function that it carries.
 *
 * @source what a cluster of a Jepsen test is put through: partitions, pauses, lost answers
 */
import type { Clock, Random } from 'troupe/registrar'
import { StoreRefusal } from './memory-store.js'

/** How a client is cut off. */
export interface CutOptions {
  /**
   * `silence` (default): nothing comes back, so that deadlines end the wait. `unreachable`: it is
   * told at once that nothing was sent.
   */
  readonly as?: 'silence' | 'unreachable'
  /** What becomes of what was being written: `lost` (default), or it happens when it is mended. */
  readonly late?: 'lost' | 'happens'
}

/** How long things are on their way, in milliseconds. */
export interface LineDelay {
  /** A question and its answer together. */
  readonly latencyMs: number
  /** What a watch is told. */
  readonly watchMs: number
  /** At most so much more, by chance. */
  readonly jitterMs: number
}

/** One question under way. */
export interface Question {
  readonly operation: string
  /** It may change something. */
  readonly isWrite: boolean
  /** Whether it may be sent again. */
  readonly retry: boolean
  /** True: nobody waits for the answer any more. */
  isOver(): boolean
  /** What it does where it arrives; what it throws is its answer. */
  act(): unknown
  answer(value: unknown): void
  /** `unsent`: it is certain that it never arrived. */
  refused(problem: string, how: 'refused' | 'unsent'): void
}

/** What a line asks of the etcd at its end. */
export interface LineEnd {
  readonly clock: Clock
  readonly random: Random
  readonly isFrozen: boolean
  /** Takes a question that has come while it is frozen. */
  wait(arrive: () => void): void
  /** Something may have changed. */
  changed(): void
}

/** Whoever wants to know that the line was lost or is there again. */
export interface LineListener {
  lineLost(problem: string): void
  lineBack(): void
}

export class MemoryLine {
  readonly #end: LineEnd
  readonly #listeners = new Set<LineListener>()
  #delay: LineDelay
  #cut: Required<CutOptions> | undefined = undefined
  #waiting: Question[] = []
  #refusal: string | undefined = undefined
  #answersToLose = 0

  constructor(end: LineEnd, delay: LineDelay) {
    this.#end = end
    this.#delay = delay
  }

  get isOpen(): boolean {
    return this.#cut === undefined && !this.#end.isFrozen
  }

  /** Why everything is refused. */
  get refusal(): string | undefined {
    return this.#refusal
  }

  get watchDelayMs(): number {
    return this.#delay.watchMs + this.#chanceMs()
  }

  listen(listener: LineListener): void {
    this.#listeners.add(listener)
  }

  unlisten(listener: LineListener): void {
    this.#listeners.delete(listener)
  }

  delay(delay: Partial<LineDelay>): void {
    this.#delay = { ...this.#delay, ...delay }
  }

  loseAnswers(count: number): void {
    this.#answersToLose += count
  }

  refuse(problem: string | undefined): void {
    this.#refusal = problem
    if (problem !== undefined) this.lost(problem)
    this.back()
  }

  cutOff({ as = 'silence', late = 'lost' }: CutOptions): void {
    const wasOpen = this.#cut === undefined
    this.#cut = { as, late }
    if (wasOpen) this.lost('the client was cut off')
  }

  mend(): void {
    if (this.#cut === undefined) return
    this.#cut = undefined
    this.back()
    const waiting = this.#waiting
    this.#waiting = []
    for (const question of waiting) this.send(question)
  }

  /** Everyone that listens has lost its line. */
  lost(problem: string): void {
    for (const listener of [...this.#listeners]) listener.lineLost(problem)
  }

  back(): void {
    if (!this.isOpen) return
    for (const listener of [...this.#listeners]) listener.lineBack()
  }

  send(question: Question): void {
    if (this.#cut !== undefined) this.#hold(question, this.#cut)
    else this.#after(() => this.#arrive(question))
  }

  #hold(question: Question, { as, late }: Required<CutOptions>): void {
    if (as === 'unreachable') {
      this.#after(() => question.refused('connection refused', 'unsent'))
      return
    }
    const comesLate = question.isWrite && !question.retry ? late === 'happens' : true
    if (comesLate) this.#waiting.push(question)
  }

  #arrive(question: Question): void {
    if (this.#cut !== undefined) this.#hold(question, this.#cut)
    else if (this.#end.isFrozen) this.#end.wait(() => this.#arrive(question))
    else if (this.#refusal !== undefined) this.#refuse(question, this.#refusal)
    else if (question.isWrite || !question.isOver()) this.#act(question)
  }

  #act(question: Question): void {
    let answer: unknown
    try {
      answer = question.act()
    } catch (thrown) {
      if (!(thrown instanceof StoreRefusal)) throw thrown
      this.#refuse(question, thrown.problem)
      return
    }
    this.#end.changed()
    if (question.isWrite && this.#answersToLose > 0) this.#loseAnswer(question)
    else this.#comeBack(() => question.answer(answer))
  }

  /** What may be sent again is, and happens twice. */
  #loseAnswer(question: Question): void {
    this.#answersToLose -= 1
    if (question.retry) this.send(question)
  }

  #refuse(question: Question, problem: string): void {
    this.#comeBack(() => question.refused(problem, 'refused'))
  }

  #comeBack(tell: () => void): void {
    this.#after(() => {
      if (this.#cut === undefined) tell()
    })
  }

  #after(run: () => void): void {
    this.#end.clock.after((this.#delay.latencyMs + this.#chanceMs()) / 2, run)
  }

  #chanceMs(): number {
    const { jitterMs } = this.#delay
    return jitterMs === 0 ? 0 : this.#end.random.unit() * jitterMs
  }
}
