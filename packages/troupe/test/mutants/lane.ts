/**
 * A copy of the compiled package in a temporary folder, in which one fault at a time is planted.
 *
 * The copy has the name and the exports of the package, so that its tests run unchanged. A test
 * file is left as soon as it reports its first failure.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type Mutant, planted } from './mutant.js'

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url))
const MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url))
/** A test file that costs more without a fault is too slow for this. */
const RUN_MS_MAX = 30_000
/** With a fault it hangs then, which is a way to fail. */
export const HUNG_MS = 12_000
/** How many times longer it may take than it works: others share the machine, and may have more. */
const SHARE_OF_CORE = 4
const SEPARATOR = '\n'

/** What came of one test file. */
export type Verdict =
  /** Titles of the tests and suites that ran; the longest time in which nothing was done. */
  | {
      readonly kind: 'passed'
      readonly titles: readonly string[]
      readonly idleMs: number
      readonly costMs: number
    }
  /** `test` is the title of the first test that failed. */
  | { readonly kind: 'failed'; readonly test: string }
  /** `idle`: it waited for something that does not come, and did nothing else. */
  | { readonly kind: 'hung'; readonly idle: boolean }
  /** It did not come as far as its tests. */
  | { readonly kind: 'broken'; readonly output: string }

/** When a run is given up. */
export interface RunLimits {
  /** What it may cost; default: what any test file may cost without a fault. */
  readonly limitMs?: number
  /** So long without any work; default never. Works where the system tells of it (Linux). */
  readonly idleMs?: number
}

export class Lane {
  readonly #root: string

  private constructor(root: string) {
    this.#root = root
  }

  static async open(): Promise<Lane> {
    const root = await mkdtemp(join(tmpdir(), 'troupe-mutants-'))
    const lane = new Lane(root)
    await cp(join(PACKAGE, 'package.json'), lane.#path('package.json'))
    for (const folder of ['dist', 'dist-test', join('test', 'corpus')]) {
      const filter = (path: string): boolean => !/\.(map|d\.ts|tsbuildinfo)$/.test(path)
      await cp(join(PACKAGE, folder), lane.#path(folder), { recursive: true, filter })
    }
    await symlink(MODULES, join(root, 'node_modules'), 'junction')
    return lane
  }

  #path(file: string): string {
    return join(this.#root, 'troupe', file)
  }

  async close(): Promise<void> {
    await rm(this.#root, { recursive: true, force: true })
  }

  /** Runs `work` while the fault is in its place. */
  async with<T>(mutant: Mutant, work: () => Promise<T>): Promise<T> {
    const path = this.#path(join('dist', `${mutant.file}.js`))
    const sound = await readFile(path, 'utf8')
    await writeFile(path, planted(mutant, sound))
    try {
      return await work()
    } finally {
      await writeFile(path, sound)
    }
  }

  /** Runs one test file, or what of it has one of these titles, as far as its first failure. */
  run(file: string, tests: readonly string[], limits: RunLimits): Promise<Verdict> {
    const { limitMs = RUN_MS_MAX, idleMs = Number.POSITIVE_INFINITY } = limits
    const child = this.#start(file, tests)
    return new Promise((resolve) => {
      let output = ''
      let verdict: Verdict | undefined
      const settle = (reached: Verdict): void => {
        verdict ??= reached
        killGroup(child.pid)
      }
      const rest = new Rest(child.pid)
      const look = setInterval(() => {
        if (rest.look() > idleMs) settle({ kind: 'hung', idle: true })
        else if (rest.costMs > limitMs) settle({ kind: 'hung', idle: false })
      }, LOOK_MS)
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const failed = firstFailure(output)
        if (failed !== undefined) settle({ kind: 'failed', test: failed })
      })
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
      child.on('close', (code) => {
        clearInterval(look)
        const done: Verdict =
          code === 0 && /^# pass [1-9]/m.test(output)
            ? {
                kind: 'passed',
                titles: titlesIn(output),
                idleMs: rest.longestMs,
                costMs: rest.costMs,
              }
            : { kind: 'broken', output: output.slice(-2_000) }
        resolve(verdict ?? done)
      })
    })
  }

  #start(file: string, tests: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
    const narrowed = tests.map((title) => `--test-name-pattern=${title}`)
    const script = this.#path(join('dist-test', `${file}.js`))
    const child = spawn(process.execPath, ['--test-reporter=tap', ...narrowed, script], {
      cwd: this.#path('.'),
      env: cleanEnvironment(),
      // A group of its own, so that the programs it started end with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    keepPriority(child.pid)
    return child
  }
}

/** Where Linux shares the cores between sessions, a session of its own has a share of its own. */
function keepPriority(pid: number | undefined): void {
  const priority = getPriority()
  if (priority === 0 || pid === undefined) return
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(priority))
  } catch {
    // Here it does not, or the program has ended.
  }
}

const LOOK_MS = 250
/** Linux tells of work in hundredths of a second. */
const TICK_MS = 10

/** What a process has done, and how long it has done nothing: no work, and no wait for a core. */
class Rest {
  longestMs = 0
  /** Milliseconds of work; of the clock where the system does not tell of work, or it rests. */
  costMs = 0
  readonly #begin = performance.now()
  #since = performance.now()
  #work = -1
  readonly #pid: number | undefined

  constructor(pid: number | undefined) {
    this.#pid = pid
  }

  /** Milliseconds it rests now; 0 where the system does not tell. */
  look(): number {
    const nowMs = performance.now()
    const done = this.#workDone()
    const isTold = this.#work >= 0
    if (done === undefined || done.isWaiting || done.workMs !== this.#work) this.#since = nowMs
    this.#work = done?.workMs ?? this.#work
    const tookMs = nowMs - this.#begin
    const workMs = done?.workMs ?? (isTold ? 0 : tookMs)
    this.costMs = Math.max(this.costMs, workMs, tookMs / SHARE_OF_CORE)
    const restMs = nowMs - this.#since
    this.longestMs = Math.max(this.longestMs, restMs)
    return restMs
  }

  /** Its time on cores, and whether it waits for one; undefined where nobody knows. */
  #workDone(): { readonly workMs: number; readonly isWaiting: boolean } | undefined {
    try {
      const text = readFileSync(`/proc/${this.#pid}/stat`, 'latin1')
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
      return { workMs: ticks * TICK_MS, isWaiting: fields[0] === 'R' }
    } catch {
      return undefined
    }
  }
}

/** A program that outlives its test would hold the pipe, and the lane with it. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

/**
 * Without what a test runner or a coverage tool would take the child for its own by, and without
 * the seed of a soak, which may miss a rare fault.
 */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS, NODE_TEST_CONTEXT, NODE_V8_COVERAGE, TROUPE_SEED, ...rest } = process.env
  return rest
}

/** The titles of the tests, and suites, that a report tells as passed; not of those left out. */
function titlesIn(output: string): readonly string[] {
  const told = [...output.matchAll(/^\s*ok \d+ - (.*)$/gm)].map(([, title = '']) => title)
  return told.filter((title) => !/ # SKIP/.test(title)).map((title) => title.replace(/\\#/g, '#'))
}

/** The title of the first test, or suite, that a report tells as failed. */
function firstFailure(output: string): string | undefined {
  const whole = output.slice(0, output.lastIndexOf(SEPARATOR) + 1)
  const match = /^\s*not ok \d+ - (.*)$/m.exec(whole)
  return match?.[1]?.replace(/\\#/g, '#')
}
