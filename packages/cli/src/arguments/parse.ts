/**
 * arguments/parse: what was typed, read against the table of commands, every mistake named.
 *
 * Options may stand before and after the name of the command. Whatever is not in the table is
 * refused: a mistyped option that went unnoticed would let a command do something else.
 *
 * @source node:util parseArgs; POSIX utility syntax guidelines
 */
import { parseArgs } from 'node:util'
import { usageFault } from '#cli/fault'
import type { CommandSpec, Given, OptionSpec } from './command-spec.js'
import { CONNECTION_OPTIONS, OUTPUT_OPTIONS, VERSION_OPTION } from './common-options.js'
import { nearest } from './nearest.js'

/** What the words come to. */
export type Parsed =
  | { readonly kind: 'run'; readonly given: Given }
  | { readonly kind: 'help'; readonly command: CommandSpec | undefined }
  | { readonly kind: 'version' }

/** All options a command takes. */
export const optionsOf = (command: CommandSpec): readonly OptionSpec[] => [
  ...command.options,
  ...(command.offline === true ? [] : CONNECTION_OPTIONS),
  ...OUTPUT_OPTIONS,
]

type Token = NonNullable<ReturnType<typeof tokensOf>>[number]

/** The words as options and positionals; nothing is refused yet. */
function tokensOf(typed: readonly string[], specs: readonly OptionSpec[]) {
  const options = Object.fromEntries(
    specs.map(({ name, short, value }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  )
  const args = [...typed]
  return parseArgs({ args, options, strict: false, tokens: true, allowPositionals: true }).tokens
}

/**
 * Reads what was typed after `troupe`. Throws a CommandFault of usage.
 *
 * @example parse(['tree', 'shop', '--json'], COMMANDS)
 */
export function parse(typed: readonly string[], commands: readonly CommandSpec[]): Parsed {
  const everything = uniqueOptions(commands)
  const tokens = tokensOf(typed, everything)
  const first = tokens.find((token) => token.kind === 'positional')
  const name = first?.kind === 'positional' ? first.value : undefined
  const command = name === undefined ? undefined : commandNamed(name, commands)
  const wanted = (option: string): boolean =>
    tokens.some((token) => token.kind === 'option' && token.name === option)
  if (wanted('help')) return { kind: 'help', command }
  if (command === undefined) {
    if (wanted('version')) return { kind: 'version' }
    for (const token of tokens) if (token.kind === 'option') knownOption(token, everything)
    return { kind: 'help', command: undefined }
  }
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []))
  const options = readOptions(tokens, command, commands)
  return { kind: 'run', given: { command, words: checkedWords(words.slice(1), command), options } }
}

/** Every option of every command; one of the same name is read the same way everywhere. */
function uniqueOptions(commands: readonly CommandSpec[]): readonly OptionSpec[] {
  const all = [VERSION_OPTION, ...CONNECTION_OPTIONS, ...commands.flatMap(optionsOf)]
  return [...new Map(all.map((option) => [option.name, option])).values()]
}

function commandNamed(name: string, commands: readonly CommandSpec[]): CommandSpec {
  const found = commands.find((command) => command.name === name)
  if (found !== undefined) return found
  const known = commands.map((command) => command.name)
  const guess = nearest(name, known)
  throw usageFault(
    `There is no command ${JSON.stringify(name)}.`,
    guess === undefined ? 'See: troupe --help' : `Did you mean: troupe ${guess}`,
  )
}

function knownOption(token: Token, specs: readonly OptionSpec[], command?: string): OptionSpec {
  const typed = token.kind === 'option' ? token : undefined
  const found = specs.find(({ name }) => name === typed?.name)
  if (found !== undefined) return found
  const rawName = typed?.rawName ?? ''
  const guess = nearest(
    typed?.name ?? '',
    specs.map(({ name }) => name),
  )
  const help = command === undefined ? 'troupe --help' : `troupe ${command} --help`
  const isNumber = /^-\d/.test(rawName)
  throw usageFault(
    `${command === undefined ? 'troupe' : `troupe ${command}`} has no option ${rawName}.`,
    isNumber
      ? 'A word that begins with - comes after --, as in: troupe call NAME MESSAGE -- -5'
      : `${guess === undefined ? '' : `Did you mean --${guess}? `}See: ${help}`,
  )
}

