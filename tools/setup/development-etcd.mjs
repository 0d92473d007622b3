/**
 * setup/development-etcd: the etcd of this clone: started, found again, ended, removed.
 *
 * One program on loopback that stays when the command that started it ends. Its data, its log and
 * its pid lie in a folder that git does not see. Runs before anything is built, so it knows
 * nothing of the packages; tests that want an etcd of their own use `startEtcd` of
 * `@troupe/etcd/testing`.
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { tailOf } from './child.mjs'
import { CommandFault } from './fault.mjs'
import { ROOT } from './workspace.mjs'

export const DEVELOPMENT_PORT = 12_379
export const DEVELOPMENT_FOLDER = join(ROOT, '.troupe', 'etcd')

const READY_MS_MAX = 30_000
const END_MS_MAX = 5_000
const LOOK_MS = 25
const LOG_LINES = 6

/**
 * @typedef {object} Running
 * @property {number} pid
 * @property {number} port
 *
 * @typedef {object} Place
 * @property {string} folder
 * @property {number} port
 */

/** @param {string} folder */
const stateFile = (folder) => join(folder, 'running.json')
/** @param {string} folder */
const dataFolder = (folder) => join(folder, 'data')

/**
 * The etcd of the folder, if it runs.
 *
 * @param {string} folder
 * @returns {Running | undefined}
 */
export function runningIn(folder) {
  try {
    const { pid, port } = JSON.parse(readFileSync(stateFile(folder), 'utf8'))
    // A pid may be somebody else's by now: ours has our data folder in its command line.
    return commandLineOf(Number(pid)).includes(dataFolder(folder))
      ? { pid: Number(pid), port: Number(port) }
      : undefined
  } catch {
    return undefined
  }
}

/** @param {number} pid */
function commandLineOf(pid) {
  const told = `/proc/${pid}/cmdline`
  if (existsSync('/proc/self/cmdline')) return existsSync(told) ? readFileSync(told, 'utf8') : ''
  return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' })
}

/**
 * Starts it unless it runs, and answers when it is healthy.
 *
 * @param {Place} place
 * @returns {Promise<Running & { version: string, isNew: boolean }>}
 */
export async function startIn({ folder, port }) {
  const before = runningIn(folder)
  if (before !== undefined) {
    if (before.port !== port) {
      throw new CommandFault(
        `The etcd of this clone listens on port ${before.port}, not on ${port}.`,
        'Stop it first: npm run etcd:stop',
      )
    }
    return { ...before, version: await ready({ folder, port }), isNew: false }
  }
  await requireFree(port)
  await requireFree(port + 1)
  mkdirSync(folder, { recursive: true })
  const pid = await spawned({ folder, port })
  writeFileSync(stateFile(folder), JSON.stringify({ pid, port }))
  try {
    return { pid, port, version: await ready({ folder, port }), isNew: true }
  } catch (fault) {
    await stopIn(folder)
    throw fault
  }
}

/** @param {number} port */
async function requireFree(port) {
  const isFree = await new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() => resolve(true))
    })
  })
  if (isFree) return
  const version = await versionAt(port)
  const who = version === undefined ? 'Something else' : `Another etcd (${version})`
  throw new CommandFault(
    `${who} listens on 127.0.0.1:${port}.`,
    'End it, or choose another port: npm run etcd:start -- --port 22379',
  )
}

/**
 * @param {Place} place
 * @returns {Promise<number>} its pid
 */
function spawned({ folder, port }) {
  const program = process.env['TROUPE_ETCD'] || 'etcd'
  const clients = `http://127.0.0.1:${port}`
  const peers = `http://127.0.0.1:${port + 1}`
  const log = openSync(join(folder, 'etcd.log'), 'w')
  const flags = [
    ...['--name', 'development', '--data-dir', dataFolder(folder)],
    ...['--listen-client-urls', clients, '--advertise-client-urls', clients],
    ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers],
    ...['--initial-cluster', `development=${peers}`],
    // What was overwritten long ago is dropped, so that it never fills up.
    ...['--auto-compaction-mode', 'revision', '--auto-compaction-retention', '10000'],
  ]
  const child = spawn(program, flags, {
    detached: true,
    stdio: ['ignore', log, log],
    env: Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^ETCD_(?!UNSUPPORTED_ARCH)/.test(name)),
    ),
  })
  child.unref()
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(Number(child.pid)))
    child.once('error', () => {
      reject(
        new CommandFault(
          `There is no program ${program}.`,
          'Install it: sudo apt-get install -y etcd-server. Or name one: TROUPE_ETCD=/path/to/etcd',
        ),
      )
    })
  })
}

/**
 * @param {Place} place
 * @returns {Promise<string>} its version
 */
async function ready({ folder, port }) {
  const untilMs = performance.now() + READY_MS_MAX
  while (runningIn(folder) !== undefined && performance.now() < untilMs) {
    if ((await ask(port, '/health'))?.includes('"true"')) {
      return (await versionAt(port)) ?? 'unknown'
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  const log = join(folder, 'etcd.log')
  throw new CommandFault(
    `etcd did not start; its last lines are:\n${tailOf(readFileSync(log, 'utf8'), LOG_LINES)}`,
    'If its data are of a later version, remove them: npm run etcd:clean',
  )
}

/** @param {number} port */
async function versionAt(port) {
  return /"etcdserver":"([^"]+)"/.exec((await ask(port, '/version')) ?? '')?.[1]
}

/**
 * @param {number} port
 * @param {string} path
 * @returns {Promise<string | undefined>} undefined: no answer
 */
function ask(port, path) {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, path, agent: false, timeout: 1_000 })
    sent.on('response', (response) => {
      response.setEncoding('utf8')
      let text = ''
      response.on('data', (part) => {
        text += part
      })
      response.on('error', () => resolve(undefined))
      response.on('end', () => resolve(text))
    })
    sent.on('timeout', () => sent.destroy())
    sent.on('error', () => resolve(undefined))
    sent.on('close', () => resolve(undefined))
    sent.end()
  })
}

/**
 * Ends it, by force when it takes its time.
 *
 * @param {string} folder
 * @returns {Promise<boolean>} whether it ran
 */
export async function stopIn(folder) {
  const running = runningIn(folder)
  if (running === undefined) return false
  const untilMs = performance.now() + END_MS_MAX
  process.kill(running.pid, 'SIGTERM')
  while (runningIn(folder) !== undefined) {
    if (performance.now() > untilMs) process.kill(running.pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  rmSync(stateFile(folder), { force: true })
  return true
}

/**
 * Ends it and removes its data.
 *
 * @param {string} folder
 * @returns {Promise<boolean>} whether there was anything
 */
export async function cleanIn(folder) {
  const existed = existsSync(folder)
  await stopIn(folder)
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  return existed
}
