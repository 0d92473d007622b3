/**
 * ports/tcp/connection-options: the limits of one TCP connection, their defaults and their check.
 *
 * @source ergo-features 13 (TCP server, TCP connection)
 */
import { requireDuration, requireObject, requireOption } from '#contract'
import { type Chunking, type CompleteChunking, completeChunking } from './chunking.js'

/** How one connection reads and writes, on either side. Times are milliseconds above 0. */
export interface TcpConnectionOptions {
  /** How what comes in is cut; default off: as it is read. */
  readonly chunking?: Chunking
  /**
   * `both`: what is sent becomes one chunk each, by the same chunking. `in`: it goes out as it
   * is. Default `in`.
   */
  readonly framing?: 'in' | 'both'
  /**
   * Bytes that may wait to be sent; beyond it the other side is too slow; default 1 MiB. One
   * message alone may be larger when nothing else waits.
   */
  readonly writeQueueBytesMax?: number
  /** Longest time in which the other side takes nothing of what waits for it; default 30,000. */
  readonly writeTimeoutMs?: number
  /** Longest time in which nothing comes and nothing is sent; default 300,000. */
  readonly idleTimeoutMs?: number
  /** Longest time for a chunk, from its first byte to its last; default 30,000. */
  readonly chunkTimeoutMs?: number
  /** Longest time without a reader, while one is restarted; default 5,000. */
  readonly readerTimeoutMs?: number
  /** How long what waits may still be sent when the connection ends; default 1,000. */
  readonly closeTimeoutMs?: number
  /**
   * How long answers may be sent after the other side has finished sending, from the last one on;
   * default none: the connection ends at once.
   */
  readonly halfOpenTimeoutMs?: number
  /** Bytes that are sent whenever nothing was sent for a while; default none. */
  readonly keepAlive?: TcpKeepAlive
  /** After this time of silence the kernel asks whether the other side lives; default 15,000. */
  readonly keepAlivePeriodMs?: number
  /** Hold small writes back, to send fewer packets (Nagle); default false. */
  readonly delay?: boolean
}

/** What is sent so that the other side, or something on the way, sees life. */
export interface TcpKeepAlive {
  /** Sent as they are, never framed. */
  readonly bytes: string | Uint8Array
  readonly periodMs: number
}

/** The options of a connection that have a default, none left open. */
export type TcpConnectionLimits = Required<Omit<TcpConnectionOptions, 'chunking' | 'keepAlive'>>

/** What the options of a connection leave open. */
export const TCP_CONNECTION_DEFAULTS: TcpConnectionLimits = Object.freeze({
  framing: 'in',
  writeQueueBytesMax: 1_048_576,
  writeTimeoutMs: 30_000,
  idleTimeoutMs: 300_000,
  chunkTimeoutMs: 30_000,
  readerTimeoutMs: 5_000,
  closeTimeoutMs: 1_000,
  halfOpenTimeoutMs: 0,
  keepAlivePeriodMs: 15_000,
  delay: false,
})

/** Options that were checked, with nothing left open. */
export type CompleteConnection = TcpConnectionLimits & {
  readonly chunking: CompleteChunking
  readonly keepAlive: { readonly bytes: Uint8Array; readonly periodMs: number } | undefined
}

/** The options with their defaults. Throws OPTION_INVALID naming the option that cannot be. */
export function completeConnection(given: TcpConnectionOptions): CompleteConnection {
  requireObject('options', given)
  const { chunking, framing, writeQueueBytesMax, delay } = given
  const isFraming = framing === undefined || framing === 'in' || framing === 'both'
  requireOption(isFraming, 'framing', framing, "give 'in' or 'both'")
  requireCount('writeQueueBytesMax', writeQueueBytesMax)
  for (const name of TIMES) requireDuration(name, given[name])
  const isFlag = delay === undefined || typeof delay === 'boolean'
  requireOption(isFlag, 'delay', delay, 'give true or false')
  return Object.freeze({
    ...TCP_CONNECTION_DEFAULTS,
    ...givenOf(given),
    chunking: completeChunking(chunking),
    keepAlive: completeKeepAlive(given.keepAlive),
  })
}

const TIMES = [
  'writeTimeoutMs',
  'idleTimeoutMs',
  'chunkTimeoutMs',
  'readerTimeoutMs',
  'closeTimeoutMs',
  'halfOpenTimeoutMs',
  'keepAlivePeriodMs',
] as const

function completeKeepAlive(given: TcpKeepAlive | undefined): CompleteConnection['keepAlive'] {
  if (given === undefined) return undefined
  requireObject('keepAlive', given)
  const { bytes, periodMs } = given
  const isGiven = typeof bytes === 'string' || bytes instanceof Uint8Array
  requireOption(isGiven && bytes.length > 0, 'keepAlive.bytes', bytes, 'give 1 byte or more')
  requireOption(periodMs !== undefined, 'keepAlive.periodMs', periodMs, 'give milliseconds')
  requireDuration('keepAlive.periodMs', periodMs)
  return { bytes: Uint8Array.from(Buffer.from(bytes as string)), periodMs }
}

/** What is really given: a member that is undefined must not take the place of a default. */
export function givenOf<T extends object>(options: T): T {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as T
}

/** Throws OPTION_INVALID unless the value is left out or a whole number above 0. */
export function requireCount(option: string, value: number | undefined): void {
  const isCount = value === undefined || (Number.isSafeInteger(value) && value > 0)
  requireOption(isCount, option, value, 'give a whole number above 0')
}
