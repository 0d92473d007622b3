/**
 * page/pages/cluster/layout: where nodes stand on the map. Pure; the same nodes stand at the same
 * places, so that nothing jumps when figures change.
 *
 * A few stand on a circle, with their connections between them. Many stand in groups: by host or by
 * what runs on them, one group beside the other as long as there is room.
 */

/** How a node is drawn: as a card, as a small one, as one line, or as a dot. */
export type Size = 'card' | 'small' | 'line' | 'dot'

/** The name of a group, above its nodes. */
export interface GroupLabel {
  readonly name: string
  readonly count: number
  readonly x: number
  readonly y: number
  readonly width: number
}

export type Point = readonly [x: number, y: number]

export interface Layout {
  readonly size: Size
  readonly height: number
  /** Middle of each node, in the order of the nodes. */
  readonly places: readonly Point[]
  readonly labels: readonly GroupLabel[]
  /** How wide a node of a group is drawn. */
  readonly cellWidth: number
}

/** A group, and which nodes are in it, by their place in the list. */
export interface Group {
  readonly name: string
  readonly members: readonly number[]
}

/** More nodes than these stand in groups. */
export const CIRCLE_MAX = 6
/** More nodes than these are drawn as one line, and more than those as a dot. */
const SMALL_MAX = 72
const LINE_MAX = 320
const CIRCLE_HEIGHT = 400
const CELLS = { small: [138, 56], line: [112, 30], dot: [28, 28] } as const
/** Room that half a card needs, across and up. */
const CARD = [96, 44] as const
const CELL_GAP = 8
const EDGE = 12
const LABEL_HEIGHT = 24
/** Between two groups, across and down. */
const BETWEEN = 14

/** Where so many nodes stand on a circle. */
export function circle(count: number, width: number): Layout {
  const [middle, centre] = [width / 2, CIRCLE_HEIGHT / 2]
  const [across, up] = [Math.min(middle - CARD[0], 420), centre - CARD[1]]
  const places = Array.from({ length: count }, (_, place): Point => {
    if (count === 1) return [middle, centre]
    const turn = (place / count) * 2 * Math.PI - Math.PI / 2
    return [middle + across * Math.cos(turn), centre + up * Math.sin(turn)]
  })
  return { size: 'card', height: CIRCLE_HEIGHT, places, labels: [], cellWidth: 0 }
}

/** Where nodes stand in groups, in a width; on a narrow one each is a line at most. */
export function grouped(groups: readonly Group[], width: number): Layout {
  const count = groups.reduce((sum, { members }) => sum + members.length, 0)
  const isNarrow = width < 500
  const size = count > LINE_MAX ? 'dot' : count > SMALL_MAX || isNarrow ? 'line' : 'small'
  const [cellWidth, cellHeight] = CELLS[size]
  // What stands at the edge has no gap behind it.
  const room = Math.max(cellWidth, width - 2 * EDGE + CELL_GAP)
  const inRow = Math.max(1, Math.floor(room / cellWidth))
  const step = size === 'dot' ? cellWidth : room / inRow
  const places: Point[] = []
  const labels: GroupLabel[] = []
  let [left, top, shelf] = [0, 0, 0]
  for (const { name, members } of groups) {
    const columns = Math.min(inRow, Math.max(1, members.length))
    const own = columns * step
    if (left > 0 && left + own > room) [left, top, shelf] = [0, top + shelf + BETWEEN, 0]
    labels.push({ name, count: members.length, x: EDGE + left, y: EDGE + top, width: own })
    for (const [at, member] of members.entries()) {
      places[member] = [
        EDGE + left + ((at % columns) + 0.5) * step - CELL_GAP / 2,
        EDGE + top + LABEL_HEIGHT + (Math.floor(at / columns) + 0.5) * cellHeight,
      ]
    }
    const height = LABEL_HEIGHT + Math.ceil(members.length / columns) * cellHeight
    shelf = Math.max(shelf, height)
    left += own + BETWEEN
  }
  return { size, height: top + shelf + 2 * EDGE, places, labels, cellWidth: step - CELL_GAP }
}

