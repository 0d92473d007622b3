/**
 * apps/system/application-scan: a page of the applications of a node, with their processes.
 */
import type { ApplicationSheet } from '#cluster'
import type { ApplicationInfo, NodeInspection } from '#contract'
import { ApplicationCounts } from './application-counts.js'
import type { Cursors } from './cursor.js'
import { type Place, pageOf } from './page.js'
import type { Search } from './shared-scans.js'

export class ApplicationScan implements Search<ApplicationSheet> {
  readonly #inspection: NodeInspection
  readonly #place: Place
  readonly #cursors: Cursors
  readonly #counts: ApplicationCounts

  constructor(place: Place, inspection: NodeInspection, cursors: Cursors) {
    this.#inspection = inspection
    this.#place = place
    this.#cursors = cursors
    this.#counts = new ApplicationCounts(inspection)
  }

  step(): boolean {
    return this.#counts.step()
  }

  result(): ApplicationSheet {
    const counted = (info: ApplicationInfo): ApplicationInfo => this.#counts.counted(info)
    return pageOf(this.#inspection.applications(), this.#place, this.#cursors, counted)
  }
}
