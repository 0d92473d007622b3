/**
 * system/program: one program of the cluster, started again whenever that is asked.
 *
 * What it prints goes to a file of its own, which holds all its lives. Its state is what the
 * chaos program did to it, and whether it has said `ready` since.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, writeSync } from 'node:fs'

export interface ProgramOptions {
  /** The name of its node. */
  readonly node: string
  readonly words: readonly string[]
  /** Path of the file that its lines are appended to. */
  readonly log: string
  readonly cwd: string
  /** Told of each end, with how it was. */
  readonly ended: (program: Program, how: string, wasReady: boolean) => void
}

export type ProgramState = 'down' | 'starting' | 'ready' | 'frozen'

/** A program of the cluster that finds this ends when its input does: when we are killed, too. */
const CHILD = Object.freeze({ JOBS_CHILD: 'chaos' })

/** No variable of whoever tests or measures us. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS, NODE_TEST_CONTEXT, NODE_V8_COVERAGE, ...rest } = process.env
  return { ...rest, ...CHILD }
}

export class Program {
  readonly #options: ProgramOptions
  readonly #log: number
  #child: ChildProcess | undefined
  #frozen = 0
  #isReady = false
  #readyWaits: (() => void)[] = []
  /** Lives so far. */
  lives = 0
  /** Changes with everything that is done to it, and with each end. */
  touched = 0

  constructor(options: ProgramOptions) {
    this.#options = options
    this.#log = openSync(options.log, 'a')
  }

  get node(): string {
    return this.#options.node
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  get state(): ProgramState {
    if (this.#child === undefined) return 'down'
    if (this.#frozen > 0) return 'frozen'
    return this.#isReady ? 'ready' : 'starting'
  }

  /** Starts it, unless it runs. */
  start(): void {
    if (this.#child !== undefined) return
    const { words, cwd } = this.#options
    const child = spawn(process.execPath, ['--enable-source-maps', ...words], {
      cwd,
      env: cleanEnvironment(),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.lives += 1
    this.touched += 1
    this.#child = child
    this.#isReady = false
    this.#frozen = 0
    this.#note(`life ${this.lives}, pid ${child.pid}`)
    this.#listen(child)
  }

  /** Settles when it is ready, or has ended; at once if it is. */
  async readiness(): Promise<void> {
    if (this.#child === undefined || this.#isReady) return
    await new Promise<void>((resolve) => this.#readyWaits.push(resolve))
  }

  /** Settles when this life of it is over. */
  async end(): Promise<void> {
    if (this.#child !== undefined) await once(this.#child, 'exit')
  }

  /** Sends a signal; SIGSTOP and SIGCONT are counted, so that freezes overlap. */
  signal(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): boolean {
    if (this.#child === undefined) return false
    this.touched += 1
    if (signal === 'SIGSTOP') this.#frozen += 1
    if (signal === 'SIGCONT') {
      this.#frozen = Math.max(0, this.#frozen - 1)
      if (this.#frozen > 0) return true
    }
    this.#note(signal)
    return this.#child.kill(signal)
  }

  /** Ends it for good: orderly within `graceMs`, else at once. */
  async stop(graceMs: number): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    this.touched += 1
    child.kill('SIGCONT')
    child.kill('SIGTERM')
    const late = AbortSignal.timeout(graceMs)
    const kill = (): void => void child.kill('SIGKILL')
    late.addEventListener('abort', kill)
    await this.end()
    late.removeEventListener('abort', kill)
  }

  /** No line is written any more. */
  close(): void {
    closeSync(this.#log)
  }

  #note(text: string): void {
    writeSync(this.#log, `--- ${text}\n`)
  }

  #listen(child: ChildProcess): void {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (bytes: Buffer) => this.#hear(child, bytes))
    }
    child.once('error', () => this.#over(child, 'it could not be run'))
    child.once('exit', (code, signal) => this.#over(child, signal ?? `code ${code}`))
  }

  #hear(child: ChildProcess, bytes: Buffer): void {
    if (this.#child !== child && this.#child !== undefined) return
    try {
      writeSync(this.#log, bytes)
    } catch {
      // The file is closed: all is over.
    }
    if (!this.#isReady && /^ready\s*$/m.test(bytes.toString())) this.#ready()
  }

  #ready(): void {
    this.#isReady = true
    const waits = this.#readyWaits
    this.#readyWaits = []
    for (const resolve of waits) resolve()
  }

  #over(child: ChildProcess, how: string): void {
    if (this.#child !== child) return
    const wasReady = this.#isReady
    this.#child = undefined
    this.#frozen = 0
    this.touched += 1
    this.#note(`ended: ${how}`)
    this.#ready()
    this.#isReady = false
    this.#options.ended(this, how, wasReady)
  }
}
