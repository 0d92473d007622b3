/**
 * runtime/log/record-router: makes a record and hands it to every sink that wants it.
 *
 * A failing sink costs its own records only: they are counted as lost, and the other sinks are
 * told once. Knows nothing of processes but how to put a record into a log queue.
 */
import type { Clock } from '#base/clock'
import {
  describeThrown,
  type LogFields,
  type LogLevel,
  type LogRecord,
  type LogSource,
  type Pid,
} from '#contract'
import { LEVEL_RANKS, type LevelCell } from './level.js'
import { type ObjectSeat, type SinkSeat, SinkTable } from './sink-table.js'
import type { LogOrigin } from './source-logger.js'

export interface RouterVerbs {
  readonly clock: Pick<Clock, 'wallMs' | 'after'>
  /** Who speaks when the node itself does. */
  readonly source: LogSource
  /** Puts a record into the log queue of a process; false when it was not accepted. */
  sendRecord(pid: Pid, record: LogRecord): boolean
}

export type LogCounts = Record<LogLevel | 'lost', number>

/** The longest the log waits for its sinks to close, in milliseconds. */
export const LOG_CLOSE_TIMEOUT_MS = 5_000

const NO_FIELDS: LogFields = Object.freeze({})

export class RecordRouter {
  readonly table = new SinkTable()
  readonly #verbs: RouterVerbs
  readonly #counts: LogCounts = { trace: 0, debug: 0, info: 0, warning: 0, error: 0, lost: 0 }
  readonly #node: LogOrigin
  // Made once: every logger of the node shares these two.
  readonly #emitBound: LogOrigin['emit'] = (...said) => this.#emit(...said)
  readonly #requireSink: LogOrigin['requireSink'] = (name) => void this.table.seat(name)
  #closing: Promise<void> | undefined

  constructor(verbs: RouterVerbs, cell: LevelCell) {
    this.#verbs = verbs
    this.#node = this.origin(() => verbs.source, cell)
  }

  /** The node as a source of records. */
  get node(): LogOrigin {
    return this.#node
  }

  get closed(): boolean {
    return this.#closing !== undefined
  }

  /** A source whose records come here. */
  origin(source: () => LogSource, cell: LevelCell): LogOrigin {
    const [emit, requireSink] = [this.#emitBound, this.#requireSink]
    return { source, cell, pinned: undefined, emit, requireSink }
  }

  counts(): Readonly<LogCounts> {
    return Object.freeze({ ...this.#counts })
  }

  remove(name: string): void {
    void this.#closeSeat(this.table.remove(name))
  }

  /** Closes all sinks, each once; later records are counted as lost. Never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const all = Promise.all(this.table.clear().map((seat) => this.#closeSeat(seat)))
    await new Promise<void>((resolve) => {
      const cancel = this.#verbs.clock.after(LOG_CLOSE_TIMEOUT_MS, resolve)
      void all.then(() => {
        cancel()
        resolve()
      })
    })
  }

  #emit(origin: LogOrigin, level: LogLevel, message: string, fields: LogFields | undefined): void {
    if (this.closed) {
      this.#counts.lost += 1
      return
    }
    const record = this.#record(origin, level, message, fields)
    if (record.pinned !== undefined) this.#hand(this.table.find(record.pinned), record)
    else for (const seat of this.table.open) this.#hand(seat, record)
  }

  #record(
    origin: LogOrigin,
    level: LogLevel,
    message: string,
    fields: LogFields | undefined,
  ): LogRecord {
    this.#counts[level] += 1
    return Object.freeze({
      timeMs: this.#verbs.clock.wallMs(),
      level,
      source: origin.source(),
      message,
      fields: fields ?? NO_FIELDS,
      pinned: origin.pinned,
    })
  }

  #hand(seat: SinkSeat | undefined, record: LogRecord): void {
    if (seat === undefined) this.#counts.lost += 1
    else if (LEVEL_RANKS[record.level] < seat.rank) return
    else if (seat.kind === 'object') this.#write(seat, record)
    // What a process that is a sink says itself goes to no such process: one record would beget
    // the next for ever.
    else if (this.table.speaks(record.source)) return
    else if (!this.#verbs.sendRecord(seat.pid, record)) this.#counts.lost += 1
  }

  #write(seat: ObjectSeat, record: LogRecord): void {
    // A sink that logs while it writes would call itself until the stack ends.
    if (seat.busy) {
      this.#counts.lost += 1
      return
    }
    seat.busy = true
    try {
      const written: unknown = seat.sink.write(record)
      if (written instanceof Promise) written.catch((thrown) => this.#failed(seat, thrown))
    } catch (thrown) {
      this.#failed(seat, thrown)
    } finally {
      seat.busy = false
    }
  }

  #failed(seat: ObjectSeat, thrown: unknown): void {
    this.#counts.lost += 1
    if (seat.reported || this.#node.cell.rank > LEVEL_RANKS.warning) return
    seat.reported = true
    const told = 'a log sink failed; what it loses is counted'
    const fields = { sink: seat.name, problem: describeThrown(thrown) }
    const record = this.#record(this.#node, 'warning', told, fields)
    for (const other of this.table.open) if (other !== seat) this.#hand(other, record)
  }

  async #closeSeat(seat: SinkSeat): Promise<void> {
    if (seat.kind === 'process') return
    try {
      await seat.sink.close?.()
    } catch (thrown) {
      this.#failed(seat, thrown)
    }
  }
}
