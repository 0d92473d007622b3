/**
 * store/write-behind: brings what has changed in the table to disk, a window at a time.
 *
 * A flush takes the slots that changed since the last one and writes the newest record of each,
 * or removes it, in one transaction. One flush is under way at a time; what changes meanwhile
 * waits for the next. When the disk refuses, the slots are marked again, the memory goes on, and
 * the next try comes after a wait that doubles up to `RETRY_MS_MAX`.
 * It has no timer: an actor calls `flush` once in a window, and this outlives that actor.
 * Limit: `FLUSH_SLOTS_MAX` records in one transaction; the rest follows at once in the next.
 */

import type { DirtySlots } from './dirty-slots.js'
import type { PositionTable } from './position-table.js'
import { RECORD_BYTES_MAX, writeRecord } from './record.js'
import { type Change, DISK_FAULTS, type DiskFault, type WriteFailure } from './shelf.js'

/** Milliseconds between two flushes unless told otherwise. */
export const FLUSH_MS = 200

/** Records in one transaction: some 20 ms of work for the one thread that also takes packets. */
export const FLUSH_SLOTS_MAX = 16_384

/** The first wait after a failure, in milliseconds; each further one is twice as long. */
export const RETRY_MS = 500

/** The longest wait after a failure, in milliseconds. */
export const RETRY_MS_MAX = 10_000

/** With less than this free, in bytes, a failure of the disk means that it is full. */
export const ROOM_BYTES_MIN = 1_048_576

const CHUNK_BYTES = 65_536

/** What is asked of the place that keeps records. */
export interface RecordKeeper {
  write(changes: Iterable<Change<number>>): Promise<WriteFailure | undefined>
  /** Bytes that are free on its disk. */
  freeBytes(): number
}

export interface WriteBehindSources {
  readonly table: PositionTable
  readonly dirty: DirtySlots
  readonly keeper: RecordKeeper
  /** Milliseconds since an arbitrary start, that never go back. */
  readonly nowMs: () => number
}

/** The figures that are shown. */
export interface DiskStats {
  /** Vehicles whose newest position is not on disk yet. */
  readonly unsaved: number
  /** Milliseconds since all that was known was on disk: what a kill would lose now. */
  readonly unsavedForMs: number
  readonly flushes: number
  readonly written: number
  readonly removed: number
  /** Milliseconds that the last flush took until it was committed. */
  readonly lastFlushMs: number
  /** Flushes that failed, by cause. */
  readonly failures: Readonly<Record<DiskFault, number>>
  /** What the disk said last; undefined while it takes what it is given. */
  readonly failing: string | undefined
}

export class WriteBehind {
  readonly #sources: WriteBehindSources
  readonly #failures = Object.fromEntries(DISK_FAULTS.map((cause) => [cause, 0])) as Record<
    DiskFault,
    number
  >
  #underWay: Promise<void> | undefined
  #slotsUnderWay = 0
  #flushes = 0
  #written = 0
  #removed = 0
  #lastFlushMs = 0
  #failing: WriteFailure | undefined
  #retryMs = RETRY_MS
  #retryAtMs = Number.NEGATIVE_INFINITY
  /** All that had changed before this moment is on disk. */
  #savedUntilMs: number

  constructor(sources: WriteBehindSources) {
    this.#sources = sources
    this.#savedUntilMs = sources.nowMs()
  }

  /** Begins a flush when none is under way and none has to wait; done when it is. */
  flush(): Promise<void> {
    if (this.#underWay !== undefined) return this.#underWay
    if (this.#sources.nowMs() < this.#retryAtMs) return Promise.resolve()
    this.#underWay = this.#flushAll().finally(() => {
      this.#underWay = undefined
    })
    return this.#underWay
  }

  /** Brings all to disk at once, without regard to waits; what fails now is lost with us. */
  async close(): Promise<void> {
    await this.#underWay
    this.#retryAtMs = Number.NEGATIVE_INFINITY
    await this.flush()
  }

  stats(): DiskStats {
    const { dirty, nowMs } = this.#sources
    const unsaved = dirty.size + this.#slotsUnderWay
    return {
      unsaved,
      unsavedForMs: unsaved === 0 ? 0 : Math.round(nowMs() - this.#savedUntilMs),
      flushes: this.#flushes,
      written: this.#written,
      removed: this.#removed,
      lastFlushMs: Math.round(this.#lastFlushMs * 10) / 10,
      failures: { ...this.#failures },
      failing: this.#failing?.told,
    }
  }

  /** Everything that is dirty at the beginning; what changes meanwhile waits for the next. */
  async #flushAll(): Promise<void> {
    const startedMs = this.#sources.nowMs()
    let left = this.#sources.dirty.size
    while (left > 0) {
      const slots = this.#sources.dirty.take(Math.min(left, FLUSH_SLOTS_MAX))
      left -= slots.length
      if (!(await this.#write(slots))) return
    }
    this.#savedUntilMs = startedMs
  }

  async #write(slots: Uint32Array): Promise<boolean> {
    const startedMs = this.#sources.nowMs()
    this.#slotsUnderWay = slots.length
    let removed = 0
    for (const slot of slots) if (this.#sources.table.at(slot) === undefined) removed += 1
    const failure = this.#stillFull() ?? (await this.#sources.keeper.write(this.#changes(slots)))
    this.#slotsUnderWay = 0
    if (failure !== undefined) {
      for (const slot of slots) this.#sources.dirty.mark(slot)
      this.#failed(failure)
      return false
    }
    this.#flushes += 1
    this.#removed += removed
    this.#written += slots.length - removed
    this.#lastFlushMs = this.#sources.nowMs() - startedMs
    this.#failing = undefined
    this.#retryMs = RETRY_MS
    return true
  }

  /** A disk that was full is asked for its room before it is tried again. */
  #stillFull(): WriteFailure | undefined {
    const failing = this.#failing
    if (failing?.cause !== 'disk-full') return undefined
    return this.#sources.keeper.freeBytes() < ROOM_BYTES_MIN ? failing : undefined
  }

  #failed(failure: WriteFailure): void {
    // A page that was written in part is told as an input/output error, full disk or not.
    const isFull = failure.cause === 'io' && this.#sources.keeper.freeBytes() < ROOM_BYTES_MIN
    const cause = isFull ? 'disk-full' : failure.cause
    const told = isFull ? 'no space left on device' : failure.told
    this.#failures[cause] += 1
    this.#failing = { cause, told }
    this.#retryAtMs = this.#sources.nowMs() + this.#retryMs
    this.#retryMs = Math.min(2 * this.#retryMs, RETRY_MS_MAX)
  }

  /** The newest record of each slot; records share chunks that nobody changes afterwards. */
  *#changes(slots: Uint32Array): Generator<Change<number>> {
    let chunk = Buffer.alloc(0)
    let used = 0
    for (const slot of slots) {
      const report = this.#sources.table.at(slot)
      if (report === undefined) {
        yield { kind: 'remove', key: slot }
        continue
      }
      if (used + RECORD_BYTES_MAX > chunk.length) {
        chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
        used = 0
      }
      const from = used
      used = writeRecord(report, slot, chunk, from)
      yield { kind: 'put', key: slot, sealed: chunk.subarray(from, used) }
    }
  }
}
