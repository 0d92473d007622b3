/**
 * apps/system/process-scan: one page of processes, looked for in slices.
 *
 * Without an order the scan ends as soon as the page is full; with one it passes the whole table.
 */

import type { ProcessPage } from '#cluster/remote/system-sheets'
import type { NodeInspection, ProcessGlance } from '#contract'
import { BestRows } from './best-rows.js'
import type { Cursors } from './cursor.js'
import { listOf, type ReadQuery } from './process-query.js'
import type { Search } from './shared-scans.js'
import { TableWalk } from './table-walk.js'

export class ProcessScan implements Search<ProcessPage> {
  readonly #query: ReadQuery
  readonly #inspection: NodeInspection
  readonly #cursors: Cursors
  readonly #walk: TableWalk
  readonly #best: BestRows
  #scanned = 0
  #matched = 0

  constructor(query: ReadQuery, inspection: NodeInspection, cursors: Cursors) {
    this.#cursors = cursors
    this.#query = query
    this.#inspection = inspection
    this.#best = new BestRows(query.limit)
    const from = query.top === undefined ? (query.after?.[0] ?? 0) : 0
    this.#walk = new TableWalk(inspection, (glance) => this.#visit(glance), from)
  }

  step(): boolean {
    return this.#walk.step()
  }

  result(ageMs: number): ProcessPage {
    return {
      rows: this.#best.rows,
      next: this.#next(),
      total: this.#inspection.info().processes,
      scanned: this.#scanned,
      matched: this.#matched,
      ageMs,
    }
  }

  /** False once the page is full and nothing better can come. */
  #visit(glance: ProcessGlance): boolean {
    this.#scanned += 1
    if (!this.#query.matches(glance)) return true
    const value = this.#query.value(glance)
    if (!this.#isBehind(value, glance.id)) return true
    this.#matched += 1
    this.#best.offer(glance, value)
    return this.#query.top !== undefined || this.#matched < this.#query.limit
  }

  /** Behind the last row of the page before. */
  #isBehind(value: number, id: number): boolean {
    const { top, after } = this.#query
    if (top === undefined || after === undefined) return true
    const [lastValue = 0, lastId = 0] = after
    return value < lastValue || (value === lastValue && id > lastId)
  }

  #next(): string | undefined {
    const { top, limit } = this.#query
    const list = listOf(top)
    if (top === undefined) {
      const isOver = this.#walk.place >= this.#inspection.slots
      return isOver ? undefined : this.#cursors.write(list, this.#walk.place)
    }
    const { last } = this.#best
    return this.#matched > limit && last !== undefined
      ? this.#cursors.write(list, ...last)
      : undefined
  }
}
