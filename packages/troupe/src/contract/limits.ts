/**
 * contract/limits: options that processes are spawned with, their defaults and their check.
 *
 * Defaults live here and nowhere else. docs/reference/options.md is tested against this file.
 *
 * @source ergo-features 3 (spawn options), 4 (mailbox)
 */
import { printed, TroupeError } from './errors.js'
import type { Pid } from './identity.js'

/**
 * What happens at the limit of a mailbox.
 *
 * `fail`: the sender is told MAILBOX_FULL. `drop-newest`: the new message becomes a dead letter.
 * `drop-oldest`: the oldest one does. `latest-by-key`: a message replaces the waiting one of the
 * same key, and fails when the key is new. `block`: like `fail` for `send`; `sendWhenRoom` waits.
 */
export type MailboxPolicy = 'fail' | 'drop-newest' | 'drop-oldest' | 'latest-by-key' | 'block'

/** What a process gets that stands in for a full mailbox: the message `fallback`. */
export interface FallbackMessage {
  /** Whose mailbox was full. */
  readonly to: Pid
  readonly tag: string
  readonly message: string
  readonly payload: unknown
}

/** The limit of one mailbox; without `lengthMax` there is none. */
export interface MailboxOptions {
  /** Most messages waiting, over the main, system and urgent queues; default no limit. */
  readonly lengthMax?: number
  /** What happens at the limit; default `fail`. */
  readonly policy?: MailboxPolicy
  /**
   * Where messages go instead of failing at the limit: a local process by name, which gets them as
   * `fallback` with a `FallbackMessage`, from their sender. Default none. Calls fail all the same.
   */
  readonly fallback?: { readonly name: string; readonly tag?: string }
  /** The key of a message under `latest-by-key`; undefined for messages without one. */
  readonly keyOf?: (message: string, payload: unknown) => unknown
}

/** How important the messages are that a process sends: main, system or urgent queue. */
export type Priority = 'normal' | 'high' | 'max'

/**
 * What a definition says of its processes; the options of a spawn come before it. Times are
 * milliseconds above 0, or Infinity.
 */
export interface ProcessOptions {
  /** Limit of the mailbox; default none. */
  readonly mailbox?: MailboxOptions
  /** Longest run of `init`, in milliseconds; default 5,000. */
  readonly initTimeoutMs?: number
  /** Longest run of `terminate`, in milliseconds; default 5,000. */
  readonly terminateTimeoutMs?: number
  /** Exit signals arrive in `handleExit` instead of ending the process; default false. */
  readonly trapExit?: boolean
  /** Handle the next message while an async handler still waits; default false. */
  readonly reentrant?: boolean
  /** Keep the waiting messages of an abnormal end for the next incarnation; default false. */
  readonly preserveMailbox?: boolean
  /** Priority of what it sends unless the send says otherwise; default `normal`. */
  readonly priority?: Priority
}

/** What the options of a process, of its mailbox, of a call and of a send leave open. */
export const PROCESS_DEFAULTS = Object.freeze({
  initTimeoutMs: 5_000,
  terminateTimeoutMs: 5_000,
  callTimeoutMs: 5_000,
  confirmTimeoutMs: 5_000,
  trapExit: false,
  reentrant: false,
  preserveMailbox: false,
  priority: 'normal' as Priority,
  mailbox: Object.freeze({
    lengthMax: Number.POSITIVE_INFINITY,
    policy: 'fail' as MailboxPolicy,
    keyOf: undefined,
    fallback: undefined,
  }),
})

const POLICIES: readonly string[] = ['fail', 'drop-newest', 'drop-oldest', 'latest-by-key', 'block']
const PRIORITIES: readonly string[] = ['normal', 'high', 'max']

/** Throws OPTION_INVALID, naming the option, when `holds` is false. */
export function requireOption(
  holds: boolean,
  option: string,
  value: unknown,
  problem: string,
): void {
  if (!holds) throw new TroupeError('OPTION_INVALID', { option, value: printed(value), problem })
}

