/**
 * apps/system/survey-scan: all processes and then all events of the node, a slice at a time.
 */
import type { SurveyQuestion, SurveySheet } from '#cluster'
import type { EventInfo, NodeInspection } from '#contract'
import type { Desk, Wanted } from './desk.js'
import { CLOCK_UNITS, SLICE_MS, SLICE_UNITS } from './limits.js'
import { readCount, readQuestion } from './reading.js'
import type { Search } from './shared-scans.js'
import { EventSurvey } from './survey-events.js'
import { ProcessSurvey } from './survey-processes.js'
import { TableWalk } from './table-walk.js'

const KNOWN: Readonly<Record<keyof SurveyQuestion, true>> = Object.freeze({ limit: true })
const LIMIT = Object.freeze({ least: 0, most: 200, otherwise: 50 })

/** OPTION_INVALID for what cannot be asked. */
export function wantedSurvey(given: unknown, { inspection }: Desk): Wanted {
  const asked = readQuestion<SurveyQuestion>('survey', given, KNOWN)
  const limit = readCount('limit', asked.limit, LIMIT)
  return { key: String(limit), make: () => new SurveyScan(inspection, limit) }
}

class SurveyScan implements Search<SurveySheet> {
  readonly #inspection: NodeInspection
  readonly #processes: ProcessSurvey
  readonly #events: EventSurvey
  readonly #walk: TableWalk
  #isWalked = false
  /** Begun only when the processes are done: a topic may go while a list is held. */
  #topics: Iterator<EventInfo> | undefined

  constructor(inspection: NodeInspection, limit: number) {
    this.#inspection = inspection
    this.#processes = new ProcessSurvey(limit)
    this.#events = new EventSurvey(limit)
    this.#walk = new TableWalk(inspection, (glance) => {
      this.#processes.visit(glance)
      return true
    })
  }

  step(): boolean {
    if (this.#isWalked) return this.#someEvents()
    this.#isWalked = this.#walk.step()
    return false
  }

  result(ageMs: number): SurveySheet {
    const { name: node, creation } = this.#inspection.node
    return { node, creation, ...this.#processes.sheet(), events: this.#events.sheet(), ageMs }
  }

  #someEvents(): boolean {
    const { clock } = this.#inspection
    this.#topics ??= this.#inspection.events()
    const startMs = clock.nowMs()
    for (let done = 1; done <= SLICE_UNITS; done += 1) {
      const { done: isOver, value } = this.#topics.next()
      if (isOver === true) return true
      this.#events.visit(value)
      if (done % CLOCK_UNITS === 0 && clock.nowMs() - startMs > SLICE_MS) return false
    }
    return false
  }
}
