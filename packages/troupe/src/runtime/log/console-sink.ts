/**
 * runtime/log/console-sink: records as lines on a stream, the console by default.
 *
 * Colours appear only on a terminal, unless forced. A stream that is gone (a closed pipe) or
 * does not keep up costs records, which the log counts as lost, never the program. Limit:
 * `BUFFERED_BYTES_MAX` waiting in the stream; records beyond are lost and counted.
 *
 * @source ergo-features 16 (default and coloured logger); no-color.org
 */
import {
  type LogRecord,
  type LogSink,
  type LogThreshold,
  requireOption,
  secretNames,
  TroupeError,
} from '#contract'
import { jsonLine } from './json-line.js'
import { requireLevel } from './level.js'
import { textLine } from './text-line.js'

/** The part of a writable stream that the sink uses. */
export interface LogStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly writableLength?: number
  on?(event: 'error', listener: (error: Error) => void): unknown
}

/** What `consoleSink` may be told. */
export interface ConsoleSinkOptions {
  /** Name among the sinks of a node; default `console`. */
  readonly name?: string
  /** `plain` (default), `colour` (plain where colours do not fit), `json` (an object a line). */
  readonly format?: 'plain' | 'colour' | 'json'
  /** Default: standard output. */
  readonly stream?: LogStream
  /** The lowest level it writes; default `trace`: all that loggers let through. */
  readonly level?: LogThreshold
  /** `local` (default): time of day at this machine; `iso`: full and UTC, as in `json`. */
  readonly time?: 'local' | 'iso'
  /** Colours on any stream, whatever the environment says; default false. */
  readonly forceColour?: boolean
  /** Words in field names that mark secrets; default `REDACTED_WORDS`. Give [] to hide none. */
  readonly redact?: readonly string[]
}

/** Where a log may look for the wishes of whoever started the program. */
type Environment = Readonly<Record<string, string | undefined>>

/** Most bytes (as the stream counts) that wait in a stream that does not keep up. */
export const BUFFERED_BYTES_MAX = 16 * 1024 * 1024

const FORMATS: readonly unknown[] = ['plain', 'colour', 'json']

/**
 * Makes the sink that prints; OPTION_INVALID names a wrong option.
 *
 * @example
 * await startNode('demo@localhost', { logSinks: [consoleSink({ format: 'json' })] })
 */
export function consoleSink(options: ConsoleSinkOptions = {}): LogSink {
  const {
    name = 'console',
    format = 'plain',
    stream = process.stdout,
    level = 'trace',
    time = 'local',
  } = options
  requireOption(FORMATS.includes(format), 'format', format, 'plain, colour or json')
  requireOption(typeof stream?.write === 'function', 'stream', stream, 'give a writable stream')
  requireOption(time === 'local' || time === 'iso', 'time', time, 'local or iso')
  requireLevel('level', level)
  const isSecret = secretNames(options.redact)
  const colour = format === 'colour' && wantsColour(stream, options.forceColour, process.env)
  const line =
    format === 'json'
      ? (record: LogRecord) => jsonLine(record, isSecret)
      : (record: LogRecord) => textLine(record, { colour, time, isSecret })
  const health = watch(stream)
  const write = (record: LogRecord): void => {
    if (health.broken !== undefined) throw health.broken
    requireRoom(stream)
    stream.write(`${line(record)}\n`)
  }
  return Object.freeze({ name, level, write })
}

/** Whether colours fit: forced, or wished for, or the stream is a terminal and nobody objects. */
export function wantsColour(
  stream: LogStream,
  forced: boolean | undefined,
  environment: Environment,
): boolean {
  if (forced === true) return true
  const { NO_COLOR: refused = '', FORCE_COLOR: wished = '' } = environment
  if (refused !== '') return false
  return (wished !== '' && wished !== '0') || stream.isTTY === true
}

function requireRoom(stream: LogStream): void {
  const waiting = stream.writableLength ?? 0
  if (waiting <= BUFFERED_BYTES_MAX) return
  const problem = `its reader does not keep up, ${waiting} bytes wait`
  throw new TroupeError('NOT_ALLOWED', { operation: 'writing a log line', problem })
}

interface StreamHealth {
  broken: Error | undefined
}

/** One listener for each stream, however many nodes of this program print on it. */
const watched = new WeakMap<LogStream, StreamHealth>()

/** A closed pipe reports itself by an event that would end the program if nobody listened. */
function watch(stream: LogStream): StreamHealth {
  const known = watched.get(stream)
  if (known !== undefined) return known
  const health: StreamHealth = { broken: undefined }
  watched.set(stream, health)
  stream.on?.('error', (error) => {
    health.broken = error
  })
  return health
}
