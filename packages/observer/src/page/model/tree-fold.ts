/**
 * page/model/tree-fold: which processes of a supervision tree are drawn, and what is folded away.
 *
 * Two limits keep a picture readable and quick to lay out: of more than `SIBLINGS_MAX` children of
 * one parent without children of their own the rest becomes one box that tells their number, and
 * no more than `DRAWN_MAX` boxes are drawn, those nearest to the roots first. What is left out is
 * always told: by a box, by the figure at a folded parent, or by `leftOut`.
 */
import type { PidText } from '#observer/contract/api'
import type { ToldTreeRow } from './told.js'

/** Boxes in one picture; above it laying out would hold up the page. */
export const DRAWN_MAX = 400
/** Children without children that are drawn one by one. */
export const SIBLINGS_MAX = 12

/** One box of the picture. */
export type TreeBox =
  | {
      readonly kind: 'process'
      readonly key: string
      readonly parent: string | undefined
      readonly row: ToldTreeRow
      /** Its descendants are not drawn, though there are some. */
      readonly folded: boolean
      /** Children that are neither drawn nor counted by a box of their own. */
      readonly childrenLeftOut: number
    }
  | {
      readonly kind: 'more'
      readonly key: string
      readonly parent: string
      /** The processes it stands for. */
      readonly count: number
    }

/** How a viewer wants it. */
export interface TreeView {
  /** Folded by hand. */
  readonly folded: ReadonlySet<PidText>
  /** Parents whose many children are all drawn. */
  readonly spread: ReadonlySet<PidText>
  readonly drawnMax?: number
}

/** What is drawn. */
export interface FoldedTree {
  /** Each after its parent, and behind all processes those that stand for several. */
  readonly boxes: readonly TreeBox[]
  /** Processes that were told and are in no box and below no folded one. */
  readonly leftOut: number
}

type Family = ReadonlyMap<PidText | undefined, readonly ToldTreeRow[]>

/** Chooses what is drawn of `rows`; each row comes after its parent. */
export function foldTree(rows: readonly ToldTreeRow[], view: TreeView): FoldedTree {
  const parents = new Set(rows.map(({ pid }) => pid))
  const family = familyOf(rows, parents)
  const drawnMax = view.drawnMax ?? DRAWN_MAX
  const boxes: TreeBox[] = []
  const rest: TreeBox[] = []
  const queue: ToldTreeRow[] = [...(family.get(undefined) ?? [])]
  let told = 0
  // Breadth first: at the limit the parts nearest to the roots are whole.
  for (let at = 0; at < queue.length && boxes.length + rest.length < drawnMax; at += 1) {
    const row = queue[at] as ToldTreeRow
    const children = family.get(row.pid) ?? []
    const folded = view.folded.has(row.pid) && row.children > 0
    told += 1
    boxes.push(processBox(row, { toldChildren: children.length, folded, parents }))
    if (folded) {
      told += below(children, family)
      continue
    }
    const { drawn, hidden } = view.spread.has(row.pid)
      ? { drawn: children, hidden: 0 }
      : shortened(children)
    queue.push(...drawn)
    told += hidden
    if (hidden > 0) {
      rest.push({ kind: 'more', key: `${row.pid}+`, parent: row.pid, count: hidden })
    }
  }
  return { boxes: [...boxes, ...rest], leftOut: rows.length - told }
}

function familyOf(rows: readonly ToldTreeRow[], known: ReadonlySet<PidText>): Family {
  const family = new Map<PidText | undefined, ToldTreeRow[]>()
  for (const row of rows) {
    const parent = parentIn(row, known)
    const siblings = family.get(parent)
    if (siblings === undefined) family.set(parent, [row])
    else siblings.push(row)
  }
  return family
}

function processBox(
  row: ToldTreeRow,
  {
    toldChildren,
    folded,
    parents,
  }: {
    readonly toldChildren: number
    readonly folded: boolean
    readonly parents: ReadonlySet<PidText>
  },
): TreeBox {
  return {
    kind: 'process',
    key: row.pid,
    parent: parentIn(row, parents),
    row,
    folded,
    childrenLeftOut: folded ? 0 : Math.max(0, row.children - toldChildren),
  }
}

/** A parent that is not told makes its child a root of the picture. */
const parentIn = (row: ToldTreeRow, known: ReadonlySet<PidText>): PidText | undefined =>
  row.depth > 0 && row.parent !== undefined && known.has(row.parent) ? row.parent : undefined

/** Parents stay; of the leaves so many that the picture can be read. */
function shortened(children: readonly ToldTreeRow[]): {
  readonly drawn: readonly ToldTreeRow[]
  readonly hidden: number
} {
  const leaves = children.filter((row) => row.children === 0)
  // One box for one process would save nothing.
  if (leaves.length <= SIBLINGS_MAX + 1) return { drawn: children, hidden: 0 }
  const kept = new Set(leaves.slice(0, SIBLINGS_MAX))
  return {
    drawn: children.filter((row) => row.children > 0 || kept.has(row)),
    hidden: leaves.length - SIBLINGS_MAX,
  }
}

function below(children: readonly ToldTreeRow[], family: Family): number {
  const stack = [...children]
  let count = 0
  for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
    count += 1
    stack.push(...(family.get(row.pid) ?? []))
  }
  return count
}
