/**
 * commands/printing: what every command prints with: lines for a person, JSON for a program.
 */
import type { Given } from '#arguments/command-spec'
import { CommandFault, EXIT } from '#cli/fault'
import { safeJson } from '#terminal/safe-text'
import type { Terminal } from '#terminal/terminal'
import { plainValue } from '#view/value-view'

/** Program text was asked for. */
export const wantsJson = ({ options }: Given): boolean => options['json'] === true

export const printLines = (terminal: Terminal, lines: readonly string[]): Promise<void> =>
  lines.length === 0 ? Promise.resolve() : terminal.write(`${lines.join('\n')}\n`)

/** One value; for a person who reads it, over several lines. */
export const printJson = (terminal: Terminal, value: unknown): Promise<void> =>
  terminal.write(`${safeJson(plainValue(value), terminal.isTerminal ? 2 : 0)}\n`)

/** One value in one line: for what goes on. */
export const printJsonLine = (terminal: Terminal, value: unknown): Promise<void> =>
  terminal.write(`${safeJson(plainValue(value))}\n`)

/** Refuses what changes something, unless that was asked for by `--manage`. */
export function requireManage({ options, command }: Given, does: string): void {
  if (options['manage'] === true) return
  throw new CommandFault({
    sentence: `troupe ${command.name} ${does}, and troupe only looks unless it is told otherwise.`,
    remedy: 'Add --manage. The node still decides whether you may.',
    exitCode: EXIT.refused,
  })
}

/** JSON that was typed. Throws a CommandFault of usage that says where it breaks. */
export function readJson(what: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (thrown) {
    const problem = thrown instanceof Error ? thrown.message : ''
    throw new CommandFault({
      sentence: `${what} is not JSON: ${safeJson(problem).slice(1, -1)}.`,
      remedy: `Quote it for your shell; a text is '"text"', an object '{"by":1}'.`,
      exitCode: EXIT.usage,
    })
  }
}

/** A whole number of 1 or more that was typed. */
export function readCount(
  option: string,
  { options }: Given,
  limits: { readonly otherwise: number; readonly most: number },
): number {
  const given = options[option]
  if (given === undefined) return limits.otherwise
  const number = Number(given)
  if (Number.isInteger(number) && number >= 1 && number <= limits.most) return number
  throw new CommandFault({
    sentence: `--${option} cannot be ${safeJson(given)}.`,
    remedy: `Give a whole number from 1 to ${limits.most}.`,
    exitCode: EXIT.usage,
  })
}
