/**
 * page/pages/cluster/layout: where nodes stand on the map. Pure; the same nodes stand at the same
 * places, so that nothing jumps when figures change.
 */

/** How a node is drawn: as a card, as a small one, or as a dot. */
export type Size = 'card' | 'small' | 'dot'

export interface Layout {
  readonly size: Size
  readonly height: number
  /** Middle of each node, in the order of the names. */
  readonly places: readonly (readonly [number, number])[]
}

/** More nodes than these stand in rows. */
const CIRCLE_MAX = 10
/** More nodes than these are dots. */
const SMALL_MAX = 72
const CIRCLE_HEIGHT = 400
const CELLS = { small: [132, 58], dot: [30, 30] } as const
/** Room that half a card needs, across and up. */
const CARD = [96, 44] as const

/** Places for so many nodes in a width. */
export function layoutOf(count: number, width: number): Layout {
  if (count <= CIRCLE_MAX) return circle(count, width)
  return rows(count, width, count <= SMALL_MAX ? 'small' : 'dot')
}

function circle(count: number, width: number): Layout {
  const [middle, centre] = [width / 2, CIRCLE_HEIGHT / 2]
  const [across, up] = [Math.min(middle - CARD[0], 420), centre - CARD[1]]
  const places = Array.from({ length: count }, (_, place): readonly [number, number] => {
    if (count === 1) return [middle, centre]
    const turn = (place / count) * 2 * Math.PI - Math.PI / 2
    return [middle + across * Math.cos(turn), centre + up * Math.sin(turn)]
  })
  return { size: 'card', height: CIRCLE_HEIGHT, places }
}

function rows(count: number, width: number, size: 'small' | 'dot'): Layout {
  const [cellWidth, cellHeight] = CELLS[size]
  const inRow = Math.max(1, Math.min(count, Math.floor(width / cellWidth)))
  const stepX = width / inRow
  const places = Array.from({ length: count }, (_, place): readonly [number, number] => [
    ((place % inRow) + 0.5) * stepX,
    (Math.floor(place / inRow) + 0.5) * cellHeight + 8,
  ])
  return { size, height: Math.ceil(count / inRow) * cellHeight + 16, places }
}
