/**
 * runtime/long-turns: turns that held the event loop: whose, with which message, for how long.
 *
 * Told by the scheduler where it reads the clock anyway. Limit: the longest `KEPT_MAX` of the
 * last ten minutes.
 */
import { type LongTurnFact, Pid } from '#contract'
import { describeEntry, type EntryName } from './message.js'
import type { Process } from './process.js'

/** What takes longer is remembered. */
export const LONG_TURN_MS = 100
const KEPT_MAX = 50
const KEPT_MS = 600_000

interface LongTurn extends Omit<LongTurnFact, 'agoMs'> {
  readonly endMs: number
}

export class LongTurns {
  readonly #nowMs: () => number
  /** The longest first. */
  #kept: readonly LongTurn[] = []

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** A stretch without a reading of the clock is over; `among`: messages of it. */
  add(process: Process, last: EntryName, tookMs: number, among: number): void {
    const endMs = this.#nowMs()
    const { node, id, creation, extension, program } = process
    const turn: LongTurn = {
      pid: Pid.of(node, id, creation),
      name: extension?.name,
      behaviour: program.behaviour.name,
      message: describeEntry(last),
      tookMs,
      among,
      endMs,
    }
    const recent = this.#kept.filter((kept) => endMs - kept.endMs <= KEPT_MS)
    recent.push(turn)
    recent.sort((one, other) => other.tookMs - one.tookMs)
    this.#kept = recent.slice(0, KEPT_MAX)
  }

  all(): readonly LongTurnFact[] {
    const nowMs = this.#nowMs()
    return this.#kept
      .filter(({ endMs }) => nowMs - endMs <= KEPT_MS)
      .map(({ endMs, ...turn }) => ({ ...turn, agoMs: nowMs - endMs }))
  }
}
