/**
 * apps/system/recorder: takes the points of the history, in the turns of the process `system`.
 *
 * It outlives that process: when it starts anew the line goes on where it was.
 */
import type { FiguresSheet, HistorySheet } from '#cluster/remote/figure-sheets'
import type { NodeInspection } from '#contract'
import { figuresSheet } from './figures-sheet.js'
import { History, readHistory } from './history.js'
import { historyPoint } from './history-point.js'
import type { SampledProgram } from './program-sheet.js'

export class Recorder {
  readonly #inspection: NodeInspection
  readonly #history: History
  #before: FiguresSheet | undefined = undefined

  constructor(inspection: NodeInspection) {
    this.#inspection = inspection
    this.#history = new History(inspection.clock.nowMs())
  }

  /** From now on a point is taken in each step. */
  begin(program: SampledProgram, after: (delayMs: number, run: () => void) => void): void {
    const { inspection, nowMs } = { inspection: this.#inspection, nowMs: this.#nowMs() }
    this.#before ??= figuresSheet({ inspection, program })
    after(this.#history.dueInMs(nowMs), () => {
      this.#take(program)
      this.begin(program, after)
    })
  }

  /** OPTION_INVALID. */
  sheet(given: unknown): HistorySheet {
    const part = readHistory(given)
    const { node, clock } = this.#inspection
    const [nowMs, timeMs] = [this.#nowMs(), clock.wallMs()]
    const { stepMs, lastFromMs, series } = this.#history.read(nowMs, part)
    const untilMs = timeMs - (nowMs - lastFromMs)
    return { node: node.name, creation: node.creation, stepMs, untilMs, timeMs, series }
  }

  #take(program: SampledProgram): void {
    if (!this.#history.isDue(this.#nowMs())) return
    const now = figuresSheet({ inspection: this.#inspection, program })
    const before = this.#before ?? now
    this.#before = now
    this.#history.put(this.#nowMs(), historyPoint(before, now, program.stretch()))
  }

  #nowMs(): number {
    return this.#inspection.clock.nowMs()
  }
}
