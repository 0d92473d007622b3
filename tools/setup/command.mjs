/**
 * setup/command: the frame of every npm script: flags, --help, faults as sentences, exit codes.
 */
import { parseArgs } from 'node:util'
import { paint, say } from './console.mjs'
import { CommandFault } from './fault.mjs'

/**
 * @typedef {{ type: 'string' | 'boolean', about: string, value?: string }} FlagSpec `value` is how
 *   the help calls what the flag takes
 *
 * @typedef {object} CommandSpec
 * @property {string} name as in `npm run <name>`
 * @property {string} about one sentence
 * @property {string} usage what follows the name
 * @property {Readonly<Record<string, FlagSpec>>} flags
 * @property {boolean} [positionals] whether words beside flags are taken; default false
 */

/** @param {CommandSpec} spec */
function helpOf(spec) {
  const rows = Object.entries({
    ...spec.flags,
    help: { about: 'print this text', value: undefined },
  })
  const lines = rows.map(([flag, { about, value }]) => {
    const shown = value === undefined ? `--${flag}` : `--${flag} ${value}`
    return `  ${shown.padEnd(22)} ${about}`
  })
  return `${spec.about}\n\nUsage: ${spec.usage}\n\n${lines.join('\n')}\n`
}

/**
 * @param {CommandSpec} spec
 * @param {readonly string[]} given
 */
function parsed(spec, given) {
  const options = Object.fromEntries(
    Object.entries(spec.flags).map(([flag, { type }]) => [flag, { type }]),
  )
  try {
    return parseArgs({
      args: [...given],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: spec.positionals ?? false,
    })
  } catch (error) {
    const sentence = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
    throw new CommandFault(`${sentence}.`, `See: npm run ${spec.name} -- --help`, 2)
  }
}

/**
 * Runs a command to its end and sets the exit code; a fault becomes its sentence and its remedy.
 *
 * @param {CommandSpec} spec
 * @param {(given: { flags: Record<string, string | boolean | undefined>, words: string[] }) =>
 *   Promise<number>} work answers the exit code
 */
export async function runCommand(spec, work) {
  await guarded(async () => {
    const { values, positionals } = parsed(spec, process.argv.slice(2))
    if (values['help'] === true) {
      process.stdout.write(helpOf(spec))
      return 0
    }
    return work({ flags: /** @type {any} */ (values), words: positionals })
  })
}

/**
 * Runs work and sets the exit code. Ctrl-C is left to Node: whoever has to end in order, as the
 * launcher does, listens for it.
 *
 * @param {() => Promise<number>} work
 */
export async function guarded(work) {
  try {
    process.exitCode = await work()
  } catch (error) {
    if (error instanceof CommandFault) {
      say(`${paint('red', 'Error:')} ${error.message}`)
      say(`${paint('bold', 'Remedy:')} ${error.remedy}`)
      process.exitCode = error.exitCode
      return
    }
    const told = error instanceof Error ? error : new CommandFault(String(error), '')
    say(`${paint('red', 'Error:')} the command itself failed: ${told.message}`)
    say('Remedy: run it again with TROUPE_DEBUG=1 for the place, and report it.')
    if (process.env['TROUPE_DEBUG'] === '1') say(String(told.stack))
    process.exitCode = 1
  }
}
