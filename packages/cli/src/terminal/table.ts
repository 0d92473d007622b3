/**
 * terminal/table: rows under titles, made to fit the width they have.
 *
 * First the columns that may shrink are cut, the widest first; then whole columns are left out, the
 * least important first. Without a width nothing is cut: a pipe gets it all.
 */
import type { Paint, Style } from './paint.js'
import { columnsOf, fitted, padded } from './width.js'

/** One column of a table. */
export interface Column {
  readonly title: string
  readonly side?: 'left' | 'right'
  /** May be cut down to this width; a column without it is shown whole or left out. */
  readonly widthMin?: number
  /** The highest is left out first; 0, the default, never. */
  readonly dispensable?: number
}

/** A cell: its text, which must be safe, and maybe a style. */
export type Cell = string | { readonly text: string; readonly style: Style }

export interface TableFacts {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  /** Columns of the terminal; Infinity where there is none. */
  readonly width: number
  readonly paint: Paint
}

const GAP = '  '

const textOf = (cell: Cell | undefined): string =>
  cell === undefined ? '' : typeof cell === 'string' ? cell : cell.text

interface Shape {
  readonly column: Column
  /** Its place among the columns that were given. */
  readonly at: number
  readonly width: number
}

/** The lines of a table, its titles first. */
export function tableLines({ columns, rows, width, paint }: TableFacts): readonly string[] {
  const natural = columns.map((column, at) => ({
    ...{ column, at },
    width: Math.max(columnsOf(column.title), ...widths(rows, at)),
  }))
  const shapes = shaped(natural, width)
  const titles = shapes.map(({ column }): Cell => ({ text: column.title, style: 'dim' }))
  const ordered = rows.map((row) => shapes.map(({ at }) => row[at] ?? ''))
  return [titles, ...ordered].map((cells) => lineOf(cells, shapes, paint))
}

/** Spreading very many arguments would end in a stack overflow. */
function* widths(rows: TableFacts['rows'], at: number): Iterable<number> {
  let widest = 0
  for (const row of rows) widest = Math.max(widest, columnsOf(textOf(row[at])))
  yield widest
}

function lineOf(cells: readonly Cell[], shapes: readonly Shape[], paint: Paint): string {
  const parts = cells.map((cell, index) => {
    const { column, width } = shapes[index] as Shape
    const isLast = index === cells.length - 1 && column.side !== 'right'
    const cut = fitted(textOf(cell), width)
    const filled = isLast ? cut : padded(cut, width, column.side ?? 'left')
    return typeof cell === 'string' ? filled : paint(cell.style, filled)
  })
  return parts.join(GAP).trimEnd()
}

const total = (shapes: readonly Shape[]): number =>
  shapes.reduce((sum, { width }) => sum + width, 0) + GAP.length * (shapes.length - 1)

function shaped(natural: readonly Shape[], width: number): readonly Shape[] {
  const shrunk = shrink(natural, width)
  if (total(shrunk) <= width) return shrunk
  const least = natural.reduce<Shape | undefined>(
    (worst, shape) =>
      (shape.column.dispensable ?? 0) > (worst?.column.dispensable ?? 0) ? shape : worst,
    undefined,
  )
  if (least === undefined) return shrunk
  return shaped(
    natural.filter((shape) => shape !== least),
    width,
  )
}

/** Takes what is too much from the widest columns that may shrink. */
function shrink(shapes: readonly Shape[], width: number): readonly Shape[] {
  const widthsNow = shapes.map((shape) => shape.width)
  let over = total(shapes) - width
  while (over > 0) {
    let widest = -1
    for (const [index, { column }] of shapes.entries()) {
      const now = widthsNow[index] as number
      const canShrink = column.widthMin !== undefined && now > column.widthMin
      if (canShrink && (widest < 0 || now > (widthsNow[widest] as number))) widest = index
    }
    if (widest < 0) break
    widthsNow[widest] = (widthsNow[widest] as number) - 1
    over -= 1
  }
  return shapes.map((shape, index) => ({ ...shape, width: widthsNow[index] as number }))
}

/** Names and values one below the other, the values in one column. */
export function factLines(
  facts: readonly (readonly [name: string, value: string])[],
  paint: Paint,
): readonly string[] {
  const widest = facts.reduce((most, [name]) => Math.max(most, columnsOf(name)), 0)
  return facts.map(([name, value]) =>
    `${paint('dim', padded(name, widest, 'left'))}${GAP}${value}`.trimEnd(),
  )
}
