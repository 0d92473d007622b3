/**
 * runtime/log: the log of one node: its own logger, its sinks, its levels, its counts.
 *
 * Knows nothing of processes: it asks for a way to put a record into a log queue and for a way
 * to set a level. How records find their sinks is the work of `RecordRouter`.
 *
 * @source ergo-features 16
 */
import {
  type LogLevel,
  type LogSink,
  type LogSource,
  type LogThreshold,
  type NodeLog,
  Pid,
  TroupeError,
} from '#contract'
import { changeLevel, type LevelCell, levelCell, requireLevel } from './level.js'
import { RecordRouter, type RouterVerbs } from './record-router.js'
import { SourceLogger } from './source-logger.js'

/** What the log asks of its node. */
export interface LogVerbs extends RouterVerbs {
  readonly level: LogThreshold
  readonly sinks: readonly LogSink[]
  /** Gives one process a level of its own; false when the process is not there. */
  setProcessLevel(pid: Pid, level: LogThreshold): boolean
}

export class Log extends SourceLogger implements NodeLog {
  readonly #verbs: LogVerbs
  readonly #router: RecordRouter
  readonly #cell: LevelCell

  constructor(verbs: LogVerbs) {
    const cell = levelCell(verbs.level)
    const router = new RecordRouter(verbs, cell)
    super(router.node)
    this.#verbs = verbs
    this.#router = router
    this.#cell = cell
    for (const sink of verbs.sinks) this.addSink(sink)
  }

  /** Changes the node and all processes that have no level of their own. */
  override setLevel(level: LogThreshold): void {
    changeLevel(this.#cell, level)
  }

  /**
   * A logger for one process or application.
   *
   * Without a level it follows the node; given a cell it follows that (its application's), given
   * a level it has its own. The source is asked for once per record that passes.
   *
   * @example process.logger ??= log.forProcess(() => sourceOf(process), process.logLevel)
   */
  forProcess(source: () => LogSource, level?: LogThreshold | LevelCell): SourceLogger {
    const cell = typeof level === 'string' ? levelCell(level) : (level ?? this.#cell)
    return new SourceLogger(this.#router.origin(source, cell))
  }

  addSink(sink: LogSink): void {
    this.#requireOpen()
    this.#router.table.addSink(sink)
  }

  addProcess(name: string, pid: Pid, level: LogThreshold = 'trace'): void {
    this.#requireOpen()
    this.#router.table.addProcess(name, pid, level)
  }

  removeSink(name: string): void {
    this.#router.remove(name)
  }

  sinks(): readonly { readonly name: string; readonly level: LogThreshold }[] {
    return this.#router.table.all.map(({ name, level }) => Object.freeze({ name, level }))
  }

  setSinkLevel(name: string, level: LogThreshold): void {
    this.#router.table.setLevel(name, level)
  }

  setProcessLevel(pid: Pid, level: LogThreshold): void {
    requireLevel('logLevel', level)
    if (this.#verbs.setProcessLevel(pid, level)) return
    throw new TroupeError('PROCESS_UNKNOWN', { to: Pid.format(pid) })
  }

  counts(): Readonly<Record<LogLevel | 'lost', number>> {
    return this.#router.counts()
  }

  /** To be told of each process that ends: it leaves its place among the sinks. */
  processEnded(pid: Pid): void {
    const { table } = this.#router
    if (table.processes > 0) table.removeProcess(pid)
  }

  /** Closes all sinks, each once; later records are counted as lost. Never rejects. */
  stop(): Promise<void> {
    return this.#router.close()
  }

  #requireOpen(): void {
    if (!this.#router.closed) return
    const { source } = this.#verbs
    const node = source.kind === 'process' ? source.pid.node : source.node
    throw new TroupeError('NODE_STOPPED', { node })
  }
}
