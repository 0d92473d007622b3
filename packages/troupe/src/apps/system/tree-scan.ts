/**
 * apps/system/tree-scan: a supervision tree from the roots down, found in one pass of the table.
 *
 * Of each process it is asked how far it is from its root; those nearest to the roots are kept, so
 * that a part of a very large tree is its top. Limit: children of `PARENTS_MAX` are counted.
 */
import type { TreeQuestion, TreeRow, TreeSheet } from '#cluster'
import type { NodeInspection, ProcessGlance, TreeOf } from '#contract'
import { BestRows } from './best-rows.js'
import { readCount, readLimit, readPid, readQuestion, readText } from './reading.js'
import type { Search } from './shared-scans.js'
import { TableWalk } from './table-walk.js'

const DEPTH_DEFAULT = 16
const DEPTH_MAX = 64
const ROWS_DEFAULT = 500
const ROWS_MAX = 2_000
const PARENTS_MAX = 65_536

const KNOWN: Readonly<Record<keyof TreeQuestion, true>> = Object.freeze({
  application: true,
  below: true,
  depthMax: true,
  limit: true,
})

/** A question for a tree, read. */
export interface ReadTree extends TreeOf {
  readonly key: string
  readonly depthMax: number
  readonly limit: number
}

/** OPTION_INVALID for what cannot be asked. */
export function readTree(given: unknown): ReadTree {
  const asked = readQuestion<TreeQuestion>('tree', given, KNOWN)
  const application = readText('application', asked.application)
  const below = readPid('below', asked.below)
  const depths = { least: 0, most: DEPTH_MAX, otherwise: DEPTH_DEFAULT }
  const depthMax = readCount('depthMax', asked.depthMax, depths)
  const limit = readLimit(asked.limit, ROWS_MAX, ROWS_DEFAULT)
  const key = JSON.stringify([application, below?.id, depthMax, limit])
  return { key, application, below, depthMax, limit }
}

export class TreeScan implements Search<TreeSheet> {
  readonly #tree: ReadTree
  readonly #walk: TableWalk
  readonly #best: BestRows
  readonly #children = new Map<number, number>()
  #total = 0

  constructor(tree: ReadTree, inspection: NodeInspection) {
    this.#tree = tree
    this.#best = new BestRows(tree.limit)
    this.#walk = new TableWalk(inspection, (glance) => this.#visit(glance))
  }

  step(): boolean {
    return this.#walk.step()
  }

  result(): TreeSheet {
    const told = new Set<number>()
    const rows: TreeRow[] = []
    for (const { row, value } of this.#best.kept) {
      const depth = -value
      const parent = row.parent?.id
      // Its parent came or ended while the table was walked.
      if (depth > 0 && (parent === undefined || !told.has(parent))) continue
      told.add(row.pid.id)
      rows.push({ ...row, depth, children: this.#children.get(row.pid.id) ?? 0 })
    }
    return { rows, total: this.#total, complete: rows.length === this.#total }
  }

  #visit(glance: ProcessGlance): boolean {
    const depth = glance.depthIn(this.#tree)
    if (depth < 0) return true
    this.#total += 1
    const parent = glance.parent?.id
    if (depth > 0 && parent !== undefined) this.#count(parent)
    if (depth <= this.#tree.depthMax) this.#best.offer(glance, -depth)
    return true
  }

  #count(parent: number): void {
    const known = this.#children.get(parent)
    if (known === undefined && this.#children.size >= PARENTS_MAX) return
    this.#children.set(parent, (known ?? 0) + 1)
  }
}
