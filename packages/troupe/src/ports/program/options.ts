/**
 * ports/program/options: which program to run, how it is talked to, its limits.
 *
 * Pure. Each limit has a name and a default.
 */
import { type Address, requireDuration, requireObject, requireOption, requireText } from '#contract'
import { type Chunking, type CompleteChunking, completeChunking } from '#ports/tcp/chunking'
import type { ProgramDataReader, ProgramReader } from './message.js'

/** Output that is handed on line by line, as text. */
export interface ProgramLines {
  readonly kind: 'lines'
  /** What ends a line; default `\n`. */
  readonly delimiter?: string
  /** The longest line, in bytes; a longer one ends the program; default 1 MiB. */
  readonly lineBytesMax?: number
}

/** Output that is handed on as bytes. */
export interface ProgramBinary {
  readonly kind: 'binary'
  /** How it is cut; default off: as it is read. */
  readonly chunking?: Chunking
}

/** What a program port is spawned with: its one argument. Times are milliseconds above 0. */
export interface ProgramOptions {
  /** A name that is looked up in PATH, or a path. It is never read by a shell. */
  readonly command: string
  /** Its arguments, handed over one by one as they are; default none. */
  readonly args?: readonly string[]
  /** Its working directory; default that of the node. */
  readonly cwd?: string
  /** Give it the environment of the node's own program; default false. */
  readonly inheritEnv?: boolean
  /** Names of the process environment it is given, over what it inherits; default none. */
  readonly processEnv?: readonly string[]
  /** Variables over all others; default none. */
  readonly env?: Readonly<Record<string, string>>
  /** Told in every message about it, to know several apart; default none. */
  readonly tag?: string
  /** Who reads; mostly a name. Default whoever spawned the port. */
  readonly reader?: Address<typeof ProgramReader> | Address<typeof ProgramDataReader>
  /** How its standard output is handed on; default lines. */
  readonly output?: ProgramLines | ProgramBinary
  /** How its standard error is handed on; default lines ending with `\n`. */
  readonly errorOutput?: ProgramLines
  /** `both`: what is sent is framed as the output is cut. `in`: it goes as it is. Default `in`. */
  readonly framing?: 'in' | 'both'
  /** Bytes that may wait for it to read; beyond it the program is stuck; default 1 MiB. */
  readonly writeQueueBytesMax?: number
  /** From being asked to end until it is killed; default 3,000. */
  readonly stopTimeoutMs?: number
  /** Longest time without a reader, while one is restarted; default 5,000. */
  readonly readerTimeoutMs?: number
}

/** What the options of a program leave open. */
export const PROGRAM_DEFAULTS: {
  readonly [K in
    | 'inheritEnv'
    | 'framing'
    | 'writeQueueBytesMax'
    | 'stopTimeoutMs'
    | 'readerTimeoutMs']: NonNullable<ProgramOptions[K]>
} = Object.freeze({
  inheritEnv: false,
  framing: 'in',
  writeQueueBytesMax: 1_048_576,
  stopTimeoutMs: 3_000,
  readerTimeoutMs: 5_000,
})

/** How lines are cut unless one says otherwise. */
export const LINES_DEFAULTS = Object.freeze({ delimiter: '\n', lineBytesMax: 1_048_576 })

/** Options that were checked. */
export type CompleteProgram = ProgramOptions &
  typeof PROGRAM_DEFAULTS & {
    readonly args: readonly string[]
    readonly isText: boolean
    readonly chunking: CompleteChunking
    readonly errorChunking: CompleteChunking
  }

/** The options with their defaults. Throws OPTION_INVALID naming the option that cannot be. */
export function completeProgram(given: ProgramOptions): CompleteProgram {
  requireObject('options', given)
  const { command, args = [], cwd, env = {}, processEnv = [], tag, framing } = given
  requireText('command', command)
  requireOption(!command.includes('\0'), 'command', command, 'give a name without NUL')
  const isList = Array.isArray(args) && args.every(isArgument)
  requireOption(isList, 'args', args, 'give texts without NUL')
  if (cwd !== undefined) requireText('cwd', cwd)
  requireObject('env', env)
  const isEnv = Object.entries(env).every(([name, value]) => isVariable(name) && isArgument(value))
  requireOption(isEnv, 'env', Object.keys(env), 'give texts by name, without NUL')
  const isNames = Array.isArray(processEnv) && processEnv.every(isVariable)
  requireOption(isNames, 'processEnv', processEnv, 'give names')
  requireOption(tag === undefined || typeof tag === 'string', 'tag', tag, 'give a text')
  const isFraming = framing === undefined || framing === 'in' || framing === 'both'
  requireOption(isFraming, 'framing', framing, "give 'in' or 'both'")
  requireBytes('writeQueueBytesMax', given.writeQueueBytesMax)
  requireDuration('stopTimeoutMs', given.stopTimeoutMs)
  requireDuration('readerTimeoutMs', given.readerTimeoutMs)
  return Object.freeze({ ...PROGRAM_DEFAULTS, ...given, args, ...completeOutput(given) })
}

function completeOutput({ output = { kind: 'lines' }, errorOutput }: ProgramOptions) {
  const isKnown = output?.kind === 'lines' || output?.kind === 'binary'
  requireOption(isKnown, 'output.kind', output?.kind, "give 'lines' or 'binary'")
  const isText = output.kind === 'lines'
  const chunking = isText ? lines('output', output) : completeChunking(output.chunking)
  return { isText, chunking, errorChunking: lines('errorOutput', errorOutput) }
}

function lines(option: string, given: ProgramLines = { kind: 'lines' }): CompleteChunking {
  requireOption(given?.kind === 'lines', `${option}.kind`, given?.kind, "give 'lines'")
  const { delimiter, lineBytesMax } = { ...LINES_DEFAULTS, ...given }
  requireText(`${option}.delimiter`, delimiter)
  requireBytes(`${option}.lineBytesMax`, lineBytesMax)
  return completeChunking({ kind: 'delimiter', delimiter, chunkBytesMax: lineBytesMax })
}

function requireBytes(option: string, value: number | undefined): void {
  const isBytes = value === undefined || (Number.isSafeInteger(value) && value > 0)
  requireOption(isBytes, option, value, 'give a whole number of bytes above 0')
}

const isArgument = (value: unknown): boolean => typeof value === 'string' && !value.includes('\0')

const isVariable = (name: unknown): boolean => isArgument(name) && /^[^=]+$/.test(String(name))

/**
 * The environment of a program: inherited first, then of the process, then explicit.
 *
 * @source ergo-features 13 (Port: OS, meta, explicit)
 */
export function environmentOf(
  { inheritEnv, processEnv = [], env = {} }: CompleteProgram,
  inherited: Readonly<Record<string, string | undefined>>,
  ofProcess: (name: string) => unknown,
): Record<string, string> {
  const all: Record<string, string> = Object.create(null)
  const put = (name: string, value: unknown): void => {
    if (value !== undefined && value !== null) all[name] = String(value)
  }
  if (inheritEnv) for (const [name, value] of Object.entries(inherited)) put(name, value)
  for (const name of processEnv) put(name, ofProcess(name))
  for (const [name, value] of Object.entries(env)) put(name, value)
  return all
}
