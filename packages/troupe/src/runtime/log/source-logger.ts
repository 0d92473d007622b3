/**
 * runtime/log/source-logger: what one process, application or node logs with.
 *
 * Made when first asked for, so an idle process pays nothing. A level that is off costs one
 * comparison; the source is worked out for records that pass. Knows nothing of sinks.
 */
import type { LogFields, Logger, LogLevel, LogSource, LogThreshold } from '#contract'
import { LEVEL_RANKS, type LevelCell, levelCell } from './level.js'

/** Takes a record that has passed its level; never throws. */
export type Emit = (
  origin: LogOrigin,
  level: LogLevel,
  message: string,
  fields: LogFields | undefined,
) => void

/** What all loggers of one source share. */
export interface LogOrigin {
  readonly source: () => LogSource
  cell: LevelCell
  /** The only sink that gets the records of this source, if it has chosen one. */
  pinned: string | undefined
  readonly emit: Emit
  /** Throws LOGGER_UNKNOWN for a sink that is not there. */
  readonly requireSink: (name: string) => void
}

const { trace, debug, info, warning, error } = LEVEL_RANKS

export class SourceLogger implements Logger {
  readonly #origin: LogOrigin
  readonly #fields: LogFields | undefined

  constructor(origin: LogOrigin, fields?: LogFields) {
    this.#origin = origin
    this.#fields = fields
  }

  get level(): LogThreshold {
    return this.#origin.cell.level
  }

  trace(message: string, fields?: LogFields): void {
    if (this.#origin.cell.rank <= trace) this.#emit('trace', message, fields)
  }

  debug(message: string, fields?: LogFields): void {
    if (this.#origin.cell.rank <= debug) this.#emit('debug', message, fields)
  }

  info(message: string, fields?: LogFields): void {
    if (this.#origin.cell.rank <= info) this.#emit('info', message, fields)
  }

  warning(message: string, fields?: LogFields): void {
    if (this.#origin.cell.rank <= warning) this.#emit('warning', message, fields)
  }

  error(message: string, fields?: LogFields): void {
    if (this.#origin.cell.rank <= error) this.#emit('error', message, fields)
  }

  with(fields: LogFields): Logger {
    return new SourceLogger(this.#origin, joinFields(this.#fields, fields))
  }

  /** From now on this source has a level of its own; others keep the one they shared with it. */
  setLevel(level: LogThreshold): void {
    this.#origin.cell = levelCell(level)
  }

  pin(sink: string | undefined): void {
    if (sink !== undefined) this.#origin.requireSink(sink)
    this.#origin.pinned = sink
  }

  #emit(level: LogLevel, message: string, fields: LogFields | undefined): void {
    this.#origin.emit(this.#origin, level, message, joinFields(this.#fields, fields))
  }
}

/** Both sets of fields, the later one winning; a field that cannot be read says so. */
export function joinFields(
  base: LogFields | undefined,
  added: LogFields | undefined,
): LogFields | undefined {
  if (base === undefined) return added
  if (added === undefined) return base
  try {
    return { ...base, ...added }
  } catch {
    // A getter threw or a proxy refused. Logging must not fail for what it is told about.
    return { ...base, unreadable: 'the fields of this record cannot be read' }
  }
}
