/**
 * bench/measure: runs one peer once, in a fresh process on one core, and reads its JSON line.
 *
 * The peer takes its own clock and CPU over the measured section; this file turns them into the
 * value of the row. Limit: a measurement longer than `LIMIT_MS` is ended and counts as failed.
 */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { has } from './setup.mjs'

const LIMIT_MS = 180_000

/** The last core: the first one serves interrupts and whoever else works here. */
export const pinning = has('taskset')
  ? ['taskset', '-c', String(availableParallelism() - 1)]
  : undefined

function runOnce(command, env) {
  const [program, ...args] = [...(pinning ?? []), ...command]
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
    child.on('error', (error) => resolve({ failure: error.message }))
    child.on('close', (status, signal) => {
      clearTimeout(limit)
      const told = stderr.trim().split('\n').slice(-3).join(' | ')
      if (status === 0) resolve({ stdout })
      else resolve({ failure: `ended with ${signal ?? status}: ${told}` })
    })
  })
}

function figureOf(row, { ops, seconds, value }) {
  if (row.kind === 'reported') return value
  return row.kind === 'rate' ? ops / seconds : (seconds * 1_000) / ops
}

/** One measurement: `{ value, cpuMicrosPerOp, coreShare }` or `{ failure }`. */
export async function measure(row, peer, variant) {
  const name = variant ?? row.name
  const { stdout, failure } = await runOnce(peer.command(name, peer.counts[name]), peer.env)
  if (failure !== undefined) return { failure }
  const line = stdout.trim().split('\n').at(-1)
  if (!line?.startsWith('{')) return { failure: `no figures in its output: ${line}` }
  const told = JSON.parse(line)
  const handled = told.ops * row.handledPerOp
  // What a reading of memory or lateness costs is no cost of an operation.
  const cpuMicrosPerOp = row.kind === 'reported' ? null : (told.cpuSeconds * 1e6) / handled
  // Below 1 the core was shared with others, or the peer waited: the clock then tells less.
  const coreShare = told.cpuSeconds / told.seconds
  return { value: figureOf(row, told), cpuMicrosPerOp, coreShare }
}
