/**
 * start/launcher: runs one system as a child and owns the order of its end.
 *
 * The child has a process group of its own, so a Ctrl-C at the terminal reaches only the launcher,
 * which passes one SIGTERM on. The child is preloaded with a leash (see leash.mjs): should the
 * launcher die without a word, the child ends within two seconds.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { paint, say } from '#setup/console'
import { CommandFault } from '#setup/fault'
import { ROOT } from '#setup/workspace'
import { NOT_ASKED, onStopRequest } from './stop-order.mjs'

const LEASH = pathToFileURL(join(ROOT, 'tools', 'start', 'leash.mjs')).href
const STOP_SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
/** A stop that lasts longer is explained. */
const PATIENCE_MS = 2_000
const FORCED = 130
/** A system that was typed wrongly has said so itself. */
const TYPED_WRONGLY = 2
/** How often the launcher looks whether npm is still there. */
const PARENT_LOOK_MS = 250

/**
 * @param {string} name
 * @param {string} entry path of the built file
 * @param {readonly string[]} flags
 * @returns {Promise<number>} the exit code: 0 when the system ended cleanly
 */
export function launch(name, entry, flags) {
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', '--import', LEASH, entry, ...flags],
    {
      detached: true,
      env: { ...process.env, TROUPE_LEASH: String(process.pid) },
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    },
  )
  const end = stopOrder(name, child)
  for (const signal of STOP_SIGNALS) process.on(signal, end.request)
  const watch = watchParent(end.request)
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(
        new CommandFault(
          `The system ${name} cannot be run: ${cause.message}.`,
          'See that Node itself runs: node --version',
        ),
      )
    })
    child.once('exit', (code, signal) => {
      killGroup(child.pid)
      clearInterval(watch)
      end.settled()
      resolve(verdict(name, code, signal, end.state()))
    })
  })
}

/**
 * Under npm the launcher ends with npm, even when npm is killed and can pass nothing on.
 *
 * @param {() => void} onOrphaned
 * @returns {NodeJS.Timeout | undefined}
 */
function watchParent(onOrphaned) {
  if (process.env['npm_lifecycle_event'] === undefined) return undefined
  const parent = process.ppid
  return setInterval(() => {
    if (process.ppid !== parent) onOrphaned()
  }, PARENT_LOOK_MS)
}

/**
 * @param {string} name
 * @param {import('node:child_process').ChildProcess} child
 */
function stopOrder(name, child) {
  let state = NOT_ASKED
  let forced = false
  /** @type {NodeJS.Timeout | undefined} */
  let patience
  return {
    request: () => {
      const [next, verdict] = onStopRequest(state, performance.now())
      state = next
      if (verdict === 'ask') {
        child.kill('SIGTERM')
        patience = setTimeout(
          () => say(paint('dim', `${name} is still stopping; Ctrl-C again ends it at once`)),
          PATIENCE_MS,
        )
      }
      if (verdict === 'force') {
        forced = true
        killGroup(child.pid)
      }
    },
    settled: () => clearTimeout(patience),
    state: () => (forced ? 'forced' : state === NOT_ASKED ? 'running' : 'asked'),
  }
}

/**
 * Ends what is left of the child's group, such as programs it had started.
 *
 * @param {number | undefined} pid
 */
function killGroup(pid) {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left in the group, which is the usual case.
  }
}

/**
 * @param {string} name
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 * @param {string} state
 */
function verdict(name, code, signal, state) {
  if (state === 'forced') {
    say(`${name} was ended by force.`)
    return FORCED
  }
  if (state === 'asked' && (code === 0 || signal === 'SIGTERM')) return 0
  if (code === 0) return 0
  if (state === 'running' && code === TYPED_WRONGLY) return code
  const how = signal === null ? `with code ${code}` : `by ${signal}`
  const when = state === 'asked' ? 'did not stop cleanly: it ended' : 'ended by itself'
  say(`${paint('red', 'Error:')} ${name} ${when} ${how}.`)
  say(`${paint('bold', 'Remedy:')} read the last lines it printed, above.`)
  return code ?? 1
}
