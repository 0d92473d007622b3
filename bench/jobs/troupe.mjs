/**
 * bench/jobs/troupe: the job cluster of examples/jobs as its six programs, with a folder, ports and
 * a registrar of its own.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const MAIN = join(ROOT, 'examples', 'jobs', 'dist', 'main.js')
const START_MS = 60_000

export const isBuilt = () => existsSync(MAIN)

/** Starts it all and waits until it is ready; `bases` are the addresses of the coordinators. */
export async function startTroupe() {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-bench-jobs-'))
  const flags = [
    ...['--http-port', '0', '--data', join(folder, 'data'), '--name', `bench${process.pid}`],
    ...['--registrar-folder', join(folder, 'registrar'), '--cookie', 'a cookie of the bench alone'],
  ]
  const child = spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    await rm(folder, { recursive: true, force: true })
  }
  const limit = setTimeout(() => child.kill('SIGKILL'), START_MS)
  let told = ''
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    told += chunk
    if (/^ready$/m.test(told)) break
  }
  clearTimeout(limit)
  const bases = [...told.matchAll(/(http:\/\/127\.0\.0\.1:\d+)/g)].map(([, base]) => base)
  if (bases.length > 0) return { bases: [...new Set(bases)], stop }
  await stop()
  throw new Error(`the job cluster did not start: ${told}`)
}
