/**
 * setup/child: runs a tool to its end and hands back what it printed.
 *
 * The tool shares our process group, so a Ctrl-C at the terminal ends it together with us.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { CommandFault } from './fault.mjs'
import { ROOT } from './workspace.mjs'

/**
 * @typedef {object} ToolResult
 * @property {number} exitCode 1 for a tool that was ended by a signal
 * @property {string} output what it wrote to both streams, in order of arrival
 * @property {string} stdout what it wrote to standard output alone
 */

/**
 * @param {string} command
 * @param {readonly string[]} flags
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, loud?: boolean, timeoutMs?: number,
 *   tell?: (part: Buffer) => void, leashed?: boolean }} [options]
 *   `loud` lets the tool write to our own streams; then `output` is empty. Default `timeoutMs`: no
 *   limit; a tool that takes longer is ended and has exit code 1. `tell` gets what it writes as it
 *   comes. `leashed`: it has a session of its own, and is to end when its standard input does
 * @returns {Promise<ToolResult>}
 */
export function runTool(command, flags, options = {}) {
  const { env = process.env, cwd = ROOT, loud = false, timeoutMs = 0 } = options
  const { tell = () => {}, leashed = false } = options
  return new Promise((resolve, reject) => {
    const child = spawn(command, flags, {
      cwd,
      env,
      stdio: loud ? 'inherit' : [leashed ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      detached: leashed,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    /** @type {Buffer[]} */
    const parts = []
    /** @type {Buffer[]} */
    const outParts = []
    /** @param {Buffer} part */
    const take = (part) => {
      parts.push(part)
      tell(part)
    }
    child.stdout?.on('data', (part) => {
      outParts.push(part)
      take(part)
    })
    child.stderr?.on('data', take)
    child.once('error', (cause) => {
      reject(
        new CommandFault(
          `The program ${command} cannot be run: ${cause.message}.`,
          `Install ${command}, or put it on the PATH.`,
        ),
      )
    })
    child.once('close', (code) => {
      const output = Buffer.concat(parts).toString('utf8')
      resolve({ exitCode: code ?? 1, output, stdout: Buffer.concat(outParts).toString('utf8') })
    })
  })
}

/**
 * A program of an installed npm package, run with the Node that runs us.
 *
 * @param {string} script path of the JavaScript file below node_modules
 * @param {readonly string[]} flags
 * @param {Parameters<typeof runTool>[2]} [options]
 */
export const runNodeTool = (script, flags, options) =>
  runTool(process.execPath, [join(ROOT, 'node_modules', script), ...flags], options)

/**
 * npm itself: the one that runs us, else the one on the PATH.
 *
 * @param {readonly string[]} flags
 * @param {Parameters<typeof runTool>[2]} [options]
 */
export function runNpm(flags, options) {
  const script = process.env['npm_execpath']
  return script?.endsWith('.js') === true
    ? runTool(process.execPath, [script, ...flags], options)
    : runTool('npm', flags, options)
}

/**
 * The last lines of an output, for a message that has to stay readable.
 *
 * @param {string} output
 * @param {number} linesMax
 */
export const tailOf = (output, linesMax) => output.trimEnd().split('\n').slice(-linesMax).join('\n')
