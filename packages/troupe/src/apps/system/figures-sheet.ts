/**
 * apps/system/figures-sheet: what a node counts and measures always, as it is told to others.
 *
 * Takes no look at any process: what it costs does not grow with the node.
 */
import type { FiguresSheet } from '#cluster/remote/figure-sheets'
import type { NodeInspection } from '#contract'
import type { SampledProgram } from './program-sheet.js'

/** What the sheet is made from. */
export interface FiguresParts {
  readonly inspection: NodeInspection
  readonly program: SampledProgram
}

export function figuresSheet({ inspection, program }: FiguresParts): FiguresSheet {
  const { node, clock } = inspection
  const { name, version: _version, applications, account, ...counted } = inspection.info()
  const { runQueue, suspended, turns, turnMs, waitMs, network, ...failed } = inspection.figures()
  const { memory, cpuUserMs, cpuSystemMs, cores, ...loop } = program.sheet()
  return {
    node: name,
    ...counted,
    timeMs: clock.wallMs(),
    applications: inspection.applications().filter(({ own }) => !own).length,
    applicationsRunning: applications.length,
    ...account,
    ...failed,
    logCounts: node.log.counts(),
    scheduler: { runQueue, suspended, turns, turnMs, waitMs },
    loop: {
      delayMs: loop.loopDelayMs,
      delayMaxMs: loop.loopDelayMaxMs,
      delayP99Ms: loop.loopDelayP99Ms,
      utilisation: loop.utilisation,
    },
    ...{ memory, cpuUserMs, cpuSystemMs, cores, network },
  }
}
