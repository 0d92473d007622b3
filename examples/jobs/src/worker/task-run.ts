/**
 * worker/task-run: one task in a thread: asks for its text, checks it, works on it, says the end.
 *
 * A text that is not what it should be is no fault of the job, so a problem that the work has
 * with its text counts only when the digest says that the text was the right one.
 */
import { createHash } from 'node:crypto'
import type { Finished } from '#jobs/kinds/kind'
import { beginTask, Running } from '#jobs/kinds/run'
import {
  type FromThread,
  PAGE_BYTES,
  PAGES_AHEAD,
  type ThreadOutcome,
  type ThreadTask,
} from './thread-words.js'

/** Progress is told when it has grown by this. */
const TOLD_STEP = 0.002

/** One task. */
export class TaskRun {
  readonly #run: number
  readonly #task: ThreadTask
  readonly #say: (word: FromThread) => void
  readonly #hash = createHash('sha256')
  #work: Running | undefined
  #verdict: Finished | undefined
  #wanted = 0
  #taken = 0
  #told = 0
  /** Pages are taken one after the other. */
  #line: Promise<void> = Promise.resolve()

  constructor(run: number, task: ThreadTask, say: (word: FromThread) => void) {
    this.#run = run
    this.#task = task
    this.#say = say
  }

  begin(): void {
    const begun = beginTask(this.#task, (progress) => this.#tell(progress))
    if (!(begun instanceof Running)) {
      this.#end(begun)
      return
    }
    this.#work = begun
    if (this.#task.bytes === 0) this.#next(() => this.#finish())
    for (let page = 0; page < PAGES_AHEAD; page += 1) this.#want()
  }

  /** The next part of the text, as long as it was asked for. */
  page(page: Uint8Array): void {
    this.#next(() => this.#take(page))
  }

  #next(step: () => Promise<void>): void {
    this.#line = this.#line.then(step).catch((thrown: unknown) => {
      this.#end({ kind: 'crashed', problem: String(thrown) })
    })
  }

  #want(): void {
    const length = Math.min(PAGE_BYTES, this.#task.bytes - this.#wanted)
    if (length === 0) return
    this.#say({ kind: 'wants', run: this.#run, at: this.#wanted, length })
    this.#wanted += length
  }

  async #take(page: Uint8Array): Promise<void> {
    this.#hash.update(page)
    this.#taken += page.length
    this.#verdict ??= await this.#work?.take(page)
    this.#want()
    if (this.#taken === this.#task.bytes) await this.#finish()
  }

  async #finish(): Promise<void> {
    if (this.#hash.digest('hex') !== this.#task.sha256) return this.#end({ kind: 'text-wrong' })
    const verdict = this.#verdict ?? (await this.#work?.finish())
    if (verdict !== undefined) this.#end(verdict)
  }

  #tell(progress: number): void {
    if (progress < this.#told + TOLD_STEP) return
    this.#told = progress
    this.#say({ kind: 'progress', run: this.#run, progress })
  }

  #end(outcome: ThreadOutcome): void {
    this.#say({ kind: 'ended', run: this.#run, outcome })
  }
}
