/**
 * contract/logger: what a log record holds, what a sink promises, what a process may log with.
 *
 * @source ergo-features 16
 */
import type { Pid } from './identity.js'

/** From chatty to silent. A logger passes what is at or above its level. */
export const LOG_LEVELS = Object.freeze(['trace', 'debug', 'info', 'warning', 'error'] as const)
/** How serious a record is. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** A level, or nothing at all. */
export type LogThreshold = LogLevel | 'silent'

/** Values that travel with a record, by name. */
export type LogFields = Readonly<Record<string, unknown>>

/** Who speaks. */
export type LogSource =
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'network'; readonly node: string; readonly peer: string }
  | {
      readonly kind: 'process'
      readonly pid: Pid
      readonly name: string | undefined
      readonly behaviour: string
      readonly application: string | undefined
    }
  | { readonly kind: 'application'; readonly node: string; readonly application: string }

/** One thing that was said. */
export interface LogRecord {
  /** Wall clock, milliseconds since 1970. */
  readonly timeMs: number
  readonly level: LogLevel
  readonly source: LogSource
  readonly message: string
  readonly fields: LogFields
  /** The sink a process has pinned its records to, if any. */
  readonly pinned: string | undefined
}

/**
 * Where records go. `write` runs on the thread that logs, so it must not block; a sink that
 * throws is counted and skipped. A sink whose name begins with "." gets pinned records only.
 *
 * @example const sink: LogSink = { name: 'list', write: (record) => void list.push(record) }
 * @source ergo-features 16
 */
export interface LogSink {
  readonly name: string
  /** The lowest level it wants; default `trace`. */
  readonly level?: LogThreshold
  write(record: LogRecord): void
  /** Called once when the sink is removed or the node has stopped. */
  close?(): void | Promise<void>
}

/**
 * What a process or a node logs with. Costs one comparison when the level is off. Never throws
 * for what is logged.
 *
 * @example context.log.info('order paid', { order: 7, cents: 1_250 })
 */
export interface Logger {
  /** What is below is not logged. */
  readonly level: LogThreshold
  trace(message: string, fields?: LogFields): void
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warning(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger that adds these fields to each record. */
  with(fields: LogFields): Logger
  /** Changes the level from now on. OPTION_INVALID. */
  setLevel(level: LogThreshold): void
  /**
   * Sends all further records of this source to one sink alone, hidden or not; undefined undoes
   * it. LOGGER_UNKNOWN when there is no such sink.
   */
  pin(sink: string | undefined): void
}

/** The log of a whole node: its own logger, its sinks and its levels. */
export interface NodeLog extends Logger {
  /** Adds a sink; LOGGER_TAKEN when its name is in use, OPTION_INVALID. Limit: 100. */
  addSink(sink: LogSink): void
  /**
   * Adds a process as a sink: records go to its log queue, from `level` on (default `trace`), and
   * its `handleLog` gets them; it leaves when the process ends. LOGGER_TAKEN, OPTION_INVALID.
   */
  addProcess(name: string, pid: Pid, level?: LogThreshold): void
  /** Removes and closes a sink; LOGGER_UNKNOWN when there is none. */
  removeSink(name: string): void
  /** All sinks, in the order they came. */
  sinks(): readonly { readonly name: string; readonly level: LogThreshold }[]
  /** Sets the level of one sink; LOGGER_UNKNOWN when it is not there. */
  setSinkLevel(name: string, level: LogThreshold): void
  /** Sets the level of one process; PROCESS_UNKNOWN when it is not there. */
  setProcessLevel(pid: Pid, level: LogThreshold): void
  /** Records written per level, and records a failing sink lost. */
  counts(): Readonly<Record<LogLevel | 'lost', number>>
}
