/**
 * replay/playback: a recording being played: how far it has come, and whether it ended well.
 *
 * Outlives the player that plays it, so a player that is killed is followed by one that goes on.
 */

import type { PositionTable } from '#traffic/store/position-table'
import { lastRows } from './recording.js'
import type { RecordedRow } from './row.js'
import type { Timing } from './schedule.js'

export class Playback {
  readonly rows: readonly RecordedRow[]
  /** Recorded milliseconds that pass in one of ours. */
  readonly speed: number
  /** True once the end has been checked and told. */
  isJudged = false
  #cursor = 0
  #startedAtMs: number | undefined

  constructor(rows: readonly RecordedRow[], speed: number) {
    this.rows = rows
    this.speed = speed
  }

  /** Begins at the first call; a player that follows goes on by the same time. */
  timing(nowMs: number): Timing {
    this.#startedAtMs ??= nowMs
    return { speed: this.speed, startedAtMs: this.#startedAtMs }
  }

  /** Index of the next row to send. */
  get cursor(): number {
    return this.#cursor
  }

  /** The cursor goes before the packets do: a row is sent once or not at all, never twice. */
  moveTo(cursor: number): void {
    this.#cursor = cursor
  }

  get isDone(): boolean {
    return this.#cursor === this.rows.length
  }
}

/** How many vehicles of a recording stand where it left them, and the first that does not. */
export interface FinalCheck {
  readonly vehicles: number
  readonly atTheirPlace: number
  readonly firstAstray: string | undefined
}

/** Compares the table with the last recorded position of every vehicle. */
export function finalCheck(
  rows: readonly RecordedRow[],
  table: Pick<PositionTable, 'get'>,
): FinalCheck {
  const last = lastRows(rows)
  let atTheirPlace = 0
  let firstAstray: string | undefined
  for (const [id, row] of last) {
    const position = table.get(id)?.position
    const isThere = position?.latitude === row.latitude && position.longitude === row.longitude
    if (isThere) atTheirPlace += 1
    else firstAstray ??= id
  }
  return { vehicles: last.size, atTheirPlace, firstAstray }
}
