/**
 * apps/system/application-counts: the applications of a node with the number of their processes,
 * which are counted in slices: all of them in one walk.
 */
import type { ApplicationInfo, NodeInspection } from '#contract'
import type { Search } from './shared-scans.js'
import { TableWalk } from './table-walk.js'

export class ApplicationCounts implements Search<readonly ApplicationInfo[]> {
  readonly #inspection: NodeInspection
  readonly #walk: TableWalk
  readonly #counts = new Map<string, number>()

  constructor(inspection: NodeInspection) {
    this.#inspection = inspection
    this.#walk = new TableWalk(inspection, ({ application }) => {
      if (application === undefined) return true
      this.#counts.set(application, (this.#counts.get(application) ?? 0) + 1)
      return true
    })
  }

  step(): boolean {
    return this.#walk.step()
  }

  /** With its number of processes. */
  counted(info: ApplicationInfo): ApplicationInfo {
    return { ...info, processes: this.#counts.get(info.name) ?? 0 }
  }

  result(): readonly ApplicationInfo[] {
    return this.#inspection.applications().map((info) => this.counted(info))
  }
}
