/**
 * arguments/command-spec: what a command takes, as data: read by the parser, the help, the
 * completion and the reference page, so that all four tell the same.
 */
import type { ExitCode } from '#cli/fault'
import type { Terminal } from '#terminal/terminal'

/** What a word stands for; a shell completes it from a running node. */
export type WordKind =
  | 'node'
  | 'application'
  | 'process'
  | 'factory'
  | 'message'
  | 'json'
  | 'shell'
  | 'text'

/** A word that follows the name of a command. */
export interface WordSpec {
  /** As the help writes it, in capitals. */
  readonly name: string
  readonly about: string
  readonly kind: WordKind
  readonly optional?: boolean
  /** The words there are; all others are refused. */
  readonly choices?: readonly string[]
}

/** An option, written `--name` or `--name VALUE`. */
export interface OptionSpec {
  readonly name: string
  /** One letter, written `-f`. */
  readonly short?: string
  /** How the help calls what it takes; without it the option is a switch. */
  readonly value?: string
  readonly kind?: WordKind
  readonly about: string
  /** What holds when it is not given, in words. */
  readonly otherwise?: string
  readonly choices?: readonly string[]
}

/** A line to type, and what it does. */
export interface Example {
  readonly line: string
  readonly about: string
}

/** What was typed, read and checked. */
export interface Given {
  readonly command: CommandSpec
  readonly words: readonly string[]
  /** Options by name; a switch that was not given is not there. */
  readonly options: Readonly<Record<string, string | true>>
}

/** What a command does; answers how it ended. */
export type Run = (given: Given, terminal: Terminal) => Promise<ExitCode>

/** One command of `troupe`. */
export interface CommandSpec {
  readonly name: string
  /** One line, for the list of all commands. */
  readonly summary: string
  /** Further sentences, for its own help. */
  readonly about?: string
  readonly words: readonly WordSpec[]
  readonly options: readonly OptionSpec[]
  readonly examples: readonly Example[]
  /** Changes something: needs `--manage`. */
  readonly manages?: boolean
  /** Asks no node: the options of a connection are not for it. */
  readonly offline?: boolean
  /** Reads what the command needs, only then. */
  load(): Promise<Run>
}
