/**
 * arguments/reference: the reference page of all commands, made of the same table as the help.
 *
 * docs/reference/commands.md is this text; a test compares the two, and prints how to renew it.
 */
import type { CommandSpec, OptionSpec } from './command-spec.js'
import { CONNECTION_OPTIONS, OUTPUT_OPTIONS, VERSION_OPTION } from './common-options.js'
import { usageOf } from './parse.js'

const HEAD = `# Commands

Each command of \`troupe\`, as its own \`--help\` tells it. How to begin:
[The terminal](../guides/terminal.md).
`

/** A bar would end the cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|')

function optionTable(options: readonly OptionSpec[]): string {
  const rows = options.map(({ name, short, value, about, otherwise, choices }) => {
    const flag = `--${name}${value === undefined ? '' : ` ${value}`}`
    const shown = `\`${cell(flag)}\`${short === undefined ? '' : `, \`-${short}\``}`
    const words = choices === undefined ? about : `${about}: ${choices.join(', ')}`
    return `| ${shown} | ${cell(words)} | ${cell(otherwise ?? '')} |`
  })
  return ['| option | meaning | default |', '| --- | --- | --- |', ...rows].join('\n')
}

function section(command: CommandSpec): string {
  const { name, summary, about, words, options, examples } = command
  const named = words.map((word) => `- \`${word.name}\`: ${word.about}.`)
  const shown = examples.map(({ line, about: why }) => `# ${why}\n${line}`)
  const begun = `${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}`
  return [
    `## ${name}`,
    `\`${usageOf(command)}\``,
    `${begun}.${about === undefined ? '' : ` ${about}`}`,
    ...(named.length === 0 ? [] : [named.join('\n')]),
    ...(options.length === 0 ? [] : [optionTable(options)]),
    `\`\`\`sh\n${shown.join('\n')}\n\`\`\``,
  ].join('\n\n')
}

/** The whole page. */
export const referencePage = (commands: readonly CommandSpec[]): string =>
  [
    HEAD,
    '## Options of all commands\n',
    `${optionTable([...CONNECTION_OPTIONS, ...OUTPUT_OPTIONS, VERSION_OPTION])}\n`,
    'Those above `--json` are for commands that ask a node, which is all but `completion`.\n',
    `${commands.map(section).join('\n\n')}\n`,
  ].join('\n')
