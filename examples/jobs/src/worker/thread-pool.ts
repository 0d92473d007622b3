/**
 * worker/thread-pool: threads that do the work of tries, so that the loop of the node stays free.
 *
 * A thread is used again and again; one that was called off or has failed is ended. Each has a
 * limit of memory: a task that needs more ends its thread, not the node.
 * Limit: `idleMax` threads are kept while there is nothing to do.
 */
import { Worker } from 'node:worker_threads'
import type { FromThread, ThreadOutcome, ThreadTask, ToThread } from './thread-words.js'
import type { Outcome } from './worker-protocol.js'

/** What is said of the threads. */
export interface ThreadPoolOptions {
  /** Memory of the objects of one thread, in megabytes; texts and buffers come on top. */
  readonly memoryMb?: number
  /** Threads that are kept for the next task. */
  readonly idleMax?: number
}

export const THREAD_POOL_DEFAULTS = Object.freeze({ memoryMb: 256, idleMax: 2 })

/** How a task sees the world. */
export interface TaskSurroundings {
  /** A part of the text, exactly so long; a rejection ends the task. */
  read(at: number, length: number): Promise<Uint8Array>
  progress(progress: number): void
  readonly signal: AbortSignal
}

/** How a task ended; `called-off`: by the signal; `no-text`: `read` rejected. */
export type TaskOutcome =
  | ThreadOutcome
  | { readonly kind: 'called-off' }
  | { readonly kind: 'no-text'; readonly problem: string }

/** Whatever runs tasks. */
export interface TaskRunner {
  /** Never rejects. */
  run(task: ThreadTask, surroundings: TaskSurroundings): Promise<TaskOutcome>
}

/** Threads for tasks. */
export class ThreadPool implements TaskRunner {
  readonly #options: Required<ThreadPoolOptions>
  readonly #idle: Worker[] = []
  readonly #all = new Set<Worker>()
  #runs = 0
  #isClosed = false

  constructor(options: ThreadPoolOptions = {}) {
    this.#options = { ...THREAD_POOL_DEFAULTS, ...options }
  }

  /** Threads that are there, idle ones included. */
  get size(): number {
    return this.#all.size
  }

  run(task: ThreadTask, surroundings: TaskSurroundings): Promise<TaskOutcome> {
    if (surroundings.signal.aborted || this.#isClosed) {
      return Promise.resolve({ kind: 'called-off' })
    }
    const thread = this.#idle.pop() ?? this.#start()
    // A program with a task to do does not end; one with idle threads alone may.
    thread.ref()
    this.#runs += 1
    return new Promise((resolve) => {
      const end = (outcome: TaskOutcome, fit: boolean): void => {
        seat.leave()
        this.#release(thread, fit)
        resolve(outcome)
      }
      const seat = new Seat(thread, this.#runs, surroundings, end)
      seat.begin(task)
    })
  }

  /** Ends all threads; what they do is called off. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#idle.length = 0
    await Promise.all([...this.#all].map((thread) => thread.terminate()))
  }

  #start(): Worker {
    const thread = new Worker(new URL('./thread.js', import.meta.url), {
      name: 'jobs worker',
      // What the program preloads for itself has no business in a thread.
      execArgv: [],
      env: {},
      resourceLimits: {
        maxOldGenerationSizeMb: this.#options.memoryMb,
        maxYoungGenerationSizeMb: 16,
      },
    })
    // Whoever has a seat there hears more; without one nobody needs to know.
    thread.on('error', () => {})
    thread.once('exit', () => {
      this.#all.delete(thread)
      const at = this.#idle.indexOf(thread)
      if (at >= 0) this.#idle.splice(at, 1)
    })
    this.#all.add(thread)
    return thread
  }

  #release(thread: Worker, fit: boolean): void {
    if (!fit || this.#isClosed || this.#idle.length >= this.#options.idleMax) {
      void thread.terminate()
      return
    }
    thread.unref()
    this.#idle.push(thread)
  }
}

/** One task in one thread. */
class Seat {
  readonly #thread: Worker
  readonly #run: number
  readonly #surroundings: TaskSurroundings
  readonly #end: (outcome: TaskOutcome, fit: boolean) => void
  #problem = 'the thread ended'
  #isOver = false

  constructor(
    thread: Worker,
    run: number,
    surroundings: TaskSurroundings,
    end: (outcome: TaskOutcome, fit: boolean) => void,
  ) {
    this.#thread = thread
    this.#run = run
    this.#surroundings = surroundings
    this.#end = end
  }

  begin(task: ThreadTask): void {
    this.#thread.on('message', this.#heard)
    this.#thread.on('error', this.#failed)
    this.#thread.on('exit', this.#exited)
    this.#surroundings.signal.addEventListener('abort', this.#calledOff)
    this.#post({ kind: 'begin', run: this.#run, task }, [])
  }

  leave(): void {
    this.#isOver = true
    this.#thread.off('message', this.#heard)
    this.#thread.off('error', this.#failed)
    this.#thread.off('exit', this.#exited)
    this.#surroundings.signal.removeEventListener('abort', this.#calledOff)
  }

  #post(word: ToThread, transfer: readonly ArrayBuffer[]): void {
    this.#thread.postMessage(word, transfer)
  }

  readonly #heard = (word: FromThread): void => {
    if (word.run !== this.#run) return
    if (word.kind === 'progress') this.#surroundings.progress(word.progress)
    else if (word.kind === 'ended') this.#end(word.outcome, true)
    else this.#bring(word.at, word.length)
  }

  /** Pages go in the order in which they were asked for, whichever is there first. */
  #bring(at: number, length: number): void {
    const page = this.#surroundings.read(at, length)
    page.catch(() => {})
    this.#line = this.#line.then(async () => {
      try {
        // A copy, whose memory can be handed over: the page may be a part of something larger.
        const own = new Uint8Array(await page)
        if (!this.#isOver) this.#post({ kind: 'page', run: this.#run, page: own }, [own.buffer])
      } catch (thrown) {
        const problem = thrown instanceof Error ? thrown.message : String(thrown)
        if (!this.#isOver) this.#end({ kind: 'no-text', problem }, false)
      }
    })
  }
  #line: Promise<void> = Promise.resolve()

  readonly #failed = (thrown: unknown): void => {
    this.#problem = thrown instanceof Error ? thrown.message : String(thrown)
  }

  readonly #exited = (): void => {
    const outcome: Outcome = { kind: 'crashed', problem: this.#problem }
    this.#end(outcome, false)
  }

  readonly #calledOff = (): void => this.#end({ kind: 'called-off' }, false)
}
