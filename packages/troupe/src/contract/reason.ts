/**
 * contract/reason: why a process ended, as a value.
 *
 * @source OTP "Processes: Exit signals"; ergo-features 3 (termination) and 32
 */
import { describeThrown, printed, TroupeError } from './errors.js'
import { requireOption } from './limits.js'

/** A handler threw or rejected. */
export interface Crash {
  readonly kind: 'crash'
  /** Name and message of what was thrown, in one line. */
  readonly message: string
  /** The code, when a coded error was thrown. */
  readonly code: string | undefined
  /** Where; absent when it came from another node. */
  readonly stack: string | undefined
}

/** An end a program chose, with a word of its own. */
export interface Custom {
  readonly kind: 'custom'
  /** The word to match on. */
  readonly name: string
  readonly detail?: unknown
}

/**
 * Why a process ended. Calm are `normal` and `shutdown`; everything else is abnormal.
 *
 * `killed`: by `kill`. `no-process`, `no-connection`, `unregistered`: what a link or monitor is
 * told about a target that was not there, got lost, or gave up its name.
 */
export type ExitReason =
  | 'normal'
  | 'shutdown'
  | 'killed'
  | 'no-process'
  | 'no-connection'
  | 'unregistered'
  | Crash
  | Custom

/** True for the two ends that are no failure. */
export const isCalm = (reason: ExitReason): boolean => reason === 'normal' || reason === 'shutdown'

/**
 * The reason that stands for a thrown value. Never throws.
 *
 * @example context.exit(pid, crashOf(error))
 */
export function crashOf(thrown: unknown): Crash {
  const coded = TroupeError.is(thrown)
  return Object.freeze({
    kind: 'crash' as const,
    message: describeThrown(thrown),
    code: coded ? thrown.code : undefined,
    stack: stackOf(thrown),
  })
}

function stackOf(thrown: unknown): string | undefined {
  try {
    return thrown instanceof Error && typeof thrown.stack === 'string' ? thrown.stack : undefined
  } catch {
    // Asking where a failure came from must not become a failure.
    return undefined
  }
}

/**
 * A reason of one's own, always abnormal.
 *
 * @example context.stop(custom('lost-database', { host: 'db1' }))
 */
export function custom(name: string, detail?: unknown): Custom {
  return Object.freeze({ kind: 'custom' as const, name, detail })
}

/** The reasons that are one word. */
export const REASON_WORDS: readonly unknown[] = Object.freeze([
  'normal',
  'shutdown',
  'killed',
  'no-process',
  'no-connection',
  'unregistered',
])

/** True for an exit reason: one of our own programs, or from another node. Never throws. */
export const isReason = (value: unknown): value is ExitReason =>
  REASON_WORDS.includes(value) || isTold(value)

/** OPTION_INVALID for what is no exit reason; an error is none either, but `crashOf(error)` is. */
export function requireReason(reason: unknown): void {
  const problem = "give 'normal', 'shutdown', custom(name) or crashOf(error)"
  requireOption(isReason(reason), 'reason', reason, problem)
}

function isTold(reason: unknown): boolean {
  try {
    const { kind, name, message } = reason as Partial<Custom & { readonly message: unknown }>
    return kind === 'custom' ? typeof name === 'string' : isCrash(kind, message)
  } catch {
    // Nothing at all, or an object that does not want to be read.
    return false
  }
}

const isCrash = (kind: unknown, message: unknown): boolean =>
  kind === 'crash' && typeof message === 'string'

/**
 * One line for logs and errors.
 *
 * @example describeReason(custom('lost-database')) // lost-database
 */
export function describeReason(reason: ExitReason): string {
  if (typeof reason === 'string') return reason
  return reason.kind === 'crash' ? `crash (${reason.message})` : printed(reason.name)
}
