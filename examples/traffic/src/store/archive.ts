/**
 * store/archive: the table of positions with the disk behind it; what outlives storage.
 *
 * Opening it loads what was kept; closing it writes what is not kept yet. Without a folder it is
 * the table alone, and nothing survives the program.
 */

import type { DataRefusal } from './data-refusal.js'
import { DirtySlots } from './dirty-slots.js'
import { type Environment, openEnvironment } from './environment.js'
import { PositionTable, type Report } from './position-table.js'
import type { WriteFailure } from './shelf.js'
import { type RecordKeeper, WriteBehind } from './write-behind.js'

export interface ArchiveOptions {
  /** Where to keep positions; undefined for nowhere. */
  readonly folder: string | undefined
  /** Milliseconds of silence after which a vehicle is forgotten; undefined for never. */
  readonly expireAfterMs?: number | undefined
  readonly vehiclesMax?: number | undefined
  /** The wall clock, in milliseconds since 1970. */
  readonly wallMs: () => number
  /** Milliseconds since an arbitrary start, that never go back. */
  readonly nowMs: () => number
}

export interface Archive {
  readonly kind: 'open'
  readonly table: PositionTable
  /** The open folder; undefined when nothing is kept. */
  readonly environment: Environment | undefined
  /** What brings positions to disk; undefined when nothing is kept. */
  readonly writeBehind: WriteBehind | undefined
  /** Vehicles that were loaded. */
  readonly loaded: number
  /** Writes what is not kept yet and gives the folder up. */
  close(): Promise<void>
}

/**
 * Opens the archive, or says in `problem` why its folder cannot be used.
 *
 * @example
 * const archive = await openArchive({ folder: 'traffic-data', wallMs, nowMs })
 * if (archive.kind === 'refused') return archive
 */
export async function openArchive(options: ArchiveOptions): Promise<Archive | DataRefusal> {
  const { folder, vehiclesMax, expireAfterMs, wallMs, nowMs } = options
  if (folder === undefined) {
    const table = new PositionTable({ vehiclesMax, expireAfterMs })
    const nothing = { environment: undefined, writeBehind: undefined, loaded: 0 }
    return { kind: 'open', table, ...nothing, close: async () => {} }
  }
  const dirty = new DirtySlots()
  const table = new PositionTable({ vehiclesMax, expireAfterMs, dirty })
  const startMs = wallMs()
  const environment = await openEnvironment(folder, (slot, report) => {
    table.restore(slot, notAfter(startMs, report))
  })
  if (environment.kind === 'refused') return environment
  table.settle()
  const keeper = keeperOf(environment)
  const writeBehind = new WriteBehind({ table, dirty, keeper, nowMs })
  const close = async (): Promise<void> => {
    await writeBehind.close()
    await environment.close()
  }
  return { kind: 'open', table, environment, writeBehind, loaded: table.size, close }
}

const FILE_GONE: WriteFailure = Object.freeze({
  cause: 'file-gone',
  told: 'the data file was removed or replaced; start again to make a new one',
})

function keeperOf(environment: Environment): RecordKeeper {
  return {
    write: async (changes) =>
      environment.isInPlace() ? environment.positions.write(changes) : FILE_GONE,
    freeBytes: () => environment.freeBytes(),
  }
}

/** A clock that was set back must not leave a vehicle waiting until it is that late again. */
function notAfter(nowMs: number, report: Report): Report {
  return report.receivedAtMs <= nowMs ? report : { ...report, receivedAtMs: nowMs, sequence: -1 }
}
