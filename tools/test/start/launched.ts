/**
 * start/launched: a fixture started by the real launcher, as a test watches it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ROOT } from '#setup/workspace'

const FIXTURES = join(ROOT, 'tools', 'test', 'fixtures', 'start')
const LINE_MAX_MS = 20_000
const LOOK_MS = 20

export interface Launched {
  readonly process: ChildProcess
  /** What the system wrote to standard output so far. */
  output(): string
  /** What the launcher wrote to standard error so far. */
  told(): string
  /** Waits for a line that matches; answers its first group, or the line. */
  line(pattern: RegExp): Promise<string>
  /** The launcher's exit code; undefined when a signal ended it. */
  exit(): Promise<number | undefined>
}

/** The letter Linux gives a process that has ended and that nobody has collected yet. */
const ENDED = /^\d+ \(.*\) Z /

/** Whether a process of this id still runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const status = `/proc/${pid}/stat`
  return !(existsSync(status) && ENDED.test(readFileSync(status, 'utf8')))
}

/**
 * Waits until a fact holds; answers how long that took in milliseconds, without the time in which
 * the machine stood still.
 */
export async function until(fact: () => boolean, limitMs: number, what: string): Promise<number> {
  const startedMs = performance.now()
  let stoodStillMs = 0
  for (;;) {
    const lookedMs = performance.now()
    if (fact()) return lookedMs - startedMs - stoodStillMs
    if (lookedMs - startedMs > limitMs) throw new Error(`not within ${limitMs} ms: ${what}`)
    await pause(LOOK_MS)
    stoodStillMs += Math.max(0, performance.now() - lookedMs - 2 * LOOK_MS)
  }
}

export function launchFixture(name: string, flags: readonly string[] = []): Launched {
  const launcher = spawn(
    process.execPath,
    [join(FIXTURES, 'launch.mjs'), join(FIXTURES, `${name}.mjs`), ...flags],
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  )
  let output = ''
  let told = ''
  launcher.stdout.on('data', (part: Buffer) => {
    output += part
  })
  launcher.stderr.on('data', (part: Buffer) => {
    told += part
  })
  const ended = once(launcher, 'close') as Promise<[number | null]>
  return {
    process: launcher,
    output: () => output,
    told: () => told,
    line: async (pattern) => {
      await until(() => pattern.test(output), LINE_MAX_MS, `a line like ${pattern}`)
      const found = pattern.exec(output)
      return found?.[1] ?? found?.[0] ?? ''
    },
    exit: async () => (await ended)[0] ?? undefined,
  }
}
