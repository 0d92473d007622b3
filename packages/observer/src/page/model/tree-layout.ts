/**
 * page/model/tree-layout: where the boxes of a supervision tree stand; the work of dagre.
 *
 * From left to right, so that names stay readable at any width. A layout depends on which boxes
 * there are and not on their figures: nothing moves while only figures change.
 */
import { Graph, layout } from '@dagrejs/dagre'
import type { TreeBox } from './tree-fold.js'

/** A box of the picture, by its upper left corner, in pixels at full size. */
export interface PlacedBox {
  readonly box: TreeBox
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A line from a parent to its child, as the `d` of an SVG path. */
export interface PlacedLine {
  readonly key: string
  readonly path: string
}

export interface TreePicture {
  readonly boxes: readonly PlacedBox[]
  readonly lines: readonly PlacedLine[]
  readonly width: number
  readonly height: number
}

export const BOX_WIDTH = 208
export const BOX_HEIGHT = 40
const MORE_HEIGHT = 26
const GAP = { between: 8, levels: 44, margin: 16 }

/** Tells whether two pictures have the same layout. */
export const layoutKey = (boxes: readonly TreeBox[]): string =>
  JSON.stringify(boxes.map(({ key, parent }) => [key, parent]))

/** Places the boxes and the lines between them. */
export function layoutTree(boxes: readonly TreeBox[]): TreePicture {
  if (boxes.length === 0) return { boxes: [], lines: [], width: 0, height: 0 }
  const graph = graphOf(boxes)
  // Children stay in the order of their start: nobody has to look for them.
  layout(graph, { disableOptimalOrderHeuristic: true })
  const placed = boxes.map((box) => placedBox(box, graph.node(nameOf(box.key))))
  const at = new Map(placed.map((box) => [box.box.key, box]))
  const lines = boxes.flatMap((box) => {
    const [child, parent] = [at.get(box.key), at.get(box.parent ?? '')]
    return child === undefined || parent === undefined ? [] : [line(parent, child)]
  })
  const size = graph.graph()
  return { boxes: placed, lines, width: size.width ?? 0, height: size.height ?? 0 }
}

/** Dagre keeps its nodes as keys of objects: a key of ours must never be one of theirs. */
const nameOf = (key: string): string => `box ${key}`

function graphOf(boxes: readonly TreeBox[]): Graph {
  const graph = new Graph()
  graph.setGraph({
    rankdir: 'LR',
    nodesep: GAP.between,
    ranksep: GAP.levels,
    marginx: GAP.margin,
    marginy: GAP.margin,
    // Of a tree all rankers give the same ranks; this one is the quickest at hundreds of boxes.
    ranker: 'tight-tree',
  })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const box of boxes) {
    const height = box.kind === 'more' ? MORE_HEIGHT : BOX_HEIGHT
    graph.setNode(nameOf(box.key), { width: BOX_WIDTH, height })
  }
  for (const { key, parent } of boxes) {
    if (parent !== undefined) graph.setEdge(nameOf(parent), nameOf(key))
  }
  return graph
}

const placedBox = (
  box: TreeBox,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): PlacedBox => ({ box, x: x - width / 2, y: y - height / 2, width, height })

function line(parent: PlacedBox, child: PlacedBox): PlacedLine {
  const from = { x: parent.x + parent.width, y: parent.y + parent.height / 2 }
  const to = { x: child.x, y: child.y + child.height / 2 }
  const middle = (from.x + to.x) / 2
  const path = `M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`
  return { key: child.box.key, path }
}
