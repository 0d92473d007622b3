/**
 * bench/jobs/bullmq: a Redis server of the bench's own, the front and three workers, as processes.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PEER = join(dirname(dirname(fileURLToPath(import.meta.url))), 'peers', 'bullmq')
const WORKERS = 3

function start(children, program, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return child
}

/** The first line that holds what is looked for. */
async function line(child, pattern) {
  let told = ''
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    told += chunk
    const match = pattern.exec(told)
    if (match !== null) {
      child.stdout.resume()
      return match
    }
  }
  throw new Error(`ended before it was ready: ${told}`)
}

/** Starts it all; `fsync` is Redis's appendfsync. */
export async function startBullmq(fsync) {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-bench-redis-'))
  const children = []
  const port = String(20_000 + (process.pid % 10_000))
  const settings = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', '']
  const server = start(children, 'redis-server', [
    ...settings,
    ...['--appendonly', 'yes', '--appendfsync', fsync, '--maxmemory-policy', 'noeviction'],
  ])
  const stop = async () => {
    for (const child of children.reverse()) {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await line(server, /Ready to accept connections/)
    for (let n = 0; n < WORKERS; n += 1) {
      await line(start(children, process.execPath, [join(PEER, 'worker.mjs'), port]), /ready/)
    }
    const front = start(children, process.execPath, [join(PEER, 'front.mjs'), port])
    const [, own] = await line(front, /(\d+)\n/)
    return { bases: [`http://127.0.0.1:${own}`], stop }
  } catch (error) {
    await stop()
    throw error
  }
}
