/**
 * runtime/log/sink-table: who gets the records of a node, by name and in the order they came.
 *
 * Knows nothing of records. Limit: `SINKS_MAX` seats; one more is refused with OPTION_INVALID.
 */
import {
  type LogSink,
  type LogSource,
  type LogThreshold,
  Pid,
  requireOption,
  TroupeError,
} from '#contract'
import { LEVEL_RANKS, requireLevel } from './level.js'

interface Seat {
  readonly name: string
  level: LogThreshold
  rank: number
  /** True when it gets only what is pinned to it: its name begins with a dot. */
  readonly hidden: boolean
}

export interface ObjectSeat extends Seat {
  readonly kind: 'object'
  readonly sink: LogSink
  /** It is writing at this moment. */
  busy: boolean
  /** Its first failure has been told. */
  reported: boolean
}

export interface ProcessSeat extends Seat {
  readonly kind: 'process'
  readonly pid: Pid
}

export type SinkSeat = ObjectSeat | ProcessSeat

/** Most sinks of one node. */
export const SINKS_MAX = 100

export class SinkTable {
  /** Replaced, never changed in place, so that a sink may come or go while records are written. */
  #all: readonly SinkSeat[] = []
  #open: readonly SinkSeat[] = []
  #processes = 0

  get all(): readonly SinkSeat[] {
    return this.#all
  }

  /** Those that get every record, in the order they were added. */
  get open(): readonly SinkSeat[] {
    return this.#open
  }

  /** How many of them are processes. */
  get processes(): number {
    return this.#processes
  }

  addSink(sink: LogSink): void {
    const { name, level = 'trace' } = sink
    requireOption(typeof sink.write === 'function', 'sink.write', sink.write, 'give a function')
    this.#add({ kind: 'object', sink, ...this.#seat(name, level), busy: false, reported: false })
  }

  addProcess(name: string, pid: Pid, level: LogThreshold): void {
    requireOption(Pid.is(pid), 'pid', pid, 'give the pid of a process')
    this.#add({ kind: 'process', pid, ...this.#seat(name, level) })
  }

  find(name: string): SinkSeat | undefined {
    return this.#all.find((seat) => seat.name === name)
  }

  /** The seat of this name; LOGGER_UNKNOWN when there is none. */
  seat(name: string): SinkSeat {
    const seat = this.find(name)
    if (seat === undefined) throw new TroupeError('LOGGER_UNKNOWN', { name })
    return seat
  }

  setLevel(name: string, level: LogThreshold): void {
    requireLevel('sink.level', level)
    const seat = this.seat(name)
    seat.level = level
    seat.rank = LEVEL_RANKS[level]
  }

  remove(name: string): SinkSeat {
    const leaving = this.seat(name)
    this.#set(this.#all.filter((seat) => seat !== leaving))
    return leaving
  }

  removeProcess(pid: Pid): void {
    this.#set(this.#all.filter((seat) => seat.kind === 'object' || !Pid.equals(seat.pid, pid)))
  }

  clear(): readonly SinkSeat[] {
    const all = this.#all
    this.#set([])
    return all
  }

  /** True when a process that is a sink says something itself. */
  speaks(source: LogSource): boolean {
    if (source.kind !== 'process') return false
    return this.#all.some((seat) => seat.kind === 'process' && Pid.equals(seat.pid, source.pid))
  }

  #seat(name: string, level: LogThreshold): Seat {
    requireOption(typeof name === 'string' && name !== '', 'sink.name', name, 'give a name')
    requireLevel('sink.level', level)
    if (this.find(name) !== undefined) throw new TroupeError('LOGGER_TAKEN', { name })
    const room = this.#all.length < SINKS_MAX
    requireOption(room, 'sinks', this.#all.length, `a node has at most ${SINKS_MAX} sinks`)
    return { name, level, rank: LEVEL_RANKS[level], hidden: name.startsWith('.') }
  }

  #add(seat: SinkSeat): void {
    this.#set([...this.#all, seat])
  }

  #set(all: readonly SinkSeat[]): void {
    this.#all = all
    this.#open = all.filter((seat) => !seat.hidden)
    this.#processes = all.filter((seat) => seat.kind === 'process').length
  }
}
