/**
 * ports/websocket/connection-options: the limits of one connection, their defaults, their check.
 *
 * Pure. Each limit has a name, a default and a word for what it ends.
 *
 * @source ergo-features 13 (WebSocket)
 */
import { requireDuration, requireOption } from '#contract'

/** The limits of one connection, on either side. Times are milliseconds above 0. */
export interface WebSocketConnectionOptions {
  /** The largest message, in bytes, unpacked; above it closed with 1009; default 1 MiB. */
  readonly messageBytesMax?: number
  /** Fragments of one message; above it closed with 1008; default 1,024. */
  readonly fragmentsMax?: number
  /**
   * Bytes that have come at once and wait for the reader; above it closed with 1008. Only
   * compressed messages reach it; default 8 MiB, at least `messageBytesMax`.
   */
  readonly readQueueBytesMax?: number
  /**
   * Bytes that may wait to be sent; beyond it the other side is too slow: closed with 1013;
   * default 1 MiB. One message alone may be larger when nothing else waits.
   */
  readonly writeQueueBytesMax?: number
  /** Longest time in which the other side takes nothing of what waits; default 30,000. */
  readonly writeTimeoutMs?: number
  /** After this time without a frame the other side is pinged; Infinity: never; default 30,000. */
  readonly pingIntervalMs?: number
  /** Longest wait for the answer to a ping; then the other side is dead; default 10,000. */
  readonly pongTimeoutMs?: number
  /** The same while bytes come that are no whole frame yet: a large message; default 60,000. */
  readonly messageTimeoutMs?: number
  /** Longest time without a text or binary message either way; default 3,600,000. */
  readonly idleTimeoutMs?: number
  /** Longest time without a reader, while one is restarted; then closed, 1013; default 5,000. */
  readonly readerTimeoutMs?: number
  /** How long it may take to close: what waits, and the other side's answer; default 1,000. */
  readonly closeTimeoutMs?: number
  /**
   * Offer and accept `permessage-deflate`; messages below 1,024 bytes stay as they are. It costs
   * time and memory, so the default is false.
   */
  readonly compression?: boolean
  /** Tell the reader of pings and pongs too; default false. */
  readonly controlFrames?: boolean
}

/** The options of a connection, none left open. */
export type CompleteWebSocket = Required<WebSocketConnectionOptions>

/** What the options of a connection leave open. */
export const WEB_SOCKET_CONNECTION_DEFAULTS: CompleteWebSocket = Object.freeze({
  messageBytesMax: 1_048_576,
  fragmentsMax: 1_024,
  readQueueBytesMax: 8_388_608,
  writeQueueBytesMax: 1_048_576,
  writeTimeoutMs: 30_000,
  pingIntervalMs: 30_000,
  pongTimeoutMs: 10_000,
  messageTimeoutMs: 60_000,
  idleTimeoutMs: 3_600_000,
  readerTimeoutMs: 5_000,
  closeTimeoutMs: 1_000,
  compression: false,
  controlFrames: false,
})

/** The library counts with 32 bits. */
const COUNT_MAX = 2_147_483_647

const COUNTS = [
  'messageBytesMax',
  'fragmentsMax',
  'readQueueBytesMax',
  'writeQueueBytesMax',
] as const
const TIMES = [
  'writeTimeoutMs',
  'pingIntervalMs',
  'pongTimeoutMs',
  'messageTimeoutMs',
  'idleTimeoutMs',
  'readerTimeoutMs',
  'closeTimeoutMs',
] as const
const FLAGS = ['compression', 'controlFrames'] as const

/** The options with their defaults. Throws OPTION_INVALID naming the option that cannot be. */
export function completeWebSocket(given: WebSocketConnectionOptions): CompleteWebSocket {
  for (const name of COUNTS) requireCount(name, given[name])
  for (const name of TIMES) requireDuration(name, given[name])
  for (const name of FLAGS) {
    const isFlag = given[name] === undefined || typeof given[name] === 'boolean'
    requireOption(isFlag, name, given[name], 'give true or false')
  }
  const options = { ...WEB_SOCKET_CONNECTION_DEFAULTS, ...defined(given) }
  const { messageBytesMax, readQueueBytesMax } = options
  const holds = readQueueBytesMax >= messageBytesMax
  const problem = `one message alone may have ${messageBytesMax} bytes`
  requireOption(holds, 'readQueueBytesMax', readQueueBytesMax, problem)
  return Object.freeze(options)
}

/** Throws OPTION_INVALID unless the value is left out or a whole number above 0. */
export function requireCount(option: string, value: number | undefined): void {
  const isCount = value === undefined || (Number.isSafeInteger(value) && value > 0)
  const problem = `give a whole number from 1 to ${COUNT_MAX}`
  requireOption(isCount && (value ?? 0) <= COUNT_MAX, option, value, problem)
}

/** The options of a connection alone: a port has others beside them. */
function defined(given: WebSocketConnectionOptions): Partial<CompleteWebSocket> {
  const names = [...COUNTS, ...TIMES, ...FLAGS]
  return Object.fromEntries(
    names.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  )
}
