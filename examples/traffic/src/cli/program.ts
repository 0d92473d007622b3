/**
 * cli/program: what the programs of the traffic examples do alike: help, refusals, exit codes.
 *
 * The system, its load generator and its emergency service are read from the command line and run
 * by their own files; here is what a person at the terminal sees when something is wrong.
 * Exit codes: what `run` says, 1 for what cannot start, 2 for what was typed wrongly. Never a stack
 * for an error with a code.
 */

import { describeThrown, TroupeError } from 'troupe'

/** How a program ended: with a code, or before it ran for a reason that is told to people. */
export type ProgramEnd =
  | { readonly kind: 'ended'; readonly exitCode: number }
  | { readonly kind: 'refused'; readonly problem: string }

/** What the command line asks for; `run` holds whatever the program wants of it. */
export type CommandLine<R extends { readonly kind: 'run' }> =
  | R
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problem: string }

export interface Program<R extends { readonly kind: 'run' }> {
  readonly commandLine: CommandLine<R>
  /** What `--help` prints. */
  readonly help: string
  readonly run: (asked: R) => Promise<ProgramEnd>
}

/** As the commands of the house have it; the launcher adds nothing to it. */
const TYPED_WRONGLY = 2

/** Prints a line; one that nobody reads any more is lost. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`)

/**
 * Runs a program and sets the exit code of the process. Never rejects.
 *
 * @example await runProgram({ commandLine: parseFlags(words), help: HELP, run })
 */
export async function runProgram<R extends { readonly kind: 'run' }>(
  program: Program<R>,
): Promise<void> {
  // A reader that has gone must not end the program.
  process.stdout.on('error', () => {})
  const { commandLine, help, run } = program
  if (commandLine.kind === 'help') {
    process.stdout.write(help)
    return
  }
  if (commandLine.kind === 'refused') {
    refuse(`OPTION_INVALID: ${commandLine.problem}`, TYPED_WRONGLY)
    return
  }
  try {
    const end = await run(commandLine)
    if (end.kind === 'refused') refuse(end.problem)
    else process.exitCode = end.exitCode
  } catch (error) {
    // A coded error says what happened and what to do; its stack would only hide that.
    refuse(TroupeError.is(error) ? `${error.code}: ${error.message}` : describeThrown(error))
  }
}

function refuse(problem: string, exitCode = 1): void {
  process.stderr.write(`${problem}\n`)
  process.exitCode = exitCode
}