/** By what nodes are put together. */
export type GroupBy = 'host' | 'application'

interface Grouped {
  readonly node: string
  readonly applications: readonly { readonly name: string }[]
}

/** What runs on a node but not on all; what has no application of its own is together. */
function applicationKeys(nodes: readonly Grouped[]): (node: Grouped) => string {
  const named = nodes.map(({ applications }) => new Set(applications.map(({ name }) => name)))
  const [first = new Set<string>(), ...rest] = named
  const shared = new Set([...first].filter((name) => rest.every((names) => names.has(name))))
  return ({ applications }) => {
    const own = applications.map(({ name }) => name).filter((name) => !shared.has(name))
    return own.length === 0 ? 'what all have' : own.sort().join(', ')
  }
}

const hostKey = ({ node }: Grouped): string => node.split(/@(.*)/s)[1] ?? ''

/** Groups by name; the members of each by name. */
export function groupsOf(nodes: readonly Grouped[], by: GroupBy): readonly Group[] {
  const keyOf = by === 'host' ? hostKey : applicationKeys(nodes)
  const found = new Map<string, number[]>()
  for (const [place, node] of nodes.entries()) {
    const key = keyOf(node)
    const members = found.get(key) ?? []
    members.push(place)
    found.set(key, members)
  }
  const nameOf = (place: number): string => nodes[place]?.node ?? ''
  return [...found]
    .sort(([one], [other]) => byNumbers.compare(one, other))
    .map(([name, members]) => ({
      name,
      members: members.sort((one, other) => byNumbers.compare(nameOf(one), nameOf(other))),
    }))
}

/** `worker-9` stands before `worker-10`. */
const byNumbers = new Intl.Collator('en', { numeric: true })

/** By host, unless nearly each node has one of its own. */
export const usualGroups = (nodes: readonly Grouped[]): GroupBy =>
  groupsOf(nodes, 'host').length > nodes.length / 2 ? 'application' : 'host'

/** A line of the map, by its ends. */
export type Line = readonly [from: Point, to: Point]

/** Half of what a label covers, and half of a card with some air. */
const LABEL_HALF: Point = [33, 11]
const CARD_HALF: Point = [88, 39]
/** Where on its line a label may stand, the best first. */
const TRIES = [0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72]

const apart = (one: Point, other: Point, room: Point): boolean =>
  Math.abs(one[0] - other[0]) >= room[0] || Math.abs(one[1] - other[1]) >= room[1]

/** How far a point is from a line. */
function distance([x, y]: Point, [[left, top], [right, bottom]]: Line): number {
  const [across, down] = [right - left, bottom - top]
  const length = across * across + down * down || 1
  const along = Math.min(1, Math.max(0, ((x - left) * across + (y - top) * down) / length))
  return Math.hypot(x - left - along * across, y - top - along * down)
}

/**
 * A place for the labels of the first lines, where each covers no node, no other label and no other
 * line; undefined: there is none, and it is left out.
 */
export function labelPlaces(
  lines: readonly Line[],
  nodes: readonly Point[],
  count: number,
): readonly (Point | undefined)[] {
  const taken: Point[] = []
  const air: Point = [CARD_HALF[0] + LABEL_HALF[0], CARD_HALF[1] + LABEL_HALF[1]]
  const beside: Point = [2 * LABEL_HALF[0], 2 * LABEL_HALF[1]]
  return lines.slice(0, count).map((line) => {
    const [from, to] = line
    const tries = TRIES.map(
      (at): Point => [from[0] + (to[0] - from[0]) * at, from[1] + (to[1] - from[1]) * at],
    )
    const found = tries.find(
      (place) =>
        nodes.every((node) => apart(place, node, air)) &&
        taken.every((label) => apart(place, label, beside)) &&
        lines.every((other) => other === line || distance(place, other) > LABEL_HALF[1] + 3),
    )
    if (found !== undefined) taken.push(found)
    return found
  })
}
