/**
 * bench/network/measure-pair: two processes of one peer, and what they take for one piece of work.
 *
 * The far one prints a line with its address when it is ready. The near one prints `begin` when
 * the measured section starts and a line of JSON when it is over; at both the CPU of both is read
 * from the kernel. Limit: `LIMIT_MS` for all of it.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const LIMIT_MS = 120_000
/** Of the clock in which the kernel accounts: USER_HZ, the same on every Linux. */
const TICKS_PER_SECOND = 100

/** User and system time of a process with all its threads, in seconds; 0 where none is told. */
function cpuSeconds(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return 0
  }
}

/** The line that tells what went wrong, or the last ones. */
function reasonIn(errors) {
  const lines = errors.trim().split('\n')
  return lines.find((line) => /Error\b/.test(line)) ?? lines.slice(-2).join(' | ')
}

function start(command, core, env) {
  const [program, ...args] = core === undefined ? command : ['taskset', '-c', core, ...command]
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors = `${errors}${chunk}`.slice(-2_000)
  })
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => {
      resolve(`ended with ${signal ?? code}: ${reasonIn(errors)}`)
    })
  })
  return { child, ended, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
}

/** The next line that begins with `{` or is `begin`; what else is printed is skipped. */
async function nextLine({ lines, ended }) {
  for (;;) {
    const { value, done } = await lines.next()
    if (done) throw new Error(await ended)
    if (value === 'begin' || value.startsWith('{')) return value
  }
}

async function played(far, near) {
  await nextLine(near)
  const [farBefore, nearBefore] = [cpuSeconds(far.child.pid), cpuSeconds(near.child.pid)]
  const told = JSON.parse(await nextLine(near))
  return {
    ...told,
    farSeconds: cpuSeconds(far.child.pid) - farBefore,
    nearSeconds: cpuSeconds(near.child.pid) - nearBefore,
  }
}

/** One measurement: `{ ops, seconds, nearSeconds, farSeconds, … }` or `{ failure }`. */
export async function measurePair(entrant, { work, count, cores, folder }) {
  const env = { ...entrant.env, BENCH_FOLDER: folder }
  const started = []
  const limit = setTimeout(() => {
    for (const { child } of started) child.kill('SIGKILL')
  }, LIMIT_MS)
  try {
    const far = start(entrant.far(), cores.far, env)
    started.push(far)
    const address = await nextLine(far)
    const near = start(entrant.near(work, count, address), cores.near, env)
    started.push(near)
    return await played(far, near)
  } catch (error) {
    return { failure: error.message }
  } finally {
    clearTimeout(limit)
    for (const { child } of started) child.kill('SIGKILL')
    await Promise.all(started.map(({ ended }) => ended))
  }
}