function readOptions(
  tokens: readonly Token[],
  command: CommandSpec,
  commands: readonly CommandSpec[],
): Given['options'] {
  const specs = optionsOf(command)
  const options = new Map<string, string | true>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    refuseForeign(token, command, specs, commands)
    const spec = knownOption(token, specs, command.name)
    options.set(spec.name, checkedValue(spec, token.value, token.inlineValue, command))
  }
  return Object.fromEntries(options)
}

/** An option that another command has: said as it is, not guessed at. */
function refuseForeign(
  token: Token,
  command: CommandSpec,
  specs: readonly OptionSpec[],
  commands: readonly CommandSpec[],
): void {
  if (token.kind !== 'option' || specs.some(({ name }) => name === token.name)) return
  if (token.name === VERSION_OPTION.name)
    throw usageFault(`--version stands alone.`, 'Type: troupe --version')
  const owners = commands.filter((other) =>
    optionsOf(other).some(({ name }) => name === token.name),
  )
  if (owners.length === 0) return
  throw usageFault(
    `troupe ${command.name} has no option ${token.rawName}; it belongs to ${list(owners)}.`,
    `See: troupe ${command.name} --help`,
  )
}

const list = (commands: readonly CommandSpec[]): string =>
  commands.map(({ name }) => name).join(', ')

function checkedValue(
  spec: OptionSpec,
  value: string | undefined,
  isInline: boolean | undefined,
  command: CommandSpec,
): string | true {
  const help = `See: troupe ${command.name} --help`
  if (spec.value === undefined) {
    if (value === undefined) return true
    throw usageFault(`--${spec.name} is a switch and takes no value.`, help)
  }
  if (value === undefined || value === '')
    throw usageFault(`--${spec.name} needs a value: --${spec.name} ${spec.value}`, help)
  if (isInline !== true && value.startsWith('-')) {
    throw usageFault(
      `--${spec.name} needs a value, and ${value} follows it.`,
      `If that is the value, write: --${spec.name}=${value}`,
    )
  }
  refuseUnlisted(`--${spec.name}`, value, spec.choices)
  return value
}

function refuseUnlisted(what: string, value: string, choices: readonly string[] | undefined): void {
  if (choices === undefined || choices.includes(value)) return
  const guess = nearest(value, choices)
  throw usageFault(
    `${what} cannot be ${JSON.stringify(value)}.`,
    `Choose one of: ${choices.join(', ')}${guess === undefined ? '' : `; did you mean ${guess}?`}`,
  )
}

function checkedWords(words: readonly string[], command: CommandSpec): readonly string[] {
  const usage = `Usage: ${usageOf(command)}`
  const missing = command.words.slice(words.length).find(({ optional }) => optional !== true)
  if (missing !== undefined)
    throw usageFault(`troupe ${command.name} needs ${missing.name}: ${missing.about}.`, usage)
  if (words.length > command.words.length) {
    const extra = JSON.stringify(words[command.words.length])
    throw usageFault(`troupe ${command.name} does not take the word ${extra}.`, usage)
  }
  for (const [at, word] of words.entries()) {
    const spec = command.words[at]
    if (spec !== undefined) refuseUnlisted(spec.name, word, spec.choices)
  }
  return words
}

/** `troupe tree [APP] [options]`. */
export const usageOf = ({ name, words }: CommandSpec): string =>
  [
    'troupe',
    name,
    ...words.map((word) => {
      const shown = word.choices === undefined ? word.name : word.choices.join('|')
      return word.optional === true ? `[${shown}]` : shown
    }),
    '[options]',
  ].join(' ')
