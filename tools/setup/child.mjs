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
 * @property {number} exitCode 128 plus the signal's number is not computed: a killed tool has 1
 * @property {string} output what it wrote to both streams, in order of arrival
 */

/**
 * @param {string} command
 * @param {readonly string[]} flags
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, loud?: boolean }} [options] `loud` lets the tool
 *   write to our own streams; then `output` is empty
 * @returns {Promise<ToolResult>}
 */
export function runTool(command, flags, options = {}) {
  const { env = process.env, cwd = ROOT, loud = false } = options
  return new Promise((resolve, reject) => {
    const child = spawn(command, flags, {
      cwd,
      env,
      stdio: loud ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    })
    /** @type {Buffer[]} */
    const parts = []
    child.stdout?.on('data', (part) => parts.push(part))
    child.stderr?.on('data', (part) => parts.push(part))
    child.once('error', (cause) => {
      reject(
        new CommandFault(
          `The program ${command} cannot be run: ${cause.message}.`,
          `Install ${command}, or put it on the PATH.`,
        ),
      )
    })
    child.once('close', (code) => {
      resolve({ exitCode: code ?? 1, output: Buffer.concat(parts).toString('utf8') })
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
 * The last lines of an output, for a message that has to stay readable.
 *
 * @param {string} output
 * @param {number} linesMax
 */
export const tailOf = (output, linesMax) => output.trimEnd().split('\n').slice(-linesMax).join('\n')
