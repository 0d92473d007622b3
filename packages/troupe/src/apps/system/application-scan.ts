/**
 * apps/system/application-scan: the applications of a node, whose processes are counted in slices.
 */
import type { ApplicationSheet } from '#cluster'
import type { ApplicationInfo, NodeInspection } from '#contract'
import type { Cursors } from './cursor.js'
import { type Place, pageOf } from './page.js'
import type { Search } from './shared-scans.js'
import { TableWalk } from './table-walk.js'

export class ApplicationScan implements Search<ApplicationSheet> {
  readonly #inspection: NodeInspection
  readonly #place: Place
  readonly #cursors: Cursors
  readonly #walk: TableWalk
  readonly #counts = new Map<string, number>()

  constructor(place: Place, inspection: NodeInspection, cursors: Cursors) {
    this.#inspection = inspection
    this.#place = place
    this.#cursors = cursors
    this.#walk = new TableWalk(inspection, ({ application }) => {
      if (application === undefined) return true
      this.#counts.set(application, (this.#counts.get(application) ?? 0) + 1)
      return true
    })
  }

  step(): boolean {
    return this.#walk.step()
  }

  result(): ApplicationSheet {
    const counted = (info: ApplicationInfo): ApplicationInfo => ({
      ...info,
      processes: this.#counts.get(info.name) ?? 0,
    })
    return pageOf(this.#inspection.applications(), this.#place, this.#cursors, counted)
  }
}
