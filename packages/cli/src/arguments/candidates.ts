/**
 * arguments/candidates: what may stand in place of the last, unfinished word.
 *
 * Decides from the table of commands alone; words that only a node knows are told by their kind.
 */
import type { CommandSpec, OptionSpec, WordKind } from './command-spec.js'
import { CONNECTION_OPTIONS, OUTPUT_OPTIONS, VERSION_OPTION } from './common-options.js'
import { optionsOf } from './parse.js'

/** What may stand there. */
export interface Candidates {
  /** What was typed of it so far. */
  readonly begun: string
  readonly words: readonly string[]
  /** Names of this kind are asked of a node. */
  readonly kind: WordKind | undefined
  /** Options with a value that were typed: how a node is reached. */
  readonly options: Readonly<Record<string, string>>
  /** Words of the command that were typed. */
  readonly typed: readonly string[]
}

const dashed = (options: readonly OptionSpec[]): readonly string[] =>
  options.map(({ name }) => `--${name}`)

/** Looks at what was typed after `troupe`; the last word is the one to complete. */
export function candidates(
  entered: readonly string[],
  commands: readonly CommandSpec[],
): Candidates {
  // To bash an = between an option and its value is a word of its own.
  const typed = entered.at(-1) === '=' ? [...entered.slice(0, -1), ''] : entered
  const begun = typed.at(-1) ?? ''
  const before = typed.slice(0, -1).filter((word) => word !== '=')
  const { words, options, open } = readTyped(before, commands)
  const [name, ...given] = words
  const command = commands.find((one) => one.name === name)
  const facts = { begun, options, typed: given }
  const none = { ...facts, words: [], kind: undefined }
  if (open !== undefined) return { ...facts, words: open.choices ?? [], kind: open.kind }
  if (begun.startsWith('-')) {
    const known =
      command === undefined
        ? [...CONNECTION_OPTIONS, ...OUTPUT_OPTIONS, VERSION_OPTION]
        : optionsOf(command)
    return { ...facts, words: dashed(known), kind: undefined }
  }
  if (name === undefined) {
    return { ...facts, words: commands.map((one) => one.name), kind: undefined }
  }
  const word = command?.words[given.length]
  return word === undefined ? none : { ...facts, words: word.choices ?? [], kind: word.kind }
}

interface Typed {
  readonly words: readonly string[]
  readonly options: Readonly<Record<string, string>>
  /** The option whose value is to be completed. */
  readonly open: OptionSpec | undefined
}

function readTyped(typed: readonly string[], commands: readonly CommandSpec[]): Typed {
  const all = new Map<string, OptionSpec>(
    [...CONNECTION_OPTIONS, ...commands.flatMap(optionsOf)].flatMap((option) => [
      [`--${option.name}`, option] as const,
      ...(option.short === undefined ? [] : [[`-${option.short}`, option] as const]),
    ]),
  )
  const words: string[] = []
  const options: Record<string, string> = {}
  let open: OptionSpec | undefined
  for (const word of typed) {
    if (open !== undefined) {
      options[open.name] = word
      open = undefined
    } else if (word.startsWith('-')) {
      const [flag = '', ...value] = word.split('=')
      const option = all.get(flag)
      if (option?.value !== undefined && value.length > 0) options[option.name] = value.join('=')
      else if (option?.value !== undefined) open = option
    } else words.push(word)
  }
  return { words, options, open }
}
