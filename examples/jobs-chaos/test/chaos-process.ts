/**
 * test/chaos-process: the chaos program as a process, and what it printed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

export interface ChaosRun {
  readonly code: number | null
  readonly lines: readonly string[]
}

/** Runs the program to its end; what it has started ends with the test at the latest. */
export async function runToEnd(
  t: TestContext,
  flags: readonly string[],
  main = MAIN,
): Promise<ChaosRun> {
  const out = await mkdtemp(join(tmpdir(), 'jobs-chaos-test-'))
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawn(process.execPath, [main, '--out', out, ...flags], {
    env,
    // A group of its own, so that the programs it started end with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // Nobody is left.
    }
  }
  process.once('exit', end)
  t.after(async () => {
    end()
    process.off('exit', end)
    await rm(out, { recursive: true, force: true })
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, lines: text.split('\n') }
}
