/**
 * run: from the words that were typed to an exit code: the frame of every command.
 *
 * Reads the table and nothing else before it knows which command is meant, so that help and
 * mistakes are answered at once.
 */
import { parse } from '#arguments/parse'
import { COMMANDS } from '#commands/table'
import { safeJson, safeLines } from '#terminal/safe-text'
import { realTerminal, type Terminal } from '#terminal/terminal'
import { CommandFault, EXIT, type ExitCode, faultAsData } from './fault.js'

/** Lines of a stack that are told. */
const STACK_LINES_MAX = 100
/** Prose on a terminal that tells no width. */
const HELP_WIDTH = 100

/** Whether a switch was typed; asked before anything is read, for how faults are told. */
const typedSwitch = (typed: readonly string[], name: string): boolean => {
  const end = typed.indexOf('--')
  return (end < 0 ? typed : typed.slice(0, end)).includes(name)
}

/**
 * Runs one command and answers its exit code; every failure has been told by then.
 *
 * @example const exitCode = await runTroupe(['nodes', '--json'], terminal)
 */
export async function runTroupe(typed: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    if (typed[0] === '__complete') return await complete(typed.slice(1), terminal)
    const parsed = parse(typed, COMMANDS)
    if (parsed.kind === 'version') {
      const { troupeVersion } = await import('./version.js')
      await terminal.write(`${await troupeVersion()}\n`)
      return EXIT.done
    }
    if (parsed.kind === 'help') {
      const { helpOf, helpOfAll } = await import('#arguments/help')
      const width = Number.isFinite(terminal.width) ? terminal.width : HELP_WIDTH
      const layout = { width, paint: terminal.paint }
      const { command } = parsed
      const text = command === undefined ? helpOfAll(COMMANDS, layout) : helpOf(command, layout)
      await terminal.write(text)
      return EXIT.done
    }
    const run = await parsed.given.command.load()
    return await run(parsed.given, terminal)
  } catch (thrown) {
    return tell(thrown, typed, terminal)
  }
}

async function complete(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { completionsOf } = await import('#commands/complete')
  const typed = words[0] === '--' ? words.slice(1) : words
  const found = await completionsOf(typed, terminal.env)
  await terminal.write(found.map((word) => `${word}\n`).join(''))
  return EXIT.done
}

async function tell(
  thrown: unknown,
  typed: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const { faultOf } = await import('#connect/problem')
  const fault = thrown instanceof CommandFault ? thrown : faultOf(thrown)
  const { sentence, remedy, exitCode, code } = fault.facts
  if (typedSwitch(typed, '--json')) {
    terminal.note(safeJson(faultAsData(fault.facts)))
    return exitCode
  }
  const coded = code === undefined ? '' : `${code}: `
  terminal.note(`${terminal.paint('red', 'Error:')} ${coded}${sentence}`)
  if (remedy !== '') terminal.note(remedy)
  const { stack } = thrown instanceof Error ? thrown : { stack: undefined }
  const isDebugging = terminal.env['TROUPE_DEBUG'] === '1' && stack !== undefined
  for (const line of isDebugging ? safeLines(stack, STACK_LINES_MAX) : []) terminal.note(line)
  return exitCode
}

/** Runs what this program was called with, and sets its exit code. */
export async function runInTerminal(): Promise<void> {
  const typed = process.argv.slice(2)
  // Whoever read has had enough, as in `| head`: what is left has no reader.
  process.stdout.on('error', () => process.exit(EXIT.done))
  const terminal = realTerminal(typedSwitch(typed, '--no-color'))
  process.exitCode = await runTroupe(typed, terminal)
  // All is printed and our node has stopped; whatever else keeps the program has no purpose.
  process.stderr.write('', () => process.exit())
}