/** Throws OPTION_INVALID unless the value is absent, Infinity, or milliseconds above 0. */
export function requireDuration(option: string, value: number | undefined): void {
  if (value === undefined) return
  const holds = typeof value === 'number' && value > 0
  requireOption(holds, option, value, 'give milliseconds above 0')
}

/**
 * A copy of an object that came from outside, whatever it does to whoever reads it.
 *
 * Throws OPTION_INVALID for what is none, or does not let itself be read.
 */
export function readObject<T extends object>(option: string, given: T): T {
  let copy: T | undefined
  try {
    copy = typeof given === 'object' && given !== null ? { ...given } : undefined
  } catch {
    // A getter threw, or a proxy refused.
    copy = undefined
  }
  requireOption(copy !== undefined, option, given, 'give an object')
  return copy as T
}

/** Throws OPTION_INVALID for what is no priority. */
export function requirePriority(priority: unknown): void {
  const holds = typeof priority === 'string' && PRIORITIES.includes(priority)
  requireOption(holds, 'priority', priority, `one of ${PRIORITIES.join(', ')}`)
}

/** Throws OPTION_INVALID unless the value is true or false. */
function requireFlag(option: string, value: unknown): void {
  requireOption(typeof value === 'boolean', option, value, 'give true or false')
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

/** Throws OPTION_INVALID unless the value is an object: what a whole description is. */
export function requireObject(option: string, value: unknown): void {
  requireOption(isObject(value), option, value, 'give an object')
}

/** Throws OPTION_INVALID unless the value is a text that names something. */
export function requireText(option: string, value: unknown): void {
  requireOption(isText(value), option, value, 'give a name')
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

/** Throws OPTION_INVALID naming the first option that cannot be. */
export function checkProcessOptions(options: ProcessOptions): void {
  requireObject('options', options)
  const { initTimeoutMs, terminateTimeoutMs, mailbox, priority } = options
  const { trapExit, reentrant, preserveMailbox } = options
  if (trapExit !== undefined) requireFlag('trapExit', trapExit)
  if (reentrant !== undefined) requireFlag('reentrant', reentrant)
  if (preserveMailbox !== undefined) requireFlag('preserveMailbox', preserveMailbox)
  if (initTimeoutMs !== undefined) requireDuration('initTimeoutMs', initTimeoutMs)
  if (terminateTimeoutMs !== undefined) requireDuration('terminateTimeoutMs', terminateTimeoutMs)
  if (priority !== undefined) requirePriority(priority)
  if (mailbox !== undefined) checkMailbox(mailbox)
}

function checkMailbox(mailbox: MailboxOptions): void {
  requireOption(isObject(mailbox), 'mailbox', mailbox, 'give { lengthMax, policy }')
  const { lengthMax, policy, keyOf, fallback } = mailbox
  const goodLength =
    lengthMax === undefined ||
    lengthMax === Number.POSITIVE_INFINITY ||
    (Number.isSafeInteger(lengthMax) && lengthMax > 0)
  requireOption(goodLength, 'mailbox.lengthMax', lengthMax, 'give a whole number above 0')
  const goodPolicy = policy === undefined || POLICIES.includes(policy)
  requireOption(goodPolicy, 'mailbox.policy', policy, `one of ${POLICIES.join(', ')}`)
  const keyed = policy !== 'latest-by-key' || typeof keyOf === 'function'
  requireOption(keyed, 'mailbox.keyOf', keyOf, 'latest-by-key needs a function that gives the key')
  const used = keyOf === undefined || policy === 'latest-by-key'
  requireOption(used, 'mailbox.keyOf', keyOf, 'only the policy latest-by-key asks for keys')
  const goodFallback = fallback === undefined || isText(fallback?.name)
  requireOption(goodFallback, 'mailbox.fallback', fallback, 'give { name, tag? }')
}
